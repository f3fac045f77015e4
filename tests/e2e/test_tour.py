# SPDX-License-Identifier: Apache-2.0
"""README's ten-minute tour, walked as it stands there: its commands are run, its keys are pressed."""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

from tests.e2e.harness import ROOT, WAIT_S, Desk, node_packages, wait_until

HERE = pathlib.Path(__file__).resolve().parent
TOUR = (ROOT / "README.md").read_text().partition("## Ten-minute tour")[2].partition("\n## ")[0]


def commands():
    """Those in code blocks, each on one line."""
    blocks = re.findall(r"```\n(.*?)```", TOUR, re.S)
    return [shlex.split(block.replace("\\\n", " ")) for block in blocks]


class Tour(unittest.TestCase):
    def swaks(self, desk, command, message_id=None):
        host, port = desk.address("smtp")
        line = [part.replace("127.0.0.1:2525", f"{host}:{port}").replace("<the Message-ID of the answer>", message_id or "") for part in command]
        done = subprocess.run(line, capture_output=True, text=True, timeout=WAIT_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("250 2.0.0", done.stdout)

    def test_the_tour(self):
        if not shutil.which("chromium") or not shutil.which("swaks"):
            self.skipTest("no chromium or no swaks")
        node_packages()
        shots = pathlib.Path(os.environ.get("DESKWIRE_SHOTS", ROOT / "build/screenshots"))
        shots.mkdir(parents=True, exist_ok=True)
        first, again = [command for command in commands() if command[0] == "swaks"]
        third = re.search(r"^3\. (.*?)^4\. ", TOUR, re.S | re.M).group(1)
        keys = sorted(set(re.findall(r"`([A-Z/]|Ctrl\+K)`", third)))
        self.assertGreater(len(keys), 8, "the keys of a ticket")
        with Desk() as desk:
            page = subprocess.Popen(["node", str(HERE / "tour.mjs"), f"http://{desk.ready['http']}/", str(shots), json.dumps(keys)],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            sent = []

            def wait_for_the_answer():
                sent.extend(wait_until(desk.smarthost.mails, "the answer at the smarthost"))

            steps = {"write as the customer": lambda: self.swaks(desk, first),
                     "wait for the answer": wait_for_the_answer,
                     "write again": lambda: self.swaks(desk, again, sent[0]["Message-ID"])}
            with page:
                last = {}
                for line in page.stdout:
                    last = json.loads(line)
                    if last["step"] in steps:
                        steps[last["step"]]()
                        page.stdin.write("done\n")
                        page.stdin.flush()
                errors = page.stderr.read()
            self.assertEqual(page.returncode, 0, errors + str(last))
            self.assertEqual(last, {"step": "done", "complaints": []})
            self.assertEqual(len(desk.smarthost.mails()), 1, "what was taken back has not left")
            self.assertIn("It is on its way.", sent[0].get_body().get_content())
            ticket, = desk.all_tickets()
            self.assertEqual((ticket["state"], ticket["agent"], ticket["queue"]), ("assigned", "agent1", "billing"))

    def test_every_file_that_it_names_is_there(self):
        for path in re.findall(r"\]\(([^)#]+)\)", TOUR):
            if "://" not in path:
                self.assertTrue((ROOT / path).exists(), path)
        for path in re.findall(r"`((?:config|tools|docs)/[\w./-]+)`", TOUR):
            self.assertTrue((ROOT / path).exists(), path)


if __name__ == "__main__":
    unittest.main()
