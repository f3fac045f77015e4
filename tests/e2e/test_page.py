# SPDX-License-Identifier: Apache-2.0
"""The page in Chromium: log in, see the offer, read the ticket, answer, resolve."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

from tests.e2e.harness import ROOT, WAIT_S, Desk, node_packages, wait_until

HERE = pathlib.Path(__file__).resolve().parent


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        node_packages()

    def test_an_agent_answers_a_ticket_on_the_page(self):
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        shots = pathlib.Path(os.environ.get("DESKWIRE_SHOTS", ROOT / "build/screenshots"))
        shots.mkdir(parents=True, exist_ok=True)
        with Desk() as desk:
            host, port = desk.address("smtp")
            done = subprocess.run(["node", str(HERE / "page.mjs"), f"http://{desk.ready['http']}/", host, str(port), str(shots)],
                                  capture_output=True, text=True, timeout=WAIT_S * 4)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr + desk.log()[-2000:])
            steps = {row["step"]: row for row in map(json.loads, done.stdout.splitlines())}
            self.assertTrue(steps["mailed"]["answer"].startswith("250 2.0.0"))
            self.assertIn("Refund for order 8841", steps["offered"]["text"])
            self.assertIn("please refund my order", steps["accepted"]["text"])
            self.assertRegex(steps["resolved"]["title"], r"Deskwire$", "a script in a mail does not run")
            self.assertEqual(steps["resolved"]["complaints"], [])
            answer, = desk.smarthost.mails()
            self.assertIn("it is on its way", answer.get_body().get_content())

    def test_a_newcomer_answers_within_two_minutes_by_what_is_in_the_window(self):
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        shots = pathlib.Path(os.environ.get("DESKWIRE_SHOTS", ROOT / "build/screenshots"))
        shots.mkdir(parents=True, exist_ok=True)
        with Desk() as desk:
            for n in range(2):
                desk.mail(f"My parcel {n}", "Hello,\n\nWhere is my parcel?\n\nAnn\n", to="billing@demo.test", sender=f"ann{n}@customer.example")
            done = subprocess.run(["node", str(HERE / "newcomer.mjs"), f"http://{desk.ready['http']}/", str(shots)],
                                  capture_output=True, text=True, timeout=WAIT_S * 4)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr + desk.log()[-2000:])
            for row in map(json.loads, done.stdout.splitlines()):
                self.assertLessEqual(len(row["acts"]), 8, row)
            wait_until(lambda: [one["state"] for one in desk.all_tickets()].count("resolved") == 2, "two resolved tickets")

    def test_a_day_at_the_desk_by_keys_and_a_supervisor_who_watches(self):
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        shots = pathlib.Path(os.environ.get("DESKWIRE_SHOTS", ROOT / "build/screenshots"))
        shots.mkdir(parents=True, exist_ok=True)
        with Desk() as desk:
            port = desk.address("http")[1]
            answer = {"mail": lambda: desk.mail("Refund for order 8841", "Hello,\n\nplease refund my order.\n", to="billing@demo.test",
                                                message_id="<first@customer.example>"),
                      "customer writes": lambda: desk.mail("Re: Refund for order 8841", "And my address has changed.\n", to="billing@demo.test",
                                                           headers=[("In-Reply-To", "<first@customer.example>")]),
                      "restart": lambda: self.restart(desk, port)}
            steps = {}
            page = subprocess.Popen(["node", str(HERE / "pages.mjs"), f"http://{desk.ready['http']}/", str(shots)], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            with page:
                for line in page.stdout:
                    row = json.loads(line)
                    steps[row["step"]] = row
                    if row["step"] in answer:
                        answer[row["step"]]()
                        page.stdin.write("done\n")
                        page.stdin.flush()
                errors = page.stderr.read()
            self.assertEqual(page.returncode, 0, errors + str(list(steps)))
            self.assertEqual(steps["answered"]["texts"], ["Hello,\n\nplease refund my order.", "And my address has changed.",
                                                          "Dear Ann, it is on its way.", "Depot called."])
            self.assertEqual(steps["done"]["complaints"], [])
            ticket, = desk.all_tickets()
            self.assertEqual((ticket["state"], ticket["priority"], ticket["disposition"]), ("resolved", "urgent", "refunded"))

    def test_an_admins_day(self):
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        shots = pathlib.Path(os.environ.get("DESKWIRE_SHOTS", ROOT / "build/screenshots"))
        shots.mkdir(parents=True, exist_ok=True)
        with Desk() as desk:
            done = subprocess.run(["node", str(HERE / "admin.mjs"), f"http://{desk.ready['http']}/", str(shots)], capture_output=True, text=True,
                                  timeout=WAIT_S * 4)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr + desk.log()[-2000:])
            steps = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual(steps[-1], {"step": "done", "complaints": []})

    @staticmethod
    def restart(desk, port):
        """Gone and back at the same address, as after an update."""
        desk.kill()
        command = desk.command()
        command[command.index("--http") + 1] = f"127.0.0.1:{port}"
        desk.command = lambda: command
        desk.start()


if __name__ == "__main__":
    unittest.main()
