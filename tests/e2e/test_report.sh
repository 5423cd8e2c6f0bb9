#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reports of several runs as one, and what failed in one played again. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1

scenario() { # name state
	cat >"set/$1.scenario" <<-END
		title    "Scenario $1"
		covers   PF-STATE-1
		profile  vehicle
		tags     $1

		expect   register
		read     \$pf/3 => 2.05 $2 [PF-STATE-1]
	END
}
mkdir set
for n in a b c d e; do scenario "$n" 0; done
scenario b 1
cat >set/formats.scenario <<'END'
title    "Only in one format"
covers   PF-OBJ-2
profile  two-instances
formats  tlv senml-cbor

expect   register
read     $pf/0 => 2.05 any format tlv [PF-OBJ-2]
END
timeless() { sed -E 's/[0-9]+\.[0-9]+ s/N s/' "$1" | grep -v 's in all$'; }

# --- merging ------------------------------------------------------------------------------------------
exits 1 "all at once" "$BIN" run set --report-json whole.json
timeless out | sort >whole
for i in 1 2 3; do
	"$BIN" run -q --shard "$i/3" set --report-json "$i.json" >log
done
exits 1 "merge" "$BIN" report merge 1.json 2.json 3.json --report-json m.json --report-junit m.xml --report-tap m.tap
timeless out | sort >parts
ok "shards come to the whole" [ "$(grep -c '^pass\|^FAIL' parts)" = 7 ]
ok "the last line is the same" [ "$(tail -n 1 out)" = "$(grep ' passed, ' whole)" ]
ok "the reports agree" python3 "$tools/reports.py" m.xml m.tap m.json out pass=5 fail=2
has "who took part" m.json '"device":	"built-in"' '"options":	"vehicle, 16/0: ' '; two-instances' '"planned":	7'
lacks "a whole is no shard" m.json '"shard"'
exits 1 "merged is mergeable" "$BIN" report merge -q m.json --report-json again.json
ok "nothing changes by it" diff m.json again.json
exits 1 "as JSON" "$BIN" report merge --json m.json
ok "as JSON it is the report" diff m.json out
exits 1 "a missing shard beside failures" "$BIN" report merge 1.json 3.json --report-tap m.tap
has "a missing shard" err 'the report of shard 2/3 is missing'
"$BIN" run -q --tags '!b' set/a.scenario set/c.scenario --shard 1/2 --report-json half.json >log
exits 3 "a missing shard" "$BIN" report merge half.json --report-tap m.tap
has "a missing shard is told" err 'the report of shard 2/2 is missing'
has "the report is there" m.tap '1..1' 'ok 1 - Scenario a'
"$BIN" run -q set/a.scenario --report-json good.json >log
"$BIN" run -q --shard 1/4 set --report-json quarter.json >log
exits 3 "shards that are missing" "$BIN" report merge quarter.json
has "shards that are missing" err 'the reports of shards 2/4, 3/4, 4/4 are missing'
exits 3 "a shard twice" "$BIN" report merge 1.json 3.json 1.json 2.json --report-tap twice.tap
has "a shard twice" err '"1.json" and "1.json" are both of shard 1/3'
ok "nothing is written then" [ ! -e twice.tap ]
for other in "--tags !b" "--filter Scenario" "--format tlv" "-p gsma" "--seed 17" "--seed random" --strict --virtual-time \
	"--patience 2" "--retry 1" "--timeout 59s" "--repeat 2" "--set a=1" "--device-defect busy-is-error"; do
	# shellcheck disable=SC2086 # words
	"$BIN" run -q $other --shard 2/3 set --report-json "other.json" >log 2>&1
	[ -s other.json ] || fail "$other is played" log
	exits 3 "shards of different runs: $other" "$BIN" report merge 1.json other.json 3.json
	has "shards of different runs: $other" err '"other.json" is a shard of another run than "1.json"' 'merge the shards of each run first'
