#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `verify`, `open` and `provision` by hand; AuthData comes from openssl and python3-cryptography.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

hex() { od -An -v -tx1 | tr -d ' \n'; }
unhex() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))' "$1"; }
base64_of() { unhex "$1" | openssl base64 -A; }
hash_of() { printf %s "$1" | openssl dgst "-$2" -binary | hex; } # text digest
key_file() { # hex; a file of that key, readable by its owner only
	(umask 077 && printf 'hex:%s\n' "$1" >"$tmp/key")
	echo "file:$tmp/key"
}
mac() { # message options…
	unhex "$1" >"$tmp/message"
	shift
	openssl mac -in "$tmp/message" "$@" | tr 'A-F' 'a-f'
}
changed() { # hex; its first octet is another one
	case $1 in
	00*) echo "01${1#??}" ;;
	*) echo "00${1#??}" ;;
	esac
}

# --- the specification's example, and the other suites -------------------------------------------------
# EXECUTE 0=SRV_AUTHENT,1=3,2=0x2345178,3=0 on instance 3 of shipped profile vehicle, "1.4.2".
key=2b7e151628aed2a6abf7158809cf4f3c
cmac=$(mac "$(hash_of 1.4.2 sha256)02345178" -cipher AES-128-CBC -macopt hexkey:$key CMAC)
(umask 077 && unhex $key >"$tmp/raw.key" && echo "hex:$key" >"$tmp/hex.key" && echo "base64:$(base64_of $key)" >"$tmp/base64.key")
for form in raw hex base64; do
	exits 0 "key as $form" "$BIN" verify --key "file:$tmp/$form.key" --identity 1.4.2 --challenge 0x2345178 "hex:$cmac"
	has "the verdict" "$tmp/out" genuine
	ok "nothing else is said" is_empty "$tmp/err"
done
export AUTH_KEY="hex:$key" EMPTY_KEY=
exits 0 "key from the environment" "$BIN" verify --key env:AUTH_KEY --identity 1.4.2 --challenge 36983160 "hex:$cmac"
exits 0 "a hash for the identity" "$BIN" verify -k env:AUTH_KEY --hash "$(hash_of 1.4.2 sha256)" -c 0x2345178 "hex:$cmac"
exits 0 "AuthData as base64" "$BIN" verify -k env:AUTH_KEY --identity 1.4.2 -c 0x2345178 "base64:$(base64_of "$cmac")"
unhex "$cmac" >"$tmp/authdata"
exits 0 "AuthData in a file" "$BIN" verify -k env:AUTH_KEY --identity 1.4.2 -c 0x2345178 "file:$tmp/authdata"
echo "hex:$cmac" >"$tmp/authdata"
exits 0 "AuthData as text in a file" "$BIN" verify -k env:AUTH_KEY --identity 1.4.2 -c 0x2345178 "file:$tmp/authdata"
exits 0 "-q" "$BIN" verify -q -k env:AUTH_KEY --identity 1.4.2 -c 0x2345178 "hex:$cmac"
ok "-q says nothing" is_empty "$tmp/out"
exits 0 "--json" "$BIN" verify --json -k env:AUTH_KEY --identity 1.4.2 -c 0x2345178 "hex:$cmac"
ok "--json" python3 -c '
import json, sys
verdict = json.load(open(sys.argv[1]))
assert verdict["version"] == 1 and verdict["verdict"] == "genuine"
assert verdict["suite"] == "sha256+aes128-cmac" and verdict["challenge_hex"] == "02345178"' "$tmp/out"

mismatch() { # what options…
	what=$1
	shift
	exits 1 "$what" "$BIN" verify -k env:AUTH_KEY "$@"
	has "$what" "$tmp/out" mismatch
}
mismatch "a wrong identity" --identity 1.4.3 -c 0x2345178 "hex:$cmac"
mismatch "no identity at all" --identity '' -c 0x2345178 "hex:$cmac"
mismatch "a wrong hash" --hash "$(hash_of 1.4.3 sha256)" -c 0x2345178 "hex:$cmac"
mismatch "a wrong challenge" --identity 1.4.2 -c 0x2345179 "hex:$cmac"
mismatch "a changed signature" --identity 1.4.2 -c 0x2345178 "hex:$(changed "$cmac")"
mismatch "a short signature" --identity 1.4.2 -c 0x2345178 "hex:${cmac%??}"
has "a short signature: a hint" "$tmp/err" 'AuthData has 15 octets'
mismatch "no signature" --identity 1.4.2 -c 0x2345178 hex:
exits 1 "a wrong key" "$BIN" verify -k "$(key_file 59d942eadc5f33e1d039d7b04ea34ef7)" --identity 1.4.2 -c 0x2345178 "hex:$cmac"

