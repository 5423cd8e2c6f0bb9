# SPDX-License-Identifier: Apache-2.0
# An adapter for our own device as somebody else's: what is asked for goes to its standard input (a
# FIFO), and is done once its JSON events tell so. Usage: device_adapter.py FIFO EVENTS [WORDS...]
import json
import os
import sys
import time

fifo, events = sys.argv[1:3]
known = sys.argv[3:] or ["register", "update", "deregister", "restart", "set", "send", "component-delay",
                         "component-fail-next", "component-fail", "component-hang", "component-forge", "component-ok",
                         "component-provision"]


def answers():
    with open(events, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if '"event":"answer"' in line and line.endswith("\n")]


def literal(request):
    value = request["value"]
    return json.dumps(value, ensure_ascii=False).replace("$", "\\$") if request["type"] == "string" else str(value)


def line_of(request):
    what = request["what"]
    words = what.replace("-", " ", 1) if what.startswith("component-") else what
    words = words.replace("fail-next", "fail next")
    if what == "set":
        return f"set {request['path']} {literal(request)}"
    if what == "send":
        return "send " + " ".join(request["paths"])
    if what == "component-delay":
        return f"{words} {request['duration']}ms"
    if what == "component-provision":
        return f"{words} {request['path']}"
    return words


def stimulate(request):
    before = len(answers())
    device = os.open(fifo, os.O_RDWR)
    os.write(device, (line_of(request) + "\n").encode())
    os.close(device)
    for _ in range(1000):
        new = answers()[before:]
        if new:
            # A device that its server has muted does as it is told, and sends nothing.
            if new[0]["ok"] or (request["what"] == "send" and "muted" in new[0]["text"]):
                return {"ok": True, "text": new[0]["text"]}
            return {"error": "failed", "text": new[0]["text"]}
        time.sleep(0.005)
    return {"error": "timeout", "text": "the device does not answer its console"}


for text in sys.stdin:
    asked = json.loads(text)
    if asked["do"] == "hello":
        reply = {"protocol": 1, "name": "console", "version": "1", "can": known}
    elif asked["do"] == "stimulate" and asked["what"] in known:
        reply = stimulate(asked)
    else:
        reply = {"error": "unsupported", "text": "the console has no word for this"}
    print(json.dumps({"id": asked["id"], **reply}), flush=True)