done
cp -r set moved
for i in 1 2; do (cd moved && "$BIN" run -q --seed random --shard $i/2 "$([ $i = 1 ] && echo . || echo ../set)" --report-json "../moved$i.json" >/dev/null); done
exits 1 "one run in two folders, each with a seed of its own" "$BIN" report merge moved1.json moved2.json
has "one run in two folders" out '5 passed, 2 failed'
cp "$data/profiles/vehicle.json" mine.json
chmod 600 mine.json
cp mine.json moved/its.json
for i in 1 2; do "$BIN" run -q -p "$([ $i = 1 ] && echo mine.json || echo "$PWD/moved/its.json")" --shard $i/2 set --report-json "named$i.json" >/dev/null; done
exits 1 "one profile, by two names" "$BIN" report merge named1.json named2.json
"$BIN" run -q --strict set/a.scenario --report-json strict.json >log
exits 1 "whole runs can be merged" "$BIN" report merge m.json strict.json --report-json runs.json
"$BIN" run -q --jobs 1 --fail-fast set/b.scenario set/a.scenario --report-json early.json >log 2>&1
exits 1 "one that ended early" "$BIN" report merge early.json --report-tap m.tap
has "it is told" err '"early.json" is not whole: 1 of 2 scenarios were not run'
has "TAP knows" m.tap '1..2' 'Bail out!'
exits 0 "all is well" "$BIN" report merge good.json good.json
has "all is well" out 'pass  set/a.scenario  Scenario a' '2 passed, 0 failed'
ok "its last line" [ "$(tail -n 1 out)" = '2 passed, 0 failed' ]
exits 3 "no report" "$BIN" report merge set/a.scenario
has "no report" err '"set/a.scenario" cannot be read: it is no report'
exits 3 "no file" "$BIN" report merge none.json
has "no file" err none.json
sed 's/"PF-STATE-1"/"PF-STATE-99"/' good.json >other.json
exits 3 "another version's rule" "$BIN" report merge good.json other.json
has "another version's rule" err 'unknown rule "PF-STATE-99"'
exits 3 "a place that is not there" "$BIN" report merge good.json --report-tap none/m.tap
exits 2 "nothing to do" "$BIN" report
exits 2 "something else" "$BIN" report split good.json
has "something else" err 'what to do is "merge", not "split"'
exits 2 "nothing to merge" "$BIN" report merge

# --- again --------------------------------------------------------------------------------------------
exits 1 "--rerun-failed" "$BIN" run --rerun-failed whole.json
has "what failed" out 'FAIL  set/b.scenario' 'FAIL  set/formats.scenario  Only in one format (senml-cbor)' '0 passed, 2 failed'
lacks "and nothing else" out 'Scenario a' '(tlv)'
scenario b 0
exits 1 "one is good now" "$BIN" run --rerun-failed whole.json --report-json next.json
has "one is good now" out 'pass  set/b.scenario' '1 passed, 1 failed'
exits 1 "what is left" "$BIN" run --rerun-failed next.json
has "what is left" out '0 passed, 1 failed'
exits 0 "of these files" "$BIN" run --rerun-failed whole.json set/a.scenario set/b.scenario
has "of these files" out 'Scenario b' '1 passed, 0 failed'
exits 0 "of a folder, by tag" "$BIN" run --rerun-failed whole.json --tags b set
has "of a folder, by tag" out '1 passed, 0 failed'
exits 0 "--list" "$BIN" run --list --rerun-failed whole.json
ok "--list" [ "$(wc -l <out)" = 2 ]
exits 0 "another format" "$BIN" run --rerun-failed next.json --format tlv -p vehicle
exits 5 "nothing failed" "$BIN" run --rerun-failed good.json
has "nothing failed" err 'nothing failed in "good.json"'
exits 3 "no report" "$BIN" run --rerun-failed set/a.scenario
scenario b 1
"$BIN" run -q -p gsma --seed 77 set/b.scenario --report-json gsma.json >log
exits 1 "the device and the seed that it had" "$BIN" run --rerun-failed gsma.json --report-json again.json
has "the device and the seed that it had" again.json '"profile":	"gsma"' '"seed":	77'
exits 1 "another seed" "$BIN" run --rerun-failed gsma.json --seed 3 --repeat 2
has "another seed" out '(--seed=3)' '(--seed=4)'

