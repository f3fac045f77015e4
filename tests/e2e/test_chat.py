# SPDX-License-Identifier: Apache-2.0
"""The chat from end to end: visitors' sockets, agents who answer, crashes, cut connections, and pages that mean harm."""
import asyncio
import base64
import contextlib
import copy
import hashlib
import hmac
import itertools
import json
import random
import signal
import socket
import time
import unittest
import urllib.parse

import websockets

from tests.e2e import schemas
from tests.e2e.harness import CORPUS, Desk, Refused, wait_until

SECRET = "0123456789abcdef-of-the-shop"
SHOP = "https://shop.example"


def desk(change=None, **web):
    """A desk whose chat `web` has no form and is in nobody's way; `web` are keys of that channel."""
    def edit(config):
        config["channels"]["chat"][0].pop("ask_for", None)
        config["channels"]["chat"][0].update({"messages_per_minute": 10_000, "idle_close": "0s", **web})
        if change:
            change(config)
    return Desk(edit)


def many_at_once(config):
    """One agent talks with as many as there are."""
    config["routing"]["capacity"]["chat"] = "1%"


def one_at_a_time(config):
    config["routing"]["capacity"]["chat"] = "100%"


class Agent:
    """Takes every offer and answers what `answer(text)` says."""

    @classmethod
    async def come(cls, desk, user="agent2", answer=None):
        self = cls()
        self.console = await desk.console(user, "available")
        self.answer = answer
        self.tickets = []
        self.texts = {}  # ticket -> what its visitor said, each once
        self.task = asyncio.create_task(self.work()) if answer else None
        return self

    async def take(self):
        """The number of the ticket that is offered next."""
        offer = await self.console.event("offer.made")
        ticket = (await self.console.call("offer.accept", offer=offer["offer"]))["ticket"]["id"]
        self.tickets.append(ticket)
        return ticket

    async def call(self, method, **params):
        """A console's calls are paced: what came too early is asked again."""
        while True:
            try:
                return await self.console.call(method, **params)
            except Refused as refused:
                if "retry_after_ms" not in refused.data:
                    raise
                await asyncio.sleep(refused.data["retry_after_ms"] / 1000)

    async def reply(self, ticket, text, client_id=None, **more):
        name = client_id or f"{ticket} {text}"[:200]
        return (await self.call("ticket.reply", ticket=ticket, client_id=name, text=text, **more))["message"]

    async def hear(self, ticket, message):
        if message["direction"] != "in":
            return
        said = self.texts.setdefault(ticket, {})
        if message["id"] not in said:
            said[message["id"]] = message["text"]
            await self.reply(ticket, self.answer(message["text"]), f"re {message['id']}")

    async def work(self):
        with contextlib.suppress(ConnectionError, websockets.ConnectionClosed):
            while True:
                while self.console.events:
                    event = self.console.events.pop(0)
                    data = event.get("data", {})
                    if event["type"] == "offer.made":
                        with contextlib.suppress(Refused):  # Withdrawn meanwhile.
                            ticket = (await self.call("offer.accept", offer=data["offer"]))["ticket"]["id"]
                            self.tickets.append(ticket)
                            for message in (await self.call("ticket.get", ticket=ticket))["messages"]:
                                await self.hear(ticket, message)
                    if event["type"] == "message.added" and data["ticket"]["id"] in self.tickets:
                        await self.hear(data["ticket"]["id"], data["message"])
                self.console.arrived.clear()
                await self.console.arrived.wait()

    async def close(self):
        if self.task:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self.console.close()


async def ask(desk, token, method, **params):
    """One call of a visitor who is only there for it."""
    visitor = await desk.visitor()
    if token:
        await visitor.resume(token)
    else:
        await visitor.start()
    try:
        return await visitor.call(method, **params)
    finally:
        await visitor.close()


def messages_of(desk, ticket):
    return desk.get(f"/tickets/{ticket}/messages", limit=200)["items"]


def signed(user, secret=SECRET, **more):
    return {"id": user, "hash": hmac.new(secret.encode(), user.encode(), hashlib.sha256).hexdigest(), **more}


def web_token(claims, secret=SECRET, header=None):
    def part(value):
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    head = f"{part(header or {'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    return f"{head}.{part(hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest())}"


