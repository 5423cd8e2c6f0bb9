#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `device` as a person and as a script use it. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# --- registration, events, messages -------------------------------------------------------------
start_server server -l coap://127.0.0.1:0
server_uri=$uri
start_device device -p vehicle -s "$server_uri" --json --trace "$tmp/trace"
ok "a line comes on the descriptor once registered" until_line "$tmp/device.ready"
has "that line" "$tmp/device.ready" registered
say server 'observe /16/0/3 => 2.05 0'
say server 'execute /16/0/1 0=0,1=0,2=5 => 2.04'
comes "the state is told" "$tmp/device.out" '"event":"state"' 2
comes "the notification is shown" "$tmp/device.out" '"event":"notification"'
comes "the notification arrives" "$tmp/server.out" 'notify /16/0/3'

# --- stimuli: one line each is answered by one line -----------------------------------------------
answers=0
stimulus() { # line ok|refused text
	answers=$((answers + 1))
	say device "$1"
	comes "$1" "$tmp/device.out" '"event":"answer"' "$answers"
	grep -F '"event":"answer"' "$tmp/device.out" | sed -n "${answers}p" >"$tmp/answer"
	[ "$2" = ok ] && has "$1" "$tmp/answer" '"ok":true' "$3"
	[ "$2" = refused ] && has "$1" "$tmp/answer" '"ok":false' "$3"
}
stimulus 'set /16/0/0/3 "2.0"' ok '/16/0/0/3 is \"2.0\"'
stimulus 'show /16/0/0/3' ok '"text":"/16/0/0/3 \"2.0\""'
stimulus 'show' ok '/3/0/0 \"Acme\"'
stimulus 'component delay 30ms' ok '30 ms'
stimulus 'component fail next' ok 'fails'
stimulus 'component fail' ok 'fails'
stimulus 'component hang' ok 'hangs'
stimulus 'component ok' ok 'works'
stimulus 'hold response 20ms' ok '20 ms later'
stimulus 'release' ok 'at once'
stimulus 'component provision /16/0/0/3' ok 'anew'
stimulus 'update' ok 'updating'
stimulus 'help' ok 'set PATH VALUE'
stimulus 'wait 5ms' ok '"input":"wait 5ms"'
stimulus 'set /16/0/3 1' refused 'AuthStatus'
stimulus 'set /16/0/0/3 5' refused 'text'
stimulus 'set /16/7/0/0 "x"' refused '/16/7/0/0'
stimulus 'show /16/7' refused 'no such thing'
stimulus 'component provision /16/0/0/9' refused '/16/0/0/9'
stimulus 'component delay soon' refused 'soon'
stimulus 'no such thing' refused 'no action'
stimulus 'read /16/0/3' refused 'read'
say device '# a remark, and nothing, are not answered'
say device ''
say server 'read /16/0/0/3 => 2.05 "2.0"'
comes "the value is there" "$tmp/server.out" '> read /16/0/0/3'
stimulus 'deregister' ok 'deregistering'
comes "deregistered" "$tmp/device.out" '"event":"deregistered"'
stimulus 'update' refused 'not registered'
stimulus 'register' ok 'registering'
comes "registered again" "$tmp/device.out" '"event":"registered"' 2
stimulus 'restart' ok 'restarted'
comes "registered after a restart" "$tmp/device.out" '"event":"registered"' 3
stimulus 'show /16/0/0/3' ok '1.4.2'

signal device INT
ends_with 130 "Ctrl-C" device
comes "Ctrl-C deregisters" "$tmp/server.err" deregistered 2
ok "each event has the documented form" python3 "$tools/events.py" "$tmp/device.out" \
	registered updated deregistered request response notification state info answer
ok "the trace has the documented form" python3 "$tools/events.py" "$tmp/trace" request response notification
lacks "the trace has messages alone" "$tmp/trace" '"event":"state"' '"event":"answer"' '"event":"registered"'
has "the trace shows the registration" "$tmp/trace" '"code":"POST"' 'ep=urn:dev:vehicle-0001&lt=300&lwm2m=1.0' '"path":"/16/0/1"'
ok "nothing went wrong" is_empty "$tmp/device.err"

