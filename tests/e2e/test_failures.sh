#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The suite finds what is wrong: each scenario in tests/golden/run expects one thing wrongly, and what is
# said about it stands beside it. Last line: N passed, N failed.
# UPDATE=1 writes what is said now; read it before you commit it.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

# Times, message ids, locations, and octets, since those of a ciphertext are random.
mask() {
	sed -E 's/[0-9]+\.[0-9]+ s\b/TIME/g; s/\[[0-9]+\]/[ID]/g; s,/rd/[0-9a-f]+,/rd/LOCATION,g
		s/hex:[0-9a-f]{30,}/hex:OCTETS/g' "$1"
}
for scenario in tests/golden/run/*.scenario; do
	name=$(basename "$scenario" .scenario)
	rule=$(awk '/^covers/ { print $2 }' "$scenario")
	exits 1 "$name" "$BIN" run "$scenario" --report-junit "$tmp/junit.xml" --report-tap "$tmp/report.tap" \
		--report-json "$tmp/report.json"
	has "$name tells what, where and why" "$tmp/out" "$scenario:" '^' '  expected  ' '  actual    ' "  rule      $rule (" \
		'  messages  ' '0 passed, 1 failed'
	ok "$name in the reports" python3 "$tools/reports.py" "$tmp/junit.xml" "$tmp/report.tap" "$tmp/report.json" \
		"$tmp/out" fail=1
	mask "$tmp/out" >"$tmp/masked"
	[ -z "${UPDATE-}" ] || cp "$tmp/masked" "tests/golden/run/$name.txt"
	ok "$name as it was" diff "tests/golden/run/$name.txt" "$tmp/masked"
done

# How often the server polls is a matter of time, so nothing stands beside this one.
cat >"$tmp/genuine.scenario" <<'END'
title    "A genuine device taken for a clone"
covers   PF-AUTH-1
profile  vehicle

expect   register
authenticate $pf identity=0 => mismatch [PF-AUTH-1]
END
exits 1 "a genuine device taken for a clone" "$BIN" run "$tmp/genuine.scenario"
has "a genuine device taken for a clone" "$tmp/out" '  expected  mismatch' '  actual    2.05 genuine {2/0=hex:' '  rule      PF-AUTH-1 ('
# The built-in ends are right: what is left of a rule of strength I or A to be judged fails, too.
for strength in PF-STATE-8 PF-STATE-7; do
	printf 'title "T"\ncovers %s\nprofile vehicle\nexpect register\nread $pf/3 => 2.05 1 [%s]\nread $pf/3 => 2.05 2 [%s]\n' \
		$strength $strength $strength >"$tmp/open.scenario"
	exits 1 "a rule of strength I or A" "$BIN" run "$tmp/open.scenario"
	has "it does not stop the scenario" "$tmp/out" 'expected  2.05 1' 'expected  2.05 2'
done
finish
