#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Devices that are unlike the shipped ones, and right: `run --device external` with all scenarios finds
# nothing in them, and leaves them as they were. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"


cat >"$tmp/identity.json" <<.
{ "endpoint": "urn:dev:other-1", "lwm2m": "1.1", "lifetime": 300,
  "servers": [{ "ssid": 1, "uri": "coap://127.0.0.1", "security": { "mode": "none" } }],
  "objects": {
    "3": { "0": { "0": "Other", "1": "T", "2": "1", "16": "U", "22": { "0": "16:7" } } },
    "16": { "7": { "0": { "4": "FOO", "9": "BAR" } } } } }
.
cat >"$tmp/services.json" <<.
{ "endpoint": "urn:dev:other-2", "lwm2m": "1.1", "lifetime": 300,
  "servers": [{ "ssid": 1, "uri": "coap://127.0.0.1", "security": { "mode": "none" } }],
  "objects": {
    "3": { "0": { "0": "Other", "1": "T", "2": "2", "16": "U", "22": { "0": "16:5" } } },
    "16": { "5": { "0": { "0": "FOO", "2": "BAR", "3": "BAZ" } } } },
  "secure_component": { "latency": "10ms", "limit": "1s", "instances": { "16/5": {
    "dedicated_to": "3/0",
    "authentication": { "suite": "sha256+hmac-sha256", "hashes": "from-identity",
      "keys": { "2": "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" } },
    "encryption": { "suite": "aes256-gcm",
      "keys": { "4": "hex:202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f" } } } } } }
