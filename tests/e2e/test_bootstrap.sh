#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A device that is bootstrapped: by a server in a process of its own, over UDP and DTLS, with a state
# file, by a trigger, and one that does not finish. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

key=c0ffee00c0ffee00c0ffee00c0ffee00
lifetime_of() { # seconds: a file that gives each client an account of the manager, and this lifetime
	cat <<END
{ "bootstrap": 1, "clients": {
  "urn:dev:lazy": { "finish": false, "operations": [ $(account "$1") ] },
  "urn:dev:half": { "operations": [ { "write": "/1/0/5", "value": 86400 } ] },
  "*": { "operations": [ { "delete": "/0" }, { "delete": "/1" }, $(account "$1"),
    { "discover": "/" }, { "read": "/1" } ] } } }
END
}
account() { # lifetime
	cat <<END
{ "write": "/0/0", "resources": { "0": "$manager", "1": false, "2": 3, "10": 101 } },
{ "write": "/1/0", "resources": { "0": 101, "1": $1, "6": false, "7": "U" } }
END
}
profile_of() { # endpoint, more members, more objects
	cat <<END
{ "endpoint": "$1", "lwm2m": "1.1", "state": "$tmp/$1.state", "bootstrap": { "uri": "$bootstrap" },
  $2 "objects": { $3 "3": { "0": { "0": "Acme" } }, "16": { "0": { "0": { "0": "HOST" } } } } }
END
}

start_server manager -l coap://127.0.0.1:0
manager=$uri
lifetime_of 300 >"$tmp/file"
start_server bootstrap -l coap://127.0.0.1:0 --bootstrap "$tmp/file"
bootstrap=$uri

# --- from the factory (ETS 0) -------------------------------------------------------------------------
profile_of dev "" "" >"$tmp/dev.json"
start_device device -p "$tmp/dev.json" --json
comes "it registers where it was told to" "$tmp/device.out" '"event":"registered"'
comes "the bootstrap server has finished" "$tmp/bootstrap.err" 'bootstrap of client "dev": finished'
has "all went well" "$tmp/bootstrap.err" 'delete /0 => 2.02' 'write /0/0 => 2.04' 'discover / => 2.05' \
	'read /1 => 2.05' 'finish => 2.04'
say manager 'read /1/0/1 => 2.05 300'
say manager 'read /0/0/0 => 4.01'
comes "the manager manages" "$tmp/manager.out" '> read /0/0/0'
lacks "as expected" "$tmp/manager.out" expected

# --- a trigger (ETS 5) --------------------------------------------------------------------------------
say manager 'execute /1/0/9 => 2.04'
comes "another bootstrap" "$tmp/bootstrap.err" 'bootstrap of client "dev": finished' 2
comes "it registers anew" "$tmp/device.out" '"event":"registered"' 2
stop device # which writes the state

# --- it stays bootstrapped ----------------------------------------------------------------------------
comes "the state has the account" "$tmp/dev.state" '"/1/0/1": 300'
start_device again -p "$tmp/dev.json" --json
comes "it registers at once" "$tmp/again.out" '"event":"registered"'
lacks "without a bootstrap" "$tmp/again.out" '/bs'
stop again

# --- nobody is where the account leads (ETS 7) ----------------------------------------------------------
profile_of lost "\"servers\": [ { \"ssid\": 101, \"uri\": \"coap://127.0.0.1:$(free_port)\" } ]," \
	'"1": { "0": { "17": 1, "20": 1 } },' >"$tmp/lost.json"
start_device lost -p "$tmp/lost.json" --json
comes "it falls back to a bootstrap" "$tmp/lost.out" 'no server can be registered with; asking for a bootstrap'
comes "and registers" "$tmp/lost.out" '"event":"registered"'
stop lost

# --- what breaks off ----------------------------------------------------------------------------------
profile_of urn:dev:lazy "" "" >"$tmp/lazy.json"
start_device lazy -p "$tmp/lazy.json" --json
comes "the server does not finish" "$tmp/bootstrap.err" '"urn:dev:lazy": write /1/0 => 2.04'
profile_of urn:dev:half "" "" >"$tmp/half.json"
start_device half -p "$tmp/half.json" --json
comes "half an account" "$tmp/bootstrap.err" '"urn:dev:half": finish => 4.06'
comes "which is told here too" "$tmp/half.out" \
	'what the bootstrap server wrote cannot be used: mandatory resource \"/1/0/0\"'
stop lazy
stop half
lacks "nobody registers" "$tmp/lazy.out" registered
lacks "nobody registers" "$tmp/half.out" registered
ok "nothing is kept" sh -c '! grep -l /1/0 "$0"/urn:dev:*.state' "$tmp"
stop bootstrap
stop manager

# --- with keys that only the bootstrap brings -----------------------------------------------------------
printf '{ "security": 1, "psk": { "bootstrap": "hex:101112131415161718191a1b1c1d1e1f", "given": "hex:%s" } }\n' $key \
	>"$tmp/security"
start_server manager -l coaps://127.0.0.1:0 --security "$tmp/security"
manager=$uri
cat >"$tmp/file" <<END
{ "bootstrap": 1, "clients": { "urn:dev:vehicle-0001": { "operations": [
  { "write": "/0/0", "resources": { "0": "$manager", "1": false, "2": 0, "3": "text:given",
    "4": "hex:", "5": "hex:$key", "10": 101 } },
  { "write": "/1/0", "resources": { "0": 101, "1": 300, "6": false, "7": "U" } },
  { "write": "/16/1", "resources": { "0": { "0": "second" } } } ] } } }
END
start_server bootstrap -l coaps://127.0.0.1:0 --security "$tmp/security" --bootstrap "$tmp/file"
sed "s#coaps://127.0.0.1:5686#$uri#; s#\"hold_off\": 1#\"hold_off\": 0#" "$data/profiles/bootstrap.json" \
	>"$tmp/vehicle.json"
start_device vehicle -p "$tmp/vehicle.json" --json
comes "it registers with the key that it was given" "$tmp/vehicle.out" '"event":"registered"'
say manager 'read /16/1/0 => 2.05'
say manager 'authenticate /16/0 => 2.05'
comes "it has a second host" "$tmp/manager.out" 'second'
lacks "as expected" "$tmp/manager.out" expected
lacks "no key is shown" "$tmp/vehicle.out" $key
lacks "not even as text" "$tmp/bootstrap.err" $key given
stop vehicle
stop bootstrap
stop manager
finish
