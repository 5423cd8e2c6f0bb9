# SPDX-License-Identifier: Apache-2.0
"""The REST interface of Leshan's demo server without Leshan: just what the adapter's failures need.

usage: fake_leshan.py [--host HOST] [--tls CERT KEY] [--user USER:PASSWORD]

Prints its address. The first part of the path chooses another kind of server, such as /other, and paths
below client "e" choose what happens; anything else is an unknown client. Called as a proxy, it answers for
any host below /proxied only.
"""
import argparse
import base64
import http.server
import json
import socket
import ssl
import sys
import threading
import time

REGISTRATION = {"endpoint": "e", "registrationId": "r", "lwM2mVersion": "1.1", "lifetime": 60,
                "bindingMode": "U", "objectLinks": [{"url": "/3/0", "attributes": {}}]}
NODE = {"id": 0, "type": "STRING", "kind": "singleResource", "value": "Acme"}
VALUE = json.dumps({"status": "CONTENT(205)", "content": NODE})
PAGE = "<html><body>Bad Gateway</body></html>"
END = 30  # s, that anything silent lasts
gone = threading.Event()
told_late = threading.Event()

# What is read below client "e": status, body and type.
ANSWERS = {
    "/3/0/0": (200, VALUE, "application/json"),
    "/3/0/2": (200, "<html>", "application/json"),  # not what anybody asked for
    "/3/0/3": (200, "x" * (2 << 20), "application/json"),
    # The client sleeps, and never wakes; or wakes when another asks for /3/0/4.
    "/3/0/5": (200, json.dumps({"ep": "e", "requestId": "never", "delayed": True}), "application/json"),
    "/3/0/6": (200, json.dumps({"ep": "e", "requestId": "late", "delayed": True}), "application/json"),
    "/3/0/7": (504, "Request timeout", "text/plain"),
    "/3/0/8": (401, PAGE, "text/html"),
    "/3/0/9": (404, "no such thing", "text/plain"),
    "/3/0/10": (404, PAGE, "text/html"),
    "/3/0/11": (500, "Unexpected exception: null", "text/plain"),
    "/3/0/12": (502, PAGE, "text/html"),
    "/3/0/13": (200, "", "application/json"),
    "/3/0/14": (200, PAGE, "text/html"),
    "/3/0/15": (302, "", "text/plain"),
    "/3/0/16": (200, "[" * 100000, "application/json"),
    "/3/0/17": (200, '{"status":"CONTENT(205)","content":{"kind":"singleResource"}}', "application/json"),
    "/3/0/18": (200, '{"status":"CONTENT(205)","content":' + '"\xe9', "application/json"),
}
# What a path of these names answers to everything.
OTHERS = {"other": (200, "<html>", "text/html"), "moved": (302, "", "text/plain"),
          "locked": (401, "", "text/plain"), "closed": (403, "", "text/plain"),
          "nowhere": (404, PAGE, "text/html"), "broken": (500, PAGE, "text/html")}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, text, kind="application/json"):
        octets = text.encode("latin-1")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(octets)))
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(octets)

    def open_stream(self, kind="text/event-stream;charset=utf-8"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"\r\n")
        self.wfile.flush()

    def stream(self):
        self.open_stream()
        gone.wait(END)
        gone.clear()
        late = {"ep": "e", "requestId": "late", "delayed": True,
                "response": {"status": "CONTENT(205)", "content": NODE}}
        self.wfile.write(f"event: REQUEST_RESPONSE\r\ndata: {json.dumps(late)}\r\n\r\n".encode())
        self.wfile.write(f"event: DEREGISTRATION\r\ndata: {json.dumps(REGISTRATION)}\r\n\r\n".encode())

    def endless_stream(self):
        self.open_stream()
        try:
            while True:
                self.wfile.write(b"data: " + b"x" * 65536)
        except OSError:
            pass

    def trickle(self):
        """An answer that begins, and then comes to no end."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(END * 10):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def cut_off(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"{")
        self.close_connection = True

    def special(self, kind, rest):
        """True when what KIND of server this is has answered."""
        if kind in OTHERS:
            self.answer(*OTHERS[kind])
        elif kind == "silent":
            time.sleep(END)
        elif kind == "page" and rest == "/api/event":
            self.open_stream("text/html")
        elif kind == "half" and rest == "/api/clients":
            self.answer(404, PAGE, "text/html")
        elif kind == "lazy" and rest == "/api/clients":
            time.sleep(END)
        elif kind == "endless" and rest == "/api/event":
            self.endless_stream()
        elif kind == "vanishing" and rest == "/api/clients/e/3/0/0":
            self.server.socket.close()
            gone.set()
            self.close_connection = True
        else:
            return False
        return True

    def client(self, path):
        if path == "/3/0/1":
            time.sleep(3)
        elif path == "/3/0/22":  # answered when it was told that /3/0/6 comes late
            told_late.wait(END)
            self.answer(200, VALUE)
        elif path == "/3/0/4":  # the event stream ends
            gone.set()
            self.answer(200, VALUE)
        elif path == "/3/0/20":
            self.trickle()
        elif path == "/3/0/21":
            self.cut_off()
        elif path in ANSWERS:
            self.answer(*ANSWERS[path])
            if path == "/3/0/6":
                told_late.set()
        else:
            return False
        return True

    def may_enter(self):
        if options.user is None:
            return True
        want = "Basic " + base64.b64encode(options.user.encode()).decode()
        if self.headers.get("Authorization") == want:
            return True
        self.answer(401, "", "text/plain")
        return False

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.startswith("http://"):
            path = "/" + path.split("/", 3)[3]
            if not path.startswith("/proxied/"):
                self.answer(502, PAGE, "text/html")
                return
        if not self.may_enter():
            return
        kind, rest = "", path
        if not path.startswith("/api"):
            kind, _, rest = path[1:].partition("/")
            rest = "/" + rest
        if self.special(kind, rest):
            return
        if rest == "/api/event" and self.headers.get("Accept") != "text/event-stream":
            self.answer(405, PAGE, "text/html")  # so does Jetty
        elif rest == "/api/event":
            self.stream()
        elif rest == "/api/clients":
            self.answer(200, json.dumps([REGISTRATION]))
        elif rest == "/api/clients/a%20b%25%C3%BC%3F%23%2B%3B:1/3/0/0":  # "a b%ü?#+;:1"
            self.answer(200, VALUE)
        elif not (rest.startswith("/api/clients/e/") and self.client(rest.removeprefix("/api/clients/e"))):
            self.answer(400, "No registered client with id 'x'", "text/plain")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):  # of clients that leave
        pass


parser = argparse.ArgumentParser()
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--tls", nargs=2)
parser.add_argument("--user")
options = parser.parse_args()
if ":" in options.host:
    Server.address_family = socket.AF_INET6
server = Server((options.host, 0), Handler)
if options.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*options.tls)
    server.socket = context.wrap_socket(server.socket, server_side=True)
host = f"[{options.host}]" if ":" in options.host else options.host
print(f"{'https' if options.tls else 'http'}://{host}:{server.server_address[1]}", flush=True)
sys.stdin.close()
try:
    server.serve_forever()
except (OSError, ValueError):  # it vanished
    pass
time.sleep(END)
