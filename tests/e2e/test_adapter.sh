#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `run --server` through an adapter: the built-in server as somebody else's, and adapters that fail.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

exits 0 "provision" "$BIN" provision -p vehicle -o "$tmp/car.json"
ok "provision complains of nothing" is_empty "$tmp/err"
lacks "a profile without keys of links" "$tmp/out" 'kept the keys'
port=$(free_port)
uri=coap://127.0.0.1:$port
ours="'$BIN' server --adapter -q -k '$tmp/car.keys.json' -l $uri"
foreign() { # status what adapter options…
	want=$1 what=$2 command=$3
	shift 3
	exits "$want" "$what" "$BIN" run --server "$uri" --driver "adapter=$command" "$@"
}

# --- the built-in server as somebody else's ----------------------------------------------------------
foreign 0 "both use cases, and what the server does by itself" "exec $ours" -p "$tmp/car.json" \
	portfolio/use-case-1 portfolio/use-case-2 server/authenticates \
	portfolio/observe-attributes portfolio/state-idle --allow-inconclusive
has "all was played" "$tmp/out" "pass  portfolio/use-case-1" "pass  portfolio/use-case-2" \
	"pass  server/authenticates" "pass  portfolio/observe-attributes"
foreign 0 "with its own profiles" "exec $ours" lwm2m/registration \
	portfolio/composite-read --report-json "$tmp/report.json" --allow-inconclusive
has "the report names the peer" "$tmp/report.json" "\"$uri by lwm2m-portfolio"
foreign 0 "what one server that stands is not" "exec $ours" lwm2m/two-servers security/psk \
	ets/0-client-initiated-bootstrap lwm2m/tcp-restart
has "is not applicable" "$tmp/out" "is for another server" "has keys for its server" \
	"goes by TCP" "4 not applicable"
foreign 6 "what the adapter cannot do" "exec $ours" portfolio/duplicate-read
has "is inconclusive" "$tmp/out" 'cannot do "repeat": messages as they are dictated are not in the adapter protocol'
foreign 6 "a hash that nobody tells the server of" "exec $ours" -p "$tmp/car.json" \
	portfolio/identity-provisioned
has "is inconclusive, and not its fault" "$tmp/out" "would tell the server of the new hash"
foreign 0 "a component that hangs as long as this profile lets it" "exec $ours" -p "$tmp/car.json" \
	portfolio/component-hangs
foreign 0 "with links that lose" "exec $ours" link/late link/duplicates link/lost-register
foreign 0 "with messages as dictated" "exec $ours" raw/register raw/answers server/expiry
has "all was played" "$tmp/out" "3 passed, 0 failed"

# --- secured -------------------------------------------------------------------------------------------
exits 0 "provision" "$BIN" provision -p vehicle-psk -o "$tmp/psk.json"
has "provision says that the key of the link is kept" "$tmp/out" 'kept the keys of the links' "put others into $tmp/psk.json"
cat >"$tmp/psk.security" <<.
{ "security": 1, "psk": { "urn:dev:vehicle-0001": "hex:000102030405060708090a0b0c0d0e0f" } }
.
plain=$uri
uri=coaps://127.0.0.1:$port
foreign 0 "over DTLS" \
	"exec '$BIN' server --adapter -q -l $uri -k '$tmp/psk.keys.json' --security '$tmp/psk.security'" \
	-p "$tmp/psk.json" portfolio/use-case-1 portfolio/use-case-2 security/psk
has "all was played" "$tmp/out" "3 passed, 0 failed"
uri=$plain

# --- servers that are wrong -----------------------------------------------------------------------------
# What the server says is altered on its way, as if it did not understand what the device sends.
foreign 1 "a server that shows another value" "$ours | sed -u 's/Acme Motors/Acme Mators/'" \
	-p "$tmp/car.json" portfolio/gsma
