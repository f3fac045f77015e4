# SPDX-License-Identifier: Apache-2.0
"""Fake providers of text messages in one process: what the desk sends to them is kept, and they post hooks as the real ones do."""
import base64
import email.utils
import hashlib
import hmac
import http.server
import json
import subprocess
import threading
import time
import urllib.parse

from tests.e2e.harness import ROOT

ACCOUNT = "AC00000000000000000000000000000000"
PUBLIC = "https://desk.demo.test"
TWILIO, VONAGE, TELNYX, BRIDGE = "+15005550006", "+12025550101", "+12025550102", "+12025550103"
OLD_TOKEN, NEW_TOKEN = "demo-twilio-token", "next-twilio-token"
VONAGE_SECRET = "vonage-signature-secret"
BRIDGE_SECRET = "whsec_" + base64.b64encode(b"bridge-secret-of-32-bytes-length").decode()


class Signer:
    """tests/e2e/sign.mjs, kept running."""

    def __init__(self):
        self.process = subprocess.Popen(["node", str(ROOT / "tests/e2e/sign.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.telnyx_key = self.process.stdout.readline().strip()

    def ask(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json", headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.server.owner.get(self, urllib.parse.urlsplit(self.path))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.owner.post(self, urllib.parse.urlsplit(self.path), body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """The desk may be killed, or give up an answer, at any time."""


class Gateways:
    """All four providers behind one port, which is every line's api_base."""

    def __init__(self):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.owner = self
        self.port = self.server.server_port
        self.sent = []  # {provider, id, to, text, status_url, at}, as the desk handed them over.
        self.received = []  # What Twilio's list of inbound messages holds.
        self.page_size = 50
        self.media = {}  # Path: (type, bytes).
        self.asked = []  # Paths of every GET.
        self.authorised = []  # Paths of every GET with a log-in.
        self.hold = threading.Event()  # Cleared: a send is taken, and its answer waits.
        self.hold.set()
        self.refuse = None  # (status, body): what a send is answered.
        self.signer = Signer()
        self.count = 0
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()
        self.signer.close()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def new_id(self, prefix):
        self.count += 1
        return f"{prefix}{self.count:032x}"

    def configure(self, config):
        """Puts a line of each provider into a desk's configuration."""
        config["desk"]["public_url"] = PUBLIC
        base = {"api_base": self.base, "queue": "general"}
        config["channels"]["sms"] = [
            {"name": "texts", "number": TWILIO, "gateway": "twilio", "account": ACCOUNT, "token": [OLD_TOKEN, NEW_TOKEN], "max_media": "1MiB", **base},
            {"name": "von", "number": VONAGE, "gateway": "vonage", "account": "abcd1234", "token": "vonage-api-secret", "hook_secret": VONAGE_SECRET, **base},
            {"name": "tel", "number": TELNYX, "gateway": "telnyx", "token": "telnyx-api-key", "hook_secret": self.signer.telnyx_key, **base},
            {"name": "bridge", "number": BRIDGE, "gateway": "generic", "token": BRIDGE_SECRET, **base},
        ]

    # -- the providers' interfaces

    def get(self, request, url):
        self.asked.append(url.path)
        if request.headers.get("Authorization"):
            self.authorised.append(url.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path in self.media:
            kind, data = self.media[url.path]
            return request.answer(200, data, kind)
        if url.path.endswith("/Messages.json"):
            return request.answer(200, self.page(self.listed(query["To"]), url.path, query))
        if url.path == "/v2/reports/records":
            return request.answer(200, {"records": []})
        if url.path == "/messages":
            return request.answer(200, {"messages": []})
        request.answer(404, {})

    def page(self, messages, path, query):
        at = int(query.get("Page", 0)) * self.page_size
        more = urllib.parse.urlencode({**query, "Page": at // self.page_size + 1}) if messages[at + self.page_size:] else None
        return {"messages": messages[at:at + self.page_size], "next_page_uri": more and f"{path}?{more}"}

    def listed(self, to):
        out = [dict(m) for m in self.received if m["to"] == to]
        for m in self.sent:
            if m["provider"] == "twilio" and m["to"] == to:
                out.append({"sid": m["id"], "to": to, "from": TWILIO, "body": m["text"], "status": "sent", "direction": "outbound-api",
                            "date_sent": email.utils.formatdate(m["at"]), "num_media": "0", "account_sid": ACCOUNT})
        return out[::-1]

    def post(self, request, url, body):
        if self.refuse:
            return request.answer(*self.refuse)
        if url.path.endswith("/Messages.json"):
            form = dict(urllib.parse.parse_qsl(body.decode()))
            entry = {"provider": "twilio", "id": self.new_id("SM"), "to": form["To"], "text": form["Body"], "status_url": form["StatusCallback"]}
            answer = (201, {"sid": entry["id"], "status": "queued"})
        elif url.path == "/v1/messages":
            form = json.loads(body)
            entry = {"provider": "vonage", "id": self.new_id("v"), "to": "+" + form["to"], "text": form["text"], "status_url": form["webhook_url"]}
            answer = (202, {"message_uuid": entry["id"]})
        elif url.path == "/v2/messages":
            form = json.loads(body)
            entry = {"provider": "telnyx", "id": self.new_id("t"), "to": form["to"], "text": form["text"], "status_url": form["webhook_url"]}
            answer = (200, {"data": {"id": entry["id"]}})
        else:
            form = json.loads(body)
            known = [m for m in self.sent if m.get("reference") == form["message"]]
            if known:
                return request.answer(200, {"id": known[0]["id"]})
            entry = {"provider": "bridge", "id": self.new_id("b"), "to": form["to"], "text": form["text"], "status_url": form["status_url"],
                     "reference": form["message"]}
            answer = (200, {"id": entry["id"]})
        self.sent.append({**entry, "at": time.time()})
        self.hold.wait()
        try:
            request.answer(*answer)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The desk was killed meanwhile.

    # -- their hooks

    def twilio(self, desk, path, params, token=OLD_TOKEN, base=PUBLIC, signature=None):
        signature = signature or self.signer.ask(twilio={"token": token, "url": base + path, "params": params})
        return desk.request("POST", path, urllib.parse.urlencode(params),
                            {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature})

    def twilio_text(self, desk, text, sender="+84912345678", sid=None, media=(), **how):
        params = {"MessageSid": sid or self.new_id("SM"), "AccountSid": ACCOUNT, "From": sender, "To": TWILIO, "Body": text, "NumMedia": str(len(media))}
        for i, (kind, url) in enumerate(media):
            params |= {f"MediaUrl{i}": url, f"MediaContentType{i}": kind}
        return self.twilio(desk, "/hooks/twilio/sms", params, **how)

    def twilio_status(self, desk, sent, status, code=None, with_token=True, **how):
        path = urllib.parse.urlsplit(sent["status_url"])
        params = {"MessageSid": sent["id"], "MessageStatus": status, "AccountSid": ACCOUNT, "From": TWILIO, "To": sent["to"]}
        if code:
            params["ErrorCode"] = code
        return self.twilio(desk, path.path + ("?" + path.query if with_token else ""), params, **how)

    # A hook's body is an object, or bytes as they are to come.

    def vonage(self, desk, path, body, secret=VONAGE_SECRET):
        data = as_bytes(body)
        part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
        claims = {"iss": "Vonage", "iat": int(time.time()), "api_key": "abcd1234", "payload_hash": hashlib.sha256(data).hexdigest()}
        unsigned = part({"typ": "JWT", "alg": "HS256"}) + b"." + part(claims)
        signature = base64.urlsafe_b64encode(hmac.digest(secret.encode(), unsigned, "sha256")).rstrip(b"=")
        return desk.request("POST", path, data, {"Content-Type": "application/json", "Authorization": f"Bearer {(unsigned + b'.' + signature).decode()}"})

    def telnyx(self, desk, path, kind, payload, at=None):
        return self.telnyx_bytes(desk, path, {"data": {"event_type": kind, "payload": payload}}, at)

    def telnyx_bytes(self, desk, path, body, at=None):
        data, at = as_bytes(body), str(int(at or time.time()))
        signed = base64.b64encode(f"{at}|".encode() + data).decode()
        return desk.request("POST", path, data, {"Content-Type": "application/json", "telnyx-timestamp": at,
                                                 "telnyx-signature-ed25519": self.signer.ask(telnyx=signed)})

    def bridge(self, desk, body, path="/hooks/sms/bridge", secret=BRIDGE_SECRET):
        return desk.request("POST", path, as_bytes(body), webhook_headers(as_bytes(body), self.new_id("msg_"), secret))


def as_bytes(body):
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def webhook_headers(data, number, secret):
    """Of Standard Webhooks."""
    at, key = str(int(time.time())), base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"{number}.{at}.".encode() + data, "sha256")).decode()
    return {"Content-Type": "application/json", "webhook-id": number, "webhook-timestamp": at, "webhook-signature": f"v1,{signature}"}
