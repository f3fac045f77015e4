# SPDX-License-Identifier: Apache-2.0
"""What goes wrong around a daemon: each fault has a clear message, the contract's exit code, and loses nothing."""
import asyncio
import os
import signal
import smtplib
import socket
import sqlite3
import subprocess
import unittest

from tests.e2e.harness import BINARY, WAIT_S, Desk, wait_until


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=WAIT_S)


class Faults(unittest.TestCase):
    def setUp(self):
        self.desk = Desk()
        self.addCleanup(self.desk.close)

    def exits(self, code, *words, command=None):
        done = run(*(command or self.desk.command()))
        self.assertEqual(done.returncode, code, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done

    def test_a_wrong_configuration_names_file_line_column_and_what_was_expected(self):
        self.desk.path.write_text(self.desk.path.read_text().replace("queues:", "qeues:", 1))
        done = self.exits(78, f"{self.desk.path}:", "qeues", "queues")
        self.assertRegex(done.stderr, r"deskwire\.yaml:\d+:\d+: ")
        self.exits(78, command=[BINARY, "check", self.desk.path])

    def test_check_accepts_the_demo(self):
        self.exits(0, command=[BINARY, "check", self.desk.path])

    def test_warnings_have_a_place_and_stop_nothing_unless_they_are_to(self):
        rules = self.desk.config["workflow"]["rules"]
        rules.insert(0, {"name": "all", "when": "true", "queue": "general"})
        self.desk.write_config()
        before, found, _ = self.desk.path.read_text().partition("    when: message.any contains")
        self.assertTrue(found)
        line = before.count("\n") + 1
        told = f'deskwire.yaml:{line}:11: warning: workflow.rules[1].when: this rule is never reached: "all" in line'
        done = self.exits(0, told, "[unreachable]", command=[BINARY, "check", self.desk.path])
        self.assertRegex(done.stdout, r": ok: .*, \d warnings\n$")
        done = self.exits(78, told, "warnings", command=[BINARY, "check", "--strict", self.desk.path])
        self.assertEqual(done.stdout, "")
        self.desk.start()
        self.assertEqual(self.desk.log().count("workflow.rules[1].when: this rule is never reached"), 1)
        self.desk.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.desk.log().count("workflow.rules[1].when: this rule is never reached") == 2, "the reload's warning")
        del rules[0]
        self.desk.write_config()
        self.exits(0, command=[BINARY, "check", "--strict", self.desk.path])

    def test_a_usage_error_is_64(self):
        self.exits(64, command=[BINARY, "serve", "--no-such-flag"])

    def test_a_busy_port_is_69(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            command = self.desk.command()
            command[command.index("--smtp") + 1] = f"127.0.0.1:{port}"
            self.exits(69, port, command=command)

    def test_a_second_daemon_on_the_same_data_is_75(self):
        self.desk.start()
        self.exits(75, str(self.desk.data))

    def test_a_newer_schema_is_76(self):
        self.desk.start()
        self.desk.stop()
        with sqlite3.connect(self.desk.data / "deskwire.db") as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            self.assertGreater(version, 0)
            db.execute("PRAGMA user_version = 9999")
        self.exits(76, "9999")

    def test_a_corrupt_database_is_74_and_stays_untouched(self):
        self.desk.start()
        self.desk.stop()
        path = self.desk.data / "deskwire.db"
        garbage = b"this is no database" * 1000
        path.write_bytes(garbage)
        self.exits(74, "deskwire.db")
        self.assertEqual(path.read_bytes(), garbage)

    def test_a_read_only_folder_is_74(self):
        if os.geteuid() == 0:
            # Root writes through permissions; a file where the folder should be fails for everyone.
            self.desk.data.write_text("not a folder")
        else:
            self.desk.data.mkdir(mode=0o500)
        self.exits(74, str(self.desk.data))

    def test_below_the_disk_reserve_mail_gets_452_and_reads_go_on(self):
        self.desk.start()
        self.desk.mail(subject="before")
        self.desk.stop()
        self.desk.config["storage"]["disk_reserve"] = "1024GiB"
        self.desk.write_config()
        self.desk.start()
        with smtplib.SMTP(*self.desk.address("smtp"), timeout=WAIT_S) as client:
            client.ehlo()
            code, _ = client.mail("a@b.example")
        self.assertEqual(code, 452)
        self.assertEqual([t["subject"] for t in self.desk.all_tickets()], ["before"])
        status, _, _ = self.desk.request("GET", "/readyz")
        self.assertEqual(status, 503)

    def test_a_bad_reload_keeps_the_old_policy_and_says_so(self):
        self.desk.start()
        good = self.desk.path.read_text()
        self.desk.path.write_text(good.replace("workflow:", "worfklow:", 1))
        self.desk.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "worfklow" in self.desk.log(), "the complaint about the reload")
        self.desk.mail(subject="still here")
        self.assertEqual(self.desk.all_tickets()[0]["subject"], "still here")

    def test_a_graceful_stop_ends_with_0(self):
        self.desk.start()
        self.desk.mail()
        self.assertEqual(self.desk.stop(), 0)
        self.desk.start()
        self.assertEqual(len(self.desk.all_tickets()), 1)

    def test_a_graceful_stop_beside_people_who_say_nothing_ends_with_0(self):
        self.desk.start()

        async def stop_beside_them():
            visitors = [await self.desk.visitor() for _ in range(8)]
            consoles = [await self.desk.console("agent1", "available"), await self.desk.console()]
            status = await asyncio.to_thread(self.desk.stop)
            for one in visitors + consoles:
                await one.close()
            return status
        self.assertEqual(asyncio.run(stop_beside_them()), 0)
        self.desk.start()

    def test_a_backup_taken_while_running_restores_everything(self):
        self.desk.start()
        for n in range(20):
            self.desk.mail(subject=f"kept {n}", text="x" * 200_000)
        copy = self.desk.folder / "backup"
        done = run(BINARY, "backup", copy, "--data", self.desk.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.desk.kill()
        restored = self.desk.command()
        restored[restored.index("--data") + 1] = str(copy)
        self.desk.command = lambda *_: restored
        self.desk.start()
        self.assertEqual(sorted(t["subject"] for t in self.desk.all_tickets()), sorted(f"kept {n}" for n in range(20)))


if __name__ == "__main__":
    unittest.main()
