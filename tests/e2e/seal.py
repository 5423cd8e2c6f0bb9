#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Another implementation's half of AuthData: seal.py ccm|gcm KEY TEXT TAIL, or seal.py ecdsa DER.

The first two print nonce, ciphertext and tag of TEXT and the octets TAIL as python3-cryptography makes
them (I-7); the third prints openssl's signature in DER as the two numbers one behind the other (I-6). All
octets are hex.
"""
import os
import sys

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM


def main(kind, first, *rest):
    if kind == "ecdsa":
        numbers = decode_dss_signature(bytes.fromhex(first))
        return b"".join(number.to_bytes(32, "big") for number in numbers)
    text, tail = rest
    nonce = os.urandom(12)
    cipher = {"ccm": AESCCM, "gcm": AESGCM}[kind](bytes.fromhex(first))
    return nonce + cipher.encrypt(nonce, text.encode() + bytes.fromhex(tail), None)


print(main(*sys.argv[1:]).hex())
