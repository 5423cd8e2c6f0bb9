#!/bin/sh
# Prints aims and values of this build; T is about how many seconds the comparisons may take.
# Nothing is a gate: the status tells only whether everything could be measured.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
T=${T:-60}
bin=$BUILD/lwm2m-portfolio

# What steps `wait` and `expect no …` ask for, in seconds; both always take their whole time.
waits() {
	find scenarios -name '*.scenario' -exec cat {} + | awk '
		function seconds(text) { return text ~ /ms$/ ? text / 1000 : text ~ /m$/ ? text * 60 : text + 0 }
		$1 == "wait" { sum += seconds($2) }
		$1 == "expect" && $2 == "no" { for (i = 3; i < NF; i++) if ($i == "within") sum += seconds($(i + 1)) }
		END { printf "%.1f", sum }'
}

scenarios() {
	begin=$(date +%s%N)
	"$bin" run -q scenarios >/dev/null 2>&1
	status=$?
	took=$((($(date +%s%N) - begin) / 1000000))
	if [ "$status" -gt 1 ]; then
		echo "bench: \"$bin run scenarios\" ended with status $status" >&2
		return 1
	fi
	verdict=below
	[ "$took" -ge 10000 ] || verdict=ok
	[ "$status" = 0 ] || verdict="$verdict, some fail"
	awk -v ms="$took" -v verdict="$verdict" \
		'BEGIN { printf "all scenarios, s\t%.1f\t< 10\t%s\n", ms / 1000, verdict }'
	printf '  of which they ask to wait\t%s\n' "$(waits)"
}

# Two comparisons and half a minute at most for the rest.
{
	printf 'measure\tvalue\taim\t\n'
	"$BUILD/tests/bench/bench" "$(awk -v t="$T" 'BEGIN { print t / 6 }')" "$bin" && scenarios
	printf 'status\t%s\n' $?
} | awk -F '\t' '
	$1 == "status" { exit $2 }
	{ printf "%-46s %10s  %-8s %s\n", $1, $2, $3, $4; fflush() }'
