#!/bin/sh
# The scenarios and the Leshan adapter under valgrind: no invalid access, nothing leaked.
set -u
cd "$(dirname "$0")/../.." || exit 1
BIN=${BIN:-build/lwm2m-portfolio}
valgrind="valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect"
watched() {
	$valgrind "$BIN" run "$@"
}
# What a link loses is sent again in real time only.
watched --jobs 1 --virtual-time --tags '!link' scenarios && watched --jobs 1 --patience 10 --tags link scenarios &&
	WATCH=$valgrind sh tests/e2e/test_leshan_adapter.sh