for rule in "int64 0000000002345178" "text 307832333435313738"; do
	signed=$(mac "$(hash_of 1.4.2 sha256)${rule#* }" -cipher AES-128-CBC -macopt hexkey:$key CMAC)
	exits 0 "challenge as ${rule% *}" "$BIN" verify -k env:AUTH_KEY --identity 1.4.2 -c 0x2345178 \
		--challenge-octets "${rule% *}" "hex:$signed"
	mismatch "the other rule" --identity 1.4.2 -c 0x2345178 "hex:$signed"
	has "a hint at the rule" "$tmp/err" "it fits with \"${rule% *}\" as rule"
done
negative=$(mac "$(hash_of 1.4.2 sha256)fffffffffffffffe" -cipher AES-128-CBC -macopt hexkey:$key CMAC)
exits 0 "a negative challenge" "$BIN" verify -k env:AUTH_KEY --identity 1.4.2 --challenge=-2 "hex:$negative"

other_suite() { # suite digest key openssl options…
	suite=$1 digest=$2 other=$3
	shift 3
	signed=$(mac "$(hash_of HOST4711 "$digest")02345178" -macopt "hexkey:$other" "$@")
	exits 0 "$suite" "$BIN" verify -s "$suite" -k "$(key_file "$other")" --identity HOST4711 -c 0x2345178 "hex:$signed"
	exits 1 "$suite with a wrong key" "$BIN" verify -s "$suite" -k "$(key_file "$(changed "$other")")" \
		--identity HOST4711 -c 0x2345178 "hex:$signed"
	exits 3 "$suite with a short key" "$BIN" verify -s "$suite" -k "$(key_file "${other%??}")" \
		--identity HOST4711 -c 0x2345178 "hex:$signed"
	lacks "the key is not said" "$tmp/err" "${other%??????}"
}
long=603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4
other_suite sha256+aes128-cmac sha256 $key -cipher AES-128-CBC CMAC
other_suite sha256+aes256-cmac sha256 $long -cipher AES-256-CBC CMAC
other_suite sha256+hmac-sha256 sha256 $long -digest SHA256 HMAC
other_suite sha384+hmac-sha384 sha384 $long$key -digest SHA384 HMAC

openssl ecparam -name prime256v1 -genkey -noout -out "$tmp/private.pem" 2>/dev/null
openssl ec -in "$tmp/private.pem" -pubout -outform DER 2>/dev/null | tail -c 65 >"$tmp/public.key"
unhex "$(hash_of HOST4711 sha256)02345178" >"$tmp/message"
signed=$(python3 "$tools/seal.py" ecdsa "$(openssl dgst -sha256 -sign "$tmp/private.pem" "$tmp/message" | hex)")
chmod 600 "$tmp/public.key"
exits 0 "sha256+ecdsa-p256" "$BIN" verify -s sha256+ecdsa-p256 -k "file:$tmp/public.key" --identity HOST4711 \
	-c 0x2345178 "hex:$signed"
exits 1 "sha256+ecdsa-p256 changed" "$BIN" verify -s sha256+ecdsa-p256 -k "file:$tmp/public.key" --identity HOST4711 \
	-c 0x2345178 "hex:$(changed "$signed")"

