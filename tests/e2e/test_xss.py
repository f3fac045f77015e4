# SPDX-License-Identifier: Apache-2.0
"""Scripts that customers send in mails, chats, texts, names, subjects and file names: on no page does one run, and none even meets the
content security policy; nothing is loaded from elsewhere."""
import asyncio
import email.message
import email.policy
import email.utils
import json
import pathlib
import shutil
import smtplib
import subprocess
import unittest

from tests.e2e import demo
from tests.e2e.harness import WAIT_S, Desk, corpus_rows, node_packages

HERE = pathlib.Path(__file__).resolve().parent
RUN = "window.deskwireRan?.(location.href);alert(1)"
ELSEWHERE = "http://127.0.0.1:9/pixel"

# In a name, a subject, a plain text or a file name these are words.
WORDS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror=\"{RUN}\">",
    f"\"><svg onload=\"{RUN}\">",
    f"'-{RUN}-'",
    f"</textarea></title></style><script>{RUN}</script>",
    f"javascript:{RUN}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"<iframe srcdoc=\"<script>parent.{RUN}</script>\">",
]
# In the HTML of a mail these are markup.
MARKUP = [
    *WORDS,
    f"<a href=\"javascript:{RUN}\" autofocus onfocus=\"{RUN}\">click</a>",
    f"<a href=\"java&#x0A;script:{RUN}\">click</a>",
    f"<body onload=\"{RUN}\">",
    f"<input autofocus onfocus=\"{RUN}\">",
    f"<details open ontoggle=\"{RUN}\">",
    f"<video><source onerror=\"{RUN}\"></video>",
    f"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror={RUN}&gt;\">",
    f"<svg><style><img src=x onerror=\"{RUN}\"></style></svg>",
    f"<form action=\"{ELSEWHERE}\"><button autofocus>send</button></form>",
    f"<object data=\"javascript:{RUN}\"></object><embed src=\"javascript:{RUN}\">",
    f"<meta http-equiv=\"refresh\" content=\"0;url=javascript:{RUN}\"><base href=\"{ELSEWHERE}/\">",
    f"<link rel=stylesheet href=\"{ELSEWHERE}.css\"><style>@import '{ELSEWHERE}.css'; body {{ background: url({ELSEWHERE}) }}</style>",
    f"<p style=\"background-image: url({ELSEWHERE})\">background</p><img src=\"{ELSEWHERE}.png\" srcset=\"{ELSEWHERE}2.png 2x\">",
    f"<noscript><p title=\"</noscript><img src=x onerror='{RUN}'>\">",
    f"<template><script>{RUN}</script></template><iframe src=\"data:text/html,<script>parent.{RUN}</script>\"></iframe>",
    f"<svg><a xlink:href=\"javascript:{RUN}\"><text y=20>x</text></a><animate onbegin=\"{RUN}\" attributeName=x dur=1s></svg>",
    f"<div style=\"position:fixed;inset:0;z-index:99999\">{'x' * 20}</div>",
]


# Messages of one ticket that are opened together.
PER_TICKET = 10


def one_line(text):
    return " ".join(text.split())


