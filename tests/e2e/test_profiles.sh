#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every shipped scenario with every shipped profile, and with some that users make of them: what the
# profile has passes, and the rest is not applicable.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

plays() { # what profile
	exits 0 "$1: nothing fails" "$BIN" run --virtual-time -p "$2" scenarios
	ok "$1: something is played" grep -q '^[1-9][0-9]* passed, 0 failed' "$tmp/out"
	cat "$tmp/out" >>"$tmp/all"
}

for profile in profiles/*.json; do
	name=$(basename "$profile" .json)
	# The server that this one knows has another name in its certificate (ETS 403).
	[ "$name" = ets-c18 ] || plays "$name" "$name"
done
exits 1 "no registration comes" "$BIN" run --virtual-time -p ets-c18 lwm2m/registered
has "and it is said why" "$tmp/out" \
	'no registration is alive; what failed first: ' 'certificate is for "server.example.com", not for'

# --- of another version, or over another transport ------------------------------------------------------
for name in minimal parts options; do
	plays "$name of LwM2M 1.1" "$name@1.1"
done
sed 's#coap://#coap+tcp://#' profiles/vehicle-1.1.json >"$tmp/tcp.json"
plays "over TCP" "$tmp/tcp.json"
sed 's#"lifetime": 300,#"lifetime": 300, "queue_mode": true,#' profiles/vehicle-1.1.json >"$tmp/queue.json"
plays "in queue mode" "$tmp/queue.json"

# --- what is not applicable says why ----------------------------------------------------------------------
has "and says why" "$tmp/all" 'writes /16/0/0/1, which profile "options" has as read-only' \
	'is about /3/0/9, which profile "gsma" does not claim' 'is in format "senml-cbor", which profile "ets-c12" does not have' \
	'sends a message again, which is only possible over UDP' 'impairs the path, which is only possible over UDP' \
	'expects a Send, which profile "parts@1.1" mutes' 'needs "one-server", which profile "two-servers" does not claim'

finish
