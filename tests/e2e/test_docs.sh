#!/bin/sh
# What manual, help, completion and README say, against the program. Last line: N passed, N failed.
#
# In the source of a manual page, .\" example-file: NAME stands before a display whose text becomes
# that file, and .\" example: exit N before one whose commands (behind "$ ") are run by bash, up to
# that exit status.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
page=man/lwm2m-portfolio.1
same() { diff "$1" "$2"; }

# --- options: a line "letter name value" each, "-" for none -------------------------------------
man_options() { # command
	awk -v command="$1" '
		/^\.S[sh] /            { inside = $0 == ".Ss " command || $0 == ".Sh DESCRIPTION" }
		inside && /^\.It Fl /  {
			letter = "-"; name = "-"
			for (i = 2; i < NF; i++)
				if ($i == "Fl" && $(i + 1) ~ /^-./) name = substr($(i + 1), 2)
				else if ($i == "Fl") letter = $(i + 1)
			print letter, name, $0 ~ /Ns = / ? "value" : "-"
		}' "$page" | sort
}
help_options() { # command
	"$BIN" "$1" --help |
		sed -nE 's/^  (-(.),|   ) --([a-z-]+)(=?).*/\2 \3 \4/p' |
		awk '{ print NF == 1 || ($0 ~ /^ /) ? "-" : $1, $0 ~ /^ / ? $1 : $2, $0 ~ /=$/ ? "value" : "-" }' | sort
}
completion_part() { # command
	"$BIN" completion bash | sed -n "/^    \*:$1)\$/,/^        ;;\$/p"
}
completion_names() { # command
	completion_part "$1" | sed -nE 's/.*words="(--help[^"]*)".*/\1/p' | tr ' ' '\n' | sed 's/^--//' | sort
}
completion_values() { # command
	completion_part "$1" | sed -nE 's/^        ((-(.) \| )?--([a-z-]+))\)$/\3 \4/p' |
		awk '{ print NF == 1 ? "- " $1 : $1 " " $2 }' | sort
}

"$BIN" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | sort >"$tmp/commands"
awk '/^\.It Cm [a-z]+ Ta /{ print $3 }' "$page" | sort >"$tmp/commands.table"
awk '/^\.Ss /{ print $2 }' "$page" | sort >"$tmp/commands.man"
"$BIN" completion bash | sed -nE 's/^        words="--help --version help (.*)"$/\1/p' | tr ' ' '\n' | sort >"$tmp/commands.bash"
ok "there are commands" test -s "$tmp/commands"
ok "the manual's table names every command" same "$tmp/commands" "$tmp/commands.table"
ok "the manual describes every command" same "$tmp/commands" "$tmp/commands.man"
ok "completion offers every command" same "$tmp/commands" "$tmp/commands.bash"

# --- make demo: every scenario passes, by the one clock or the other ------------------------------
sed -n '/^demo:/,/^$/s/^\t$(BUILD)\/lwm2m-portfolio //p' Makefile >"$tmp/demo"
ok "the demo plays something" test -s "$tmp/demo"
while read -r line; do
	# shellcheck disable=SC2086 # it has several words
	exits 0 "make demo: $line" "$BIN" $line
	sed -nE 's/^pass +(scenarios[^ ]*) .*/\1/p' "$tmp/out" >>"$tmp/demo.passed"
done <"$tmp/demo"
find scenarios -name '*.scenario' | sort >"$tmp/demo.all"
sort -u "$tmp/demo.passed" >"$tmp/demo.each"
ok "make demo plays every scenario" same "$tmp/demo.all" "$tmp/demo.each"

while read -r command; do
	help_options "$command" >"$tmp/help"
	man_options "$command" >"$tmp/man"
	completion_names "$command" >"$tmp/bash"
	awk '{ print $2 }' "$tmp/help" | sort >"$tmp/help.names"
	awk '$3 == "value" { print $1, $2 }' "$tmp/help" | sort >"$tmp/help.values"
	completion_values "$command" >"$tmp/bash.values"
	ok "$command: there are options" test -s "$tmp/help"
	ok "$command: options in help and manual" same "$tmp/help" "$tmp/man"
	ok "$command: options in help and completion" same "$tmp/help.names" "$tmp/bash"
	ok "$command: options with a value in help and completion" same "$tmp/help.values" "$tmp/bash.values"
done <"$tmp/commands"

# --- exit statuses that the help tells ------------------------------------------------------------
for status in 0 1 2 3 4 5 6 70; do
	ok "exit status $status in the manual" grep -q "^\.It $status\$" "$page"
done

# --- keys of profiles: those that the validator knows are those that the manual has ---------------
printf '{"?":0}' >"$tmp/profile.json"
"$BIN" check "$tmp/profile.json" 2>&1 | sed -n 's/.*known here: //p' | grep -oE '"[^"]+"' | tr -d '"' |
	grep -v '^error$' | sed 's/ .*//' >"$tmp/keys"
