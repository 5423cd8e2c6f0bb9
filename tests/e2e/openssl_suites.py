#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges every suite by other implementations: the openssl command line and python3-cryptography.

openssl_suites.py PROBE. Nothing here asks our own code how a thing is computed: messages, octets of
challenges and layouts are put together again from the rules (I-3 to I-7). MACs, ECDSA and CBC are
openssl's, CCM and GCM python3-cryptography's, both ways: theirs against ours, ours against theirs.
The last line is `N passed, N failed`.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"   # its beginning is a suite's key
                    "603deb1015ca71be2b73aef0857d7781"
                    "000102030405060708090a0b0c0d0e0f")
P256 = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"  # RFC 6979 A.2.5

# Each challenge with what the three rules make of it, written out by hand.
CHALLENGES = [
    ("0x2345178", {"minimal": "02345178", "int64": "0000000002345178",
                   "text": b"0x2345178".hex()}),                 # the specification's example
    ("36983160", {"minimal": "02345178", "int64": "0000000002345178",
                  "text": b"36983160".hex()}),                   # the same number on the wire
    ("0", {"minimal": "00", "int64": "0000000000000000", "text": "30"}),
    ("-1", {"minimal": "ffffffffffffffff", "int64": "ffffffffffffffff", "text": "2d31"}),
    ("9223372036854775807", {"minimal": "7fffffffffffffff", "int64": "7fffffffffffffff",
                             "text": b"9223372036854775807".hex()}),
]
IDENTITIES = ["1.4.2", "HOST4711", "", "sixteen octets..", "Z\u00fcrich \u2603", "x" * 4096]

MACS = {  # suite: hash, octets of the key, what openssl mac takes
    "sha256+aes128-cmac": ("sha256", 16, ["-cipher", "AES-128-CBC"], "CMAC"),
    "sha256+aes256-cmac": ("sha256", 32, ["-cipher", "AES-256-CBC"], "CMAC"),
    "sha256+hmac-sha256": ("sha256", 32, ["-digest", "SHA256"], "HMAC"),
    "sha384+hmac-sha384": ("sha384", 48, ["-digest", "SHA384"], "HMAC"),
}
AEADS = {"aes128-ccm": (16, AESCCM), "aes256-ccm": (32, AESCCM),
         "aes128-gcm": (16, AESGCM), "aes256-gcm": (32, AESGCM)}
CBCS = {"aes128-cbc": 16, "aes256-cbc": 32}

passed = failed = 0
probe = sys.argv[1]
folder = tempfile.TemporaryDirectory()


def check(ours, expected, *what):
    global passed, failed
    if ours == expected:
        passed += 1
    else:
        failed += 1
        print("FAIL", *what, "\n  expected", expected, "\n  actual  ", ours)


