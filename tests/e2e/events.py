#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges a stream or trace of JSON events: events.py FILE [KIND...], or names all kinds: events.py --kinds.

Every line must be one object of the documented form, and every KIND must occur. Prints what is wrong.
"""
import json
import re
import sys
import time

MESSAGE = {"side": str, "peer": str, "direction": str, "type": str, "message_id": int}
NEEDS = {
    "request": {**MESSAGE, "code": str},
    "response": {**MESSAGE, "code": str},
    "notification": {**MESSAGE, "code": str, "token": str, "observe": int, "path": str},
    "reset": MESSAGE,
    "malformed": {"side": str, "peer": str, "direction": str, "payload_hex": str, "payload_len": int, "text": str},
    "secured": {"side": str, "peer": str, "suite": str, "text": str},
    "bootstrap": {"side": str},
    "unsecured": {"side": str, "peer": str, "text": str},
    "registered": {"side": str, "text": str},
    "updated": {"side": str},
    "deregistered": {"side": str},
    "state": {"side": str, "path": str, "from": str, "to": str},
    "warning": {"text": str},
    "error": {"text": str},
    "info": {"text": str},
    "answer": {"line": int, "input": str, "ok": bool},
    "notify": {"endpoint": str, "path": str, "text": str},
}
MAY_BE = {"query": str, "format": int, "accept": int, "observe": int, "payload_len": int,
          "payload_hex": str, "payload_text": str, "path": str, "text": str, "peer": str, "token": str, "code": str,
          "error": str, "side": str, "identity": str}


def no_twins(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name twice: %s" % names)
    return dict(pairs)


def problems(event, before):
    kind = event.get("event")
    if event.get("version") != 1:
        yield "version is %r" % event.get("version")
    if kind not in NEEDS:
        yield "kind is %r" % kind
        return
    utc = event.get("utc_ms")
    if not isinstance(utc, int) or abs(utc - time.time() * 1000) > 3600e3:
        yield "utc_ms is %r" % utc
    elif utc < before:
        yield "utc_ms goes back"
    for name, form in NEEDS[kind].items():
        if type(event.get(name)) is not form:
            yield "%s is %r" % (name, event.get(name))
    for name in set(event) - set(NEEDS[kind]) - {"version", "event", "utc_ms"}:
        if name not in MAY_BE or type(event[name]) is not MAY_BE[name]:
            yield "nobody knows of %s = %r" % (name, event[name])
    if "side" in event and event["side"] not in ("device", "server"):
        yield "side is %r" % event["side"]
    if "direction" in event and event["direction"] not in ("in", "out"):
        yield "direction is %r" % event["direction"]
    if "type" in event and event["type"] not in ("CON", "NON", "ACK", "RST"):
        yield "type is %r" % event["type"]
    if kind in ("response", "notification") and not re.fullmatch(r"[2-7]\.\d\d", event["code"]):
        yield "code is %r" % event["code"]
    if kind == "request" and event["code"] not in ("GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"):
        yield "method is %r" % event["code"]
    if "payload_hex" in event and len(event["payload_hex"]) != 2 * event["payload_len"]:
        yield "payload_len is %r" % event["payload_len"]
    if kind == "answer" and ("error" in event) == event["ok"]:
        yield "ok is %r, error is %r" % (event["ok"], event.get("error"))


def main(path, *wanted):
    kinds, wrong, before = set(), 0, 0
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    if text and not text.endswith("\n"):
        print("the last line is not whole")
        wrong += 1
    for number, line in enumerate(text.splitlines(), 1):
        try:
            event = json.loads(line, object_pairs_hook=no_twins)
        except ValueError as error:
            print("line %d: %s: %s" % (number, error, line))
            wrong += 1
            continue
        for problem in problems(event, before):
            print("line %d: %s: %s" % (number, problem, line))
            wrong += 1
        before = event.get("utc_ms", before)
        kinds.add(event.get("event"))
    for kind in sorted(set(wanted) - kinds):
        print("no event %s" % kind)
        wrong += 1
    return 1 if wrong else 0


if sys.argv[1:] == ["--kinds"]:
    print("\n".join(sorted(NEEDS)))
    sys.exit()
sys.exit(main(*sys.argv[1:]))
