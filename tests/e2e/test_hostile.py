# SPDX-License-Identifier: Apache-2.0
"""Other projects' conformance cases against every entrance of the running desk: WebSocket frames at both sockets, HTTP requests at each
path that outsiders reach, JSON at each entrance that reads it, signed where it must be. Nothing crashes, nothing is half understood, and
afterwards everyone is served."""
import asyncio
import base64
import json
import socket
import struct
import unittest

import websockets

from tests.e2e import demo
from tests.e2e.gateways import Gateways, webhook_headers
from tests.e2e.harness import CORPUS, WAIT_S, Desk, corpus_rows

CTI_SECRET = "whsec_" + base64.b64encode(demo.CTI_SECRET).decode()
SOCKETS = [("/console", "deskwire.console.v1"), ("/chat/web", "deskwire.chat.v1")]
PATHS = ["/api/v1/tickets", "/api/v1/login", "/hooks/twilio/sms", "/hooks/vonage/sms", "/hooks/telnyx/sms", "/hooks/sms/bridge", "/hooks/cti/pbx",
         "/chat/web/uploads", "/chat/web", "/console", "/"]


def payload_of(value):
    if "hex" in value:
        return bytes.fromhex(value["hex"])
    piece = bytes.fromhex(value["repeat_hex"])
    return piece * -(-value["len"] // len(piece))


class Frames:
    """A WebSocket client that sends what it is told, frame by frame."""

    def __init__(self, address, path, protocol):
        self.socket = socket.create_connection(address, timeout=WAIT_S)
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}\r\n"
                             f"Sec-WebSocket-Protocol: {protocol}\r\n\r\n").encode())
        self.stream = self.socket.makefile("rb")
        assert self.stream.readline().startswith(b"HTTP/1.1 101")
        while self.stream.readline() != b"\r\n":
            pass

    def send(self, opcode, payload=b"", fin=True, rsv=0):
        head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
        size = len(payload)
        head += bytes([0x80 | size]) if size < 126 else struct.pack("!BH", 0xFE, size) if size < 1 << 16 else struct.pack("!BQ", 0xFF, size)
        try:
            self.socket.sendall(head + bytes(4) + payload)  # A mask of zeros leaves the payload as it is.
        except OSError:
            pass  # The desk has had enough: its reason is still to be read.

    def read(self):
        """(opcode, payload) of the next frame; None at the end."""
        try:
            head = self.stream.read(2)
            if len(head) < 2:
                return None
            size = head[1] & 0x7F
            if size >= 126:
                size = int.from_bytes(self.stream.read(2 if size == 126 else 8), "big")
            return head[0] & 0x0F, self.stream.read(size)
        except ConnectionResetError:
            return None

    def close_code(self):
        """Reads to the end: how it was closed (None: not), and the payloads of pongs before."""
        pongs = []
        while frame := self.read():
            if frame[0] == 8:
                return int.from_bytes(frame[1][:2], "big") if frame[1] else 1000, pongs
            if frame[0] == 10:
                pongs.append(frame[1])
        return None, pongs

    def end(self):
        self.stream.close()
        self.socket.close()


def left_out(row):
    """What these sockets are not made for: binary messages, and cases that wait."""
    return any(name in ("beginMessage", "wait_seconds") or options.get("opcode") == 2 or options.get("isBinary") or "payload_len" in options
               for name, _, options in row["actions"])


