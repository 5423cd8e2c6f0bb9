#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The jobs of lwm2m-portfolio-ci(7), what CI systems make of JUnit reports, and annotations.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
page=$data/man/lwm2m-portfolio-ci.7
cd "$tmp" || exit 1

scenario() { # file title state
	cat >"$1" <<-END
		title    "$2"
		covers   PF-STATE-1
		profile  vehicle

		expect   register
		read     \$pf/3 => 2.05 $3 [PF-STATE-1]
	END
}

# --- jobs ---------------------------------------------------------------------------------------------
job() { # name: the display behind its mark
	awk -v mark=".\\\\\" ci-job: $1" '$0 == mark { marked = 1; next } /^\.Bd/ && marked { on = 1; next }
		/^\.Ed/ { on = 0; marked = 0 } on' "$page" | sed -e 's/\\e/\\/g' -e 's/\\&//g'
}
mkdir bin
printf '#!/bin/sh\nexec "%s" "$@"\n' "$BIN" >bin/lwm2m-portfolio
chmod +x bin/lwm2m-portfolio
play() { # place script: as a shell of a CI system does
	(cd "$1" && PATH="$tmp/bin:$PATH" timeout "$limit" sh -e "$2")
}
kept() { # place patterns: each is of a file
	while read -r pattern; do
		# shellcheck disable=SC2086 # a pattern
		(cd "$1" && ls $pattern) || return 1
	done <"$2"
}
make_place() { # place state of the fourth scenario
	mkdir -p "$1/tests/lwm2m"
	for n in 1 2 3 4; do scenario "$1/tests/lwm2m/$n.scenario" "Scenario $n" 0; done
	scenario "$1/tests/lwm2m/4.scenario" "Scenario 4" "$2"
}
while read -r system file machines; do
	job "$file" >"$file"
	ok "$system: there is a job" test -s "$file"
	mkdir "$system.scripts"
	ok "$system: it can be read" python3 "$tools/ci_jobs.py" "$system" "$file" "$system.scripts"
	ok "$system: $machines machines" [ "$(find "$system.scripts" -name '*.play' | wc -l)" = "$machines" ]
	make_place "$system.good" 0
	make_place "$system.bad" 1
	for number in $(seq "$machines"); do
		scripts=$system.scripts/$number
		ok "$system $number: what it installs is a script" sh -n "$scripts.install"
		has "$system $number: it installs" "$scripts.install" '/tmp/source/.ci/setup build' 'make -C /tmp/source install'
		ok "$system $number: all is well" play "$system.good" "$tmp/$scripts.play"
		ok "$system $number: its files are there" kept "$system.good" "$scripts.keeps"
		play "$system.bad" "$tmp/$scripts.play" >"$system.out" 2>&1
		echo "$?" >>"$system.statuses"
		ok "$system $number: its files are there all the same" kept "$system.bad" "$scripts.keeps"
	done
done <<.
github github.yml 3
gitlab gitlab.yml 2
jenkins Jenkinsfile 1
.
# The fourth scenario belongs to the second of two shards.
ok "GitHub: the second machine and the one that merges fail" [ "$(xargs <github.statuses)" = '0 1 1' ]
ok "GitLab: the second machine fails" [ "$(xargs <gitlab.statuses)" = '0 1' ]
ok "Jenkins: it fails" [ "$(xargs <jenkins.statuses)" = 1 ]
ok "GitHub: the report is of all" [ "$(grep -c '<testcase ' github.good/report.xml)" = 4 ]
ok ".ci/setup is there" test -x "$data/.ci/setup"

# --- JUnit --------------------------------------------------------------------------------------------
reads() { python3 "$tools/ci_readers.py" "$1.xml" "$1.json"; }
mkdir set
scenario set/pass.scenario "Passes & <so> on" 0
scenario set/fail.scenario "Fails" 1
cat >set/error.scenario <<'END'
title    "Too late"
covers   PF-OBJ-2
profile  vehicle

