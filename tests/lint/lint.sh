#!/bin/sh
# House rules that a script can see. Prints file:line: what; exits 1 when there was anything.
set -u
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
say() { sed "s/\$/$1/" >>"$tmp/found"; }
: >"$tmp/found"
sources=$(find cli core adapters -name '*.[ch]' | sort)
all_sources=$(find cli core adapters tests -name '*.[ch]' -not -path '*/build/*' | sort)

# One-way folders: who may include whom.
for file in $sources; do
	folder=$(echo "$file" | sed -E 's,^core/([^/]+)/.*,\1,; s,^(cli|adapters)/.*,\1,')
	allowed=" $folder $(awk -F: -v f="$folder" '$1 == f { print $2 }' tests/lint/layers.txt) "
	sed -n 's,^#include "\([a-z]*\)/\([a-z0-9_]*\.h\)".*,\1 \2,p' "$file" | while read -r from header; do
		case "$allowed" in
		*" $from "*) ;;
		*) echo "$file: $folder may not include $from/$header" >>"$tmp/found" ;;
		esac
		case "$header" in
		*_impl.h) [ "$from" = "$folder" ] ||
			echo "$file: $from/$header is private to $from" >>"$tmp/found" ;;
		esac
	done
done

# One owner for each library.
owner() { # header pattern, allowed files pattern
	grep -lE "#include <$1>" $sources | grep -vE "$2" | sed "s,\$,: may not include <$1>," >>"$tmp/found"
}
owner 'coap3/.*' '^core/net/coap[a-z_]*\.c$'
owner 'gnutls/.*' '^core/net/(coap_)?tls_gnutls\.c$'
owner 'openssl/.*' '^core/net/coap_tls_openssl\.c$'
owner 'psa/.*' '^core/secure/secure_psa[a-z_]*\.c$'
owner 'mbedtls/.*' '^core/secure/secure_psa[a-z_]*\.c$'
owner '(cjson/)?cJSON.h' '^(core/report/|cli/)'
owner 'curl/.*' '^adapters/http\.c$'
owner 'cbor.h' '^core/codec/cbor[a-z_]*\.c$'
owner 'popt.h' '^cli/'

# Banned calls that the poison list cannot name without breaking system headers.
grep -nE '(^|[^_a-z>.])(malloc|calloc|realloc|strdup|strndup|time|alloca) ?\(' $sources |
	grep -v '^core/base/alloc\.c\|^core/base/buf\.c' | grep -vE ':[0-9]+: *(/?\*|//)' | say ' (banned call)'
grep -nE '(^|[^_a-z])(printf|puts|putchar|exit) ?\(' $(find core -name '*.c') | grep -vE ':[0-9]+: *(/?\*|//)' | say ' (nothing below cli prints or exits)'
grep -nE '\b(TODO|FIXME|XXX)\b' $all_sources | say ' (unfinished mark)'

# First lines: licence, then what the file is for; std.h is the first include of our own.
for file in $all_sources; do
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$file:1: no SPDX line" >>"$tmp/found"
	sed -n '2,3p' "$file" | grep -q '/\*' || echo "$file:2: no sentence that says what the file is for" >>"$tmp/found"
done
for file in $(find cli core adapters -name '*.c'); do
	first=$(grep -m1 '^#include "' "$file")
	[ "$first" = '#include "base/std.h"' ] || echo "$file: base/std.h is not the first include of ours" >>"$tmp/found"
done

# Sizes.
wc -l $all_sources | awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines (600 at most)" }' >>"$tmp/found"
# (END_TEST without a semicolon would hide where the function before it ends.)
ctags -x -I END_TEST --kinds-C=f --fields=+e --_xformat='%F %n %e %N' $all_sources |
	awk '$3 - $2 + 1 > 60 { print $1 ":" $2 ": " $4 " has " $3 - $2 + 1 " lines (60 at most)" }' >>"$tmp/found"
