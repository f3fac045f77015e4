#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A console client in one file: logs in, goes available, accepts the first offer, answers it and resolves the ticket.

    docs/examples/console_client.py ws://127.0.0.1:8080/console agent1 demo-password [--text "Dear customer, …"] [--once]

Python 3 and the `websockets` package (Debian: python3-websockets). Prints one JSON object a line: what it did and what it was
told. Without --once it goes on with the next offer. A lost connection is resumed: no event is missed and none comes twice.
Exit: 0 done, 1 refused by the desk, 2 log-in failed.
"""
import argparse
import asyncio
import json
import sys
import uuid

import websockets

PROTOCOL = "deskwire.console.v1"
UNAUTHENTICATED = -32001


class Refused(Exception):
    """The desk answered a call with an error."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error["code"]
        self.data = error.get("data") or {}


class Console:
    """One socket: calls wait for their answers, notifications go into a queue."""

    def __init__(self, socket):
        self.socket = socket
        self.waiting = {}
        self.last_id = 0
        self.notifications = asyncio.Queue()
        self.reader = asyncio.create_task(self._read())

    async def _read(self):
        try:
            async for text in self.socket:
                frame = json.loads(text)
                if "method" in frame:
                    await self.notifications.put((frame["method"], frame["params"]))
                elif frame["id"] in self.waiting:
                    self.waiting.pop(frame["id"]).set_result(frame)
        except websockets.ConnectionClosed:
            pass
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the connection was lost"))
        await self.notifications.put(("closed", {}))

    async def call(self, method, **params):
        self.last_id += 1
        answer = self.waiting[self.last_id] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}))
        frame = await answer
        if "error" in frame:
            raise Refused(frame["error"])
        return frame["result"]


def say(what, **more):
    print(json.dumps({"what": what, **more}), flush=True)


class Agent:
    def __init__(self, options):
        self.options = options
        self.token = None
        self.seq = 0          # The last event seen: where a lost connection goes on.
        self.done = False
        self.answering = {}   # offer -> client_id, so that an answer repeated after a lost connection is sent once.

    async def enter(self, console):
        if self.token is None:
            result = await console.call("session.login", user=self.options.user, password=self.options.password)
            self.token, self.seq = result["token"], result["seq"]
            say("logged in", user=result["user"])
            state = await console.call("presence.set", state="available")
            say("available", since=state["since"])
        else:
            await console.call("session.resume", token=self.token, after=self.seq)
            say("resumed", after=self.seq)

    async def handle(self, console, offer):
        client_id = self.answering.setdefault(offer["offer"], str(uuid.uuid4()))
        try:
            ticket = (await console.call("offer.accept", offer=offer["offer"]))["ticket"]
        except Refused as refused:
            if refused.data.get("refusal") == "offer_ended":  # Too late, or told twice.
                say("missed", offer=offer["offer"])
                return
            raise
        say("accepted", ticket=ticket["id"], subject=ticket["subject"])
        whole = await console.call("ticket.get", ticket=ticket["id"])
        for message in whole["messages"]:
            say("message", direction=message["direction"], text=message["text"])
        sent = await console.call("ticket.reply", ticket=ticket["id"], client_id=client_id, text=self.options.text,
                                  expected_seq=whole["messages"][-1]["seq"])
        say("answered", message=sent["message"]["id"], delivery=sent["message"]["delivery"])
        resolved = await console.call("ticket.resolve", ticket=ticket["id"])
        say("resolved", ticket=resolved["ticket"]["id"], state=resolved["ticket"]["state"])
        self.done = self.options.once

    async def serve(self, console):
        """Works until there is nothing more to do or the connection is lost."""
        await self.enter(console)
        while not self.done:
            kind, params = await console.notifications.get()
            if kind == "closed":
                raise ConnectionError("the connection was lost")
            if kind == "resync":  # Too far behind: the lists must be asked for anew. Pending offers come by themselves.
                say("resync", reason=params["reason"])
                continue
            if params["type"] == "offer.made":
                say("offered", offer=params["data"]["offer"], expires_at=params["data"]["expires_at"])
                await self.handle(console, params["data"])
            self.seq = params["seq"]  # Only now: an offer whose handling was cut off is told again, and accepting twice is once.

    async def run(self):
        pause = 0.2
        while not self.done:
            try:
                async with websockets.connect(self.options.url, subprotocols=[PROTOCOL], max_size=None) as socket:
                    await self.serve(Console(socket))
            except Refused as refused:
                say("refused", code=refused.code, message=str(refused), data=refused.data)
                return 2 if refused.code == UNAUTHENTICATED else 1
            except (OSError, websockets.WebSocketException) as lost:
                if self.token is None:
                    say("cannot connect", reason=str(lost))
                    return 1
                say("connection lost", reason=str(lost))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10)
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="ws://HOST:PORT/console")
    parser.add_argument("user")
    parser.add_argument("password")
    parser.add_argument("--text", default="Thank you for writing. It is taken care of.", help="the answer")
    parser.add_argument("--once", action="store_true", help="end after one ticket")
    sys.exit(asyncio.run(Agent(parser.parse_args()).run()))


if __name__ == "__main__":
    main()