ok "there are keys of profiles" test -s "$tmp/keys"
while read -r key; do
	ok "key \"$key\" in lwm2m-portfolio-profile(5)" grep -qE "^\.It Li ${key#\$}\$|^\.It Li .${key#\$}\$" man/lwm2m-portfolio-profile.5
done <"$tmp/keys"
all_named() { # topic pattern: each name behind PATTERN in the manual
	"$BIN" list -q "$1" | while read -r name; do
		grep -q "$2$name\( \|\$\)" man/lwm2m-portfolio-profile.5 || echo "$name"
	done | sed 's/^/not in the manual: /'
}
none_missing() { [ -z "$(all_named "$@" | tee /dev/stderr)" ]; }
ok "suites in lwm2m-portfolio-profile(5)" none_missing suites '^\.It '
ok "shipped profiles in lwm2m-portfolio-profile(5)" none_missing profiles '^\.It Pa '

# --- examples --------------------------------------------------------------------------------------
unescape() { sed -e "s/\\\\(aq/'/g" -e 's/\\(dq/"/g' -e 's/\\&//g' -e 's/\\e/\\/g'; }
display() { # page mark number: the text of that display
	awk -v mark="$2" -v number="$3" '
		index($0, ".\\\" " mark)    { marked = ++count == number; next }
		/^\.Bd/ && marked           { on = 1; next }
		/^\.Ed/                     { on = 0; marked = 0 }
		on' "$1" | unescape
}

"$BIN" list rules --man >"$tmp/lwm2m-portfolio-rules.7"

# The program under its name, at a free port.
port=$(python3 -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])') || exit 1
mkdir "$tmp/bin" "$tmp/place"
cat >"$tmp/bin/lwm2m-portfolio" <<.
#!/bin/bash
command=\$1
shift
case \$command in
server) set -- -l coap://127.0.0.1:$port "\$@" ;;
device) set -- -s coap://127.0.0.1:$port "\$@" ;;
run) case " \$*" in
	*" --device=external "*) set -- --listen coap://127.0.0.1:$port "\$@" ;;
	*" --server="*) set -- "\${@//:5683/:$port}" ;;
	esac ;;
esac
exec '$BIN' "\$command" "\$@"
.
chmod +x "$tmp/bin/lwm2m-portfolio"

# What stands in for Leshan, where its adapter is built.
adapter=${BIN%/*}/lwm2m-portfolio-leshan
to_leshan=
if [ -x "$adapter" ]; then
	coap=$(free_port)
	start leshan python3 "$tools/rest_server.py" "$BIN" "coap://127.0.0.1:$coap"
	until_line "$tmp/leshan.out" || fail "nothing stands in for Leshan" "$tmp/leshan.err"
	rest=$(cat "$tmp/leshan.out")
	to_leshan="; s,:5683,:$coap,; s,//127.0.0.1:8080,${rest#http:},; s,/usr/local/libexec/lwm2m-portfolio/,${adapter%/*}/,"
fi

ends_with() { # status script
	# shellcheck disable=SC2016 # bash expands it
	(cd "$tmp/place" && PATH="$tmp/bin:$PATH" timeout 100 bash -c '
		trap "status=\$?; set +e; kill \$(jobs -p) 2>/dev/null; wait; exit \$status" EXIT
		set -e
		. "$1"' bash "$2")
	status=$?
	[ "$status" = "$1" ] || {
		echo "the exit status is $status, not $1, of:"
		cat "$2"
		false
	}
}

# A command in a display that is not run would be out of date one day.
unmarked() { # page: commands in displays without a mark, and pages without examples
	awk '/^\.Bd/ { marked = before ~ /^\.\\" (example|ci-job)/; on = 1 }
		on && /^\$ / && !marked { print FILENAME ":" FNR ": " $0; found = 1 }
		/^\.Ed/ { on = 0 }
		/^\.Sh EXAMPLES/ { examples = 1 }
		{ before = $0 }
		END { if (!examples) print FILENAME ": no examples" }' "$1"
}
all_run() { [ -z "$(unmarked "$1" | tee /dev/stderr)" ]; }
for source in man/*.[157] "$tmp/lwm2m-portfolio-rules.7"; do
	ok "${source##*/}: all examples are run" all_run "$source"
	edits=
	if [ "${source##*/}" = lwm2m-portfolio-leshan.1 ]; then
		[ -n "$to_leshan" ] || continue
		edits=$to_leshan
	fi
	names=$(sed -n 's/^\.\\" example-file: //p' "$source")
	number=0
	for name in $names; do
		number=$((number + 1))
		display "$source" "example-file: " "$number" >"$tmp/place/$name"
		ok "$source: $name is valid" "$BIN" check "$tmp/place/$name"
		case $name in
		*.scenario) ok "$source: $name passes" "$BIN" run "$tmp/place/$name" ;;
		esac
	done
	statuses=$(sed -n 's/^\.\\" example: exit //p' "$source")
	number=0
	for status in $statuses; do
		number=$((number + 1))
		display "$source" "example: " "$number" |
			sed "s/^\$ //$edits" >"$tmp/script"
		ok "$source: example $number" ends_with "$status" "$tmp/script"
	done
