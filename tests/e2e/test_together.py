# SPDX-License-Identifier: Apache-2.0
"""Two agents and a supervisor at their pages in Chromium, while customers write by mail, text and chat, and call."""
import asyncio
import json
import os
import pathlib
import shutil
import unittest

from tests.e2e.callers import Pbx
from tests.e2e.gateways import Gateways
from tests.e2e.harness import ROOT, WAIT_S, Desk, node_packages, wait_until

PAGES = pathlib.Path(__file__).resolve().parent / "together.mjs"
MACRO = {"name": "On its way", "text": "Dear {{customer.first_name}},\nyour money is on its way (#{{ticket.id}}).",
         "actions": {"tags_add": ["paid-back"], "state": "pending"}}


class Customers:
    """What the pages' story asks for from outside, by name. Each answers with what the story has to know."""

    def __init__(self, desk, gateways):
        self.desk, self.gateways, self.pbx, self.visitor = desk, gateways, Pbx(desk), None
        self.at = desk.address("http")[1]

    async def mail(self):
        await asyncio.to_thread(self.desk.mail, "Refund for order 8841", "Hello,\n\nplease refund my order. The cardboard was wet.\n",
                                sender="Ann Lee <ann@customer.example>", to="billing@demo.test", mail_from="ann@customer.example")

    async def text(self, words):
        status, *_ = await asyncio.to_thread(self.gateways.twilio_text, self.desk, words)
        assert status == 200, status

    async def texts(self, count):
        """What the provider was given to deliver, once it is so many."""
        await asyncio.to_thread(wait_until, lambda: len(self.gateways.sent) >= count, f"{count} texts at the provider")
        return [sent["text"] for sent in self.gateways.sent]

    async def visit(self, words):
        self.visitor = await self.desk.visitor()
        await self.visitor.start(name="Wang Fang", email="wang@kehu.example")
        await self.visitor.send(words)

    async def told(self, words):
        await self.visitor.told(words)

    async def visit_again(self, words):
        """The visitor's page comes back to the desk that was restarted, and has missed nothing."""
        before, token = self.visitor.texts(), self.visitor.token
        await self.visitor.close()
        self.visitor = await self.desk.visitor()
        await self.visitor.resume(token)
        assert self.visitor.texts() == before, (self.visitor.texts(), before)
        await self.visitor.send(words)

    async def call(self, event, agent=None):
        return await asyncio.to_thread(self.pbx.tell, event, "c1", agent=agent)

    async def restart(self, words):
        """Gone and back at the same address, as after an update; a text comes before the pages are back."""
        await asyncio.to_thread(self.desk.kill)
        command = self.desk.command()
        command[command.index("--http") + 1] = f"127.0.0.1:{self.at}"
        self.desk.command = lambda: command
        await asyncio.to_thread(self.desk.start)
        await self.text(words)


class Together(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        node_packages()
        self.shots = pathlib.Path(os.environ.get("DESKWIRE_SHOTS", ROOT / "build/screenshots"))
        self.shots.mkdir(parents=True, exist_ok=True)
        self.gateways = Gateways()
        self.addCleanup(self.gateways.close)

    def configure(self, config):
        self.gateways.configure(config)
        for queue in config["queues"]:  # Only one of them serves billing: what is ignored there comes to nobody else.
            queue["offer_timeout"] = "5s" if queue["name"] == "billing" else "5m"

    async def test_a_day_of_two_agents_and_a_supervisor_over_all_channels(self):
        with Desk(self.configure) as desk:
            supervisor = await desk.console("supervisor1")
            await supervisor.call("macro.put", **MACRO)
            await supervisor.close()
            customers = Customers(desk, self.gateways)
            done = await self.play(desk, customers)
            await customers.visitor.close()
            self.assertEqual(done["complaints"], [])
            mail, = desk.smarthost.wait_for(1)
            self.assertIn("Dear Ann,\nyour money is on its way", mail.get_body().get_content().replace("\r\n", "\n"))
            tickets = {ticket["channel"]: ticket for ticket in desk.all_tickets()}
            self.assertEqual({channel: (t["state"], t["agent"]) for channel, t in tickets.items()},
                             {"email": ("pending", "agent1"), "sms": ("assigned", "agent1"), "chat": ("assigned", "agent1"), "voice": ("assigned", "supervisor1")})
            self.assertEqual(tickets["email"]["tags"], ["paid-back", "wet-parcel"])

    async def play(self, desk, customers):
        """Runs the pages and does what they ask for; the last line they say."""
        pages = await asyncio.create_subprocess_exec(
            "node", str(PAGES), f"http://{desk.ready['http']}/", str(self.shots), limit=1 << 20, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        errors, row = asyncio.create_task(pages.stderr.read()), None
        try:
            async for line in pages.stdout:
                row = json.loads(line)
                if "ask" in row:
                    answer = await asyncio.wait_for(getattr(customers, row["ask"])(*row["of"]), WAIT_S)
                    pages.stdin.write(json.dumps(answer).encode() + b"\n")
                    await pages.stdin.drain()
        finally:
            pages.stdin.close()  # Whatever they ask now is not answered, which ends them.
            try:
                status = await asyncio.wait_for(pages.wait(), WAIT_S)
            except asyncio.TimeoutError:
                pages.kill()
                raise
        self.assertEqual(status, 0, (await errors).decode() + str(row))
        return row


if __name__ == "__main__":
    unittest.main()
