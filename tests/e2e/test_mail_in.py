# SPDX-License-Identifier: Apache-2.0
"""Mail in, with clients not written here: smtplib, swaks, raw sockets; and a corpus of real mails."""
import json
import re
import smtplib
import socket
import sqlite3
import ssl
import subprocess
import unittest

from tests.e2e.harness import CORPUS, WAIT_S, Desk

SWAKS = ["swaks", "--silent", "1", "--from", "ann@customer.example", "--to", "support@demo.test"]


def swaks(address, *options):
    """The dialogue on success; raises with the dialogue otherwise."""
    host, port = address
    done = subprocess.run([*SWAKS, "--server", host, "--port", str(port), *options], capture_output=True, text=True, timeout=WAIT_S)
    if done.returncode:
        raise AssertionError(f"swaks ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def with_crlf(raw):
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def kept_messages(desk):
    """Ids of all messages in the store, machine mail without a ticket included."""
    file, = [f for f in desk.data.iterdir() if f.is_file() and f.name != "search.db" and f.read_bytes()[:15] == b"SQLite format 3"]
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as store:
        return {row[0] for row in store.execute("SELECT id FROM messages")}


def with_certificate(desk_config, folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=desk.demo.test",
                    "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"], check=True, capture_output=True)
    desk_config["smtp"]["tls"] = {"certificate": f"{folder}/cert.pem", "key": f"{folder}/key.pem"}


