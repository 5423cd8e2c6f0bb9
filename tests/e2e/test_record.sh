#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `device --record`: what servers did to a device is played again by `run`, unchanged, and passes.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# The lines of stdin, one after the other, each when the one before was answered.
converse() { # name
	while read -r line; do
		asked=$(grep -c '^> ' "$tmp/$1.out")
		say "$1" "$line"
		until_true holds "$tmp/$1.out" '> ' $((asked + 1)) || fail "no answer to: $line" "$tmp/$1.out"
	done
	lacks "$1 is content" "$tmp/$1.err" expected error
}
replays() { # what file
	exits 0 "$1: it is valid" "$BIN" check "$2"
	exits 0 "$1: it passes" "$BIN" run "$2"
	has "$1: it passes" "$tmp/out" '1 passed, 0 failed'
}

# --- use cases 1 and 2, and much else, with a device of LwM2M 1.0 ----------------------------------
ok "fresh keys" "$BIN" provision -p vehicle -o "$tmp/vehicle.json"
start_server server -l coap://127.0.0.1:0 --keys "$tmp/vehicle.keys.json"
start_device device -p "$tmp/vehicle.json" -s "$uri" --record "$tmp/plain.scenario"
until_line "$tmp/device.ready"
converse server <<'END'
read /16/0 => 2.05
discover /16 => 2.05
observe /16/0/3 => 2.05 0
execute /16/0/1 0=SRV_AUTHENT,1=0,2=0x2345178,3=0 => 2.04
wait 400ms
read /16/0/2 => 2.05
read /16/0/2 => 2.05 empty
execute /16/0/1 "0='0',1='1'," => 4.00
execute /16/0/1 0=1,1=1,2=77,3=1 => 2.04
wait 400ms
read /16 as tlv => 2.05
write /16/0/0/3 "2.0 \$x \"q\" ü" => 2.04
update /16/0/0 4="new", 5="x" => 2.04
raw PUT /16/0/3 format=0 payload "1" => 4.05
raw POST /16/0/1 format=0 payload hex:00ff => 4.00
raw GET /16/0?what=1 accept=99 => 4.06
write /1/0/1 60 => 2.04
wait 200ms
execute /1/0/8 => 2.04
wait 200ms
authenticate /16/0 identity=1 key=1
decrypt /16/0 identity=1 key=0
cancel /16/0/3
create /16/1 0/0="A", 0/1="B" => 2.01
wait 200ms
delete /16/1 => 2.02
wait 200ms
END
say device 'component fail next'
comes "a stimulus" "$tmp/device.out" 'the next process of the secure component fails'
converse server <<'END'
execute /16/0/1 0=0,1=0,2=5 => 2.04
wait 400ms
read /16/0/3 => 2.05 2
attributes /3/0/9 pmin=1&pmax=100 => 2.04
observe /3/0/9 => 2.05 80
END
say device 'set /3/0/9 51'
comes "it is notified" "$tmp/server.out" 'notify /3/0/9'
converse server <<'END'
execute /3/0/4 => 2.04
wait 500ms
read /3/0/9 => 2.05 80
END
stop device
has "it is for the same profile" "$tmp/plain.scenario" "profile  $tmp/vehicle.json"
has "AuthData is named" "$tmp/plain.scenario" 'signature(identity=0, challenge=36983160, key=0)' \
	'ciphertext(identity=1, challenge=77, key=1, instance=16/0, data="Acme Motors")' '[PF-AUTH-1]' \
	'covers   PF-AUTH-1 PF-ENC-1'
has "and requests" "$tmp/plain.scenario" "execute /16/0/1 \"0='0',1='0',2='36983160',3='0'\"" \
	'read /16/0 ' 'discover /16 ' 'read /16 as tlv ' "write /16/0/0/3 \"2.0 \\\$x \\\"q\\\" ü\" as text" \
	'update /16/0/0 4="new", 5="x" as tlv' 'write /16/0/3 1 as text' 'payload hex:00ff' \
	'raw GET /16/0?what=1 accept=99' 'component fail next' 'device set /3/0/9 51' 'attributes /3/0/9 pmin=1&pmax=100' \
	'expect update with lt=60' 'expect fresh register' 'create /16/1 0/0="A", 0/1="B"' '=> 2.01 /16/1'
lacks "what deregistered it is not a server's doing" "$tmp/plain.scenario" deregister
for secret in $(grep -o 'hex:[0-9a-f]*' "$tmp/vehicle.json"); do
	lacks "no key of the profile" "$tmp/plain.scenario" "${secret#hex:}"
