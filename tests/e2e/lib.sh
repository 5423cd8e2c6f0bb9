# SPDX-License-Identifier: Apache-2.0
# Sourced by the end-to-end tests: counts checks, starts programs, and waits for what they say.
# shellcheck shell=sh disable=SC2034 # variables are for those who source this
set -u
cd "$(dirname "$0")/../.." || exit 1
BIN=${BIN:-${BUILD:-build}/lwm2m-portfolio}
case $BIN in /*) ;; *) BIN=$(pwd)/$BIN ;; esac
[ -x "$BIN" ] || {
	echo "there is no program $BIN"
	exit 1
}
data=$(pwd)
tools=$data/tests/e2e
# A sanitizer's finding must not look like an exit status of the program.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99" UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99"
export LWM2M_PORTFOLIO_DATA="$data"
export PYTHONDONTWRITEBYTECODE=1 # the tools share a module, and leave nothing in the tree
unset NO_COLOR
tmp=$(mktemp -d) || exit 1
passed=0
failed=0
limit=60 # s, for everything that is waited for

end_all() {
	for pid in "$tmp"/*.pid; do
		[ ! -e "$pid" ] || [ -e "${pid%.pid}.status" ] || kill -KILL "$(cat "$pid")" 2>/dev/null
	done
	wait
	rm -rf "$tmp"
}
trap end_all EXIT
trap 'exit 1' HUP INT TERM

finish() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}

# --- checks -----------------------------------------------------------------------------------

pass() { passed=$((passed + 1)); }
fail() { # what, [files to show…]
	failed=$((failed + 1))
	limit=5 # what is missing now would otherwise be waited for again and again
	echo "FAILED: $1"
	shift
	for shown in "$@"; do
		echo "  ${shown##*/}:"
		tail -n 25 "$shown" | sed 's/^/    /'
	done
}
# The command succeeds.
ok() { # what command…
	what=$1
	shift
	if "$@" >"$tmp/log" 2>&1; then pass; else fail "$what" "$tmp/log"; fi
}
# The command ends with this status; $tmp/out and $tmp/err hold what it said.
exits() { # status what command…
	want=$1 what=$2
	shift 2
	timeout "$limit" "$@" >"$tmp/out" 2>"$tmp/err"
	got=$?
	if [ "$got" = "$want" ]; then pass; else fail "$what: exit status $got, not $want" "$tmp/out" "$tmp/err"; fi
}
# The file holds each text.
has() { # what file text…
	what=$1 where=$2
	shift 2
	for text in "$@"; do
		if ! grep -qF -- "$text" "$where"; then
			fail "$what: no \"$text\" in it" "$where"
			return
		fi
	done
	pass
}
# The file holds none of the texts.
lacks() { # what file text…
	what=$1 where=$2
	shift 2
	for text in "$@"; do
		if grep -qF -- "$text" "$where"; then
			fail "$what: \"$text\" is in it" "$where"
			return
		fi
	done
	pass
}
is_empty() { [ ! -s "$1" ] || { cat "$1" && false; }; }

# --- programs in the background -----------------------------------------------------------------

# NAME.out, NAME.err, NAME.ready (descriptor 3), NAME.pid and, once it ended, NAME.status; stdin is
# the file.
feed() { # file name command…
	exec 9<>"$1"
	fed=$2
	shift 2
	rm -f "$tmp/$fed.pid" "$tmp/$fed.status" "$tmp/$fed.ready"
	: >"$tmp/$fed.ready"
	(
		# shellcheck disable=SC2016 # the inner shell is to expand it
		sh -c 'echo $$ >"$0.new" && mv "$0.new" "$0" && exec "$@"' "$tmp/$fed.pid" "$@" \
			<&9 9<&- >"$tmp/$fed.out" 2>"$tmp/$fed.err" 3>"$tmp/$fed.ready"
		echo $? >"$tmp/$fed.ended" && mv "$tmp/$fed.ended" "$tmp/$fed.status"
	) &
	exec 9<&-
	until_file "$tmp/$fed.pid"
}
# Its stdin has no end, since the program holds the other end of it, too; see say.
start() { # name command…
	rm -f "$tmp/$1.in"
	mkfifo "$tmp/$1.in"
	feed "$tmp/$1.in" "$@"
}
await_server() { # name
	until_line "$tmp/$1.ready" || fail "$1 does not listen" "$tmp/$1.err"
	uri=$(cat "$tmp/$1.ready")
}
start_server() { # name options…
	server=$1
	shift
	start "$server" "$BIN" server --ready-fd 3 "$@"
	await_server "$server"
}
# The lines of $tmp/lines for a server that listens at $uri.
pipe_server() { # name options…
	server=$1
	shift
	feed "$tmp/lines" "$server" "$BIN" server -l coap://127.0.0.1:0 --ready-fd 3 "$@"
	await_server "$server"
}
start_device() { # name options…
	device=$1
	shift
	start "$device" "$BIN" device --ready-fd 3 "$@"
}
say() { # name line
	echo "$2" 1<>"$tmp/$1.in"
}
put() { # name octets, as printf has them
	# shellcheck disable=SC2059 # they are a format
	printf "$2" 1<>"$tmp/$1.in"
}
pid_of() { cat "$tmp/$1.pid"; }
signal() { # name signal
	kill -s "$2" "$(pid_of "$1")"
}
is_alive() { [ ! -e "$tmp/$1.status" ]; }
# Waits for the end of the program; its exit status is in $status.
await() { # name
	until_file "$tmp/$1.status" || signal "$1" KILL
	until_file "$tmp/$1.status"
	status=$(cat "$tmp/$1.status")
}
ends_with() { # status what name
	await "$3"
	if [ "$status" = "$1" ]; then pass; else fail "$2: exit status $status, not $1" "$tmp/$3.out" "$tmp/$3.err"; fi
}
# Ends a device or server; that it was there to be ended is checked.
stop() { # name
	signal "$1" TERM
	ends_with 143 "SIGTERM" "$1"
}

# --- waiting ------------------------------------------------------------------------------------

until_true() { # command…
	turns=$((limit * 50))
	while ! "$@"; do
		turns=$((turns - 1))
		[ "$turns" -gt 0 ] || return 1
		sleep 0.02
	done
}
is_there() { [ -e "$1" ]; }
until_file() { until_true is_there "$1"; }
has_line() { [ "$(wc -l <"$1")" -ge "${2:-1}" ]; }
until_line() { until_true has_line "$@"; } # file [lines]
holds() { [ "$(grep -cF -- "$2" "$1")" -ge "${3:-1}" ]; }
# A check: the text appears in time, so many times.
comes() { # what file text [times]
	if until_true holds "$2" "$3" "${4:-1}"; then pass; else fail "$1: no \"$3\" came" "$2"; fi
}

# A port that nobody uses now.
free_port() {
	python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}
