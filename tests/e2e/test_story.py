# SPDX-License-Identifier: Apache-2.0
"""The main job from end to end: a mail becomes a routed, answered, durable ticket."""
import smtplib
import unittest

from tests.e2e.harness import Desk, Refused, wait_until


REPORT = """\
From: MAILER-DAEMON@mx.example
To: TO
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

<ann@customer.example>: user unknown
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ann@customer.example
Action: failed
Status: 5.1.1

--b--
""".replace("\n", "\r\n")


class Story(unittest.IsolatedAsyncioTestCase):
    async def test_a_mail_becomes_a_routed_answered_ticket_and_the_follow_up_reopens_it(self):
        with Desk() as desk:
            agent1 = await desk.console("agent1", "available")
            agent2 = await desk.console("agent2", "available")
            original = desk.mail(subject="Refund for order 8841", to="billing@demo.test", text="Please refund order 8841.\n")

            offer = await agent1.event("offer.made")
            self.assertEqual([e for e in agent2.events if e["type"] == "offer.made"], [], "only billing's agent has the skill")
            ticket = (await agent1.call("offer.accept", offer=offer["offer"]))["ticket"]
            number = ticket if isinstance(ticket, int) else ticket["id"]
            whole = await agent1.call("ticket.get", ticket=number)
            self.assertEqual(whole["ticket"]["queue"], "billing")
            self.assertEqual(whole["ticket"]["state"], "assigned")
            self.assertEqual(whole["ticket"]["agent"], "agent1")
            self.assertEqual(whole["messages"][0]["text"].strip(), "Please refund order 8841.")
            first_response = [d for d in whole["ticket"]["deadlines"] if d["metric"] == "first_response"]
            self.assertEqual([d["state"] for d in first_response], ["running"])

            sent = await agent1.call("ticket.reply", ticket=number, client_id="r1", text="Dear Ann,\nit is on its way.")
            again = await agent1.call("ticket.reply", ticket=number, client_id="r1", text="Dear Ann,\nit is on its way.")
            self.assertEqual(sent["message"]["id"], again["message"]["id"], "the same client_id sends once")
            answer, = desk.smarthost.wait_for(1)
            self.assertEqual(answer["In-Reply-To"], original)
            self.assertIn(original, answer["References"])
            self.assertEqual(answer["To"].addresses[0].addr_spec, "ann@customer.example")
            self.assertIn("it is on its way", answer.get_body().get_content())
            self.assertTrue(answer["Subject"].startswith("Re: Refund for order 8841"))
            wait_until(lambda: desk.get(f"/tickets/{number}/messages")["items"][1]["delivery"]["state"] == "sent", "the delivery state")

            await agent1.call("ticket.resolve", ticket=number)
            self.assertEqual(desk.get(f"/tickets/{number}")["state"], "resolved")

            follow_up = desk.mail(subject="Re: Refund for order 8841", to="billing@demo.test", text="Thank you, but when?\n",
                                  headers=[("In-Reply-To", answer["Message-ID"]), ("References", f"{original} {answer['Message-ID']}")])
            await agent1.event("message.added", lambda data: "but when" in data["message"]["text"])
            self.assertEqual(len(desk.all_tickets()), 1, "the customer's next mail joins the ticket")
            self.assertEqual(desk.get(f"/tickets/{number}")["state"], "assigned", "and reopens it, with its agent")

            await agent1.call("ticket.reply", ticket=number, client_id="r2", text="Tomorrow.")
            second = desk.smarthost.wait_for(2)[1]
            self.assertEqual(second["In-Reply-To"], follow_up)
            for console in (agent1, agent2):
                await console.close()

    async def test_a_reply_to_the_token_address_joins_without_any_reference(self):
        with Desk() as desk:
            agent = await desk.console("agent2", "available")
            desk.mail(text="Hello?\n")
            offer = await agent.event("offer.made")
            number = (await agent.call("offer.accept", offer=offer["offer"]))["ticket"]
            number = number if isinstance(number, int) else number["id"]
            await agent.call("ticket.reply", ticket=number, client_id="a", text="Yes?")
            answer, = desk.smarthost.wait_for(1)
            reply_to = answer["Reply-To"].addresses[0].addr_spec
            desk.mail(subject="entirely new words", to=reply_to, text="From my other address.\n", sender="ann@elsewhere.example")
            await agent.event("message.added", lambda data: "other address" in data["message"]["text"])
            self.assertEqual(len(desk.all_tickets()), 1)

            forged = reply_to[:-len("@demo.test") - 1] + ("a" if reply_to[-len("@demo.test") - 1] != "a" else "b") + "@demo.test"
            desk.mail(subject="forged", to=forged, text="Let me in.\n", sender="mallory@elsewhere.example")
            self.assertEqual(len(desk.all_tickets()), 2, "a forged token counts for nothing, the mail is kept all the same")
            await agent.close()

    async def test_a_mailbox_that_is_gone_is_not_written_to_until_it_writes_again(self):
        with Desk() as desk:
            agent = await desk.console("agent2", "available")
            desk.mail(text="Hello?\n")
            offer = await agent.event("offer.made")
            number = (await agent.call("offer.accept", offer=offer["offer"]))["ticket"]["id"]
            await agent.call("ticket.reply", ticket=number, client_id="a", text="Yes?")
            answer, = desk.smarthost.wait_for(1)
            with smtplib.SMTP(*desk.address("smtp")) as client:
                client.sendmail("", [answer["X-Envelope-From"]], REPORT.replace("TO", answer["X-Envelope-From"]).encode())
            await agent.event("message.changed", lambda data: data["message"]["delivery"]["state"] == "failed")

            async def told(client_id):
                """What becomes of another answer."""
                message = (await agent.call("ticket.reply", ticket=number, client_id=client_id, text="Are you there?"))["message"]["id"]
                changed = await agent.event("message.changed", lambda data: data["message"]["id"] == message
                                            and data["message"]["delivery"]["state"] in ("sent", "failed"))
                return changed["message"]["delivery"]
            refused = await told("b")
            self.assertEqual(refused["state"], "failed")
            self.assertIn("mail to ann@customer.example came back for good", refused["detail"])
            self.assertEqual(len(desk.smarthost.mails()), 1)
            desk.mail(subject="Re: Where is my parcel?", text="My mailbox was full.\n", headers=[("In-Reply-To", answer["Message-ID"])])
            await agent.event("message.added", lambda data: "was full" in data["message"]["text"])
            self.assertEqual((await told("c"))["state"], "sent")
            await agent.close()

    async def test_a_late_write_is_told_that_the_customer_wrote_meanwhile(self):
        with Desk() as desk:
            agent = await desk.console("agent2", "available")
            first = desk.mail()
            offer = await agent.event("offer.made")
            number = (await agent.call("offer.accept", offer=offer["offer"]))["ticket"]
            number = number if isinstance(number, int) else number["id"]
            desk.mail(subject="Re: Where is my parcel?", text="One more thing.\n", headers=[("In-Reply-To", first)])
            await agent.event("message.added", lambda data: "One more thing" in data["message"]["text"])
            with self.assertRaises(Refused) as refused:
                await agent.call("ticket.reply", ticket=number, client_id="late", text="x", expected_seq=1)
            self.assertEqual(refused.exception.data["refusal"], "ticket_changed")
            await agent.close()


if __name__ == "__main__":
    unittest.main()
