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

# The sum of user and system time of children, from what `times` prints.
computing() {
	echo "$1" | awk '
		function seconds(text, parts) { split(text, parts, "m"); return parts[1] * 60 + parts[2] }
		NR == 2 { printf "%.1f", seconds($1) + seconds($2) }'
}

scenarios() {
	begin=$(date +%s%N)
	spent=$(
		"$bin" run -q scenarios >/dev/null
		status=$?
		times
		exit $status
	)
	status=$?
	took=$((($(date +%s%N) - begin) / 1000000))
	verdict=below
	[ "$took" -ge 10000 ] || verdict=ok
	case $status in
	0) ;;
	1) verdict="$verdict, but some fail" ;;
	6) verdict="$verdict, but some are inconclusive" ;;
	*)
		echo "bench: \"$bin run scenarios\" ended with status $status" >&2
		return 1
		;;
	esac
	awk -v ms="$took" -v verdict="$verdict" \
		'BEGIN { printf "all scenarios, s|%.1f|< 10|%s\n", ms / 1000, verdict }'
	echo "  of which they ask to wait|$(waits)||"
	echo "  of which the program computes|$(computing "$spent")||"
}

# Each of the five comparisons takes a twelfth; the rest takes what it takes.
{
	echo 'measure|value|aim|'
	"$BUILD/tests/bench/bench" "$(awk -v t="$T" 'BEGIN { print t / 12 }')" "$bin" && scenarios
	echo "status|$?||"
} | while IFS='|' read -r name value aim verdict; do
	[ "$name" != status ] || exit "$value"
	printf '%-46s %10s  %-8s %s\n' "$name" "$value" "$aim" "$verdict"
done
