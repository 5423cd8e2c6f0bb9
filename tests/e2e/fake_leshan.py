# SPDX-License-Identifier: Apache-2.0
"""The REST interface of Leshan's demo server without Leshan: just what the adapter's failures need.

Prints its address. Paths below client "e" choose what happens; anything else is an unknown client.
"""
import http.server
import json
import sys
import threading
import time

REGISTRATION = {"endpoint": "e", "registrationId": "r", "lwM2mVersion": "1.1", "lifetime": 60,
                "bindingMode": "U", "objectLinks": [{"url": "/3/0", "attributes": {}}]}
NODE = {"id": 0, "type": "STRING", "kind": "singleResource", "value": "Acme"}
gone = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, text, kind="application/json"):
        octets = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"\r\n")
        self.wfile.flush()
        gone.wait(30)
        gone.clear()
        late = {"ep": "e", "requestId": "late", "delayed": True,
                "response": {"status": "CONTENT(205)", "content": NODE}}
        self.wfile.write(f"event: REQUEST_RESPONSE\r\ndata: {json.dumps(late)}\r\n\r\n".encode())
        self.wfile.write(f"event: DEREGISTRATION\r\ndata: {json.dumps(REGISTRATION)}\r\n\r\n".encode())

    def do_GET(self):
        path = self.path.split("?")[0]
        if path.startswith("/other"):
            self.answer(200, "<html>", "text/html")
        elif path == "/api/event":
            self.stream()
        elif path == "/api/clients":
            self.answer(200, json.dumps([REGISTRATION]))
        elif path == "/api/clients/e/3/0/0":
            self.answer(200, json.dumps({"status": "CONTENT(205)", "content": NODE}))
        elif path == "/api/clients/e/3/0/1":  # slow
            time.sleep(3)
            self.answer(504, "Request timeout", "text/plain")
        elif path == "/api/clients/e/3/0/2":  # not what anybody asked for
            self.answer(200, "<html>")
        elif path == "/api/clients/e/3/0/3":  # too long
            self.answer(200, "x" * (2 << 20))
        elif path == "/api/clients/e/3/0/5":  # it sleeps, and never wakes
            self.answer(200, json.dumps({"ep": "e", "requestId": "never", "delayed": True}))
        elif path == "/api/clients/e/3/0/6":  # it sleeps until the event stream ends
            self.answer(200, json.dumps({"ep": "e", "requestId": "late", "delayed": True}))
        elif path == "/api/clients/e/3/0/4":  # the event stream ends
            gone.set()
            self.answer(200, json.dumps({"status": "CONTENT(205)", "content": NODE}))
        else:
            self.answer(400, "No registered client with id 'x'", "text/plain")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
sys.stdin.close()
server.serve_forever()
