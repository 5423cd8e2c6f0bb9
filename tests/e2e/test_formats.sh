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
has "one result each" "$tmp/out" "Rounds (tlv)" "Rounds (json)" "Rounds (senml-json)" '3 passed, 0 failed'
has "the plan counts rounds" "$tmp/tap" "1..3" "ok 2 - Rounds (json)"
has "all formats came" "$tmp/trace" '"format":11542' '"format":11543' '"format":110,'
exits 0 "the profile is given" "$BIN" run -p vehicle "$tmp/rounds.scenario"
has "its version stays" "$tmp/out" 'profile "vehicle" does not have format "senml-json"' \
	'2 passed, 0 failed, 1 skipped'
exits 0 "as a device of another version" "$BIN" run -p vehicle@1.1 "$tmp/rounds.scenario"
has "what that has" "$tmp/out" 'profile "vehicle@1.1" does not have format "json"' \
	'2 passed, 0 failed, 1 skipped'
exits 3 "no such version" "$BIN" run -p vehicle@2.0 "$tmp/rounds.scenario"
has "it is taken for a name" "$tmp/err" 'no file and no shipped profile "vehicle@2.0"'
exits 0 "one format only" "$BIN" run --format text "$tmp/rounds.scenario"
has "only that one" "$tmp/out" "Rounds (text)" '1 passed, 0 failed'
exits 2 "an unknown format" "$BIN" run --format tvl "$tmp/rounds.scenario"
has "its name" "$tmp/err" '--format takes a name such as tlv, not "tvl"'

# --- every format -----------------------------------------------------------------------------------
# What is composite has no round in the formats of 1.0.
for format in tlv json senml-json senml-cbor; do
	exits 0 "in $format" "$BIN" run --format "$format" "$data/scenarios/portfolio"
	skips=0
	[ "$format" != json ] || skips=$(grep -cE '^needs .*composite' "$data"/scenarios/portfolio/*.scenario | grep -c ':1$')
	ok "nothing else is left out in $format" test "$(grep -c '^skip' "$tmp/out")" = "$skips"
done
finish
