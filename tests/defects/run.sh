#!/bin/sh
# Proves the power to detect: the suite against every seeded defect, each to be found by the rule that
# it breaks, and against none, with no finding. usage: run.sh [--update]
# The table of expectations is expected.txt; what was found is kept in $BUILD/defects.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
BIN=${BIN:-$BUILD/lwm2m-portfolio}
export BIN
# A sanitizer's finding must not look like a failed check.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99" UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99"
export LWM2M_PORTFOLIO_DATA="${LWM2M_PORTFOLIO_DATA:-$(pwd)}"
out=$BUILD/defects
rm -rf "$out"
mkdir -p "$out" || exit 1
export out

"$BIN" list defects --json >"$out/defects" && "$BIN" list rules --json >"$out/rules" || exit 1
{
	echo "none -"
	python3 tests/defects/table.py names "$out/defects"
} >"$out/names" || exit 1

# One line of NAMES: a defect and its side. Its report, and beside it the exit status.
# Most of the time of a run is waiting for sockets, so there are more of them than processors.
# shellcheck disable=SC2016 # the inner shell expands it
xargs -P "${JOBS:-$(($(nproc) * 4))}" -L 1 sh -c '
	if [ "$1" = - ]; then set -- "$1" "$0"; else set -- "$1" "$0" "--$1-defect" "$0"; fi
	name=$2
	shift 2
	timeout 120 "$BIN" run scenarios --virtual-time --jobs 1 --quiet "$@" --report-json "$out/$name.json" >"$out/$name.log" 2>&1
	echo $? >"$out/$name.status"' <"$out/names"

exec python3 tests/defects/table.py judge "$out" tests/defects/expected.txt "$@"
