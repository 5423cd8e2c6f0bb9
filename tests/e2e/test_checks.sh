#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `check`, `list`, `show`, help: what the program says before anything runs. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh disable=SC2016,SC2317
. "$(dirname "$0")/lib.sh"

is_json() { python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["version"] == 1' "$1"; }
# Errors of one file, each with its place and a caret, and the same as JSON.
judge() { # what file
	exits 3 "$1 as JSON" "$BIN" check --json "$2"
	cp "$tmp/out" "$tmp/json"
	exits 3 "$1" "$BIN" check "$2"
	ok "$1: places and carets" python3 "$tools/carets.py" "$2" "$tmp/err" "$tmp/json"
}

# --- a profile with many mistakes ------------------------------------------------------------------------
cat >"$tmp/device.json" <<'END'
{
  "endpont": "x",
  "lifetime": "long",
  "lwm2m": "7.0",
  "servers": [ { "ssid": 1, "uri": "http://127.0.0.1" }, { "ssid": 1, "uri": "coap://127.0.0.1" } ],
  "objects": {
    "3":  { "0": { "9": 200, "16": "U", "22": { "0": "16:7" } } },
    "16": { "0": { "0": { "0": 5 }, "3": 1 } }
  },
  "secure_component": {
    "latency": "soon",
    "instances": {
      "16/0": { "authentication": { "suite": "sha256+aes128-cmca", "keys": { "0": "hex:00" } } }
    }
  }
}
END
judge "a broken profile" "$tmp/device.json"
for place in 2:3 3:15 4:12 5:36 5:68 7:25 7:54 8:32 8:37 11:16 13:35 13:46; do
	has "a broken profile at $place" "$tmp/err" "device.json:$place: error: "
done
has "what was meant" "$tmp/err" 'did you mean "endpoint"'
has "JSON pointers" "$tmp/err" '(at /lifetime)' '(at /objects/3/0/22/0)' '(at /secure_component/instances/16~10/authentication/suite)'
ok "nothing on stdout" is_empty "$tmp/out"
printf '{ "endpoint": "a", "endpoint": "b" }' >"$tmp/twice.json"
judge "a name twice" "$tmp/twice.json"
has "a name twice" "$tmp/err" 'twice.json:1:20: error: '
printf '{ "endpoint": "a",\n\t"lifetime": 1,,\n}' >"$tmp/syntax.json"
judge "no JSON" "$tmp/syntax.json"
printf '{ "endpoint": "\303\244\303\266", "nme": 1 }' >"$tmp/utf8.json"
judge "letters of two octets" "$tmp/utf8.json"
: >"$tmp/empty.json"
exits 3 "an empty file" "$BIN" check "$tmp/empty.json"
printf '{ "keyring": 1, "endpoints": { "a": { "16/0": { "authentication": { "keys": { "x": "hex:00" } } } } } }' >"$tmp/keys.json"
judge "a broken keyring" "$tmp/keys.json"
chmod 644 "$tmp/keys.json"
(umask 022 && echo hex:2b7e151628aed2a6abf7158809cf4f3c >"$tmp/open.key")
cat >"$tmp/warned.json" <<'END'
{ "endpoint": "a", "objects": { "16": { "0": { "0": { "0": "x" } } } },
  "secure_component": { "instances": { "16/0": {
    "authentication": { "hashes": "from-identity", "keys": { "0": "file:open.key" } } } } } }
END
exits 0 "a warning is no error" "$BIN" check "$tmp/warned.json"
has "a key that everybody can read" "$tmp/err" 'warned.json:3:67: warning: everybody can read'

# --- what a server is given --------------------------------------------------------------------------------
mkdir "$tmp/beside"
cp "$data/profiles/minimal.json" "$tmp/beside"
echo '{"state": 1, "endpoint": "e", "gone": [], "values": {}}' >"$tmp/beside/state.json"
exits 0 "a state beside its profile" "$BIN" check "$tmp/beside"
exits 3 "a state" "$BIN" check "$tmp/beside/state.json"
has "a state" "$tmp/err" 'this is the state of a device, which is checked when the device starts; check its profile'
exits 0 "a security and a bootstrap file" "$BIN" check "$data/profiles/keys"
has "a security file" "$tmp/out" 'server.security: valid security file'
has "a bootstrap file" "$tmp/out" 'server.bootstrap: valid bootstrap file'
cat >"$tmp/wrong.bootstrap" <<'END'
{ "bootstrap": 1, "clients": { "a": { "operations": [
  { "write": "/0/0", "resources": { "5": "0011", "0": 1 } },
  { "delete": "/0/0/1" } ] } } }
END
judge "a broken bootstrap file" "$tmp/wrong.bootstrap"
for place in 2:42 2:55 3:15; do
	has "a broken bootstrap file at $place" "$tmp/err" "wrong.bootstrap:$place: error: "
done
cp "$data/profiles/keys/"* "$tmp"
sed 's/file:server.pem/file:client.pem/; s/file:server.pub/file:client.pub/' "$data/profiles/keys/server.security" >"$tmp/pair.security"
exits 3 "keys that do not belong to each other" "$BIN" check "$tmp/pair.security"
has "which they are" "$tmp/err" 'pair.security:8:10: error: private key is not that of the public key' 'error: private key is not that of the certificate'
exits 3 "a server takes them neither" "$BIN" server -l coaps://127.0.0.1:0 --security "$tmp/pair.security"
sed "s,file:keys/client.pem,file:$tmp/server.pem," "$data/profiles/vehicle-x509.json" | sed "s,file:keys/,file:$tmp/," >"$tmp/pair.json"
exits 3 "a device whose key is not that of its certificate" "$BIN" check "$tmp/pair.json"
has "where it stands" "$tmp/err" 'private key is not that of the certificate'
exits 3 "nobody can be that device" "$BIN" device -p "$tmp/pair.json"
sed 's/\[ "file:client.pub" \]/[]/' "$data/profiles/keys/server.security" >"$tmp/lonely.security"
for kind in profile keyring security bootstrap; do
	exits 0 "a schema of $kind" "$BIN" check --schema "$kind"
	ok "which is JSON" python3 -m json.tool "$tmp/out"
done
exits 2 "a schema of nothing" "$BIN" check --schema state
has "a schema of nothing" "$tmp/err" 'takes profile, keyring, security or bootstrap'
exits 0 "an expired certificate" "$BIN" check "$data/scenarios/security/x509-expired.security"
has "an expired certificate" "$tmp/err" 'x509-expired.security: warning: the certificate is expired'
exits 0 "a list of no clients is valid" "$BIN" check "$tmp/lonely.security"
has "but told" "$tmp/err" 'warning: there is no client'
printf '{ "security": 1, "psk": { "a": "hex:0" }, "trust": "hex:00" }' >"$tmp/wrong.security"
judge "a broken security file" "$tmp/wrong.security"

# --- a scenario with many mistakes ------------------------------------------------------------------------
cat >"$tmp/steps.scenario" <<'END'
title    "Mistakes"
covers   PF-STATE-1 NO-SUCH-RULE PF-ARG-1
profile  vehicle
tagz     a

expect   register
raed     $pf/3
read     $pf/3                  => 2.05 "zero"
read     $nothing/3
read     /16/0/99
read     $pf/2/0/0/0
write    $pf/3 1
execute  $pf/3
read     $pf/3                  => 2.05 0 [PF-NOPE-1]
read     $pf/3                  => 2.05 0 within soon
expect   notify $pf/3 1         within 2s [PF-STATE-2]
END
printf 'title "x"\ncovers PF-ARG-1\nprofile vehicle\nread $pf/3 [PF-STATE-1]\n' >"$tmp/covers.scenario"
judge "covers that are not true" "$tmp/covers.scenario"
has "covers that are not true" "$tmp/err" 'names "PF-ARG-1", but no check belongs to it' 'belongs to "PF-STATE-1", but'
judge "a broken scenario" "$tmp/steps.scenario"
for line in 2 4 7 14 15; do
	has "a broken scenario, line $line" "$tmp/err" "steps.scenario:$line:"
done
cat >"$tmp/meaning.scenario" <<'END'
title    "Mistakes of meaning"
covers   PF-STATE-2
profile  vehicle

expect   register
read     $pf/3                  => 2.05 "zero"
read     $nothing/3
read     /16/0/99
write    $pf/3 1
execute  $pf/3
expect   notify $pf/3 "1"       within 2s [PF-STATE-2]
END
judge "a scenario that makes no sense" "$tmp/meaning.scenario"
for line in 6 7 8 9 10 11; do
	has "a scenario that makes no sense, line $line" "$tmp/err" "meaning.scenario:$line:"
done
has "an operation that is not allowed" "$tmp/err" '(AuthStatus) does not allow' '=> 4.05'
has "a name that is not set" "$tmp/err" 'name "$nothing" is not set'
sed 's/^execute.*/exekute $pf\/3/' "$tmp/meaning.scenario" >"$tmp/both.scenario"
judge "mistakes of form and of meaning" "$tmp/both.scenario"
for line in 6 7 8 9 10; do
	has "mistakes of form and of meaning, line $line" "$tmp/err" "both.scenario:$line:"
done
ok "in their order" sh -c 'grep -o "both.scenario:[0-9]*" "$0" | sort -c -t: -k2n' "$tmp/err"
exits 0 "--set sets it" "$BIN" check --set nothing=/16/0 portfolio/use-case-1
sed 's/^profile.*/profile no-such/' "$data/scenarios/portfolio/use-case-1.scenario" >"$tmp/lost.scenario"
exits 3 "a scenario without its profile" "$BIN" check "$tmp/lost.scenario"
has "a scenario without its profile" "$tmp/err" '"no-such"'
exits 0 "another profile" "$BIN" check -p vehicle "$tmp/lost.scenario"
printf 'title "x"\r\nprofile vehicle\r\nread /3/0/99\r\n' >"$tmp/dos.scenario"
judge "lines that end as in DOS" "$tmp/dos.scenario"

# --- several files ------------------------------------------------------------------------------------
exits 3 "several files" "$BIN" check "$tmp/device.json" "$data/profiles/vehicle.json" "$tmp/steps.scenario" "$tmp/twice.json"
has "several files" "$tmp/err" device.json:3:15 steps.scenario:7: twice.json:1:20
exits 3 "several files as JSON" "$BIN" check --json "$tmp/device.json" "$data/profiles/vehicle.json"
ok "several files as JSON" python3 -c '
import json, sys
one, other = json.load(open(sys.argv[1]))["files"]
assert not one["valid"] and one["errors"] and other["valid"] and not other["errors"] and other["kind"] == "profile"' "$tmp/out"
exits 3 "no such file" "$BIN" check "$tmp/none.json" "$data/profiles/vehicle.json"
has "no such file" "$tmp/err" none.json
exits 0 "check of all that is shipped" "$BIN" check
has "check of all that is shipped" "$tmp/out" 'portfolio/use-case-1: valid scenario'
for file in "$data"/profiles/*.json; do
	exits 0 "check ${file##*/}" "$BIN" check "$file"
