#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `run`: choosing, exit statuses, reports, signals. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh disable=SC2016 # inner shells are to expand it
. "$(dirname "$0")/lib.sh"

set=$tmp/set
mkdir -p "$set/deeper"
cat >"$set/pass.scenario" <<'END'
title    "It passes"
covers   PF-STATE-1
profile  vehicle
tags     good smoke

expect   register
read     $pf/3 => 2.05 0            [PF-STATE-1]
END
cat >"$set/fail.scenario" <<'END'
title    "It fails # twice \\ <&>"
covers   PF-STATE-1 PF-OBJ-2
profile  vehicle
tags     bad

expect   register
should   read $pf/0/0 => 2.05 "nobody" [PF-OBJ-2]
read     $pf/3 => 2.05 1            [PF-STATE-1]
read     $pf/3 => 2.05 0            [PF-STATE-1]

cleanup
write    $pf/0/0 "cleaned"
END
cat >"$set/deeper/open.scenario" <<'END'
title    "It cannot be judged"
covers   PF-AUTH-1
profile  vehicle
tags     open

expect   register
execute  $pf/1 0=0,1=0,2=5
wait     100ms
read     $pf/2 => 2.05 signature(identity=0, challenge=5, key=7) [PF-AUTH-1]
END
cat >"$set/deeper/absent.scenario" <<'END'
title    "It does not apply"
covers   PF-STATE-1
profile  no-services
tags     good
needs    authentication

expect   register
read     /16/0/3 => 2.05 0          [PF-STATE-1]
END
cat >"$set/slow.scenario" <<'END'
title    "It takes long"
covers   PF-STATE-1
profile  vehicle
tags     slow

expect   register
wait     20s
read     $pf/3 => 2.05 0            [PF-STATE-1]

cleanup
write    $pf/0/0 "cleaned"
END
cat >"$tmp/named.scenario" <<'END'
title    "Names from outside"
covers   PF-OBJ-8
profile  vehicle

expect   register
read     $pf/0/0 => 2.05 "$wanted"  [PF-OBJ-8]
END
printf 'title "A wrong one"\nprofile vehicle\nreed /3/0/0\nreed /3/0/1\n' >"$tmp/wrong.scenario"
lines_are() { # what count
	if [ "$(wc -l <"$tmp/out")" = "$2" ]; then pass; else fail "$1: not $2 lines" "$tmp/out"; fi
}

# --- exit status ------------------------------------------------------------------------------------
exits 0 "a scenario that passes" "$BIN" run "$set/pass.scenario"
has "its line" "$tmp/out" "pass  $set/pass.scenario  It passes" '1 passed, 0 failed'
exits 1 "a scenario that fails" "$BIN" run "$set/fail.scenario"
has "both failures" "$tmp/out" 'expected  2.05 "nobody"' 'expected  2.05 1' 'actual    2.05 0' '0 passed, 1 failed'
exits 0 "a scenario that does not apply" "$BIN" run "$set/deeper/absent.scenario"
has "why" "$tmp/out" 'not applicable: needs "authentication"' '0 passed, 0 failed, 1 skipped'
exits 6 "a scenario that cannot be judged" "$BIN" run "$set/deeper/open.scenario"
has "why" "$tmp/out" 'inconclusive' 'no key 7 is held' '0 passed, 0 failed, 1 skipped'
exits 0 "the same, allowed" "$BIN" run --allow-inconclusive "$set/deeper/open.scenario"
exits 4 "a scenario that takes too long" "$BIN" run --timeout 300ms "$set/slow.scenario"
has "why" "$tmp/out" 'line 7: wait: the time limit passed before its end' '0 passed, 1 failed'
exits 2 "an unknown option" "$BIN" run --tag smoke
exits 2 "a time without unit" "$BIN" run --timeout 3 "$set/pass.scenario"
exits 2 "a wrong pattern" "$BIN" run --filter '[' "$set/pass.scenario"
exits 2 "--set without a value" "$BIN" run --set wanted "$tmp/named.scenario"
exits 3 "a wrong scenario" "$BIN" run "$set/pass.scenario" "$tmp/wrong.scenario"
has "all its errors" "$tmp/err" 'wrong.scenario:3:1: error' '    reed /3/0/0' '    ^' 'wrong.scenario:4:'
lacks "nothing was run" "$tmp/out" 'It passes'
exits 3 "no such file" "$BIN" run "$tmp/none.scenario"
has "no such file" "$tmp/err" none.scenario
exits 3 "a wrong profile" "$BIN" run -p "$set/pass.scenario" "$set/pass.scenario"
exits 5 "an empty folder" sh -c 'mkdir "$1/empty" && exec "$0" run "$1/empty"' "$BIN" "$tmp"
ok "one sentence about it" [ "$(cat "$tmp/err")" = \
	"lwm2m-portfolio: folder \"$tmp/empty\" holds no file that ends in \".scenario\"" ]
