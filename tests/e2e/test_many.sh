#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `run` of many scenarios: again and again, by shares, from a seed. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

set=$tmp/set
mkdir "$set"
for n in 1 2 3 4 5; do
	cat >"$set/$n.scenario" <<-END
		title    "Scenario $n"
		covers   PF-STATE-1
		profile  vehicle

		expect   register
		read     \$pf/3 => 2.05 0 [PF-STATE-1]
	END
done
fails=$tmp/fails.scenario
sed 's/=> 2.05 0/=> 2.05 1/; s/Scenario 1/It fails/' "$set/1.scenario" >"$fails"
# What a device encrypts begins with what chance gives: $seen is a pass or a failure as chance wants.
cat >"$tmp/chance.scenario" <<'END'
title    "It depends on chance"
covers   PF-ENC-1
profile  vehicle

expect   register
execute  $pf/1 0=1,1=0,2=0x2345178,3=0
wait     100ms
read     $pf/2/0 as opaque => 2.05 not hex:$seen [PF-ENC-1]
END
encrypted() { # trace: what the server read
	sed -nE 's/.*"side":"server".*"code":"2.05".*"format":42.*"payload_hex":"([0-9a-f]+)".*/\1/p' "$1" | head -n 1
}

# --- --seed -------------------------------------------------------------------------------------------
chance() { # seed: what the device encrypts
	"$BIN" run --seed "$1" --set seen=00 --trace "$tmp/trace" "$tmp/chance.scenario" >"$tmp/log" 2>&1 &&
		encrypted "$tmp/trace"
}
first=$(chance 5)
ok "chance is seen" [ ${#first} -gt 40 ]
ok "the same seed, the same chance" [ "$(chance 5)" = "$first" ]
ok "another seed, another chance" [ "$(chance 6)" != "$first" ]
default=$(chance 16)
"$BIN" run --set seen=00 --trace "$tmp/trace" "$tmp/chance.scenario" >/dev/null 2>&1
ok "the default is a seed, too" [ "$(encrypted "$tmp/trace")" = "$default" ]
"$BIN" run -j 1 --seed 5 --set seen=00 --trace "$tmp/trace" "$set" "$tmp/chance.scenario" >/dev/null 2>&1
ok "what is played before it does not matter" [ "$(encrypted "$tmp/trace")" = "$first" ]
exits 1 "the seed of a failure" "$BIN" run --seed 5 --set seen="$first" "$tmp/chance.scenario"
has "the seed of a failure" "$tmp/out" '(--seed=5)'
exits 1 "a seed that is drawn" "$BIN" run --seed random "$fails"
drawn=$(sed -nE 's/.*\(--seed=([0-9]+)\)$/\1/p' "$tmp/out")
ok "it is told" [ -n "$drawn" ]
exits 1 "and can be given" "$BIN" run --seed "$drawn" "$fails"
has "and can be given" "$tmp/out" "(--seed=$drawn)"
exits 2 "no seed" "$BIN" run --seed 4294967296 "$fails"
has "no seed" "$tmp/err" 'from 0 to 4294967295 or "random", not "4294967296"'

# --- --repeat -----------------------------------------------------------------------------------------
exits 0 "--repeat" "$BIN" run --repeat 3 "$set/1.scenario" "$set/2.scenario" --report-json "$tmp/json" \
	--report-junit "$tmp/xml" --report-tap "$tmp/tap"
has "--repeat" "$tmp/out" 'Scenario 1 (run 1)' 'Scenario 2 (run 3)' '6 passed, 0 failed'
ok "--repeat in the reports" python3 "$tools/reports.py" "$tmp/xml" "$tmp/tap" "$tmp/json" "$tmp/out" pass=6
has "each has a seed of its own" "$tmp/tap" 'seed: 16' 'seed: 17' 'seed: 18'
exits 1 "--repeat until it fails" "$BIN" run --jobs 1 --repeat 1000 --fail-fast --seed 4 --set seen="$first" "$tmp/chance.scenario"
has "the second time is that of seed 5" "$tmp/out" 'It depends on chance (run 2)' '(--seed=5)' '1 passed, 1 failed'
has "others are not played" "$tmp/err" '998 of 1000 scenarios were not run'
exits 2 "--repeat without end" "$BIN" run --repeat 10001 "$fails"

# --- --retry ------------------------------------------------------------------------------------------
for jobs in 1 4; do
	exits 0 "flaky" "$BIN" run --jobs "$jobs" --retry 2 --seed 5 --set seen="$first" "$tmp/chance.scenario" "$set/1.scenario" \
		--report-json "$tmp/json" --report-junit "$tmp/xml" --report-tap "$tmp/tap"
	has "flaky" "$tmp/out" "flaky $tmp/chance.scenario  It depends on chance" 'it passed at attempt 2' \
		"expected  2.05 not hex:$first" '1 passed with warnings, 1 flaky,' '2 passed, 0 failed'
	ok "flaky in the reports" python3 "$tools/reports.py" "$tmp/xml" "$tmp/tap" "$tmp/json" "$tmp/out" pass=1 warn=1
	has "flaky in the reports" "$tmp/json" '"flaky":	1' '"attempts":	2' '"earlier":'
done
exits 1 "flaky and strict" "$BIN" run --strict --retry 2 --seed 5 --set seen="$first" "$tmp/chance.scenario"
has "flaky and strict" "$tmp/out" 'FAIL ' 'flaky: it passed at attempt 2' '0 passed, 1 failed'
exits 0 "one of two is flaky" "$BIN" run --repeat 2 --retry 1 --seed 4 --set seen="$first" "$tmp/chance.scenario"
has "one of two is flaky" "$tmp/out" 'pass  ' '(run 1)' 'flaky ' '(run 2)' '1 flaky,' '2 passed, 0 failed'
exits 1 "and strict" "$BIN" run --strict --repeat 2 --retry 1 --seed 4 --set seen="$first" "$tmp/chance.scenario"
has "and strict" "$tmp/out" 'FAIL ' 'flaky: it passed at attempt 2' '1 passed, 1 failed'
exits 1 "what fails each time" "$BIN" run --retry 2 "$fails" --report-json "$tmp/json" --report-junit "$tmp/xml" --report-tap "$tmp/tap"
has "what fails each time" "$tmp/out" 'none of 3 attempts passed' '0 passed, 1 failed'
ok "what fails each time in the reports" python3 "$tools/reports.py" "$tmp/xml" "$tmp/tap" "$tmp/json" "$tmp/out" fail=1
has "how it was played" "$tmp/json" '"options":	"retry 2; vehicle, 16/0: '

# --- --shard ------------------------------------------------------------------------------------------
"$BIN" run --list "$set" | sort >"$tmp/all"
for i in 1 2 3; do "$BIN" run --list --shard "$i/3" "$set"; done | sort >"$tmp/parts"
ok "each scenario is in one shard" diff "$tmp/all" "$tmp/parts"
exits 0 "--shard" "$BIN" run --shard 2/3 "$set"
has "--shard" "$tmp/out" 'Scenario 2' 'Scenario 5' '2 passed, 0 failed'
# A list that is shorter than the shares leaves some of them nothing, which is as good as passed.
for i in 1 2; do
	exits 0 "one file, shard $i/2" "$BIN" run --shard "$i/2" "$set/1.scenario" --report-json "$tmp/s$i.json" \
		--report-junit "$tmp/s$i.xml" --report-tap "$tmp/s$i.tap"
done
has "an empty shard" "$tmp/err" 'nothing is left for shard 2/2'
has "an empty shard has a report" "$tmp/s2.json" '"planned":	0' '"shard":	2' '"shards":	2'
exits 0 "an empty shard is merged" "$BIN" report merge "$tmp/s1.json" "$tmp/s2.json"
has "an empty shard is merged" "$tmp/out" '1 passed, 0 failed'
"$BIN" run -q "$fails" --report-json "$tmp/failed.json" >"$tmp/log" 2>&1
exits 0 "an empty shard of what failed" "$BIN" run --rerun-failed "$tmp/failed.json" --shard 2/2 --report-json "$tmp/s2.json"
has "an empty shard of what failed" "$tmp/s2.json" '"planned":	0'
exits 5 "no shard of nothing" "$BIN" run --tags nobody-has-this --shard 1/2 "$set"
exits 5 "nothing of these failed" "$BIN" run --rerun-failed "$tmp/failed.json" "$set"
has "nothing of these failed" "$tmp/err" "nothing of what is named failed in \"$tmp/failed.json\""
exits 0 "a file in its folder" "$BIN" run "$set" "$set/2.scenario" "$set/../set/2.scenario"
has "a file in its folder is played once" "$tmp/out" '5 passed, 0 failed'
for other in "--report-junit $tmp/new" "--report-tap $tmp/set/../new" "--trace $tmp/new"; do
	: >"$tmp/new"
	# shellcheck disable=SC2086
	exits 2 "two in one file: $other" "$BIN" run "$set" --report-json "$tmp/new" $other
	has "two in one file: $other" "$tmp/err" 'would be one file'
done
rm "$tmp/new"
exits 2 "two in one new file" "$BIN" run "$set" --report-json "$tmp/new" --report-junit "$tmp/new"
ok "neither is written" [ ! -e "$tmp/new" ]
exits 0 "two that nobody reads" "$BIN" run "$set/1.scenario" --report-json /dev/null --report-junit /dev/null
exits 2 "a report to -" "$BIN" run "$set" --report-json -
has "a report to -" "$tmp/err" 'not to "-"; --json prints it'
for wrong in 0/2 3/2 2 /2 1/x; do
	exits 2 "shard $wrong" "$BIN" run --shard "$wrong" "$set"
	has "shard $wrong" "$tmp/err" "not \"$wrong\""
done

# --- --strict -----------------------------------------------------------------------------------------
# Somebody else's device is warned of what is only our reading of the specification.
cat >"$tmp/ours.scenario" <<'END'
title    "Only our reading"
covers   PF-STATE-8
profile  vehicle

expect   register
execute  $pf/1 0=1 => 4.00
read     $pf/3 => 2.05 2 [PF-STATE-8]
END
for strict in '' --strict; do
	# shellcheck disable=SC2086 # nothing, or one word
	start run "$BIN" run --device external --listen coap://127.0.0.1:0 --ready-fd 3 --expect vehicle \
		--report-json "$tmp/json" $strict "$tmp/ours.scenario"
	await_server run
	start_device device -q -p vehicle -s "$uri"
	if [ -z "$strict" ]; then
		ends_with 0 "a warning passes" run
		has "a warning passes" "$tmp/run.out" 'warn ' '1 passed with warnings' '1 passed, 0 failed'
		lacks "it was not strict" "$tmp/json" '"options":	"strict; '
	else
		ends_with 1 "a warning fails with --strict" run
		has "a warning fails with --strict" "$tmp/run.out" 'FAIL ' '0 passed, 1 failed'
		has "it was strict" "$tmp/json" '"options":	"strict; '
	fi
	lacks "another's device meets the system's chance" "$tmp/json" '"seed"'
	stop device
done

# --- --timeout ----------------------------------------------------------------------------------------
cat >"$tmp/slow.scenario" <<'END'
title    "It takes long"
covers   PF-OBJ-2
profile  vehicle

expect   register
wait     20s
read     $pf/0 => 2.05 any [PF-OBJ-2]

cleanup
write    $pf/0/0 "cleaned"
END
exits 4 "a limit for each, not for all" "$BIN" run --jobs 1 --timeout 400ms "$tmp/slow.scenario" "$set" \
	--trace "$tmp/trace"
has "a limit for each, not for all" "$tmp/out" 'line 6: wait: the time limit passed before its end' '5 passed, 1 failed'
has "what is in cleanup is done all the same" "$tmp/trace" cleaned
exits 4 "a limit for each attempt" "$BIN" run --timeout 400ms --retry 1 "$tmp/slow.scenario"
has "a limit for each attempt" "$tmp/out" 'none of 2 attempts passed' '0 passed, 1 failed'
exits 0 "the limit is of the scenario's clock" "$BIN" run --timeout 30s --virtual-time "$tmp/slow.scenario"
exits 4 "and passes there" "$BIN" run --timeout 10s --virtual-time "$tmp/slow.scenario"

# --- what is named ------------------------------------------------------------------------------------
exits 3 "standard input twice" "$BIN" run - -
has "standard input twice" "$tmp/err" '"-" is named twice'
exits 0 "standard input among files" sh -c '"$0" run "$1" - "$2" <"$3"' "$BIN" "$set/1.scenario" "$set/2.scenario" "$set/3.scenario"
has "standard input among files" "$tmp/out" 'stdin  Scenario 3' '3 passed, 0 failed'
exits 1 "standard input fails" sh -c '"$0" run - --report-json "$1" <"$2"' "$BIN" "$tmp/json" "$fails"
exits 3 "it cannot be read again" "$BIN" run --rerun-failed "$tmp/json"
has "it cannot be read again" "$tmp/err" 'what failed came from standard input: give it again, with "-"'
exits 1 "but given again" sh -c '"$0" run --rerun-failed "$1" - <"$2"' "$BIN" "$tmp/json" "$fails"
exits 0 "--list --json" "$BIN" run --list --json "$set/1.scenario"
ok "--list --json" [ "$(cat "$tmp/out")" = \
	"{\"version\":1,\"scenarios\":[{\"name\":\"$set/1.scenario\",\"title\":\"Scenario 1\",\"profile\":\"vehicle\",\"tags\":[]}]}" ]
exits 0 "--list -q" "$BIN" run --list -q --shard 2/2 "$set"
ok "--list -q" [ "$(xargs <"$tmp/out")" = "$set/2.scenario $set/4.scenario" ]
exits 0 "no retry" "$BIN" run --retry 0 "$set/1.scenario"
exits 2 "too many" "$BIN" run --retry 101 "$set/1.scenario"
finish
