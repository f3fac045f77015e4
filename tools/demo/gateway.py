#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A text message gateway for demos, shaped like Twilio's API: takes what the desk sends, keeps it, and reports it sent and delivered.

usage: gateway.py --listen 127.0.0.1:2580 --account AC… --token TOKEN [--public-url http://127.0.0.1:8080]

GET /sent?after=N lists what was taken since the N-th text, for whoever plays the customers.
"""
import argparse
import base64
import hashlib
import hmac
import itertools
import json
import sys
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def sign(token, url, params):
    """X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted parameters."""
    text = url + "".join(key + params[key] for key in sorted(params))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def post_signed(token, base, public_url, path, params):
    """A hook as the provider sends it: signed for the public address, sent to where the desk listens."""
    request = urllib.request.Request(base + path, urllib.parse.urlencode(params).encode(), {
        "Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": sign(token, public_url + path, params)})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status


class Gateway(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address, options):
        super().__init__(address, Handler)
        self.options = options
        self.sent = []
        self.numbers = itertools.count(1)
        self.desk = lambda: None  # Where the desk listens, if not at the public address that it signs for.

    def report(self, text, callback):
        """Receipts of the network, a moment later."""
        url = urllib.parse.urlsplit(callback)
        path = url.path + (f"?{url.query}" if url.query else "")
        for wait, state in ((0.4, "sent"), (1.2, "delivered")):
            time.sleep(wait)
            params = {"AccountSid": self.options.account, "MessageSid": text["sid"], "MessageStatus": state, "To": text["to"], "From": text["from"]}
            try:
                public = f"{url.scheme}://{url.netloc}"
                post_signed(self.options.token, self.desk() or public, public, path, params)
            except OSError as error:
                print(f"gateway: a receipt was not taken: {error}", file=sys.stderr, flush=True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def allowed(self):
        options = self.server.options
        wanted = base64.b64encode(f"{options.account}:{options.token}".encode()).decode()
        return hmac.compare_digest(self.headers.get("Authorization", ""), f"Basic {wanted}")

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/sent":
            after = int(urllib.parse.parse_qs(url.query).get("after", ["0"])[0])
            return self.answer(200, {"sent": self.server.sent[after:], "next": len(self.server.sent)})
        if not self.allowed():
            return self.answer(401, {"code": 20003, "message": "Authenticate"})
        self.answer(200, {"messages": [], "next_page_uri": None})

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
        if not self.allowed():
            return self.answer(401, {"code": 20003, "message": "Authenticate"})
        if not form.get("To") or not form.get("Body"):
            return self.answer(400, {"code": 21604, "message": "A 'To' and a 'Body' are required."})
        text = {"sid": f"SM{next(self.server.numbers):032x}", "to": form["To"], "from": form.get("From", ""), "body": form["Body"]}
        self.server.sent.append(text)
        print(f"text: to {text['to']}: {text['body'][:60]!r}", file=sys.stderr, flush=True)
        self.answer(201, {"sid": text["sid"], "status": "queued", "to": text["to"], "from": text["from"], "body": text["body"],
                          "num_segments": "1", "error_code": None, "error_message": None})
        if form.get("StatusCallback"):
            threading.Thread(target=self.server.report, args=(text, form["StatusCallback"]), daemon=True).start()


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--listen", default="127.0.0.1:2580")
    arguments.add_argument("--account", default="AC" + "0" * 32)
    arguments.add_argument("--token", default="demo-twilio-token")
    options = arguments.parse_args()
    host, port = options.listen.rsplit(":", 1)
    gateway = Gateway((host, int(port)), options)
    print(gateway.server_address[1], flush=True)
    gateway.serve_forever()


if __name__ == "__main__":
    main()
