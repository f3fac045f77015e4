# SPDX-License-Identifier: Apache-2.0
"""Kills the daemon under load again and again: several senders retry each mail until it is acknowledged, as mail servers do, and an
agent answers what is offered. Afterwards everything acknowledged is there exactly once."""
import asyncio
import collections
import contextlib
import email.message
import email.policy
import random
import smtplib
import sqlite3
import threading

import websockets

from tests.e2e.harness import WAIT_S, Refused, wait_until


class Campaign:
    def __init__(self, desk, seed=1, senders=4):
        self.desk = desk
        self.random = random.Random(seed)
        self.senders = senders
        self.lock = threading.Lock()
        self.acknowledged = []            # subjects answered 250
        self.answered = {}                # ticket -> message id of the reply the console acknowledged
        self.stopping = threading.Event()
        self.up = threading.Event()

    def _sender(self, number):
        """One mail after the other; each is tried until the answer is 250."""
        count = 0
        while not self.stopping.is_set():
            count += 1
            subject = f"matter {number}-{count}"
            mail = email.message.EmailMessage(policy=email.policy.SMTP)
            mail["From"], mail["To"], mail["Subject"] = f"sender{number}@customer.example", "support@demo.test", subject
            mail["Message-ID"] = f"<{number}.{count}@customer.example>"
            mail.set_content(f"This is matter {count} of sender {number}.\n" * 20)
            # A mail that was begun is finished even when the campaign ends.
            while True:
                self.up.wait(WAIT_S)
                try:
                    with smtplib.SMTP(*self.desk.address("smtp"), timeout=10) as client:
                        client.send_message(mail)
                        with self.lock:
                            self.acknowledged.append(subject)
                    break
                except (OSError, smtplib.SMTPException):
                    # The 250 may have come before the connection broke at QUIT: then it is acknowledged already.
                    with self.lock:
                        if self.acknowledged and subject in self.acknowledged[-self.senders * 2:]:
                            break
                    self.stopping.wait(0.02)

    async def _agent(self, user):
        """Accepts every offer, answers once and resolves; comes back after each crash."""
        while not self.stopping.is_set():
            if not self.up.is_set():
                await asyncio.sleep(0.02)
                continue
            with contextlib.suppress(OSError, ConnectionError, websockets.WebSocketException, asyncio.TimeoutError, Refused, AssertionError):
                console = await self.desk.console(user, "available")
                page = await console.call("ticket.list", mine=True, state="assigned", limit=200)
                for ticket in page["items"]:
                    await self._answer(console, ticket["id"])
                while not self.stopping.is_set():
                    offer = asyncio.create_task(console.event("offer.made"))
                    done, _ = await asyncio.wait({offer, console.reader}, return_when=asyncio.FIRST_COMPLETED)
                    if offer not in done:
                        offer.cancel()
                        raise ConnectionError
                    ticket = (await console.call("offer.accept", offer=offer.result()["offer"]))["ticket"]
                    await self._answer(console, ticket if isinstance(ticket, int) else ticket["id"])
            await asyncio.sleep(0.02)

    async def _answer(self, console, ticket):
        sent = await console.call("ticket.reply", ticket=ticket, client_id=f"only-{ticket}", text=f"Answer to ticket {ticket}.")
        self.answered[ticket] = sent["message"]["id"]
        await console.call("ticket.resolve", ticket=ticket)

    async def run(self, kills, acks_between=(5, 60)):
        threads = [threading.Thread(target=self._sender, args=(n,)) for n in range(self.senders)]
        self.desk.start()
        self.up.set()
        for thread in threads:
            thread.start()
        agents = [asyncio.create_task(self._agent(user)) for user in ("agent1", "agent2")]
        for _ in range(kills):
            with self.lock:
                goal = len(self.acknowledged) + self.random.randint(*acks_between)
            await asyncio.to_thread(wait_until, lambda: len(self.acknowledged) >= goal, f"{goal} acknowledged mails")
            await asyncio.sleep(self.random.random() * 0.02)
            self.up.clear()
            self.desk.kill()
            self.desk.start()
            self.up.set()
        self.stopping.set()
        await asyncio.gather(*(asyncio.to_thread(t.join, WAIT_S) for t in threads), *agents)

    def check(self, kills):
        """Raises AssertionError with what is wrong; returns the figures."""
        subjects = collections.Counter(t["subject"] for t in self.desk.all_tickets())
        missing = [s for s in self.acknowledged if subjects[s] == 0]
        doubled = {s: n for s, n in subjects.items() if n > 1}
        assert not missing, f"acknowledged and missing: {missing[:10]} ({len(missing)})"
        assert not doubled, f"doubled: {list(doubled.items())[:10]}"
        # Every mail was retried until acknowledged, so nothing may be there beyond that.
        assert set(subjects) == set(self.acknowledged), "tickets of mails nobody sent"
        wait_until(lambda: not self._unsent(), "an empty outbox")
        copies = collections.Counter(m["Message-ID"] for m in self.desk.smarthost.mails())
        texts = collections.Counter(m.get_body().get_content().split(".")[0] for m in self.desk.smarthost.mails())
        lost = [t for t in self.answered if texts[f"Answer to ticket {t}"] == 0]
        assert not lost, f"answers acknowledged and never sent: {lost[:10]}"
        twice = sum(n - 1 for n in copies.values())
        # In flight at one kill are at most the transport's parallel sends.
        assert twice <= kills * 16, f"{twice} doubled mails in {kills} kills"
        return {"acknowledged": len(self.acknowledged), "answered": len(self.answered), "kills": kills, "doubled_out": twice}

    def _unsent(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.desk.data}/deskwire.db?mode=ro", uri=True)) as db:
            return db.execute("SELECT count(*) FROM outbox").fetchone()[0]
