# SPDX-License-Identifier: Apache-2.0
"""Text messages from end to end, against fake providers that sign and answer as the real ones do."""
import email.utils
import http.server
import signal
import threading
import time
import unittest

from tests.e2e.gateways import ACCOUNT, BRIDGE, NEW_TOKEN, OLD_TOKEN, TELNYX, TWILIO, VONAGE, Gateways
from tests.e2e.harness import Desk, Refused, wait_until

ANN = "+84912345678"
RESPONSE = b"<Response/>"


class Texts(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.gateways = Gateways()
        self.addCleanup(self.gateways.close)

    def desk(self):
        return Desk(self.gateways.configure)

    async def take(self, agent):
        """Accepts the next offer; the ticket's number."""
        offer = await agent.event("offer.made")
        return (await agent.call("offer.accept", offer=offer["offer"]))["ticket"]["id"]

    def delivery(self, desk, ticket, position=-1):
        return desk.get(f"/tickets/{ticket}/messages")["items"][position]["delivery"]

    async def test_a_text_is_answered_and_its_receipts_may_come_in_any_order(self):
        with self.desk() as desk:
            agent = await desk.console("agent2", "available")
            status, body, headers = self.gateways.twilio_text(desk, "Where is my parcel?", sid="SM1")
            self.assertEqual((status, body, headers.get_content_type()), (200, RESPONSE, "text/xml"))
            again = self.gateways.twilio_text(desk, "Where is my parcel?", sid="SM1")
            self.assertEqual((again[0], again[1]), (200, RESPONSE), "a duplicate is answered the same")
            number = await self.take(agent)
            items = desk.get(f"/tickets/{number}/messages")["items"]
            self.assertEqual([m["text"] for m in items], ["Where is my parcel?"])
            self.assertEqual((desk.get(f"/tickets/{number}")["channel"], desk.get(f"/tickets/{number}")["subject"]), ("sms", "Where is my parcel?"))

            sent = await agent.call("ticket.reply", ticket=number, client_id="r", text="On its way – tomorrow.")
            self.assertEqual(sent["message"]["sms"], {"parts": 1, "ucs2": True, "forced_by": "–"})
            out, = wait_until(lambda: self.gateways.sent, "the text at the provider")
            self.assertEqual((out["to"], out["text"]), (ANN, "On its way – tomorrow."))
            wait_until(lambda: self.delivery(desk, number)["state"] == "sent", "the send's record")
            for status in ("delivered", "sent", "queued"):
                self.assertEqual(self.gateways.twilio_status(desk, out, status)[0], 200)
            self.assertEqual(self.delivery(desk, number)["state"], "delivered", "later receipts move nothing back")

            self.gateways.twilio_text(desk, "Thank you!")
            await agent.event("message.added", lambda data: data["message"]["text"] == "Thank you!")
            self.assertEqual(len(desk.all_tickets()), 1, "the conversation goes on")
            await agent.close()

    async def test_a_receipt_by_the_providers_id_alone_may_come_before_the_answer_to_the_send(self):
        with self.desk() as desk:
            agent = await desk.console("agent2", "available")
            self.gateways.twilio_text(desk, "Hello?")
            number = await self.take(agent)
            self.gateways.hold.clear()
            await agent.call("ticket.reply", ticket=number, client_id="r", text="Yes?")
            out, = wait_until(lambda: self.gateways.sent, "the text at the provider")
            self.assertEqual(self.gateways.twilio_status(desk, out, "undelivered", "30003", with_token=False)[0], 200)
            self.assertEqual(self.delivery(desk, number)["state"], "sending")
            self.gateways.hold.set()
            wait_until(lambda: self.delivery(desk, number)["state"] == "failed", "the early receipt")
            self.assertIn("30003", self.delivery(desk, number)["detail"])
            unknown = {"id": "SMnobody", "to": ANN, "status_url": out["status_url"]}
            self.assertEqual(self.gateways.twilio_status(desk, unknown, "delivered", with_token=False)[0], 200, "dropped, and not asked for again")
            await agent.close()

    async def test_forged_requests_are_refused_kept_and_counted(self):
        with self.desk() as desk:
            self.assertEqual(self.gateways.twilio_text(desk, "Give me everything", token="guessed")[0], 403)
            self.assertEqual(self.gateways.twilio_text(desk, "x", base="https://elsewhere.test")[0], 403)
            self.assertEqual(desk.request("POST", "/hooks/twilio/sms", "a=b", {"Content-Type": "application/x-www-form-urlencoded"})[0], 403)
            self.assertEqual(self.gateways.vonage(desk, "/hooks/vonage/sms", {"message_uuid": "x"}, secret="guessed")[0], 403)
            self.assertEqual(self.gateways.bridge(desk, {"type": "message.received"}, secret="whsec_AAAA")[0], 403)
            self.assertEqual(self.gateways.telnyx(desk, "/hooks/telnyx/sms", "message.received", {}, at=time.time() - 400)[0], 403)
            kept = wait_until(lambda: len(items := desk.get("/quarantine")["items"]) == 6 and items, "the quarantine")
            self.assertEqual({i["entrance"] for i in kept}, {"twilio", "vonage", "telnyx", "sms/bridge"})
            self.assertEqual({i["reason"] for i in kept}, {"wrong_signature", "no_signature", "too_old"})
            page = desk.get("/quarantine", limit=2)
            self.assertEqual(len(page["items"]), 2)
            self.assertLess(desk.get("/quarantine", after=page["next"])["items"][0]["at"], page["next"])
            self.assertEqual(desk.request("GET", "/api/v1/quarantine", headers={"Authorization": f"Bearer {desk.token('agent1')}"})[0], 403)
            metrics = desk.request("GET", "/metrics")[1].decode()
            self.assertIn('deskwire_hooks_refused_total{entrance="twilio",reason="wrong_signature"} 2', metrics)
            self.assertEqual(desk.all_tickets(), [])

    async def test_two_secrets_verify_while_one_is_replaced_and_the_public_url_may_have_its_port(self):
        with self.desk() as desk:
            self.assertEqual(self.gateways.twilio_text(desk, "old", token=OLD_TOKEN)[0], 200)
            self.assertEqual(self.gateways.twilio_text(desk, "new", token=NEW_TOKEN)[0], 200)
            self.assertEqual(self.gateways.twilio_text(desk, "port", base="https://desk.demo.test:443")[0], 200)
            self.assertEqual(len(desk.all_tickets()), 1)
            desk.config["channels"]["sms"][0]["token"] = NEW_TOKEN
            desk.write_config()
            desk.process.send_signal(signal.SIGHUP)
            wait_until(lambda: self.gateways.twilio_text(desk, "too late", token=OLD_TOKEN, sid="SMold")[0] == 403, "the reload")
            self.assertEqual(self.gateways.twilio_text(desk, "new again", token=NEW_TOKEN)[0], 200)

    async def test_stop_is_obeyed_until_start(self):
        with self.desk() as desk:
            agent = await desk.console("agent2", "available")
            self.gateways.twilio_text(desk, "Any news?")
            number = await self.take(agent)
            self.gateways.twilio_text(desk, " Stop. ")
            with self.assertRaises(Refused) as refused:
                await agent.call("ticket.reply", ticket=number, client_id="a", text="No news.")
            self.assertEqual(refused.exception.data["refusal"], "opted_out")
            self.gateways.twilio_text(desk, "START")
            await agent.call("ticket.reply", ticket=number, client_id="b", text="Welcome back.")
            wait_until(lambda: self.gateways.sent, "the answer after START")
            self.assertEqual([m["text"] for m in self.gateways.sent], ["Welcome back."])
            self.gateways.twilio_text(desk, "Yes")
            await agent.event("message.added", lambda data: data["message"]["text"] == "Yes")
            await agent.close()

    async def test_a_stop_while_the_answer_waits_here_keeps_it_from_leaving(self):
        with self.desk() as desk:
            agent = await desk.console("agent2", "available")
            self.gateways.twilio_text(desk, "Any news?")
            number = await self.take(agent)
            self.gateways.refuse = (429, {"code": 20429, "message": "Too many requests"}, "application/json", [("Retry-After", "2")])
            await agent.call("ticket.reply", ticket=number, client_id="a", text="No news.")
            wait_until(lambda: "20429" in (self.delivery(desk, number)["detail"] or ""), "the refusal")
            self.assertEqual(self.delivery(desk, number)["state"], "queued")
            self.gateways.twilio_text(desk, "STOP")
            self.gateways.refuse = None
            wait_until(lambda: self.delivery(desk, number, 1)["state"] == "failed", "the end of it")
            self.assertEqual(self.delivery(desk, number, 1)["detail"], "they asked for no more texts")
            self.assertEqual(self.gateways.sent, [])
            await agent.close()

    async def test_a_supervisor_need_not_wait_for_the_next_attempt(self):
        with self.desk() as desk:
            agent, board = await desk.console("agent2", "available"), await desk.console("supervisor1")
            self.gateways.twilio_text(desk, "Any news?")
            number = await self.take(agent)
            self.gateways.refuse = (429, {"code": 20429, "message": "Too many requests"}, "application/json", [("Retry-After", "3600")])
            await agent.call("ticket.reply", ticket=number, client_id="a", text="Good news.")
            wait_until(lambda: "20429" in (self.delivery(desk, number)["detail"] or ""), "the refusal")
            self.gateways.refuse = None
            (leaving,) = (await board.call("outbox.list"))["items"]
            await board.call("outbox.retry", message=leaving["message"])
            wait_until(lambda: self.delivery(desk, number)["state"] == "sent", "the text")
            self.assertEqual((await board.call("outbox.list"))["items"], [])
            for console in (agent, board):
                await console.close()

    async def test_media_are_fetched_behind_the_message_and_from_nowhere_inside(self):
        class Secret(http.server.BaseHTTPRequestHandler):
            asked = []

            def do_GET(self):
                self.asked.append(self.path)
                self.send_error(404)
        inside = http.server.HTTPServer(("127.0.0.1", 0), Secret)
        threading.Thread(target=inside.serve_forever, daemon=True).start()
        self.addCleanup(inside.server_close)
        self.addCleanup(inside.shutdown)
        self.gateways.media = {"/pic": ("image/png", b"\x89PNG picture"), "/big": ("image/png", bytes(2 << 20))}
        base = self.gateways.base
        with self.desk() as desk:
            self.gateways.twilio_text(desk, "Look", media=[
                ("image/png", base + "/pic"), ("image/png", f"http://127.0.0.1:{inside.server_port}/meta"),
                ("image/png", base + "/big"), ("text/html", base + "/gone")])
            number = desk.all_tickets()[0]["id"]
            notes = wait_until(lambda: [m for m in desk.get(f"/tickets/{number}/messages")["items"] if m["direction"] == "note"], "the note")
            for words in ("Attachment 2 (media-2.png) could not be fetched: the address is not a public one",
                          "Attachment 3 (media-3.png) could not be fetched: it is larger than 1 MiB",
                          "Attachment 4 (media-4) could not be fetched: the provider answered 404"):
                self.assertIn(words, notes[0]["text"])
            message = wait_until(lambda: (m := desk.get(f"/tickets/{number}/messages")["items"][0])["attachments"][0]["size_bytes"] and m, "the picture")
            self.assertEqual([(a["name"], a["size_bytes"]) for a in message["attachments"]], [("media-1.png", 12), ("media-2.png", 0), ("media-3.png", 0), ("media-4", 0)])
            path = f"/api/v1/messages/{message['id']}/attachments/"
            login = {"Authorization": f"Bearer {desk.token('admin')}"}
            status, data, headers = desk.request("GET", path + "1", headers=login)
            self.assertEqual((status, data, headers.get_content_type()), (200, b"\x89PNG picture", "image/png"))
            self.assertEqual(desk.request("GET", path + "2", headers=login)[0], 404)
            self.assertEqual(Secret.asked, [])
            self.assertIn("/pic", self.gateways.authorised, "the provider's own host gets the log-in")

    async def test_a_crash_after_the_provider_took_it_is_looked_up_and_not_sent_twice(self):
        desk = self.desk()
        self.addCleanup(desk.close)
        desk.start()
        agent = await desk.console("agent2", "available")
        self.gateways.twilio_text(desk, "Hello?")
        number = await self.take(agent)
        await agent.call("ticket.reply", ticket=number, client_id="first", text="OK")
        wait_until(lambda: self.delivery(desk, number, 1)["state"] == "sent", "the first answer")
        self.gateways.hold.clear()
        await agent.call("ticket.reply", ticket=number, client_id="second", text="OK")
        wait_until(lambda: len(self.gateways.sent) == 2, "the second answer at the provider")
        desk.kill()
        self.gateways.hold.set()
        desk.start()
        wait_until(lambda: self.delivery(desk, number, 2)["state"] == "sent", "the look-up")
        self.assertEqual(len(self.gateways.sent), 2, "nothing was sent again")
        self.assertEqual(self.gateways.twilio_status(desk, self.gateways.sent[1], "delivered", with_token=False)[0], 200)
        self.assertEqual([self.delivery(desk, number, i)["state"] for i in (1, 2)], ["sent", "delivered"],
                         "each of the equal texts got its own id")

    async def test_what_providers_cannot_be_asked_is_unknown_and_what_takes_doubles_is_repeated(self):
        desk = self.desk()
        self.addCleanup(desk.close)
        desk.start()
        agent = await desk.console("agent2", "available")
        self.gateways.telnyx(desk, "/hooks/telnyx/sms", "message.received", {"id": "t1", "from": {"phone_number": ANN}, "to": [{"phone_number": TELNYX}], "text": "a"})
        telnyx = await self.take(agent)
        self.gateways.bridge(desk, {"type": "message.received", "id": "b1", "from": ANN, "to": BRIDGE, "text": "b", "at": "2026-01-01T00:00:00Z"})
        bridge = await self.take(agent)
        self.gateways.hold.clear()
        for number in (telnyx, bridge):
            await agent.call("ticket.reply", ticket=number, client_id=str(number), text="Yes")
        wait_until(lambda: len(self.gateways.sent) == 2, "both at the providers")
        desk.kill()
        self.gateways.hold.set()
        desk.start()
        wait_until(lambda: self.delivery(desk, bridge)["state"] == "sent", "the bridge's second answer")
        wait_until(lambda: self.delivery(desk, telnyx)["state"] == "unknown", "the verdict on telnyx")
        self.assertEqual(len(self.gateways.sent), 2, "the bridge took the double for one")
        sent = next(m for m in self.gateways.sent if m["provider"] == "telnyx")
        path = sent["status_url"].removeprefix("https://desk.demo.test")
        self.gateways.telnyx(desk, path, "message.finalized", {"id": sent["id"], "to": [{"phone_number": ANN, "status": "delivered"}]})
        self.assertEqual(self.delivery(desk, telnyx)["state"], "delivered", "a receipt settles it")

    async def test_texts_missed_while_the_desk_was_down_are_fetched_after_the_start(self):
        desk = self.desk()
        self.addCleanup(desk.close)
        desk.start()
        self.gateways.twilio_text(desk, "first", sid="SMknown")
        wait_until(lambda: any(path.endswith("/Messages.json") for path in self.gateways.asked), "the first look at the list")
        desk.kill()
        now = time.time()
        listed = {"to": TWILIO, "status": "received", "direction": "inbound", "num_media": "0", "account_sid": ACCOUNT, "date_sent": email.utils.formatdate(now)}
        self.gateways.received = [
            {"sid": "SMknown", "from": ANN, "body": "first", **listed},
            {"sid": "SMmissed", "from": ANN, "body": "second", **listed},
            {"sid": "SMstop", "from": "+84987654321", "body": "STOP", **listed}]
        desk.start()
        number = desk.all_tickets()[0]["id"]
        texts = lambda: [m["text"] for m in desk.get(f"/tickets/{number}/messages")["items"]]
        wait_until(lambda: len(texts()) == 2, "the missed text")
        self.assertEqual(texts(), ["first", "second"])
        self.gateways.twilio_text(desk, "second", sid="SMmissed")
        self.assertEqual(texts(), ["first", "second"], "its hook, late, is a duplicate")

    async def test_a_long_list_of_missed_texts_is_read_to_its_end(self):
        self.gateways.page_size = 3
        self.gateways.received = [
            {"sid": f"SM{n}", "from": ANN, "body": f"missed {n}", "to": TWILIO, "status": "received", "direction": "inbound", "num_media": "0",
             "account_sid": ACCOUNT, "date_sent": email.utils.formatdate(time.time() - 20 + n)} for n in range(10)]
        desk = self.desk()
        self.addCleanup(desk.close)
        desk.start()
        self.gateways.twilio_text(desk, "missed 9", sid="SM9")
        desk.kill()
        desk.start()
        number = desk.all_tickets()[0]["id"]
        texts = lambda: [m["text"] for m in desk.get(f"/tickets/{number}/messages")["items"]]
        wait_until(lambda: len(texts()) == 10, "all missed texts")
        self.assertEqual(sorted(texts()), sorted(f"missed {n}" for n in range(10)))

    async def test_every_provider_brings_texts_and_takes_answers(self):
        with self.desk() as desk:
            agent = await desk.console("agent2", "available")
            gateways, local = self.gateways, "0912 345 678"
            posts = {
                "vonage": lambda: gateways.vonage(desk, "/hooks/vonage/sms", {"message_uuid": "v1", "from": ANN[1:], "to": VONAGE[1:], "text": "by vonage",
                                                                              "channel": "sms", "message_type": "text", "timestamp": "2026-01-01T00:00:00Z"}),
                "telnyx": lambda: gateways.telnyx(desk, "/hooks/telnyx/status", "message.received",
                                                  {"id": "t1", "from": {"phone_number": ANN}, "to": [{"phone_number": TELNYX}], "text": "by telnyx"}),
                "bridge": lambda: gateways.bridge(desk, {"type": "message.received", "id": "b1", "from": local, "to": BRIDGE, "text": "by bridge",
                                                         "at": "2026-01-01T00:00:00Z"})}
            for provider, post in posts.items():
                self.assertEqual([post()[0], post()[0]], [200, 200], provider)
                number = await self.take(agent)
                self.assertEqual(len(desk.get(f"/tickets/{number}/messages")["items"]), 1, provider)
                await agent.call("ticket.reply", ticket=number, client_id=provider, text=f"to {provider}")
                sent = wait_until(lambda: [m for m in gateways.sent if m["provider"] == provider], provider)[0]
                self.assertEqual((sent["to"], sent["text"]), (ANN, f"to {provider}"))
                wait_until(lambda: self.delivery(desk, number)["state"] == "sent", "the record")
                path = sent["status_url"].removeprefix("https://desk.demo.test")
                if provider == "vonage":
                    answer = gateways.vonage(desk, path, {"message_uuid": sent["id"], "status": "delivered", "client_ref": "m1"})
                elif provider == "telnyx":
                    answer = gateways.telnyx(desk, path, "message.finalized", {"id": sent["id"], "to": [{"phone_number": ANN, "status": "delivered"}]})
                else:
                    answer = gateways.bridge(desk, {"type": "message.status", "id": sent["id"], "state": "delivered"}, path=path)
                self.assertEqual(answer[0], 200)
                self.assertEqual(self.delivery(desk, number)["state"], "delivered", provider)
            customers = {t["customer"]["id"] for t in desk.all_tickets()}
            self.assertEqual(len(customers), 1, "one number is one customer on every line")
            await agent.close()

    async def test_an_agent_writes_first_and_the_answer_joins(self):
        with self.desk() as desk:
            agent = await desk.console("agent2", "available")
            created = await agent.call("ticket.create", channel="sms", channel_name="texts", to="0912 345 678", queue="general", subject="Delivery",
                                       text="Your parcel comes tomorrow.", client_id="c")
            out, = wait_until(lambda: self.gateways.sent, "the text")
            self.assertEqual(out["to"], ANN)
            self.gateways.twilio_text(desk, "Fine")
            self.assertEqual([t["id"] for t in desk.all_tickets()], [created["ticket"]["id"]])
            customer = created["ticket"]["customer"]["id"]
            second = await agent.call("ticket.create", channel="sms", channel_name="texts", customer=customer, queue="general", subject="Again",
                                      text="It is here.", client_id="d")
            self.assertEqual(second["ticket"]["customer"]["id"], customer)
            wait_until(lambda: len(self.gateways.sent) == 2, "the second text")
            with self.assertRaises(Refused):
                await agent.call("ticket.create", channel="sms", channel_name="texts", to="soon", queue="general", subject="x", text="y", client_id="e")
            await agent.close()

    async def test_one_customer_over_mail_and_phone_once_the_number_is_known_to_be_theirs(self):
        with self.desk() as desk:
            desk.mail(sender="ann@customer.example")
            customer = desk.all_tickets()[0]["customer"]["id"]
            login = {"Authorization": f"Bearer {desk.token('agent2')}"}
            bind = lambda kind, value: desk.request("POST", f"/api/v1/customers/{customer}/identities", {"kind": kind, "value": value}, login)
            status, body, _ = bind("phone", "091 234 56 78")
            self.assertEqual(status, 201)
            self.assertIn(("phone", ANN), [(i["kind"], i["value"]) for i in body["identities"]])
            self.assertEqual(bind("phone", ANN)[0], 201, "again changes nothing")
            self.gateways.twilio_text(desk, "It is me")
            self.assertEqual({t["customer"]["id"] for t in desk.all_tickets()}, {customer})
            self.assertEqual({t["channel"] for t in desk.all_tickets()}, {"email", "sms"})
            self.gateways.twilio_text(desk, "Someone else", sender="+84987654321")
            status, body, _ = bind("phone", "+84987654321")
            self.assertEqual((status, body["code"]), (409, "identity_taken"))
            self.assertEqual(bind("phone", "soon")[0], 422)
            self.assertEqual(desk.request("POST", "/api/v1/customers/999/identities", {"kind": "email", "value": "a@b.example"}, login)[0], 404)


if __name__ == "__main__":
    unittest.main()
