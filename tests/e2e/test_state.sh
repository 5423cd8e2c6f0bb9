#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a device keeps in the file that "state" names. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "$tmp/disk"
state=$tmp/disk/device.state
"$BIN" provision -p vehicle -o "$tmp/new.json" -k "$tmp/keys.json" >"$tmp/log" 2>&1
sed '2i "state": "disk/device.state",' "$tmp/new.json" >"$tmp/kept.json"
chmod 600 "$tmp/kept.json"
start_server server -l coap://127.0.0.1:0
server_uri=$uri

# --- values, instances and attributes survive kill -9 ---------------------------------------------
start_device device -p "$tmp/kept.json" -s "$server_uri"
until_line "$tmp/device.ready"
say server 'write /16/0/0/3 "2.0" => 2.04'
say server 'write /1/0/1 600 => 2.04'
say server 'create /16 => 2.01'
say server 'attributes /16/0/3 pmin=1&pmax=30 => 2.04'
say server 'execute /16/0/1 0=0,1=0,2=5 => 2.04'
until_file "$state"
comes "the value is kept" "$state" '"/16/0/0/3": "2.0"'
comes "the attributes are kept" "$state" 'pmin=1&pmax=30'
ok "nobody else may read it" test "$(stat -c %a "$state")" = 600
lacks "AuthData is not kept" "$state" '"/16/0/2/0"'
signal device KILL
await device
start_device device -p "$tmp/kept.json" -s "$server_uri"
until_line "$tmp/device.ready"
say server 'read /16/0/0/3 => 2.05 "2.0"'
say server 'read /1/0/1 => 2.05 600'
say server 'read /16/0/3 => 2.05 0'
say server 'read /16/1 => 2.05'
say server 'discover /16/0/3 => 2.05'
comes "everything is there again" "$tmp/server.out" '> discover /16/0/3'
comes "with its attributes" "$tmp/server.out" 'pmin=1;pmax=30'
lacks "as expected" "$tmp/server.err" "expected"
say device 'restart'
comes "a restart" "$tmp/device.out" 'restarts'
say server 'write /16/0/0/1 "Other" => 2.04'

# --- a power cut in the middle of the writing leaves one file or the other --------------------------
turn=0
while [ "$turn" -lt 5 ]; do
	turn=$((turn + 1))
	say server "write /16/0/0/1 \"turn $turn\" => 2.04"
	sleep "0.$((15 + turn))"
	signal device KILL
	await device
	start_device device -p "$tmp/kept.json" -s "$server_uri"
	ok "it starts after kill -9" until_line "$tmp/device.ready"
done
signal device TERM
ends_with 143 "SIGTERM" device
ok "what changed last is kept at the end" holds "$state" '"/16/0/0/3": "2.0"'

# --- a full disk --------------------------------------------------------------------------------------
cp "$state" "$tmp/before"
mkfifo "$tmp/pipe"
cat "$tmp/pipe" >"$tmp/said" &
# shellcheck disable=SC2016
start device sh -c 'trap "" XFSZ; ulimit -f 0; exec "$0" device -p "$1" -s "$2" >"$3" 2>&1' \
	"$BIN" "$tmp/kept.json" "$server_uri" "$tmp/pipe"
comes "a device on a full disk registers" "$tmp/said" 'registered'
say server 'write /16/0/0/3 "3.0" => 2.04'
comes "it says what is not kept" "$tmp/said" 'state cannot be written to'
say server 'read /16/0/0/3 => 2.05 "3.0"'
comes "and lives on" "$tmp/server.out" '"3.0"'
ok "the file is what it was" cmp "$state" "$tmp/before"
signal device KILL
await device

# --- a damaged file ---------------------------------------------------------------------------------
sed 's/"2\.0"/"9.9"/' "$tmp/before" >"$state"
cp "$state" "$tmp/damaged"
exits 3 "a file that was tampered with" "$BIN" device -p "$tmp/kept.json" -s "$server_uri" </dev/null
has "the sentence" "$tmp/err" "disk/device.state" error
ok "it is left as it is" cmp "$state" "$tmp/damaged"
head -c 40 "$tmp/before" >"$state"
exits 3 "half a file" "$BIN" device -p "$tmp/kept.json" -s "$server_uri" </dev/null
: >"$state"
exits 3 "an empty file" "$BIN" device -p "$tmp/kept.json" -s "$server_uri" </dev/null
sed 's/Roadster/Coupe/' "$tmp/kept.json" >"$tmp/other.json"
cp "$tmp/before" "$state"
exits 3 "the file of another profile" "$BIN" device -p "$tmp/other.json" -s "$server_uri" </dev/null
ok "it is left as it is" cmp "$state" "$tmp/before"

# --- hashes are those of the profile (I-23) -----------------------------------------------------------
start_server judge -l coap://127.0.0.1:0 --keys "$tmp/keys.json"
start_device device -p "$tmp/kept.json" -s "$uri"
until_line "$tmp/device.ready"
say judge 'authenticate /16/0 identity=3 key=0'
comes "the altered identity is found out" "$tmp/judge.out" 'mismatch'

# --- an instance that a server made has no keys, after a restart either (I-19) --------------------------
say judge 'delete /16/0 => 2.02'
say judge 'create /16/0 0/0="Mine" => 2.01'
comes "it is kept" "$state" '"Mine"'
signal device KILL
await device
start_device device -p "$tmp/kept.json" -s "$uri"
until_line "$tmp/device.ready"
say judge 'authenticate /16/0 identity=0 key=0 => error'
say judge 'read /16/0/0 => 2.05 {0="Mine"}'
comes "it is there again, without keys" "$tmp/judge.out" '{0="Mine"}' 2
lacks "as expected" "$tmp/judge.err" "expected error"
signal device TERM
ends_with 143 "SIGTERM" device
stop judge
stop server
finish
