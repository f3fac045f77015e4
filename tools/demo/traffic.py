#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Customers for the demo: a realistic trickle of mails, signed text messages, calls and chats through the desk's real entrances.

usage: traffic.py [--http 127.0.0.1:8080] [--smtp 127.0.0.1:2525] [--gateway 127.0.0.1:2580] [--every 8] [--count N] [--seed N]

One matter about every EVERY seconds, for ever or COUNT times. A dozen people write, each by mail, phone and chat as they like; they answer
what they are answered. Prints one line a matter.
"""
import argparse
import asyncio
import base64
import email.message
import email.utils
import hashlib
import hmac
import json
import random
import smtplib
import sys
import time
import urllib.error
import urllib.request
import uuid

import websockets

from gateway import post_signed

NUMBER = "+15005550006"
ACCOUNT, TOKEN = "AC" + "0" * 32, "demo-twilio-token"
CTI_SECRET = base64.b64decode("ZGVtby1jdGktc2VjcmV0")
AGENTS = ["agent1", "agent2"]

PEOPLE = [
    ("Linh Pham", "linh.pham@customers.example", "+84912345601", "vi"), ("Minh Do", "minh.do@customers.example", "+84912345602", "vi"),
    ("Hoa Vu", "hoa.vu@customers.example", "+84912345603", "vi"), ("Tuan Ngo", "tuan.ngo@customers.example", "+84912345604", "vi"),
    ("Ann Miller", "ann.miller@customers.example", "+14155550101", "en"), ("Ben Carter", "ben.carter@customers.example", "+14155550102", "en"),
    ("Carla Diaz", "carla.diaz@customers.example", "+14155550103", "en"), ("Dev Patel", "dev.patel@customers.example", "+442079460104", "en"),
    ("Eva Novak", "eva.novak@customers.example", "+442079460105", "en"), ("Finn Berg", "finn.berg@customers.example", "+442079460106", "en"),
    ("Grace Lee", "grace.lee@customers.example", "+14155550107", "en"), ("Huy Bui", "huy.bui@customers.example", "+84912345608", "vi"),
]
MATTERS = {
    "en": [("Refund for order {n}", "I sent order {n} back two weeks ago and still wait for the refund. When will I have it?"),
           ("Where is my parcel?", "Order {n} was to arrive on Monday. The tracking has not moved since."),
           ("I cannot log in", "The page says that my password is wrong, but I have just set it anew."),
           ("Invoice {n}", "Please send me the invoice of order {n} once more, with our tax number on it."),
           ("The site is down for us", "Since this morning the shop is not working from our office. Is there an outage?"),
           ("Change of address", "We have moved. Please send everything from order {n} on to our new address.")],
    "vi": [("Hoàn tiền đơn hàng {n}", "Tôi đã gửi trả đơn hàng {n} hai tuần trước mà vẫn chưa nhận được tiền hoàn (refund)."),
           ("Đơn hàng của tôi ở đâu?", "Đơn {n} lẽ ra phải đến hôm thứ Hai. Nhờ anh chị kiểm tra giúp."),
           ("Không đăng nhập được", "Trang báo sai mật khẩu dù tôi vừa đổi xong."),
           ("Hóa đơn {n}", "Nhờ gửi lại hóa đơn của đơn {n}, có mã số thuế của công ty chúng tôi.")],
}
THANKS = {"en": ["Thank you, that helps.", "Great, thanks!", "All right, I will wait then."], "vi": ["Cảm ơn bạn nhiều.", "Vâng, tôi hiểu rồi. Cảm ơn!"]}


class Traffic:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.base = f"http://{options.http}"
        self.texted = {}
        self.tasks = set()

    def say(self, what, who, text):
        print(f"{time.strftime('%H:%M:%S')} {what:<5} {who}: {text}", flush=True)

    def matter(self, language):
        subject, text = self.random.choice(MATTERS[language])
        number = self.random.randint(4_000, 9_999)
        return subject.format(n=number), text.format(n=number)

    def mail(self, person):
        name, address, _, language = person
        subject, text = self.matter(language)
        mail = email.message.EmailMessage()
        mail["From"], mail["Subject"] = email.utils.formataddr((name, address)), subject
        mail["To"] = self.random.choice(["support@demo.test", "support@demo.test", "billing@demo.test"])
        mail["Message-ID"], mail["Date"] = email.utils.make_msgid(domain="customers.example"), email.utils.formatdate()
        mail.set_content(f"Hello,\n\n{text}\n\n{name}\n")
        host, port = self.options.smtp.rsplit(":", 1)
        with smtplib.SMTP(host, int(port), timeout=30) as server:
            server.send_message(mail)
        self.say("mail", name, subject)

    def text(self, person, words=None):
        name, _, phone, language = person
        words = words or self.matter(language)[1]
        sid = "SM" + uuid.uuid4().hex
        params = {"MessageSid": sid, "SmsMessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "From": phone, "To": NUMBER, "Body": words,
                  "NumMedia": "0", "NumSegments": "1", "ApiVersion": "2010-04-01", "SmsStatus": "received"}
        post_signed(TOKEN, self.base, self.options.public_url or self.base, "/hooks/twilio/sms", params)
        self.texted[phone] = person
        self.say("text", name, words[:60])

    def call_event(self, body):
        raw = json.dumps({**body, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}).encode()
        identity, at = "msg_" + uuid.uuid4().hex, str(int(time.time()))
        signed = hmac.new(CTI_SECRET, f"{identity}.{at}.".encode() + raw, hashlib.sha256).digest()
        urllib.request.urlopen(urllib.request.Request(self.base + "/hooks/cti/pbx", raw, {
            "Content-Type": "application/json", "webhook-id": identity, "webhook-timestamp": at,
            "webhook-signature": "v1," + base64.b64encode(signed).decode()}), timeout=30).close()

    async def call(self, person):
        name, _, phone, _ = person
        call = {"call": uuid.uuid4().hex, "from": phone, "to": "+15005550001"}
        agent = {"agent": self.random.choice(AGENTS)}
        event = lambda **more: asyncio.to_thread(self.call_event, {**call, **more})  # noqa: E731
        await event(event="ringing", **agent)
        self.say("call", name, f"rings at {agent['agent']}")
        await asyncio.sleep(self.random.uniform(0.3, 1) * self.options.every)
        if self.random.random() < 0.5:
            await event(event="missed")
            return self.say("call", name, "nobody answered")
        await event(event="answered", **agent)
        await asyncio.sleep(self.random.uniform(0.5, 4) * self.options.every)
        await event(event="ended", **agent)
        self.say("call", name, "has hung up")

    async def chat(self, person):
        name, address, _, language = person
        async with websockets.connect(self.base.replace("http", "ws", 1) + "/chat/web", subprotocols=["deskwire.chat.v1"]) as socket:
            await socket.send(json.dumps({"jsonrpc": "2.0", "id": 0, "method": "chat.start", "params": {"name": name, "email": address}}))
            subject, words = self.matter(language)
            self.say("chat", name, words[:60])
            for n, line in enumerate([words] if self.random.random() < 0.6 else [subject + ".", words], 1):
                await socket.send(json.dumps({"jsonrpc": "2.0", "id": n, "method": "chat.send", "params": {"client_id": uuid.uuid4().hex, "text": line}}))
            stay, answered = self.options.every * self.random.randint(5, 40), 0
            deadline = time.monotonic() + stay
            while (left := deadline - time.monotonic()) > 0 and answered < 3:
                try:
                    frame = json.loads(await asyncio.wait_for(socket.recv(), left))
                except asyncio.TimeoutError:
                    break
                message = frame.get("params", {}).get("data", {}).get("message", {}) if frame.get("method") == "event" else {}
                if message.get("direction") != "out":
                    continue
                answered += 1
                await socket.send(json.dumps({"jsonrpc": "2.0", "method": "chat.read", "params": {"seq": message["seq"]}}))
                await asyncio.sleep(self.random.uniform(1, 4))
                await socket.send(json.dumps({"jsonrpc": "2.0", "id": 100 + answered, "method": "chat.send",
                                              "params": {"client_id": uuid.uuid4().hex, "text": self.random.choice(THANKS[language])}}))
            if answered:
                await socket.send(json.dumps({"jsonrpc": "2.0", "id": 900, "method": "chat.end", "params": {"rating": self.random.randint(3, 5)}}))
                await asyncio.wait_for(socket.recv(), 10)

    async def answer_texts(self):
        """People thank for what the desk texted them."""
        seen = 0
        while self.options.gateway:
            await asyncio.sleep(2)
            try:
                raw = await asyncio.to_thread(lambda: urllib.request.urlopen(f"http://{self.options.gateway}/sent?after={seen}", timeout=10).read())
            except OSError:
                continue
            page = json.loads(raw)
            seen = page["next"]
            for sent in page["sent"]:
                person = self.texted.get(sent["to"])
                if person and self.random.random() < 0.5:
                    await asyncio.to_thread(self.text, person, self.random.choice(THANKS[person[3]]))

    async def one(self):
        person = self.random.choice(PEOPLE)
        kind = self.random.choices(["mail", "text", "chat", "call"], [35, 25, 25, 15])[0]
        try:
            if kind in ("mail", "text"):
                await asyncio.to_thread(getattr(self, kind), person)
            else:
                await getattr(self, kind)(person)
        except (OSError, smtplib.SMTPException, websockets.WebSocketException, asyncio.TimeoutError) as error:
            # Also a desk that is stopped for a moment: customers try again another time.
            print(f"{kind} of {person[0]} did not work: {error}", file=sys.stderr, flush=True)

    async def run(self):
        answers = asyncio.create_task(self.answer_texts())
        made = 0
        while not self.options.count or made < self.options.count:
            task = asyncio.create_task(self.one())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            made += 1
            await asyncio.sleep(self.random.expovariate(1 / self.options.every))
        await asyncio.gather(*self.tasks)
        answers.cancel()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--http", default="127.0.0.1:8080")
    arguments.add_argument("--smtp", default="127.0.0.1:2525")
    arguments.add_argument("--gateway", default="127.0.0.1:2580", help="where texts of the desk arrive; empty: nobody answers them")
    arguments.add_argument("--public-url", default="", help="what hooks are signed for, if it is not http://HTTP")
    arguments.add_argument("--every", type=float, default=8, help="seconds between matters, on average")
    arguments.add_argument("--count", type=int, default=0, help="stop after so many matters")
    arguments.add_argument("--seed", type=int, default=None)
    try:
        asyncio.run(Traffic(arguments.parse_args()).run())
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