.
# Signs only, in two resource instances, with numbers of its own, over DTLS; another instance seals.
cat >"$tmp/parts.json" <<.
{ "endpoint": "urn:dev:other-3", "lwm2m": "1.1", "lifetime": 77, "auth_data_instances": 2,
  "servers": [{ "ssid": 21, "uri": "coaps://127.0.0.1", "security": { "mode": "psk",
    "identity": "other-3", "key": "hex:000102030405060708090a0b0c0d0e0f" } }],
  "objects": {
    "3": { "0": { "0": "Odd", "16": "U", "22": { "0": "16:7", "1": "16:9" } } },
    "16": { "7": { "0": { "5": "AA", "6": "BB" } }, "9": { "0": { "1": "CC" } } } },
  "secure_component": { "latency": "30ms", "limit": "2s", "instances": {
    "16/7": { "dedicated_to": "3/0",
      "authentication": { "suite": "sha256+aes256-cmac", "hashes": "from-identity", "keys": {
        "11": "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "12": "hex:100102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "13": "hex:200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "14": "hex:300102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" } } },
    "16/9": { "encryption": { "suite": "aes128-gcm",
      "keys": { "0": "hex:202122232425262728292a2b2c2d2e2f" } } } } } }
.
# Seals only, with fixed identities and the other choices for the open questions.
cat >"$tmp/seals.json" <<.
{ "endpoint": "urn:dev:other-4", "lwm2m": "1.0", "lifetime": 4000, "read_only": ["/16/9/0/2"],
  "lenient_arguments": true, "strict_create": true,
  "servers": [{ "ssid": 9, "uri": "coap://127.0.0.1", "security": { "mode": "none" } }],
  "objects": {
    "1": { "0": { "5": 86400 } },
    "3": { "0": { "0": "Odd", "9": 5, "14": "+00:00", "16": "U", "22": { "4": "16:9" } } },
    "16": { "7": { "0": { "5": "AA" } }, "9": { "0": { "2": "CC", "77": "x" } } } },
  "secure_component": { "latency": "30ms", "limit": "2s", "instances": { "16/9": {
    "encryption": { "suite": "aes128-ccm", "keys": {
      "3": "hex:202122232425262728292a2b2c2d2e2f",
      "4": "hex:302122232425262728292a2b2c2d2e2f" } } } } } }
.
# A service without AuthStatus (I-16).
sed 's/"dedicated_to": "3\/0",/"dedicated_to": "3\/0", "omit": [3],/; s/other-2/other-5/' \
	"$tmp/services.json" >"$tmp/omits.json"
chmod 600 "$tmp"/*.json

as_it_was() { # file discover read
	cat >"$1" <<.
title    "As it was"
covers   PF-OBJ-6
profile  vehicle

expect   register
discover \$pf   => 2.05 links exactly($2) [PF-OBJ-6]
read     \$pf/0 => 2.05 {$3}
.
}
as_it_was "$tmp/identity.scenario" "</16/7>, </16/7/0>;dim=2" '4="FOO", 9="BAR"'
as_it_was "$tmp/services.scenario" \
	"</16/5>, </16/5/0>;dim=3, </16/5/1>, </16/5/2>;dim=0, </16/5/3>" '0="FOO", 2="BAR", 3="BAZ"'
as_it_was "$tmp/parts.scenario" \
	"</16/7>, </16/7/0>;dim=2, </16/7/1>, </16/7/2>;dim=0, </16/7/3>" '5="AA", 6="BB"'
as_it_was "$tmp/seals.scenario" \
	"</16/9>, </16/9/0>;dim=2, </16/9/1>, </16/9/2>;dim=0, </16/9/3>" '2="CC", 77="x"'
as_it_was "$tmp/omits.scenario" \
	"</16/5>, </16/5/0>;dim=3, </16/5/1>, </16/5/2>;dim=0" '0="FOO", 2="BAR", 3="BAZ"'

# One without object 16: what is about it is not applicable.
cat >"$tmp/none.json" <<'.'
{ "endpoint": "none", "lwm2m": "1.1", "servers": [{ "ssid": 3, "uri": "coap://127.0.0.1" }],
  "objects": { "3": { "0": { "0": "Acme", "9": 80 } } } }
.
cat >"$tmp/none.scenario" <<'.'
title    "As it was"
profile  vehicle

expect   register
read     /3/0 => 2.05 has {0="Acme", 9=80}
.

# All of them at once: most of the time is waiting.
begin() { # profile name options…
	profile=$1 name=$2
	shift 2
	listen=coap
	! grep -q coaps "$tmp/$profile.json" || listen=coaps
	start "$name" "$BIN" run --device external --listen $listen://127.0.0.1:0 --ready-fd 3 \
		--expect "$tmp/$profile.json" --allow-inconclusive --patience 3 "$@" \
		scenarios "$tmp/$profile.scenario"
	await_server "$name"
	start_device "$name-device" -q -p "$tmp/$profile.json" -s "$uri"
}
judged() { # profile name [what may be warned of]
	ends_with 0 "$2: nothing is found" "$2"
	lacks "$2: nothing is found" "$tmp/$2.out" 'FAIL  ' 'ERROR scenarios'
	[ $# -gt 2 ] || lacks "$2: nothing is found" "$tmp/$2.out" 'warn  '
	has "$2: it is as it was" "$tmp/$2.out" "pass  $tmp/$1.scenario"
	stop "$2-device"
}
played() { # what name scenario…
	what=$1 report=$tmp/$2.out
	shift 2
	for scenario in "$@"; do
		has "$what" "$report" "pass  scenarios/$scenario.scenario"
	done
}
begin identity identity-read
begin identity identity --allow-writes
begin services services-read
begin services services --allow-writes
judged identity identity-read
judged identity identity
judged services services-read
judged services services
begin none none --allow-writes
begin parts parts --allow-writes
begin seals seals --allow-writes
begin omits omits --allow-writes
judged none none
judged parts parts
judged seals seals
judged omits omits "I-16"
played "what is there to be seen" identity portfolio/no-services lwm2m/registered
played "what has nothing to do with it" none lwm2m/registered lwm2m/repeated-read raw/messages security/object-0
has "the rest is not applicable" "$tmp/none.out" \
	'does not fit profile "'"$tmp"'/none.json": line 7: name "$pf" is not set'
played "both use cases" services-read portfolio/use-case-1 portfolio/use-case-2 lwm2m/registered
played "writes" services portfolio/identity-writes portfolio/create-delete lwm2m/registration-update
played "AuthData in parts" parts portfolio/use-case-1 portfolio/read-levels \
	portfolio/arguments-choose portfolio/arguments-choose-key lwm2m/registered
has "AuthData in parts" "$tmp/parts.out" 'needs "one-auth-data", which profile'
played "one service" seals portfolio/notify-status-alone portfolio/duplicate-read \
	portfolio/read-levels portfolio/arguments-choose-encryption portfolio/object-resources
has "a choice is named" "$tmp/omits.out" 'accepted by I-16: a service without AuthData or AuthStatus' \
	'warn  scenarios/portfolio/object-resources.scenario'
has "why" "$tmp/seals.out" 'needs "queue-mode", which profile' 'needs "bootstrap", which profile' \
	'needs "tcp", which profile' 'needs "authentication", which profile'

# --- the test cases of OMA leave their device as it was ---------------------------------------------------
start ets "$BIN" run --device external --listen coap://127.0.0.1:0 --ready-fd 3 --expect ets-c12 --allow-writes \
	--patience 3 --repeat 2 ets/1630-discover-instance ets/1635-discover-object ets/1630-discover-object \
	ets/1635-discover-instance lwm2m/registered
await_server ets
start_device ets-device -q -p ets-c12 -s "$uri"
ends_with 0 "test cases of OMA" ets
has "test cases of OMA" "$tmp/ets.out" '10 passed, 0 failed'
stop ets-device

finish
