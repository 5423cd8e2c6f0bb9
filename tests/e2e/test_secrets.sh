#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# PF-SC-6: no output of any command holds a key in any encoding. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

clean() { # what file…
	what=$1
	shift
	ok "$what" python3 "$tools/secrets.py" "$tmp/keys" "$@"
}
# Everything that a command says.
says_none() { # status what command…
	exits "$@"
	clean "$2" "$tmp/out" "$tmp/err"
}

# Fresh keys for every suite and both services, on both sides.
exits 0 "provision" "$BIN" provision -v -p suites -o "$tmp/device.json"
cp "$tmp/out" "$tmp/said"
cat "$tmp/err" >>"$tmp/said"
python3 - "$tmp/device.json" "$tmp/keys" <<'END'
import json, sys
device = json.load(open(sys.argv[1]))
keys = {key[4:] for instance in device["secure_component"]["instances"].values()
        for service in instance.values() if isinstance(service, dict) for key in service["keys"].values()}
open(sys.argv[2], "w").write("".join(key + "\n" for key in sorted(keys)))
END
ok "there are keys to look for" [ "$(wc -l <"$tmp/keys")" -ge 10 ]
clean "provision" "$tmp/said"

# The search itself finds a key in each encoding.
python3 - "$tmp/keys" "$tmp" <<'END'
import base64, sys
key = bytes.fromhex(open(sys.argv[1]).readline().strip())
forms = [key.hex().encode(), key.hex().upper().encode(), key, key.hex(" ").encode(), key.hex("\n").encode(),
         base64.b64encode(key), base64.b64encode(b"x" + key), base64.urlsafe_b64encode(b"xy" + key),
         key[3:11].hex().encode(), b", ".join(b"0x%02x" % octet for octet in key),
         "".join("\\u%04x" % octet for octet in key).encode()]
for number, form in enumerate(forms):
    open("%s/leak.%d" % (sys.argv[2], number), "wb").write(b"before " + form + b" after")
END
for leak in "$tmp"/leak.*; do
	exits 1 "the search finds ${leak##*/}" python3 "$tools/secrets.py" "$tmp/keys" "$leak"
done

# --- a device and a server that talk ------------------------------------------------------------------
cat >"$tmp/operations" <<'END'
clients
discover /16
discover /16/0
read /16
read /16/0
read /16/0/1 => 4.05
read /16/0/2
read /0 => 4.xx
read /0/0 => 4.xx
read /0/0/5 => 4.xx
discover /0 => 4.xx
raw GET / => any
raw GET /16/0/9 => 4.04
raw POST /16/0/1 payload "0='0',1='0',2='5',3='0',4='keys'" => 2.04
read /3/0
read /1/0
observe /16/0
authenticate /16/0 identity=0
authenticate /16/1 identity=0
decrypt /16/0 identity=0
authenticate /16/0 identity=0 key=77
authenticate /16/0 identity=77
write /16/0/2 hex:00
help
END
operate() { # what, options for both…
	what=$1
	shift
	cp "$tmp/operations" "$tmp/lines"
	pipe_server server -k "$tmp/device.keys.json" -v --trace "$tmp/server.trace" "$@"
	start_device device -p "$tmp/device.json" -s "$uri" -v --trace "$tmp/device.trace" "$@"
	until_line "$tmp/device.ready"
	for line in show 'show /0' 'show /0/0' 'show /16/0' help 'component fail next' 'component provision /16/0/0/0' \
		'set /16/0/0/0 "x"' 'set /0/0/5 hex:00' 'nonsense' 'restart' 'update'; do
		say device "$line"
	done
	await server
	stop device
	clean "$what: the server" "$tmp/server.out" "$tmp/server.err" "$tmp/server.trace"
	clean "$what: the device" "$tmp/device.out" "$tmp/device.err" "$tmp/device.trace"
	ok "$what: they talked" [ "$(wc -l <"$tmp/device.trace")" -ge 40 ]
}
operate "text"
operate "JSON" --json

# --- run: all that can be said, with failures ----------------------------------------------------------
mkdir "$tmp/set"
cat >"$tmp/set/wrong.scenario" <<'END'
title    "Everything is wrong"
covers   PF-AUTH-1 PF-ENC-1 PF-OBJ-2
profile  vehicle

