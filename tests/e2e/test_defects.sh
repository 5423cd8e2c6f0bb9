#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Seeded defects as a user meets them: listed, named wrongly, played, and at work over real sockets.
# That every one is found is proven by `make check-defects`. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# --- the list -------------------------------------------------------------------------------------------
exits 0 "list defects" "$BIN" list defects
has "both sides are there" "$tmp/out" " device  PF-STATE-1 " " server  PF-SRV-2 "
exits 0 "list defects as JSON" "$BIN" list defects --json
# shellcheck disable=SC2016 # that is Python
ok "each has a name, a side, a rule and a clause" python3 -c '
import json, sys
defects = json.load(open(sys.argv[1]))["defects"]
assert len({d["name"] for d in defects}) == len(defects)
assert all(d["side"] in ("device", "server") and d["rule"] and d["text"] for d in defects)
assert sum(d["side"] == "server" for d in defects) >= 15
assert sum(d["side"] == "device" for d in defects) >= 45' "$tmp/out"

# --- a server with a defect is found out by the rule that it breaks -------------------------------------
exits 0 "without a defect all is well" "$BIN" run --virtual-time scenarios/server/errors.scenario
lacks "and no defect is spoken of" "$tmp/out" "defect"
exits 1 "challenges used again" "$BIN" run --virtual-time --server-defect challenge-used-again \
	--report-json "$tmp/report.json" scenarios/server/errors.scenario
has "are found by their rule, with the message" "$tmp/out" "PF-SRV-2" \
	"for the second time in this registration" "POST /16/0/1"
has "the report says what was wrong with the server" "$tmp/report.json" \
	"server defect challenge-used-again"
exits 1 "AuthData fetched before it is there" "$BIN" run --virtual-time \
	--server-defect fetch-at-once scenarios/server/patience.scenario
has "is found by its rule" "$tmp/out" "before it was told that there is any" "PF-SRV-1 (B.2, A)"
exits 1 "both ends with a defect" "$BIN" run --virtual-time --device-defect read-keeps-status \
	--server-defect instances-dropped --report-json "$tmp/report.json" \
	scenarios/portfolio/use-case-1.scenario scenarios/server/identity.scenario
has "the report names both" "$tmp/report.json" \
	"device defect read-keeps-status; server defect instances-dropped"
exits 2 "a defect that there is not" "$BIN" run --server-defect chalenge-used-again
has "what was meant" "$tmp/err" 'no defect of a server is called "chalenge-used-again"' \
	'did you mean "challenge-used-again"?'
exits 2 "one of the other side" "$BIN" server --defect read-keeps-status
has "is none of a server" "$tmp/err" 'no defect of a server is called "read-keeps-status"'

# --- what a device lets out is found, and not repeated ----------------------------------------------------
exits 1 "a key in an answer" "$BIN" run --virtual-time --device-defect key-in-answer --report-json "$tmp/report.json" \
	scenarios/portfolio/arguments-malformed.scenario
has "is found, and the run says what was seeded" "$tmp/out" "device defect key-in-answer" \
	"octets of a key are in a response of the device" "PF-SC-6"
exits 1 "a key in a log" "$BIN" run --virtual-time --device-defect key-in-log scenarios/portfolio/use-case-1.scenario
has "is found" "$tmp/out" "octets of a key are in an info of the device"
lacks "and not shown" "$tmp/out" "$(sed -n '/"16\/0"/,$s/.*"0": "hex:\([0-9a-f]*\)".*/\1/p' profiles/vehicle.json | head -n 1)"

# --- a number of a notification matters where messages may overtake each other --------------------------------
cat >"$tmp/numbers.scenario" <<'.'
title    "Numbers"
profile  ets-c1

expect   register
observe  /1/0/1 => 2.05 any
write    /1/0/1 400 => 2.04
expect   notify /1/0/1 400 within 2s
write    /1/0/1 500 => 2.04
expect   notify /1/0/1 500 within 2s
.
exits 1 "numbers that fall" "$BIN" run --virtual-time --device-defect notification-numbers-fall "$tmp/numbers.scenario"
has "are found" "$tmp/out" "LWM2M-NOTIFY" "since the number must rise"
for defect in notification-numbers-fall notifies-by-one-number; do
	exits 0 "not over TCP: $defect" "$BIN" run --virtual-time -p ets-c1-tcp --device-defect "$defect" "$tmp/numbers.scenario"
done

# --- and over real sockets ------------------------------------------------------------------------------
exits 0 "provision" "$BIN" provision -p vehicle -o "$tmp/device.json"
echo 'authenticate $pf identity=0' >"$tmp/lines"
pipe_server wrong -k "$tmp/device.keys.json" --defect arguments-unquoted
start_device car -p "$tmp/device.json" -s "$uri" -v
ends_with 1 "a server that leaves the quotes out" wrong
has "is refused by the device" "$tmp/wrong.out" "4.00"
stop car

# --- as somebody else's device --------------------------------------------------------------------------
found() { # defect rule what scenario…
	defect=$1 rule=$2 what=$3
	shift 3
	start outside "$BIN" run --device external --listen coap://127.0.0.1:0 --ready-fd 3 --expect vehicle \
		--allow-writes --allow-inconclusive "$@"
	await_server outside
	start_device car -q -p vehicle -s "$uri" --defect "$defect"
	ends_with 1 "$defect: it shows from outside" outside
	has "$defect: what, and by which rule" "$tmp/outside.out" "$what" "$rule"
	stop car
}
found read-keeps-status PF-STATE-4 "expected  notify /16/0/3 0" portfolio/use-case-1
found status-out-of-range PF-OBJ-5 "the device shows 3 for AuthStatus" portfolio/component-refuses
found signature-reversed PF-AUTH-1 "does not fit identity, challenge and key" portfolio/use-case-1
found reset-ignored LWM2M-CANCEL "the device goes on to notify after a Reset" portfolio/observe-cancelled
found created-not-told PF-DM-1 "expected  update" portfolio/create-chosen
exits 2 "a defect of the other side" "$BIN" device --defect fetch-at-once
has "is none of a device" "$tmp/err" 'no defect of a device is called "fetch-at-once"'

# --- as somebody else's server: what arrives at our device tells ----------------------------------------
port=$(free_port)
uri=coap://127.0.0.1:$port
behind() { # status defect-option scenario…
	want=$1 option=$2
	shift 2
	exits "$want" "a server behind an adapter $option" "$BIN" run --server "$uri" \
		--driver "adapter=exec '$BIN' server --adapter -q $option -k '$tmp/device.keys.json' -l $uri" \
		-p "$tmp/device.json" "$@"
}
behind 0 "" scenarios/server/counterfeit.scenario scenarios/server/errors.scenario
has "is judged without a finding" "$tmp/out" "2 passed, 0 failed"
behind 1 "--defect signature-always-accepted" --strict scenarios/server/counterfeit.scenario
has "takes a counterfeit for genuine" "$tmp/out" "PF-SRV-6" \
	"the server says genuine, but the signature does not fit"
behind 1 "--defect arguments-as-printed" --strict scenarios/server/errors.scenario
has "sends what is no argument list" "$tmp/out" "PF-ARG-6" "breaks the grammar of Execute"
# What the specification leaves open is a warning about somebody else.
behind 0 "--defect challenge-used-again" scenarios/server/counterfeit.scenario
has "is warned about" "$tmp/out" "PF-SRV-2" "1 passed with warnings"
finish
