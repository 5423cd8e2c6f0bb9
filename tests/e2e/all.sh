#!/bin/sh
# Every end-to-end test with the program in $BIN (default: the ordinary build), scenarios included.
set -u
cd "$(dirname "$0")/../.." || exit 1
export BIN="${BIN:-build/lwm2m-portfolio}"
failures=0
"$BIN" run scenarios || failures=$((failures + 1))
logs=$(mktemp -d) || exit 1
trap 'rm -rf "$logs"' EXIT
tests/e2e/side_by_side.sh "$logs"
for script in tests/e2e/test_*.sh; do
	name=$(basename "$script" .sh)
	echo "--- $script"
	cat "$logs/$name.log"
	[ "$(cat "$logs/$name.status")" = 0 ] || {
		echo "FAILED: $script"
		failures=$((failures + 1))
	}
done
[ "$failures" = 0 ]