expect   register
should   read $pf/0/0 => 2.05 "nobody" [PF-OBJ-2]
execute  $pf/1 0=0,1=0,2=5
wait     100ms
should   read $pf/2 => 2.05 signature(identity=0, challenge=6) [PF-AUTH-1]
execute  $pf/1 0=0,1=0,2=5
wait     100ms
should   read $pf/2 => 2.05 signature(identity=0, challenge=5, key=3) [PF-AUTH-1]
execute  $pf/1 0=1,1=0,2=5
wait     100ms
should   read $pf/2 => 2.05 ciphertext(identity=0, challenge=5, data="x") [PF-ENC-1]
should   authenticate $pf identity=0 => mismatch [PF-AUTH-1]
should   decrypt $pf identity=0 => genuine "x" [PF-ENC-1]
END
says_none 1 "run" "$BIN" run -vv -p "$tmp/device.json" "$tmp/set" --trace "$tmp/run.trace" \
	--report-junit "$tmp/junit.xml" --report-tap "$tmp/report.tap" --report-json "$tmp/report.json"
clean "reports and trace" "$tmp/run.trace" "$tmp/junit.xml" "$tmp/report.tap" "$tmp/report.json"
says_none 1 "run --json" "$BIN" run -vv --json -p "$tmp/device.json" "$tmp/set"
says_none 0 "run --list" "$BIN" run -v --list -p "$tmp/device.json" "$tmp/set"
says_none 0 "check" "$BIN" check -v "$tmp/device.json" "$tmp/device.keys.json"
says_none 0 "check --json" "$BIN" check --json "$tmp/device.json" "$tmp/device.keys.json"
says_none 3 "check of a profile as a scenario" "$BIN" run "$tmp/device.json"
says_none 5 "show of a profile of one's own" "$BIN" show "$tmp/device.json"

# --- verify and open ----------------------------------------------------------------------------------
head -n 1 "$tmp/keys" | sed 's/^/hex:/' >"$tmp/one.key"
key=$(cat "$tmp/one.key")
export SECRET="$key"
says_none 2 "a key on the command line" "$BIN" verify -k "$key" --identity x -c 1 hex:00
says_none 2 "the same without its prefix" "$BIN" verify -k "${key#hex:}" --identity x -c 1 hex:00
says_none 2 "a key for --json" "$BIN" open --json -k "$key" -c 1 hex:00
for suite in sha256+aes128-cmac sha256+aes256-cmac sha384+hmac-sha384 sha256+ecdsa-p256; do
	"$BIN" verify -v -s $suite -k env:SECRET --identity x -c 1 hex:00 >"$tmp/out" 2>"$tmp/err"
	clean "verify by $suite" "$tmp/out" "$tmp/err"
	"$BIN" verify -v --json -s $suite -k "file:$tmp/one.key" --identity x -c 1 hex:00 >"$tmp/out" 2>"$tmp/err"
	clean "verify by $suite --json" "$tmp/out" "$tmp/err"
done
printf 'hex:%s\n' "${key#hex:?}" >"$tmp/one.key"
says_none 3 "a key file with half an octet" "$BIN" verify -k "file:$tmp/one.key" --identity x -c 1 hex:00
printf 'base64:%s\n' "${key#hex:?}" >"$tmp/one.key"
says_none 3 "a key file that is no base64" "$BIN" verify -k "file:$tmp/one.key" --identity x -c 1 hex:00

# --- broken profiles and keyrings: the excerpt of an error may show a key's line ---------------------------
python3 - "$tmp" <<'END'
import json, sys
folder = sys.argv[1]
keys = [line.strip() for line in open(folder + "/keys")]
short = next(key for key in keys if len(key) == 32)
long = next(key for key in keys if len(key) == 64)
import base64
in64 = base64.b64encode(bytes.fromhex(long)).decode()


def profile(keys, encryption='"0": "hex:%s"' % long, more=""):
    return '''{ "endpoint": "secret", "objects": { "16": { "0": { "0": { "0": "x" } } } },
  "secure_component": { "instances": { "16/0": { %s
    "authentication": { "hashes": "from-identity", "keys": { %s } },
    "encryption": { "suite": "aes256-ccm", "keys": { %s } } } } } }''' % (more, keys, encryption)


