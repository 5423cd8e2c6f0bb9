#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The scenarios of the Portfolio object in every content format of each LwM2M version, and how `run`
# chooses formats. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# --- choosing ---------------------------------------------------------------------------------------
cat >"$tmp/rounds.scenario" <<'END'
title    "Rounds"
covers   PF-OBJ-5
profile  vehicle
formats  tlv json senml-json

expect   register
read     $pf/3 => 2.05 0 [PF-OBJ-5]
END
exits 0 "a round in each format" "$BIN" run --report-tap "$tmp/tap" --trace "$tmp/trace" "$tmp/rounds.scenario"
has "one result each" "$tmp/out" "Rounds (tlv)" "Rounds (json)" "Rounds (senml-json)" \
	'does not have format "senml-json"' '2 passed, 0 failed, 1 skipped'
has "the plan counts rounds" "$tmp/tap" "1..3" "ok 2 - Rounds (json)"
has "both formats came" "$tmp/trace" '"format":11542' '"format":11543'
exits 0 "one format only" "$BIN" run --format text "$tmp/rounds.scenario"
has "only that one" "$tmp/out" "Rounds (text)" '1 passed, 0 failed'
exits 2 "an unknown format" "$BIN" run --format tvl "$tmp/rounds.scenario"
has "its name" "$tmp/err" '--format takes a name such as tlv, not "tvl"'

# --- every format -----------------------------------------------------------------------------------
vehicle=$(grep -lE '^profile +vehicle$' "$data"/scenarios/portfolio/*.scenario)
for format in tlv json; do
	# shellcheck disable=SC2086 # names without blanks
	exits 0 "1.0 in $format" "$BIN" run -q --format "$format" $vehicle
done
for format in tlv senml-json senml-cbor; do
	# shellcheck disable=SC2086
	exits 0 "1.1 in $format" "$BIN" run -q -p vehicle-1.1 --format "$format" $vehicle
done
finish
