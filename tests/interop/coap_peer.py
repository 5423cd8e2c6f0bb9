#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server and a device on aiocoap, which shares no code with libcoap.

coap_peer.py server URI    waits for one device, asks it all kinds of things, prints what is wrong
coap_peer.py device URI    registers with a server and serves it until a line comes on standard input
coap_peer.py stranger URI  says to a server what no device should, and looks at the answers

Last line: N passed, N failed. A device prints "registered" once it is.
"""
import asyncio
import json
import sys
import traceback

import aiocoap
from aiocoap import resource
from aiocoap.numbers import codes
from aiocoap.optiontypes import OpaqueOption

TEXT, LINK, OPAQUE, TLV, SENML_JSON = 0, 40, 42, 11542, 110
LIMIT = 30  # s, for everything that is waited for
passed = failed = 0


def check(what, good, seen=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAILED: %s%s" % (what, ": %s" % (seen,) if seen != "" else ""), flush=True)


def finish():
    print("%d passed, %d failed" % (passed, failed), flush=True)
    return 1 if failed or not passed else 0


def tlv(kind, number, value):
    """A TLV of OMA TS 1.0, 6.4.3, with an identifier of one octet and an explicit length."""
    head = [kind << 6 | 1 << 3, number, len(value)] if len(value) > 7 else [kind << 6 | len(value), number]
    if len(value) > 255:
        head = [kind << 6 | 2 << 3, number, len(value) >> 8, len(value) & 255]
    return bytes(head) + value


def untlv(octets):
    """Reads the same back: (kind, number, value) each."""
    while octets:
        kind, wide, size = octets[0] >> 6, octets[0] >> 5 & 1, octets[0] >> 3 & 3
        number = int.from_bytes(octets[1:2 + wide], "big")
        at = 2 + wide
        length = octets[0] & 7 if size == 0 else int.from_bytes(octets[at:at + size], "big")
        at += size
        yield kind, number, octets[at:at + length]
        octets = octets[at + length:]


# --- a server ---------------------------------------------------------------------------------


class Directory(resource.Resource):
    """/rd: takes the first device."""

    def __init__(self):
        super().__init__()
        self.registered = asyncio.get_running_loop().create_future()

    async def render_post(self, request):
        if not self.registered.done():
            self.registered.set_result(request)
        answer = aiocoap.Message(code=codes.CREATED)
        answer.opt.location_path = ("rd", "aio1")
        return answer


class Location(resource.Resource):
    """/rd/aio1: Update and De-register."""

    def __init__(self):
        super().__init__()
        self.updates = 0
        self.left = asyncio.get_running_loop().create_future()

    async def render_post(self, request):
        self.updates += 1
        return aiocoap.Message(code=codes.CHANGED)

    async def render_delete(self, request):
        if not self.left.done():
            self.left.set_result(True)
        return aiocoap.Message(code=codes.DELETED)


class Asker:
    def __init__(self, context, remote):
        self.context, self.remote = context, remote

    def message(self, code, path, payload=b"", format=None, accept=None):
        message = aiocoap.Message(code=code, payload=payload)
        message.opt.uri_path = tuple(path.strip("/").split("/")) if path != "/" else ()
        if format is not None:
            message.opt.content_format = format
        if accept is not None:
            message.opt.accept = accept
        message.remote = self.remote
        return message

    async def send(self, message, blockwise=True):
        request = self.context.request(message, handle_blockwise=blockwise)
        return await asyncio.wait_for(request.response, LIMIT)

    async def ask(self, code, path, payload=b"", format=None, accept=None):
        return await self.send(self.message(code, path, payload, format, accept))


def is_code(answer, code):
    return str(answer.code).startswith(code)


async def ask_for_values(asker):
    answer = await asker.ask(aiocoap.GET, "/16/0/0/1")
    check("Read of a resource instance", is_code(answer, "2.05") and answer.payload == b"Acme Motors", answer.payload)
    check("its format", answer.opt.content_format == TEXT, answer.opt.content_format)
    answer = await asker.ask(aiocoap.GET, "/16/0", accept=TLV)
    check("Read of an instance as TLV", is_code(answer, "2.05") and answer.opt.content_format == TLV, answer.code)
    rows = {number: (kind, value) for kind, number, value in untlv(answer.payload)}
    check("Identity is a multiple resource", rows[0][0] == 2, rows)
    identities = {number: value for _, number, value in untlv(rows[0][1])}
    check("and its first instance", identities[0] == b"WVX0123456789", identities)
    check("AuthStatus is an integer", rows[3] == (3, b"\0"), rows)
    answer = await asker.ask(aiocoap.GET, "/16", accept=SENML_JSON)
    check("Read of an object as SenML JSON", is_code(answer, "2.05"), answer.code)
    records = json.loads(answer.payload)
    names, base = {}, ""
    for record in records:
        base = record.get("bn", base)
        names[base + record.get("n", "")] = record
    check("its records", names.get("/16/0/0/0", {}).get("vs") == "WVX0123456789", records)
    answer = await asker.ask(aiocoap.GET, "/16/0", accept=LINK)
    check("Discover", is_code(answer, "2.05") and b"</16/0/0>;dim=" in answer.payload.replace(b"/>", b">"), answer.payload)


async def ask_for_changes(asker):
    answer = await asker.ask(aiocoap.PUT, "/16/0/0/3", b"2.0", TEXT)
    check("Write", is_code(answer, "2.04"), answer.code)
    answer = await asker.ask(aiocoap.GET, "/16/0/0/3")
    check("what was written", answer.payload == b"2.0", answer.payload)
    answer = await asker.ask(aiocoap.POST, "/16", tlv(0, 5, tlv(2, 0, tlv(1, 0, b"new"))), TLV)
    check("Create", is_code(answer, "2.01"), answer.code)
    answer = await asker.ask(aiocoap.GET, "/16/5/0/0")
    check("what was created", answer.payload == b"new", answer.payload)
    answer = await asker.ask(aiocoap.DELETE, "/16/5")
    check("Delete", is_code(answer, "2.02"), answer.code)
    answer = await asker.ask(aiocoap.GET, "/16/5/0/0")
    check("what was deleted", is_code(answer, "4.04"), answer.code)
    answer = await asker.ask(aiocoap.FETCH, "/", json.dumps([{"n": "/3/0/0"}, {"n": "/16/0/3"}]).encode(), SENML_JSON,
                             SENML_JSON)
    check("Read-Composite", is_code(answer, "2.05") and len(json.loads(answer.payload)) == 2, answer.payload)


async def ask_in_blocks(asker):
    long = ("0123456789abcdef" * 160).encode()
    answer = await asker.ask(aiocoap.PUT, "/16/0/0/2", long, TEXT)
    check("a Write in blocks", is_code(answer, "2.04"), answer.code)
    answer = await asker.ask(aiocoap.GET, "/16/0/0/2")
    check("a Read in blocks", is_code(answer, "2.05") and answer.payload == long, len(answer.payload))
    small = asker.message(aiocoap.GET, "/16/0/0/2")
    small.opt.block2 = (0, False, 1)
    answer = await asker.send(small)
    check("a Read in small blocks", answer.payload == long, len(answer.payload))
    late = asker.message(aiocoap.PUT, "/16/0/0/2", b"x" * 16, TEXT)
    late.opt.block1 = (3, True, 0)
    answer = await asker.send(late, blockwise=False)
    check("blocks without a beginning", is_code(answer, "4.08"), answer.code)
    beyond = asker.message(aiocoap.GET, "/16/0/0/2")
    beyond.opt.block2 = (1000, False, 6)
    answer = await asker.send(beyond, blockwise=False)
    check("a block beyond the end", is_code(answer, "4.0"), answer.code)
    answer = await asker.ask(aiocoap.PUT, "/16/0/0/2", b"Roadster", TEXT)
    check("a short Write again", is_code(answer, "2.04"), answer.code)


async def observe(asker):
    message = asker.message(aiocoap.GET, "/16/0/3")
    message.opt.observe = 0
    request = asker.context.request(message)
    answer = await asyncio.wait_for(request.response, LIMIT)
    check("Observe", is_code(answer, "2.05") and answer.payload == b"0" and answer.opt.observe is not None, answer)
    seen = asyncio.Queue()

    async def listen():
        async for notified in request.observation:
            seen.put_nowait(notified)

    listener = asyncio.get_running_loop().create_task(listen())
    answer = await asker.ask(aiocoap.POST, "/16/0/1", b"0='0',1='0',2='77'", TEXT)
    check("Execute", is_code(answer, "2.04"), answer.code)
    states = []
    while b"1" not in states:
        states.append((await asyncio.wait_for(seen.get(), LIMIT)).payload)
    check("AUTH_DATA is notified", states[-1] == b"1", states)
    answer = await asker.ask(aiocoap.GET, "/16/0/2/0")
    check("AuthData is read", is_code(answer, "2.05") and len(answer.payload) >= 16, answer)
    states.append((await asyncio.wait_for(seen.get(), LIMIT)).payload)
    check("and reset by that", states[-1] == b"0", states)
    # aiocoap answers what it has forgotten with Reset.
    request.observation.cancel()
    listener.cancel()
    answer = await asker.ask(aiocoap.POST, "/16/0/1", b"0='0',1='0',2='78'", TEXT)
    check("Execute again", is_code(answer, "2.04"), answer.code)
    answer = await asker.ask(aiocoap.GET, "/16/0/3")
    check("nothing is notified any more", seen.empty(), answer.code)


async def ask_wrongly(asker):
    for what, arguments, code in (
        ("an unknown path", (aiocoap.GET, "/16/0/9"), "4.04"),
        ("a path that is none", (aiocoap.GET, "/sixteen/0"), "4.0"),
        ("an Accept that nobody has", (aiocoap.GET, "/16/0", b"", None, 4711), "4.06"),
        ("a format that nobody has", (aiocoap.PUT, "/16/0/0/3", b"x", 4711), "4.15"),
        ("TLV that breaks off", (aiocoap.PUT, "/16/0", b"\xc8\x00\x14x", TLV), "4.00"),
        ("SenML that breaks off", (aiocoap.PUT, "/16/0", b'[{"n":"/16/0/0/3","vs":"', SENML_JSON), "4.00"),
        ("no UTF-8", (aiocoap.PUT, "/16/0/0/3", b"\xff\xfe", TEXT), "4.00"),
        ("arguments that are none", (aiocoap.POST, "/16/0/1", b"0='", TEXT), "4.00"),
        ("a Write to what can only be read", (aiocoap.PUT, "/16/0/3", b"1", TEXT), "4.05"),
        ("a Read of what can only be executed", (aiocoap.GET, "/16/0/1"), "4.05"),
        ("a Read of the Security object", (aiocoap.GET, "/0/0"), "4.01"),
    ):
        answer = await asker.ask(*arguments)
        check(what, is_code(answer, code), answer.code)
    critical = asker.message(aiocoap.GET, "/16/0/0/1")
    critical.opt.add_option(OpaqueOption(9, b"x"))
    answer = await asker.send(critical, blockwise=False)
    check("an unknown critical option", is_code(answer, "4.02"), answer.code)
    answer = await asker.ask(aiocoap.GET, "/16/0/0/1")
    check("all is as it was", answer.payload == b"Acme Motors", answer.payload)


def transports(uri, of_server):
    """What aiocoap calls them, and what it binds to."""
    address = uri.split("://")[1].split(":")
    bind = (address[0], int(address[1]) if of_server else 0)
    if not uri.startswith("coap+tcp:"):
        return {"bind": bind}
    return {"bind": bind, "transports": ["tcpserver" if of_server else "tcpclient"]}


async def serve(uri):
    directory, location = Directory(), Location()
    site = resource.Site()
    site.add_resource(["rd"], directory)
    site.add_resource(["rd", "aio1"], location)
    context = await aiocoap.Context.create_server_context(site, **transports(uri, True))
    print(uri, flush=True)
    request = await asyncio.wait_for(directory.registered, LIMIT)
    check("Register names the device", "ep=urn:dev:vehicle-0001" in request.opt.uri_query, request.opt.uri_query)
    check("and its format", request.opt.content_format == LINK, request.opt.content_format)
    check("and its objects", b"</16/0>" in request.payload and b"</0" not in request.payload, request.payload)
    asker = Asker(context, request.remote)
    for part in (ask_for_values, ask_for_changes, ask_in_blocks, observe, ask_wrongly):
        await part(asker)
    check("an Update came for the new and the deleted instance", location.updates >= 1, location.updates)
    print("asked", flush=True)
    await asyncio.wait_for(location.left, LIMIT)
    check("De-register", True)
    await context.shutdown()


# --- a device -----------------------------------------------------------------------------------


class Value(resource.ObservableResource):
    """A resource as text; as a PUT changes it, it is notified."""

    def __init__(self, text):
        super().__init__()
        self.text = text

    async def render_get(self, request):
        return aiocoap.Message(code=codes.CONTENT, payload=self.text, content_format=TEXT)

    async def render_put(self, request):
        self.text = request.payload
        self.updated_state()
        return aiocoap.Message(code=codes.CHANGED)


class Instance(resource.Resource):
    """/16/0 as TLV, long enough for many blocks."""

    async def render_get(self, request):
        if request.opt.accept not in (None, TLV):
            return aiocoap.Message(code=codes.NOT_ACCEPTABLE)
        rows = b"".join(tlv(1, i, b"identity %d " % i + b"." * 1000) for i in range(4))
        head = bytes([2 << 6 | 2 << 3, 0]) + len(rows).to_bytes(2, "big")
        return aiocoap.Message(code=codes.CONTENT, payload=head + rows + tlv(3, 3, b"\0"), content_format=TLV)


class Broken(resource.Resource):
    """Answers with what is no TLV."""

    async def render_get(self, request):
        return aiocoap.Message(code=codes.CONTENT, payload=b"\xc8\x00\x14x", content_format=TLV)


class Trigger(resource.Resource):
    def __init__(self, told):
        super().__init__()
        self.told = told

    async def render_post(self, request):
        self.told.text = request.payload
        self.told.updated_state()
        return aiocoap.Message(code=codes.CHANGED)


async def post(context, uri, payload=b"", format=None, code=aiocoap.POST):
    message = aiocoap.Message(code=code, uri=uri, payload=payload)
    if format is not None:
        message.opt.content_format = format
    return await asyncio.wait_for(context.request(message).response, LIMIT)


async def say_wrong_things(context, uri):
    for what, query, payload, format, code in (
        ("no name", "lt=60", b"</3/0>", LINK, "4.00"),
        ("a lifetime that is none", "ep=aio&lt=soon", b"</3/0>", LINK, "4.00"),
        ("links that are none", "ep=aio&lt=60", b"</3/0", LINK, "4.00"),
        ("a list that is text", "ep=aio&lt=60", b"</3/0>", TEXT, "4.15"),
        ("a version that nobody has", "ep=aio&lt=60&lwm2m=7.0", b"</3/0>", LINK, "4.12"),
    ):
        answer = await post(context, "%s/rd?%s" % (uri, query), payload, format)
        check("Register with " + what, is_code(answer, code), answer.code)
    answer = await post(context, uri + "/rd/nobody?lt=60")
    check("an Update of nobody", is_code(answer, "4.04"), answer.code)
    answer = await post(context, uri + "/rd/nobody", code=aiocoap.DELETE)
    check("a De-register of nobody", is_code(answer, "4.04"), answer.code)
    answer = await post(context, uri + "/3/0", code=aiocoap.GET)
    check("a Read of the server", is_code(answer, "4.0"), answer.code)


async def be_device(uri):
    site = resource.Site()
    status = Value(b"0")
    site.add_resource(["3", "0", "0"], Value(b"aiocoap"))
    site.add_resource(["16", "0"], Instance())
    site.add_resource(["16", "1"], Broken())
    site.add_resource(["16", "0", "0", "0"], Value(b"first"))
    site.add_resource(["16", "0", "1"], Trigger(status))
    site.add_resource(["16", "0", "3"], status)
    context = await aiocoap.Context.create_server_context(site, **transports(uri, False))
    # Before it knows what the other end of a TCP connection takes, aiocoap begins with blocks of the size
    # that RFC 8323 keeps for those who said so.
    answer = await post(context, uri + "/rd/nobody", code=aiocoap.DELETE)
    check("a De-register before any Register", is_code(answer, "4.04"), answer.code)
    # A Register whose list comes in blocks.
    links = ",".join(["</3/0>", "</16/0>", "</16/1>"] + ["</4711/%d>" % i for i in range(300)]).encode()
    answer = await post(context, uri + "/rd?ep=aio&lt=60&lwm2m=1.0&b=U", links, LINK)
    location = "/".join(answer.opt.location_path)
    check("Register", is_code(answer, "2.01") and location.startswith("rd/"), answer.code)
    answer = await post(context, "%s/%s?lt=120" % (uri, location))
    check("Update", is_code(answer, "2.04"), answer.code)
    print("registered", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    answer = await post(context, "%s/%s" % (uri, location), code=aiocoap.DELETE)
    check("De-register", is_code(answer, "2.02"), answer.code)
    await context.shutdown()


async def be_stranger(uri):
    context = await aiocoap.Context.create_client_context()
    await say_wrong_things(context, uri)
    await context.shutdown()


def main():
    roles = {"server": serve, "device": be_device, "stranger": be_stranger}
    try:
        asyncio.run(roles[sys.argv[1]](sys.argv[2]))
    except asyncio.TimeoutError:
        traceback.print_exc()
        check("an answer in %d s" % LIMIT, False)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
