#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `server` by hand and by pipe. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

exits 0 "provision" "$BIN" provision -p vehicle -o "$tmp/device.json"
keys=$tmp/device.keys.json

# --- a pipe of operations, each waits for its answer and prints it -----------------------------------
cat >"$tmp/lines" <<'END'
# Nothing is registered yet: the first line waits.
clients
read /16/0/0
read /16/0
read /16/0/0/1 as text
read /16/0/0/1 as tlv
read /3/0/9
observe /16/0/3
write /16/0/0 0="WVX0123456789",1="Acme Motors",2="Roadster",3="9.9"
update /16/0 0/4="more"
write /16/0/0/4 "less"
read /16/0/0/4 => 2.05 "less"
discover /16/0
attributes /16/0/3 pmin=0&pmax=100
discover /16/0/3
authenticate /16/0 identity=0
authenticate $pf identity=2 key=1
decrypt /16/0 identity=4 => genuine "less"
execute /16/0/1 0=SRV_AUTHENT, 1=3, 2=0x2345178, 3=0
wait 200ms
read /16/0/2 => 2.05 signature(identity=3, challenge=0x2345178)
read /16/0/2 => 2.05 empty
execute /16/0/1 "0='0',1='0',2='5',"    => 4.00
create /16/5 0/0="new"
read /16/5/0/0
delete /16/5
cancel /16/0/3
read /16/9 => 4.04
raw GET /16/0/3 accept=0
END
pipe_server piped -k "$keys"
start_device device -p "$tmp/device.json" -q -s "$uri"
ends_with 0 "all operations succeed" piped
answer() { # line answer…
	what=$1
	shift
	sed '/^notify /d' "$tmp/piped.out" | grep -FxA1 -- "> $what" | tail -n +2 >"$tmp/answer"
	has "$what" "$tmp/answer" "$@"
}
answer clients 'urn:dev:vehicle-0001  127.0.0.1:' 'lifetime 300 s  </1/0>,</3/0>,</16/0>'
answer 'read /16/0/0' '2.05 {0="WVX0123456789",1="Acme Motors",2="Roadster",3="1.4.2"}'
answer 'read /16/0' '2.05 {0/0="WVX0123456789",0/1="Acme Motors",0/2="Roadster",0/3="1.4.2",3=0}'
answer 'read /16/0/0/1 as text' '2.05 "Acme Motors"'
answer 'read /16/0/0/1 as tlv' '2.05 "Acme Motors"'
answer 'read /3/0/9' '2.05 80'
answer 'observe /16/0/3' '2.05 0'
answer 'update /16/0 0/4="more"' '2.04'
answer 'discover /16/0' '2.05 </16/0>,</16/0/0>;dim=5,</16/0/1>,</16/0/2>;dim=0,</16/0/3>'
answer 'discover /16/0/3' '</16/0/3>;pmin=0;pmax=100'
answer 'authenticate /16/0 identity=0' '2.05 genuine'
# shellcheck disable=SC2016
answer 'authenticate $pf identity=2 key=1' '2.05 genuine'
answer 'decrypt /16/0 identity=4 => genuine "less"' '2.05 genuine {0/4="less"}'
answer 'read /16/0/2 => 2.05 empty' '2.05 empty'
answer 'create /16/5 0/0="new"' '2.01 /16/5'
answer 'read /16/5/0/0' '2.05 "new"'
answer 'read /16/9 => 4.04' '4.04'
answer 'raw GET /16/0/3 accept=0' '2.05'
has "notifications are printed" "$tmp/piped.out" 'notify /16/0/3 2.05 1' 'notify /16/0/3 2.05 0'
lacks "no complaint" "$tmp/piped.err" error expected
stop device

# --- the same as JSON -------------------------------------------------------------------------------
pipe_server piped -k "$keys" --json --trace "$tmp/trace"
start_device device -p "$tmp/device.json" -q -s "$uri"
ends_with 0 "with --json" piped
ok "each line has the documented form" python3 "$tools/events.py" "$tmp/piped.out" \
	answer notify registered request response notification
ok "the trace has, too" python3 "$tools/events.py" "$tmp/trace" request response notification
has "answers tell line and input" "$tmp/piped.out" \
	'"line":3,"input":"read /16/0/0","ok":true,"text":"2.05 {0=\"WVX0123456789\"'
