#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A smarthost for demos and tests: accepts every mail, keeps it as a file and prints one line for it.

usage: smarthost.py --listen 127.0.0.1:2526 --keep DIR
"""
import argparse
import asyncio
import email
import email.policy
import pathlib
import signal
import sys
import time

from aiosmtpd.smtp import SMTP


class Keeper:
    """Writes each mail to DIR/<time>-<n>.eml, the envelope in front as X-Envelope lines."""

    def __init__(self, directory: pathlib.Path):
        self.directory = directory
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        path = self.directory / f"{int(time.time() * 1000)}-{self.count:05d}.eml"
        head = f"X-Envelope-From: {envelope.mail_from}\r\n"
        head += "".join(f"X-Envelope-To: {rcpt}\r\n" for rcpt in envelope.rcpt_tos)
        path.write_bytes(head.encode() + envelope.content)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(f"sent: to {', '.join(envelope.rcpt_tos)}: {mail['subject']}  ({path})", file=sys.stderr, flush=True)
        return "250 2.0.0 Ok: kept"


async def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--listen", default="127.0.0.1:2526")
    arguments.add_argument("--keep", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    host, port = options.listen.rsplit(":", 1)
    keeper = Keeper(options.keep)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keeper, enable_SMTPUTF8=True), host, int(port))
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    server.close()


asyncio.run(main())