has "is found out" "$tmp/out" "Acme Mators"
# That is a rule of the server, and an interpretation (PF-SRV-6): a warning, unless it is strict.
wrong="$ours | sed -u 's/\"genuine\"/\"wrong\"/'"
foreign 0 "a server that takes the genuine for wrong" "$wrong" -p "$tmp/car.json" --tags '!slow' server/authenticates
has "is warned of, by its rule" "$tmp/out" "the server says mismatch, but the signature is genuine" "PF-SRV-6 (5.2.2, I)"
lacks "is warned of, by its rule" "$tmp/out" "PF-AUTH-1 ("
foreign 1 "and fails by it" "$wrong" -p "$tmp/car.json" --tags '!slow' --strict server/authenticates
has "and fails by it" "$tmp/out" "the server says mismatch, but the signature is genuine" "PF-SRV-6 (5.2.2, I)"
lacks "and fails by it" "$tmp/out" "PF-AUTH-1 ("
mute="read line; echo '{\"id\":1,\"protocol\":1,\"name\":\"mute\",\"can\":[]}'; cat >/dev/null"
foreign 4 "a server that nobody reaches" "$mute" lwm2m/registration
has "is an error, and no broken rule" "$tmp/out" "the server does not answer: cannot reach the server" "1 could not be run"
foreign 4 "and several scenarios" "$mute" lwm2m/registration portfolio/gsma portfolio/use-case-1
has "each says so" "$tmp/out" "3 could not be run"
ok "it is waited for once" test "$(grep -c 'no registration is alive' "$tmp/out")" = 1
ok "and the cause is that of the first" test \
	"$(grep -c 'the server does not answer: cannot reach the server at .*: nobody listens there$' "$tmp/out")" = 3
plain=$uri
uri=coaps://127.0.0.1:$port
foreign 2 "a secured server and a profile without keys" "$mute" -p vehicle lwm2m/registration portfolio/gsma
has "says what to do" "$tmp/err" "has no keys for its server" "such as -p vehicle-psk"
uri=$plain
foreign 2 "a plain server and a profile with keys" "$mute" -p vehicle-psk portfolio/use-case-1
has "says so" "$tmp/err" "has keys for its server"
# The adapter hears something else than the tool says.
foreign 1 "a server that asks for a format that the device does not have" \
	"sed -u 's/\"do\":\"read\",/\"do\":\"read\",\"format\":\"senml-json\",/' | $ours" -p "$tmp/car.json" portfolio/gsma
has "is found" "$tmp/out" "the server asks for format 110, which the device does not have" "PF-SRV-5 ("
has "and not held against the device" "$tmp/out" "inconclusive: read /3/0/22/0" "that is not the device's fault"
exits 0 "provision" "$BIN" provision -p vehicle-1.1 -o "$tmp/newer.json"
foreign 1 "a server that answers a Send otherwise" \
	"exec '$BIN' server --adapter -q -k '$tmp/newer.keys.json' -l $uri --defect send-refused" -p "$tmp/newer.json" portfolio/send
has "is found" "$tmp/out" "the server answers a Send 4.05, not 2.04" "LWM2M-SEND ("

# What it does not tell of, or makes up, is not held against the device.
foreign 6 "a server that withholds notifications" "$ours | grep --line-buffered -v '\"event\":\"notify\"'" \
	-p "$tmp/car.json" portfolio/use-case-1
has "is to blame for that" "$tmp/out" \
	"does not tell of it; that is not the device's fault" "0 passed, 0 failed, 1 skipped"
foreign 1 "a device that does not notify" "exec $ours" -p "$tmp/car.json" \
	--device-defect status-not-notified portfolio/use-case-1
has "is to blame for that" "$tmp/out" "nothing of that kind came in time"
# A server that dies has not been silent. The adapter lives on.
cat >"$tmp/quiet.scenario" <<'.'
title   "Nothing comes"
profile minimal
expect  register
expect  no notify /3/0/0  within 2s
.
dies() { # what uri profile text
	start_server mortal --json -l "$2"
	start quiet "$BIN" run --server "$uri" -p "$3" "$tmp/quiet.scenario" --driver \
		"adapter=read line; echo '{\"id\":1,\"protocol\":1,\"name\":\"mute\",\"can\":[\"notify\"]}'; cat >/dev/null"
	comes "the device is registered" "$tmp/mortal.out" '"event":"registered"'
	signal mortal KILL
	await mortal
	ends_with 4 "$1 that dies before the last step" quiet
	has "$1 is missed" "$tmp/quiet.out" "does not answer any more$4" "1 could not be run"
}
plain=$uri
dies "a server" "$uri" minimal ": what the device sends is not acknowledged, be it an Update"
dies "one by TCP" coap+tcp://127.0.0.1:0 ets-c1-tcp ", and the device cannot register again"
uri=$plain
# The device itself sees that it was registered, where the adapter tells of nothing.
start_server plain -q -l coap://127.0.0.1:0
cat >"$tmp/comes.scenario" <<'.'
title   "It comes and goes"
profile minimal
expect  register with list
device  update
expect  update with no list
device  deregister
expect  deregister
device  register
expect  fresh register
.
foreign 6 "a driver that can nothing" "$mute" "$tmp/comes.scenario" portfolio/use-case-1
has "sees registrations all the same" "$tmp/out" "pass  $tmp/comes.scenario" \
	'adapter "mute" cannot do "observe"'
