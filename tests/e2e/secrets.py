#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks for keys in what a program said: secrets.py KEYS FILE..., KEYS holding one in hex a line.

Six octets of a key in a row are a find, in hex of either case with or without separators, as base64 in
either alphabet (whatever stands before them), raw, or as the escapes of JSON and C. Prints each find without
the key.
"""
import base64
import re
import sys

WINDOW = 6


def shapes(key):
    """What a piece of KEY can look like, by the name of the encoding."""
    for start in range(len(key) - WINDOW + 1):
        piece = key[start:start + WINDOW]
        yield "raw", piece
        yield "hex", piece.hex().encode()
        yield "escapes", b"".join(b"\\u00%02x" % octet for octet in piece)
        yield "escapes", b"".join(b"\\x%02x" % octet for octet in piece)
    for shift in range(3):
        # The first and last digits depend on what stands beside the key.
        digits = base64.b64encode(bytes(shift) + key)[4 if shift else 0:].rstrip(b"=")[:-1]
        for start in range(len(digits) - 7):
            yield "base64", digits[start:start + 8]


def views(content):
    """CONTENT as each encoding is looked for."""
    lower = content.lower()
    yield "raw", content
    yield "hex", lower
    yield "hex", re.sub(rb"[ :,\-\n]|0x", b"", lower)
    yield "escapes", lower
    yield "base64", content.replace(b"-", b"+").replace(b"_", b"/")


def main(keys, *paths):
    finds = 0
    with open(keys, encoding="ascii") as lines:
        known = [(kind, shape) for line in lines for kind, shape in shapes(bytes.fromhex(line.strip()))]
    for path in paths:
        with open(path, "rb") as stream:
            content = stream.read()
        for kind, view in views(content):
            found = [shape for wanted, shape in known if wanted == kind and shape in view]
            if found:
                where = view.index(found[0])
                line = view.count(b"\n", 0, where) + 1
                print("%s: line %d: %d pieces of keys as %s" % (path, line, len(found), kind))
                finds += 1
    return 1 if finds else 0


sys.exit(main(*sys.argv[1:]))