def ask(verb, suite, key, text, rule, challenge, auth_data=b""):
    done = subprocess.run([probe, verb, suite, key.hex(), text, rule, challenge, auth_data.hex()],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "error: " + done.stderr.strip()


def octets(answer):
    try:
        return bytes.fromhex(answer)
    except ValueError:
        return answer.encode()


def openssl(*arguments, data=None):
    done = subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else b"error: " + done.stderr


def file(name, content):
    path = os.path.join(folder.name, name)
    with open(path, "wb") as out:
        out.write(content)
    return path


def each_case():
    """Every identity with the specification's challenge, every challenge with one identity."""
    for text in IDENTITIES:
        yield text, "minimal", "36983160", bytes.fromhex("02345178")
    for challenge, rules in CHALLENGES:
        for rule, tail in rules.items():
            yield "1.4.2", rule, challenge, bytes.fromhex(tail)


def each_message(digest):
    for text, rule, challenge, tail in each_case():
        hashed = openssl("dgst", "-" + digest, "-binary", data=text.encode())
        yield text, rule, challenge, hashed + tail


def changed(data):
    return bytes([data[0] ^ 0x80]) + data[1:]


def judge_mac(suite, digest, key_len, options, name):
    key = KEY[:key_len]
    for text, rule, challenge, message in each_message(digest):
        theirs = openssl("mac", *options, "-macopt", "hexkey:" + key.hex(), "-binary",
                         "-in", file("message", message), name)
        what = (suite, rule, challenge, text[:20])
        check(ask("compute", suite, key, text, rule, challenge), theirs.hex(), "sign", *what)
        check(ask("verify", suite, key, text, rule, challenge, theirs), "ok", "verify", *what)
        check(ask("verify", suite, key, text, rule, challenge, changed(theirs)), "rejected",
              "verify a changed octet", *what)


def der_integer(value):
    raw = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return bytes([2, len(raw)]) + raw


def signature_to_der(raw):
    parts = der_integer(int.from_bytes(raw[:32], "big")) + \
        der_integer(int.from_bytes(raw[32:], "big"))
    return bytes([0x30, len(parts)]) + parts


def signature_from_der(der):
    parts, at = b"", 2
    for _ in range(2):
        length = der[at + 1]
        parts += int.from_bytes(der[at + 2:at + 2 + length], "big").to_bytes(32, "big")
        at += 2 + length
    return parts


def judge_ecdsa(suite):
    """The private key goes to openssl as RFC 5915 writes it, without the public half."""
    private = file("private.der", bytes.fromhex(
        "30310201010420" + P256 + "a00a06082a8648ce3d030107"))
    public = openssl("ec", "-inform", "DER", "-in", private, "-pubout", "-outform", "DER")
    public_file = file("public.der", public)
    point = public[-65:]
    for text, rule, challenge, message in each_message("sha256"):
        what = (suite, rule, challenge, text[:20])
        signed = file("message", message)
        ours = octets(ask("compute", suite, bytes.fromhex(P256), text, rule, challenge))
        check(len(ours), 64, "length", *what)
        verdict = openssl("dgst", "-sha256", "-keyform", "DER", "-verify", public_file,
                          "-signature", file("signature", signature_to_der(ours)), signed)
        check(verdict, b"Verified OK\n", "verified by openssl", *what)
        theirs = signature_from_der(
            openssl("dgst", "-sha256", "-keyform", "DER", "-sign", private, signed))
        check(ask("verify", suite, point, text, rule, challenge, theirs), "ok", "verify", *what)
        check(ask("verify", suite, point, text, rule, challenge, changed(theirs)), "rejected",
              "verify a changed octet", *what)


def judge_cipher(suite, key, seal, unseal, integrity):
    """SEAL and UNSEAL are the other implementation's, with the layout of I-7."""
    for text, rule, challenge, tail in each_case():
        plain = text.encode() + tail
        what = (suite, rule, challenge, text[:20])
        ours = octets(ask("compute", suite, key, text, rule, challenge))
        check(unseal(ours), plain, "opened by another", *what)
        theirs = seal(plain)
        check(ask("open", suite, key, "", rule, challenge, theirs), text.encode().hex(),
              "open", *what)
        check(ask("open", suite, key, "", rule, challenge, seal(changed(plain + b"?"))),
              "rejected", "open a wrong tail", *what)
        check(ask("open", suite, key, "", rule, challenge, theirs[:-1]), "rejected",
              "open with an octet cut off", *what)
        if integrity:
            check(ask("open", suite, key, "", rule, challenge, changed(theirs)), "rejected",
                  "open a changed octet", *what)


def judge_aead(suite, key_len, cipher):
    key = KEY[:key_len]

    def unseal(sealed):
        try:
            return cipher(key).decrypt(sealed[:12], sealed[12:], None)
        except InvalidTag:
            return b"refused"

    def seal(plain):
        nonce = os.urandom(12)
        return nonce + cipher(key).encrypt(nonce, plain, None)

    judge_cipher(suite, key, seal, unseal, True)


def judge_cbc(suite, key_len):
    key = KEY[:key_len]
    name = "-aes-%d-cbc" % (8 * key_len)

    def run(direction, iv, data):
        return openssl("enc", direction, name, "-K", key.hex(), "-iv", iv.hex(), data=data)

    def seal(plain):
        iv = os.urandom(16)
        return iv + run("-e", iv, plain)

    judge_cipher(suite, key, seal, lambda sealed: run("-d", sealed[:16], sealed[16:]), False)


def main():
    for suite, row in MACS.items():
        judge_mac(suite, *row)
    judge_ecdsa("sha256+ecdsa-p256")
    for suite, (key_len, cipher) in AEADS.items():
        judge_aead(suite, key_len, cipher)
    for suite, key_len in CBCS.items():
        judge_cbc(suite, key_len)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
