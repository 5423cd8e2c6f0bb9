#!/bin/sh
# Runs every end-to-end test, some at a time, since they wait more than they work. What each says is in
# FOLDER/NAME.log, its exit status in FOLDER/NAME.status. usage: side_by_side.sh FOLDER
set -u
cd "$(dirname "$0")/../.." || exit 1
mkdir -p "$1" || exit 1
# shellcheck disable=SC2016 # the inner shell expands it
printf '%s\n' tests/e2e/test_*.sh | xargs -P "${JOBS:-$(($(nproc) + 1))}" -I '{}' sh -c '
	name=$(basename "$1" .sh)
	timeout 900 sh "$1" >"$0/$name.log" 2>&1
	echo $? >"$0/$name.status"' "$1" '{}'