broken = {
    "too-long": profile('"0": "hex:%s"' % long),
    "too-short": profile('"0": "hex:%s"' % short[:-6]),
    "half": profile('"0": "hex:%s"' % short[:-1]),
    "no-hex": profile('"0": "hex:%sxy"' % short),
    "no-prefix": profile('"0": "%s"' % short),
    "other-prefix": profile('"0": "hexa:%s"' % short),
    "upper-prefix": profile('"0": "HEX:%s"' % short.upper()),
    "spaces": profile('"0": "hex: %s"' % " ".join(short[at:at + 2] for at in range(0, 32, 2))),
    "base64": profile('"0": "base64:%s"' % in64),
    "base64-broken": profile('"0": "base64:%s*"' % in64),
    "twice": profile('"0": "hex:%s", "1": "hex:%s"' % (short, short)),
    "both-services": profile('"0": "hex:%s"' % long, '"0": "hex:%s"' % long),
    "same-index": profile('"0": "hex:%s", "0": "hex:%s"' % (short, short)),
    "swapped": profile('"hex:%s": "0"' % short),
    "bare-swapped": profile('"%s": "0"' % short),
    "name-of-a-file": profile('"0": "file:%s"' % short),
    "name-of-a-variable": profile('"0": "env:%s"' % short),
    "in-a-list": profile('"0": ["hex:%s"]' % short),
    "in-an-object": profile('"0": { "key": "hex:%s" }' % short),
    "as-a-number": profile('"0": 0x%s' % short),
    "bare": profile('"0": %s' % short),
    "bare-word": profile('"0": hex:%s' % short),
    "single-quotes": profile("\"0\": 'hex:%s'" % short),
    "no-end": profile('"0": "hex:%s' % short),
    "escape": profile('"0": "hex:\\q%s"' % short),
    "escaped": profile('"0": "hex:%s"' % "".join("\\u%04x" % ord(c) for c in long)),
    "no-colon": profile('"0" "hex:%s"' % short),
    "no-comma": profile('"0": "hex:%s" "1": "hex:%s"' % (short, long)),
    "control": profile('"0": "hex:\x01%s"' % short),
    "tail": profile('"0": "hex:%s"' % short) + " hex:%s" % short,
    "as-a-suite": profile('"0": "hex:%s"' % short, more='"authentication": { "suite": "hex:%s" },' % short),
    "as-a-service": profile('"0": "hex:%s"' % short, more='"signature": "hex:%s",' % long),
    "keys-a-text": '{ "endpoint": "s", "secure_component": { "instances": { "16/0": '
                   '{ "authentication": { "keys": "hex:%s" } } } } }' % short,
    "key-for-keys": '{ "endpoint": "s", "secure_component": { "instances": { "16/0": '
                    '{ "authentication": { "key": "hex:%s" } } } } }' % short,
    "for-a-hash": '{ "endpoint": "s", "secure_component": { "instances": { "16/0": '
                  '{ "authentication": { "hashes": { "0": "hex:%s" }, "keys": { "0": "hex:%s" } } } } } }' % (short, long),
    "at-the-root": '{ "endpoint": "s", "secret": "hex:%s" }' % short,
    "keyring": '{ "keyring": 1, "endpoints": { "s": { "16/0": { "authentication": { "keys": '
               '{ "0": "hex:%s", "1": "hex:%s" } } } } } }' % (short, long),
    "keyring-no-hex": '{ "keyring": 1, "endpoints": { "s": { "16/0": { "authentication": { "keys": '
                      '{ "0": "hx:%s" }, "hashes": { "0": "hex:%s" } } } } } }' % (short, short),
    "cut": profile('"0": "hex:%s"' % short)[:-220],
    "a-line": short + "\n",
}
for name, text in broken.items():
    open("%s/broken-%s.json" % (folder, name), "w").write(text)
END
for file in "$tmp"/broken-*.json; do
	name=${file##*/broken-}
	exits 3 "check $name" "$BIN" check -v "$file"
	cat "$tmp/out" "$tmp/err" >"$tmp/said"
	{
		"$BIN" check --json "$file"
		"$BIN" device -v -p "$file" </dev/null
		"$BIN" server -v -k "$file" -l coap://127.0.0.1:0 </dev/null
		"$BIN" verify -v --keys "$file" -c 1 hex:00
		"$BIN" provision -v -p "$file" -o "$tmp/new.json" --force
		"$BIN" run -v -p "$file" "$tmp/set"
	} >>"$tmp/said" 2>&1
	clean "$name" "$tmp/said"
done
finish
