# SPDX-License-Identifier: Apache-2.0
"""Starts the real daemon and the peers around it for end-to-end tests: a desk on free ports, a smarthost, REST and console clients."""
import asyncio
import contextlib
import email
import email.policy
import http.client
import json
import os
import pathlib
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import uuid

import websockets
import yaml

from tests.e2e import schemas

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("DESKWIRE_BINARY", str(ROOT / "build/release/deskwire"))
DEMO = ROOT / "config/demo.yaml"
CORPUS = pathlib.Path(os.environ.get("DESKWIRE_CORPUS", ROOT.parent / "shared/corpus"))
PASSWORD = "demo-password"
WAIT_S = 60  # How long anything may take before a test gives up; never an expectation about speed.


def node_packages():
    """What drives browsers and signs as providers do, by the lock file."""
    here = pathlib.Path(__file__).resolve().parent
    if not (here / "node_modules/playwright-core").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=here, check=True, timeout=300)


def corpus_rows(name):
    """The cases of a corpus file; whoever asks is skipped where there is no corpus."""
    path = CORPUS / name
    if not path.exists():
        raise unittest.SkipTest("skipped: no corpus")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


class Smarthost:
    """The demo's smarthost on a free port; keeps each mail as a file."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.process = None
        self.port = 0

    def start(self, port=0):
        self.process = subprocess.Popen(
            ["/usr/bin/python3", str(ROOT / "tools/demo/smarthost.py"), "--listen", f"127.0.0.1:{port}", "--keep", str(self.directory)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(WAIT_S)
            self.process.stdout.close()
            self.process = None

    def mails(self):
        """Every mail kept so far, oldest first, parsed."""
        paths = sorted(self.directory.glob("*.eml"), key=lambda p: (p.stat().st_mtime_ns, p.name))
        return [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in paths]

    def wait_for(self, count):
        return wait_until(lambda: (mails := self.mails()) and len(mails) >= count and mails, f"{count} mails at the smarthost")


def closed_port():
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ask, what):
    """The first true answer of `ask`; fails with `what` after WAIT_S."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {WAIT_S} s for {what}")


class Refused(Exception):
    """A JSON-RPC error answer."""

    def __init__(self, error):
        super().__init__(json.dumps(error))
        self.code = error["code"]
        self.data = error.get("data") or {}


class Console:
    """A console session: calls by id, events in a list."""

    described = schemas.CONSOLE

    def __init__(self, socket):
        self.socket = socket
        self.next_id = 1
        self.answers = {}
        self.events = []
        self.invalid = []
        self.arrived = asyncio.Event()
        self.reader = asyncio.create_task(self._read())

    async def _read(self):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                frame = json.loads(text)
                if "method" in frame:
                    self.hold(schemas.check_notification, self.described, frame)
                self.note(frame)
                if frame.get("id") is not None:
                    answer = self.answers.pop(frame["id"])
                    if not answer.done():  # Nobody waits for it any more.
                        answer.set_result(frame)
                else:
                    self.events.append(frame["params"] if frame["method"] == "event" else {"type": frame["method"], **frame["params"]})
                    self.arrived.set()
        for waiting in self.answers.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the socket closed"))

    def note(self, frame):
        """Every frame as it came, for those who look at the order."""

    def hold(self, check, *what):
        """Checks against the interface's description; what does not hold is told to the next caller."""
        try:
            check(*what)
        except AssertionError as error:
            self.invalid.append(error)

    async def call(self, method, **params):
        number, self.next_id = self.next_id, self.next_id + 1
        waiting = self.answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        frame = await asyncio.wait_for(waiting, WAIT_S)
        if "error" in frame:
            schemas.check_error(self.described, frame)
            raise Refused(frame["error"])
        self.hold(schemas.check_result, self.described, method, frame["result"])
        if self.invalid:
            raise self.invalid[0]
        return frame["result"]

    async def event(self, kind, match=lambda data: True):
        """The first event of that type that matches, waiting for it if need be; it is taken out of the list."""
        async def look():
            while True:
                for event in self.events:
                    if event["type"] == kind and match(event.get("data", event)):
                        self.events.remove(event)
                        return event.get("data", event)
                self.arrived.clear()
                await self.arrived.wait()
        try:
            return await asyncio.wait_for(look(), WAIT_S)
        except asyncio.TimeoutError:
            raise AssertionError(f"no {kind} within {WAIT_S} s; have {[e['type'] for e in self.events]}") from None

    async def close(self):
        await self.socket.close()
        await self.reader


