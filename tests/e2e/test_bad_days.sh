#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What goes wrong in the field: malformed datagrams, killed programs, full disks, closed descriptors.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

# --- malformed datagrams ------------------------------------------------------------------------------
start hostile python3 "$tools/hostile.py" device
until_line "$tmp/hostile.out"
start_device device -p vehicle -s "$(head -n 1 "$tmp/hostile.out")" --json --trace "$tmp/trace"
ends_with 0 "a device under fire answers, and nothing changes" hostile
ok "it says what it refuses" holds "$tmp/device.out" '"code":"4.00"'
ok "its events keep their form" python3 "$tools/events.py" "$tmp/device.out" registered request response warning
ok "its trace, too" python3 "$tools/events.py" "$tmp/trace" request response
say device 'show /16/0/0/0'
comes "it takes stimuli" "$tmp/device.out" '/16/0/0/0 \"WVX0123456789\"'
signal device INT
ends_with 130 "it leaves" device

start_server server -l coap://127.0.0.1:0
start_device device -p vehicle -s "$uri" -q
until_line "$tmp/device.ready"
exits 0 "a server under fire" python3 "$tools/hostile.py" server "$uri"
say server 'use urn:dev:vehicle-0001'
say server 'read /16/0/0/0 => 2.05 "WVX0123456789"'
comes "it still works" "$tmp/server.out" '2.05 "WVX0123456789"'
say server clients
comes "its client is still there" "$tmp/server.out" 'urn:dev:vehicle-0001  127.0.0.1:'
lacks "nobody else is" "$tmp/server.out" stranger
signal server INT
ends_with 130 "it leaves" server
stop device

# --- a server that is killed ----------------------------------------------------------------------------
start_server server -l coap://127.0.0.1:0
start_device device -p vehicle -s "$uri" --json
until_line "$tmp/device.ready"
say server 'observe /16/0/3'
comes "observed" "$tmp/server.out" '> observe /16/0/3'
signal server KILL
ends_with 137 "the server is killed" server
say device 'component provision /16/0/0/0'
comes "the device goes on" "$tmp/device.out" 'provisioned anew'
start_server server -l "$uri"
say device update
comes "it registers with the next server" "$tmp/device.out" '"event":"registered"' 2
say server 'read /16/0/3 => 2.05 0'
say server 'execute /16/0/1 0=0,1=0,2=5 => 2.04'
comes "and serves it" "$tmp/server.out" '> execute /16/0/1'
lacks "the old observation ended" "$tmp/server.out" notify
lacks "all is well" "$tmp/server.err" expected
signal server KILL
await server
say device 'set /16/0/0/0 "while nobody listens"'
comes "the device takes stimuli without a server" "$tmp/device.out" 'while nobody listens'
signal device TERM
ends_with 143 "and leaves" device

# It does not know the device's secured session any more, and says nothing on it.
start_server server -l coaps://127.0.0.1:0 --security "$data/profiles/keys/server.security"
start_device device -p vehicle-psk -s "$uri" --json
until_line "$tmp/device.ready"
signal server KILL
await server
start_server server -l "$uri" --security "$data/profiles/keys/server.security"
say device update
comes "a secured session that went silent is replaced" "$tmp/device.out" 'registering again on a new session'
comes "and the device registers on it" "$tmp/device.out" '"event":"registered"' 2
say server 'read /16/0/0/1 => 2.05 "Acme Motors"'
comes "and is served" "$tmp/server.out" '"Acme Motors"'
lacks "which is no failure" "$tmp/device.out" 'trying again'
stop device
stop server