class Talk(unittest.IsolatedAsyncioTestCase):
    async def test_a_visitor_talks_is_answered_and_resumes_exactly(self):
        with desk(many_at_once) as d:
            agent, visitor = await Agent.come(d), await d.visitor()
            started = await visitor.start(name="Ann", email="ann@customer.example")
            self.assertEqual((started["seq"], started["visitor"]["level"]), (0, "claimed"))
            first = await visitor.send("Where is my parcel?", "a")
            again = await visitor.send("Where is my parcel?", "a")
            self.assertEqual(first, again, "the same client_id is one message")
            self.assertEqual(first["seq"], 1)
            ticket = await agent.take()
            await agent.reply(ticket, "On its way.")
            await visitor.told("On its way.")
            await visitor.until(lambda: visitor.state["agent"] == {"name": "Bao Tran"}, "the agent's name")
            await visitor.send("Thanks!")
            await visitor.told("Thanks!")
            said = ["Where is my parcel?", "On its way.", "Thanks!"]
            self.assertEqual(visitor.texts(), said)
            order = [f.get("method") or ("result" if "seq" in f["result"] else "") for f in visitor.frames]
            self.assertLess(len(order) - 1 - order[::-1].index("result"), len(order) - 1 - order[::-1].index("event"),
                            "a result comes before its own event")
            for after in range(4):
                tab = await d.visitor()
                page = await tab.resume(started["token"], after)
                self.assertEqual([e["data"]["message"]["text"] for e in page["events"]], said[after:])
                await tab.close()
            self.assertEqual([m["text"] for m in messages_of(d, ticket)], said)
            self.assertEqual(d.get(f"/tickets/{ticket}")["customer"]["name"], "Ann")
            await visitor.close()
            await agent.close()

    async def test_several_tabs_are_one_visitor(self):
        with desk(many_at_once) as d:
            agent, one = await Agent.come(d, answer=lambda text: f"re {text}"), await d.visitor()
            token = (await one.start())["token"]
            await one.send("from one")
            two = await d.visitor()
            await two.resume(token)
            await two.send("from two")
            await asyncio.gather(one.told("re from two"), two.told("re from two"))
            self.assertEqual(one.texts(), two.texts())
            self.assertEqual(one.messages, two.messages)
            self.assertEqual(len(d.all_tickets()), 1)
            await one.close()
            await two.send("still here")
            await two.told("re still here")
            await two.close()
            await agent.close()

    async def test_an_answer_to_a_call_is_never_overtaken_by_its_own_event(self):
        with desk() as d:
            visitor = await d.visitor()
            await visitor.start()
            for n in range(20):
                await visitor.send(f"message {n}")
            await visitor.told("message 19")
            for n in range(1, 21):
                result = next(i for i, f in enumerate(visitor.frames) if f.get("result", {}).get("message") and f["result"]["seq"] == n)
                event = next(i for i, f in enumerate(visitor.frames) if f.get("method") == "event" and f["params"]["seq"] == n)
                self.assertLess(result, event)
            await visitor.close()

    async def test_what_was_missed_comes_in_pages(self):
        with desk() as d:
            first = await d.visitor()
            token = (await first.start())["token"]

            async def some(of):
                tab = await d.visitor()
                await tab.start(token=token)
                for n in of:
                    await tab.send(f"message {n}")
                await tab.close()
            await asyncio.gather(*(some(range(at, at + 50)) for at in range(0, 450, 50)))
            back = await d.visitor()
            pages = []
            back.note, note = (lambda frame: (note(frame), pages.append(frame["result"]) if "events" in frame.get("result", {}) else None)), back.note
            await back.resume(token, 17)
            self.assertEqual([(len(p["events"]), p["more"]) for p in pages], [(200, True), (200, True), (33, False)])
            self.assertEqual(sorted(back.messages), list(range(18, 451)))
            late = await d.visitor()
            self.assertEqual([e["seq"] for e in (await late.resume(token, 448))["events"]], [449, 450])
            ahead = await d.visitor()
            page = await ahead.call("chat.resume", token=token, after=1000)
            self.assertEqual((page["seq"], page["events"]), (450, []), "who has more than there is, is told what there is")
            await first.until(lambda: first.last == 450, "everything live")
            for tab in (first, back, late, ahead):
                await tab.close()

    async def test_words_of_every_kind(self):
        with desk() as d:
            visitor = await d.visitor()
            await visitor.start()
            await visitor.send("👩‍👩‍👧 \U0001f1fb\U0001f1f3 Xin chào")
            await visitor.send("a\x07b\x1b[31mred\r\nnext\rline\u202egnp.exe")
            self.assertEqual((await visitor.told("red"))["text"], "ab[31mred\nnext\nlinegnp.exe")
            await visitor.send("ă" * 4096)
            await visitor.told("ăăă")
            self.assertEqual(visitor.messages[1]["text"], "👩‍👩‍👧 🇻🇳 Xin chào")
            for text in ("x" * 8193, "😀" * 2049, "nul\0", "", " \x01\x02", None, 7, ["x"]):
                with self.assertRaises(Refused) as refused:
                    await visitor.call("chat.send", client_id="bad", text=text)
                self.assertEqual(refused.exception.code, -32602, text)
            for client_id in ("", "x" * 201, None, 5):
                with self.assertRaises(Refused) as refused:
                    await visitor.call("chat.send", client_id=client_id, text="hello")
                self.assertEqual(refused.exception.code, -32602, client_id)
            self.assertEqual(visitor.last, 3)
            await visitor.close()

    async def test_delivered_seen_and_typing(self):
        with desk(many_at_once) as d:
            agent, visitor = await Agent.come(d), await d.visitor()
            token = (await visitor.start())["token"]
            await visitor.send("Hello?")
            ticket = await agent.take()
            answer = await agent.reply(ticket, "Hello!")
            await visitor.told("Hello!")

            async def becomes(state, detail):
                await agent.console.event("message.changed", lambda data: data["message"]["id"] == answer["id"]
                                          and (data["message"]["delivery"]["state"], data["message"]["delivery"]["detail"]) == (state, detail))
            await visitor.call("chat.received", seq=2)
            await becomes("delivered", None)
            await visitor.call("chat.read", seq=2)
            await becomes("delivered", "seen")
            await visitor.call("chat.read", seq=999)
            await visitor.call("chat.typing")
            typing = await agent.console.event("typing")
            self.assertEqual((typing["ticket"], typing["typing"]), (ticket, True))
            await visitor.call("chat.typing", typing=False)
            self.assertFalse((await agent.console.event("typing"))["typing"])
            await agent.console.call("ticket.typing", ticket=ticket)
            await visitor.until(lambda: visitor.state["agent_typing"], "the agent typing")
            await agent.console.call("ticket.typing", ticket=ticket, typing=False)
            await visitor.until(lambda: not visitor.state["agent_typing"], "the agent not typing")
            await agent.console.call("ticket.read", ticket=ticket)
            await visitor.until(lambda: visitor.state["read_seq"] >= 1, "the agent's reading")
            # After a restart what was not seen yet still can be.
            last = await agent.reply(ticket, "Anything else?")
            await visitor.told("Anything else?")
            d.kill()
            d.start()
            again = await d.visitor()
            await again.resume(token, 3)
            await again.call("chat.read", seq=3)
            wait_until(lambda: (messages_of(d, ticket)[-1]["delivery"] or {}).get("detail") == "seen", "the late answer being seen")
            self.assertEqual(messages_of(d, ticket)[-1]["id"], last["id"])
            await again.close()

    async def test_the_place_in_the_queue(self):
        with desk(one_at_a_time) as d:
            agent = await Agent.come(d)
            visitors = [await d.visitor() for _ in range(3)]
            tickets = []
            for n, visitor in enumerate(visitors):
                await visitor.start()
                await visitor.send(f"I am {n}")
                if n == 0:
                    tickets.append(await agent.take())
            await visitors[0].until(lambda: visitors[0].state["agent"] and not visitors[0].state["waiting"], "an agent")
            begun = time.monotonic()
            for place, visitor in ((1, visitors[1]), (2, visitors[2])):
                await visitor.until(lambda: (visitor.state["waiting"] or {}).get("position") == place, f"place {place}")
                self.assertFalse([f for f in visitor.frames if f.get("method") == "state" and not f["params"]["waiting"]], "never told to have none")
            self.assertLess(time.monotonic() - begun, 5)
            tab = await d.visitor()
            self.assertEqual((await tab.resume(visitors[2].token))["state"]["waiting"]["position"], 2)
            await agent.console.call("ticket.resolve", ticket=tickets[0])
            await visitors[2].until(lambda: (visitors[2].state["waiting"] or {}).get("position") == 1, "moving up")
            # Who has ended is offered to nobody.
            await visitors[2].call("chat.end")
            await visitors[2].until(lambda: visitors[2].state["ended"] and not visitors[2].state["waiting"], "the end")
            states = {t["subject"]: t["state"] for t in d.all_tickets()}
            self.assertEqual(states["I am 2"], "resolved")
            for visitor in [*visitors, tab]:
                await visitor.close()
            await agent.close()

    async def test_the_end_and_what_is_said_after_it(self):
        with desk(many_at_once) as d:
            agent, visitor = await Agent.come(d), await d.visitor()
            await visitor.start()
            self.assertEqual(await visitor.call("chat.end", rating=1), {"seq": 0}, "nothing to end")
            await visitor.send("Hello?")
            ticket = await agent.take()
            await visitor.call("chat.end", rating=4, comment="Quick and kind")
            await visitor.until(lambda: visitor.state["ended"], "the end")
            await visitor.call("chat.end")
            await visitor.call("chat.end", rating=5)
            notes = [m["text"] for m in messages_of(d, ticket) if m["direction"] == "note"]
            self.assertEqual(notes, ["The visitor ended the chat. Rating: 4 of 5.\n\nQuick and kind", "After the chat: Rating: 5 of 5."])
            self.assertEqual(d.get(f"/tickets/{ticket}")["state"], "resolved")
            self.assertEqual((await visitor.send("One more thing"))["seq"], 2)
            await visitor.until(lambda: not visitor.state["ended"], "going on")
            self.assertEqual(len(d.all_tickets()), 1)
            self.assertEqual(sorted(visitor.messages), [1, 2], "notes are not for visitors")
            for rating in (0, 6, "4", 1.5, -1, True):
                with self.assertRaises(Refused) as refused:
                    await visitor.call("chat.end", rating=rating)
                self.assertEqual(refused.exception.code, -32602, rating)
            await visitor.close()
            await agent.close()

    async def test_a_new_configuration_holds_for_those_who_are_there(self):
        def two_chats(config):
            config["channels"]["chat"].append({"name": "other", "queue": "general"})
        with desk(two_chats) as d:
            visitor, other = await d.visitor(), await d.visitor("other")
            await visitor.start()
            await visitor.send("before")
            await other.start()
            d.config["channels"]["chat"][0]["messages_per_minute"] = 1
            d.config["channels"]["chat"].pop()
            d.write_config()
            d.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "is in force" in d.log(), "the new policy")
            await visitor.send("after")
            with self.assertRaises(Refused) as refused:
                await visitor.send("too fast now")
            self.assertEqual(refused.exception.code, -32029)
            with self.assertRaises((Refused, ConnectionError, websockets.ConnectionClosed)):
                await other.send("is anybody there?")
                await other.send("is anybody there?")
            await other.reader
            self.assertEqual(other.socket.close_code, 1008)
            await visitor.told("after")
            await visitor.close()


