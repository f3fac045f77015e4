# SPDX-License-Identifier: Apache-2.0
"""What agents keep on the desk and see of each other: drafts that outlive a kill -9, who looks at a ticket, whom a note calls, macros."""
import datetime
import unittest

from tests.e2e.harness import Desk, Refused


async def drafts(console, ticket):
    """(kind, text, base_seq) of one's own."""
    return [(d["kind"], d["text"], d["base_seq"]) for d in (await console.call("ticket.get", ticket=ticket))["drafts"]]


def one_ticket(desk, **mail):
    desk.mail(**mail)
    return max(ticket["id"] for ticket in desk.all_tickets())


def again(desk):
    desk.kill()
    desk.start()


class Colleagues(unittest.IsolatedAsyncioTestCase):
    async def test_what_was_begun_outlives_a_kill_and_goes_when_it_is_sent(self):
        with Desk() as desk:
            ticket = one_ticket(desk)
            agent = await desk.console("agent1")
            await agent.call("ticket.claim", ticket=ticket)
            text = ""
            for word in "Xin chào,\nđơn hàng của bạn đang đến.".split(" "):
                text = f"{text} {word}".strip()
                await agent.call("draft.save", ticket=ticket, kind="reply", text=text, base_seq=1)
            await agent.call("draft.save", ticket=ticket, kind="note", text="He rang before.", base_seq=1)
            kept = (await agent.call("ticket.get", ticket=ticket))["drafts"]
            again(desk)
            agent, colleague = await desk.console("agent1"), await desk.console("agent2")
            self.assertEqual(await drafts(agent, ticket), [("reply", text, 1), ("note", "He rang before.", 1)])
            self.assertEqual((await agent.call("ticket.get", ticket=ticket))["drafts"], kept)
            self.assertEqual(await drafts(colleague, ticket), [])
            await agent.call("ticket.reply", ticket=ticket, client_id="r", text=text)
            again(desk)
            agent = await desk.console("agent1")
            self.assertEqual(await drafts(agent, ticket), [("note", "He rang before.", 1)])
            self.assertIn("đơn hàng", desk.smarthost.wait_for(1)[0].get_body(("plain",)).get_content())
            await agent.call("draft.save", ticket=ticket, kind="note", text="")
            again(desk)
            agent = await desk.console("agent1")
            self.assertEqual(await drafts(agent, ticket), [])
            await agent.close()

    async def test_those_at_a_ticket_are_told_of_each_other_until_the_socket_goes(self):
        with Desk() as desk:
            ticket, other = one_ticket(desk), one_ticket(desk, subject="Another", sender="dan@customer.example")
            agent, colleague = await desk.console("agent1"), await desk.console("agent2")
            self.assertEqual(await agent.call("ticket.viewing", ticket=ticket, writing=False), {"agents": []})
            met = await colleague.call("ticket.viewing", ticket=ticket, writing=True)
            self.assertEqual(met, {"agents": [{"user": "agent1", "name": "Anh Nguyen", "writing": False}]})
            bao = {"user": "agent2", "name": "Bao Tran", "writing": True}
            told = await agent.event("viewers", lambda data: data["agents"])
            self.assertEqual((told["ticket"], told["agents"]), (ticket, [bao]))
            await colleague.call("ticket.viewing", ticket=other, writing=False)
            await agent.event("viewers", lambda data: data["ticket"] == ticket and not data["agents"])
            await colleague.call("ticket.viewing", ticket=ticket, writing=True)
            await agent.event("viewers", lambda data: data["agents"] == [bao])
            colleague.socket.transport.abort()  # No farewell, as when a lid is shut.
            await agent.event("viewers", lambda data: data["ticket"] == ticket and not data["agents"])
            again(desk)
            colleague = await desk.console("agent2")
            self.assertEqual(await colleague.call("ticket.viewing", ticket=ticket, writing=False), {"agents": []})
            await colleague.close()

    async def test_a_note_calls_the_colleagues_it_names_who_may_see_the_ticket(self):
        with Desk() as desk:
            ticket = one_ticket(desk)
            secret = one_ticket(desk, subject="Refund please", sender="dan@customer.example", to="billing@demo.test")
            agent, colleague = await desk.console("agent1"), await desk.console("agent2")
            boss = await desk.console("supervisor1")
            words = "@agent2 and @supervisor1, could you look? Not @nobody, nor me, @agent1."
            hidden = (await agent.call("ticket.note", ticket=secret, client_id="1", text=words))["message"]
            self.assertEqual(hidden["mentions"], ["supervisor1"])
            note = (await agent.call("ticket.note", ticket=ticket, client_id="2", text=words))["message"]
            self.assertEqual(note["mentions"], ["agent2", "supervisor1"])
            # The first that reaches the colleague is of the ticket that may be seen.
            called = await colleague.event("mention")
            self.assertEqual({key: called[key] for key in ("ticket", "message", "subject", "by", "text")},
                             {"ticket": ticket, "message": note["id"], "subject": "Where is my parcel?", "by": "Anh Nguyen", "text": words})
            self.assertEqual([(await boss.event("mention"))["ticket"] for _ in range(2)], [secret, ticket])
            self.assertEqual([event for event in agent.events if event["type"] == "mention"], [])
            again(desk)
            colleague = await desk.console("agent2")
            self.assertEqual((await colleague.call("ticket.get", ticket=ticket))["messages"][-1]["mentions"], ["agent2", "supervisor1"])
            self.assertEqual(desk.get(f"/tickets/{ticket}/messages")["items"][-1]["mentions"], ["agent2", "supervisor1"])
            await colleague.close()

    async def test_who_read_along_reads_the_answer_and_the_desk_writes_to_itself_never(self):
        with Desk() as desk:
            ticket = one_ticket(desk, headers=[("Cc", "Dan <dan@customer.example>, Desk <Billing@demo.test>, ann@customer.example")])
            text = one_ticket(desk, subject="Alone", sender="eve@customer.example")
            agent = await desk.console("agent1")
            await agent.call("ticket.claim", ticket=ticket)
            dan = {"name": "Dan", "address": "dan@customer.example"}
            self.assertEqual(await agent.call("ticket.recipients", ticket=ticket), {"to": [{"name": None, "address": "ann@customer.example"}], "cc": [dan]})
            self.assertEqual((await agent.call("ticket.recipients", ticket=text))["cc"], [])
            for cc in (["nobody"], ["Desk <support@demo.test>"], ["billing+x@demo.test"], "dan@customer.example", [f"c{n}@customer.example" for n in range(11)]):
                with self.subTest(cc=cc), self.assertRaisesRegex(Refused, "cc"):
                    await agent.call("ticket.reply", ticket=ticket, client_id="bad", text="No.", cc=cc)
            sent = await agent.call("ticket.reply", ticket=ticket, client_id="r", text="It is on its way.", cc=["Dan <dan@customer.example>"])
            self.assertEqual(sent["message"]["cc"], [dan])
            mail = desk.smarthost.wait_for(1)[0]
            self.assertEqual((mail["To"], mail["Cc"]), ("ann@customer.example", "Dan <dan@customer.example>"))
            # He answers what he got: it is the same matter, and now one answers him.
            desk.mail(subject=mail["Subject"], sender="Dan <dan@customer.example>", to=mail["Reply-To"].addresses[0].addr_spec, headers=[("In-Reply-To", mail["Message-ID"])])
            self.assertEqual((await agent.call("ticket.recipients", ticket=ticket))["to"], [dan])
            await agent.close()

    async def test_a_ticket_tells_what_was_done_with_it(self):
        with Desk() as desk:
            ticket = one_ticket(desk)
            agent, boss = await desk.console("agent1"), await desk.console("supervisor1")
            await agent.call("ticket.claim", ticket=ticket)
            await agent.call("ticket.tag", ticket=ticket, add=["parcel", "late"])
            until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=3)
            await agent.call("ticket.snooze", ticket=ticket, until=until.isoformat())
            await boss.call("ticket.priority", ticket=ticket, priority="urgent")
            await boss.call("ticket.transfer", ticket=ticket, agent="agent2")
            await boss.call("ticket.resolve", ticket=ticket, disposition="refunded")
            again(desk)
            boss = await desk.console("supervisor1")
            told = (await boss.call("ticket.history", ticket=ticket))["items"]
            self.assertEqual([one["text"] for one in reversed(told)],
                             ["It waits in general", "Anh Nguyen took it", "Anh Nguyen added the tags parcel, late", "Anh Nguyen snoozed it",
                              "Chi Le set the priority to urgent", "Chi Le gave it to Bao Tran", "Chi Le resolved it: refunded"])
            self.assertEqual([one["until"] is not None for one in reversed(told)], [False] * 3 + [True] + [False] * 3)
            self.assertEqual(desk.get(f"/tickets/{ticket}/history")["items"], told)
            await boss.close()

    async def test_a_new_desk_has_three_macros_and_those_put_there_outlive_a_kill(self):
        with Desk() as desk:
            ticket = one_ticket(desk, sender="Ann Lee <ann@customer.example>")
            boss, agent = await desk.console("supervisor1"), await desk.console("agent1")
            seeded = (await agent.call("macro.list"))["items"]
            self.assertEqual([macro["name"] for macro in seeded], ["More details, please", "Received", "Solved"])
            for macro in seeded:
                rendered = await agent.call("macro.render", macro=macro["id"], ticket=ticket)
                self.assertTrue(rendered["text"].startswith("Hello Ann,"), rendered)
                self.assertEqual((rendered["missing"], "{{" in rendered["text"]), ([], False))
            with self.assertRaises(Refused) as refused:
                await boss.call("macro.put", name="Broken", text="Hello\n{{customer.nme}}")
            self.assertIn("{{customer.nme}}, at line 2, column 1", str(refused.exception))
            await boss.call("macro.delete", id=seeded[0]["id"])
            kept = (await boss.call("macro.put", name="Money", text="About #{{ticket.id}}", scope="queue", queue="billing",
                                    actions={"tags_add": ["refund"], "state": "pending"}))["macro"]
            again(desk)
            agent, colleague = await desk.console("agent1"), await desk.console("agent2")
            self.assertEqual((await agent.call("macro.list"))["items"], [kept, *seeded[1:]])
            self.assertEqual((await colleague.call("macro.list"))["items"], seeded[1:])
            self.assertEqual((await agent.call("macro.render", macro=kept["id"], ticket=ticket))["text"], f"About #{ticket}")
            await agent.close()
            await colleague.close()

    async def test_lists_by_agent_priority_and_what_is_due(self):
        with Desk() as desk:
            mine, urgent, calm = (one_ticket(desk, subject=f"Question {n}", sender=f"c{n}@customer.example") for n in range(3))
            agent, boss = await desk.console("agent1"), await desk.console("supervisor1")
            await agent.call("ticket.claim", ticket=mine)
            await agent.call("ticket.priority", ticket=urgent, priority="urgent")

            async def listed(**filters):
                return [ticket["id"] for ticket in (await boss.call("ticket.list", **filters))["items"]]

            self.assertEqual(await listed(agent="agent1"), [mine])
            self.assertEqual(await listed(agent="agent2"), [])
            self.assertEqual(await listed(priority="urgent"), [urgent])
            self.assertEqual(await listed(priority="normal"), [calm, mine])
            self.assertEqual(await listed(agent="agent1", priority="urgent"), [])
            due = sorted(d["due_at"] for t in desk.all_tickets() for d in t["deadlines"] if t["id"] == urgent)[0]
            just_after = (datetime.datetime.fromisoformat(due) + datetime.timedelta(milliseconds=1)).isoformat()
            self.assertEqual(await listed(due_before=due, priority="urgent"), [])
            self.assertEqual(await listed(due_before=just_after, priority="urgent"), [urgent])
            self.assertEqual(await listed(due_before="9999-01-01T00:00:00Z"), [calm, urgent, mine])
            self.assertEqual([t["id"] for t in desk.get("/tickets", due_before="9999-01-01T00:00:00Z", priority="urgent")["items"]], [urgent])
            with self.assertRaises(Refused) as refused:
                await boss.call("ticket.list", agent="nobody")
            self.assertEqual(refused.exception.data["refusal"], "no_such_agent")
            for filters in ({"due_before": "tomorrow"}, {"priority": "highest"}):
                with self.assertRaises(Refused) as refused:
                    await boss.call("ticket.list", **filters)
                self.assertEqual(refused.exception.code, -32602)
            for console in (agent, boss):
                await console.close()


if __name__ == "__main__":
    unittest.main()
