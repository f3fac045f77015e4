# SPDX-License-Identifier: Apache-2.0
"""The example client in docs/, against the real daemon."""
import json
import subprocess
import unittest

from tests.e2e.harness import PASSWORD, ROOT, WAIT_S, Desk

CLIENT = ROOT / "docs/examples/console_client.py"


class Example(unittest.TestCase):
    def run_client(self, desk, user, password):
        host, port = desk.address("http")
        return subprocess.Popen(["/usr/bin/python3", str(CLIENT), f"ws://{host}:{port}/console", user, password, "--once",
                                 "--text", "It is on its way."], stdout=subprocess.PIPE, text=True)

    def test_it_accepts_the_first_offer_answers_and_resolves(self):
        with Desk() as desk:
            client = self.run_client(desk, "agent2", PASSWORD)
            self.addCleanup(client.stdout.close)
            while json.loads(client.stdout.readline())["what"] != "available":
                pass
            desk.mail(subject="Where is my parcel?")
            said = [json.loads(line) for line in client.stdout]
            self.assertEqual(client.wait(WAIT_S), 0, said)
            self.assertEqual([s["what"] for s in said], ["offered", "accepted", "message", "answered", "resolved"])
            answer, = desk.smarthost.wait_for(1)
            self.assertIn("It is on its way.", answer.get_body().get_content())

    def test_it_goes_on_after_a_crash_of_the_desk(self):
        with Desk() as desk:
            client = self.run_client(desk, "agent2", PASSWORD)
            self.addCleanup(client.stdout.close)
            while json.loads(client.stdout.readline())["what"] != "available":
                pass
            address = desk.ready["http"]
            desk.kill()
            again = desk.command()
            again[again.index("--http") + 1] = address
            desk.command = lambda: again
            desk.start()
            while json.loads(client.stdout.readline())["what"] != "resumed":
                pass
            desk.mail()
            said = [json.loads(line)["what"] for line in client.stdout]
            self.assertEqual(client.wait(WAIT_S), 0, said)
            self.assertEqual(said[-1], "resolved")

    def test_a_wrong_password_ends_it(self):
        with Desk() as desk:
            client = self.run_client(desk, "agent2", "wrong")
            out, _ = client.communicate(timeout=WAIT_S)
            self.assertEqual(client.returncode, 2)
            self.assertEqual(json.loads(out)["code"], -32001)


if __name__ == "__main__":
    unittest.main()
