# SPDX-License-Identifier: Apache-2.0
"""The built-in server behind the REST interface of Leshan's demo server, so that the Leshan adapter can
be used where no Java is: reads, Discover, Execute and observations.

usage: rest_server.py PROGRAM LISTEN [FATAL_PATH]

Prints its address. A request for FATAL_PATH ends it at once.
"""
import http.server
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import urllib.parse

program, listen = sys.argv[1:3]
fatal = sys.argv[3] if len(sys.argv) > 3 else None
adapter = subprocess.Popen([program, "server", "--adapter", "--listen", listen], text=True, bufsize=1,
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
ids = itertools.count(1)
replies = {}
listeners = []
clients = {}
lock = threading.Lock()


def links(text):
    one = lambda link: {"url": link.split(">")[0][1:],
                        "attributes": dict((pair.split("=") + [None])[:2] for pair in link.split(";")[1:])}
    return [one(link) for link in text.split(",")] if text else []


def ask(**request):
    with lock:
        number = next(ids)
        reply = replies[number] = queue.Queue()
        adapter.stdin.write(json.dumps(dict(request, id=number, deadline=5000)) + "\n")
    return reply.get(timeout=10)


# --- values as nodes ------------------------------------------------------------------------------------

def text_of(value):
    if value["type"] in ("integer", "unsigned", "float"):
        return str(value["value"])
    if value["type"] == "time":
        return int(value["value"]) * 1000
    if value["type"] == "objlink":
        return dict(zip(("objectId", "objectInstanceId"), map(int, value["value"].split(":"))))
    return value["value"]


def type_of(value):
    return {"unsigned": "UNSIGNED_INTEGER", "objlink": "OBJLNK"}.get(value["type"], value["type"].upper())


def ids_of(value):
    return [int(step) for step in value["path"].split("/") if step]


def resource(number, values):
    if any(len(ids_of(value)) == 4 for value in values) or "value" not in values[0]:
        known = [value for value in values if "value" in value]
        return {"id": number, "kind": "multiResource", "type": type_of(known[0]) if known else "STRING",
                "values": {str(ids_of(value)[3]): text_of(value) for value in known}}
    return {"id": number, "kind": "singleResource", "type": type_of(values[0]), "value": text_of(values[0])}


def grouped(values, depth, build):
    group = lambda value: ids_of(value)[depth]
    deep = sorted((value for value in values if len(ids_of(value)) > depth), key=group)
    return [build(number, list(some)) for number, some in itertools.groupby(deep, group)]


def instance(number, values):
    return {"id": number, "kind": "instance", "resources": grouped(values, 2, resource)}


def node(path, values):
    steps = [int(step) for step in path.split("/") if step]
    if len(steps) == 4:
        return {"id": steps[3], "kind": "resourceInstance", "type": type_of(values[0]), "value": text_of(values[0])}
    if len(steps) == 3:
        return resource(steps[2], values)
    if len(steps) == 2:
        return instance(steps[1], values)
    return {"id": steps[0], "kind": "obj", "instances": grouped(values, 1, instance)}


# --- what the server tells --------------------------------------------------------------------------------

def hear(event):
    kind, endpoint = event["event"], event.get("endpoint")
    if kind in ("registered", "updated"):
        told = {"endpoint": endpoint, "registrationId": endpoint, "queuemode": event.get("queue", False)}
        for name, other in (("lifetime", "lifetime"), ("bindingMode", "binding"), ("lwM2mVersion", "version")):
            if other in event:
                told[name] = event[other]
        if "links" in event:
            told["objectLinks"] = links(event["links"])
        clients[endpoint] = {**clients.get(endpoint, {}), **told}
        if kind == "registered":
            return "REGISTRATION", clients[endpoint]
        return "UPDATED", {"registration": clients[endpoint], "update": told}
    if kind in ("deregistered", "expired"):
        return "DEREGISTRATION", clients.pop(endpoint, {"endpoint": endpoint})
    if kind == "notify" and "path" in event and "values" in event:
        return "NOTIFICATION", {"ep": endpoint, "kind": "single", "res": event["path"],
                                "val": node(event["path"], event["values"])}
    return None


def read_adapter():
    for line in adapter.stdout:
        message = json.loads(line)
        if "id" in message:
            replies.pop(message["id"]).put(message)
            continue
        told = hear(message)
        for listener in listeners if told else ():
            listener.put(told)
    os._exit(0)


# --- REST ---------------------------------------------------------------------------------------------

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body in one piece

    def log_message(self, *_):
        pass

    def answer(self, status, text, kind="text/plain"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream;charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        events = queue.Queue()
        listeners.append(events)
        while True:
            name, data = events.get()
            self.wfile.write(f"event: {name}\r\ndata: {json.dumps(data)}\r\n\r\n".encode())
            self.wfile.flush()

    def operate(self, endpoint, path, verb, query, **more):
        if "format" in query:
            more["format"] = query["format"].lower().replace("_", "-")
        reply = ask(do=verb, endpoint=endpoint, path=path, **more)
        if "error" in reply:
            status = {"timeout": 504, "unsupported": 400, "invalid": 400}.get(reply["error"], 500)
            self.answer(status, "Request timeout" if status == 504 else reply.get("text", ""))
            return
        content = {"status": f"CODE({reply['code'].replace('.', '')})"}
        if "links" in reply:
            content["objectLinks"] = links(reply["links"])
        elif "values" in reply:
            content["content"] = node(path, reply["values"])
        self.answer(200, json.dumps(content), "application/json")

    def client(self, steps, query, body):
        endpoint, last = urllib.parse.unquote(steps[0]), steps[-1]
        if endpoint not in clients:
            self.answer(400, f"No registered client with id '{endpoint}'")
            return
        words = {("GET", "discover"): "discover", ("POST", "observe"): "observe", ("DELETE", "observe"): "cancel"}
        verb = words.get((self.command, last))
        path = "/" + "/".join(steps[1:-1] if verb else steps[1:])
        if path == fatal:
            os._exit(1)
        if verb or self.command == "GET":
            self.operate(endpoint, path, verb or "read", query)
        elif self.command == "POST" and len(steps) == 4:
            self.operate(endpoint, path, "execute", query, **({"arguments": body} if body else {}))
        else:
            self.answer(405, "Invalid method")

    def serve(self):
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/api/event" and self.headers.get("Accept") != "text/event-stream":
            self.answer(405, "Method not allowed")  # so does Jetty
        elif url.path == "/api/event":
            self.stream()
        elif url.path == "/api/clients":
            self.answer(200, json.dumps(list(clients.values())), "application/json")
        elif url.path.startswith("/api/clients/"):
            self.client(url.path.removeprefix("/api/clients/").split("/"), query, body)
        else:
            self.answer(404, "Not found")

    do_GET = do_POST = do_PUT = do_DELETE = serve


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):  # of adapters that leave
        pass


threading.Thread(target=read_adapter, daemon=True).start()
ask(do="hello", protocol=1, role="server")
server = Server(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
