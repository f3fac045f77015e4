# SPDX-License-Identifier: Apache-2.0
"""Every path and method that schemas/ describes is asked, and answered as described (the harness checks each answer)."""
import base64
import datetime
import hashlib
import hmac
import struct
import time
import unittest

import yaml

from tests.e2e import schemas
from tests.e2e.harness import PASSWORD, Desk, Refused, wait_until


def totp(secret, steps):
    """RFC 6238, of the 30 seconds that are `steps` from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    mac = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06d}"


def in_an_hour():
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Interfaces(unittest.IsolatedAsyncioTestCase):
    async def test_every_method_of_the_console(self):
        called = set()

        async def ask(console, method, **params):
            called.add(method)
            return await console.call(method, **params)

        with Desk() as desk:
            for n in range(5):
                desk.mail(subject=f"Question {n}", sender=f"c{n}@customer.example")
            agent, colleague = await desk.console(), await desk.console()
            token = (await ask(agent, "session.login", user="agent1", password=PASSWORD))["token"]
            await colleague.call("session.login", user="agent2", password=PASSWORD)
            board = await desk.console("supervisor1")
            self.assertTrue((await ask(board, "board.subscribe"))["queues"])
            self.assertEqual((await ask(board, "board.list", figure="waiting"))["total"], 5)
            self.assertEqual((await ask(agent, "desk.get"))["channels"][0]["channel"], "email")
            await ask(agent, "presence.set", state="available", reason="here")
            offer = await agent.event("offer.made")
            taken = (await ask(agent, "offer.accept", offer=offer["offer"]))["ticket"]["id"]
            offer = await agent.event("offer.made", lambda data: data["ticket"]["id"] != taken)
            await ask(agent, "offer.decline", offer=offer["offer"], reason="not mine")
            await ask(agent, "presence.set", state="away")
            waiting = await ask(agent, "ticket.list", state="queued")
            other = waiting["items"][0]["id"]
            explained = await ask(agent, "ticket.explain", ticket=other)
            self.assertTrue(explained["agents"])
            await ask(agent, "ticket.claim", ticket=other)
            await ask(agent, "ticket.priority", ticket=other, priority="high")
            await ask(agent, "ticket.transfer", ticket=other, queue="billing", note="An invoice, I think.")
            told = [one["text"].split(" ", 2)[-1] for one in (await ask(agent, "ticket.history", ticket=other))["items"]]
            self.assertEqual(told[:3], ["moved it to billing", "set the priority to high", "took it"])
            self.assertTrue((await ask(agent, "ticket.recipients", ticket=taken))["to"])
            await ask(agent, "ticket.reply", ticket=taken, client_id="r", text="Hello.")
            held = (await ask(agent, "ticket.reply", ticket=taken, client_id="h", text="Never mind.", hold_seconds=60))["message"]
            self.assertEqual((await ask(agent, "message.undo", ticket=taken, message=held["id"]))["text"], "Never mind.")
            await ask(agent, "ticket.note", ticket=taken, client_id="n", text="Rings twice.")
            await ask(agent, "ticket.snooze", ticket=taken, until=in_an_hour())
            await ask(agent, "ticket.unsnooze", ticket=taken)
            await ask(agent, "ticket.tag", ticket=taken, add=["bell"])
            who = (await ask(agent, "ticket.get", ticket=taken))["customer"]["id"]
            self.assertEqual((await ask(agent, "customer.pin", customer=who, text="Prefers mail."))["customer"]["pinned"]["text"], "Prefers mail.")
            self.assertEqual((await ask(agent, "ticket.get", ticket=taken))["customer"]["pinned"]["by"], "agent1")
            self.assertIsNone((await ask(agent, "customer.pin", customer=who, text=""))["customer"]["pinned"])
            await ask(agent, "draft.save", ticket=taken, kind="reply", text="And then", base_seq=3)
            made = (await ask(board, "macro.put", name="Thanks", text="Dear {{customer.name}}"))["macro"]["id"]
            self.assertEqual((await ask(agent, "macro.render", macro=made, ticket=taken))["missing"], ["customer.name"])
            await ask(board, "macro.delete", id=made)
            self.assertEqual(len((await ask(agent, "macro.list"))["items"]), 3)
            await ask(agent, "ticket.viewing", ticket=taken, writing=True)
            await ask(agent, "ticket.typing", ticket=taken)
            await ask(agent, "ticket.read", ticket=taken)
            await ask(agent, "ticket.hold", ticket=taken)
            await ask(agent, "ticket.pending", ticket=taken)
            await ask(agent, "ticket.resolve", ticket=taken, disposition="answered")
            self.assertEqual([m["direction"] for m in (await ask(agent, "ticket.get", ticket=taken))["messages"]], ["in", "out", "out", "note"])
            made = await ask(agent, "ticket.create", channel="email", channel_name="support", to="Dan <dan@customer.example>",
                             queue="general", subject="Your order", text="It has left.", client_id="c")
            self.assertEqual(made["ticket"]["agent"], "agent1")
            self.assertEqual([i["field"] for i in (await ask(agent, "ticket.search", query=f"#{taken}"))["items"]], ["id"])
            seq = made["seq"]
            await self.ask_as_admin(desk, ask)
            await agent.close()
            again = await desk.console()
            await ask(again, "session.resume", token=token, after=seq)
            await ask(again, "session.logout")
            for console in (again, colleague, board):
                await console.close()
        self.assertEqual(set(schemas.DOCUMENTS[schemas.CONSOLE]["x-methods"]) - called, set(), "described, never asked")

    async def ask_as_admin(self, desk, ask):
        admin = await desk.console("admin")
        await ask(admin, "user.put", user="eve", add=True, password="long enough", queues=["general"], skills=[{"skill": "vietnamese", "level": 2}])
        self.assertIn("eve", [one["user"] for one in (await ask(admin, "user.list"))["items"]])
        made = await ask(admin, "token.create", name="export", user="eve", days=1)
        bearer = {"Authorization": f"Bearer {made['token']}"}
        self.assertEqual(desk.request("GET", "/api/v1/tickets", headers=bearer)[0], 200)
        self.assertEqual(len((await ask(admin, "token.list"))["items"]), 1)
        await ask(admin, "token.revoke", id=made["row"]["id"])
        self.assertEqual(desk.request("GET", "/api/v1/tickets", headers=bearer)[0], 401)
        await ask(admin, "outbox.list")
        with self.assertRaises(Refused) as refused:
            await ask(admin, "outbox.retry", message=999)
        self.assertEqual(refused.exception.data["refusal"], "no_such_message")
        await ask(admin, "quarantine.list")
        policy = await ask(admin, "policy.get")
        self.assertIn("queues:", policy["text"])
        self.assertNotIn(PASSWORD, policy["text"])
        self.assertEqual((await ask(admin, "policy.check", text=policy["text"].replace("queues:", "qeues:")))["errors"][0]["line"] > 0, True)
        self.assertTrue(policy["in_force"])
        self.assertEqual(await ask(admin, "policy.check", text=desk.path.read_text()), {"errors": [], "warnings": []})
        config = yaml.safe_load(desk.path.read_text())
        config["workflow"]["rules"].insert(0, {"name": "all", "when": "true", "queue": "general"})
        answer = await ask(admin, "policy.check", text=yaml.safe_dump(config))
        self.assertEqual(answer["errors"], [])
        self.assertEqual({(one["kind"], one["path"]) for one in answer["warnings"]},
                         {("unreachable", f"workflow.rules[{n}].when") for n in range(1, len(config["workflow"]["rules"]))})
        await self.ask_about_files(desk, admin, ask)
        self.assertEqual((await ask(admin, "audit.list", limit=1))["items"][0]["command"], "NoteAct")
        eve = await desk.console()
        await eve.call("session.login", user="eve", password="long enough")
        self.assertEqual(len((await ask(eve, "session.list"))["items"]), 1)
        begun = await ask(eve, "totp.begin")
        await ask(eve, "totp.get")
        await ask(eve, "totp.confirm", code=totp(begun["secret"], -1))
        await ask(eve, "totp.disable", code=totp(begun["secret"], 0))
        other = await desk.console()
        await other.call("session.login", user="eve", password="long enough")
        theirs = [one["id"] for one in (await eve.call("session.list"))["items"] if not one["current"]]
        await ask(eve, "session.revoke", id=theirs[0])
        await ask(eve, "user.password", current="long enough", password="longer still")
        done = [(row["actor"], event["act"]) for row in (await ask(admin, "audit.list", limit=200))["items"]
                for event in row["events"] if event["type"] == "ActNoted"]
        expected = [("eve", act) for act in ("second_factor_on", "second_factor_off", "session_ended", "password_set")]
        self.assertEqual(done[::-1][-7:], [("admin", act) for act in ("password_set", "token_created", "token_revoked")] + expected)
        await admin.close()

    async def ask_about_files(self, desk, admin, ask):
        """What a checked text names outside the configuration's folder says nothing about the machine."""
        text = desk.path.read_text()
        found = set()
        for path in ("/etc/passwd", "/etc/no-such-file", f"{desk.folder}/../../etc/passwd"):
            config = yaml.safe_load(text)
            config["calendars"][0]["holidays_file"] = path
            (error,) = (await ask(admin, "policy.check", text=yaml.safe_dump(config)))["errors"]
            found.add(error["found"])
        self.assertEqual(len(found), 1, found)
        desk.path.write_text(text + "\n# One more line.\n")
        changed = await ask(admin, "policy.get")
        self.assertFalse(changed["in_force"])
        desk.path.write_text(text)

    async def test_every_path_of_the_rest_interface(self):
        asked = set()
        with Desk() as desk:
            def ask(method, path, name, body=None, headers=None, user="admin", expect=200):
                asked.add((name, method.lower()))
                headers = {"Authorization": f"Bearer {desk.token(user)}", **(headers or {})}
                status, answer, _ = desk.request(method, f"/api/v1{path}", body, headers)
                self.assertEqual(status, expect, (path, answer))
                return answer

            asked.add(("/login", "post"))
            desk.mail(subject="One", text="Hello\n\n> what I quoted\n")
            desk.mail(subject="Undeliverable", sender="mailer-daemon@mx.example", mail_from="")
            upload = ask("POST", "/attachments?name=a.txt", "/attachments", b"the bytes", {"Content-Type": "text/plain"}, "agent2", 201)
            agent = await desk.console("agent2", "available")
            offer = await agent.event("offer.made")
            ticket = (await agent.call("offer.accept", offer=offer["offer"]))["ticket"]["id"]
            sent = await agent.call("ticket.reply", ticket=ticket, client_id="r", text="See the file.", attachments=[upload["id"]])
            customer = ask("GET", "/tickets?state=assigned&queue=general&limit=1", "/tickets")["items"][0]["customer"]["id"]
            self.assertEqual(ask("GET", f"/tickets?customer={customer}", "/tickets")["items"][0]["id"], ticket)
            ask("GET", f"/tickets/{ticket}", "/tickets/{id}")
            self.assertEqual(ask("GET", f"/tickets/{ticket}/explain", "/tickets/{id}/explain")["offers"][0]["end"], "accepted")
            happened = ask("GET", f"/tickets/{ticket}/history?limit=1", "/tickets/{id}/history")
            before = ask("GET", f"/tickets/{ticket}/history?after={happened['next']}", "/tickets/{id}/history")
            self.assertLess(before["items"][0]["seq"], happened["items"][0]["seq"])
            first, second = ask("GET", f"/tickets/{ticket}/messages", "/tickets/{id}/messages")["items"]
            self.assertEqual((first["reply_text"], second["reply_text"]), ("Hello", None))
            ask("GET", f"/customers/{customer}", "/customers/{id}")
            self.assertTrue(ask("GET", f"/customers/{customer}/timeline", "/customers/{id}/timeline")["items"])
            bound = ask("POST", f"/customers/{customer}/identities", "/customers/{id}/identities", {"kind": "phone", "value": "0912 345 678"}, expect=201)
            self.assertEqual([i["kind"] for i in bound["identities"]], ["email", "phone"])
            desk.request("POST", "/hooks/twilio/sms", b"x")
            refused = wait_until(lambda: ask("GET", "/quarantine", "/quarantine", user="supervisor1")["items"], "the quarantine")
            self.assertEqual((refused[0]["entrance"], refused[0]["reason"], refused[0]["body"]), ("twilio", "no_signature", "x"))
            ask("GET", "/quarantine", "/quarantine", user="agent1", expect=403)
            self.assertEqual(ask("GET", f"/search?q=%23{ticket}", "/search")["items"][0]["ticket"]["id"], ticket)
            ask("GET", f"/search?q={'x' * 513}", "/search", expect=422)
            ask("GET", "/queues", "/queues")
            ask("GET", "/agents", "/agents")
            self.assertEqual(ask("GET", f"/messages/{sent['message']['id']}/attachments/1", "/messages/{id}/attachments/{n}"), b"the bytes")
            ask("GET", f"/messages/{sent['message']['id']}/html", "/messages/{id}/html", expect=404)
            self.assertEqual(len(ask("GET", "/machine-mail", "/machine-mail")["items"]), 1)
            for path, code in (("/tickets/999", 404), ("/tickets?limit=0", 422), ("/tickets?state=asleep", 422)):
                ask("GET", path, "/tickets", expect=code)
            await agent.close()
            ask("POST", "/logout", "/logout", expect=204)
        described = {(path, method) for path, item in schemas.DOCUMENTS[schemas.REST]["paths"].items()
                     if "servers" not in item for method in item if method != "parameters"}
        self.assertEqual(described - asked, set(), "described, never asked")


if __name__ == "__main__":
    unittest.main()