# --- keys stay out of sight --------------------------------------------------------------------------
exits 2 "a key on the command line" "$BIN" verify -k "hex:$key" --identity 1.4.2 -c 1 "hex:$cmac"
lacks "it is not repeated" "$tmp/err" $key
has "where it goes" "$tmp/err" 'file:PATH' 'env:NAME'
chmod 644 "$tmp/hex.key"
exits 0 "a key that everybody can read" "$BIN" verify -k "file:$tmp/hex.key" --identity 1.4.2 -c 0x2345178 "hex:$cmac"
has "is warned of" "$tmp/err" 'everybody can read' "$tmp/hex.key"
exits 3 "no key file" "$BIN" verify -k "file:$tmp/none" --identity 1.4.2 -c 1 "hex:$cmac"
exits 3 "no variable" "$BIN" verify -k env:NO_KEY --identity 1.4.2 -c 1 "hex:$cmac"
exits 3 "an empty variable" "$BIN" verify -k env:EMPTY_KEY --identity 1.4.2 -c 1 "hex:$cmac"
export BAD_KEY="hex:${key}0"
exits 3 "a key of an odd number of digits" "$BIN" verify -k env:BAD_KEY --identity 1.4.2 -c 1 "hex:$cmac"
lacks "it is not repeated" "$tmp/err" $key

exits 2 "neither identity nor hash" "$BIN" verify -k env:AUTH_KEY -c 1 "hex:$cmac"
exits 2 "both" "$BIN" verify -k env:AUTH_KEY --identity x --hash 00 -c 1 "hex:$cmac"
exits 2 "no challenge" "$BIN" verify -k env:AUTH_KEY --identity x "hex:$cmac"
exits 2 "no number for a challenge" "$BIN" verify -k env:AUTH_KEY --identity x -c soon "hex:$cmac"
exits 2 "too large a challenge" "$BIN" verify -k env:AUTH_KEY --identity x -c 9223372036854775808 "hex:$cmac"
exits 2 "an unknown suite" "$BIN" verify -k env:AUTH_KEY -s md5 --identity x -c 1 "hex:$cmac"
exits 2 "a suite of the other service" "$BIN" verify -k env:AUTH_KEY -s aes128-ccm --identity x -c 1 "hex:$cmac"
exits 2 "no key" "$BIN" verify --identity x -c 1 "hex:$cmac"
exits 2 "no AuthData" "$BIN" verify -k env:AUTH_KEY --identity x -c 1
exits 2 "AuthData of no form" "$BIN" verify -k env:AUTH_KEY --identity x -c 1 "$cmac"
exits 3 "AuthData with half an octet" "$BIN" verify -k env:AUTH_KEY --identity x -c 1 hex:123
exits 3 "AuthData in no file" "$BIN" verify -k env:AUTH_KEY --identity x -c 1 "file:$tmp/none"

