#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the console's page: one Chromium among 199 other consoles.

  tools/bench/console.py [--quick] [--only paint|scroll|memory]

paint   mails at 100/s: from the answer to a mail (it is committed) to the frame in which the board's row counts it;
        the first two seconds, in which the browser still compiles the page, are a row of their own
scroll  10,000 tickets wait; the list is scrolled to its end: rows seen, tasks of the page's thread over 50 ms
memory  100,000 events on tickets that the page shows: JavaScript's heap and the daemon's memory before and after

Prints a Markdown table. Needs build/release/deskwire, the targets fan_load and smtp_load, Chromium, and the packages of tests/e2e.
"""
import argparse
import asyncio
import json
import subprocess
import time

from common import ROOT, Table, load, mails, memory_mib, raise_descriptor_limit, share, smtp
from sockets import Consoles

from tests.e2e.harness import node_packages

OTHERS = 199
GOAL_MS = 150
RATE = 100
COLD = 2 * RATE
THREADS = 50


class Page:
    """The browser of console_page.mjs."""

    def __init__(self, desk, user):
        base = "http://%s:%d/" % desk.address("http")
        self.process = subprocess.Popen(["node", str(ROOT / "tools/bench/console_page.mjs"), base, desk.token(user)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, what, **more):
        self.process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the browser ended")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


async def acknowledged(address, count, rate):
    """When each mail was answered, on the clock of the wall."""
    offset = time.time() - time.monotonic()
    done = await mails(address, count, rate, "paint")
    return sorted((sent + offset) * 1000 + took for _, sent, took in done)


async def paint(table, consoles, options):
    desk, count = consoles.desk, COLD + (200 if options.quick else 2_000)
    page = Page(desk, "supervisor1")
    async with consoles.opened(OTHERS):
        page.ask("board", queue="general")
        acks = await acknowledged(desk.address("smtp"), count, RATE)
        until = time.monotonic() + 10
        while (seen := page.ask("painted"))[-1][0] < count and time.monotonic() < until:
            await asyncio.sleep(0.1)
    page.close()
    first, waits = iter(seen), []
    shown, at = next(first)
    for n, ack in enumerate(acks, 1):
        while shown < n:
            shown, at = next(first)
        waits.append(max(0.0, at - ack))
    for name, part in (("just opened", waits[:COLD]), ("open", waits[COLD:])):
        held = "held" if share(part, 0.99) < GOAL_MS else "MISSED"
        table.add(f"{len(part):,} mails at {RATE}/s, {OTHERS} other consoles, the board {name}: commit to painted row", "Deskwire",
                  f"p50 {share(part, 0.5):.0f} ms, p99 {share(part, 0.99):.0f} ms", f"goal p99 under {GOAL_MS} ms: {held}")


def scroll(table, consoles, options):
    desk, rows = consoles.desk, 1_000 if options.quick else 10_000
    there = sum(queue["waiting"] for queue in desk.get("/queues")["items"])
    load("smtp_load", desk.address("smtp")[1], "--messages", rows - there, "--sessions", 20, "--to", "support@demo.test")
    page = Page(desk, "supervisor1")
    got = page.ask("scroll", rows=rows)
    page.close()
    worst = max(got["tasks"], default=0)
    table.add(f"a list of {rows:,} tickets scrolled to its end", "Deskwire", f"{got['rows']:,} rows seen in {got['seconds']:.0f} s",
              f"tasks over 50 ms: {len(got['tasks'])}, the longest {worst:.0f} ms")


async def threads(address, run, count, per_thread, lanes=16):
    """Mails of the same conversations over and over, each two events: the ticket and its message. Run 0 begins them."""
    async def lane(n):
        reader, writer = await asyncio.open_connection(*address)
        await reader.readline()
        await smtp(reader, writer, "EHLO bench.example\r\n")
        for k in range(n, count * per_thread, lanes):
            thread, turn = k % count, k // count
            answers = f"In-Reply-To: <thread.{thread}.0@senders.example>\r\n" if run else ""
            await smtp(reader, writer, f"MAIL FROM:<thread{thread}@senders.example>\r\n")
            await smtp(reader, writer, "RCPT TO:<support@demo.test>\r\n")
            await smtp(reader, writer, "DATA\r\n")
            await smtp(reader, writer, f"From: thread{thread}@senders.example\r\nSubject: thread {thread}\r\n{answers}"
                                       f"Message-ID: <thread.{thread}.{turn if run == 0 else f'{run}.{turn}'}@senders.example>\r\n\r\nOnce more.\r\n.\r\n")
        writer.close()

    await asyncio.gather(*(lane(n) for n in range(lanes)))


async def memory(table, consoles, options):
    desk, events = consoles.desk, 10_000 if options.quick else 100_000
    await threads(desk.address("smtp"), 0, THREADS, 1)
    page = Page(desk, "supervisor1")
    page.ask("scroll", rows=20)
    await threads(desk.address("smtp"), 1, THREADS, 20)
    before, resident = page.ask("heap"), memory_mib(desk.process.pid)
    began = time.monotonic()
    await threads(desk.address("smtp"), 2, THREADS, events // 2 // THREADS)
    took = time.monotonic() - began
    after, grown = page.ask("heap"), memory_mib(desk.process.pid)
    page.close()
    table.add(f"{events:,} events on {THREADS} tickets that the page shows", "Deskwire", f"page {before / 2**20:.1f} → {after / 2**20:.1f} MiB",
              f"daemon {resident:.0f} → {grown:.0f} MiB; {events / took:,.0f} events/s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=["paint", "scroll", "memory"])
    options = parser.parse_args()
    node_packages()
    raise_descriptor_limit(4_096)
    table = Table()
    with Consoles(1_000) as consoles:
        if options.only in (None, "paint"):
            asyncio.run(paint(table, consoles, options))
        if options.only in (None, "scroll"):
            scroll(table, consoles, options)
        if options.only in (None, "memory"):
            asyncio.run(memory(table, consoles, options))
    table.print()


if __name__ == "__main__":
    main()