# --- stdin, quit, quiet, redact ----------------------------------------------------------------------
# shellcheck disable=SC2016
start device sh -c 'exec "$0" device --ready-fd 3 -s "$1" </dev/null' "$BIN" "$server_uri"
until_line "$tmp/device.ready"
say server 'use portfolio-minimal'
say server 'read /3/0/0 => 2.05'
comes "a device without stdin answers" "$tmp/server.out" '> read /3/0/0'
ok "the end of stdin does not stop it" is_alive device
signal device TERM
ends_with 143 "SIGTERM" device
comes "SIGTERM deregisters" "$tmp/server.err" deregistered 3

start_device device -s "$server_uri"
until_line "$tmp/device.ready"
say device 'show /3/0/16'
comes "an answer for people" "$tmp/device.out" '/3/0/16 "U"'
say device 'sett /3/0/16 "U"'
comes "a refusal for people" "$tmp/device.err" 'stdin:2: error: "sett" is no action'
has "messages for people" "$tmp/device.out" 'device -> server  CON' '2.01' 'registered "portfolio-minimal" with the server'
say device 'quit'
ends_with 0 "quit" device

# shellcheck disable=SC2016
start device nohup "$BIN" device --ready-fd 3 -s "$server_uri"
until_line "$tmp/device.ready"
signal device HUP
say device 'show /3/0/16'
comes "nohup is respected" "$tmp/device.out" '/3/0/16 "U"'
signal device TERM
ends_with 143 "nohup" device
start_device device -s "$server_uri"
until_line "$tmp/device.ready"
signal device HUP
ends_with 129 "a lost terminal" device

start_device device -q -s "$server_uri"
until_line "$tmp/device.ready"
say device 'quit'
ends_with 0 "quiet" device
ok "quiet says nothing" is_empty "$tmp/device.out"

start_device device -p vehicle -v --redact -s "$server_uri"
until_line "$tmp/device.ready"
say server 'use urn:dev:vehicle-0001'
say server 'read /16/0/0'
comes "read for --redact" "$tmp/device.out" '/16/0/0'
say device 'show /16/0/0'
say device 'set /16/0/0/1 "WVX0123456789"'
say device 'component ok'
comes "the last stimulus" "$tmp/device.out" 'works'
say device 'quit'
ends_with 0 "--redact" device
lacks "--redact hides identities" "$tmp/device.out" WVX0123456789 5756583031323334 'Acme Motors'

start_device device -p vehicle --json --redact --trace "$tmp/trace" -s "$server_uri"
until_line "$tmp/device.ready"
say server 'read /16/0/0'
comes "read for --json --redact" "$tmp/device.out" '"path":"/16/0/0"'
say device 'show'
say device 'quit'
ends_with 0 "--json --redact" device
lacks "--json --redact hides identities" "$tmp/device.out" WVX0123456789 5756583031323334 'Acme Motors'
lacks "--trace --redact hides identities" "$tmp/trace" WVX0123456789 5756583031323334 'Acme Motors'

# --- the server forgets, and goes ------------------------------------------------------------------
start_device device -p vehicle -s "$server_uri" --json
until_line "$tmp/device.ready"
say server 'server forget'
comes "the server forgets" "$tmp/server.out" '> server forget'
say device 'update'
comes "forgotten, it registers again" "$tmp/device.out" '"event":"registered"' 2
has "by the 4.04 to its update" "$tmp/device.out" '"code":"4.04"'
ok "it did not complain" is_empty "$tmp/device.err"

signal server KILL
ends_with 137 "the server is killed" server
say device 'update'
comes "a server that is gone is told" "$tmp/device.out" 'nobody listens there'
comes "and when it is tried again" "$tmp/device.out" 'trying again in 2 s'
start_server server -l "$server_uri"
comes "the server is back, so is the registration" "$tmp/device.out" '"event":"registered"' 3
ok "errors have the documented form" python3 "$tools/events.py" "$tmp/device.out" registered
stop server
signal device INT
await device
has "Ctrl-C with the server gone" "$tmp/device.out" '"event":"registered"'
ok "Ctrl-C with the server gone: exit status $status" [ "$status" = 130 ]

