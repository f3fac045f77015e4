#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the search index costs mails on their way in: the same load on a desk whose index is up to date, and on one that makes its index
anew at the same time. The index itself is measured by search_bench. See docs/benchmarks.md."""
import argparse
import os
import re
import subprocess
import threading

from common import TOOLS, Desk, Table, generous, latency, load


def gauge(desk, name):
    _, text, _ = desk.request("GET", "/metrics")
    return float(re.search(rf"^{name} (\S+)$", text.decode(), re.M).group(1))


def settle(desk):
    while gauge(desk, "deskwire_search_lag_rows") or gauge(desk, "deskwire_search_unread_tickets"):
        pass


def arrive(desk, options, tag):
    return load("smtp_load", desk.address("smtp")[1], "--sessions", options.sessions, "--messages", options.messages, "--tag", tag)


def report(table, what, got):
    table.add(what, "Deskwire", f"{got['per_second']:.0f}/s", latency(got))


def intake(options, table):
    with Desk(generous) as desk:
        arrive(desk, options, "fill")
        settle(desk)
        report(table, "mails, the index follows", arrive(desk, options, "follows"))
        settle(desk)
        stop = threading.Event()

        def ask():
            while not stop.wait(0.02):
                desk.get("/search", q="sender text line")
        asking = threading.Thread(target=ask)
        asking.start()
        report(table, "the same beside 50 searches a second", arrive(desk, options, "asked"))
        stop.set()
        asking.join()
        desk.stop()
        for part in ("", "-wal", "-shm"):
            (desk.data / f"search.db{part}").unlink(missing_ok=True)
        desk.start()
        report(table, "the same while the index is made anew", arrive(desk, options, "anew"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--indexed", type=int, default=100_000, help="messages in search_bench")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--only", action="append", choices=["index", "intake"], help="this part alone")
    options = parser.parse_args()
    if options.quick:
        options.messages //= 10
        options.indexed //= 10
    if not options.only or "index" in options.only:
        subprocess.run([TOOLS / "search_bench", "--messages", str(options.indexed), "--directory", f"/var/tmp/search_bench.{os.getpid()}"],
                       check=True)
    if not options.only or "intake" in options.only:
        table = Table()
        intake(options, table)
        table.print()


if __name__ == "__main__":
    main()
