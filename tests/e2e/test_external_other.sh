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
chmod 600 "$tmp/services.json"

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

judge() { # profile options…
	profile=$1
	shift
	start run "$BIN" run --device external --listen coap://127.0.0.1:0 --ready-fd 3 \
		--expect "$tmp/$profile.json" --allow-inconclusive --patience 3 "$@" \
		scenarios "$tmp/$profile.scenario"
	await_server run
	start_device device -q -p "$tmp/$profile.json" -s "$uri"
	ends_with 0 "$profile $*: nothing is found" run
	lacks "$profile $*: nothing is found" "$tmp/run.out" 'FAIL  ' 'ERROR scenarios' 'warn  '
	has "$profile $*: it is as it was" "$tmp/run.out" "pass  $tmp/$profile.scenario"
	stop device
}
judge identity
judge identity --allow-writes
has "what is there to be seen" "$tmp/run.out" 'pass  scenarios/portfolio/no-services.scenario'
judge services
has "both use cases" "$tmp/run.out" 'pass  scenarios/portfolio/use-case-1.scenario'
judge services --allow-writes
has "writes" "$tmp/run.out" 'pass  scenarios/portfolio/identity-writes.scenario'

finish
