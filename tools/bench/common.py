# SPDX-License-Identifier: Apache-2.0
"""What the benchmark drivers share: the desk, the load tools, peers in Node, mails at a rate, and the table they print."""
import asyncio
import contextlib
import json
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.harness import PASSWORD, WAIT_S, Desk  # noqa: E402,F401

TOOLS = ROOT / "build/release/tools/bench"
PEERS = ROOT / "tools/bench/peers"


class Table:
    """Rows of what, server, result and remark; told as they come, printed as Markdown at the end."""

    def __init__(self):
        self.rows = []

    def add(self, what, server, result, remark=""):
        self.rows.append((what, server, result, remark))
        print(self.rows[-1], file=sys.stderr)

    def print(self):
        print("| what | server | result | |\n|---|---|---|---|")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")


def command(tool, port, *options):
    return [str(TOOLS / tool), "--port", str(port), *map(str, options)]


def load(tool, port, *options):
    """What a load tool measured."""
    done = subprocess.run(command(tool, port, *options), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{tool}: {done.stderr}")
    return json.loads(done.stdout)


@contextlib.contextmanager
def beside(tool, port, *options):
    """The load tool runs all the while the block does; what it measured is in the list by the end."""
    running = subprocess.Popen(command(tool, port, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    measured = []
    try:
        if (line := running.stderr.readline()) != "begun\n":
            raise SystemExit(f"{tool}: {line}")
        yield measured
        if running.poll() is not None:
            raise SystemExit(f"{tool} ended too early: {running.stderr.read()}")
        output, errors = running.communicate()
        if running.returncode:
            raise SystemExit(f"{tool}: {errors}")
        measured.append(json.loads(output))
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()


def latency(got):
    return f"p50 {got['p50_ms']:.1f} ms, p99 {got['p99_ms']:.1f} ms"


def share(times, part):
    """The value below which that part of `times` is."""
    return sorted(times)[int(len(times) * part)]


def memory_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def memory_mib(pid):
    return memory_kib(pid) / 1024


def raise_descriptor_limit(needed):
    """For this process and those it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SystemExit(f"{needed} open files are needed, the system grants {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


# ---- The desk's configuration


def generous(config):
    """One address sends everything here: the per-address limits of a public desk are no part of the measurement."""
    config["smtp"]["max_sessions_per_address"] = 1000
    config["smtp"]["max_sessions"] = 2000


def known_limits():
    """The keys that `limits:` may have."""
    schema = json.loads((ROOT / "schemas/config.schema.json").read_text())
    return set(schema["properties"]["limits"]["properties"])


def raise_limits(config, **wanted):
    """Sets those limits that there are; the others keep what is built in, and their names are returned."""
    known = known_limits()
    config.setdefault("limits", {}).update({name: value for name, value in wanted.items() if name in known})
    return sorted(set(wanted) - known)


# ---- Mails


async def mails(address, count, rate, subject="mail", lanes=8):
    """Sends `count` mails at `rate` a second over `lanes` sessions: (subject, time of its last byte, milliseconds to the answer) of each."""
    answered = []

    async def send(lane):
        reader, writer = await asyncio.open_connection(*address)
        await reader.readline()
        await smtp(reader, writer, "EHLO bench.example\r\n")
        for n in range(lane, count, lanes):
            await asyncio.sleep(max(0, began + n / rate - time.monotonic()))
            await smtp(reader, writer, f"MAIL FROM:<o{n}@senders.example>\r\n")
            await smtp(reader, writer, "RCPT TO:<support@demo.test>\r\n")
            await smtp(reader, writer, "DATA\r\n")
            name = f"{subject} {n}"
            body = (f"From: o{n}@senders.example\r\nSubject: {name}\r\nMessage-ID: <{subject.replace(' ', '.')}.{n}@senders.example>\r\n\r\n"
                    + "line of text\r\n" * 300 + ".\r\n")
            sent = time.monotonic()
            await smtp(reader, writer, body)
            answered.append((name, sent, (time.monotonic() - sent) * 1000))
        writer.close()

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for lane in range(lanes):
            group.create_task(send(lane))
    return answered


async def smtp(reader, writer, text):
    """Says it and waits for the answer, which must not be a refusal."""
    writer.write(text.encode())
    while (line := await reader.readline())[3:4] == b"-":
        pass
    if line[:1] not in (b"2", b"3"):
        raise RuntimeError(f"{text.splitlines()[0]} was answered with {line!r}")


# ---- Peers in Node


def install_peers():
    """npm's packages by the lock file; better-sqlite3 is compiled, which takes a minute or two."""
    stamp, lock = PEERS / "node_modules/.deskwire-lock", PEERS / "package-lock.json"
    if stamp.exists() and stamp.read_text() == lock.read_text():
        return
    print("installing the peers' packages", file=sys.stderr)
    done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=PEERS, stdout=sys.stderr)
    if done.returncode:
        raise SystemExit("npm ci failed; it needs Node 20 or newer with its headers, make and a C++ compiler")
    shutil.copy(lock, stamp)


class Peer:
    """A server of peers/ on a free port, with a folder of its own."""

    def __init__(self, script, *options, with_data=False):
        self.script, self.options, self.with_data = script, options, with_data

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="deskwire-peer-")
        data = ["--data", self.folder] if self.with_data else []
        self.process = subprocess.Popen(["node", str(PEERS / self.script), *self.options, *data], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.script} did not start")
        self.port = json.loads(line)["port"]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(WAIT_S)
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)