# --- a device that is killed ----------------------------------------------------------------------------
sed 's/"lifetime": 300/"lifetime": 2/' "$data/profiles/vehicle.json" >"$tmp/short.json"
start_server server -l coap://127.0.0.1:0
start_device device -p "$tmp/short.json" -s "$uri" -q
until_line "$tmp/device.ready"
comes "it updates in time" "$tmp/server.err" 'updated its registration' 2
lacks "so it is not forgotten" "$tmp/server.err" forgotten
signal device KILL
ends_with 137 "the device is killed" device
say server 'read /16/0/3'
comes "an operation tells" "$tmp/server.err" 'stdin:1: error: '
comes "its registration expires" "$tmp/server.err" 'client "urn:dev:vehicle-0001" is forgotten'
start_device device -p "$tmp/short.json" -s "$uri" -q
until_line "$tmp/device.ready"
say server 'read /16/0/3 => 2.05 0'
comes "it comes back" "$tmp/server.out" '2.05 0'
stop device
stop server

# --- a full disk ------------------------------------------------------------------------------------
start_server server -l coap://127.0.0.1:0 --trace /dev/full
start_device device -p vehicle -s "$uri" --trace /dev/full
ok "a device whose trace cannot be written registers" until_line "$tmp/device.ready"
say server 'read /16/0/3 => 2.05 0'
comes "a server whose trace cannot be written works" "$tmp/server.out" '2.05 0'
say device quit
ends_with 3 "the device tells by its exit status" device
has "and by a sentence" "$tmp/device.err" 'trace "/dev/full" is not whole'
say server quit
ends_with 3 "the server, too" server
has "and by a sentence" "$tmp/server.err" 'trace "/dev/full" is not whole'
exits 3 "list on a full disk" sh -c 'exec "$0" list rules >/dev/full' "$BIN"
has "list on a full disk" "$tmp/err" 'No space left'
exits 3 "help on a full disk" sh -c 'exec "$0" --help >/dev/full' "$BIN"
exits 3 "a verdict on a full disk" sh -c 'AUTH_KEY=hex:2b7e151628aed2a6abf7158809cf4f3c exec "$0" open -s aes128-ccm -k env:AUTH_KEY -c 1 \
	"hex:$(python3 "$1" ccm 2b7e151628aed2a6abf7158809cf4f3c x 01)" >/dev/full' "$BIN" "$tools/seal.py"

# --- descriptors that are closed ------------------------------------------------------------------------
start_server server -l coap://127.0.0.1:0
start device sh -c 'exec "$0" device -p vehicle --ready-fd 3 -s "$1" <&-' "$BIN" "$uri"
ok "a device without stdin registers" until_line "$tmp/device.ready"
say server 'read /16/0/3 => 2.05 0'
comes "and answers" "$tmp/server.out" '2.05 0'
stop device
start device sh -c 'exec "$0" device -p vehicle --ready-fd 3 -s "$1" --trace "$2" <&- >&- 2>&-' "$BIN" "$uri" "$tmp/trace"
ok "a device without any of the three registers" until_line "$tmp/device.ready"
say server 'read /16/0/0/1 => 2.05 "Acme Motors"'
comes "and answers" "$tmp/server.out" '"Acme Motors"'
stop device
ok "nothing strayed into its trace" python3 "$tools/events.py" "$tmp/trace" request response
stop server
exits 0 "a server without stdin is at its end" sh -c 'exec "$0" server -l coap://127.0.0.1:0 <&-' "$BIN"
exits 3 "run without stdout" sh -c 'exec "$0" run --report-json "$1" portfolio/use-case-1 >&-' "$BIN" "$tmp/report.json"
ok "its report is whole" python3 -m json.tool "$tmp/report.json"

# --- more than is taken ------------------------------------------------------------------------------
start_server server -l coap://127.0.0.1:0
start_device device -p vehicle -s "$uri" --json
until_line "$tmp/device.ready"
python3 -c 'print("set /16/0/0/0 \"" + "x" * 200000 + "\""); print("show /16/0/0/0")' 1<>"$tmp/device.in"
comes "a line that is too long is left out, and the next one answered" "$tmp/device.out" 'WVX0123456789'
has "and that is told" "$tmp/device.err" 'longer than'
printf 'show /16/0/0/0\0\0\001\377\nshow /16/0/0/1\n' 1<>"$tmp/device.in"
comes "octets are no words" "$tmp/device.out" 'Acme Motors'
ok "and do no harm to the events" python3 "$tools/events.py" "$tmp/device.out" answer
stop device
stop server
finish
