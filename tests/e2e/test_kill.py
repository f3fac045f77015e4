# SPDX-License-Identifier: Apache-2.0
"""kill -9 at any moment: every acknowledged mail is there once, answers go out, offers and clocks go on."""
import asyncio
import unittest

from tests.e2e import demo
from tests.e2e.crash import Campaign, EveryChannel
from tests.e2e.harness import Desk

KILLS = 25
KILLS_OF_ALL = 12


class Kill(unittest.IsolatedAsyncioTestCase):
    async def test_twenty_five_kills_under_load_lose_and_double_nothing(self):
        desk = Desk()
        try:
            campaign = Campaign(desk)
            await campaign.run(KILLS)
            print("figures:", await asyncio.to_thread(campaign.check, KILLS))
        finally:
            desk.close()

    async def test_kills_under_load_of_every_channel_lose_and_double_nothing(self):
        with demo.gateway() as gateway:
            def change(config):
                config["channels"]["sms"][0]["api_base"] = f"http://127.0.0.1:{gateway.port}"
                config["routing"]["capacity"] = {"email": "1%", "sms": "1%", "chat": "1%", "voice": "1%"}

            desk = Desk(change)
            try:
                campaign = EveryChannel(desk, gateway)
                await campaign.run(KILLS_OF_ALL, acks_between=(100, 500))
                print("figures:", await asyncio.to_thread(campaign.check, KILLS_OF_ALL))
            finally:
                desk.close()

    async def test_offers_and_clocks_go_on_after_a_kill(self):
        desk = Desk()
        try:
            desk.start()
            agent = await desk.console("agent2", "available")
            desk.mail()
            before = await agent.event("offer.made")
            deadlines = desk.all_tickets()[0]["deadlines"]
            desk.kill()
            desk.start()
            again = await desk.console("agent2", "available")
            ticket = desk.all_tickets()[0]
            self.assertEqual(ticket["deadlines"], deadlines)
            number = before["ticket"] if isinstance(before["ticket"], int) else before["ticket"]["id"]
            # Either the offer still stands, or it ran out and the ticket was offered anew.
            accepted = await again.call("offer.accept", offer=before["offer"])
            self.assertIn(number, (accepted["ticket"], accepted["ticket"]["id"] if isinstance(accepted["ticket"], dict) else None))
            await again.close()
        finally:
            desk.close()


if __name__ == "__main__":
    unittest.main()