done
exits 0 "check of all shipped scenarios" "$BIN" check "$data/scenarios"
ok "without a word of complaint but for what it is about" sh -c \
	"! grep -v 'security/x509-expired.security: warning: ' '$tmp/err'"

# --- the collection of wrong files: places are what they say -----------------------------------------------
for file in "$data"/tests/golden/errors/*.json "$data"/tests/golden/errors/scenario-*.scenario; do
	case $file in *-warnings.json) continue ;; esac
	judge "${file##*/}" "$file"
done

# --- list and show ------------------------------------------------------------------------------------
for topic in profiles scenarios rules interpretations suites states formats defects; do
	exits 0 "list $topic" "$BIN" list $topic
	ok "list $topic says something" [ -s "$tmp/out" ]
	exits 0 "list -v $topic" "$BIN" list -v $topic
	exits 0 "list --json $topic" "$BIN" list --json $topic
	ok "list --json $topic parses" is_json "$tmp/out"
done
exits 0 "list scenarios --tags" "$BIN" list scenarios --tags
has "list scenarios --tags" "$tmp/out" smoke
exits 0 "list scenarios --tags ets" "$BIN" list scenarios --tags ets
has "list scenarios --tags ets" "$tmp/out" "1.1-int-201 Query basic information"
lacks "list scenarios --tags ets" "$tmp/out" use-case-1
exits 5 "list scenarios of no such tag" "$BIN" list scenarios nonesuch
has "list scenarios of no such tag" "$tmp/err" 'no shipped scenario has the tags "nonesuch"'
exits 2 "list rules ets" "$BIN" list rules ets
exits 0 "every rule is covered or excused" "$BIN" list rules --coverage
has "every rule is covered or excused" "$tmp/out" PF-STATE-1 portfolio/use-case-1
exits 0 "list rules --coverage --json" "$BIN" list rules --coverage --json
ok "list rules --coverage --json parses" is_json "$tmp/out"
exits 2 "list of nothing" "$BIN" list
exits 2 "list of something else" "$BIN" list no-such-topic
has "list of something else" "$tmp/err" no-such-topic
for topic in profiles scenarios rules interpretations; do
	"$BIN" list -q $topic >"$tmp/names"
	failures=$failed
	while read -r name; do
		"$BIN" show "$name" >"$tmp/out" 2>"$tmp/err"
		[ -s "$tmp/out" ] || fail "show $name" "$tmp/err"
	done <"$tmp/names"
	ok "show of every one of the $topic" [ "$failures" = "$failed" ]
	ok "there are $topic" [ -s "$tmp/names" ]