exits 0 "an empty folder beside a scenario" "$BIN" run "$tmp/empty" "$set/pass.scenario"
has "an empty folder beside a scenario" "$tmp/err" 'holds no file'
exits 5 "nothing selected" "$BIN" run --tags no-such-tag "$set"
exits 1 "a failure outweighs the rest" "$BIN" run --timeout 300ms "$set"

# --- choosing ---------------------------------------------------------------------------------------
exits 0 "--list" "$BIN" run --list "$set"
lines_are "--list of a folder" 5
has "--list" "$tmp/out" "$set/deeper/open.scenario  It cannot be judged"
exits 0 "--list of what is shipped" "$BIN" run --list
lines_are "--list of what is shipped" "$(find "$data/scenarios" -name '*.scenario' | wc -l)"
exits 0 "--tags" "$BIN" run --list --tags 'good,open' "$set"
lines_are "--tags" 3
exits 0 "--tags with !" "$BIN" run --list --tags 'good,!smoke' "$set"
lines_are "--tags with !" 1
exits 0 "--filter" "$BIN" run --list --filter '^It (pass|take)' "$set"
lines_are "--filter by title" 2
exits 0 "--filter" "$BIN" run --list --filter 'deeper/' "$set"
lines_are "--filter by name" 2
exits 0 "a shipped name" "$BIN" run portfolio/use-case-1
has "a shipped name" "$tmp/out" 'Use case 1' '1 passed, 0 failed'
exits 0 "standard input" sh -c 'exec "$0" run - <"$1"' "$BIN" "$set/pass.scenario"
has "standard input" "$tmp/out" 'It passes' '1 passed, 0 failed'
exits 3 "standard input that is wrong" sh -c 'exec "$0" run - <"$1"' "$BIN" "$tmp/wrong.scenario"
exits 0 "--set" "$BIN" run --set wanted=WVX0123456789 "$tmp/named.scenario"
exits 1 "--set of something else" "$BIN" run --set wanted=nobody "$tmp/named.scenario"
exits 3 "a name that is not set" "$BIN" run "$tmp/named.scenario"
has "a name that is not set" "$tmp/err" 'named.scenario:6:' '"$wanted" is not set'
exits 0 "--profile" "$BIN" run -p gsma "$set/pass.scenario"
exits 0 "--profile that does not offer it" "$BIN" run -p no-services "$set/deeper/absent.scenario"
cat >"$tmp/second.scenario" <<'END'
title    "The second server"
covers   PF-OBJ-2
profile  two-servers