expect   register
wait     20s
read     $pf/0 => 2.05 any [PF-OBJ-2]
END
sed 's/^profile .*/profile no-services\nneeds authentication/; s,\$pf,/16/0,' set/pass.scenario >set/absent.scenario
cat >set/open.scenario <<'END'
title    "Nobody knows"
covers   PF-AUTH-1
profile  vehicle

expect   register
execute  $pf/1 0=0,1=0,2=5
wait     100ms
read     $pf/2 => 2.05 signature(identity=0, challenge=5, key=7) [PF-AUTH-1]
END
exits 1 "every verdict, twice" "$BIN" run --timeout 2s --retry 1 --repeat 2 --report-junit all.xml --report-json all.json set
ok "every verdict, twice" python3 - <<'END'
import json
found = {scenario["verdict"] for scenario in json.load(open("all.json"))["scenarios"]}
assert found == {"pass", "fail", "error", "inconclusive", "not applicable"}, found
END
ok "CI systems see every verdict" reads all
"$BIN" run -q set/pass.scenario set/pass.scenario --report-junit same.xml --report-json same.json >log
ok "one scenario twice is two tests" reads same
"$BIN" report merge -q all.json same.json --report-junit merged.xml --report-json merged.json >log
ok "CI systems see what was merged" reads merged
"$BIN" run -q --tags ets --report-junit ets.xml --report-json ets.json >log
ok "CI systems see a suite that is shipped" reads ets
sed 's/ name="/ nam="/' same.xml >broken.xml
cp same.json broken.json
ok "they would see what is wrong" sh -c '! python3 "$0" broken.xml broken.json' "$tools/ci_readers.py"

# --- JSON ---------------------------------------------------------------------------------------------
"$BIN" run -q --shard 1/1 --format tlv --retry 1 set --timeout 2s --report-json shard.json >log
"$BIN" report merge -q all.json --report-json m.json >log
cat >members.py <<'END'
import json, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
page = page[page.index(".Sh JSON REPORTS"):page.index(".Sh GITHUB ACTIONS")]
said = {word for line in re.findall(r"^(?:\.It )?\.?Li (.*)$", page, re.M) for word in re.split(r"[ ,]+", line) if word}
said |= {"not applicable", "inconclusive"}
def members(value):
    if isinstance(value, dict):
        return set(value).union(*(members(part) for part in value.values()))
    return set().union(*(members(part) for part in value)) if isinstance(value, list) else set()
found = set()
for path in sys.argv[2:]:
    found |= members(json.load(open(path, encoding="utf-8")))
assert not found - said, "not in the manual: %s" % (found - said)
assert len(found) > 30, found
END
ok "the manual has every member of reports" python3 members.py "$page" all.json shard.json m.json

# --- annotations --------------------------------------------------------------------------------------
exits 1 "annotations" env GITHUB_WORKSPACE="$tmp" "$BIN" run --timeout 2s --annotations set
grep '^::' out >annotations
has "annotations" annotations '::error file=set/error.scenario,line=6,title=error%3A Too late::' \
	'::error file=set/fail.scenario,line=6,title=fail%3A Fails [PF-STATE-1]::set/fail.scenario:6:' \
	'%0A  expected  2.05 1%0A  actual    2.05 0%0A' '::notice file=set/open.scenario,line='
ok "one for each" [ "$(wc -l <annotations)" = 3 ]
exits 1 "from another folder" env GITHUB_WORKSPACE="$tmp" sh -c 'cd set && exec "$0" run --annotations fail.scenario' "$BIN"
has "from another folder" out '::error file=set/fail.scenario,'
exits 1 "of a report" env GITHUB_WORKSPACE="$tmp" "$BIN" report merge -q --annotations all.json
has "of a report" out '::error file=set/fail.scenario,line=6,title=fail%3A Fails (run 2) [PF-STATE-1]::'
exits 2 "with --json" "$BIN" run --annotations --json set
has "with --json" err '--annotations and --json would both write to standard output'
finish
