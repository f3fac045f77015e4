#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of sockets: events to many consoles beside npm's `ws`, and what an idle socket costs in memory.

  tools/bench/sockets.py [--sockets 1000,5000] [--rounds N] [--burst N] [--idle N] [--quick] [--only fan|idle]

fan    a mail arrives; how long until the last console has its message, each console logged in and subscribed to the board. `ws` sends frames
       of the same size, triggered by a message from another socket: it parses, stores and filters nothing.
idle   resident memory a socket: a console, a visitor's chat, `ws`

Prints a Markdown table. Needs build/release/deskwire and the target fan_load; the peer's packages are installed by npm. Of an event's frames
one a socket is counted, the one with the message's text; the remark tells how many there were in all.
"""
import argparse
import asyncio
import contextlib
import json
import math

import websockets
from common import (PASSWORD, Desk, Peer, Table, command, generous, install_peers, memory_kib, raise_descriptor_limit, raise_limits, smtp)

MARKER = "fan-out round {k}."
BUILT_IN = {"sessions": 2_000, "per_user": 20}  # What the desk allows if its configuration cannot say otherwise.
PER_ADDRESS = 200  # Sockets from one loopback address; the desk's limit is 256.
PER_USER = 200
DRAIN_S = 0.3  # For frames that are not counted, before the next round.
USUAL_FRAME_BYTES = 1_200

LOGIN = '{"jsonrpc":"2.0","id":1,"method":"session.login","params":{"token":"{value}"}}'
BOARD = '{"jsonrpc":"2.0","id":2,"method":"board.subscribe","params":{}}'
CHAT = '{"jsonrpc":"2.0","id":1,"method":"chat.start","params":{}}'


class Refused(Exception):
    """Not as many sockets as wanted, or none of that kind; says why."""


class Fan:
    """Many open sockets of fan_load."""

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, port, sockets, *options):
        fan = cls()
        fan.sockets = sockets
        sources = math.ceil(sockets / PER_ADDRESS)
        line = command("fan_load", port, "--sockets", sockets, "--sources", sources, "--marker", MARKER, *options)
        fan.process = await asyncio.create_subprocess_exec(*line, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                                                           stderr=asyncio.subprocess.PIPE)
        try:
            await fan.line()
            yield fan
        finally:
            if fan.process.returncode is None:
                fan.process.kill()
                await fan.process.wait()

    async def line(self):
        line = await self.process.stdout.readline()
        if not line:
            raise Refused((await self.process.stderr.read()).decode().strip())
        return line.decode()

    async def round(self, name, trigger, events):
        """What the sockets got of a round, from just before the trigger."""
        marker = MARKER.replace("{k}", name)
        await trigger.prepare(marker, events)
        self.process.stdin.write(f"round {name} {events}\n".encode())
        await self.line()
        await trigger.fire()
        got = json.loads(await self.line())
        await trigger.settle()
        await asyncio.sleep(DRAIN_S)
        if got["missing"]:
            raise Refused(f"{got['missing']:,} of {self.sockets:,} sockets missed a frame of round {name}")
        return got

    async def rounds(self, count, trigger, kind, events=1):
        return [await self.round(f"{kind}-{n}", trigger, events) for n in range(count)]

    async def end(self):
        self.process.stdin.write(b"end\n")
        return json.loads(await self.line())


class MailTrigger:
    """Mails of one thread, each over a session that waits with everything but the text."""

    def __init__(self, address):
        self.address = address
        self.sessions = []
        self.sent = 0

    async def prepare(self, marker, events):
        while len(self.sessions) < events:
            reader, writer = await asyncio.open_connection(*self.address)
            await reader.readline()
            await smtp(reader, writer, "EHLO bench.example\r\n")
            self.sessions.append((reader, writer))
        self.waiting = []
        for reader, writer in self.sessions[:events]:
            await smtp(reader, writer, "MAIL FROM:<fan@senders.example>\r\n")
            await smtp(reader, writer, "RCPT TO:<support@demo.test>\r\n")
            await smtp(reader, writer, "DATA\r\n")
            answers = "" if self.sent == 0 else "In-Reply-To: <fan.0@senders.example>\r\nReferences: <fan.0@senders.example>\r\n"
            self.waiting.append((reader, writer, f"From: fan@senders.example\r\nSubject: Parcels\r\nMessage-ID: <fan.{self.sent}@senders.example>\r\n"
                                 f"{answers}\r\nThis is {marker}\r\n.\r\n"))
            self.sent += 1

    async def fire(self):
        for _, writer, body in self.waiting:
            writer.write(body.encode())

    async def settle(self):
        for reader, _, _ in self.waiting:
            line = await reader.readline()
            if not line.startswith(b"250"):
                raise Refused(f"the mail was answered with {line!r}")


class MessageTrigger:
    """Tells the peer what to send."""

    def __init__(self, control, frame_bytes):
        self.control, self.frame_bytes = control, frame_bytes

    async def prepare(self, marker, events):
        self.order = json.dumps({"events": events, "bytes": self.frame_bytes, "marker": marker})

    async def fire(self):
        await self.control.send(self.order)

    async def settle(self):
        pass


class Consoles:
    """A desk that takes that many consoles, their tokens in a file; as few users as the desk's limits allow."""

    def __init__(self, sockets):
        self.sockets = sockets
        self.unknown = []
        self.desk = Desk(self.change)

    def change(self, config):
        generous(config)
        self.unknown = raise_limits(config, http_connections=self.sockets + 1_000, http_connections_per_address=self.sockets + 1_000,
                                    console_sessions=self.sockets + 100, console_sessions_per_user=PER_USER)
        per_user = BUILT_IN["per_user"] if "console_sessions_per_user" in self.unknown else PER_USER
        self.users = [f"watcher{n}" for n in range(math.ceil(self.sockets / per_user))]
        config["users"] += [{"name": name, "display_name": name, "password": PASSWORD, "queues": ["general"], "capacity": "0%"}
                            for name in self.users]

    def __enter__(self):
        if "console_sessions" in self.unknown and self.sockets > BUILT_IN["sessions"]:
            self.desk.close()
            raise Refused(f"limits.console_sessions cannot be set: {BUILT_IN['sessions']:,} are built in")
        try:
            self.desk.start()
            self.tokens = self.desk.folder / "tokens"
            self.tokens.write_text("".join(f"{self.desk.token(user)}\n" for user in self.users))
        except BaseException:
            self.desk.close()
            raise
        return self

    def __exit__(self, *_):
        self.desk.close()

    def opened(self, sockets):
        """Logged in and subscribed to the board."""
        return Fan.opened(self.desk.address("http")[1], sockets, "--path", "/console", "--protocol", "deskwire.console.v1", "--values",
                          self.tokens, "--say", LOGIN, "--say", BOARD)


