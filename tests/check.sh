#!/bin/sh
# Everything that proves a change, counted. Last line: N passed, N failed.
# Each step leaves its output in $BUILD/check; a step that fails shows the end of it.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
export BUILD BIN="$BUILD/lwm2m-portfolio"
logs=$BUILD/check
rm -rf "$logs"
mkdir -p "$logs"
passed=0
failed=0

# Adds what LOG counts: Check's summary, or a closing line `N passed, N failed`; else one for the step.
count() { # status log
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$2" | tail -n 1)
	checks=$(sed -nE 's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$/\1 \2 \3/p' "$2" |
		awk '{ n += $1; bad += $2 + $3 } END { print n - bad, bad + 0 }')
	if [ -n "$line" ]; then
		good=$(echo "$line" | cut -d' ' -f1)
		bad=$(echo "$line" | cut -d' ' -f3)
	elif [ "$checks" != "0 0" ]; then
		good=${checks% *}
		bad=${checks#* }
	elif [ "$1" = 0 ]; then
		good=1 bad=0
	else
		good=0 bad=1
	fi
	# A step that counts no failure and yet fails has failed all the same.
	[ "$1" = 0 ] || [ "$bad" != 0 ] || bad=1
	passed=$((passed + good))
	failed=$((failed + bad))
}

judge() { # name status log
	before=$failed
	count "$2" "$3"
	if [ "$failed" = "$before" ]; then
		printf 'ok    %s\n' "$1"
	else
		printf 'FAIL  %s (exit %s)\n' "$1" "$2"
		tail -n 60 "$3" | sed 's/^/      /'
	fi
}

step() { # name command…
	name=$1
	shift
	log=$logs/$(echo "$name" | tr ' /' '__').log
	if timeout 900 "$@" >"$log" 2>&1; then status=0; else status=$?; fi
	judge "$name" "$status" "$log"
}

for program in "$BUILD"/tests/unit/*/test_*; do
	case $program in *.o | *.d) continue ;; esac
	step "unit ${program#"$BUILD"/tests/unit/}" "$program"
done
step "corpora" make --no-print-directory -j2 fuzz-replay
step "scenarios" "$BIN" run scenarios
step "scenarios, by chance" "$BIN" run --seed=random --repeat=3 --virtual-time --tags '!link' scenarios
step "rule coverage" "$BIN" list rules --coverage
tests/e2e/side_by_side.sh "$logs/e2e"
for script in tests/e2e/test_*.sh; do
	name=$(basename "$script" .sh)
	judge "e2e/$name.sh" "$(cat "$logs/e2e/$name.status")" "$logs/e2e/$name.log"
done
step "lint" tests/lint/lint.sh

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
