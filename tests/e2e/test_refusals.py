# SPDX-License-Identifier: Apache-2.0
"""Every method of the console and every path of REST is refused without its log-in, its role and its row. Who may call what stands in the
interface descriptions (`x-access`); a method that does not say is a failure."""
import http.client
import json
import unittest

from tests.e2e import schemas
from tests.e2e.harness import Desk, Refused

METHODS = schemas.DOCUMENTS[schemas.CONSOLE]["x-methods"]
RESULTS = schemas.DOCUMENTS[schemas.CONSOLE]["x-results"]
UNAUTHENTICATED = -32001
ROLES = ["agent", "supervisor", "admin"]
USERS = {"agent": "agent2", "supervisor": "supervisor1", "admin": "admin"}
LATER = "2099-01-01T00:00:00Z"


def properties(schema):
    """Names and whether they are required, references followed."""
    if "$ref" in schema:
        return properties(RESULTS[schema["$ref"].removeprefix("#/x-results/")])
    found, required = dict(schema.get("properties", {})), set(schema.get("required", []))
    for part in schema.get("allOf", []):
        more, needed = properties(part)
        found.update(more)
        required |= needed
    return found, required


class World:
    """A ticket of agent1's in `billing`, which agent2 does not see, and what hangs on it."""

    def __init__(self, desk):
        self.desk = desk

    async def build(self):
        self.desk.mail("Refund", "Please refund my order.\n", to="billing@demo.test", sender="ann@customer.example", attachments=[("a.txt", b"bytes")])
        self.desk.mail("Refund two", "Please refund that too.\n", to="billing@demo.test", sender="bob@customer.example")
        self.owner = await self.desk.console("agent1", "available")
        first = await self.owner.event("offer.made")
        self.ticket = (await self.owner.call("offer.accept", offer=first["offer"]))["ticket"]
        self.offer = (await self.owner.event("offer.made", lambda data: data["offer"] != first["offer"]))["offer"]
        self.sent = (await self.owner.call("ticket.reply", ticket=self.ticket["id"], client_id="1", text="Hello.", hold_seconds=60))["message"]["id"]
        self.received = (await self.owner.call("ticket.get", ticket=self.ticket["id"]))["messages"][0]["id"]
        self.session = (await self.owner.call("session.list"))["items"][0]["id"]
        self.macro = (await self.owner.call("macro.list"))["items"][0]["id"]

    def value(self, method, name):
        by_method = {("user.put", "user"): "agent1", ("token.create", "user"): "admin", ("macro.delete", "id"): self.macro, ("macro.put", "name"): "x",
                     ("session.revoke", "id"): self.session, ("token.revoke", "id"): "x", ("presence.set", "state"): "away",
                     ("draft.save", "kind"): "note", ("ticket.create", "channel"): "email"}
        by_name = {"ticket": self.ticket["id"], "offer": self.offer, "message": self.sent, "client_id": "x", "text": "Let me in.", "priority": "low",
                   "until": LATER, "macro": self.macro, "name": "x", "code": "000000", "current": "x", "password": "long enough", "query": "refund",
                   "channel_name": "support", "subject": "x", "figure": "waiting", "state": "pending", "agent": "agent1", "all": True, "user": "agent1",
                   "queue": "general", "customer": self.ticket["customer"]["id"]}
        return by_method.get((method, name), by_name.get(name))

    def params(self, method, *more):
        """What is required, and `more`."""
        found, required = properties(METHODS[method]["params"])
        names = [name for name in found if name in required or name in more]
        if method == "ticket.transfer":
            names.append("queue")
        if METHODS[method]["x-access"].get("row") == "ticket" and "ticket" not in names:
            names.append("ticket")
        if method in ("ticket.reply", "ticket.note"):
            names.append("text")
        values = {name: self.value(method, name) for name in names}
        assert None not in values.values(), f"{method} needs a value in this test: {values}"
        return values

    async def state(self):
        """All that anyone might have changed."""
        seen = await self.owner.call("ticket.get", ticket=self.ticket["id"])
        return json.dumps([seen["ticket"], seen["messages"], seen["drafts"], seen["customer"], (await self.owner.call("macro.list"))["items"],
                           (await self.owner.call("session.list"))["items"], [one["presence"] for one in self.desk.get("/agents")["items"]]],
                          sort_keys=True).replace('"last_seen_at"', "")


