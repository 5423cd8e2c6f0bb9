#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Device and server against aiocoap, which shares no code with libcoap. usage: aiocoap.sh PYTHON
# PYTHON has aiocoap. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
python=$1
peer=$data/tests/interop/coap_peer.py
"$python" -c 'import aiocoap.meta; print("aiocoap", aiocoap.meta.version)' || exit 1

# What a Python program counted itself.
counted() { # name
	await "$1"
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$tmp/$1.out" | tail -n 1)
	grep FAILED "$tmp/$1.out"
	if [ -n "$line" ]; then
		passed=$((passed + ${line%% *}))
		line=${line#*, }
		failed=$((failed + ${line%% *}))
	fi
	if [ "$status" = 0 ]; then pass; else fail "$1: exit status $status" "$tmp/$1.err" "$tmp/$1.out"; fi
}

# --- our device, its server ------------------------------------------------------------------------
our_device() { # scheme
	start "asker" "$python" "$peer" server "$1://127.0.0.1:$(free_port)"
	until_line "$tmp/asker.out" || fail "the server does not listen" "$tmp/asker.err"
	start_device device -p vehicle-1.1 -s "$(head -n 1 "$tmp/asker.out")"
	comes "everything was asked over $1" "$tmp/asker.out" asked
	stop device
	counted asker
}
our_device coap
our_device coap+tcp

# --- our server, its device ------------------------------------------------------------------------
answer() { # line expected…
	say server "$1"
	shift
	for text in "$@"; do comes "$text" "$tmp/server.out" "$text"; done
}
our_server() { # scheme
	start_server server -l "$1://127.0.0.1:0"
	start stranger "$python" "$peer" stranger "$uri"
	counted stranger
	start other "$python" "$peer" device "$uri"
	comes "it registers" "$tmp/other.out" registered
	comes "with a list in blocks" "$tmp/server.err" 'client "aio" registered'
	comes "and updates" "$tmp/server.err" 'client "aio" updated its registration'
	lacks "nobody else registered" "$tmp/server.err" soon
	answer 'read /3/0/0 => 2.05 "aiocoap"' '2.05 "aiocoap"'
	answer 'write /16/0/0/0 "second" => 2.04' '> write /16/0/0/0'
	answer 'read /16/0/0/0 => 2.05 "second"' '2.05 "second"'
	answer 'read /16/0 as tlv' '3=0' 'identity 0 ...'
	long=$(printf '%02000d' 7)
	answer "write /16/0/0/0 \"$long\" => 2.04" "> write /16/0/0/0 \"$long\""
	answer "read /16/0/0/0 => 2.05 \"$long\"" "> read /16/0/0/0 => 2.05 \"$long\""
	answer 'observe /16/0/3 => 2.05 any' '> observe /16/0/3'
	answer 'execute /16/0/1 0=0 => 2.04' 'notify /16/0/3 2.05'
	answer 'cancel /16/0/3' '> cancel /16/0/3'
	answer 'read /16/0/4 => 4.04' '> read /16/0/4 => 4.04'
	answer 'delete /16/0 => 4.05' '> delete /16/0 => 4.05'
	lacks "all was as expected" "$tmp/server.err" expected error
	say server 'read /16/1'
	comes "TLV that breaks off is told" "$tmp/server.out" '> read /16/1'
	answer 'read /3/0/0 => 2.05 "aiocoap"' '2.05 "aiocoap"'
	say other leave
	counted other
	comes "it leaves" "$tmp/server.err" 'client "aio" deregistered'
	stop server
}
our_server coap
our_server coap+tcp
finish
