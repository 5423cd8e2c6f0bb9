#!/bin/sh
# Every suite against openssl and python3-cryptography. Last line: N passed, N failed.
set -u
cd "$(dirname "$0")/../.." || exit 1
probe=${BUILD:-build}/tests/e2e/suite_probe
make --no-print-directory BUILD="${BUILD:-build}" "$probe" || exit 1
exec python3 tests/e2e/openssl_suites.py "$probe"
