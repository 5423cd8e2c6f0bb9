#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Throws at a device or server what no well-behaved peer sends, over plain UDP sockets.

hostile.py device [SECONDS]   is the server of one device: prints its address, takes the registration, throws
hostile.py server URI         is a stranger to a server, and registers a device of its own in the end

After each throw the other side must still answer, and its values must be what they were. Prints what is wrong.
"""
import random
import re
import socket
import struct
import sys

from coap import ACK, CON, NON, RST, Message, encode

GET, POST, PUT, DELETE = 1, 2, 3, 4
LOCATION_PATH, OBSERVE, PATH, FORMAT, QUERY, ACCEPT, BLOCK2, BLOCK1 = 8, 6, 11, 12, 15, 17, 23, 27
SILENCE = "silence"
wrong = 0


def complain(what):
    global wrong
    print(what)
    wrong += 1


def path(text):
    return [(PATH, segment.encode()) for segment in text.strip("/").split("/")]


def code_of(answer):
    """ "2.05", "RST" or "ACK" for an empty message. """
    if answer[1] == 0:
        return {ACK: "ACK", RST: "RST"}.get(answer[0] >> 4 & 3, "empty")
    return "%d.%02d" % (answer[1] >> 5, answer[1] & 31)


class Wire:
    """A socket and the address at the other end."""

    def __init__(self, peer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.peer, self.mid = peer, random.randrange(16384)

    def next(self):
        self.mid = (self.mid + 1) % 65536
        return self.mid

    def send(self, datagram):
        self.socket.sendto(datagram, self.peer)

    def receive(self, seconds):
        self.socket.settimeout(seconds)
        try:
            return self.socket.recvfrom(65536)
        except socket.timeout:
            return None, None

    def answer_to(self, mid, kinds=(ACK, RST), seconds=10):
        """The ACK or RST of MID; what else comes is left."""
        while True:
            answer, _ = self.receive(seconds)
            if answer is None or struct.unpack("!H", answer[2:4])[0] == mid and answer[0] >> 4 & 3 in kinds:
                return answer

    def ask(self, code, options, payload=b"", token=b"\x07ok"):
        mid = self.next()
        self.send(encode(CON, code, mid, token, options, payload))
        return self.answer_to(mid, (ACK,))


def content(answer):
    return answer[4:].partition(b"\xff")[2]


def throws(target, known):
    """What to throw: its name, the datagram for a message id, and the answers that may come."""
    here = path(target)
    # libcoap limits how often it answers this one.
    yield "an empty message", lambda mid: encode(CON, 0, mid), ["RST", SILENCE]
    yield "a Reset of nothing", lambda mid: encode(RST, 0, mid), [SILENCE]
    yield "an acknowledgement of nothing", lambda mid: encode(ACK, 0, mid), [SILENCE]
    yield "an answer with an unknown token", lambda mid: encode(CON, 69, mid, b"unknown", [], b"x"), ["RST"]
    yield "the same, not confirmable", lambda mid: encode(NON, 69, mid, b"unknown", [], b"x"), [SILENCE, "RST"]
    yield "an acknowledgement with an answer", lambda mid: encode(ACK, 69, mid, b"unknown", [], b"x"), [SILENCE]
    yield "a notification of nothing", lambda mid: encode(CON, 69, mid, b"n", [(OBSERVE, b"\7")], b"x"), ["RST"]
    for option in (9, 253, 65001):
        yield "critical option %d" % option, lambda mid, option=option: encode(
            CON, GET, mid, b"c", here + [(option, b"x")]), ["4.02"]
    yield "a critical option, not confirmable", lambda mid: encode(NON, GET, mid, b"c", here + [(9, b"x")]), \
        [SILENCE, "4.02", "RST"]
    yield "an elective option", lambda mid: encode(CON, GET, mid, b"e", here + [(65000, b"x")]), [known]
    for version in (0, 2, 3):
        yield "version %d" % version, lambda mid, version=version: encode(
            CON, GET, mid, b"v", here, version=version), [SILENCE]
    for length in range(9, 16):
        yield "token length %d" % length, lambda mid, length=length: bytes([0x40 | length, GET]) + \
            struct.pack("!H", mid) + bytes(length), ["RST", SILENCE]
    whole = encode(CON, PUT, 0, b"cut", path("/16/0/0/0") + [(FORMAT, b"")], b"changed")
    # One octet more, and it is a Write of an empty text.
    for length in range(1, whole.index(b"\xff")):
        yield "cut after %d octets" % length, lambda mid, length=length: \
            whole[:2] + struct.pack("!H", mid) + whole[4:length] if length > 4 else whole[:length], \
            ["RST", SILENCE, "4.00", "4.02", "4.04", "4.05"]
    yield "a marker and no payload", lambda mid: encode(CON, GET, mid, b"m", here) + b"\xff", ["RST", SILENCE]
    for octet in (0xf0, 0x0f, 0xf1, 0x1f):
        yield "option octet %02x" % octet, lambda mid, octet=octet: encode(CON, GET, mid, b"o") + bytes([octet]), \
            ["RST", SILENCE]
    yield "an option longer than the message", lambda mid: encode(CON, GET, mid, b"l") + b"\xbe\xff\xff" + b"x" * 9, \
        ["RST", SILENCE]
    yield "an option number beyond 65535", lambda mid: encode(CON, GET, mid, b"b") + b"\xe0\xff\xff\xe0\xff\xff", \
        ["RST", SILENCE, "4.02"]
    for code in (5, 6, 7, 8, 31):
        # To methods that have no name libcoap itself answers 4.04.
        yield "method 0.%02d" % code, lambda mid, code=code: encode(CON, code, mid, b"r", here), \
            ["4.05", "4.00", "4.02", "4.15", "4.04"]
    for code in (0x20, 0x3f, 0x60, 0xc0, 0xe1, 0xff):
        yield "code %02x" % code, lambda mid, code=code: encode(CON, code, mid, b"r", here), ["RST", SILENCE]
    yield "a path of 200 segments", lambda mid: encode(CON, GET, mid, b"p", [(PATH, b"1")] * 200), ["4.04", "4.00", "4.02"]
    yield "long segments", lambda mid: encode(CON, GET, mid, b"p", [(PATH, b"9" * 255)] * 4), ["4.04", "4.00"]
    yield "too long a segment", lambda mid: encode(CON, GET, mid, b"p", [(PATH, b"9" * 300)]), ["4.04", "4.00", "4.02", "RST"]
    yield "a path that is no UTF-8", lambda mid: encode(CON, GET, mid, b"p", [(PATH, b"\xff\xfe\0")]), ["4.04", "4.00"]
    yield "a path with numbers that are too large", lambda mid: encode(
        CON, GET, mid, b"p", path("/16/65536/4294967296")), ["4.04", "4.00"]
    yield "an unknown Accept", lambda mid: encode(CON, GET, mid, b"a", here + [(ACCEPT, b"\xfd\xe8")]), ["4.06", known]
    yield "a block that never began", lambda mid: encode(
        CON, PUT, mid, b"b", path("/16/0/0/0") + [(FORMAT, b""), (BLOCK1, b"\x5a")], b"y" * 64), ["4.08", "4.04", "4.05"]
    yield "a block of a reserved size", lambda mid: encode(
        CON, PUT, mid, b"b", path("/16/0/0/0") + [(BLOCK1, b"\x0f")], b"y" * 64), ["4.00", "4.02", "4.04", "4.05", "RST"]
    yield "a block beyond the end", lambda mid: encode(CON, GET, mid, b"b", here + [(BLOCK2, b"\x7f\xf6")]), \
        ["4.00", "4.02", "4.04", "4.08", known]
    yield "a body of 60000 octets in one datagram", lambda mid: encode(
        CON, PUT, mid, b"h", path("/16/0/0/0") + [(FORMAT, b"")], b"z" * 60000), ["4.13", "4.04"]
    yield "60000 octets of nothing", lambda mid: bytes(60000), [SILENCE]


def throw_all(wire, target, probe):
    """PROBE says that all is as it was."""
    known = "2.05" if code_of(wire.ask(GET, path(target))) == "2.05" else code_of(wire.ask(GET, path(target)))
    for name, datagram, allowed in throws(target, known):
        mid = wire.next()
        wire.send(datagram(mid))
        # What may be silent is not waited for: the probe comes behind it on the same socket.
        answer = None if SILENCE in allowed else wire.answer_to(mid)
        got = code_of(answer) if answer else SILENCE
        if got not in allowed and SILENCE not in allowed:
            complain("%s: %s, not one of %s" % (name, got, allowed))
        probe(name)


def throw_random(wire, probe):
    chance = random.Random(16)
    for turn in range(2000):
        datagram = bytes(chance.randrange(256) for _ in range(chance.choice((1, 3, 4, 5, 8, 12, 30, 200))))
        if turn % 2:
            datagram = bytes([chance.choice((0x40, 0x42, 0x48, 0x50, 0x60, 0x70)), chance.choice((0, 1, 2, 3, 4, 69))]) + datagram
        # An id that a probe uses, too, would make that one a duplicate.
        wire.send(datagram[:2] + bytes([octet | 0x80 for octet in datagram[2:3]]) + datagram[3:])
        if turn % 50 == 49:
            probe("random octets, turn %d" % turn)


def value_probe(wire, target):
    before = content(wire.ask(GET, path(target)))

    def probe(after):
        answer = wire.ask(GET, path(target))
        if answer is None:
            complain("%s: no answer to READ %s after it" % (after, target))
        elif code_of(answer) != "2.05" or content(answer) != before:
            complain("%s: READ %s gives %s %r after it" % (after, target, code_of(answer), content(answer)[:80]))
    return probe


def location_of(answer):
    """Location-Path of a 2.01."""
    return [(PATH, segment) for segment in Message(answer).all(LOCATION_PATH)]


def against_device():
    wire = Wire()
    print("coap://127.0.0.1:%d" % wire.socket.getsockname()[1], flush=True)
    request, wire.peer = wire.receive(60)
    register = Message(request)
    wire.send(encode(ACK, 65, register.id, register.token, [(LOCATION_PATH, b"rd"), (LOCATION_PATH, b"1")]))
    probe = value_probe(wire, "/16/0")
    throw_all(wire, "/16/0/3", probe)
    throw_random(wire, probe)
    for name, payload in (("malformed", b"0='0',1='0',2='5',"), ("octets", bytes(range(256))), ("none", b"")):
        answer = wire.ask(POST, path("/16/0/1"), payload)
        if code_of(answer) != "4.00":
            complain("Execute with %s arguments: %s" % (name, code_of(answer)))
        probe("Execute with %s arguments" % name)
    for name, payload in (("truncated", b"\xc8\x00\x40abc"), ("lying", b"\xe8\x00\xff\xff\xff"), ("random", bytes(range(200)))):
        answer = wire.ask(PUT, path("/16/0/0") + [(FORMAT, b"\x2d\x16")], payload)
        if code_of(answer) != "4.00":
            complain("Write of %s TLV: %s" % (name, code_of(answer)))
        probe("Write of %s TLV" % name)
    other = Wire(wire.peer)
    other.send(encode(CON, DELETE, 1, b"x", path("/16/0")))
    probe("a stranger's Delete")


def against_server(uri):
    host, port = re.fullmatch(r"coap://([^:]+):(\d+)", uri).groups()
    wire = Wire((host, int(port)))
    register = path("/rd")

    def alive(after):
        answer = wire.ask(POST, register + [(QUERY, b"ep=")])
        if answer is None or not code_of(answer).startswith("4."):
            complain("%s: a registration without a name gets %s" % (after, code_of(answer) if answer else SILENCE))
    throw_all(wire, "/rd", alive)
    throw_random(wire, alive)
    links = (FORMAT, b"\x28")
    for name, options, payload in (
            ("no endpoint", [links], b"</16/0>"),
            ("a lifetime that is none", [(QUERY, b"ep=x"), (QUERY, b"lt=soon"), links], b"</16/0>"),
            ("a negative lifetime", [(QUERY, b"ep=x"), (QUERY, b"lt=-1"), links], b"</16/0>"),
            ("octets for a name", [(QUERY, b"ep=\xff\xfe"), links], b"</16/0>"),
            ("links that are none", [(QUERY, b"ep=x"), links], b"<<</16/0"),
            ("octets for links", [(QUERY, b"ep=x"), links], bytes(range(1, 200))),
            ("an unknown version", [(QUERY, b"ep=x"), (QUERY, b"lwm2m=9.9"), links], b"</16/0>"),
            ("another format", [(QUERY, b"ep=x"), (FORMAT, b"\x3c")], b"</16/0>")):
        answer = wire.ask(POST, register + options, payload)
        if not code_of(answer).startswith("4."):
            complain("registration with %s: %s" % (name, code_of(answer)))
    for code, where, query in ((POST, "/rd/none", b"lt=5"), (DELETE, "/rd/none", None), (POST, "/rd/1/2/3", None)):
        answer = wire.ask(code, path(where) + ([(QUERY, query)] if query else []))
        if code_of(answer) not in ("4.04", "4.00", "4.05"):
            complain("%d %s: %s" % (code, where, code_of(answer)))
    answer = wire.ask(POST, register + [(QUERY, b"ep=stranger"), (QUERY, b"lt=60"), (QUERY, b"lwm2m=1.0"), links], b"</16/0>")
    if code_of(answer) != "2.01":
        complain("a registration in form gets %s" % code_of(answer))
    answer = wire.ask(DELETE, location_of(answer))
    if code_of(answer) != "2.02":
        complain("its end gets %s" % code_of(answer))


if sys.argv[1] == "device":
    against_device()
else:
    against_server(sys.argv[2])
sys.exit(1 if wrong else 0)