done
replays "a device of 1.0" "$tmp/plain.scenario"
exits 0 "in virtual time, too" "$BIN" run --virtual-time "$tmp/plain.scenario"
exits 1 "another device is found out" "$BIN" run -p gsma "$tmp/plain.scenario"

# --- LwM2M 1.1: composite operations, Send, blocks ------------------------------------------------
start_device device -p vehicle-1.1 -s "$uri" --record "$tmp/newer.scenario"
until_line "$tmp/device.ready"
converse server <<'END'
use urn:dev:vehicle-0001
read-composite /16/0/3 /3/0/0 => 2.05
observe-composite /16/0/3 /16/0/2 => 2.05
execute /16/0/1 0=0,1=0,2=7,3=0 => 2.04
wait 400ms
write-composite /16/0/0/3="9", /3/0/14="+02:00" => 2.04
END
say device 'send /3/0 /16/0/0'
comes "it is sent" "$tmp/server.out" 'send '
long=$(printf '%01500d' 7)
converse server <<END
cancel-composite /16/0/3 /16/0/2
write /16/0/0/2 "$long" => 2.04
read /16/0/0/2 => 2.05
read /16/0/0 as senml-json => 2.05
create /16 0/0="A" as tlv => 2.01
create /16/7 0/0="A" as senml-cbor => 2.01
wait 200ms
read-composite /99 /3/0/4 /3/0/9 => 2.05
raw FETCH / format=112 observe=0 payload hex:82a100662f332f302f39a100632f3939 => 2.05
raw iPATCH / format=112 payload hex:81a200692f31362f302f302f38036178 non => 2.04
raw iPATCH / format=112 payload hex:81a200662f302f302f3508430a0b0c non => 4.01
read /16/0/0/8 => 2.05 "x"
execute /3/0/5 => 2.04
wait 500ms
raw FETCH / format=112 payload hex:00 => 4.00
raw iPATCH / format=112 payload hex:00 => 4.00
END
stop device
stop server
has "composite operations" "$tmp/newer.scenario" 'read-composite /16/0/3 /3/0/0 as senml-cbor' \
	'expect notify composite /16/0/3 /16/0/2 => 2.05 {/16/0/3=1, /16/0/2=signature(identity=0, challenge=7, key=0, instance=16/0)}' \
	'write-composite /16/0/0/3="9", /3/0/14="+02:00"' 'device send /3/0 /16/0/0' 'expect send /3 => 2.05 has {0/0="Acme"'
has "what no scenario can say is dictated" "$tmp/newer.scenario" \
	'raw FETCH / format=112 payload hex:83' '# What that observation tells is left out' \
	'raw iPATCH / format=112 non payload hex:81a200692f31362f302f302f38036178 => 2.04'
lacks "a key by SenML" "$tmp/newer.scenario" 0a0b0c
ok "a factory reset is no server that forgets" [ "$(grep -A1 '^execute /3/0/5 ' "$tmp/newer.scenario" | grep -c 'fresh register')" = 1 ]
has "what could hold a key is left out" "$tmp/newer.scenario" '# Left out, for a key may stand in it: iPATCH /'
replays "a device of 1.1" "$tmp/newer.scenario"

# --- a server that forgets, over DTLS -----------------------------------------------------------------
start_server server -l coaps://127.0.0.1:0 --security "$data/profiles/keys/server.security"
start_device device -p vehicle-psk -s "$uri" --record "$tmp/secured.scenario"
until_line "$tmp/device.ready"
converse server <<'END'
read /3/0/0 => 2.05 "Acme"
server forget
END
say device update
comes "it registers anew" "$tmp/device.out" 'registered' 2
converse server <<'END'
read /3/0/1 => 2.05 "TCU-5"
END
stop device
stop server
has "the server forgot it" "$tmp/secured.scenario" 'server forget' 'expect fresh register'
lacks "no key of the link" "$tmp/secured.scenario" 000102030405060708090a0b0c0d0e0f
replays "a secured link" "$tmp/secured.scenario"

# --- a server that vanishes in the middle, and comes back ---------------------------------------------
port=$(free_port)
start_server server -l "coap://127.0.0.1:$port"
start_device device -p vehicle-1.1 -s "$uri" --record "$tmp/gone.scenario"
until_line "$tmp/device.ready"
converse server <<'END'
observe-composite /3/0/9 /16/0/3 => 2.05
execute /16/0/1 0=0,1=0,2=7,3=0 => 2.04
END
signal server KILL
ends_with 137 "a server that vanishes" server
say device 'set /3/0/9 79'
comes "nobody is there to be told" "$tmp/device.out" '/3/0/9 is 79'
start_server server -l "coap://127.0.0.1:$port"
say device update
comes "it registers anew" "$tmp/device.out" 'registered' 2
converse server <<'END'
read /3/0/9 => 2.05 79
END
stop device
stop server
replays "a server that vanished" "$tmp/gone.scenario"