# --- no server: a clear message, back-off, and it appears -------------------------------------------
port=$(free_port)
start_device device -p vehicle -s "coap://127.0.0.1:$port"
comes "no server" "$tmp/device.err" "cannot reach the server at \"coap://127.0.0.1:$port\": nobody listens there"
comes "no server: when it tries again" "$tmp/device.err" 'trying again in 2 s'
comes "back-off" "$tmp/device.err" 'trying again in 4 s'
start_server server -l "coap://127.0.0.1:$port"
ok "the server appears" until_line "$tmp/device.ready"
stop server

# --- the second signal leaves at once -----------------------------------------------------------------
# A socket that takes and never answers is the server that is gone.
start mute python3 -c '
import socket, sys
taker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
taker.bind(("127.0.0.1", 0))
print("coap://127.0.0.1:%d" % taker.getsockname()[1], flush=True)
sys.stdin.readline()'
until_line "$tmp/mute.out"
start_device patient -p vehicle -s "$(cat "$tmp/mute.out")" --json
comes "it tries" "$tmp/patient.out" '"code":"POST"'
signal patient INT
signal device TERM
signal device INT 2>/dev/null # it may have left already
ends_with 130 "Ctrl-C while it registers" patient
await device
case $status in
130 | 143) pass ;;
*) fail "two signals: exit status $status" "$tmp/device.err" ;;
esac

start_server server -l coap://127.0.0.1:0
start_device device -p vehicle -s "$uri" --json
until_line "$tmp/device.ready"
signal server STOP
signal device INT
comes "deregistering" "$tmp/device.out" '"code":"DELETE"'
sleep 0.4 # at once it would be the first one again
signal device INT
ends_with 130 "the second Ctrl-C leaves" device
lacks "at once" "$tmp/device.err" 'did not confirm'
start_device device -p vehicle -s "$uri" --json
comes "it tries" "$tmp/device.out" '"code":"POST"'
signal server CONT
until_line "$tmp/device.ready"
signal server STOP
signal device TERM
ends_with 143 "one signal, and a server that is silent" device
has "is bounded" "$tmp/device.err" 'did not confirm the deregistration'
signal server CONT
stop server

# --- what is not right ------------------------------------------------------------------------------
exits 2 "unknown option" "$BIN" device --profil vehicle
has "unknown option" "$tmp/err" 'no option "--profil"' 'did you mean "--profile"' 'lwm2m-portfolio device --help'
exits 2 "an operand" "$BIN" device vehicle
exits 2 "an option without its value" "$BIN" device -p
exits 2 "a secured link without keys" "$BIN" device -s coaps://127.0.0.1
has "a secured link without keys" "$tmp/err" 'one with security'
exits 2 "another scheme" "$BIN" device -s http://127.0.0.1
has "another scheme" "$tmp/err" 'coap://host[:port]'
exits 2 "a server for who is to be bootstrapped" "$BIN" device -p bootstrap -s coaps://127.0.0.1
has "a server for who is to be bootstrapped" "$tmp/err" '--server has nothing to replace'
exits 2 "a descriptor that is closed" "$BIN" device --ready-fd 77
exits 3 "no such profile" "$BIN" device -p vehicel
has "no such profile" "$tmp/err" 'no shipped profile "vehicel"' 'did you mean "vehicle"'
printf '{ "endpoint": "x", "lifetime": "long", "object": {} }\n' >"$tmp/wrong.json"
exits 3 "a wrong profile" "$BIN" device -p "$tmp/wrong.json"
has "all its errors" "$tmp/err" 'wrong.json:1:' '/lifetime' 'did you mean "objects"' '^'
exits 3 "a folder for a profile" "$BIN" device -p "$tmp"
exits 3 "a trace that cannot be written" "$BIN" device --trace "$tmp/no/trace"
has "a trace that cannot be written" "$tmp/err" "$tmp/no/trace"
exits 0 "help" "$BIN" device --help
has "help" "$tmp/out" 'Examples:' '--ready-fd'
ok "help is no error" is_empty "$tmp/err"
signal mute KILL
finish