class Rules(unittest.IsolatedAsyncioTestCase):
    async def refused(self, call, code):
        with self.assertRaises(Refused) as refused:
            await call
        self.assertEqual(refused.exception.code, code, refused.exception)
        return refused.exception

    async def test_tokens_that_are_none(self):
        def two_chats(config):
            config["channels"]["chat"].append({"name": "other", "queue": "general"})
        with desk(two_chats) as d:
            visitor = await d.visitor()
            await self.refused(visitor.send("before the start"), -32001)
            token = (await visitor.start())["token"]
            version, name, mark = token.split(".")
            foreign = await d.visitor("other")
            theirs = (await foreign.start())["token"]
            for forged in (token[:-1], token + "A", f"{version}.{name}.{'A' * len(mark)}", f"v2.{name}.{mark}", f"{version}.{mark}.{name}", name, "",
                           "x" * 128, f"{version}.{name[::-1]}.{mark}", theirs, f"{version}.{theirs.split('.')[1]}.{mark}", token.replace(".", "\n")):
                for method in ({"method": "chat.resume", "after": 0}, {"method": "chat.start"}):
                    tab = await d.visitor()
                    method = dict(method)
                    await self.refused(tab.call(method.pop("method"), token=forged, **method), -32001)
                    await self.refused(tab.send("no"), -32001)
                    await tab.close()
            await self.refused(foreign.call("chat.resume", token=token, after=0), -32001)
            await self.refused(visitor.call("chat.resume", token="x" * 129, after=0), -32602)
            await visitor.send("mine is good")
            # Another conversation on the same socket: from then on only that one is told.
            other = await d.visitor()
            second = (await other.start())["token"]
            await visitor.resume(second)
            await visitor.send("now as the second")
            await other.told("now as the second")
            self.assertEqual(other.last, 1)
            for v in (visitor, foreign, other):
                await v.close()

    async def test_pages_of_other_sites(self):
        with desk(allowed_origins=[SHOP]) as d:
            ours = d.config["desk"]["public_url"]
            for origin, welcome in ((None, True), (SHOP, True), ("https://shop.example:443", True), ("https://evil.example", False),
                                    ("http://shop.example", False), ("https://shop.example.evil.example", False), ("null", False),
                                    ("https://shop.example:8443", False), (ours, True)):
                if welcome:
                    visitor = await d.visitor(origin=origin)
                    await visitor.start()
                    await visitor.close()
                else:
                    with self.assertRaises(websockets.InvalidStatusCode, msg=origin) as refused:
                        await d.visitor(origin=origin)
                    self.assertEqual(refused.exception.status_code, 403)
                status, _, headers = d.request("GET", "/chat/web/config", headers={"Origin": origin} if origin else {})
                # Whoever may not is kept out by the browser: it finds no permission to read.
                self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (200, origin if welcome and origin != ours else None), origin)
                status, _, _ = d.request("POST", "/chat/web/uploads", b"x", headers={"Authorization": "Bearer x", **({"Origin": origin} if origin else {})})
                self.assertEqual(status, 401 if welcome else 403, origin)
            asks = {"Origin": SHOP, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
            status, _, headers = d.request("OPTIONS", "/chat/web/uploads", headers=asks)
            self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (204, SHOP))
            self.assertIn("authorization", headers["Access-Control-Allow-Headers"].lower())
            self.assertIn("POST", headers["Access-Control-Allow-Methods"])
            _, _, headers = d.request("OPTIONS", "/chat/web/uploads", headers={**asks, "Origin": "https://evil.example"})
            self.assertIsNone(headers["Access-Control-Allow-Origin"])
            self.assertEqual(d.request("GET", "/chat/nowhere/config")[0], 404)

    async def test_too_fast_is_slowed_and_nothing_is_lost(self):
        with desk(messages_per_minute=60) as d:
            visitor = await d.visitor()
            await visitor.start()
            slowed = 0
            for n in range(66):
                while True:
                    try:
                        await visitor.send(f"message {n}", f"c{n}")
                        break
                    except Refused as refused:
                        self.assertEqual(refused.code, -32029)
                        self.assertGreater(refused.data["retry_after_ms"], 0)
                        slowed += 1
                        await asyncio.sleep(refused.data["retry_after_ms"] / 1000)
            self.assertGreater(slowed, 0)
            await visitor.told("message 65")
            self.assertEqual(visitor.texts(), [f"message {n}" for n in range(66)])
            await visitor.close()

    async def test_files(self):
        with desk(many_at_once, max_upload="64KiB", allowed_origins=[SHOP]) as d:
            agent, visitor, stranger = await Agent.come(d), await d.visitor(), await d.visitor()
            token, foreign = (await visitor.start())["token"], (await stranger.start())["token"]

            def upload(body, name="a.txt", kind="text/plain", token=token, channel="web"):
                path = f"/chat/{channel}/uploads?" + urllib.parse.urlencode({"name": name})
                return d.request("POST", path, body, {"Content-Type": kind, "Origin": SHOP, **({"Authorization": f"Bearer {token}"} if token else {})})
            picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 16
            files = {}
            for name, kind, body in (("photo.png", "image/png", picture), ("../../etc/passwd", "text/plain", b"root"),
                                     ("page.html", "text/html", b"<script>alert(1)</script>"), ("vector.svg", "image/svg+xml", b"<svg onload='x'/>"),
                                     ("odd", "a b\tc", b"odd")):
                status, answer, headers = upload(body, name, kind)
                self.assertEqual(status, 201, answer)
                self.assertEqual(headers["Access-Control-Allow-Origin"], SHOP)
                files[answer["id"]] = (answer, body)
            self.assertEqual([a["name"] for a, _ in files.values()][1], "passwd")
            self.assertEqual(upload(b"x" * 65537)[0], 413)
            self.assertEqual(upload(b"")[0], 422)
            self.assertEqual(upload(b"x", "n" * 300)[0], 422)
            self.assertEqual(upload(b"x", token=None)[0], 401)
            self.assertEqual(upload(b"x", token=token[:-1])[0], 401)
            self.assertEqual(upload(b"x", channel="nowhere")[0], 403)
            own = list(files)
            for wrong in ([own[0] + "x"], ["1"], [""], ["1."], [1], "x", {}, [own[0].split(".")[0] + ".AAAA"], [*own, *own, *own]):
                await self.refused(visitor.send("look", attachments=wrong), -32602)
            await self.refused(stranger.send("mine?", attachments=[own[0]]), -32602)
            await visitor.send("", attachments=own)
            ticket = await agent.take()
            said = await visitor.until(lambda: visitor.messages.get(1), "the files")
            self.assertEqual([(f["name"], f["size_bytes"]) for f in said["attachments"]], [(a["name"], len(b)) for a, b in files.values()])
            message, = messages_of(d, ticket)
            for file, (_, body) in zip(said["attachments"], files.values()):
                rest = d.request("GET", f"/api/v1/messages/{message['id']}/attachments/{file['n']}", headers={"Authorization": f"Bearer {d.token('agent2')}"})
                self.assertEqual((rest[0], rest[1]), (200, body))
                status, got, headers = d.request("GET", file["url"])
                self.assertEqual((status, got), (200, body))
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertIn("sandbox", headers["Content-Security-Policy"])
                inline = headers["Content-Disposition"].startswith("inline")
                self.assertEqual(inline, file["type"] == "image/png", file)
                if not inline:
                    self.assertEqual(headers["Content-Type"], "application/octet-stream")
            link = said["attachments"][0]["url"]
            number, n, mark = link.rpartition("/")[2].split(".")
            for forged in (f"{number}.{n}.{mark[:-1]}", f"{number}.{int(n) + 1}.{mark}", f"{int(number) + 1}.{n}.{mark}", f"{number}.{n}.", "x", "1.1.1"):
                self.assertEqual(d.request("GET", f"/chat/files/{forged}")[0], 404, forged)
            # And from the agent to the visitor.
            sent = d.request("POST", "/api/v1/attachments?name=label.pdf", b"%PDF-", {"Content-Type": "application/pdf", "Authorization": f"Bearer {d.token('agent2')}"})
            await agent.reply(ticket, "Your label", attachments=[sent[1]["id"]])
            label = await visitor.told("Your label")
            self.assertEqual(d.request("GET", label["attachments"][0]["url"])[1], b"%PDF-")
            for one in (visitor, stranger):
                await one.close()
            await agent.close()

    async def test_who_the_site_says_they_are(self):
        with desk(identity_secret=SECRET) as d:
            d.mail(subject="By mail", sender="Ann <ann@customer.example>")
            by_mail = d.all_tickets()[0]["customer"]["id"]
            visitors = []

            async def come(**who):
                visitor = await d.visitor()
                visitors.append(visitor)
                started = await visitor.start(**who)
                return visitor, started

            async def customer(visitor, text):
                await visitor.send(text)
                return next(t for t in d.all_tickets() if t["subject"] == text)["customer"]["id"]
            claimed, started = await come(name="Ann", email="ann@customer.example")
            self.assertEqual(started["visitor"]["level"], "claimed")
            self.assertNotEqual(await customer(claimed, "only claimed"), by_mail, "a claim is no proof")
            beside, _ = await come(identity=signed("u-7", email="ann@customer.example"))
            self.assertNotEqual(await customer(beside, "said beside a signed id"), by_mail, "the hash covers the id alone")
            verified, started = await come(jwt=web_token({"sub": "u-1", "name": "Ann", "email": "ann@customer.example", "exp": time.time() + 600}))
            self.assertEqual(started["visitor"], {"level": "verified", "name": "Ann", "email": "ann@customer.example"})
            self.assertEqual(await customer(verified, "proven"), by_mail)
            subjects = {item.get("text") for item in d.get(f"/customers/{by_mail}/timeline")["items"]}
            self.assertLessEqual({"proven", "By mail"}, subjects, "one customer, one timeline")
            elsewhere, _ = await come(identity=signed("u-1"))
            self.assertEqual(await customer(elsewhere, "another browser"), by_mail)
            other, _ = await come(jwt=web_token({"sub": "u-2", "email": "ann@customer.example", "exp": time.time() + 600}))
            self.assertNotEqual(await customer(other, "another user of that address"), by_mail, "two ids of the site never merge")
            now = int(time.time())
            good = {"sub": "u-3", "name": "Cy", "email": "cy@customer.example", "exp": now + 600, "iat": now}
            jwt, started = await come(jwt=web_token(good))
            self.assertEqual(started["visitor"], {"level": "verified", "name": "Cy", "email": "cy@customer.example"})
            bad = {
                "expired": web_token({**good, "exp": now - 600}), "not yet": web_token({**good, "nbf": now + 600}), "stale": web_token({"sub": "u", "iat": now - 90_000}),
                "none": web_token(good, header={"alg": "none"}), "unsigned": web_token(good, header={"alg": "none"}).rpartition(".")[0] + ".",
                "another secret": web_token(good, secret="another-secret-of-someone"), "no sub": web_token({"exp": now + 600}),
                "other algorithm": web_token(good, header={"alg": "HS512"}), "nonsense": "a.b.c", "empty": "",
            }
            for what, token in bad.items():
                with self.subTest(what):
                    stranger = await d.visitor()
                    await self.refused(stranger.start(jwt=token), -32000)
                    await self.refused(stranger.send("no"), -32001)
                    await stranger.close()
            for what, identity in {"wrong": {"id": "u-1", "hash": "0" * 64}, "other's": {**signed("u-1"), "id": "u-2"}, "short": {"id": "u-1", "hash": ""},
                                   "other secret": signed("u-1", "another-secret-of-someone"), "no id": {"hash": signed("")["hash"]}, "list": [1], "text": "u-1"}.items():
                with self.subTest(what):
                    stranger = await d.visitor()
                    await self.refused(stranger.start(identity=identity), -32000 if isinstance(identity, dict) else -32602)
                    await stranger.close()
            other_user = await d.visitor()
            began = await other_user.start(token=verified.token, identity=signed("u-9"))
            self.assertNotEqual(began["token"], verified.token, "somebody else in the same browser begins anew")
            self.assertEqual(began["seq"], 0)
            visitors.append(other_user)
            tab = await d.visitor()
            self.assertEqual((await tab.start(token=verified.token, name="Mallory", email="m@evil.example"))["visitor"]["name"], "Ann", "what is proven stays")
            visitors.append(tab)
            for visitor in visitors:
                await visitor.close()

    async def test_office_hours(self):
        def closed(config):
            day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600))
            config["calendars"].append({"name": "never-now", "hours": {day: "09:00-10:00" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
                                        "holidays": [day, time.strftime("%Y-%m-%d", time.gmtime(time.time() + 31 * 3600))]})
        with desk(closed, hours="never-now", closed_message="Back tomorrow.") as d:
            visitor = await d.visitor()
            started = await visitor.start()
            self.assertFalse(started["open"])
            self.assertGreater(started["opens_at"], time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()))
            _, config, _ = d.request("GET", "/chat/web/config")
            self.assertEqual((config["open"], config["opens_at"], config["closed_message"]), (False, started["opens_at"], "Back tomorrow."))
            self.assertEqual((await visitor.send("Kept for tomorrow"))["seq"], 1)
            # Opening hours that change are told to those who wait.
            d.config["channels"]["chat"][0].pop("hours")
            d.write_config()
            d.process.send_signal(signal.SIGHUP)
            await visitor.until(lambda: visitor.state["open"] and visitor.state["opens_at"] is None, "opening")
            await visitor.close()