expect   register
at 102   read $pf/0 => 2.05 any     [PF-OBJ-2]
END
exits 0 "--profile that it does not fit" "$BIN" run -p vehicle "$tmp/second.scenario"
has "why" "$tmp/out" 'not applicable: does not fit profile "vehicle": line 6: server 102 is not known'
exits 3 "one that fits no profile" "$BIN" run -p gsma "$tmp/named.scenario"
has "one that fits no profile" "$tmp/err" '"$wanted" is not set'
exits 1 "--fail-fast" "$BIN" run --jobs 1 --fail-fast "$set/fail.scenario" "$set/pass.scenario"
has "--fail-fast" "$tmp/out" '0 passed, 1 failed'
has "--fail-fast tells" "$tmp/err" '1 of 2 scenarios were not run'
exits 0 "--strict" "$BIN" run --strict "$set/pass.scenario"
exits 0 "--patience" "$BIN" run --patience 3 "$set/pass.scenario"
exits 0 "--virtual-time" timeout 10 "$BIN" run --virtual-time "$set/slow.scenario"
has "--virtual-time tells the time that was not waited" "$tmp/out" 'It takes long  20.00 s' '20.00 s in all'
exits 0 "-q" "$BIN" run -q "$set/pass.scenario"
lacks "-q leaves out what passed" "$tmp/out" 'It passes'
exits 0 "-v" "$BIN" run -v "$set/pass.scenario"
has "-v shows each check" "$tmp/out" 'pass  line 7  PF-STATE-1'
exits 0 "--trace" "$BIN" run --trace "$tmp/trace" "$set/pass.scenario"
ok "--trace has the documented form" python3 "$tools/events.py" "$tmp/trace" request response
exits 1 "--redact" "$BIN" run --redact --trace "$tmp/trace" "$set/fail.scenario"
lacks "--redact hides in the trace" "$tmp/trace" WVX0123456789 5756583031323334

# --- reports ----------------------------------------------------------------------------------------
exits 1 "all reports" "$BIN" run --timeout 1s "$set" --report-junit "$tmp/junit.xml" \
	--report-tap "$tmp/report.tap" --report-json "$tmp/report.json"
ok "JUnit is well-formed" xmllint --noout "$tmp/junit.xml"
ok "JUnit fits its DTD" xmllint --noout --dtdvalid tests/golden/report/junit.dtd "$tmp/junit.xml"
ok "the reports say the same" python3 "$tools/reports.py" "$tmp/junit.xml" "$tmp/report.tap" "$tmp/report.json" \
	"$tmp/out" pass=1 fail=1 error=1 inconclusive=1 'not applicable=1'
has "it says which options are in force" "$tmp/report.json" 'vehicle, 16/0: sha256+aes128-cmac aes128-ccm minimal'
exits 1 "--json" "$BIN" run --json --timeout 1s "$set"
ok "--json is the JSON report" python3 -c '
import json, sys
one, other = (json.load(open(path)) for path in sys.argv[1:])
strip = lambda report: [(row["file"], row["verdict"]) for row in report["scenarios"]]
sys.exit(strip(one) != strip(other))' "$tmp/out" "$tmp/report.json"
sha256=$(sha256sum <"$set/pass.scenario" | cut -c1-64)
has "the scenario's hash" "$tmp/report.json" "$sha256"
has "the profile's hash" "$tmp/report.json" "$(sha256sum <"$data/profiles/vehicle.json" | cut -c1-64)"

exits 0 "what is shipped" "$BIN" run --report-junit "$tmp/junit.xml" --report-tap "$tmp/report.tap" \
	--report-json "$tmp/report.json"
