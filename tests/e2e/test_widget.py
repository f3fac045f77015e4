# SPDX-License-Identifier: Apache-2.0
"""The chat widget in Chromium on a page of another origin, against a mock of the desk's chat socket and against a desk; and its unit tests."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import unittest

from tests.e2e.harness import ROOT, WAIT_S, Desk

HERE = pathlib.Path(__file__).resolve().parent
WEB = ROOT / "web"


def run(*command, cwd, timeout):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=timeout)


def install(directory, *packages):
    if not all((directory / "node_modules" / package).exists() for package in packages):
        done = run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=directory, timeout=300)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)


class Widget(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install(WEB, "esbuild")
        install(HERE, "playwright-core", "axe-core", "ws")
        built = run("node", "build.mjs", cwd=WEB, timeout=WAIT_S)
        if built.returncode:
            raise RuntimeError(built.stdout + built.stderr)

    def test_the_conversation_sends_once_and_resumes_exactly(self):
        done = run("node", "test.mjs", cwd=WEB, timeout=WAIT_S * 2)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-2000:])

    def drive(self, folder, *arguments):
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        shots = pathlib.Path(os.environ.get("DESKWIRE_SHOTS", ROOT / "build/screenshots")) / folder
        desk, *options = arguments
        done = run("node", str(HERE / "widget.mjs"), desk, str(shots), *options, cwd=HERE, timeout=WAIT_S * 5)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-4000:])
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["step"], "done")

    def test_a_visitor_talks_on_a_strangers_page_whatever_the_desk_does(self):
        self.drive(".", "-", "--mock")

    def test_a_visitor_talks_to_a_desk_on_a_strangers_page(self):
        with socket.socket() as free:  # The page's own port must be known to the desk before either is there.
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]

        def change(config):
            config["channels"]["chat"][0]["allowed_origins"] = [f"http://localhost:{port}"]
            config["routing"]["capacity"]["chat"] = "10%"
        with Desk(change) as desk:
            host, http = desk.address("http")
            self.drive("desk", f"http://{host}:{http}", "--host-port", str(port))


if __name__ == "__main__":
    unittest.main()
