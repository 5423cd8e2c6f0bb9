#!/bin/sh
# Every end-to-end test with the program in $BIN (default: the ordinary build), scenarios included.
set -u
cd "$(dirname "$0")/../.." || exit 1
export BIN="${BIN:-build/lwm2m-portfolio}"
failures=0
"$BIN" run scenarios || failures=$((failures + 1))
for script in tests/e2e/test_*.sh; do
	echo "--- $script"
	timeout 600 sh "$script" || {
		echo "FAILED: $script"
		failures=$((failures + 1))
	}
done
[ "$failures" = 0 ]