class Visitor(Console):
    """A visitor's chat session. `messages` are those told so far, by their number; a number that is left out or told twice is an error."""

    described = schemas.CHAT

    def __init__(self, socket):
        self.frames = []
        self.messages = {}
        self.state = None
        self.token = None
        self.last = 0
        super().__init__(socket)

    def note(self, frame):
        self.frames.append(frame)
        result = frame.get("result")
        if isinstance(result, dict) and "token" in result:
            self.token, self.last = result["token"], result["seq"]
        if isinstance(result, dict) and "events" in result:
            for event in result["events"]:
                self.hold(self.take, event)
        if isinstance(result, dict) and "state" in result:
            self.state = result["state"]
        if frame.get("method") == "state":
            self.state = frame["params"]
        if frame.get("method") == "event":
            self.hold(self.take, frame["params"])

    def take(self, event):
        assert event["prev"] == self.last and event["seq"] == self.last + 1, f"{event['seq']} (prev {event['prev']}) after {self.last}"
        self.last = event["seq"]
        assert event["data"]["message"]["seq"] == event["seq"], event
        self.messages[event["seq"]] = event["data"]["message"]

    def texts(self):
        return [self.messages[seq]["text"] for seq in sorted(self.messages)]

    async def start(self, **who):
        return await self.call("chat.start", **who)

    async def resume(self, token, after=0):
        """Everything behind `after`, over as many pages as it takes; then events go on."""
        self.token, self.last = token, after
        while True:
            page = await self.call("chat.resume", token=token, after=self.last)
            if not page["more"]:
                return page

    async def send(self, text, client_id=None, **more):
        return await self.call("chat.send", client_id=client_id or str(uuid.uuid4()), text=text, **more)

    async def until(self, ask, what):
        """The first true answer of `ask`, asked again whenever something arrives."""
        async def look():
            while not (answer := ask()):
                self.arrived.clear()
                await self.arrived.wait()
            return answer
        try:
            answer = await asyncio.wait_for(look(), WAIT_S)
        except asyncio.TimeoutError:
            raise AssertionError(f"no {what} within {WAIT_S} s; state {self.state}, {len(self.messages)} messages") from None
        if self.invalid:
            raise self.invalid[0]
        return answer

    async def told(self, text):
        """The message that says so."""
        return await self.until(lambda: next((m for m in self.messages.values() if text in m["text"]), None), f"message “{text}”")


class Desk:
    """One daemon on a data folder of its own. `change(config)` may edit the demo configuration before the start."""

    def __init__(self, change=None, smarthost_port=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deskwire-e2e-"))
        self.config = yaml.safe_load(DEMO.read_text())
        self.sent = self.folder / "sent"
        self.sent.mkdir()
        self.smarthost = Smarthost(self.sent)
        if smarthost_port is None:
            self.smarthost.start()
            smarthost_port = self.smarthost.port
        self.config["smarthost"]["port"] = smarthost_port
        for line in self.config["channels"].get("sms", []):
            line["api_base"] = f"http://127.0.0.1:{closed_port()}"
        if change:
            change(self.config)
        self.path = self.folder / "deskwire.yaml"
        self.write_config()
        self.process = None
        self.tokens = {}

    def write_config(self):
        self.path.write_text(yaml.safe_dump(self.config, allow_unicode=True, sort_keys=False))

    @property
    def data(self):
        return self.folder / "data"

    def command(self, *extra):
        return [BINARY, "serve", "--config", str(self.path), "--data", str(self.data), "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0",
                "--lmtp", "127.0.0.1:0", *extra]

    def start(self):
        log = open(self.folder / "log.jsonl", "ab")
        self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"no ready line; exit {self.process.wait(WAIT_S)}; log:\n{self.log()[-3000:]}")
        self.ready = json.loads(line)
        return self

    def log(self):
        return (self.folder / "log.jsonl").read_text(errors="replace")

    def address(self, which):
        host, port = self.ready[which].rsplit(":", 1)
        return host, int(port)

    def kill(self):
        """kill -9, as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(WAIT_S)
        self.process.stdout.close()

    def stop(self):
        """A graceful stop; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(WAIT_S)
        self.process.stdout.close()
        self.process = None
        return status

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        elif self.process:
            self.process.stdout.close()
        self.smarthost.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    # -- clients

    def request(self, method, path, body=None, headers=None):
        """(status, parsed JSON or bytes, headers)."""
        connection = http.client.HTTPConnection(*self.address("http"), timeout=WAIT_S)
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        kind = answer.headers.get_content_type()
        parsed = json.loads(data) if kind.endswith("json") and data else data
        schemas.check_answer(method, path, answer.status, kind, parsed)
        return answer.status, parsed, answer.headers

    def token(self, user):
        if user not in self.tokens:
            status, body, _ = self.request("POST", "/api/v1/login", {"user": user, "password": PASSWORD})
            assert status == 200, (status, body)
            self.tokens[user] = body["token"]
        return self.tokens[user]

    def get(self, path, user="admin", **query):
        query = {k: v for k, v in query.items() if v is not None}
        full = f"/api/v1{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        status, body, _ = self.request("GET", full, headers={"Authorization": f"Bearer {self.token(user)}"})
        assert status == 200, (status, body)
        return body

    def all_tickets(self):
        items, after = [], None
        while True:
            page = self.get("/tickets", limit=200, after=after)
            items += page["items"]
            after = page["next"]
            if after is None:
                return items

    async def console(self, user=None, presence=None):
        host, port = self.address("http")
        socket = await websockets.connect(f"ws://{host}:{port}/console", subprotocols=["deskwire.console.v1"], max_size=None)
        console = Console(socket)
        if user:
            await console.call("session.login", user=user, password=PASSWORD)
        if presence:
            await console.call("presence.set", state=presence)
        return console

    async def visitor(self, channel="web", origin=None, **options):
        """A visitor's socket, nothing said yet."""
        host, port = self.address("http")
        socket = await websockets.connect(f"ws://{host}:{port}/chat/{channel}", subprotocols=["deskwire.chat.v1"], max_size=None,
                                          origin=origin, **options)
        return Visitor(socket)

    def mail(self, subject="Where is my parcel?", text="Hello,\nwhere is it?\n", sender="ann@customer.example",
             to="support@demo.test", message_id=None, headers=(), **options):
        """Sends one mail by smtplib and returns its Message-ID; raises unless the answer was 250."""
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = message_id or email.utils.make_msgid(domain="customer.example")
        for name, value in headers:
            message[name] = value
        message.set_content(text)
        for name, data in options.get("attachments", ()):
            message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        with smtplib.SMTP(*self.address("smtp"), timeout=WAIT_S) as client:
            client.send_message(message, from_addr=options.get("mail_from", sender), to_addrs=[to] if isinstance(to, str) else to)
        return message["Message-ID"]
