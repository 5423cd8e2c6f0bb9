#!/bin/sh
# The scenarios under valgrind: no invalid access, nothing leaked.
set -u
cd "$(dirname "$0")/../.." || exit 1
BIN=${BIN:-build/lwm2m-portfolio}
exec valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect \
	"$BIN" run --jobs 1 --virtual-time scenarios
