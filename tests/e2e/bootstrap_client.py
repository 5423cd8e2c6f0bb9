#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A bootstrap client that shares no code with ours: asks, prints what it is asked, and answers by script.

bootstrap_client.py URI QUERY [CODE...]   QUERY such as ep=a&pct=112; an answer is CODE in turn, then as it belongs;
                                          RST is a Reset

Prints the code of the answer to POST /bs, then each request as METHOD PATH [FORMAT] HEX. Ends after
Bootstrap-Finish, and when nothing came for half a second.
"""
import socket
import struct
import sys

METHODS = {1: "GET", 2: "POST", 3: "PUT", 4: "DELETE"}
BELONGS = {1: "2.05", 2: "2.04", 3: "2.04", 4: "2.02"}
PATH, FORMAT, QUERY = 11, 12, 15


def extended(number):
    return (number, b"") if number < 13 else (13, bytes([number - 13]))


def message(kind, code, mid, token=b"", options=()):
    out = bytes([0x40 | kind << 4 | len(token), code]) + struct.pack("!H", mid) + token
    last = 0
    for number, value in options:
        delta, more = extended(number - last)
        length, longer = extended(len(value))
        out += bytes([delta << 4 | length]) + more + longer + value
        last = number
    return out


def parse(datagram):
    """Kind, code, message id, token, options, payload."""
    token_end = 4 + (datagram[0] & 15)
    number, at, options = 0, token_end, []
    while at < len(datagram) and datagram[at] != 0xFF:
        delta, length = datagram[at] >> 4, datagram[at] & 15
        at += 1
        if delta == 13:
            delta, at = datagram[at] + 13, at + 1
        if length == 13:
            length, at = datagram[at] + 13, at + 1
        number += delta
        options.append((number, datagram[at:at + length]))
        at += length
    mid = struct.unpack("!H", datagram[2:4])[0]
    return datagram[0] >> 4 & 3, datagram[1], mid, datagram[4:token_end], options, datagram[at + 1:]


def describe(code, options, payload):
    path = "/" + "/".join(value.decode() for number, value in options if number == PATH)
    formats = [str(int.from_bytes(value, "big")) for number, value in options if number == FORMAT]
    return " ".join([METHODS[code], path] + formats + ([payload.hex()] if payload else []))


host, port = sys.argv[1].split("//")[1].split(":")
answers = sys.argv[3:]
wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
wire.connect((host, int(port)))
wire.settimeout(10)
queries = [(QUERY, item.encode()) for item in sys.argv[2].split("&")]
wire.send(message(0, 2, 1, b"bs", [(PATH, b"bs")] + queries))
answer = parse(wire.recv(65536))
print("%d.%02d" % (answer[1] >> 5, answer[1] & 31), flush=True)
wire.settimeout(0.5)
while True:
    try:
        _, code, mid, token, options, payload = parse(wire.recv(65536))
    except (socket.timeout, ConnectionRefusedError):
        break
    line = describe(code, options, payload)
    print(line, flush=True)
    text = answers.pop(0) if answers else BELONGS[code]
    if text == "RST":
        wire.send(message(3, 0, mid))
        continue
    wire.send(message(2, int(text[0]) << 5 | int(text[2:]), mid, token))
    if line == "POST /bs":
        break
