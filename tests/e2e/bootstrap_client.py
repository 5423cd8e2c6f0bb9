#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A bootstrap client that shares no code with ours: asks, prints what it is asked, and answers by script.

bootstrap_client.py URI QUERY [CODE...]   QUERY such as ep=a&pct=112; an answer is CODE in turn, then as it belongs;
                                          RST is a Reset

Prints the code of the answer to POST /bs, then each request as METHOD PATH [FORMAT] HEX. Ends after
Bootstrap-Finish, and when nothing came for half a second.
"""
import socket
import sys

from coap import ACK, CON, RST, Message, encode, number

METHODS = {1: "GET", 2: "POST", 3: "PUT", 4: "DELETE"}
BELONGS = {1: "2.05", 2: "2.04", 3: "2.04", 4: "2.02"}
PATH, FORMAT, QUERY = 11, 12, 15


def describe(request):
    path = "/" + "/".join(value.decode() for value in request.all(PATH))
    formats = [str(number(value)) for value in request.all(FORMAT)]
    return " ".join([METHODS[request.code], path] + formats + ([request.payload.hex()] if request.payload else []))


host, port = sys.argv[1].split("//")[1].split(":")
answers = sys.argv[3:]
wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
wire.connect((host, int(port)))
wire.settimeout(10)
queries = [(QUERY, item.encode()) for item in sys.argv[2].split("&")]
wire.send(encode(CON, 2, 1, b"bs", [(PATH, b"bs")] + queries))
answer = Message(wire.recv(65536))
print("%d.%02d" % (answer.code >> 5, answer.code & 31), flush=True)
wire.settimeout(0.5)
while True:
    try:
        request = Message(wire.recv(65536))
    except (socket.timeout, ConnectionRefusedError):
        break
    line = describe(request)
    print(line, flush=True)
    text = answers.pop(0) if answers else BELONGS[request.code]
    if text == "RST":
        wire.send(encode(RST, 0, request.id))
        continue
    wire.send(encode(ACK, int(text[0]) << 5 | int(text[2:]), request.id, request.token))
    if line == "POST /bs":
        break
