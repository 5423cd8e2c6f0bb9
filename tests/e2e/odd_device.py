#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An LwM2M device, 1.1 or 1.0, with two Portfolio instances, /16/3 and /16/7, that shares no code with ours.

It speaks TLV and text, signs by HMAC-SHA256, and is correct. Its switches choose what a correct device
may do otherwise than ours, each by a name in LATITUDES, or what none may do, by one in FAULTS.

usage: odd_device.py HOST:PORT [LATITUDE|FAULT...]
"""
import hashlib
import hmac
import os
import re
import select
import socket
import struct
import sys
import time

from coap import ACK, CON, NON, RST, Message, encode, number

LATITUDES = {
    "separate": "answers by a message of its own, and repeats the empty acknowledgement only",
    "twice": "sends each separate answer twice",
    "late-refusal": "accepts any argument list, and shows ERROR where ours answers 4.00 (PF-ARG-7)",
    "keeps-error": "a READ without AuthData in it does not end ERROR (I-11)",
    "data-first": "tells AuthData before AuthStatus, which is IDLE again by then (I-22)",
    "no-data-no-resource": "AuthData is not there, 4.04, while it is empty (I-11, PF-DM-9)",
    "parts": "AuthData comes in two resource instances (I-2)",
    "other-instance": "AuthData comes in a resource instance that is not 0 (I-2)",
    "signs-removed": "signs what was provisioned, though its Identity instance was taken away (I-9)",
    "deaf-execute": "does not look at arguments where there are none to be had (LWM2M-EXECUTE)",
    "lwm2m-1.0": "is of that version",
    "demands-argument": "refuses a GetAuthData without argument 4 (I-8)",
    "refuses-creation": "refuses a write to an Identity instance that is not there, as ours does",
}
FAULTS = {
    "malformed-ack": "acknowledges a read of the manufacturer (/16/3/0/1) by a payload marker without a payload",
    "garbage": "answers that read by octets that are nothing",
    "other-token": "answers that read with another token, inside of the acknowledgement",
    "other-token-separate": "the same, by a message of its own",
    "reset": "answers that read by a Reset",
    "unknown-option": "answers that read with a critical option that nobody knows",
    "repetition-ignored": "says nothing to a request that comes again",
    "always": "all of that befalls every request",
}
SPOILT = (16, 3, 0, 1)
TEXT, LINKS, TLV = 0, 40, 11542
IF_MATCH, OBSERVE, URI_PATH, CONTENT_FORMAT, URI_QUERY, ACCEPT, BLOCK2, BLOCK1 = 1, 6, 11, 12, 15, 17, 23, 27
LOCATION_PATH, PROXY_URI = 8, 35
KNOWN = {3, PROXY_URI, URI_PATH, URI_QUERY, ACCEPT, BLOCK2, BLOCK1}
ENDPOINT, LIFETIME, LATENCY, LIVES = "urn:dev:odd", 300, 0.02, 120
IDENTITIES = {3: {0: "HOST3", 1: "Acme", 2: "Model3", 3: "1.0.3"}, 7: {0: "OTHER7"}}


def key_of(instance, index):
    """As tests/e2e/odd_device.json has it."""
    return bytes(octet ^ instance for octet in range(32)) if index == 0 else None


def octets_of(value):
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


class Refused(Exception):
    """Ends a request with this code, as 404."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def code_octet(code):
    return code // 100 << 5 | code % 100


# --- TLV -------------------------------------------------------------------------------------------

INSTANCE, ITEM, SEVERAL, RESOURCE = range(4)


def tlv(kind, ident, value):
    head = kind << 6 | (0x20 if ident > 255 else 0)
    name = struct.pack("!H", ident) if ident > 255 else bytes([ident])
    if len(value) < 8:
        return bytes([head | len(value)]) + name + value
    size = octets_of(len(value))
    return bytes([head | len(size) << 3]) + name + size + value