class Away(unittest.IsolatedAsyncioTestCase):
    async def test_answers_go_by_mail_to_whoever_left(self):
        with desk(many_at_once, mail_after="1s", answer_by_mail="support") as d:
            agent, visitor, stays = await Agent.come(d), await d.visitor(), await d.visitor()
            token = (await visitor.start(name="Ann", email="ann@customer.example"))["token"]
            await visitor.send("Where is my parcel?")
            ticket = await agent.take()
            staying = (await stays.start(email="bo@customer.example"))["token"]
            await stays.send("I come back in time")
            second = await agent.take()
            await agent.reply(ticket, "Which order is it?")
            await visitor.told("Which order")
            await visitor.call("chat.received", seq=2)
            await asyncio.gather(visitor.close(), stays.close())
            await agent.reply(second, "Only in the chat.")
            back = await d.visitor()
            await back.resume(staying, 1)
            await back.told("Only in the chat.")
            await back.call("chat.received", seq=2)
            await back.close()
            answer = await agent.reply(ticket, "It is on its way.")
            mail, = await asyncio.to_thread(d.smarthost.wait_for, 1)
            self.assertEqual(mail["To"].addresses[0].addr_spec, "ann@customer.example")
            self.assertIn("It is on its way.", mail.get_body().get_content())
            await agent.console.event("message.changed", lambda data: data["message"]["id"] == answer["id"] and data["message"]["delivery"]["state"] == "sent"
                                      and "by mail" in (data["message"]["delivery"]["detail"] or ""))
            d.mail(subject=f"Re: {mail['Subject']}", to=mail["Reply-To"].addresses[0].addr_spec if mail["Reply-To"] else mail["From"].addresses[0].addr_spec,
                   text="Thank you, 8841.\n", headers=[("In-Reply-To", mail["Message-ID"]), ("References", mail["Message-ID"])])
            await agent.console.event("message.added", lambda data: "8841" in data["message"]["text"])
            self.assertEqual(len(d.all_tickets()), 2)
            again = await d.visitor()
            await again.resume(token, 0)
            self.assertEqual([t.strip() for t in again.texts()], ["Where is my parcel?", "Which order is it?", "It is on its way.", "Thank you, 8841."])
            self.assertEqual((await again.send("I am back"))["seq"], 5)
            await asyncio.sleep(1.5)
            self.assertEqual(len(d.smarthost.mails()), 1, "one mail, and none to whoever came back in time")
            await again.close()
            await agent.close()

    async def test_a_silent_visitor_is_warned_and_the_chat_ends(self):
        with desk(many_at_once, idle_close="2s", idle_warning="1s") as d:
            agent, visitor = await Agent.come(d), await d.visitor()
            token = (await visitor.start())["token"]
            await visitor.send("Hello?")
            ticket = await agent.take()
            await asyncio.sleep(2.5)
            await agent.reply(ticket, "Sorry that it took so long.")
            answered = time.monotonic()
            await visitor.until(lambda: visitor.state["idle_closes_at"], "the warning")
            await visitor.call("chat.typing")
            await visitor.until(lambda: not visitor.state["idle_closes_at"], "the warning being taken back")
            await visitor.until(lambda: visitor.state["ended"], "the end")
            self.assertGreater(time.monotonic() - answered, 2.5)
            self.assertEqual(d.get(f"/tickets/{ticket}")["state"], "resolved")
            # Over a restart: who owes an answer is still known, and who waits for one is not closed.
            await visitor.send("Are you there?")
            waits = await d.visitor()
            await waits.start()
            await waits.send("I wait for you")
            other = await agent.take()
            await agent.reply(ticket, "Yes.")
            await visitor.told("Yes.")
            d.kill()
            d.start()
            wait_until(lambda: d.get(f"/tickets/{ticket}")["state"] == "resolved", "the end of a chat that nobody came back to")
            self.assertEqual(d.get(f"/tickets/{other}")["state"], "assigned")
            back = await d.visitor()
            self.assertTrue((await back.resume(token, 0))["state"]["ended"])
            await back.close()