async def measured(table, name, sockets, options, fan, trigger):
    """Rows of single events and of bursts; the bytes of a counted frame."""
    await fan.rounds(3, trigger, "warm")
    single = await fan.rounds(options.rounds, trigger, "single")
    burst = await fan.rounds(max(3, options.rounds // 10), trigger, "burst", options.burst)
    every = await fan.end()
    events = 3 + len(single) + len(burst) * options.burst
    frames = every["frames"] / events / sockets
    last = sorted(got["last_ms"] for got in single)
    table.add(f"an event to {sockets:,} sockets, until the last has it", name, f"p50 {last[len(last) // 2]:.1f} ms, p99 {last[int(len(last) * 0.99)]:.1f} ms",
              f"{rate(single):,.0f} frames/s; {single[0]['frame_bytes']} bytes, {frames:.1f} frames an event and socket")
    table.add(f"{options.burst} events at once to {sockets:,} sockets", name, f"{rate(burst):,.0f} frames/s",
              f"until the last {max(got['last_ms'] for got in burst):.0f} ms at most")
    return single[0]["frame_bytes"]


def rate(rounds):
    """Counted frames a second of the rounds' time."""
    return sum(got["counted"] for got in rounds) / sum(got["last_ms"] for got in rounds) * 1000


async def fan_of_desk(table, sockets, options):
    with Consoles(sockets) as consoles:
        async with consoles.opened(sockets) as fan:
            return await measured(table, "Deskwire", sockets, options, fan, MailTrigger(consoles.desk.address("smtp")))


async def fan_of_peer(table, sockets, options, frame_bytes):
    with Peer("fanout.mjs") as peer:
        async with Fan.opened(peer.port, sockets) as fan, websockets.connect(f"ws://127.0.0.1:{peer.port}/control") as control:
            await measured(table, "ws", sockets, options, fan, MessageTrigger(control, frame_bytes))


def fan(options, table):
    frame_bytes = USUAL_FRAME_BYTES
    for sockets in options.sockets:
        try:
            frame_bytes = asyncio.run(fan_of_desk(table, sockets, options))
        except Refused as why:
            table.add(f"an event to {sockets:,} sockets", "Deskwire", "not measured", str(why))
        asyncio.run(fan_of_peer(table, sockets, options, frame_bytes))


async def grown(pid, opened):
    """KiB by which the process grew with the sockets open and idle."""
    before = memory_kib(pid)
    async with opened:
        await asyncio.sleep(1)
        return memory_kib(pid) - before


def idle(options, table):
    def add(kind, name, run):
        try:
            table.add(f"an idle {kind}, of {options.idle:,}", name, f"{asyncio.run(run()) / options.idle:.1f} KiB resident")
        except Refused as why:
            table.add(f"an idle {kind}", name, "not measured", str(why))

    async def console():
        with Consoles(options.idle) as consoles:
            return await grown(consoles.desk.process.pid, consoles.opened(options.idle))

    async def chat():
        with Consoles(options.idle) as consoles:  # Its limits are raised.
            desk = consoles.desk
            return await grown(desk.process.pid, Fan.opened(desk.address("http")[1], options.idle, "--path", "/chat/web", "--protocol",
                                                            "deskwire.chat.v1", "--say", CHAT))

    async def plain():
        with Peer("fanout.mjs") as peer:
            return await grown(peer.process.pid, Fan.opened(peer.port, options.idle))

    add("console, logged in and subscribed to the board", "Deskwire", console)
    add("visitor's chat, started", "Deskwire", chat)
    add("socket", "ws", plain)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=lambda text: [int(n) for n in text.split(",")], default=[1_000, 5_000])
    parser.add_argument("--rounds", type=int, default=100, help="single events; a tenth as many bursts")
    parser.add_argument("--burst", type=int, default=20, help="events at once")
    parser.add_argument("--idle", type=int, default=1_000, help="idle sockets")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rounds")
    parts = {"fan": fan, "idle": idle}
    parser.add_argument("--only", action="append", choices=parts, help="this part alone; may be repeated")
    options = parser.parse_args()
    if options.quick:
        options.rounds //= 10
    raise_descriptor_limit(max([*options.sockets, options.idle]) + 1_000)
    install_peers()
    table = Table()
    for name, part in parts.items():
        if not options.only or name in options.only:
            part(options, table)
    table.print()


if __name__ == "__main__":
    main()