# --- open -------------------------------------------------------------------------------------------
for cipher in ccm gcm; do
	for bits in "128 $key" "256 $long"; do
		suite=aes${bits% *}-$cipher
		sealed=$(python3 "$tools/seal.py" "$cipher" "${bits#* }" "Acme Motors" 02345178)
		exits 0 "$suite" "$BIN" open -s "$suite" -k "$(key_file "${bits#* }")" -c 0x2345178 "hex:$sealed"
		has "$suite: the data" "$tmp/out" 'genuine "Acme Motors"'
		ok "$suite: no warning" is_empty "$tmp/err"
		exits 1 "$suite: a wrong challenge" "$BIN" open -s "$suite" -k "file:$tmp/key" -c 0x2345179 "hex:$sealed"
		lacks "$suite: no data then" "$tmp/out" 'Acme'
		exits 1 "$suite: a changed octet" "$BIN" open -s "$suite" -k "file:$tmp/key" -c 0x2345178 "hex:$(changed "$sealed")"
		exits 1 "$suite: cut off" "$BIN" open -s "$suite" -k "file:$tmp/key" -c 0x2345178 "hex:${sealed%????????}"
		exits 1 "$suite: a wrong key" "$BIN" open -s "$suite" -k "$(key_file "$(changed "${bits#* }")")" -c 0x2345178 "hex:$sealed"
	done
done
sealed=$(python3 "$tools/seal.py" ccm $key "Acme Motors" 07)
exits 0 "a short challenge" "$BIN" open -k env:AUTH_KEY -c 7 "hex:$sealed"
has "a short challenge is warned of" "$tmp/err" 'a challenge of 1 octet' 'I-7'
sealed=$(python3 "$tools/seal.py" ccm $key "Acme Motors" 0000000000000007)
exits 1 "the other rule" "$BIN" open -k env:AUTH_KEY -c 0x7a "hex:$sealed"
exits 0 "a rule for the octets" "$BIN" open -k env:AUTH_KEY -c 7 --challenge-octets int64 "hex:$sealed"
exits 0 "--json" "$BIN" open --json -k env:AUTH_KEY -c 7 --challenge-octets int64 "hex:$sealed"
ok "--json" python3 -c '
import json, sys
verdict = json.load(open(sys.argv[1]))
assert verdict["verdict"] == "genuine" and verdict["data_text"] == "Acme Motors" and verdict["integrity"] is True' "$tmp/out"

for bits in "128 $key" "256 $long"; do
	suite=aes${bits% *}-cbc
	iv=000102030405060708090a0b0c0d0e0f
	unhex "$(printf 'Acme Motors' | hex)02345178" >"$tmp/plain"
	sealed=$iv$(openssl enc "-aes-${bits% *}-cbc" -K "${bits#* }" -iv $iv -in "$tmp/plain" | hex)
	exits 0 "$suite" "$BIN" open -s "$suite" -k "$(key_file "${bits#* }")" -c 0x2345178 "hex:$sealed"
	has "$suite: the data" "$tmp/out" 'genuine "Acme Motors"'
	has "$suite is warned of" "$tmp/err" 'no integrity' 'I-7'
	# A flipped bit of the IV goes unnoticed, which is why.
	exits 0 "$suite: a flipped bit of the IV" "$BIN" open -s "$suite" -k "file:$tmp/key" -c 0x2345178 "hex:0101${sealed#????}"
	has "$suite: a flipped bit of the IV" "$tmp/out" 'genuine "@cme Motors"'
	exits 1 "$suite: bad padding" "$BIN" open -s "$suite" -k "file:$tmp/key" -c 0x2345178 "hex:${sealed%????????????????????????????????}$iv"
	cp "$tmp/out" "$tmp/padding"
	exits 1 "$suite: a wrong tail" "$BIN" open -s "$suite" -k "file:$tmp/key" -c 0x2345179 "hex:$sealed"
	ok "$suite: both get the same answer" diff "$tmp/padding" "$tmp/out"
done
exits 0 "--redact" "$BIN" open --redact -s aes256-cbc -k "file:$tmp/key" -c 0x2345178 "hex:$sealed"
lacks "--redact hides the data" "$tmp/out" Acme

# --- provision --------------------------------------------------------------------------------------
cd "$tmp" || exit 1
(umask 000 && "$BIN" provision -p vehicle -o one.json >"$tmp/out" 2>&1)
has "both halves are named" "$tmp/out" one.json one.keys.json
exits 0 "provision once more" "$BIN" provision -p vehicle -o two.json --keys-out two.server
for file in one.json one.keys.json two.json two.server; do
	ok "only the owner reads $file" [ "$(stat -c %a $file)" = 600 ]
done
ok "keys are fresh, and stay out of the output" python3 - one.json two.json one.keys.json two.server "$tmp/out" <<'END'
import base64, json, sys
def keys(path):
    document = json.load(open(path))
    instances = document.get("secure_component", {}).get("instances") or document["endpoints"]["urn:dev:vehicle-0001"]
    return [key for instance in instances.values() for service in ("authentication", "encryption")
            for key in instance[service]["keys"].values()]
one, two, server_one, server_two = map(keys, sys.argv[1:5])
assert len(one) == 4 and one == server_one and two == server_two
assert len(set(one + two)) == 8
said = open(sys.argv[5]).read()
for key in one + two:
    octets = bytes.fromhex(key[4:])
    assert octets.hex() not in said and base64.b64encode(octets).decode() not in said
END
lacks "it does not call its keys public" one.json 'public test keys'
exits 3 "a file that is there" "$BIN" provision -p vehicle -o one.json
has "a file that is there" "$tmp/err" one.json --force
exits 3 "keys that are there" "$BIN" provision -p vehicle -o three.json -k two.server
ok "then nothing is written" [ ! -e three.json ]
exits 0 "--force" "$BIN" provision -p one.json -o two.json -k two.server --force
ok "no temporary file is left" [ -z "$(find . -name '*.json.??????' -o -name '*.server.??????')" ]
exits 3 "no such folder" "$BIN" provision -p vehicle -o none/three.json
exits 3 "a full disk" "$BIN" provision -p vehicle -o /dev/full --force
exits 3 "no such profile" "$BIN" provision -p vehicel -o three.json
exits 5 "nothing to provision" "$BIN" provision -p no-services -o three.json
exits 2 "without -o" "$BIN" provision -p vehicle
exits 2 "both to one file" "$BIN" provision -p vehicle -o three.json -k three.json
exits 0 "every suite" "$BIN" provision -p suites -o suites.json
ok "a server gets the public half only" python3 - suites.json suites.keys.json <<'END'
import json, sys
device, server = (open(path).read() for path in sys.argv[1:])
signer = [entry["authentication"] for entry in json.loads(device)["secure_component"]["instances"].values()
          if "ecdsa" in entry.get("authentication", {}).get("suite", "")]
assert signer
for entry in signer:
    for key in entry["keys"].values():
        assert key[4:] not in server and len(key) == 4 + 64
END
for file in one.json one.keys.json suites.json suites.keys.json; do
	exits 0 "check $file" "$BIN" check $file
done

# --- what a device signs and seals, judged by the keyring ---------------------------------------------
cat >"$tmp/lines" <<'END'
execute /16/0/1 0=0,1=3,2=0x2345178,3=1
wait 200ms
read /16/0/2
execute /16/0/1 0=1,1=1,2=0x2345178,3=1
wait 200ms
read /16/0/2
END
pipe_server server
start_device device -p "$tmp/one.json" -q -s "$uri"
ends_with 0 "the device answers" server
stop device
grep -o 'hex:[0-9a-f]*' "$tmp/server.out" >"$tmp/authdata"
signed=$(sed -n 1p "$tmp/authdata") sealed=$(sed -n 2p "$tmp/authdata")
exits 0 "verify --keys" "$BIN" verify --keys one.keys.json --identity-id 3 --key-index 1 -c 0x2345178 "$signed"
exits 1 "verify with another key" "$BIN" verify --keys one.keys.json --identity-id 3 -c 0x2345178 "$signed"
exits 1 "verify another identity" "$BIN" verify --keys one.keys.json --identity-id 2 --key-index 1 -c 0x2345178 "$signed"
exits 6 "verify an identity without hash" "$BIN" verify --keys one.keys.json --identity-id 9 --key-index 1 -c 0x2345178 "$signed"
exits 6 "verify with no key" "$BIN" verify --keys one.keys.json --identity-id 3 --key-index 9 -c 0x2345178 "$signed"
exits 1 "verify by the keys of another device" "$BIN" verify --keys two.server --identity-id 3 --key-index 1 -c 0x2345178 "$signed"
exits 3 "verify an unknown device" "$BIN" verify --keys one.keys.json -e nobody -c 1 "$signed"
exits 3 "verify an unknown instance" "$BIN" verify --keys one.keys.json -i 16/7 -c 1 "$signed"
exits 2 "both key and keyring" "$BIN" verify --keys one.keys.json -k env:AUTH_KEY -c 1 "$signed"
exits 2 "a suite beside a keyring" "$BIN" verify --keys one.keys.json -s sha256+aes128-cmac -c 1 "$signed"
exits 0 "open --keys" "$BIN" open --keys one.keys.json --key-index 1 -c 0x2345178 "$sealed"
has "open --keys" "$tmp/out" 'genuine "Acme Motors"'
exits 1 "open with another key" "$BIN" open --keys one.keys.json -c 0x2345178 "$sealed"
# The same by openssl, with the key of the keyring.
theirs=$(python3 -c 'import json; print(json.load(open("one.keys.json"))["endpoints"]["urn:dev:vehicle-0001"]["16/0"]["authentication"]["keys"]["1"][4:])')
ok "openssl signs the same" [ "hex:$(mac "$(hash_of 1.4.2 sha256)02345178" -cipher AES-128-CBC -macopt "hexkey:$theirs" CMAC)" = "$signed" ]
finish