def act(client, actions):
    """Sends what the case says; whether it closed."""
    closed = False
    for name, arguments, options in actions:
        if name == "sendFrame":
            client.send(options["opcode"], payload_of(options["payload"]) if options.get("payload") else b"", options.get("fin") is not False, options.get("rsv") or 0)
        elif name == "sendMessage":
            payload = payload_of(arguments[0])
            size = options.get("fragmentSize") or max(len(payload), 1)
            pieces = [payload[at:at + size] for at in range(0, len(payload), size)] or [b""]
            for n, piece in enumerate(pieces):
                client.send(0 if n else 1, piece, n == len(pieces) - 1)
        elif name in ("sendClose", "sendCloseFrame"):
            code = b"" if not arguments or arguments[0] is None else struct.pack("!H", arguments[0])
            reason = payload_of(arguments[1]) if len(arguments) > 1 else b""
            client.send(8, code + reason + (payload_of(options["reasonUtf8"]) if options.get("reasonUtf8") else b""))
            closed = True
    return closed


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateways = Gateways()
        cls.addClassCleanup(cls.gateways.close)

        def change(config):
            cls.gateways.configure(config)
            config["limits"] = {**config.get("limits", {}), "http_connections_per_address": 1000}
            config["channels"]["chat"][0].update({"messages_per_minute": 10_000})

        cls.desk = Desk(change)
        cls.addClassCleanup(cls.desk.close)
        cls.desk.start()

    def assert_serves(self):
        async def talk():
            visitor = await self.desk.visitor()
            await visitor.start(name="Ann", email="ann@customer.example")
            await visitor.close()
            agent = await self.desk.console("agent1", "available")
            await agent.close()
        asyncio.run(talk())
        self.assertEqual(self.gateways.twilio_text(self.desk, "still here?")[0], 200)
        self.assertIsNone(self.desk.process.poll())

    def test_frames_of_a_conformance_suite_at_both_sockets(self):
        cases = [row for row in corpus_rows("websocket_cases.jsonl") if not left_out(row)]
        self.assertGreater(len(cases), 200)
        for path, protocol in SOCKETS:
            for row in cases:
                client = Frames(self.desk.address("http"), path, protocol)
                closed = act(client, row["actions"])
                end, wanted = row["expectedClose"], [payload_of(e[1]) for e in row["expected"]["OK"] if payload_of(e[0]) == b"pong"]
                if end["closedByMe"] and not closed:
                    client.send(8, struct.pack("!H", 1000))
                code, pongs = client.close_code()
                client.end()
                with self.subTest(f"{path} {row['id']} {row['description'][:80]}"):
                    # Words are no calls: a peer that goes on saying them may be slowed down or sent away, but by the protocol.
                    self.assertTrue(code in end["closeCode"] or (not end["requireClean"] and code is None), f"closed with {code}, expected {end}")
                    self.assertEqual(pongs, wanted if end["closedByMe"] else wanted[:len(pongs)])
        self.assert_serves()

    def test_requests_of_another_parser_at_every_path(self):
        cases = [row for row in corpus_rows("hostile/http_llhttp.jsonl")]
        for path in PATHS:
            for row in cases:
                raw = bytes.fromhex(row["input_hex"])
                line, found, rest = raw.partition(b"\r\n")
                words = line.split(b" ")
                if found and len(words) == 3 and words[2].startswith(b"HTTP/") and row["type"].startswith("request"):
                    raw = b" ".join([words[0], path.encode(), words[2]]) + found + rest
                answers = self.ask(raw)
                with self.subTest(f"{path} {row['file']}: {row['name']}"):
                    for status in answers:
                        self.assertIn(status // 100, (1, 2, 3, 4) if status != 501 and status != 505 else (5,))
                    # Mangled, holds its own log; unfolded as RFC 9112 §5.2 allows.
                    if row["type"].startswith("request") and b"```" not in raw and row["name"] != "Spaces before headers":
                        self.assertLessEqual(sum(200 <= status < 300 for status in answers), row["messages_complete"])
        self.assert_serves()

    def ask(self, raw):
        """The statuses of what is answered."""
        with socket.create_connection(self.desk.address("http"), timeout=WAIT_S) as client:
            try:
                client.sendall(raw)
                client.shutdown(socket.SHUT_WR)
                data = b"".join(iter(lambda: client.recv(65536), b""))
            except OSError:  # Reset, or gone before one had said all.
                return []
        lines = [line for line in data.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
        return [int(line[9:12]) for line in lines]

    def test_json_of_a_conformance_suite_at_every_entrance_that_reads_it(self):
        files = sorted(path for path in (CORPUS / "hostile/json").glob("test_*/*.json"))
        if not files:
            self.skipTest("skipped: no corpus")
        bearer = {"Content-Type": "application/json", "Authorization": f"Bearer {self.desk.token('admin')}"}
        entrances = {
            "vonage": lambda data: self.gateways.vonage(self.desk, "/hooks/vonage/sms", data),
            "telnyx": lambda data: self.gateways.telnyx_bytes(self.desk, "/hooks/telnyx/sms", data),
            "generic": lambda data: self.gateways.bridge(self.desk, data),
            "cti": lambda data: self.desk.request("POST", "/hooks/cti/pbx", data, webhook_headers(data, self.gateways.new_id("msg_"), CTI_SECRET)),
            "log-in": lambda data: self.desk.request("POST", "/api/v1/login", data, {"Content-Type": "application/json"}),
            "identities": lambda data: self.desk.request("POST", "/api/v1/customers/1/identities", data, bearer),
        }
        for name, post in entrances.items():
            for path in files:
                status = post(path.read_bytes())[0]
                with self.subTest(f"{name} {path.name}"):
                    # None of them is a message; a batch without any is no failure.
                    self.assertTrue(status < 500, status)
                    if path.name.startswith("n_"):
                        self.assertIn(status, (400, 401, 413, 422, 429), "what is no JSON is not taken")
        self.assert_serves()

    async def console(self):
        """A socket that is logged in, without a client that would mind the answers."""
        host, port = self.desk.address("http")
        socket = await websockets.connect(f"ws://{host}:{port}/console", subprotocols=["deskwire.console.v1"], max_size=None)
        login = {"jsonrpc": "2.0", "id": 0, "method": "session.login", "params": {"token": self.desk.token("agent1")}}
        await socket.send(json.dumps(login))
        self.assertIn("result", json.loads(await asyncio.wait_for(socket.recv(), WAIT_S)))
        return socket

    def test_json_of_a_conformance_suite_in_frames_of_the_console(self):
        files = sorted(path for path in (CORPUS / "hostile/json").glob("test_*/*.json"))
        if not files:
            self.skipTest("skipped: no corpus")

        async def send_all():
            for at, path in enumerate(files):
                if at % 20 == 0:
                    if at:
                        await socket.close()
                    socket = await self.console()
                text = path.read_bytes().decode("utf-8", "replace")
                await socket.send(text)
                await socket.send('{"jsonrpc":"2.0","id":1,"method":"ticket.list","params":%s}' % text)
                await socket.send('{"jsonrpc":"2.0","id":"end","method":"ticket.list","params":{"limit":1}}')
                while (frame := json.loads(await asyncio.wait_for(socket.recv(), WAIT_S))).get("id") != "end":
                    pass
                self.assertIn("items", frame["result"], path.name)
            await socket.close()
        asyncio.run(send_all())
        self.assert_serves()


if __name__ == "__main__":
    unittest.main()