class Dialogue:
    """A raw socket, for what well-behaved clients do not say."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=WAIT_S)
        self.file = self.socket.makefile("rb")
        self.reply()

    def reply(self):
        """The last line of the next reply, or b"" when closed."""
        while True:
            line = self.file.readline()
            if line[3:4] != b"-":
                return line

    def say(self, data):
        self.socket.sendall(data)
        return self.reply()

    def begin_mail(self, hello=b"EHLO", recipients=("support@demo.test",)):
        self.say(hello + b" client.test\r\n")
        self.say(b"MAIL FROM:<alice@example.org>\r\n")
        for recipient in recipients:
            self.say(f"RCPT TO:<{recipient}>\r\n".encode())
        return self.say(b"DATA\r\n")

    def close(self):
        self.file.close()
        self.socket.close()


class MailIn(unittest.TestCase):
    def test_smtplib_swaks_and_lmtp_each_open_a_ticket(self):
        with Desk() as desk:
            desk.mail(subject="from smtplib")
            swaks(desk.address("smtp"), "--header", "Subject: from swaks", "--pipeline")
            swaks(desk.address("lmtp"), "--header", "Subject: over LMTP", "--protocol", "LMTP", "--from", "bob@customer.example")
            self.assertEqual({t["subject"] for t in desk.all_tickets()}, {"from smtplib", "from swaks", "over LMTP"})

    def test_one_mail_to_two_of_our_addresses_is_one_ticket_over_smtp_and_lmtp(self):
        mail = b"From: ann@customer.example\r\nTo: support@demo.test\r\nSubject: both\r\nMessage-ID: <%s@c.example>\r\n\r\nHello\r\n"
        both = ["support@demo.test", "billing@demo.test"]
        with Desk() as desk:
            with smtplib.SMTP(*desk.address("smtp"), timeout=WAIT_S) as client:
                self.assertEqual(client.sendmail("ann@customer.example", both, mail % b"1"), {})
            lmtp = Dialogue(desk.address("lmtp"))  # Python's LMTP client reads one status, whatever the recipients.
            lmtp.begin_mail(b"LHLO", both)
            self.assertTrue(lmtp.say(mail % b"2" + b".\r\n").startswith(b"250 2.0.0 <support@demo.test> Ok: queued as "))
            self.assertTrue(lmtp.reply().startswith(b"250 2.0.0 <billing@demo.test> Ok: queued as "))
            lmtp.close()
            tickets = desk.all_tickets()
            self.assertEqual(len(tickets), 2)
            for ticket in tickets:
                self.assertEqual(len(desk.get(f"/tickets/{ticket['id']}/messages")["items"]), 1)

    def test_the_same_mail_in_two_deliveries_is_one_message(self):
        with Desk() as desk:
            for to in ("support@demo.test", "billing@demo.test"):
                desk.mail(to=to, message_id="<same@customer.example>")
            ticket, = desk.all_tickets()
            self.assertEqual(len(desk.get(f"/tickets/{ticket['id']}/messages")["items"]), 1)

    def test_unknown_recipients_and_relaying_are_refused_at_rcpt(self):
        with Desk() as desk, smtplib.SMTP(*desk.address("smtp"), timeout=WAIT_S) as client:
            client.ehlo("client.test")
            client.mail("ann@customer.example")
            self.assertEqual(client.rcpt("nobody@demo.test")[0], 550)
            self.assertEqual(client.rcpt("ann@elsewhere.example")[0], 550)
            self.assertEqual(client.rcpt("postmaster")[0], 250)
            for word in ("pipelining", "size", "8bitmime", "smtputf8", "chunking", "enhancedstatuscodes"):
                self.assertTrue(client.has_extn(word), word)

    def test_starttls_with_smtplib_and_openssl(self):
        desk = Desk()
        with_certificate(desk.config, desk.folder)
        desk.write_config()
        with desk:
            with smtplib.SMTP(*desk.address("smtp"), timeout=WAIT_S) as client:
                client.ehlo("client.test")
                client.starttls(context=ssl._create_unverified_context())
                self.assertEqual(client.sendmail("ann@customer.example", "support@demo.test", b"Subject: inside TLS\r\n\r\nHi\r\n"), {})
            self.assertEqual([t["subject"] for t in desk.all_tickets()], ["inside TLS"])
            for version, spoken in (("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
                host, port = desk.address("smtp")
                done = subprocess.run(["openssl", "s_client", "-starttls", "smtp", "-connect", f"{host}:{port}", "-quiet",
                                       "-crlf", version],
                                      input="EHLO client.test\nQUIT\n", capture_output=True, text=True, timeout=WAIT_S, check=False)
                self.assertEqual("221 2.0.0 Bye" in done.stdout, spoken, (version, done.stdout, done.stderr))

    def test_a_mail_of_ten_megabytes_and_a_mail_in_chunks(self):
        with Desk() as desk:
            with smtplib.SMTP(*desk.address("smtp"), timeout=WAIT_S) as client:
                big = b"Subject: big\r\n\r\n" + b"0123456789abcdef" * 4 * 8 + b"\r\n"
                client.sendmail("ann@customer.example", "support@demo.test", big + (b"x" * 998 + b"\r\n") * 10_000)
                limit = int(client.esmtp_features["size"])
                too_big = b"Subject: too big\r\n\r\n" + (b"x" * 998 + b"\r\n") * (limit // 1000 + 1)
                with self.assertRaises(smtplib.SMTPException):
                    client.sendmail("ann@customer.example", "support@demo.test", too_big)
            dialogue = Dialogue(desk.address("smtp"))
            dialogue.say(b"EHLO client.test\r\n")
            dialogue.say(b"MAIL FROM:<ann@customer.example>\r\n")
            dialogue.say(b"RCPT TO:<support@demo.test>\r\n")
            self.assertTrue(dialogue.say(b"BDAT 17\r\nSubject: chunks\r\n").startswith(b"250 2.0.0"))
            self.assertTrue(dialogue.say(b"BDAT 6 LAST\r\n\r\n.\r\nx").startswith(b"250 2.0.0 Ok: queued as "))
            dialogue.close()
            self.assertEqual({t["subject"] for t in desk.all_tickets()}, {"big", "chunks"})

    def test_a_dropped_connection_leaves_nothing(self):
        with Desk() as desk:
            dialogue = Dialogue(desk.address("smtp"))
            self.assertTrue(dialogue.begin_mail().startswith(b"354"))
            dialogue.socket.sendall(b"Subject: never\r\n\r\n" + b"x" * 400_000)
            dialogue.close()
            desk.mail(subject="after it")
            self.assertEqual([t["subject"] for t in desk.all_tickets()], ["after it"])

    def test_every_corpus_mail_is_kept(self):
        files = sorted(CORPUS.glob("email/**/*.eml"))
        if not files:
            print("skipped: no corpus")
            return
        with Desk() as desk:
            kept = {}
            with smtplib.SMTP(*desk.address("smtp"), timeout=WAIT_S) as client:
                client.ehlo("client.test")
                for file in files:
                    client.mail("corpus@example.org")
                    client.rcpt("support@demo.test")
                    code, text = client.data(with_crlf(file.read_bytes()))
                    self.assertEqual(code, 250, (file, text))
                    queued = re.search(rb"queued as (?:(\d+)/)?(\d+)", text)
                    self.assertTrue(queued, (file, text))
                    kept[file] = int(queued[2])
            stored = kept_messages(desk)
            self.assertEqual([str(f) for f, message in kept.items() if message not in stored], [])
            self.assertEqual(desk.stop(), 0)
            desk.start()
            self.assertEqual(kept_messages(desk), stored, "nothing is lost or doubled by a restart")


class Smuggling(unittest.TestCase):
    def records(self):
        file = CORPUS / "hostile/smtp_smuggling.jsonl"
        if not file.exists():
            print("skipped: no corpus")
            return []
        return [json.loads(line) for line in file.read_text().splitlines()]

    def run_mode(self, mode):
        records = self.records()
        template = next((r["template"] for r in records if "template" in r), None)
        endings = [(r["name"], bytes.fromhex(r["sequence_hex"])) for r in records if "sequence_hex" in r and r["name"] != "correct"]
        if not template:
            return

        def change(config):
            config["smtp"]["bare_lf"] = mode
        with Desk(change) as desk:
            for name, ending in endings:
                with self.subTest(name=name, mode=mode):
                    before = len(desk.all_tickets())
                    dialogue = Dialogue(desk.address("smtp"))
                    dialogue.begin_mail()
                    # A subject of its own: normalised, many of them are the same mail, and a repeated mail is kept once.
                    body = template.replace("outer\r\n", f"outer {name}\r\n", 1).encode().replace(b"{EOD}", ending)
                    answer = dialogue.say(body)
                    accepted = answer.startswith(b"250")
                    self.assertTrue(accepted or answer.startswith(b"550 5.6.11"), answer)
                    if mode == "normalise":
                        self.assertTrue(accepted, answer)
                    dialogue.socket.shutdown(socket.SHUT_WR)
                    rest = dialogue.file.read()
                    self.assertNotIn(b"354", rest, "the inner mail was not begun")
                    dialogue.close()
                    subjects = [t["subject"] for t in desk.all_tickets()]
                    self.assertEqual(len(subjects) - before, 1 if accepted else 0)
                    self.assertNotIn("smuggled", subjects)

    def test_no_sequence_smuggles_a_mail_when_bare_line_ends_are_refused(self):
        self.run_mode("refuse")

    def test_no_sequence_smuggles_a_mail_when_they_are_normalised(self):
        self.run_mode("normalise")


if __name__ == "__main__":
    unittest.main()