# --- two servers, one of them by TCP ------------------------------------------------------------------
start_server first -l coap://127.0.0.1:0
first_uri=$uri
start_server second -l coap+tcp://127.0.0.1:0
sed "s#coap://127.0.0.1:5683#$first_uri#; s#coap://127.0.0.1:5693#$uri#" \
	"$data/profiles/two-servers.json" >"$tmp/two.json"
start device "$BIN" device -p "$tmp/two.json" --record "$tmp/two.scenario"
comes "it registers with both" "$tmp/device.out" 'registered' 2
converse first <<'END'
observe /16/0/3 => 2.05 0
execute /16/0/1 0=0,1=0,2=5 => 2.04
wait 400ms
END
converse second <<'END'
write /16/0/0/3 "2.0" => 4.01
read /16/0/2 => 2.05
END
stop device
stop first
stop second
has "each has its steps" "$tmp/two.scenario" 'at 102 expect register' 'at 102 read /16/0/2' 'at 102 write /16/0/0/3'
replays "two servers" "$tmp/two.scenario"

# --- a bootstrap -------------------------------------------------------------------------------------
start_server manager -l coap://127.0.0.1:0
cat >"$tmp/file" <<END
{ "bootstrap": 1, "clients": { "*": { "operations": [ { "delete": "/0" }, { "delete": "/1" },
  { "write": "/0/0", "resources": { "0": "$uri", "1": false, "2": 3, "10": 101 } },
  { "write": "/1/0", "resources": { "0": 101, "1": 300, "6": false, "7": "U" } },
  { "discover": "/" }, { "read": "/1" } ] } } }
END
start_server bootstrap -l coap://127.0.0.1:0 --bootstrap "$tmp/file"
cat >"$tmp/new.json" <<END
{ "endpoint": "new", "lwm2m": "1.1", "bootstrap": { "uri": "$uri" },
  "objects": { "3": { "0": { "0": "Acme" } }, "16": { "0": { "0": { "0": "HOST" } } } } }
END
start_device device -p "$tmp/new.json" --record "$tmp/bootstrap.scenario"
until_line "$tmp/device.ready"
converse manager <<'END'
read /1/0 => 2.05
execute /1/0/9 => 2.04
END
comes "another bootstrap" "$tmp/device.out" 'registered' 2
stop device
has "both bootstraps" "$tmp/bootstrap.scenario" 'servers  101=coap' 'at bootstrap expect request' 'at bootstrap delete /0' \
	'at bootstrap write /1/0 0=101, 1=300' 'at bootstrap finish' 'at 101 expect register' 'at 101 expect fresh register'
replays "a bootstrap" "$tmp/bootstrap.scenario"

# --- a bootstrap with keys ------------------------------------------------------------------------------
key=c0ffee00c0ffee00c0ffee00c0ffee00
printf '{ "security": 1, "psk": { "bs": "hex:%s" } }\n' 101112131415161718191a1b1c1d1e1f >"$tmp/security"
sed "s#\"0\": \"coap:[^,]*#\"0\": \"coaps://127.0.0.1:5\"#; s#\"2\": 3#\"2\": 0, \"3\": \"hex:6e6577\", \"5\": \"hex:$key\"#" \
	"$tmp/file" >"$tmp/keys"
start_server keys -l coaps://127.0.0.1:0 --bootstrap "$tmp/keys" --security "$tmp/security"
psk='"security": { "mode": "psk", "identity": "bs", "key": "hex:101112131415161718191a1b1c1d1e1f" }'
sed "s#\"coap://127[^\"]*\"#\"$uri\", $psk#" "$tmp/new.json" >"$tmp/keyed.json"
start device "$BIN" device -p "$tmp/keyed.json" --record "$tmp/keys.scenario"
comes "the bootstrap is over" "$tmp/keys.err" 'finish => 2.04'
stop device
lacks "no key is in it" "$tmp/keys.scenario" c0ffee
has "but a name for it" "$tmp/keys.scenario" "5=\$secret_1" '# Keys are left out'
exits 3 "without a value it is not played" "$BIN" run "$tmp/keys.scenario"
has "and says so" "$tmp/err" 'name "$secret_1" is not set here'
exits 0 "with one it is valid" "$BIN" check --set secret_1=hex:$key "$tmp/keys.scenario"