stop plain
uri=$plain

# Its defects are found through the adapter, too, by the rule that each breaks.
while read -r defect rule scenario; do
	foreign 1 "a server with $defect" "exec $ours --defect $defect" -p "$tmp/car.json" --strict "$scenario"
	has "$defect is found by $rule" "$tmp/out" "$rule ("
done <<'.'
challenge-used-again PF-SRV-2 server/authenticates
key-always-0 PF-ARG-4 server/identity
verdict-without-asking PF-SRV-6 server/authenticates
execute-sent-twice LWM2M-EXECUTE portfolio/use-case-1
further-arguments-lost PF-ARG-6 portfolio/arguments-accepted
resources-dropped PF-SRV-5 server/authenticates
discover-as-read LWM2M-DISCOVER portfolio/object
written-value-altered LWM2M-WRITE portfolio/identity-writes
.

# --- adapters that fail -------------------------------------------------------------------------------
foreign 4 "an adapter that is not there" "no-such-adapter" portfolio/use-case-1
has "says so" "$tmp/out" 'adapter "no-such-adapter" is not there any more' "status 127"
foreign 4 "a dead one" "read line; echo 'no licence' >&2; exit 3" portfolio/use-case-1
has "and its last words" "$tmp/out" "it ended with status 3, after it said: no licence"
foreign 4 "one of another version" "read line; echo '{\"id\":1,\"protocol\":9,\"can\":[]}'; cat" \
	portfolio/use-case-1
has "says so" "$tmp/out" "speaks version 9 of the protocol; version 1 is needed"
foreign 4 "a babbling one" "echo Welcome to this server; cat" portfolio/use-case-1 portfolio/use-case-2
has "names what it said, for each scenario" "$tmp/out" "said what is not a JSON object: Welcome" \
	"ERROR portfolio/use-case-2" "2 could not be run"
cat >"$tmp/read.scenario" <<'.'
title   "One value"
profile minimal
read    /3/0/0  within 200ms
read    /3/0/0  within 200ms
.
cp "$tmp/read.scenario" "$tmp/again.scenario"
hello='read line; echo "{\"id\":1,\"protocol\":1,\"name\":\"fake\",\"can\":[\"read\"]}"'
foreign 4 "one that dies in the middle" "$hello; read line; exit 5" "$tmp/read.scenario" "$tmp/again.scenario"
has "says so" "$tmp/out" 'adapter "fake" is not there any more: it ended with status 5' "2 could not be run"
foreign 4 "one that falls silent" "$hello; cat >/dev/null" "$tmp/read.scenario"
has "says so" "$tmp/out" 'adapter "fake" did not answer within 1.2 s'
foreign 4 "one that does not read" "$hello; exec <&-; exec sleep 100" "$tmp/read.scenario"
has "says so, and soon" "$tmp/out" 'adapter "fake" does not read what it is told'
# Whoever reads nothing does not see that its tool has died; something else does.
mkfifo "$tmp/life"
start killed "$BIN" run --server "$uri" "$tmp/read.scenario" --driver \
	"adapter=$hello; trap '' TERM; echo here >&2; exec sleep 100 4>'$tmp/life'" -vv
exec 8<"$tmp/life"
signal killed KILL
await killed
ok "one that does not read ends with its tool" timeout 30 cat <&8
exec 8<&-
foreign 4 "one whose answers make no sense" "$ours | sed -u 's/\"2.0[0-9]\"/205/'" \
	-p "$tmp/car.json" portfolio/use-case-1
has "says so" "$tmp/out" 'its "code" is not a string'

# --- a person ----------------------------------------------------------------------------------------
manual() { # status what yes judgement scenarios…
	want=$1 what=$2 yes=$3 judgement=$4
	shift 4
	exits "$want" "$what" python3 "$tools/person.py" "$yes" "$judgement" \
		"$BIN" server -q -l "$uri" -k "$tmp/car.keys.json" -- \
		"$BIN" run --server "$uri" --driver manual -p "$tmp/car.json" "$@"
}
manual 0 "a person does all of it" yes genuine portfolio/gsma --allow-inconclusive portfolio/use-case-1-polling
has "is told what to do, and asked what came" "$tmp/out" \
	'the server does with "urn:dev:vehicle-0001": read /16/0/0/1' '/16/0/0/1 "Acme Motors"' \
	'Is that what the server shows?' "pass  portfolio/gsma" "pass  portfolio/use-case-1-polling"