# --- every option that changes a verdict ------------------------------------------------------------------
scenario b 0
cat >set/warns.scenario <<'END'
title    "A warning"
covers   PF-STATE-8
profile  vehicle

expect   register
device   set /3/0/9 7
read     $what => 2.05 $seen [PF-STATE-8]
END
cat >set/slow.scenario <<'END'
title    "Takes long"
profile  vehicle

expect   register
wait     3s
read     /3/0/9 => 2.05 $seen
END
played() { # options: of the only run in again.json
	python3 -c 'import json, sys; print(" ".join("%s=%s" % item for item in json.load(open(sys.argv[1]))["played_with"].items()))' again.json
}
all="--strict --virtual-time --patience 2.5 --retry 1 --timeout 50s --device-defect busy-is-error --set seen=8 --set what=/3/0/9"
# shellcheck disable=SC2086 # words
exits 1 "how it was played" "$BIN" run $all set/warns.scenario set/slow.scenario --report-json given.json
lacks "no value of --set is told" given.json '=8'
exits 2 "--set is given again" "$BIN" run --rerun-failed given.json --set seen=8
has "--set is given again" err '"given.json" was played with --set what=..., whose value no report tells: give it again'
exits 1 "the rest comes from the report" "$BIN" run --rerun-failed given.json --set seen=8 --set what=/3/0/9 --report-json again.json
ok "the rest comes from the report" [ "$(played)" = \
	"strict=True virtual_time=True patience=2.5 retry=1 timeout_ms=50000 device_defect=busy-is-error set=seen what" ]
lacks "nothing differs" err given.json
has "attempts are those" out 'none of 2 attempts passed'
exits 1 "what is given counts" "$BIN" run --rerun-failed given.json --set seen=8 --set what=/3/0/9 --retry 0 --patience 3 \
	--timeout 50s --report-json again.json --device-defect status-read-resets --security "$data/profiles/keys/server.security"
has "what is given counts" err '--retry=0 here, but 1 in "given.json"' '--patience=3 here, but 2.5 in "given.json"' \
	'--device-defect=status-read-resets here, but busy-is-error in "given.json"' '--security='
lacks "what is the same is not told" err timeout
has "and was played so" again.json '"patience":	3' '"status-read-resets"'
exits 4 "one that took too long" "$BIN" run --timeout 500ms set/slow.scenario --set seen=80 --report-json late.json
exits 4 "has as little time again" "$BIN" run --rerun-failed late.json --set seen=80
exits 0 "or more" "$BIN" run --rerun-failed late.json --set seen=80 --timeout 20s --strict
has "or more" err '--timeout=20000ms here, but 500ms in "late.json"' '--strict here, but not in "late.json"'
exits 1 "of several runs" "$BIN" run --rerun-failed runs.json --repeat 1
has "of several runs" err '"runs.json" does not tell one way in which all was played'
start run "$BIN" run --device external --listen coap://127.0.0.1:0 --ready-fd 3 --expect vehicle --allow-writes \
	--report-json theirs.json --set seen=1 set/slow.scenario
await_server run
start_device device -q -p vehicle -s "$uri"
ends_with 1 "somebody else's device" run
stop device
exits 2 "it is named again" "$BIN" run --rerun-failed theirs.json
has "it is named again" err '"theirs.json" is of somebody else'"'"'s device: give --device external again, as it was'
exits 2 "and may be written to again" "$BIN" run --rerun-failed theirs.json --device external --expect vehicle --set seen=1
has "and may be written to again" err 'give --allow-writes again'
exits 2 "a built-in one is no other" "$BIN" run --rerun-failed whole.json --device external --expect vehicle
has "a built-in one is no other" err '"whole.json" is of the built-in device'
exits 2 "nor is its server" "$BIN" run --rerun-failed whole.json --server coap://127.0.0.1 --driver manual
has "nor is its server" err '"whole.json" is of the built-in server'
rm set/b.scenario
exits 3 "a file that is gone" "$BIN" run --rerun-failed gsma.json
has "a file that is gone" err set/b.scenario
finish