# --- all that the suite does to somebody else's device ---------------------------------------------------
start run "$BIN" run -q --device external --listen coap://127.0.0.1:0 --ready-fd 3 --expect vehicle-1.1 --allow-writes \
	--allow-inconclusive scenarios/portfolio
await_server run
start_device device -q -p vehicle-1.1 -s "$uri" --record "$tmp/suite.scenario"
ends_with 0 "the suite" run
stop device
ok "that is much" [ "$(wc -l <"$tmp/suite.scenario")" -gt 500 ]
replays "the suite" "$tmp/suite.scenario"

# --- a peer that throws anything at it ------------------------------------------------------------------------
start hostile python3 "$tools/hostile.py" device
until_line "$tmp/hostile.out"
start_device device -q -p vehicle -s "$(head -n 1 "$tmp/hostile.out")" --record "$tmp/fire.scenario"
ends_with 0 "a device under fire" hostile
stop device
replays "under fire" "$tmp/fire.scenario"

# --- a device with a defect ------------------------------------------------------------------------------
start_server server -l coap://127.0.0.1:0
start_device device -q -p vehicle -s "$uri" --defect read-keeps-status --record "$tmp/defect.scenario"
until_line "$tmp/device.ready"
converse server <<'END'
execute /16/0/1 0=0,1=0,2=7 => 2.04
wait 400ms
read /16/0/2 => 2.05
read /16/0/3 => 2.05 1
END
stop device
stop server
has "its record tells so" "$tmp/defect.scenario" '# The device had a defect: give --device-defect=read-keeps-status.'
exits 0 "with it, it passes" "$BIN" run --device-defect read-keeps-status "$tmp/defect.scenario"
exits 1 "without it, it does not" "$BIN" run "$tmp/defect.scenario"

# --- what is refused ---------------------------------------------------------------------------------
exits 2 "payloads are what it is about" "$BIN" device -p vehicle --redact --record "$tmp/x"
has "and says so" "$tmp/err" '--redact'
exits 3 "the file cannot be written" "$BIN" device -p vehicle --record "$tmp/none/x"
has "and says so" "$tmp/err" "cannot write record \"$tmp/none/x\""
cp "$tmp/plain.scenario" "$tmp/kept.scenario"
start device "$BIN" device -p vehicle -s "coap://127.0.0.1:$(free_port)" --record "$tmp/kept.scenario"
comes "nobody is there" "$tmp/device.out" 'POST /rd'
stop device
has "nothing was asked" "$tmp/device.err" 'no server asked for anything'
exits 0 "so the older record stays" cmp "$tmp/plain.scenario" "$tmp/kept.scenario"
start_server server
start_device device -q -p vehicle -s "$uri" --record "$tmp/kept.scenario"
until_line "$tmp/device.ready"
say server 'read /16/0/3'
comes "read" "$tmp/server.out" '2.05'
signal device KILL
ends_with 137 "a device that is killed" device
exits 0 "leaves the older record, too" cmp "$tmp/plain.scenario" "$tmp/kept.scenario"
stop server
start_server server
start_device device -q -p vehicle -s "$uri" --record /dev/full
until_line "$tmp/device.ready"
say server 'read /16/0/3'
comes "read" "$tmp/server.out" '2.05'
say device quit
ends_with 3 "a full disk" device
has "a full disk" "$tmp/device.err" 'cannot write record "/dev/full": No space left on device'
stop server

# --- where it is left, when that is no plain file ------------------------------------------------------
records_into() { # what place command…
	place=$2
	what=$1
	shift 2
	start_server server
	start device "$@" "$BIN" device -q -p vehicle -s "$uri" --ready-fd 3 --record "$place"
	until_line "$tmp/device.ready"
	say server 'read /16/0/3'
	comes "$what: read" "$tmp/server.out" '2.05'
	say device quit
	ends_with 0 "$what" device
	stop server
}
: >"$tmp/linked.scenario"
ln -s linked.scenario "$tmp/link.scenario"
records_into "a link" "$tmp/link.scenario"
exits 0 "the link stays one" test -h "$tmp/link.scenario"
has "and leads to the record" "$tmp/linked.scenario" 'read /16/0/3'
echo '# mine' >"$tmp/open.scenario"
# shellcheck disable=SC2016 # the inner shell is to expand it
records_into "a file that somebody opened" /dev/fd/8 sh -c 'exec 8>>"$0" && exec "$@"' "$tmp/open.scenario"
has "a file that somebody opened is written on" "$tmp/open.scenario" '# mine' 'read /16/0/3'

finish