class Walk:
    """One visitor who says three things and hears three answers, over a connection that is cut after the k-th frame, sent or received."""

    def __init__(self, desk, cut_after):
        self.desk, self.left = desk, cut_after
        self.token, self.have, self.cut = None, {}, False
        self.unsent = {f"c{n}": f"k{cut_after} says {n}" for n in range(3)}
        self.said = list(self.unsent.values())

    def count(self):
        self.left -= 1
        if self.left == 0:
            self.cut = True
            self.socket.transport.abort()
            raise ConnectionError

    async def receive(self):
        frame = json.loads(await asyncio.wait_for(self.socket.recv(), 30))
        if frame.get("method") == "event":
            self.take(frame["params"])
        self.count()
        return frame

    def take(self, event):
        assert event["seq"] == len(self.have) + 1 and event["prev"] == len(self.have), (event, self.have)
        self.have[event["seq"]] = event["data"]["message"]["text"]

    async def call(self, method, **params):
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
        self.count()
        while True:
            frame = await self.receive()
            if "result" in frame:
                return frame["result"]
            assert "error" not in frame, frame

    async def once(self):
        host, port = self.desk.address("http")
        self.socket = await websockets.connect(f"ws://{host}:{port}/chat/web", subprotocols=["deskwire.chat.v1"])
        if self.token is None:
            self.token = (await self.call("chat.start"))["token"]
        for event in (await self.call("chat.resume", token=self.token, after=len(self.have)))["events"]:
            self.take(event)
        for name, text in list(self.unsent.items()):
            await self.call("chat.send", client_id=name, text=text)
            del self.unsent[name]
            while f"re {text}" not in self.have.values():
                await self.receive()
            await self.call("chat.received", seq=len(self.have))
        while len(self.have) < 2 * len(self.said):  # Cut between a message's result and its answer.
            await self.receive()
        await self.socket.close()

    async def run(self):
        while True:
            try:
                await self.once()
                break
            except (ConnectionError, websockets.ConnectionClosed):
                assert self.cut
        texts = list(self.have.values())
        assert sorted(texts) == sorted([*self.said, *(f"re {text}" for text in self.said)]), texts
        return self.cut


