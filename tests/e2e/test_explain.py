# SPDX-License-Identifier: Apache-2.0
"""Why a ticket is where it is, asked on every way there is: REST, the console, the command line."""
import json
import subprocess
import unittest

from tests.e2e.harness import BINARY, Desk


def explain(desk, ticket, *more):
    return subprocess.run([BINARY, "explain", str(ticket), "--data", str(desk.data), *more], capture_output=True, text=True, timeout=60)


class Explain(unittest.IsolatedAsyncioTestCase):
    async def test_a_waiting_ticket_says_who_gets_it_and_why_nobody_else(self):
        with Desk() as desk:
            desk.mail("Refund", "Please refund my order.\n", to="billing@demo.test")
            asleep = await desk.console("agent2")
            agent = await desk.console("agent1", "available")
            offer = await agent.event("offer.made")
            ticket = offer["ticket"]["id"]
            await agent.call("offer.decline", offer=offer["offer"], reason="not mine")
            told = desk.get(f"/tickets/{ticket}/explain")
            self.assertEqual(told["words"], ["The rule refunds put it into billing.", "It asks for billing at level 3.", "It is number 1 in line."])
            words = {one["agent"]: one["words"] for one in told["agents"]}
            self.assertRegex(words["agent1"], r"^declined it; may be asked again in [45] m( \d+ s)?$")
            self.assertEqual(words["agent2"], "does not work in billing")
            deadlines = {one["metric"]: one["words"] for one in told["deadlines"]}
            self.assertEqual(list(deadlines), [one["metric"] for one in desk.all_tickets()[0]["deadlines"]])
            self.assertRegex(deadlines["first_response"][0], r"^The service level money matters promises a first answer within ")
            self.assertRegex(deadlines["first_response"][-1], r"^Due \w{3} \d+ \w{3} \d\d:\d\d")
            (made,) = told["offers"]
            self.assertEqual((made["agent"], made["end"], made["reason"]), ("agent1", "declined", "not mine"))
            self.assertEqual(made["words"], "the only one who could take it")
            self.assertEqual([one["verdict"] for one in made["why"]["candidates"]][0], "chosen")
            self.assertEqual(await agent.call("ticket.explain", ticket=ticket), told)
            self.assertEqual(json.loads(explain(desk, ticket, "--json").stdout), told)
            printed = explain(desk, ticket)
            self.assertEqual(printed.returncode, 0, printed.stderr)
            for line in (f"#{ticket} in billing", "The rule refunds put it into billing.", "does not work in billing", "Deadline: first response", deadlines["first_response"][-1], "to agent1: declined (not mine)"):
                self.assertIn(line, printed.stdout)
            for client in (asleep, agent):
                await client.close()

    async def test_what_became_of_a_ticket_stays_when_it_is_over(self):
        with Desk() as desk:
            desk.mail("Refund", "Please refund my order.\n", to="billing@demo.test")
            agent = await desk.console("agent1", "available")
            offer = await agent.event("offer.made")
            ticket = (await agent.call("offer.accept", offer=offer["offer"]))["ticket"]["id"]
            self.assertIn(("agent1", "has it"), [(one["agent"], one["words"]) for one in desk.get(f"/tickets/{ticket}/explain")["agents"]])
            await agent.call("ticket.resolve", ticket=ticket)
            await agent.close()
            desk.stop()
            desk.start()
            told = desk.get(f"/tickets/{ticket}/explain")
            self.assertEqual((told["queue"], told["place"]), ("billing", 0))
            self.assertEqual([(one["agent"], one["end"]) for one in told["offers"]], [("agent1", "accepted")])

    def test_who_may_not_see_the_ticket_is_told_nothing(self):
        with Desk() as desk:
            desk.mail("Refund", "Please refund my order.\n", to="billing@demo.test")
            (ticket,) = desk.all_tickets()
            path = f"/api/v1/tickets/{ticket['id']}/explain"
            self.assertEqual(desk.request("GET", path, headers={"Authorization": f"Bearer {desk.token('agent2')}"})[0], 404)
            self.assertEqual(desk.request("GET", path)[0], 401)

    def test_the_command_line_says_what_is_wrong(self):
        with Desk() as desk:
            unknown = explain(desk, 999)
            self.assertNotEqual(unknown.returncode, 0)
            self.assertIn("there is no ticket #999", unknown.stderr)
            desk.stop()
            self.assertIn("no daemon runs on", explain(desk, 1).stderr)
