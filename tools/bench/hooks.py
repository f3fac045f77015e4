#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of inbound text messages: Deskwire beside fastify with better-sqlite3 in one run, on this machine's real disk.

  tools/bench/hooks.py [--messages N] [--stored N] [--seconds S] [--quick] [--only compare|stored|flood]

compare   webhooks that open tickets and webhooks to tickets that are there, 50 connections
stored    the same with many tickets in the store, put there through the hook
flood     how long mails wait for their answer while webhooks come at full speed, and the other way round

Prints a Markdown table. Needs build/release/deskwire and the targets hooks_load and smtp_load; the peer's packages are installed by npm.
Every server gets the same signed requests and answers after its commit (WAL, synchronous=FULL).
"""
import argparse
import asyncio

from common import Desk, Peer, Table, beside, generous, install_peers, latency, load, mails, memory_mib, raise_descriptor_limit, share

CONNECTIONS = 50
RATE = 50  # A second, of what is measured beside a flood.
FLOORS = {"new": 3_500, "existing": 6_000}
P99_MS = 25
BEYOND = 2  # Times the latency alone: what a flood may cost.
# Numbers that texts come from: those of tickets that are there, and from here on new ones.
KNOWN, FRESH = 1_000, 1_000_000


class Hook:
    """Where webhooks go, and how they are signed."""

    def __init__(self, name, port, public_url, sms):
        self.name, self.port = name, port
        self.options = ["--connections", CONNECTIONS, "--public-url", public_url, "--token", sms["token"], "--account", sms["account"],
                        "--to", sms["number"]]
        self.next_fresh = FRESH

    def load(self, messages, senders, start, *more):
        return load("hooks_load", self.port, *self.flags(messages, senders, start), *more)

    def flags(self, messages, senders, start):
        return [*self.options, "--messages", messages, "--senders", senders, "--start-sender", start]

    def new(self, messages):
        """Each message from a number never seen before."""
        start, self.next_fresh = self.next_fresh, self.next_fresh + messages
        return self.load(messages, messages, start)

    def existing(self, messages, senders=KNOWN, *more):
        return self.load(messages, senders, 0, *more)


def of_desk(desk):
    return Hook("Deskwire", desk.address("http")[1], desk.config["desk"]["public_url"], desk.config["channels"]["sms"][0])


class Servers:
    """A desk and the peer, each with a fresh store."""

    def __enter__(self):
        self.desk = Desk(generous).__enter__()
        sms, url = self.desk.config["channels"]["sms"][0], self.desk.config["desk"]["public_url"]
        try:
            self.peer = Peer("hooks.mjs", "--token", sms["token"], "--public-url", url, with_data=True).__enter__()
        except BaseException:
            self.desk.close()
            raise
        self.hooks = [of_desk(self.desk), Hook("fastify", self.peer.port, url, sms)]
        return self

    def __exit__(self, *_):
        self.peer.__exit__()
        self.desk.close()


def told(table, what, name, got, floor=None):
    """A row; whether the floor was held is said of the desk alone."""
    if got["errors"]:
        return table.add(what, name, f"failed: {got['errors']:,} of {got['requests']:,}", f"answers {got['statuses']}")
    remark = latency(got)
    if floor and name == "Deskwire":
        held = got["per_second"] >= floor and got["p99_ms"] < P99_MS
        remark += f"; floor {floor:,}/s with p99 under {P99_MS} ms: {'held' if held else 'missed'}"
    table.add(what, name, f"{got['per_second']:,.0f}/s", remark)


def compare(options, table):
    with Servers() as servers:
        for hook in servers.hooks:
            hook.new(2_000)  # Warm.
        for hook in servers.hooks:
            told(table, f"new tickets, {CONNECTIONS} connections", hook.name, hook.new(options.messages), FLOORS["new"])
        for hook in servers.hooks:
            hook.existing(KNOWN)
            told(table, f"{KNOWN:,} existing tickets, {CONNECTIONS} connections", hook.name, hook.existing(options.messages), FLOORS["existing"])


def stored(options, table):
    with Servers() as servers:
        for hook in servers.hooks:
            filled = hook.load(options.stored, options.stored, 0)
            told(table, f"{options.stored:,} new tickets", hook.name, filled)
        table.add(f"{options.stored:,} open tickets", "Deskwire", f"{memory_mib(servers.desk.process.pid):.0f} MiB resident")
        with_many = f"with {options.stored:,} tickets stored"
        for hook in servers.hooks:
            told(table, f"{with_many}: new ones", hook.name, hook.new(options.messages), FLOORS["new"])
        for hook in servers.hooks:
            told(table, f"{with_many}: existing ones", hook.name, hook.existing(options.messages, options.stored), FLOORS["existing"])


def mail_latency(desk, seconds, subject):
    times = [ms for _, _, ms in asyncio.run(mails(desk.address("smtp"), int(RATE * seconds), RATE, subject))]
    return {"p50_ms": share(times, 0.5), "p99_ms": share(times, 0.99)}


def compared(table, what, alone, flooded, flood):
    table.add(f"{what} alone", "Deskwire", latency(alone))
    ratio = {p: flooded[p] / alone[p] if alone[p] else 0 for p in ("p50_ms", "p99_ms")}
    held = "held" if ratio["p99_ms"] <= BEYOND else "missed"
    table.add(f"{what} beside {flood}", "Deskwire", latency(flooded),
              f"p50 × {ratio['p50_ms']:.1f}, p99 × {ratio['p99_ms']:.1f}; goal × {BEYOND}: {held}")


def flood(options, table):
    seconds = options.seconds
    with Desk(generous) as desk:
        hook, smtp_port = of_desk(desk), desk.address("smtp")[1]
        warm = hook.existing(KNOWN)
        if warm["errors"]:
            return told(table, "webhooks beside mails", hook.name, warm)
        mail_latency(desk, 2, "warm")

        def hook_latency():
            return hook.existing(int(RATE * seconds), KNOWN, "--rate", RATE)

        mail_alone = mail_latency(desk, seconds, "alone")
        with beside("hooks_load", hook.port, *hook.flags(int(seconds * 20_000), KNOWN, 0), "--seconds", seconds + 3) as hooks:
            mail_flooded = mail_latency(desk, seconds, "flooded")
        compared(table, f"mails, {RATE}/s", mail_alone, mail_flooded, f"{hooks[0]['per_second']:,.0f} webhooks/s")
        hooks_alone = hook_latency()
        with beside("smtp_load", smtp_port, "--sessions", 50, "--messages", 10**8, "--seconds", seconds + 3) as flooding:
            hooks_flooded = hook_latency()
        compared(table, f"webhooks, {RATE}/s", hooks_alone, hooks_flooded, f"{flooding[0]['per_second']:,.0f} mails/s")
        if hooks[0]["errors"]:
            table.add("webhooks of the flood not taken", "Deskwire", f"{hooks[0]['errors']:,}", f"answers {hooks[0]['statuses']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=40_000)
    parser.add_argument("--stored", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=20, help="of each latency in the flood part")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parts = {"compare": compare, "stored": stored, "flood": flood}
    parser.add_argument("--only", action="append", choices=parts, help="this part alone; may be repeated")
    options = parser.parse_args()
    if options.quick:
        options.messages //= 10
        options.stored //= 10
        options.seconds /= 5
    raise_descriptor_limit(1024)
    install_peers()
    table = Table()
    for name, part in parts.items():
        if not options.only or name in options.only:
            part(options, table)
    table.print()


if __name__ == "__main__":
    main()