class Slow(unittest.IsolatedAsyncioTestCase):
    async def test_the_connection_cut_at_every_frame(self):
        with desk(many_at_once) as d:
            agent = await Agent.come(d, answer=lambda text: f"re {text}")
            cuts = []
            for start in itertools.count(1, 10):
                walks = [Walk(d, k) for k in range(start, start + 10)]
                cuts += await asyncio.gather(*(walk.run() for walk in walks))
                if not any(cuts[-10:]):
                    break
            self.assertGreater(sum(cuts), 20, "there were that many frames to cut after")
            told = []
            for ticket in d.all_tickets():
                told += [m["text"] for m in messages_of(d, ticket["id"])]
            self.assertEqual(len(told), len(set(told)), "the desk has each once")
            self.assertEqual(len(told), 6 * len(cuts))
            await agent.close()

    async def test_a_crash_between_a_message_and_its_answer(self):
        with desk() as d:
            visitor = await d.visitor()
            token = (await visitor.start())["token"]
            await visitor.send("the first")
            await visitor.told("the first")
            last, kept, chance = 1, ["the first"], random.Random(7)
            await visitor.close()
            for round_ in range(6):
                visitor = await d.visitor()
                await visitor.resume(token, last)
                names = [f"{round_}-{n}" for n in range(5)]
                calls = [asyncio.create_task(visitor.send(f"says {name}", name)) for name in names]
                await asyncio.sleep(chance.choice((0, 0.001, 0.003, 0.006, 0.01)))
                d.kill()
                await asyncio.gather(*calls, return_exceptions=True)
                acknowledged = [c.result()["seq"] for c in calls if not c.exception()]
                last = visitor.last
                await visitor.reader
                d.start()
                visitor = await d.visitor()
                await visitor.resume(token, last)
                self.assertGreaterEqual(visitor.last, max(acknowledged, default=0), "what was acknowledged is there")
                for name in names:
                    await visitor.send(f"says {name}", name)
                kept += [f"says {name}" for name in names]
                await visitor.until(lambda: visitor.last == len(kept), "everything")
                last = visitor.last
                await visitor.close()
            ticket, = d.all_tickets()
            self.assertEqual([m["text"] for m in messages_of(d, ticket["id"])], kept)

    async def test_two_tabs_that_begin_at_once_make_one_ticket(self):
        rounds, at_once = 500, asyncio.Semaphore(20)
        with desk() as d:
            async def race(number):
                async with at_once:
                    one, two = await asyncio.gather(d.visitor(), d.visitor())
                    token = (await one.start())["token"]
                    await two.start(token=token)
                    sent = await asyncio.gather(one.send(f"{number} one"), two.send(f"{number} two"))
                    self.assertEqual({s["seq"] for s in sent}, {1, 2})
                    await one.until(lambda: one.last == 2, "both messages in one tab")
                    await two.until(lambda: two.last == 2, "both messages in the other")
                    self.assertEqual(one.texts(), two.texts())
                    await asyncio.gather(one.close(), two.close())
            await asyncio.gather(*(race(n) for n in range(rounds)))
            tickets = d.all_tickets()
            self.assertEqual(len(tickets), rounds)
            self.assertEqual({t["subject"].split()[0] for t in tickets}, {str(n) for n in range(rounds)})

    async def test_a_visitor_who_does_not_read_is_told_so_or_gets_everything(self):
        with desk(many_at_once) as d:
            agent, visitor = await Agent.come(d), await d.visitor()
            token = (await visitor.start())["token"]
            await visitor.send("Tell me everything")
            ticket = await agent.take()
            await visitor.close()
            narrow = socket.socket()
            narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            narrow.connect(d.address("http"))
            host, port = d.address("http")
            slow = await websockets.connect(f"ws://{host}:{port}/chat/web", subprotocols=["deskwire.chat.v1"], sock=narrow, max_queue=1, read_limit=4096,
                                            max_size=None, ping_interval=None)
            await slow.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "chat.resume", "params": {"token": token, "after": 0}}))
            words, count = "word " * 13_000, 110  # 7 MB
            for n in range(count):
                await agent.reply(ticket, f"{n} {words}", f"big {n}")
            last, frames = 0, []
            with contextlib.suppress(websockets.ConnectionClosed):
                while last < count + 1:
                    frame = json.loads(await asyncio.wait_for(slow.recv(), 30))
                    frames.append(frame.get("method"))
                    for event in frame.get("result", {}).get("events", []) or ([frame["params"]] if frame.get("method") == "event" else []):
                        self.assertEqual(event["seq"], last + 1)
                        last = event["seq"]
            if last < count + 1:
                await slow.wait_closed()
                self.assertEqual((frames[-1], slow.close_code), ("resync", 4009))
            else:
                await slow.close()
            self.assertLess(last, count + 1, "more than a socket's queue was said")
            back = await d.visitor()
            await back.resume(token, last)
            self.assertEqual(back.last, count + 1)
            await back.close()
            await agent.close()


