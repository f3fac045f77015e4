# SPDX-License-Identifier: Apache-2.0
"""Telephone systems for end-to-end tests: one that reports its calls by signed hooks, and Twilio with a caller on the line."""
import base64
import contextlib
import datetime
import hashlib
import hmac
import itertools
import json
import time
import urllib.parse
import xml.etree.ElementTree as xml


def timestamp(ago_s=0):
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=ago_s)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Pbx:
    """Reports calls on a CTI channel of `desk`."""

    def __init__(self, desk, channel="pbx"):
        self.desk, self.channel = desk, channel
        settings, = (c for c in desk.config["channels"]["cti"] if c["name"] == channel)
        secret = settings["secret"] if isinstance(settings["secret"], str) else settings["secret"][0]
        self.secret = base64.b64decode(secret.removeprefix("whsec_"))
        self.numbers = itertools.count(1)

    def headers(self, body, at=None, secret=None):
        name, seconds = f"msg_{next(self.numbers)}", str(int(at or time.time()))
        mac = hmac.new(secret or self.secret, f"{name}.{seconds}.".encode() + body, hashlib.sha256).digest()
        return {"webhook-id": name, "webhook-timestamp": seconds, "webhook-signature": "v1," + base64.b64encode(mac).decode()}

    def post(self, body, headers=None):
        """(status, answer)."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.desk.request("POST", f"/hooks/cti/{self.channel}", body, headers or self.headers(body))[:2]

    def tell(self, event, call, caller="+84912345678", agent=None, ago_s=0, to="1900"):
        """The ticket that the desk answered with."""
        body = {"event": event, "call": call, "from": caller, "to": to, "at": timestamp(ago_s)}
        if agent:
            body["agent"] = agent
        status, answer = self.post(body)
        assert status == 200, (status, answer)
        return answer["ticket"]


class HungUp(Exception):
    """The desk ended the call."""


class TwilioCall:
    """A call to one of the desk's numbers: asks for TwiML as Twilio does and hears what it says."""
    sids = itertools.count(1)

    def __init__(self, desk, channel, caller="+84912345678"):
        settings, = (c for c in desk.config["channels"]["voice"] if c["name"] == channel)
        self.desk, self.token = desk, settings["token"]
        self.base = desk.config["desk"]["public_url"] + "/hooks/twilio/voice/" + channel
        self.call = {"CallSid": f"CA{next(self.sids):032d}", "AccountSid": settings["account"], "From": caller, "To": settings["number"],
                     "Direction": "inbound", "ApiVersion": "2010-04-01"}
        self.heard, self.verbs = [], []

    def signature(self, url, fields):
        text = url + "".join(name + fields[name] for name in sorted(fields))
        return base64.b64encode(hmac.new(self.token.encode(), text.encode(), hashlib.sha1).digest()).decode()

    def post(self, url, headers=None, status="in-progress", **more):
        """(status, body) of a signed request to a URL as the desk gave it."""
        fields = {**self.call, "CallStatus": status, **more}
        with_signature = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": self.signature(url, fields)}
        target = url.removeprefix(self.desk.config["desk"]["public_url"])
        return self.desk.request("POST", target, urllib.parse.urlencode(fields), with_signature if headers is None else headers)[:2]

    def ask(self, url, **more):
        """Follows what is answered until something is to be waited for; that verb, an XML element."""
        status, body = self.post(url, **more)
        assert status == 200, (url, status, body)
        document = xml.fromstring(body)
        assert document.tag == "Response", document.tag
        self.verbs = list(document)
        return self.walk()

    def walk(self):
        while self.verbs:
            verb = self.verbs.pop(0)
            if verb.tag == "Say":
                self.heard.append(verb.text)
            elif verb.tag == "Redirect":
                return self.ask(verb.text)
            elif verb.tag == "Hangup":
                raise HungUp
            elif verb.tag in ("Gather", "Dial", "Record"):
                self.heard += [inner.text for inner in verb if inner.tag == "Say"]
                return verb
        raise HungUp

    def dial_in(self):
        return self.ask(self.base, status="ringing")

    def status(self, status="completed", seconds=0):
        return self.post(self.base + "/status", status=status, CallDuration=str(seconds))

    def press(self, gather, digit):
        return self.ask(gather.get("action"), Digits=digit)

    def listen_on(self):
        """No key was pressed: what follows the Gather."""
        return self.walk()

    def until_dialed(self, rounds=200):
        """Waits in line as Twilio does, without the pauses, until an agent is called."""
        for _ in range(rounds):
            verb = self.listen_on()
            if verb.tag == "Dial":
                return verb
            time.sleep(0.05)
        raise AssertionError("nobody was called")

    def pick_up(self, dial):
        """The agent's telephone is answered: Twilio says so from that leg of the call."""
        noun = dial[0]
        fields = {"CallSid": "CAagent" + self.call["CallSid"][7:], "ParentCallSid": self.call["CallSid"], "From": self.call["To"], "To": noun.text}
        status, body = self.post(noun.get("statusCallback"), status="in-progress", **fields)
        assert status == 200, (status, body)

    def dial_ends(self, dial, became, seconds=0, **more):
        fields = {"DialCallStatus": became, **({"DialCallDuration": str(seconds)} if seconds else {}), **more}
        return self.ask(dial.get("action"), **fields)

    @contextlib.contextmanager
    def expect_hang_up(self):
        try:
            yield
        except HungUp:
            return
        raise AssertionError("the call goes on")
