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

from tests.e2e import demo
from tests.e2e.harness import WAIT_S, Refused, wait_until


class Campaign:
    def __init__(self, desk, seed=1, senders=4):
        self.desk = desk
        self.random = random.Random(seed)
        self.senders = senders
        self.lock = threading.Lock()
        self.acknowledged = []            # subjects answered 250
        self.channel = {}                 # ticket -> channel of what was answered
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
        """Whatever the channel: a call cannot be answered in writing."""
        got = await console.call("ticket.get", ticket=ticket)
        if got["ticket"]["channel"] == "voice":
            await console.call("ticket.resolve", ticket=ticket)
            return
        sent = await console.call("ticket.reply", ticket=ticket, client_id=f"only-{ticket}", text=f"Answer to ticket {ticket}.")
        self.answered[ticket] = sent["message"]["id"]
        self.channel[ticket] = got["ticket"]["channel"]
        await console.call("ticket.resolve", ticket=ticket)

    async def run(self, kills, acks_between=(5, 60)):
        threads = [threading.Thread(target=self._sender, args=(n,)) for n in range(self.senders)] + self.more_threads()
        self.desk.start()
        self.up.set()
        for thread in threads:
            thread.start()
        agents = [asyncio.create_task(self._agent(user)) for user in ("agent1", "agent2")] + self.more_tasks()
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

    def more_threads(self):
        return []

    def more_tasks(self):
        return []

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
        lost = [t for t in self.answered if self.channel[t] == "email" and texts[f"Answer to ticket {t}"] == 0]
        assert not lost, f"answers acknowledged and never sent: {lost[:10]}"
        twice = sum(n - 1 for n in copies.values())
        # In flight at one kill are at most the transport's parallel sends.
        assert twice <= kills * 16, f"{twice} doubled mails in {kills} kills"
        return {"acknowledged": len(self.acknowledged), "answered": len(self.answered), "kills": kills, "doubled_out": twice}

    def _unsent(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.desk.data}/deskwire.db?mode=ro", uri=True)) as db:
            return db.execute("SELECT count(*) FROM outbox").fetchone()[0]


class EveryChannel(Campaign):
    """Signed texts, missed calls and chats beside the mails; each is repeated until it was taken, as gateways and the widget do."""

    def __init__(self, desk, gateway, seed=1, senders=2, texters=2, visitors=3):
        super().__init__(desk, seed, senders)
        self.gateway, self.texters, self.visitors = gateway, texters, visitors
        gateway.desk = lambda: "http://%s:%d" % desk.address("http")
        self.said = {}                    # visitor -> [(seq, text)] as the desk acknowledged it
        self.calls = 0

    def more_threads(self):
        threads = [threading.Thread(target=self._texter, args=(n,)) for n in range(self.texters)]
        return threads + [threading.Thread(target=self._caller)]

    def more_tasks(self):
        return [asyncio.create_task(self._visitor(n)) for n in range(self.visitors)]

    def _until_taken(self, send):
        """True when it was taken; a hook is repeated until then."""
        while True:
            self.up.wait(WAIT_S)
            with contextlib.suppress(OSError):
                return send("http://%s:%d" % self.desk.address("http"))
            self.stopping.wait(0.02)

    def _texter(self, number):
        count = 0
        while not self.stopping.is_set():
            count += 1
            words = f"text {number}-{count}"
            params = {"MessageSid": f"SM{number}x{count}", "AccountSid": demo.ACCOUNT, "From": f"+1415{number:03d}{count:04d}",
                      "To": demo.NUMBER, "Body": words, "NumMedia": "0"}
            self._until_taken(lambda base: demo.post_signed(demo.TOKEN, base, demo.PUBLIC, "/hooks/twilio/sms", params))
            with self.lock:
                self.acknowledged.append(words)
            self.stopping.wait(0.01)

    def _caller(self):
        count = 0
        while not self.stopping.is_set():
            count += 1
            event = {"event": "missed", "call": f"call-{count}", "from": f"+1416555{count:04d}", "to": "+15005550001", "at": demo.rfc3339()}
            self._until_taken(lambda base: demo.post_call(base, event))
            self.calls = count
            self.stopping.wait(0.05)

    async def _visitor(self, number):
        """One conversation: each line is sent under its client_id until the answer came."""
        token, said, count = None, self.said.setdefault(number, []), 0
        while not self.stopping.is_set():
            if not self.up.is_set():
                await asyncio.sleep(0.02)
                continue
            with contextlib.suppress(OSError, ConnectionError, websockets.WebSocketException, asyncio.TimeoutError):
                host, port = self.desk.address("http")
                async with websockets.connect(f"ws://{host}:{port}/chat/web", subprotocols=["deskwire.chat.v1"], open_timeout=5) as socket:
                    visit = demo.Visit(socket)
                    token = (await visit.call("chat.start", **({"token": token} if token else {})))["token"]
                    while not self.stopping.is_set():
                        text = f"chat {number} line {count + 1}"
                        sent = await visit.call("chat.send", client_id=text, text=text)
                        count += 1
                        said.append((sent["seq"], text))
                        await asyncio.sleep(0.05)
            await asyncio.sleep(0.02)

    def check(self, kills):
        tickets = self.desk.all_tickets()
        by_channel = collections.Counter(t["channel"] for t in tickets)
        for visitor, said in self.said.items():
            self.acknowledged.append(f"chat {visitor} line 1")
            seqs = [seq for seq, _ in said]
            assert seqs == sorted(set(seqs)), f"visitor {visitor} counts {seqs}"
            lines = collections.Counter(m["text"] for t in tickets if t["channel"] == "chat" and t["subject"] == f"chat {visitor} line 1"
                                        for m in self.desk.get(f"/tickets/{t['id']}/messages", limit=200)["items"] if m["direction"] == "in")
            missing = [text for _, text in said[:180] if lines[text] != 1]
            assert not missing, f"said and not there once: {missing[:5]}"
        calls = sum(1 for t in tickets if t["channel"] == "voice")
        assert calls in (self.calls, self.calls + 1), f"{calls} tickets of {self.calls} calls"
        self.acknowledged += [t["subject"] for t in tickets if t["channel"] == "voice"]
        self._check_texts()
        return {**super().check(kills), "by channel": dict(by_channel)}

    def _check_texts(self):
        """No answer by text leaves twice; each left, or the agent is told that nobody knows."""
        wait_until(lambda: not self._unsent(), "an empty outbox")
        left = collections.Counter(sent["body"] for sent in self.gateway.sent)
        twice = [body for body, n in left.items() if n > 1]
        assert not twice, f"texted twice: {twice[:5]}"
        delivered = 0
        for ticket, message in self.answered.items():
            if self.channel[ticket] != "sms":
                continue
            shown = next(m for m in self.desk.get(f"/tickets/{ticket}/messages")["items"] if m["id"] == message)
            state = shown["delivery"]["state"]
            delivered += state == "delivered"
            if not left[f"Answer to ticket {ticket}."]:
                assert state in ("unknown", "failed"), f"answer {message} was never texted and is {shown['delivery']}"
        assert delivered or not left, "no receipt has arrived"