# (libcoap wants that many of check_client.)
ctags -x --kinds-C=f --_xformat='%F %n %N %S' $sources | awk '{
	split($0, half, "("); commas = gsub(/,/, ",", half[2]);
	if (commas > 5 && $3 != "check_client") print $1 ":" $2 ": " $3 " has " commas + 1 " parameters" }' >>"$tmp/found"

# Conditional compilation: header guards only.
grep -nE '^ *# *(if|ifdef|elif)\b' $(find cli core adapters -name '*.c') | say ' (conditional compilation)'
# Switches over enums have no default.
grep -nE '^ *default:' $sources | say ' (default in a switch; prove that it is no enum with tests\/lint\/defaults.txt)' 
if [ -f tests/lint/allow.txt ]; then
	grep -vxFf tests/lint/allow.txt "$tmp/found" >"$tmp/rest"
	mv "$tmp/rest" "$tmp/found"
fi

# Ownership words on pointers in headers.
awk 'FNR == 1 { in_struct = 0 }
	/^(struct|union|    (struct|union)) ?[a-z_]* \{/ { in_struct = 1 }
	/^\};?/ { in_struct = 0 }
	in_struct && /\*[a-z_]+(\[[A-Z_]*\])?;/ && !/\((owned|borrowed)\)/ && !/\(\*[a-z_]+\)\(/ {
		line = $0; getline nextline;
		if (nextline !~ /\((owned|borrowed)\)/) print FILENAME ":" FNR - 1 ": pointer without (owned) or (borrowed):" line
	}' $(find core cli adapters -name '*.h') >>"$tmp/found"

# Every header compiles alone.
for header in $(find core cli adapters -name '*.h'); do
	${CC:-cc} -std=c11 -Icore -I. -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -fsyntax-only -x c "$header" 2>"$tmp/err" ||
		sed -n 1p "$tmp/err" >>"$tmp/found"
done

# No mutable statics in core: nm sees b B d D C symbols (relocated constants are in .data.rel.ro: r).
objects=$(find "${BUILD:-build}/core" -name '*.o' 2>/dev/null)
if [ -n "$objects" ]; then
	for object in $objects; do
		nm "$object" | awk -v o="$object" '$(NF-1) ~ /^[bBC]$/ || ($(NF-1) ~ /^[dD]$/ && $NF !~ /^\./) { print o ": mutable static " $NF }'
	done >"$tmp/statics"
	# Constant tables of pointers land in .data.rel.ro, which nm prints as d: keep true data only.
	while IFS= read -r row; do
		object=${row%%:*}
		symbol=${row##* }
		objdump -t "$object" | grep -E " $symbol\$" | grep -q 'rel\.ro' || echo "$row"
	done <"$tmp/statics" >>"$tmp/found"
fi

# Every module has its test.
for file in $(find core -name '*.c'); do
	stem=$(basename "$file" .c)
	folder=$(echo "$file" | cut -d/ -f2)
	[ -f "tests/unit/$folder/test_$stem.c" ] || grep -qxF "$folder/$stem" tests/lint/untested.txt 2>/dev/null ||
		echo "$file: no tests/unit/$folder/test_$stem.c and no line in tests/lint/untested.txt" >>"$tmp/found"
done

# Format. Releases of clang-format differ in small things: the tree follows 14, of Debian 12.
if clang-format --version 2>/dev/null | grep -q ' version 14\.'; then
	clang-format --dry-run -Werror $all_sources >"$tmp/format" 2>&1 || grep -E ': error:' "$tmp/format" | head -n 40 >>"$tmp/found"
fi
# What cppcheck sees.
if command -v cppcheck >/dev/null && [ "${LINT_FAST-}" = "" ]; then
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=0 \
		--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -Icore -I. --template='{file}:{line}: {severity}: {message} [{id}]' \
		core cli adapters 2>>"$tmp/found" || true
fi

count=$(wc -l <"$tmp/found")
cat "$tmp/found"
[ "$count" = 0 ] || { echo "lint: $count findings"; exit 1; }
