# SPDX-License-Identifier: Apache-2.0
"""The demo's other side for tests: its gateway on a free port, signed hooks, a visitor's calls."""
import asyncio
import base64
import contextlib
import hashlib
import hmac
import importlib.util
import json
import pathlib
import threading
import time
import types
import urllib.request
import uuid

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "tools/demo"
ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "demo-twilio-token", "+15005550006"
PUBLIC = "http://127.0.0.1:8080"
CTI_SECRET = b"demo-cti-secret"


def load(name):
    """A module of tools/demo, which is no package."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


gateway_module = load("gateway")
post_signed = gateway_module.post_signed


@contextlib.contextmanager
def gateway():
    """The demo's gateway; `.port`, and `.sent` with every text it took."""
    server = gateway_module.Gateway(("127.0.0.1", 0), types.SimpleNamespace(account=ACCOUNT, token=TOKEN))
    server.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def rfc3339():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def post_call(base, event, channel="pbx", secret=CTI_SECRET):
    """A signed event of a telephone system; the answer's status."""
    raw, identity, at = json.dumps(event).encode(), "msg_" + uuid.uuid4().hex, str(int(time.time()))
    signed = hmac.new(secret, f"{identity}.{at}.".encode() + raw, hashlib.sha256).digest()
    request = urllib.request.Request(f"{base}/hooks/cti/{channel}", raw, {
        "Content-Type": "application/json", "webhook-id": identity, "webhook-timestamp": at,
        "webhook-signature": "v1," + base64.b64encode(signed).decode()})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status


class Visit:
    """Calls over a chat socket, one after the other; notifications are passed over."""

    def __init__(self, socket):
        self.socket, self.next_id = socket, 0

    async def call(self, method, **params):
        self.next_id += 1
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params}))
        while True:
            frame = json.loads(await asyncio.wait_for(self.socket.recv(), 20))
            if frame.get("id") != self.next_id:
                continue
            if "error" in frame:
                await asyncio.sleep(frame["error"].get("data", {}).get("retry_after_ms", 100) / 1000)
                raise ConnectionError(json.dumps(frame["error"]))
            return frame["result"]
