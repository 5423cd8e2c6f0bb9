#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `run --jobs`: several scenarios at a time, results in order, and processes that end before their time.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

files=$tmp/set
mkdir "$files"
scenario() { # name wait
	cat >"$files/$1.scenario" <<-END
		title    "Scenario $1"
		covers   PF-STATE-1
		profile  vehicle

		expect   register
		read     \$pf/3 => 2.05 0 [PF-STATE-1]
		wait     $2
	END
}
# The first ones take longest, so that the last ones are done before them.
for n in 1 2 3 4 5 6 7 8; do scenario "$n" "$(((9 - n) * 60))ms"; done

# --- order and verdicts -----------------------------------------------------------------------------
timeless() { sed -E 's/[0-9]+\.[0-9]+ s/N s/; s/"?(duration_ms|started_utc_ms)"?: [0-9]+/T/' "$1"; }
exits 0 "one after the other" "$BIN" run --jobs 1 "$files"
timeless "$tmp/out" >"$tmp/alone"
for jobs in 2 8 64; do
	exits 0 "$jobs at a time" "$BIN" run --jobs "$jobs" "$files"
	timeless "$tmp/out" >"$tmp/together"
	ok "$jobs at a time: the same in the same order" diff "$tmp/alone" "$tmp/together"
done
exits 0 "when each began" "$BIN" run --jobs 8 "$files" --report-json "$tmp/times"
ok "the second begins before the first has ended" python3 -c 'import json, sys
first, second = json.load(open(sys.argv[1]))["scenarios"][:2]
sys.exit(second["started_utc_ms"] >= first["started_utc_ms"] + first["duration_ms"])' "$tmp/times"
exits 2 "no jobs" "$BIN" run --jobs 0 "$files"
has "no jobs" "$tmp/err" '--jobs' 'a number above 0'

cat >"$files/4.scenario" <<'END'
title    "Scenario 4"
covers   PF-STATE-1 PF-OBJ-2
profile  vehicle

expect   register
should   read $pf/0/0 => 2.05 "nobody" [PF-OBJ-2]
read     $pf/3 => 2.05 1 [PF-STATE-1]
END
mask() { sed -E 's/\[[0-9]+\]/[id]/; s,/rd/[0-9a-f]+,/rd/id,; s/ [0-9]+\.[0-9]{3} s / N s /' | timeless /dev/stdin; }
exits 1 "one fails" "$BIN" run -j 1 "$files" --report-tap "$tmp/tap.alone"
mask <"$tmp/out" >"$tmp/alone"
exits 1 "one fails among others" "$BIN" run -j 8 "$files" --report-tap "$tmp/tap"
mask <"$tmp/out" >"$tmp/together"
ok "the whole story is told" diff "$tmp/alone" "$tmp/together"
has "the plan" "$tmp/tap" "1..8" "ok 3 - Scenario 3" "not ok 4 - Scenario 4"
exits 1 "the first failure ends it" "$BIN" run -j 1 --fail-fast "$files"
mask <"$tmp/out" >"$tmp/alone"
exits 1 "the first failure ends it among others" "$BIN" run -j 8 --fail-fast "$files"
mask <"$tmp/out" >"$tmp/together"
ok "what came after it is not shown" diff "$tmp/alone" "$tmp/together"
has "but told" "$tmp/err" "4 of 8 scenarios were not run"

# --- processes that end -----------------------------------------------------------------------------
# Other processes end while this one reads: awk alone would give up at the first of them that is gone.
children() { # pid
	cat /proc/[0-9]*/status 2>/dev/null |
		awk -v parent="$1" '$1 == "Pid:" { pid = $2 } $1 == "PPid:" && $2 == parent { print pid }'
}

for n in 1 2 3 4; do scenario "$n" 5s; done
workers_are_there() {
	workers=$(children "$(pid_of run)")
	[ "$(echo "$workers" | wc -w)" = 4 ]
}
all_play() { # they have opened their sockets
	for pid in $workers; do ls -l "/proc/$pid/fd" 2>/dev/null | grep -q 'socket:' || return 1; done
}
begin() {
	start run "$BIN" run -j 4 --report-json "$tmp/report.json" --report-junit "$tmp/junit.xml" \
		--report-tap "$tmp/report.tap" "$files/1.scenario" "$files/2.scenario" "$files/3.scenario" "$files/4.scenario"
	ok "four processes play" until_true workers_are_there
	until_true all_play
}
all_gone() {
	for pid in $workers; do ! kill -0 "$pid" 2>/dev/null || return 1; done
}

begin
signal run INT
ends_with 130 "Ctrl-C" run
has "each tells where it ended" "$tmp/run.out" "Scenario 1" "Scenario 4" "stopped before its end"
ok "the reports are whole" python3 "$tools/reports.py" "$tmp/junit.xml" "$tmp/report.tap" "$tmp/report.json" \
	"$tmp/run.out" error=4
ok "no process is left" until_true all_gone

# As timeout(1) sends it: to the program, and to its group.
begin
signal run TERM
sleep 0.05
signal run TERM 2>/dev/null || : # by now it may be gone
ends_with 143 "a signal that comes twice at once" run
ok "its reports are whole" python3 "$tools/reports.py" "$tmp/junit.xml" "$tmp/report.tap" "$tmp/report.json" \
	"$tmp/run.out" error=4
ok "no process is left" until_true all_gone

begin
signal run INT
signal run TERM 2>/dev/null || :
await run
ok "no process is left by another signal that makes it leave at once" until_true all_gone

for n in 1 2 3 4; do scenario "$n" 2s; done
begin
# shellcheck disable=SC2086 # process numbers
set -- $workers
kill -KILL "$1"
ends_with 1 "one process is killed" run
has "that is told" "$tmp/run.out" "the process that played it ended before it did" "3 passed, 1 failed"
ok "no process is left" until_true all_gone

for n in 1 2 3 4; do scenario "$n" 30s; done
begin
signal run KILL
ends_with 137 "the first process is killed" run
ok "the others do not stay" until_true all_gone
finish
