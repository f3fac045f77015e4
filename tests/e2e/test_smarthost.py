# SPDX-License-Identifier: Apache-2.0
"""The way out through a smarthost that insists on STARTTLS and a log-in."""
import logging
import os
import socket
import ssl
import subprocess
import tempfile
import unittest

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.e2e.harness import Desk, wait_until


class Strict:
    """Keeps what it is given, with who gave it."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((session.auth_data, session.ssl is not None, envelope.rcpt_tos))
        return "250 2.0.0 kept"


class Smarthost(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd tells every broken handshake.
        self.folder = tempfile.TemporaryDirectory()
        self.certificate, key = f"{self.folder.name}/cert.pem", f"{self.folder.name}/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", self.certificate],
                       check=True, capture_output=True)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, key)

        def authenticate(server, session, envelope, mechanism, data):
            good = data.login == b"desk" and data.password == b"a secret of the desk"
            return AuthResult(success=good, auth_data=data.login.decode() if good else None, handled=False)

        self.strict = Strict()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server = Controller(self.strict, hostname="127.0.0.1", port=self.port, tls_context=context, require_starttls=True, auth_required=True,
                                 auth_require_tls=True, authenticator=authenticate)
        self.server.start()

    def tearDown(self):
        self.server.stop()
        self.folder.cleanup()
        os.environ.pop("DESKWIRE_TEST_SMARTHOST", None)

    async def reply_through(self, password, **options):
        """The delivery of an answer once the smarthost was tried, and what the smarthost kept."""
        os.environ["DESKWIRE_TEST_SMARTHOST"] = password

        def change(config):
            config["smarthost"] = {"host": "localhost", "port": self.port, "tls": "starttls", "user": "desk",
                                   "password": {"env": "DESKWIRE_TEST_SMARTHOST"}, **options}
        with Desk(change, smarthost_port=self.port) as desk:
            agent = await desk.console("agent2", "available")
            desk.mail()
            offer = await agent.event("offer.made")
            ticket = (await agent.call("offer.accept", offer=offer["offer"]))["ticket"]["id"]
            await agent.call("ticket.reply", ticket=ticket, client_id="r", text="It is on its way.")

            def tried():
                delivery = desk.get(f"/tickets/{ticket}/messages")["items"][1]["delivery"]
                return delivery if delivery["detail"] or delivery["state"] == "failed" else None
            delivery = wait_until(tried, "an attempt to send")
            await agent.close()
            self.assertNotIn(password, desk.log(), "no secret in the log")
            return delivery

    async def test_an_answer_leaves_encrypted_and_logged_in(self):
        delivery = await self.reply_through("a secret of the desk", ca_file=self.certificate)
        self.assertEqual(delivery["state"], "sent", delivery)
        self.assertEqual(self.strict.mails, [("desk", True, ["ann@customer.example"])])

    async def test_a_certificate_that_nobody_vouches_for_gets_nothing(self):
        delivery = await self.reply_through("a secret of the desk")
        self.assertEqual(delivery["state"], "queued", delivery)
        self.assertIn("certificate", delivery["detail"])
        self.assertEqual(self.strict.mails, [])

    async def test_a_wrong_password_keeps_the_answer_for_later(self):
        delivery = await self.reply_through("not the secret", ca_file=self.certificate)
        self.assertEqual(delivery["state"], "queued", delivery)
        self.assertEqual(self.strict.mails, [])


if __name__ == "__main__":
    unittest.main()