def read_tlv(octets):
    at = 0
    while at < len(octets):
        head = octets[at]
        wide = 2 if head & 0x20 else 1
        ident, at = number(octets[at + 1:at + 1 + wide]), at + 1 + wide
        size = head >> 3 & 3
        length, at = (number(octets[at:at + size]) if size else head & 7), at + size
        if at > len(octets) or at + length > len(octets):
            raise Refused(400)
        yield head >> 6, ident, octets[at:at + length]
        at += length


def plain(value):
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else value.to_bytes(value.bit_length() // 8 + 1, "big")


# --- the model -------------------------------------------------------------------------------------


class Portfolio:
    def __init__(self, number_, identities, provisioned, latitudes):
        self.number, self.identities, self.odd = number_, dict(identities), latitudes
        self.hashes = {i: hashlib.sha256(v.encode()).digest() for i, v in identities.items() if provisioned}
        self.status, self.data, self.request, self.due = 0, None, None, 0

    def resources(self):
        """What can be read, by number; several values in a dict."""
        resources = {0: self.identities, 2: self.instances(), 3: self.status}
        if self.data is None and "no-data-no-resource" in self.odd:
            del resources[2]
        return resources

    def instances(self):
        """Of AuthData."""
        if self.data is None:
            return {}
        if "parts" in self.odd:
            return {0: self.data[:10], 1: self.data[10:]}
        return {9 if "other-instance" in self.odd else 0: self.data}


class Observation:
    def __init__(self, path, form):
        self.path, self.form, self.sequence = path, form, 2
        self.is_due, self.told = False, time.monotonic()

    def is_touched(self, changed):
        return all(a == b for a, b in zip(self.path, changed))


class Device:
    def __init__(self, server, latitudes):
        self.odd, self.server = latitudes, server
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.message_id = number(os.urandom(2))
        self.portfolios = {i: Portfolio(i, values, True, latitudes) for i, values in IDENTITIES.items()}
        self.observations = {}  # by token
        self.attributes, self.answers, self.location = {}, {}, []
        self.pending, self.notified = [], {}  # (due, datagram); message id -> token
        self.register_token, self.was_told, self.lifetime = os.urandom(4), True, LIFETIME

    # --- sending

    def send(self, datagram, delay=0.0):
        self.pending.append((time.monotonic() + delay, datagram))

    def next_id(self):
        self.message_id = (self.message_id + 1) & 0xFFFF
        return self.message_id

    def links(self):
        return ",".join(['</>;rt="oma.lwm2m";ct=11542', "</1/0>", "</3/0>"] +
                        [f"</16/{i}>" for i in sorted(self.portfolios)]).encode()

    def register(self):
        path = [(URI_PATH, part) for part in self.location or [b"rd"]]
        query = [f"lt={self.lifetime}"] if self.location else self.greeting()
        options = path + [(CONTENT_FORMAT, bytes([LINKS]))] + [(URI_QUERY, item.encode()) for item in query]
        self.send(encode(CON, 2, self.next_id(), self.register_token, options, self.links()))

    def greeting(self):
        version = "1.0" if "lwm2m-1.0" in self.odd else "1.1"
        return [f"ep={ENDPOINT}", f"lt={self.lifetime}", f"lwm2m={version}", "b=U"]

    # --- what is there

    def resource(self, path):
        """The values below PATH: of an object or instance a dict of dicts."""
        other = {1: {0: {0: 101, 1: self.lifetime, 6: 0, 7: "U"}}, 3: {0: {0: "Maker", 1: "Odd", 11: {0: 0}}}}
        tree = {**other, 16: {i: portfolio.resources() for i, portfolio in self.portfolios.items()}}
        for part in path:
            if not isinstance(tree, dict) or part not in tree:
                raise Refused(404)
            tree = tree[part]
        return tree

    def encode_resources(self, resources):
        out = b""
        for ident, value in sorted(resources.items()):
            if isinstance(value, dict):
                out += tlv(SEVERAL, ident, b"".join(tlv(ITEM, i, plain(v)) for i, v in sorted(value.items())))
            else:
                out += tlv(RESOURCE, ident, plain(value))
        return out

    def content(self, path, accept):
        """Format and payload of PATH."""
        if path[:1] == (16,) and len(path) >= 3 and path[2] == 1:
            raise Refused(405 if path[1] in self.portfolios else 404)
        found = self.resource(path)
        is_single = len(path) > 2 and not isinstance(found, dict)
        accept = (TEXT if is_single else TLV) if accept is None else accept
        if accept == TEXT and is_single and not isinstance(found, bytes):
            payload = str(found).encode()
        elif accept != TLV:
            raise Refused(406)
        elif len(path) == 1:
            payload = b"".join(tlv(INSTANCE, i, self.encode_resources(r)) for i, r in sorted(found.items()))
        elif len(path) == 2:
            payload = self.encode_resources(found)
        elif len(path) == 3:
            payload = self.encode_resources({path[2]: found})
        else:
            payload = tlv(ITEM, path[3], plain(found))
        return accept, payload

    def consume(self, path, is_read):
        """What left with the content of PATH is gone."""
        is_all = len(path) < 3
        if path[0] != 16 or not (is_all or path[2] == 2):
            return
        for portfolio in self.portfolios.values():
            if len(path) > 1 and portfolio.number != path[1]:
                continue
            leaves = portfolio.status == 2 and path[2:] == (2,) and is_read
            leaves = leaves and "keeps-error" not in self.odd
            if portfolio.data is not None or leaves:
                portfolio.data = None
                self.set_status(portfolio, 0)

    def discover(self, path):
        if path[:1] == (16,) and len(path) >= 3 and path[2] == 1:
            found = {}
        else:
            found = self.resource(path)
        deeper = [path + (i,) for i in sorted(found)] if isinstance(found, dict) and len(path) in (1, 2) else []
        if path[0] == 16 and len(path) == 1:
            deeper = [p for i in deeper for p in [i] + [i + (r,) for r in range(4)]]
        elif path[0] == 16 and len(path) == 2:
            deeper = [path + (r,) for r in range(4)]
        links = []
        for at in [path] + deeper:
            dim = f";dim={len(self.portfolios[at[1]].identities)}" if at[0] == 16 and at[2:] == (0,) else ""
            own = "".join(f";{name}={value}" for name, value in self.attributes.get(at, {}).items())
            links.append("</" + "/".join(map(str, at)) + ">" + dim + (own if len(path) > 1 else ""))
        return ",".join(links).encode()

    # --- GetAuthData

    def set_status(self, portfolio, status):
        if portfolio.status != status:
            portfolio.status = status
            self.change((16, portfolio.number, 3))

    def arguments(self, text):
        """By their digits; None when it is no list."""
        found_all = {}
        for part in text.split(","):
            found = re.fullmatch(r"([0-9])(?:='([!#-&(-\[\]-~]*)')?", part)
            if not found or int(found[1]) in found_all:
                return None
            found_all[int(found[1])] = found[2] or ""
        return found_all

    def trigger(self, text):
        """Registration Update Trigger."""
        if text and self.arguments(text) is None and "deaf-execute" not in self.odd:
            raise Refused(400)
        self.was_told = False

    def execute(self, portfolio, text):
        request = self.arguments(text)
        try:
            wanted = int(request[0]), int(request[1]), int(request[2], 0), int(request.get(3, "0"))
            fits = "x" not in request[1] and wanted[0] in (0, 1) and 0 <= wanted[1] < 65535 and 0 <= wanted[3] < 65535
            fits = fits and re.fullmatch(r"-?[0-9]+|0x[0-9a-fA-F]{1,16}", request[2]) is not None
            fits = fits and -2**63 <= wanted[2] < 2 ** (64 if "x" in request[2] else 63)
        except (KeyError, TypeError, ValueError):
            wanted, fits = None, False
        fits = fits and ("demands-argument" not in self.odd or 4 in request)
        if not fits and "late-refusal" not in self.odd:
            raise Refused(400)
        portfolio.data = None
        self.set_status(portfolio, 0)
        portfolio.request, portfolio.due = wanted if fits else (), time.monotonic() + LATENCY

    def deliver(self, portfolio):
        request, portfolio.request = portfolio.request, None
        service, identity, challenge, index = request or (1, 0, 0, 0)
        key = key_of(portfolio.number, index)
        is_there = identity in portfolio.identities or "signs-removed" in self.odd
        if service or key is None or identity not in portfolio.hashes or not is_there:
            self.set_status(portfolio, 2)
            return
        octets = (octets_of(challenge) or b"\0") if challenge >= 0 else challenge.to_bytes(8, "big", signed=True)
        portfolio.data = hmac.new(key, portfolio.hashes[identity] + octets, "sha256").digest()
        portfolio.status = 1
        self.change((16, portfolio.number, 3))
        self.change((16, portfolio.number, 2))

    def change(self, path):
        for observation in self.observations.values():
            observation.is_due = observation.is_due or observation.is_touched(path)

    def period(self, path, name):
        """As set here or above, in seconds; NAME is pmin or pmax."""
        for depth in range(len(path), 0, -1):
            if name in self.attributes.get(path[:depth], {}):
                return int(self.attributes[path[:depth]][name])
        return 0

    def is_time(self, observation):
        silent = time.monotonic() - observation.told
        longest = self.period(observation.path, "pmax")
        is_due = observation.is_due or 0 < longest <= silent
        return is_due and silent >= self.period(observation.path, "pmin")

    def notify(self):
        """All that is due tells the same; AuthData that left by it is gone then."""
        due = [(token, o) for token, o in self.observations.items() if self.is_time(o)]
        due.sort(key=lambda item: (item[1].path[2:3] == (2,)) != ("data-first" in self.odd))
        for token, observation in due:
            observation.is_due, observation.told = False, time.monotonic()
            if "data-first" in self.odd and observation.path[2:3] == (3,):
                self.consume_all(due)
            self.tell(token, observation)
        self.consume_all(due)

    def consume_all(self, due):
        for _, observation in due:
            self.consume(observation.path, False)

    def tell(self, token, observation):
        path = observation.path
        if path[2:3] == (2,) and self.portfolios[path[1]].data is None:
            return
        observation.sequence += 1
        form, payload = self.content(path, observation.form)
        message_id = self.next_id()
        self.notified[message_id] = token
        options = [(OBSERVE, octets_of(observation.sequence)), (CONTENT_FORMAT, octets_of(form))]
        delay = 0.03 if "separate" in self.odd else 0  # never before the answer that begins it
        self.send(encode(CON, code_octet(205), message_id, token, options, payload), delay)

    # --- writes

    def write(self, path, message):
        if path == (1, 0, 1) and message.one(CONTENT_FORMAT) == TLV:
            _, _, octets = next(read_tlv(message.payload))
            self.lifetime, self.was_told = number(octets), False
            return
        if path[0] != 16 or len(path) < 2 or (len(path) > 2 and path[2] != 0):
            self.resource(path[:2])
            raise Refused(405)
        if path[1] not in self.portfolios:
            raise Refused(404)
        portfolio = self.portfolios[path[1]]
        form = message.one(CONTENT_FORMAT) or TEXT
        if form not in (TEXT, TLV):
            raise Refused(415)
        if len(path) == 4 and path[3] not in portfolio.identities and "refuses-creation" in self.odd:
            raise Refused(404)
        try:
            new = self.written(path, form, message.payload)
        except UnicodeDecodeError as error:
            raise Refused(400) from error
        if len(path) < 4 and message.code == 3:
            portfolio.identities = {}
        portfolio.identities.update(new)
        self.change((16, path[1], 0))

    def written(self, path, form, payload):
        if form == TEXT:
            if len(path) != 4:
                raise Refused(400)
            return {path[3]: payload.decode()}
        items = list(read_tlv(payload))
        if len(path) == 2 or (len(path) == 3 and [i[0] for i in items] == [SEVERAL]):
            if any(kind != SEVERAL or ident != 0 for kind, ident, _ in items):
                raise Refused(405 if len(path) == 2 and any(i[1] in (1, 2, 3) for i in items) else 400)
            items = [item for _, _, value in items for item in read_tlv(value)]
        if any(kind != ITEM for kind, _, _ in items) or len({i[1] for i in items}) != len(items):
            raise Refused(400)
        if len(path) == 4 and [item[1] for item in items] != [path[3]]:
            raise Refused(400)
        return {ident: value.decode() for _, ident, value in items}

    def create(self, message):
        items = list(read_tlv(message.payload))
        ident = next(i for i in range(100) if i not in self.portfolios)
        body = message.payload
        if items and items[0][0] == INSTANCE:
            ident, body = items[0][1], items[0][2]
        if ident in self.portfolios:
            raise Refused(400)
        self.portfolios[ident] = Portfolio(ident, self.written((16, ident), TLV, body), False, self.odd)
        self.was_told = False
        return 201, [(LOCATION_PATH, b"16"), (LOCATION_PATH, str(ident).encode())], b""

    # --- requests

    def observe(self, path, message):
        wanted = message.one(OBSERVE)
        if wanted is not None:
            self.observations = {t: o for t, o in self.observations.items() if o.path != path}
        form, payload = self.content(path, message.one(ACCEPT))
        options = [(CONTENT_FORMAT, octets_of(form))]
        if wanted == 0:
            self.observations[message.token] = Observation(path, form)
            options.append((OBSERVE, b"\2"))
        self.consume(path, True)
        return 205, options, payload

    def set_attributes(self, path, queries):
        self.discover(path)
        for query in queries:
            name, _, value = query.partition("=")
            if value and not re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
                raise Refused(400)
            if ("=" in query and not value) or (name not in ("pmin", "pmax") and path[2:] != (3,)):
                raise Refused(400)
        for query in queries:
            name, _, value = query.partition("=")
            self.attributes.setdefault(path, {})[name] = value
            if not value:
                del self.attributes[path][name]
        return 204, [], b""

    def answer(self, message):
        if any(name & 1 and name not in KNOWN for name, _ in message.options) or len(message.all(ACCEPT)) > 1:
            raise Refused(402)
        for block in message.all(BLOCK1):
            if number(block) & 7 == 7:
                raise Refused(400)
        if message.all(PROXY_URI):
            raise Refused(505)
        parts = [part.decode() for part in message.all(URI_PATH)]
        if message.code not in (1, 2, 3, 4) or not parts:
            raise Refused(405)
        if not all(part.isdigit() for part in parts):
            raise Refused(404)
        path, queries = tuple(map(int, parts)), [query.decode() for query in message.all(URI_QUERY)]
        if path[0] == 0:
            raise Refused(401)
        if message.code == 2 and path == (1, 0, 8):
            self.trigger(message.payload.decode())
            return 204, [], b""
        if message.code == 1 and message.one(ACCEPT) == LINKS:
            return 205, [(CONTENT_FORMAT, bytes([LINKS]))], self.discover(path)
        if message.code == 1:
            return self.observe(path, message)
        if message.code == 3 and not message.payload and message.one(CONTENT_FORMAT) is None and queries:
            return self.set_attributes(path, queries)
        if message.code == 2 and path[:1] == (16,) and path[2:] == (1,) and path[1] in self.portfolios:
            if (message.one(CONTENT_FORMAT) or TEXT) != TEXT:
                raise Refused(415)
            self.execute(self.portfolios[path[1]], message.payload.decode())
            return 204, [], b""
        if message.code == 2 and path == (16,):
            return self.create(message)
        if message.code == 4:
            if path[:1] != (16,) or len(path) != 2 or path[1] not in self.portfolios:
                raise Refused(404 if path[:1] == (16,) else 405)
            del self.portfolios[path[1]]
            self.attributes = {at: a for at, a in self.attributes.items() if at[:2] != path}
            self.observations = {t: o for t, o in self.observations.items() if o.path[:2] != path}
            self.was_told = False
            return 202, [], b""
        self.write(path, message)
        return 204, [], b""

    # --- faults

    def spoils(self, message):
        """Answers MESSAGE as no device may; false when it is to be answered well."""
        path = tuple(int(part) for part in message.all(URI_PATH) if part.isdigit())
        if not self.odd & (set(FAULTS) - {"repetition-ignored"}) or not ("always" in self.odd or (message.code == 1 and path == SPOILT)):
            return False
        other, content = bytes([octet ^ 0xFF for octet in message.token]), code_octet(205)
        good = encode(ACK, content, message.id, message.token, [(CONTENT_FORMAT, b"")], b"Acme")
        if "malformed-ack" in self.odd:
            self.send(encode(ACK, content, message.id, message.token) + b"\xff")
        if "garbage" in self.odd:
            self.send(b"\x00\x01garbage")
        if "other-token" in self.odd:
            self.send(encode(ACK, content, message.id, other, [(CONTENT_FORMAT, b"")], b"Acme"))
        if "other-token-separate" in self.odd:
            self.send(encode(ACK, 0, message.id))
            self.send(encode(CON, content, self.next_id(), other, [(CONTENT_FORMAT, b"")], b"Acme"))
        if "reset" in self.odd:
            self.send(encode(RST, 0, message.id))
        if "unknown-option" in self.odd:
            self.send(encode(ACK, content, message.id, message.token, [(65001, b"")], good[-4:]))
        return True

    def reply(self, message):
        if self.spoils(message):
            return
        if message.id in self.answers and message.kind == CON:
            for datagram in [] if "repetition-ignored" in self.odd else self.answers[message.id]:
                self.send(datagram)
            return
        try:
            code, options, payload = self.answer(message)
        except Refused as refused:
            code, options, payload = refused.code, [], b""
        code = code_octet(code)
        if message.kind == NON:
            self.send(encode(NON, code, self.next_id(), message.token, options, payload))
        elif "separate" in self.odd:
            acknowledgement = encode(ACK, 0, message.id)
            self.send(acknowledgement)
            self.answers[message.id] = [acknowledgement]
            datagram = encode(CON, code, self.next_id(), message.token, options, payload)
            for copy in range(2 if "twice" in self.odd else 1):
                self.send(datagram, 0.03 + 0.01 * copy)
        else:
            datagram = encode(ACK, code, message.id, message.token, options, payload)
            self.send(datagram)
            self.answers[message.id] = [datagram]

    def take(self, octets):
        try:
            message = Message(octets)
        except (IndexError, ValueError):
            return
        if message.kind == RST:
            self.observations.pop(self.notified.get(message.id), None)
        elif 0 < message.code < 32 and message.kind in (CON, NON):
            self.reply(message)
        elif message.code >= 64 and message.token == self.register_token:
            self.location = message.all(LOCATION_PATH) or self.location
            if message.kind == CON:
                self.send(encode(ACK, 0, message.id))
        elif message.kind == CON:
            self.send(encode(RST, 0, message.id))

    def turn(self):
        now = time.monotonic()
        for portfolio in list(self.portfolios.values()):
            if portfolio.request is not None and portfolio.due <= now:
                self.deliver(portfolio)
        self.notify()
        due = [item for item in self.pending if item[0] <= now]
        self.pending = [item for item in self.pending if item[0] > now]
        for _, datagram in sorted(due, key=lambda item: item[0]):
            self.socket.sendto(datagram, self.server)
        if not self.was_told:
            self.was_told = True
            self.register()
        if select.select([self.socket], [], [], 0.005)[0]:
            self.take(self.socket.recv(65536))


def main():
    if len(sys.argv) < 2 or set(sys.argv[2:]) - set(LATITUDES) - set(FAULTS):
        sys.exit(__doc__ + "".join(f"  {name}: {text}\n" for name, text in {**LATITUDES, **FAULTS}.items()))
    host, port = sys.argv[1].removeprefix("coap://").rsplit(":", 1)
    device = Device((host, int(port)), set(sys.argv[2:]))
    device.register()
    until = time.monotonic() + LIVES
    while time.monotonic() < until:
        device.turn()


main()