class Xss(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        node_packages()
        if not shutil.which("chromium"):
            raise unittest.SkipTest("no chromium")

    def visit(self, desk, visits, user="supervisor1", originals=0):
        asked = json.dumps({"token": desk.token(user), "visits": visits})
        done = subprocess.run(["node", str(HERE / "xss.mjs"), f"http://{desk.ready['http']}"], input=asked, capture_output=True, text=True,
                              timeout=WAIT_S * 10)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        found = json.loads(done.stdout)
        self.assertEqual(found, {"ran": [], "refused": [], "asked": [], "missing": [], "originals": originals})

    def mail(self, desk, number, subject, name, html=None, text=None, file_name=None, answers=None):
        """A mail whose last words are its mark; with `answers`, of the same customer in the thread of that mail."""
        message = email.message.EmailMessage(policy=email.policy.SMTP.clone(max_line_length=900))
        address = f"x{number if answers is None else answers}@customer.example"
        message["From"] = email.utils.formataddr((one_line(name).encode("ascii", "replace").decode(), address))
        message["To"], message["Subject"] = "support@demo.test", one_line(subject)
        message["Message-ID"] = f"<xss-{number}@customer.example>"
        if answers is not None:
            message["In-Reply-To"] = f"<xss-{answers}@customer.example>"
        message.set_content((text or "plain") + f"\nmark-{number}\n")
        if html is not None:
            message.add_alternative(f"<html><body>{html}<p>mark-{number}</p></body></html>", subtype="html")
        if file_name is not None:
            script = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'><script>{RUN}</script></svg>".encode()
            message.add_attachment(script, maintype="image", subtype="svg+xml", filename=one_line(file_name) + ".svg")
            message.add_attachment(f"<script>{RUN}</script>".encode(), maintype="text", subtype="html", filename=one_line(file_name) + ".html")
        with smtplib.SMTP(*desk.address("smtp"), timeout=WAIT_S) as client:
            client.send_message(message, from_addr=address, to_addrs=["support@demo.test"])

    def ticket_pages(self, desk, marks):
        """The page of each ticket, whose mark is in one of its messages."""
        pages = []
        for ticket in desk.all_tickets():
            texts = " ".join(m["text"] for m in desk.get(f"/tickets/{ticket['id']}/messages")["items"])
            mark = next((m for m in marks if m in texts.split()), None)
            if mark:
                pages.append({"path": f"/#/ticket/{ticket['id']}", "mark": mark})
        self.assertEqual(sorted(p["mark"] for p in pages), sorted(marks))
        return pages

    def test_mails_of_scripts_are_words(self):
        with Desk() as desk:
            for n, markup in enumerate(MARKUP):
                words = WORDS[n % len(WORDS)]
                self.mail(desk, n, f"Matter {n} {words}", words, html=markup, text=words, file_name=words)
            self.visit(desk, self.ticket_pages(desk, [f"mark-{n}" for n in range(len(MARKUP))]), originals=len(MARKUP))
            self.visit(desk, [{"path": path, "mark": "Matter"} for path in ("/#/",)])

    def test_known_payloads_do_nothing_in_a_mail(self):
        payloads = [row["payload"] for row in corpus_rows("hostile/xss_expected.jsonl")]
        with Desk() as desk:
            # Several to a ticket: each is a message with a frame of its own.
            for n, payload in enumerate(payloads):
                first = n - n % PER_TICKET
                self.mail(desk, n, f"Matter {first}", "Ann", html=payload, answers=None if n == first else first)
            pages = self.ticket_pages(desk, [f"mark-{n}" for n in range(0, len(payloads), PER_TICKET)])
            self.visit(desk, pages, originals=len(payloads))

    def test_a_mail_keeps_its_looks(self):
        table = '<table border="1" cellpadding="6"><tr><td colspan="2" width="80" align="right"><font color="red" size="4">8841</font></td></tr></table>'
        with Desk() as desk:
            self.mail(desk, 0, "Matter", "Ann", html=f'{table}<ol start="3" type="a"><li style="color: green">one</li></ol>')
            page, = self.ticket_pages(desk, ["mark-0"])
            looks = ['table[border="1"][cellpadding="6"]', 'td[colspan="2"][width="80"][align="right"]', 'font[color="red"][size="4"]', 'ol[start="3"][type="a"]', 'li[style*="green"]']
            self.visit(desk, [{**page, "looks": looks}], originals=1)

    def test_attachments_are_never_active(self):
        with Desk() as desk:
            self.mail(desk, 0, "Matter", "Ann", file_name="page")
            ticket, = desk.all_tickets()
            message, = desk.get(f"/tickets/{ticket['id']}/messages")["items"]
            for file in message["attachments"]:
                status, _, headers = desk.request("GET", f"/api/v1/messages/{message['id']}/attachments/{file['n']}",
                                                  headers={"Authorization": f"Bearer {desk.token('admin')}"})
                self.assertEqual(status, 200)
                self.assertTrue(headers["Content-Disposition"].startswith("attachment"), headers["Content-Disposition"])
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertIn("sandbox", headers["Content-Security-Policy"])

    def test_chats_and_texts_of_scripts_are_words(self):
        with Desk() as desk:
            base = "http://%s:%d" % desk.address("http")
            for n, words in enumerate(WORDS):
                params = {"MessageSid": f"SM{n}", "AccountSid": demo.ACCOUNT, "From": f"+1415555{n:04d}", "To": demo.NUMBER,
                          "Body": f"{words} text-{n}", "NumMedia": "0"}
                self.assertEqual(demo.post_signed(demo.TOKEN, base, desk.config["desk"]["public_url"], "/hooks/twilio/sms", params), 200)

            async def chat():
                for n, words in enumerate(WORDS):
                    visitor = await desk.visitor()
                    await visitor.start(name=words)
                    await visitor.send(f"{words} chat-{n}")
                    await visitor.socket.close()
            asyncio.run(chat())
            marks = [f"{kind}-{n}" for kind in ("text", "chat") for n in range(len(WORDS))]
            self.visit(desk, self.ticket_pages(desk, marks))

    def test_what_an_agent_writes_is_words_in_the_widget(self):
        with Desk() as desk:
            async def talk():
                visitor = await desk.visitor()
                started = await visitor.start(name=WORDS[0])
                await visitor.send(f"hello {WORDS[1]}")
                agent = await desk.console("agent2", presence="available")
                offer = await agent.event("offer.made")
                ticket = offer["ticket"]["id"]
                await agent.call("offer.accept", offer=offer["offer"])
                for n, words in enumerate(WORDS):
                    await agent.call("ticket.reply", ticket=ticket, client_id=f"w{n}", text=f"{words} said-{n}")
                await visitor.told(f"said-{len(WORDS) - 1}")
                await visitor.close()
                await agent.close()
                return started["token"]
            token = asyncio.run(talk())
            self.visit(desk, [{"path": "/chat/web/demo", "mark": f"said-{len(WORDS) - 1}", "visitor": token}])


if __name__ == "__main__":
    unittest.main()