done
exits 0 "show vehicle" "$BIN" show vehicle
ok "show prints a profile verbatim" diff "$tmp/out" "$data/profiles/vehicle.json"
has "its keys say that they are public" "$tmp/out" 'public test keys'
exits 0 "show PF-STATE-4" "$BIN" show PF-STATE-4
has "show PF-STATE-4" "$tmp/out" 5.2.1 READ
exits 5 "show of nothing known" "$BIN" show vehicel
has "show of nothing known" "$tmp/err" 'did you mean "vehicle"'

# --- help and version -----------------------------------------------------------------------------------
exits 0 "--version" "$BIN" --version
has "--version" "$tmp/out" lwm2m-portfolio libcoap TLS: 'bed TLS'
exits 0 "--help" "$BIN" --help
sed -n 's/^  \([a-z]*\)  .*/\1/p' "$tmp/out" >"$tmp/commands"
ok "--help lists commands" [ "$(wc -l <"$tmp/commands")" -ge 9 ]
while read -r command; do
	exits 0 "$command --help" "$BIN" "$command" --help </dev/null
	ok "$command --help: two examples first" [ "$(sed -n '/^Examples:/,/^$/p' "$tmp/out" | grep -c "lwm2m-portfolio $command")" -ge 2 ]
	cp "$tmp/out" "$tmp/help"
	exits 0 "help $command" "$BIN" help "$command" </dev/null
	ok "help $command is the same" diff "$tmp/help" "$tmp/out"
	exits 2 "$command --no-such-option" "$BIN" "$command" --no-such-option </dev/null
	has "$command --no-such-option" "$tmp/err" '"--no-such-option"' "lwm2m-portfolio $command --help"
done <"$tmp/commands"
exits 2 "no command" "$BIN"
exits 2 "an unknown command" "$BIN" chekc
has "an unknown command" "$tmp/err" 'did you mean "check"'
exits 2 "an option without a command" "$BIN" -v
finish
