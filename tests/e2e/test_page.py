# SPDX-License-Identifier: Apache-2.0
"""The page in Chromium: log in, see the offer, read the ticket, answer, resolve."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

from tests.e2e.harness import ROOT, WAIT_S, Desk, node_packages

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
            self.assertEqual(steps["resolved"]["title"], "Deskwire", "a script in a mail does not run")
            self.assertEqual(steps["resolved"]["complaints"], [])
            answer, = desk.smarthost.mails()
            self.assertIn("it is on its way", answer.get_body().get_content())


if __name__ == "__main__":
    unittest.main()
