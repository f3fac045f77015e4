#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The mail benchmark: Deskwire beside Postfix and smtp-sink in one run, on this machine's real disk.

  tools/bench/mail.py [--messages N] [--stored N] [--quick] [--only compare|offers|stored]

Prints a Markdown table. Needs build/release/deskwire and build/release/tools/bench/smtp_load, and Debian's postfix package (installed
if missing). Every server gets the same messages: 4 KiB, a fresh Message-ID, 10,000 sender addresses.
"""
import argparse
import asyncio
import json
import pathlib
import subprocess
import tempfile
import time

from common import Desk, Table, generous, latency, load, mails, memory_mib, share

AGENTS = [f"taker{n}" for n in range(5)]


def staffed(config):
    """Enough agents that none of them runs into the limit of calls a socket."""
    generous(config)
    config["users"] += [{"name": name, "display_name": name, "password": "demo-password", "queues": ["general"]} for name in AGENTS]


def source(port, sessions, messages, persistent=True):
    """Messages a second by Postfix's own smtp-source."""
    command = ["smtp-source", "-s", str(sessions), "-l", "4096", "-m", str(messages), "-f", "load@senders.example",
               "-t", "support@demo.test", *(["-d"] if persistent else []), f"127.0.0.1:{port}"]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return messages / (time.monotonic() - began)


class Sink:
    port = 2591

    def __enter__(self):
        self.process = subprocess.Popen(["smtp-sink", "-u", "nobody", f"127.0.0.1:{self.port}", "1000"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Postfix:
    """A private Postfix that queues durably and discards on delivery."""
    port = 2590

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deskwire-postfix-"))
        for name in ("etc", "spool", "lib"):
            (self.folder / name).mkdir()
        self.folder.chmod(0o755)
        subprocess.run(["chown", "postfix", self.folder / "lib"], check=True)
        (self.folder / "etc/main.cf").write_text(f"""compatibility_level = 3.6
queue_directory = {self.folder}/spool
data_directory = {self.folder}/lib
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
mydestination =
alias_maps =
default_transport = discard
relay_transport = discard
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
default_process_limit = 100
maillog_file = {self.folder}/log
maillog_file_prefixes = {self.folder}
""")
        (self.folder / "etc/master.cf").write_text(f"""127.0.0.1:{self.port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
""")
        subprocess.run(["postfix", "-c", self.folder / "etc", "start"], check=True, capture_output=True)
        time.sleep(2)
        return self

    def __exit__(self, *_):
        subprocess.run(["postfix", "-c", self.folder / "etc", "stop"], capture_output=True)
        subprocess.run(["rm", "-rf", self.folder])


async def offer_latency(desk, rate=100, count=1000):
    """Milliseconds from the last byte of a mail to its offer on the agent's socket, at `rate` mails a second."""
    agents = [await desk.console(user, "available") for user in AGENTS]
    for agent in agents:
        agent.reader.cancel()
    seen = {}

    async def work(socket):
        """Accepts and resolves what it is offered; reads nothing else, so that this script is not what is measured."""
        accepted = 1000
        async for text in socket:
            if '"offer.made"' in text:
                arrived = time.monotonic()
                offer = json.loads(text)["params"]["data"]
                seen[offer["ticket"]["subject"]] = arrived
                accepted += 1
                await socket.send(json.dumps({"jsonrpc": "2.0", "id": accepted, "method": "offer.accept", "params": {"offer": offer["offer"]}}))
            elif '"method"' not in text:
                answer = json.loads(text)
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                if answer["id"] > 1000:
                    ticket = answer["result"]["ticket"]
                    await socket.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ticket.resolve",
                                                  "params": {"ticket": ticket if isinstance(ticket, int) else ticket["id"]}}))

    async with asyncio.timeout(count / rate + 60), asyncio.TaskGroup() as group:
        workers = [group.create_task(work(agent.socket)) for agent in agents]
        sent = {subject: last_byte for subject, last_byte, _ in await mails(desk.address("smtp"), count, rate, "offer")}
        while len(seen) < count:
            await asyncio.sleep(0.05)
        for worker in workers:
            worker.cancel()
    for agent in agents:
        await agent.socket.close()
    times = [(seen[s] - sent[s]) * 1000 for s in sent]
    return share(times, 0.5), share(times, 0.99)


def compare(options, table):
    with Desk(generous) as desk, Sink(), Postfix():
        ports = {"Deskwire": desk.address("smtp")[1], "Postfix": Postfix.port, "smtp-sink": Sink.port}
        for sessions in (1, 10, 50):
            for name, port in ports.items():
                n = options.messages if name != "Postfix" else options.messages // 4
                n = n // 8 if sessions == 1 else n
                table.add(f"smtp-source, {sessions} sessions", name, f"{source(port, sessions, n):.0f}/s")
        for name, port in ports.items():
            n = options.messages // 4
            table.add("smtp-source, 50 sessions, one mail a connection", name, f"{source(port, 50, n, False):.0f}/s")
        for name, port in ports.items():
            got = load("smtp_load", port, "--sessions", 50, "--messages", options.messages if name != "Postfix" else options.messages // 4)
            table.add("50 sessions, 10,000 senders", name, f"{got['per_second']:.0f}/s", latency(got))


def fill(desk, count):
    load("smtp_load", desk.address("smtp")[1], "--sessions", 50, "--messages", count, "--tag", "fill")


def stored(options, table):
    with Desk(generous) as desk:
        for goal in (10_000, 100_000, options.stored):
            have = rows_in(desk)
            if goal > options.stored or goal < have:
                continue
            fill(desk, goal - have)
            table.add(f"{goal:,} open tickets", "Deskwire", f"{memory_mib(desk.process.pid):.0f} MiB resident")
            if goal == 100_000:
                desk.stop()
                began = time.monotonic()
                desk.start()
                table.add("start with 100,000 open tickets", "Deskwire", f"{time.monotonic() - began:.2f} s",
                             f"{memory_mib(desk.process.pid):.0f} MiB resident")
        got = load("smtp_load", desk.address("smtp")[1], "--sessions", 50, "--messages", options.messages, "--tag", "full")
        table.add(f"50 sessions with {options.stored:,} tickets stored", "Deskwire", f"{got['per_second']:.0f}/s",
                     latency(got))


def rows_in(desk):
    page = desk.get("/tickets", limit=1)["items"]
    return page[0]["id"] if page else 0


def offers(_, table):
    with Desk(staffed) as desk:
        median, worst = asyncio.run(offer_latency(desk))
        table.add("mail to offer on the agent's socket, 100 mails/s", "Deskwire", f"p50 {median:.1f} ms", f"p99 {worst:.1f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=40_000)
    parser.add_argument("--stored", type=int, default=200_000)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parts = {"compare": compare, "offers": offers, "stored": stored}
    parser.add_argument("--only", action="append", choices=parts, help="this part alone; may be repeated")
    options = parser.parse_args()
    if options.quick:
        options.messages //= 10
        options.stored //= 10
    if subprocess.run(["dpkg-query", "-W", "postfix"], capture_output=True).returncode:
        subprocess.run("apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postfix",
                       shell=True, check=True, stdout=subprocess.DEVNULL)
    table = Table()
    for name, part in parts.items():
        if not options.only or name in options.only:
            part(options, table)
    table.print()


if __name__ == "__main__":
    main()
