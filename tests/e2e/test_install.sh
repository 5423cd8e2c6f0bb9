#!/bin/sh
# `make install` into a folder, the installed program used from elsewhere, `make uninstall`.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
make="make --no-print-directory BUILD=${BUILD:-build} PREFIX=/usr"
root=$tmp/root

# The shipped data must come from the installation, so nothing else may point to it.
unset LWM2M_PORTFOLIO_DATA
bin=$root/usr/bin/lwm2m-portfolio
away() { (mkdir -p "$tmp/away" && cd "$tmp/away" && "$@"); }
same_names() { # folder suffix topic
	(cd "$1" && find . -name "*$2" | sed "s|^\./||; s|$2\$||" | LC_ALL=C sort) >"$tmp/wanted"
	away "$bin" list -q "$3" | LC_ALL=C sort >"$tmp/listed" && diff "$tmp/wanted" "$tmp/listed"
}
manual() { # page
	page=$root/usr/share/man/man${1##*.}/$1
	[ -s "$page" ] || return 1
	! command -v man >/dev/null 2>&1 || MANWIDTH=80 man -l "$page" | grep -q NAME
}
completes() { # words…, the last one is to be completed; prints the candidates
	PATH="$root/usr/bin:$PATH" bash -c '
		. "$1" || exit 1
		shift
		COMP_WORDS=(lwm2m-portfolio "$@")
		COMP_CWORD=$#
		_lwm2m_portfolio
		printf "%s\n" "${COMPREPLY[@]}"' bash "$root/usr/share/bash-completion/completions/lwm2m-portfolio" "$@"
}
completes_to() { # word words…
	word=$1
	shift
	completes "$@" | grep -qx -- "$word"
}
adapters() { [ -x "$root/usr/libexec/lwm2m-portfolio/lwm2m-portfolio-leshan" ] || ! pkg-config --exists libcurl; }
says_unknown() { ! away "$bin" show no-such-thing; }
holds_nothing() { [ -z "$(find "$root" ! -type d)" ]; }

# shellcheck disable=SC2086 # the words of $make are meant to split
ok "make install" $make DESTDIR="$root" install
ok "the program runs from elsewhere" away "$bin" --version
ok "it lists the shipped profiles" same_names profiles .json profiles
ok "it lists the shipped scenarios" same_names scenarios .scenario scenarios
ok "it runs a shipped scenario" away "$bin" run portfolio/use-case-1
ok "it shows a shipped profile" away "$bin" show vehicle
ok "it refuses what is not there" says_unknown
ok "its adapters are there" adapters
for page in lwm2m-portfolio.1 lwm2m-portfolio-leshan.1 lwm2m-portfolio-profile.5 lwm2m-portfolio-scenario.5 lwm2m-portfolio-rules.7; do
	ok "manual page $page" manual "$page"
done
if command -v bash >/dev/null 2>&1; then
	ok "completion of commands" completes_to device ""
	ok "completion of options" completes_to --report-junit run --rep
	ok "completion of profiles" completes_to vehicle device -p veh
fi
# shellcheck disable=SC2086
ok "make uninstall" $make DESTDIR="$root" uninstall
ok "nothing is left" holds_nothing
finish