async def refusal(client, method, params):
    """Its code and word; nothing when the call was answered."""
    try:
        await client.call(method, **params)
    except Refused as refused:
        return refused.code, refused.data.get("refusal")
    return None


class Refusals(unittest.IsolatedAsyncioTestCase):
    async def test_every_method_of_the_console(self):
        self.assertEqual([name for name, method in METHODS.items() if "x-access" not in method], [], "methods that do not say who may call them")
        with Desk() as desk:
            world = World(desk)
            await world.build()
            before = await world.state()
            for name, method in METHODS.items():
                if method["x-access"].get("login") == "none":
                    continue
                with self.subTest(method=name, without="a log-in"):
                    stranger = await desk.console()
                    self.assertEqual((await refusal(stranger, name, world.params(name)) or [None])[0], UNAUTHENTICATED)
                    await stranger.close()
                for given, role in [((), method["x-access"]["role"]), *(((more,), role) for more, role in method["x-access"].get("wider", {}).items())]:
                    for lower in ROLES[:ROLES.index(role)]:
                        with self.subTest(method=name, given=given, by=lower):
                            client = await desk.console(USERS[lower])
                            self.assertEqual(((await refusal(client, name, world.params(name, *given))) or (0, None))[1], "not_allowed")
                            await client.close()
                if "row" in method["x-access"]:
                    with self.subTest(method=name, without="its row"):
                        client = await desk.console("agent2")
                        code, word = await refusal(client, name, world.params(name)) or (0, None)
                        self.assertIn((code, word), [(-32000, "not_your_ticket"), (-32000, "no_such_ticket"), (-32000, "not_offered_to_you"), (-32000, "invalid_argument"),
                                                     (-32000, "no_such_customer")])
                        await client.close()
            self.assertEqual(await world.state(), before, "something was changed by a call that was refused")
            await world.owner.close()

    def ask(self, desk, method, path, token):
        connection = http.client.HTTPConnection(*desk.address("http"), timeout=60)
        body = json.dumps({"kind": "phone", "value": "+84912345678"}) if path.endswith("/identities") else "x" if path == "/attachments" else None
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        connection.request(method.upper(), "/api/v1" + path, body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    async def test_every_path_of_rest(self):
        with Desk() as desk:
            world = World(desk)
            await world.build()
            for user in ("agent1", *USERS.values()):
                desk.token(user)
            before = await world.state()
            rows = {"ticket": world.ticket["id"], "message": world.received, "customer": world.ticket["customer"]["id"], None: 1}
            for path, item in schemas.DOCUMENTS[schemas.REST]["paths"].items():
                if "servers" in item:
                    continue
                for method in ("get", "post", "put", "delete"):
                    operation = item.get(method)
                    if operation is None or operation.get("security") == []:
                        continue
                    access = operation["x-access"]
                    real = path.replace("{id}", str(rows[access.get("row")])).replace("{n}", "1")
                    with self.subTest(path=path, method=method, without="a log-in"):
                        self.assertEqual(self.ask(desk, method, real, None), 401)
                        self.assertEqual(self.ask(desk, method, real, "x" * 43), 401)
                    for lower in ROLES[:ROLES.index(access["role"])]:
                        with self.subTest(path=path, method=method, by=lower):
                            self.assertEqual(self.ask(desk, method, real, desk.token(USERS[lower])), 403)
                    if "row" in access:
                        with self.subTest(path=path, method=method, without="its row"):
                            self.assertIn(self.ask(desk, method, real, desk.token("agent2")), (403, 404))
                            if method == "get" and not path.endswith("/html"):
                                self.assertEqual(self.ask(desk, method, real, desk.token("agent1")), 200, "its own is shown")
            self.assertEqual(await world.state(), before)
            await world.owner.close()


if __name__ == "__main__":
    unittest.main()