ok "JUnit of what is shipped" xmllint --noout --dtdvalid tests/golden/report/junit.dtd "$tmp/junit.xml"
# One that lists formats is played in each of them.
rounds=$(find "$data/scenarios" -name '*.scenario' -exec awk '
	FNR == 1 { count++ }
	$1 == "formats" { count += NF - 2 }
	END { print count }' {} +)
ok "reports of what is shipped" python3 "$tools/reports.py" "$tmp/junit.xml" "$tmp/report.tap" "$tmp/report.json" \
	"$tmp/out" "pass=$rounds"

# --- reports that cannot be written ---------------------------------------------------------------------
for report in junit tap json; do
	exits 3 "$report: a full disk" "$BIN" run "--report-$report" /dev/full "$set/pass.scenario"
	has "$report: a full disk" "$tmp/err" /dev/full 'No space left'
	has "$report: the verdicts are shown all the same" "$tmp/out" '1 passed, 0 failed'
	exits 1 "$report: a failure outweighs it" "$BIN" run "--report-$report" /dev/full "$set/fail.scenario"
	exits 3 "$report: no such folder" "$BIN" run "--report-$report" "$tmp/none/report" "$set/pass.scenario"
	has "$report: no such folder" "$tmp/err" "$tmp/none/report"
	lacks "$report: then nothing is run" "$tmp/out" 'It passes'
	exits 3 "$report: a folder" "$BIN" run "--report-$report" "$set" "$set/pass.scenario"
done
exits 3 "stdout on a full disk" sh -c 'exec "$0" run "$1" >/dev/full' "$BIN" "$set/pass.scenario"
has "stdout on a full disk" "$tmp/err" 'No space left'
exits 3 "--json on a full disk" sh -c 'exec "$0" run --json "$1" >/dev/full' "$BIN" "$set/pass.scenario"
exits 3 "the trace on a full disk" "$BIN" run --trace /dev/full "$set/pass.scenario"
has "the trace on a full disk" "$tmp/err" /dev/full 'not whole'
mkdir "$tmp/reports"
echo former >"$tmp/reports/report.json"
exits 3 "a disk that fills up" sh -c 'trap "" XFSZ; ulimit -f 1; exec "$0" run --report-json "$1" portfolio/use-case-1' \
	"$BIN" "$tmp/reports/report.json"
has "a disk that fills up" "$tmp/err" "$tmp/reports/report.json"
has "the former report is whole" "$tmp/reports/report.json" former
ok "nothing is left beside it" [ "$(ls "$tmp/reports")" = report.json ]
exits 3 "a wrong scenario" "$BIN" run --report-json "$tmp/reports/report.json" "$tmp/wrong.scenario"
has "a wrong scenario leaves the former report" "$tmp/reports/report.json" former
exits 0 "a report in place of the former" "$BIN" run --report-json "$tmp/reports/report.json" "$set/pass.scenario"
lacks "a report in place of the former" "$tmp/reports/report.json" former
ok "nothing is left beside it" [ "$(ls "$tmp/reports")" = report.json ]

# --- signals ----------------------------------------------------------------------------------------
# What an earlier run left would hide that this one has not begun.
interrupt() { # signal status
	rm -f "$tmp/trace"
	start run "$BIN" run --report-junit "$tmp/junit.xml" --report-tap "$tmp/report.tap" \
		--report-json "$tmp/report.json" --trace "$tmp/trace" "$set/slow.scenario" "$set/pass.scenario"
	until_file "$tmp/trace"
	comes "$1: it registers" "$tmp/trace" '"code":"2.01"'
	signal run "$1"
	ends_with "$2" "$1" run
	has "$1: cleanup ran" "$tmp/trace" '"code":"PUT"' 'cleaned' '"code":"2.04"'
	has "$1: where it ended is told" "$tmp/run.out" 'line 7: wait: stopped before its end'
	has "$1: what was not run is told" "$tmp/run.err" '1 of 2 scenarios were not run'
	ok "$1: the reports are whole" python3 "$tools/reports.py" "$tmp/junit.xml" "$tmp/report.tap" \
		"$tmp/report.json" "$tmp/run.out" error=1
	rm -f "$tmp/trace"
}
interrupt INT 130
interrupt TERM 143
cat >>"$set/slow.scenario" <<'END'
wait     20s
END
rm -f "$tmp/trace"
start run "$BIN" run --trace "$tmp/trace" "$set/slow.scenario"
until_file "$tmp/trace"
comes "it registers" "$tmp/trace" '"code":"2.01"'
signal run INT
comes "it cleans up" "$tmp/trace" '"code":"PUT"'
sleep 0.4 # sooner it would be an echo of the first
signal run INT
limit=15
ends_with 130 "the second Ctrl-C leaves at once" run
exits 141 "a reader that leaves" python3 -c '
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
sys.exit(subprocess.run(sys.argv[1:], stdout=writer).returncode)' "$BIN" run --list
finish