done
ok "the meter is genuine" ends_with 0 "$(
	cat >"$tmp/script" <<.
lwm2m-portfolio device -p meter.json </dev/null &
echo "authenticate /16/0 identity=0" | lwm2m-portfolio server --keys meter-keys.json
.
	echo "$tmp/script"
)"

while read -r command; do
	"$BIN" "$command" --help | sed -n '/^Examples:/,/^$/s/^  .*lwm2m-portfolio \([a-z]*\).*/\1/p' >"$tmp/examples"
	ok "$command: two examples" test "$(wc -l <"$tmp/examples")" = 2
done <"$tmp/commands"

# --- form ------------------------------------------------------------------------------------------
well_formed() { # page level
	if command -v mandoc >/dev/null 2>&1; then
		! mandoc -T lint -W "$2" "$1" | grep -vE 'referenced manual not found|outdated mandoc.db|unknown manual' | grep .
	else
		! LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null | grep .
	fi
}
if command -v mandoc >/dev/null 2>&1 || command -v man >/dev/null 2>&1; then
	for source in man/*.[157]; do
		ok "form of ${source##*/}" well_formed "$source" style
	done
	# Nobody reads its source, so lines may be long.
	ok "form of lwm2m-portfolio-rules.7" well_formed "$tmp/lwm2m-portfolio-rules.7" warning
fi

# --- what the pages say ---------------------------------------------------------------------------
rendered() { # page: as readers see it, without overstrikes, each paragraph's blanks as one
	LC_ALL=C MANWIDTH=80 man -E ascii -l "$1" 2>/dev/null | sed 's/.\x08//g' | tr -s ' \n' '  '
}
says() { grep -qF -- "$2" "$1"; }
says_not() { ! grep -F -- "$2" "$1"; }
if command -v man >/dev/null 2>&1; then
	rendered "$page" >"$tmp/page.1"
	rendered man/lwm2m-portfolio-scenario.5 >"$tmp/page.5"
	ok "a step with an optional text is shown whole" says "$tmp/page.5" 'expect no secured ["text"] within time'
	ok "so is the next one" says "$tmp/page.5" 'expect no failure ["text"] within time'
	ok "the manual tells that links can be secured" says "$tmp/page.1" 'secured by DTLS and TLS'
	ok "the manual does not say that nothing is encrypted" says_not "$tmp/page.1" 'not encrypted in this version'
fi
# What the console of the device offers stands in the manual, too.
echo help | timeout 10 "$BIN" device -q -s coap://127.0.0.1:1 2>/dev/null >"$tmp/console" &
console=$!
ok "the device's console has a help" until_line "$tmp/console" 9
kill "$console" 2>/dev/null
wait "$console"
sed -nE 's/^([a-z]+)[ ,].*/\1/p' "$tmp/console" | sort -u >"$tmp/words"
awk '/^\.Ss /{ inside = $2 == "device" } inside && /^\.It Li /{ print $3 }' "$page" | sort -u >"$tmp/words.man"
ok "the console's words stand in the manual" same /dev/null "$(
	comm -23 "$tmp/words" "$tmp/words.man" >"$tmp/words.missing"
	echo "$tmp/words.missing"
)"

# Every kind of event that the program's own names have, and no other.
sed -nE 's/^    \[EVENT_[A-Z]+\] = "(.*)",$/\1/p' core/base/trace.c >"$tmp/kinds"
printf 'answer\nnotify\n' >>"$tmp/kinds" # what the terminals add
sort -o "$tmp/kinds" "$tmp/kinds"
awk '/^\.Sh /{ inside = $2 == "EVENTS" } inside && /^\.It Li /{ for (i = 3; i <= NF; i += 2) print $i }' "$page" |
	sort >"$tmp/kinds.man"
python3 "$tools/events.py" --kinds | sort >"$tmp/kinds.judged"
ok "the kinds of events stand in the manual" same "$tmp/kinds" "$tmp/kinds.man"
ok "and are all judged" same "$tmp/kinds" "$tmp/kinds.judged"

# --- README ----------------------------------------------------------------------------------------
links() { # file: what it links to in the tree is there
	sed 's/](/\n](/g' "$1" | sed -nE 's/^\]\(([^)#:]+)\).*/\1/p' | while read -r target; do
		[ -e "$(dirname "$1")/$target" ] || echo "$target"
	done
}
for file in README.md CONTRIBUTING.md core/README.md; do
	links "$file" >"$tmp/missing"
	ok "$file: its links lead somewhere" same /dev/null "$tmp/missing"
done
timeout 300 python3 tests/e2e/tour.py "$BIN" README.md >"$tmp/tour" 2>&1
grep -v '^[0-9]* passed' "$tmp/tour"
counted=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$tmp/tour" | tail -n 1)
ok "the tour of the README came to its end" test -n "$counted"
# shellcheck disable=SC2086 # words are meant to split
set -- ${counted:-0 passed, 1 failed}
passed=$((passed + $1))
failed=$((failed + $3))
finish
