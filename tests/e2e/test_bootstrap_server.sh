#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The bootstrap server: what its file says is what clients get, and what they answer is told.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$tmp/file" <<'END'
{ "bootstrap": 1, "clients": {
  "full": { "operations": [
    { "delete": "/" },
    { "write": "/0/7", "resources": { "0": "coap://h", "1": false, "2": 3, "5": "text:swordfish" } },
    { "write": "/1/0/1", "value": 60 },
    { "write": "/1", "instances": { "0": { "1": 60 } } },
    { "discover": "/" }, { "read": "/1" } ] },
  "secured": { "operations": [
    { "write": "/0/7", "resources": { "0": "coaps://h", "1": false, "2": 0, "5": "text:swordfish" } } ] },
  "patient": { "on_error": "go-on", "operations": [ { "delete": "/" }, { "delete": "/1" } ] },
  "open": { "finish": false, "operations": [ { "delete": "/" } ] },
  "json": { "format": "senml-json", "operations": [ { "write": "/1/0/1", "value": 60 } ] } } }
END
ask() { # what query answers…
	what=$1
	shift
	ok "$what" timeout 20 python3 "$tools/bootstrap_client.py" "$uri" "$@"
}
# What the client got, line by line; file "log" is what it printed.
gets() { # what
	cat >"$tmp/expected"
	if cmp -s "$tmp/expected" "$tmp/log"; then pass; else fail "$1" "$tmp/log" "$tmp/server.err"; fi
}
start_server server -l coap://127.0.0.1:0 --bootstrap "$tmp/file" --trace "$tmp/trace" -vv

# --- what goes out, by the TLV table of LwM2M TS 1.0, 6.4.3 -------------------------------------------
ask "all that there is" ep=full
gets "all that there is" <<'END'
2.04
DELETE /
PUT /0/7 11542 c80008636f61703a2f2f68c10100c10203c8050973776f726466697368
PUT /1/0/1 0 3630
PUT /1 11542 0300c1013c
GET /
GET /1
POST /bs
END
comes "its end" "$tmp/server.err" 'bootstrap of client "full": finished'
has "each step is told" "$tmp/server.err" 'client "full" asks for a bootstrap' \
	'"full": delete / => 2.02 Deleted' '"full": write /0/7 => 2.04 Changed' '"full": finish => 2.04 Changed'
lacks "no key is shown" "$tmp/server.err" swordfish 73776f7264
lacks "nor kept in the trace" "$tmp/trace" swordfish 73776f7264
has "but its length is" "$tmp/trace" '"payload_len":29'
ask "the format that the client prefers" "ep=full&pct=110"
has "SenML JSON" "$tmp/log" 'PUT /1/0/1 110 5b7b'
ask "the format of the file" ep=json
has "SenML JSON of the file" "$tmp/log" 'PUT /1/0/1 110 5b7b'

# --- what clients answer ----------------------------------------------------------------------------
ask "an error ends it" ep=full 2.02 4.00
gets "an error ends it" <<'END'
2.04
DELETE /
PUT /0/7 11542 c80008636f61703a2f2f68c10100c10203c8050973776f726466697368
END
comes "which is told" "$tmp/server.err" 'warning: bootstrap of client "full" failed: ended without Bootstrap-Finish'
has "and why" "$tmp/server.err" 'warning: bootstrap of client "full": write /0/7 => 4.00 Bad Request'
ask "or does not" ep=patient 4.00 4.05
gets "or does not" <<'END'
2.04
DELETE /
DELETE /1
POST /bs
END
ask "an inconsistent configuration" ep=patient 2.02 2.02 4.06
comes "an inconsistent configuration" "$tmp/server.err" '"patient": finish => 4.06 Not Acceptable'
comes "which is the reason" "$tmp/server.err" 'bootstrap of client "patient" failed: the client refused Bootstrap-Finish'
ask "a bootstrap that is left open" ep=open
gets "a bootstrap that is left open" <<'END'
2.04
DELETE /
END
ask "a client that resets" ep=full RST
comes "no answer" "$tmp/server.err" 'bootstrap of client "full": delete / => no answer: '
comes "ends it" "$tmp/server.err" 'bootstrap of client "full" failed: the client is gone'

# --- who is refused ---------------------------------------------------------------------------------
for query in ep=nobody ep=secured ep= pct=112 'ep=full&pct=x'; do
	ask "$query" "$query"
	gets "$query" <<'END'
4.00
END
done
comes "a stranger is named" "$tmp/server.err" 'client "nobody" asks for a bootstrap, but the file has nothing for it'
has "keys are for secured links" "$tmp/server.err" \
	'client "secured" asks for a bootstrap in plain text, but the file has keys for it; let it come by coaps://'
ask "a format that is not ours" 'ep=full&pct=11544'
gets "a format that is not ours" <<'END'
4.15
END

# --- the command ------------------------------------------------------------------------------------
stop server
exits 3 "a file that is not there" "$BIN" server -l coap://127.0.0.1:0 --bootstrap "$tmp/none"
has "which is said" "$tmp/err" 'none'
echo '{ "bootstrap": 1, "clients": { "a": { "operations": [ {} ] } } }' >"$tmp/wrong"
exits 3 "a file that is wrong" "$BIN" server -l coap://127.0.0.1:0 --bootstrap "$tmp/wrong"
has "which is said with its place" "$tmp/err" 'wrong:1:55: error: there is no operation'
start_server json -l coap://127.0.0.1:0 --bootstrap "$tmp/file" --json
ask "a bootstrap" ep=patient
comes "as JSON" "$tmp/json.out" '"event":"bootstrap"' 5
has "with path and code" "$tmp/json.out" '"code":"2.02","path":"/1"'
ask "another" ep=patient 4.05
comes "failures are warnings" "$tmp/json.out" '"event":"warning"'
stop json

# --- bootstrap and management in one process, with what is shipped ---------------------------------------
moved() { # file: the same with the ports that were found
	sed "s#coaps://127.0.0.1:5686#$bootstrap#; s#coaps://127.0.0.1:5684#$manager#; s#\"hold_off\": 1#\"hold_off\": 0#" "$1"
}
bootstrap=coaps://127.0.0.1:$(free_port)
manager=coaps://127.0.0.1:$(free_port)
moved "$data/profiles/keys/server.bootstrap" >"$tmp/shipped"
moved "$data/profiles/bootstrap.json" >"$tmp/vehicle.json"
start_server both -l "$bootstrap" -l "$manager" --security "$data/profiles/keys/server.security" \
	--bootstrap "$tmp/shipped" -vv
start_device vehicle -p "$tmp/vehicle.json"
comes "the bootstrap is over" "$tmp/both.err" 'bootstrap of client "urn:dev:vehicle-0001": finished'
comes "the device registers" "$tmp/both.err" 'client "urn:dev:vehicle-0001" registered'
say both 'read /1/0/1 => 2.05 300'
say both 'execute /1/0/9 => 2.04'
comes "operations go to it as ever" "$tmp/both.out" '2.05 300'
comes "a trigger leads to another bootstrap" "$tmp/both.err" 'bootstrap of client "urn:dev:vehicle-0001": finished' 2
comes "and registration" "$tmp/both.err" 'client "urn:dev:vehicle-0001" registered' 2
lacks "no key is shown" "$tmp/both.err" 000102030405060708090a0b0c0d0e0f
stop vehicle
stop both
finish
