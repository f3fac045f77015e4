# SPDX-License-Identifier: Apache-2.0
"""Calls: telephone systems that report them, and numbers at Twilio whose callers wait here."""
import asyncio
import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

from tests.e2e.callers import Pbx, TwilioCall, timestamp
from tests.e2e.gateways import Gateways
from tests.e2e.harness import ROOT, Desk, Refused, node_packages, wait_until

NUMBER = "+15005550007"
HOTLINE = {"name": "hotline", "number": NUMBER, "gateway": "twilio", "account": "AC" + "0" * 32, "token": "demo-voice-token", "queue": "general",
           "greeting": "Hello & welcome.", "phones": {"agent1": "+15005550010", "agent2": "sip:bao@pbx.test"}}


def with_hotline(**more):
    def change(config):
        config["channels"]["voice"] = [{**HOTLINE, **more}]
    return change


def texts(desk, ticket):
    return [m["text"] for m in desk.get(f"/tickets/{ticket}/messages")["items"]]


def load(desk, user):
    return next(a["load_percent"] for a in desk.get("/agents")["items"] if a["user"] == user)


class Reported(unittest.IsolatedAsyncioTestCase):
    async def test_a_ringing_telephone_pops_up_at_the_agent_it_rings_for_and_nowhere_else(self):
        with Desk() as desk:
            pbx = Pbx(desk)
            agent1, agent2 = await desk.console("agent1"), await desk.console("agent2")
            known = pbx.tell("missed", "c0")
            self.assertIsNone(pbx.tell("ringing", "c1", agent="agent1"))
            self.assertIsNone(pbx.tell("ringing", "c1", agent="agent1"), "a repeat changes nothing")
            pop = await agent1.event("call", lambda call: call["call"] == "c1")
            self.assertEqual((pop["state"], pop["agent"], pop["channel_name"]), ("ringing", "agent1", "pbx"))
            self.assertEqual(pop["from"], "+84912345678")
            self.assertEqual([t["id"] for t in pop["tickets"]], [known])
            self.assertIsNotNone(pop["customer"])
            pbx.tell("missed", "c1")
            self.assertEqual((await agent1.event("call", lambda call: call["call"] == "c1"))["state"], "missed")
            self.assertEqual([e for e in agent2.events if e["type"] == "call" and e["call"] == "c1"], [])

            pbx.tell("ringing", "c2", caller="anonymous")
            for console in (agent1, agent2):
                pop = await console.event("call", lambda call: call["call"] == "c2")
                self.assertEqual((pop["from"], pop["customer"], pop["tickets"]), (None, None, []))
            pbx.tell("answered", "c2", caller="anonymous", agent="agent2")
            for console in (agent1, agent2):
                self.assertEqual((await console.event("call", lambda call: call["call"] == "c2"))["state"], "answered")
            pbx.tell("ringing", "c2", caller="anonymous", agent="agent1")
            await asyncio.sleep(0.2)
            self.assertEqual([e for e in agent1.events if e["type"] == "call" and e["call"] == "c2"], [], "late ringing rings nowhere")
            for console in (agent1, agent2):
                await console.close()

    async def test_a_call_fills_its_agent_while_it_lasts_and_frees_them_when_it_ends(self):
        with Desk() as desk:
            pbx = Pbx(desk)
            agent = await desk.console("agent1", "available")
            pbx.tell("ringing", "c1", agent="agent1", ago_s=12)
            number = pbx.tell("answered", "c1", agent="agent1")
            self.assertEqual(pbx.tell("answered", "c1", agent="agent1"), number)
            ticket = desk.get(f"/tickets/{number}")
            self.assertEqual((ticket["state"], ticket["agent"], ticket["channel"]), ("assigned", "agent1", "voice"))
            self.assertEqual([d["state"] for d in ticket["deadlines"] if d["metric"] == "first_response"], ["met"])
            self.assertEqual(texts(desk, number), ["Call from +84 91 234 56 78 answered by Anh Nguyen after ringing 12 s"])
            self.assertEqual(load(desk, "agent1"), 100)
            desk.mail()
            wait_until(lambda: len(desk.all_tickets()) == 2, "the mail's ticket")
            self.assertEqual([e for e in agent.events if e["type"] == "offer.made"], [], "nobody is asked while they talk")

            self.assertEqual(pbx.tell("ended", "c1"), number)
            self.assertEqual(pbx.tell("ended", "c1"), number)
            await agent.event("offer.made")
            ticket = desk.get(f"/tickets/{number}")
            self.assertEqual((ticket["state"], ticket["disposition"]), ("resolved", "call ended"))
            self.assertEqual([t for t in texts(desk, number) if t.startswith("Call ended after ")], texts(desk, number)[1:])
            self.assertEqual(len(texts(desk, number)), 2)
            await agent.close()

    async def test_a_call_of_which_something_was_written_down_stays_with_its_agent(self):
        with Desk() as desk:
            pbx = Pbx(desk)
            agent = await desk.console("agent1", "available")
            number = pbx.tell("answered", "c1", agent="agent1")
            await agent.call("ticket.note", ticket=number, client_id="n", text="Wants a refund, call back tomorrow.")
            pbx.tell("ended", "c1")
            self.assertEqual(desk.get(f"/tickets/{number}")["state"], "assigned")
            # Their own matter already: the next call about it takes nothing from them either.
            self.assertEqual(pbx.tell("answered", "c2", agent="agent1"), number)
            pbx.tell("ended", "c2")
            self.assertEqual(desk.get(f"/tickets/{number}")["state"], "assigned")
            await agent.close()

    async def test_a_missed_call_is_a_ticket_with_a_clock_and_the_next_one_joins_it(self):
        with Desk() as desk:
            pbx = Pbx(desk)
            pbx.tell("ringing", "c1", ago_s=23)
            number = pbx.tell("missed", "c1")
            self.assertEqual(pbx.tell("missed", "c1"), number)
            ticket = desk.get(f"/tickets/{number}")
            self.assertEqual((ticket["state"], ticket["queue"]), ("queued", "general"))
            self.assertEqual({d["state"] for d in ticket["deadlines"]}, {"running"})
            self.assertEqual(texts(desk, number), ["Missed call from +84 91 234 56 78, rang 23 s"])
            self.assertEqual(pbx.tell("missed", "c2", caller="0912 345 678"), number, "the same number, written the national way")
            desk_agent = await desk.console("agent1", "available")
            await desk_agent.call("offer.accept", offer=(await desk_agent.event("offer.made"))["offer"])
            await desk_agent.call("ticket.resolve", ticket=number)
            self.assertEqual(pbx.tell("missed", "c3"), number)
            self.assertIn(desk.get(f"/tickets/{number}")["state"], ("queued", "assigned"), "a call reopens")
            self.assertNotEqual(pbx.tell("missed", "c4", caller=""), number)
            self.assertNotEqual(pbx.tell("missed", "c5", caller=""), pbx.tell("missed", "c4", caller=""), "strangers to each other")
            await desk_agent.close()

    async def test_what_is_forged_or_no_event_changes_nothing(self):
        with Desk() as desk:
            pbx = Pbx(desk)
            event = {"event": "missed", "call": "c1", "from": "+84912345678", "to": "1900", "at": timestamp()}
            body = json.dumps(event).encode()
            self.assertEqual(pbx.post(body, pbx.headers(body, secret=b"other"))[0], 403)
            self.assertEqual(pbx.post(body, pbx.headers(body, at=1_600_000_000))[0], 403)
            self.assertEqual(pbx.post(body, {"Content-Type": "application/json"})[0], 403)
            for member, value in (("event", "exploded"), ("call", ""), ("at", "yesterday"), ("at", None), ("from", 7)):
                status, answer = pbx.post({**event, member: value})
                self.assertEqual((status, answer["code"]), (422, "invalid_body"))
                self.assertIn(member, answer["detail"])
            self.assertEqual(pbx.post(b"[1]")[0], 422)
            pbx.channel = "nowhere"
            self.assertEqual(pbx.post(body)[0], 404)
            self.assertEqual(desk.all_tickets(), [])

    async def test_events_out_of_order_end_in_the_same_place(self):
        with Desk() as desk:
            pbx = Pbx(desk)
            agent = await desk.console("agent1", "available")
            self.assertIsNone(pbx.tell("ended", "c1"), "before anything else was heard of it")
            number = pbx.tell("answered", "c1", agent="agent1", ago_s=192)
            pbx.tell("ringing", "c1", agent="agent1", ago_s=200)
            ticket = desk.get(f"/tickets/{number}")
            self.assertEqual(ticket["state"], "resolved")
            self.assertEqual(texts(desk, number)[1], "Call ended after 3 min 12 s")
            self.assertEqual(pbx.tell("missed", "c1"), number)
            self.assertEqual(len(texts(desk, number)), 2, "a call that was answered was not missed")

            # Missed, then answered after all: from a number and without one.
            for call, caller in (("c2", "+84900000002"), ("c3", "anonymous")):
                number = pbx.tell("missed", call, caller=caller)
                self.assertEqual(pbx.tell("answered", call, caller=caller, agent="agent1"), number)
                ticket = desk.get(f"/tickets/{number}")
                self.assertEqual((ticket["state"], ticket["agent"]), ("assigned", "agent1"))
                pbx.tell("ended", call, caller=caller)
                self.assertEqual(desk.get(f"/tickets/{number}")["state"], "resolved")
            number = pbx.tell("answered", "c4", caller="+84900000004", agent="nobody-here")
            self.assertEqual(desk.get(f"/tickets/{number}")["state"], "queued", "somebody has to look")
            await agent.close()


    async def test_a_call_cannot_be_answered_in_writing(self):
        with Desk() as desk:
            agent = await desk.console("agent1", "available")
            number = Pbx(desk).tell("answered", "c1", agent="agent1")
            with self.assertRaises(Refused) as refused:
                await agent.call("ticket.reply", ticket=number, client_id="r", text="Hello?")
            self.assertEqual(refused.exception.data["refusal"], "cannot_send_here")
            await agent.close()

    async def test_a_call_outlives_the_desk_and_a_new_secret_needs_no_restart(self):
        with Desk() as desk:
            pbx = Pbx(desk)
            pbx.tell("ringing", "c1", agent="agent1", ago_s=30)
            number = pbx.tell("answered", "c1", agent="agent1", ago_s=20)
            desk.kill()
            desk.start()
            self.assertEqual(pbx.tell("answered", "c1", agent="agent1"), number)
            self.assertEqual(load(desk, "agent1"), 100)
            self.assertEqual(pbx.tell("ended", "c1"), number)
            self.assertEqual(desk.get(f"/tickets/{number}")["state"], "resolved")
            self.assertEqual(texts(desk, number)[1:], ["Call ended after 20 s"])

            settings = desk.config["channels"]["cti"][0]
            old, new = settings["secret"], "whsec_" + base64.b64encode(b"another secret").decode()
            settings["secret"] = [new, old]
            desk.write_config()
            desk.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "is in force" in desk.log(), "the reload")
            fresh = Pbx(desk)
            self.assertIsNotNone(pbx.tell("missed", "c2"))
            self.assertEqual(fresh.secret, b"another secret")
            self.assertIsNotNone(fresh.tell("missed", "c3"))
            self.assertEqual(desk.stop(), 0)