manual 1 "a server that shows something else" no genuine portfolio/gsma
has "is found out" "$tmp/out" "the server shows something else"
manual 6 "a server that a person skips" skip genuine portfolio/gsma
has "is inconclusive" "$tmp/out" "it was skipped"
printf 'title "T"\ncovers PF-AUTH-1\nprofile vehicle\nexpect register\nauthenticate $pf identity=0\n' >"$tmp/auth.scenario"
manual 1 "a server that takes the genuine for wrong" yes wrong --strict "$tmp/auth.scenario"
has "is found out" "$tmp/out" "the server says mismatch, but the signature is genuine" "PF-SRV-6 (5.2.2, I)"
start_server plain -q -l "$uri"
exits 6 "a server that has not asked for anything" sh -c \
	"echo genuine | '$BIN' run --server '$uri' --driver manual '$tmp/auth.scenario'"
has "has judged nothing" "$tmp/out" "the server says genuine, but it has not started GetAuthData" "PF-SRV-6 (5.2.2, I)"
exits 4 "a person that types without end" sh -c "yes | '$BIN' run --server '$uri' --driver manual '$tmp/auth.scenario'"
has "is not listened to for ever" "$tmp/out" "20 lines were typed"
exits 4 "nobody at all" sh -c "'$BIN' run --server '$uri' --driver manual portfolio/use-case-1 </dev/null"
has "is an error" "$tmp/out" "nobody answers any more"
stop plain

# --- options -------------------------------------------------------------------------------------------
exits 2 "a server without a driver" "$BIN" run --server "$uri"
has "says what is missing" "$tmp/err" "--server needs --driver"
exits 2 "a driver without a server" "$BIN" run --driver adapter=x
exits 2 "neither end is ours" "$BIN" run --server "$uri" --driver manual --device external --expect vehicle
has "says so" "$tmp/err" "leave no end to this program"
exits 2 "another driver" "$BIN" run --server "$uri" --driver magic
exits 2 "a driver without a command" "$BIN" run --server "$uri" --driver adapter=
exits 2 "no address" "$BIN" run --server localhost --driver adapter=x
exits 2 "virtual time" "$BIN" run --server "$uri" --driver adapter=x --virtual-time
exits 2 "several at a time" "$BIN" run --server "$uri" --driver adapter=x --jobs 4
exits 2 "keys of the built-in server" "$BIN" run --server "$uri" --driver adapter=x --security x
exits 2 "two languages" "$BIN" server --adapter --json

# --- server --adapter by hand --------------------------------------------------------------------------
cat >"$tmp/lines" <<'.'
{"id":1,"do":"hello","protocol":1,"role":"server"}
{"id":2,"deadline":5000,"do":"read","path":"/16/0/0"}
{"id":3,"deadline":5000,"do":"discover","path":"/16/0"}
{"id":4,"deadline":5000,"do":"write","path":"/16/0/0/1","values":[{"path":"/16/0/0/1","value":"x"}]}
{"id":5,"deadline":5000,"do":"delete","path":"/3/0"}
nonsense
.
port=$(free_port)
uri=coap://127.0.0.1:$port
start_device device -p "$tmp/car.json" -q -s "$uri"
mkfifo "$tmp/adapter.in"
feed "$tmp/adapter.in" adapter "$BIN" server --adapter -q -l "$uri"
comes "the registration is told" "$tmp/adapter.out" '"event":"registered","endpoint":"urn:dev:vehicle-0001"'
while read -r line; do echo "$line" 1<>"$tmp/adapter.in"; done <"$tmp/lines"
comes "the last line is answered" "$tmp/adapter.out" '{"id":0,"error":"invalid"'
has "so are the others" "$tmp/adapter.out" '"id":1,"protocol":1,"name":"lwm2m-portfolio"' \
	'{"id":2,"code":"2.05","format":"tlv","values":[{"path":"/16/0/0/0","type":"string","value":"WVX0123456789"}' \
	'{"id":3,"code":"2.05","format":"link","links":"</16/0>' '{"id":4,"code":"2.04"}' '{"id":5,"code":"4.05"}'
stop adapter
stop device
finish