class Hostile(unittest.IsolatedAsyncioTestCase):
    """Whatever comes, the others are served on."""

    async def asyncSetUp(self):
        self.desk = desk().start()
        self.addCleanup(self.desk.close)

    async def raw(self, started=True):
        host, port = self.desk.address("http")
        client = await websockets.connect(f"ws://{host}:{port}/chat/web", subprotocols=["deskwire.chat.v1"], max_size=None)
        if started:
            await client.send('{"jsonrpc":"2.0","id":0,"method":"chat.start"}')
            self.assertIn("result", json.loads(await client.recv()))
        return client

    async def alive(self):
        self.assertIsNone(self.desk.process.poll())
        visitor = await self.desk.visitor()
        await visitor.start()
        self.assertEqual((await visitor.send("still served"))["seq"], 1)
        await visitor.close()

    async def answer(self, client, text):
        """The error's code, or the result, if one comes before the answer to a harmless call."""
        await client.send(text)
        while True:
            frame = json.loads(await asyncio.wait_for(client.recv(), 30))
            if "method" not in frame:
                return frame.get("error", {}).get("code", frame.get("result"))

    async def test_frames_that_are_no_calls(self):
        for text, code in (("[]", -32600), ('[{"jsonrpc":"2.0","id":1,"method":"chat.state"}]', -32600), ("", -32700), ("{", -32700), ("nul", -32700),
                           ("1", -32600), ('"x"', -32600), ("null", -32600), ("{}", -32600), ('{"jsonrpc":"1.0","id":1,"method":"chat.state"}', -32600),
                           ('{"jsonrpc":"2.0","id":1,"method":5}', -32600), ('{"jsonrpc":"2.0","id":1,"method":"chat.none"}', -32601),
                           ('{"jsonrpc":"2.0","id":1,"method":"session.login"}', -32601), ('{"jsonrpc":"2.0","id":1,"method":"chat.state","params":[1]}', -32602),
                           ("[" * 100_000, -32700), ('{"a":' * 50_000, -32700), ('{"jsonrpc":"2.0","id":1,"method":"chat.send","params":{"client_id":"a","text":"\\ud800"}}', -32700)):
            with self.subTest(text[:60]):
                client = await self.raw()
                self.assertEqual(await self.answer(client, text), code)
                await client.close()
        for payload, code in ((b"\x00\x01", 1003), ("x" * (1 << 20) + "x", 1009)):
            client = await self.raw()
            with contextlib.suppress(websockets.ConnectionClosed):
                await client.send(payload)
                while True:
                    await client.recv()
            self.assertEqual(client.close_code, code)
        await self.alive()

    async def test_every_parameter_of_the_wrong_type(self):
        wrong = [None, True, 0, -1, 1e300, 1.5, 2**64, "", "x", "\u0000", "x" * 9000, [], [None], [[]], {}, {"id": {}}, [1] * 11]
        methods = {name: list(one["params"].get("properties", {})) for name, one in schemas.DOCUMENTS[schemas.CHAT]["x-methods"].items()}
        host, port = self.desk.address("http")
        for method, names in methods.items():
            for name in names or ["none"]:
                client = await self.raw()
                good = {"chat.send": {"client_id": "c", "text": "t"}, "chat.resume": {"token": "t", "after": 0}}.get(method, {})
                for value in wrong:
                    call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**copy.deepcopy(good), name: value}}
                    got = await self.answer(client, json.dumps(call))
                    if isinstance(got, int):
                        self.assertIn(got, (-32602, -32000, -32001, -32029), call)
                await client.close()
        await self.alive()

    async def test_frames_of_the_corpus(self):
        files = sorted(path for path in CORPUS.glob("hostile/json/**/*") if path.is_file())
        if not files:
            print("skipped: no corpus")
        client = await self.raw()
        for at, path in enumerate(files):
            # As a whole frame, and as the parameters of a call.
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            try:
                for frame in (text, f'{{"jsonrpc":"2.0","id":1,"method":"chat.send","params":{text}}}'):
                    await client.send(frame.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
                    await client.send('{"jsonrpc":"2.0","id":"end","method":"chat.state"}')
                    while json.loads(await asyncio.wait_for(client.recv(), 30)).get("id") != "end":
                        pass
            except websockets.ConnectionClosed:
                client = await self.raw()
            if at % 12 == 11:  # A socket of its own for every few: one peer is slowed down.
                await client.close()
                client = await self.raw()
        await client.close()
        await self.alive()

    async def test_random_bytes_and_torn_frames(self):
        chance = random.Random(3)
        good = '{"jsonrpc":"2.0","id":1,"method":"chat.send","params":{"client_id":"é","text":"hello 👋"}}'
        for _ in range(6):
            client = await self.raw()
            with contextlib.suppress(websockets.ConnectionClosed):
                for _ in range(40):
                    text = list(good)
                    for _ in range(chance.randint(1, 6)):
                        text[chance.randrange(len(text))] = chr(chance.choice((chance.randrange(32, 127), chance.randrange(0, 32), chance.randrange(0x80, 0x800))))
                    await client.send("".join(text))
                await client.send('{"jsonrpc":"2.0","id":"end","method":"chat.state"}')
                while json.loads(await asyncio.wait_for(client.recv(), 30)).get("id") != "end":
                    pass
            await client.close()
        for bytes_ in (b"", b"\x81\xff", b"\x81\x85\0\0\0\0ab", b"\xff" * 64, b"\x81\xfe\xff\xff" + b"\0" * 32):
            with socket.create_connection(self.desk.address("http")) as one:
                one.sendall(b"GET /chat/web HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            b"Sec-WebSocket-Protocol: deskwire.chat.v1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                self.assertIn(b" 101 ", one.recv(4096))
                one.sendall(bytes_)
        await self.alive()


if __name__ == "__main__":
    unittest.main()