class OnThePage(unittest.TestCase):
    def test_a_card_shows_who_calls_and_goes_when_it_stops(self):
        here = pathlib.Path(__file__).resolve().parent
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        node_packages()
        shots = pathlib.Path(os.environ.get("DESKWIRE_SHOTS", ROOT / "build/screenshots"))
        shots.mkdir(parents=True, exist_ok=True)
        with Desk() as desk:
            pbx = Pbx(desk)
            pbx.tell("missed", "c0")
            page = subprocess.Popen(["node", str(here / "ringing.mjs"), f"http://{desk.ready['http']}/", str(shots)], stdout=subprocess.PIPE, text=True)
            with page:
                self.assertIn("logged in", page.stdout.readline())
                pbx.tell("ringing", "c1", agent="agent1")
                rang = json.loads(page.stdout.readline())
                for words in ("Call to pbx", "+84 91 234 56 78", "1 open", "Call from"):
                    self.assertIn(words, rang["text"])
                self.assertIn("Call from +84 91 234 56 78", rang["open"])
                pbx.tell("missed", "c1")
                self.assertIn("silent", page.stdout.readline())
            self.assertEqual(page.returncode, 0)


class AtTwilio(unittest.IsolatedAsyncioTestCase):
    async def take(self, agent, number):
        offer = await agent.event("offer.made", lambda data: data["ticket"]["id"] == number)
        await agent.call("offer.accept", offer=offer["offer"])

    async def test_a_caller_waits_is_connected_to_whoever_accepts_and_frees_them(self):
        with Desk(with_hotline()) as desk:
            TwilioCall(desk, "hotline", "+84900000009").dial_in()
            call = TwilioCall(desk, "hotline")
            self.assertEqual(call.dial_in().tag, "Gather")
            self.assertEqual(call.heard[:2], ["Hello & welcome.", "You are number 2 in line."])
            call.listen_on()
            self.assertEqual(len([t for t in call.heard if t.startswith("You are")]), 1, "said when it changes, not again and again")
            self.assertEqual(len(desk.all_tickets()), 2)
            self.assertEqual(len(call.post(call.base, status="ringing")), 2)
            self.assertEqual(len(desk.all_tickets()), 2, "the same call, asked twice")

            agent = await desk.console("agent1", "available")
            first = min(t["id"] for t in desk.all_tickets())
            await self.take(agent, first)
            call.listen_on()
            self.assertEqual(call.heard[-3], "You are next.")
            await agent.call("ticket.resolve", ticket=first)
            number = max(t["id"] for t in desk.all_tickets())
            await self.take(agent, number)
            dial = call.until_dialed()
            self.assertEqual((dial[0].tag, dial[0].text, dial.get("callerId")), ("Number", "+15005550010", NUMBER))
            self.assertEqual(load(desk, "agent1"), 100)
            call.pick_up(dial)
            call.pick_up(dial)
            ticket = desk.get(f"/tickets/{number}")
            self.assertEqual([d["state"] for d in ticket["deadlines"] if d["metric"] == "first_response"], ["met"])
            for _ in range(2):
                with call.expect_hang_up():
                    call.dial_ends(dial, "completed", seconds=75)
            call.status(seconds=90)
            ticket = desk.get(f"/tickets/{number}")
            self.assertEqual((ticket["state"], ticket["agent"], ticket["disposition"]), ("resolved", "agent1", "call ended"))
            self.assertEqual(texts(desk, number), ["Call from +84 91 234 56 78", "Call answered by Anh Nguyen", "Call ended after 1 min 15 s"])
            self.assertEqual(load(desk, "agent1"), 0)
            await agent.close()

    async def test_a_caller_may_be_called_back_and_keeps_the_place(self):
        with Desk(with_hotline()) as desk:
            call = TwilioCall(desk, "hotline")
            gather = call.dial_in()
            self.assertIn("Press 1 to be called back.", call.heard)
            for _ in range(2):
                with call.expect_hang_up():
                    call.press(gather, "1")
            call.status(seconds=20)
            ticket, = desk.all_tickets()
            self.assertEqual(ticket["state"], "queued")
            self.assertEqual({d["state"] for d in ticket["deadlines"]}, {"running"})
            self.assertEqual(texts(desk, ticket["id"])[1:], ["The caller asked to be called back at +84 91 234 56 78"])

    async def test_a_caller_may_leave_a_message(self):
        gateways = Gateways()
        self.addCleanup(gateways.close)
        path = "/2010-04-01/Accounts/AC0/Recordings/RE1"
        gateways.media = {path + ".mp3": ("audio/mpeg", b"ID3 hello, it is me")}
        with Desk(with_hotline(api_base=gateways.base)) as desk:
            call = TwilioCall(desk, "hotline")
            record = call.press(call.dial_in(), "2")
            self.assertEqual((record.tag, record.get("maxLength")), ("Record", "180"))
            sound = gateways.base + path
            for _ in range(2):
                with call.expect_hang_up():
                    call.ask(record.get("action"), RecordingUrl=sound, RecordingSid="RE1", RecordingDuration="12", Digits="hangup")
            call.status(seconds=40)
            ticket, = desk.all_tickets()
            first, voicemail = desk.get(f"/tickets/{ticket['id']}/messages")["items"]
            self.assertEqual(voicemail["text"], "Voicemail from +84 91 234 56 78, 12 s")
            sound, = wait_until(lambda: [a for a in desk.get(f"/tickets/{ticket['id']}/messages")["items"][1]["attachments"] if a["size_bytes"]],
                                "the recording")
            self.assertEqual((sound["name"], sound["type"]), ("voicemail.mp3", "audio/mpeg"))
            status, data, _ = desk.request("GET", f"/api/v1/messages/{voicemail['id']}/attachments/{sound['n']}",
                                           headers={"Authorization": f"Bearer {desk.token('agent1')}"})
            self.assertEqual((status, data), (200, b"ID3 hello, it is me"))
            self.assertIn(path + ".mp3", gateways.authorised, "Twilio's own host gets the log-in")
            self.assertEqual(ticket["state"], "queued")

    async def test_a_caller_who_hangs_up_is_a_missed_call(self):
        with Desk(with_hotline(callback=False, voicemail=False)) as desk:
            call = TwilioCall(desk, "hotline", caller="+266696687")
            status, body = call.post(call.base, status="ringing")
            self.assertEqual(status, 200)
            self.assertNotIn(b"Gather", call.post(call.base + "/wait")[1])
            for _ in range(2):
                self.assertEqual(call.status(seconds=125)[0], 200)
            ticket, = desk.all_tickets()
            self.assertEqual(ticket["state"], "queued")
            self.assertEqual(texts(desk, ticket["id"]), ["Call from a withheld number", "The caller hung up after waiting 2 min 5 s"])
            early = TwilioCall(desk, "hotline")
            early.status(seconds=3)
            self.assertIn(b"Hangup", early.post(early.base, status="ringing")[1], "the end overtook the beginning")
            self.assertEqual(len(desk.all_tickets()), 2)

    async def test_an_agent_who_cannot_be_reached_gives_the_call_back(self):
        with Desk(with_hotline(phones={"agent2": "sip:bao@pbx.test"})) as desk:
            agent = await desk.console("agent2", "available")
            call = TwilioCall(desk, "hotline")
            call.dial_in()
            ticket, = desk.all_tickets()
            await self.take(agent, ticket["id"])
            dial = call.until_dialed()
            self.assertEqual((dial[0].tag, dial[0].text), ("Sip", "sip:bao@pbx.test"))
            await agent.call("presence.set", state="away")
            self.assertEqual(call.dial_ends(dial, "no-answer").tag, "Gather", "they wait on")
            self.assertEqual(call.dial_ends(dial, "no-answer").tag, "Gather")
            self.assertEqual(desk.get(f"/tickets/{ticket['id']}")["state"], "queued")
            self.assertEqual(texts(desk, ticket["id"])[1:], ["Bao Tran could not be reached by telephone (no-answer)"])
            other = await desk.console("supervisor1")
            await other.call("ticket.transfer", ticket=ticket["id"], agent="agent1")
            for _ in range(2):
                self.assertEqual(call.listen_on().tag, "Gather", "they wait on")
            self.assertEqual(texts(desk, ticket["id"])[2:], ["The caller cannot be connected: no telephone is configured for Anh Nguyen"])
            for console in (agent, other):
                await console.close()

    async def test_outside_the_hours_a_caller_may_leave_a_message_and_nothing_forged_is_a_call(self):
        def change(config):
            with_hotline(hours="never", language="vi-VN")(config)
            config["calendars"].append({"name": "never", "hours": {"sun": "03:00-03:01"}})
        with Desk(change) as desk:
            call = TwilioCall(desk, "hotline")
            body = call.post(call.base, headers={"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "AAAA"})
            self.assertEqual(body[0], 403)
            self.assertEqual(desk.all_tickets(), [])
            self.assertEqual(call.dial_in().tag, "Record")
            self.assertIn("ngoài giờ", call.heard[0])
            ticket, = desk.all_tickets()
            self.assertEqual(texts(desk, ticket["id"]), ["Call from +84 91 234 56 78, outside the hours"])


if __name__ == "__main__":
    unittest.main()