ok "each line is answered" [ "$(grep -c '"event":"answer"' "$tmp/piped.out")" = "$(grep -vc "^#" "$tmp/lines")" ]
stop device

# --- by hand ----------------------------------------------------------------------------------------
start_server server -l coap://127.0.0.1:0 -k "$keys"
start_device device -p "$tmp/device.json" -s "$uri"
until_line "$tmp/device.ready"
say server 'observe /16/0/2'
comes "observe" "$tmp/server.out" '> observe /16/0/2'
say server 'execute /16/0/1 0=1,1=2,2=99'
comes "a notification carries AuthData" "$tmp/server.out" 'notify /16/0/2 2.05 {0=hex:'
say server 'cancel /16/0/2 by reset'
comes "cancel by Reset" "$tmp/server.out" '> cancel /16/0/2 by reset'
say server 'execute /16/0/1 0=1,1=2,2=99'
comes "the next notification is refused" "$tmp/device.out" 'RST'
say device 'component fail next'
comes "the component is to fail" "$tmp/device.out" 'fails'
say server 'authenticate /16/0 identity=0 => error'
say server 'authenticate /16/0 identity=9 => error'
say server 'authenticate /16/0 identity=0 => not mismatch'
comes "it goes on after errors" "$tmp/server.out" '> authenticate /16/0 identity=0 => not mismatch'
lacks "what was expected came" "$tmp/server.err" expected

# A second device makes the choice necessary.
start_device second -p minimal -s "$uri"
until_line "$tmp/second.ready"
say server 'read /3/0/16'
say server 'use portfolio-minimal'
say server 'read /16/0/0'
comes "the second device answers" "$tmp/server.out" '> read /16/0/0'
say server 'authenticate /16/0 identity=0 => unknown'
comes "nothing to judge with" "$tmp/server.out" '> authenticate /16/0 identity=0 => unknown'
say server 'clients'
comes "both are listed" "$tmp/server.out" 'portfolio-minimal  127.0.0.1:'
signal second TERM
await second
comes "one leaves" "$tmp/server.err" 'client "portfolio-minimal" deregistered'
say server 'quit'
ends_with 0 "quit" server
stop device

# --- a clone is found out -----------------------------------------------------------------------------
# The identity is altered on a genuine device: the signature fits what was provisioned, and does not
# fit what can be read.
cat >"$tmp/lines" <<'END'
read $pf/0/0 save identity
execute $pf/1 0=0,1=0,2=7
wait 200ms
read $pf/2 => 2.05 signature(identity=0, challenge=7, text=$identity)
write $pf/0/0 "CLONE"
read $pf/0/0 save identity
execute $pf/1 0=0,1=0,2=7
wait 200ms
read $pf/2 => 2.05 signature(identity=0, challenge=7, text=$identity)
END
pipe_server piped -k "$keys"
start_device device -p "$tmp/device.json" -q -s "$uri"
ends_with 1 "an altered identity" piped
has "an altered identity" "$tmp/piped.err" 'stdin:9: expected 2.05 signature('
lacks "the unaltered one" "$tmp/piped.err" 'stdin:4:'
stop device

# Another device claims to be this one: it has the identity, and not the keys.
cat >"$tmp/lines" <<'END'
read /16/0/0/0 => 2.05 "WVX0123456789"
authenticate /16/0 identity=0
decrypt /16/0 identity=0
END
pipe_server piped -k "$keys"
start_device device -p vehicle -q -s "$uri"
ends_with 1 "a clone" piped
has "a clone" "$tmp/piped.err" 'stdin:2: ' 'stdin:3: ' 'AuthData does not fit key, identity and challenge'
has "the verdict on a clone" "$tmp/piped.out" 'mismatch'
stop device

# And the right device, judged with wrong keys.
change_keys() { # authentication encryption
	python3 -c '
import json, sys
keyring = json.load(open(sys.argv[1]))
portfolio = keyring["endpoints"]["urn:dev:vehicle-0001"]["16/0"]
portfolio["authentication"]["keys"]["0"] = sys.argv[3]
portfolio["encryption"]["keys"]["0"] = sys.argv[4]
json.dump(keyring, open(sys.argv[2], "w"))' "$keys" "$tmp/wrong-keys.json" "$@"
}
change_keys hex:000102030405060708090a0b0c0d0e0f hex:000102030405060708090a0b0c0d0e0f
exits 3 "the same key twice in a keyring" "$BIN" server -k "$tmp/wrong-keys.json" -l coap://127.0.0.1:0
has "the same key twice in a keyring" "$tmp/err" '/encryption/keys/0' 'every key set must have its own'
change_keys hex:000102030405060708090a0b0c0d0e0f hex:101112131415161718191a1b1c1d1e1f
pipe_server piped -k "$tmp/wrong-keys.json"
start_device device -p "$tmp/device.json" -q -s "$uri"
ends_with 1 "a wrong key" piped
has "a wrong key" "$tmp/piped.err" 'stdin:2: ' 'stdin:3: '
has "a wrong key" "$tmp/piped.out" mismatch
stop device

# --- exit status ------------------------------------------------------------------------------------
echo 'read /16/9' >"$tmp/lines"
pipe_server piped
start_device device -p "$tmp/device.json" -q -s "$uri"
ends_with 1 "an operation that is refused" piped
has "an operation that is refused" "$tmp/piped.out" 4.04
stop device

echo 'read /16/0/3' >"$tmp/lines"
pipe_server piped -w 100ms
ends_with 4 "no device in time" piped
has "no device in time" "$tmp/piped.err" registered
echo clients >"$tmp/lines"
pipe_server piped -w 100ms
ends_with 4 "no device to list in time" piped
has "no device to list in time" "$tmp/piped.err" 'no device registered within 0.1 s'

start_server server -l coap://127.0.0.1:0
start_device device -p "$tmp/device.json" -q -s "$uri"
until_line "$tmp/device.ready"
signal device STOP
say server 'read /16/0/3 within 300ms'
say server 'read /16/0/3 => none within 300ms'
say server quit
ends_with 4 "a device that is silent" server
has "a device that is silent" "$tmp/server.err" 'stdin:1: error: '
lacks "silence that was expected" "$tmp/server.err" 'stdin:2:'
signal device CONT
stop device

cat >"$tmp/lines" <<'END'
read
wriet /16/0/0 "x"
read /16/0/0 => 2.05 [NO-SUCH-RULE]
read $nothing/3
write /16/0/3 "text"
use
wait
END
pipe_server piped -w 100ms
ends_with 3 "lines that are not right" piped
for line in 1 2 3 4 5 6 7; do
	has "line $line that is not right" "$tmp/piped.err" "stdin:$line: error: "
done
has "the place is shown" "$tmp/piped.err" '    wriet /16/0/0 "x"' '    ^'

exits 2 "another scheme" "$BIN" server -l http://127.0.0.1
exits 2 "a time without unit" "$BIN" server -w 5
# --- objects that the server does not know --------------------------------------------------------
cat >"$tmp/meter.json" <<'END'
{ "endpoint": "meter", "lwm2m": "1.1", "servers": [ { "ssid": 1, "uri": "coap://127.0.0.1:5683" } ],
  "definitions": { "33000": { "name": "Meter", "multiple": true, "resources": {
    "0": { "name": "Level", "ops": "RW", "type": "integer" }, "2": { "name": "Go", "ops": "E" } } } },
  "objects": { "3": { "0": { "0": "Acme" } }, "33000": { "0": { "0": 7 } } } }
END
meet() { # name options…
	meeting=$1
	shift
	pipe_server "$meeting" "$@"
	start_device "$meeting-device" -p "$tmp/meter.json" -s "$uri" -q
	await "$meeting"
	stop "$meeting-device"
}
cat >"$tmp/lines" <<'END'
use nobody
use meter
read /33000/0
read /33000/0/0
read /33000/0 as tlv
discover /33000
write /33000/0/0 8
END
meet stranger
has "what formats tell of it" "$tmp/stranger.out" '2.05 {0=7}' '2.05 "7"' '2.05 {0=hex:07}' \
	'</33000/0/0>' 'no device is registered by the name "nobody"; the next operation waits for it'
has "no type, no value" "$tmp/stranger.err" 'object 33000 is not known; its values need a file of --definitions'
meet friend --definitions "$tmp/meter.json"
has "what its definition tells" "$tmp/friend.out" '2.05 {0=7}' '2.05 7' '2.04'
exits 0 "a file of definitions" sh -c "sed 's/\"endpoint.*5683\" } \],//; /objects/s/.*/}/; s/ } } },\$/ } } }/' \
	'$tmp/meter.json' >'$tmp/definitions.json' && '$BIN' check '$tmp/definitions.json'"
has "it is one" "$tmp/out" 'valid file of definitions'
exits 3 "there are none" "$BIN" server --definitions "$data/profiles/minimal.json" -l coap://127.0.0.1:0
has "there are none" "$tmp/err" '"definitions" is missing'

exits 2 "a port that cannot be" "$BIN" server -l coap://127.0.0.1:99999
has "a port that cannot be" "$tmp/err" 'coap://host[:port]' 'coaps+tcp://'
exits 3 "no such keyring" "$BIN" server -k "$tmp/none" -l coap://127.0.0.1:0
exits 3 "a profile is no keyring" "$BIN" server -k "$tmp/device.json" -l coap://127.0.0.1:0
has "a profile is no keyring" "$tmp/err" "server's half"
start_server server -l coap://127.0.0.1:0
exits 4 "an address in use" "$BIN" server -l "$uri"
has "an address in use" "$tmp/err" "cannot listen on \"$uri\"" 'in use'
signal server INT
ends_with 130 "Ctrl-C" server

# --- the end of stdin, --stay --------------------------------------------------------------------------
: >"$tmp/lines"
pipe_server piped
ends_with 0 "no lines" piped
pipe_server piped --stay
start_device device -p minimal -s "$uri"
ok "with --stay it goes on" until_line "$tmp/device.ready"
stop device
signal piped TERM
ends_with 143 "SIGTERM" piped
finish
