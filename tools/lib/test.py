#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds and runs everything on a fresh Debian 12, and ends with one line `N passed, N failed`.

  tools/test                all steps
  tools/test --list         names of the steps
  tools/test STEP…          only these (a name or its beginning: "asan", "e2e", "unit/engine")
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PYTHON = "/usr/bin/python3"  # Debian's own: aiosmtpd and websockets come as its packages.
# Sanitizers where bytes and threads are handled; the rest is covered by the release run.
ASAN = ["domain", "engine", "sim", "codec", "mime", "text", "auth", "config", "email", "sms", "chat", "voice"]
TSAN = ["runtime"]
STEP_LIMIT_S = 1500


def shell(script, **options):
    return subprocess.run(["bash", "-c", f"set -euo pipefail; . tools/lib/setup.sh; {script}"], cwd=ROOT, **options)


def folders():
    """Test folders, each one Catch2 executable (tests/CMakeLists.txt)."""
    text = (ROOT / "tests/CMakeLists.txt").read_text()
    pairs = re.findall(r"^deskwire_test\((\w+) (\S+)", text, re.M)
    return [name for name, folder in pairs if any((ROOT / "tests" / folder).glob("*.cpp"))]


def count(output, code):
    """(passed, failed) of Catch2 or unittest output; a run that says neither counts as one."""
    catch = re.search(r"^test cases:\s*(\d+)(?: \|\s*(\d+) passed)?(?: \|\s*(\d+) failed)?", output, re.M)
    whole = re.search(r"^All tests passed \(.* in (\d+) test cases?\)", output, re.M)
    unit = re.search(r"^Ran (\d+) tests? in", output, re.M)
    if whole and code == 0:
        return int(whole[1]), 0
    if catch:
        failed = int(catch[3] or 0)
        return int(catch[1]) - failed, max(failed, 1 if code else 0)
    if unit:
        bad = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", output.splitlines()[-1]))
        return int(unit[1]) - bad, max(bad, 1 if code else 0)
    return (1, 0) if code == 0 else (0, 1)


def steps():
    """name → command, in order."""
    names = folders()
    found = {}
    for name in names:
        found[f"unit/{name}"] = [f"build/release/tests/test_{name}"]
    found["style/tidy"] = [PYTHON, "tools/tidy"]
    found["style/tidy_self"] = [PYTHON, "tests/tidy/test_tidy.py"]
    found["web/types"] = ["bash", "-c", "cd web && npx tsc --noEmit"]
    for name in ASAN:
        if name in names:
            found[f"asan/{name}"] = [f"build/asan/tests/test_{name}"]
    for name in TSAN:
        if name in names:
            found[f"tsan/{name}"] = [f"build/tsan/tests/test_{name}"]
    for file in sorted((ROOT / "tests/e2e").glob("test_*.py")):
        found[f"e2e/{file.stem.removeprefix('test_')}"] = [PYTHON, "-m", "unittest", "-q", f"tests.e2e.{file.stem}"]
    return found


def build(chosen):
    shell('need_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"', check=True)
    targets = {"release": [], "asan": [], "tsan": []}
    for step in chosen:
        kind, name = step.split("/")
        if kind == "unit":
            targets["release"].append(f"test_{name}")
        elif kind in targets:
            targets[kind].append(f"test_{name}")
        elif kind == "e2e" and "deskwire" not in targets["release"]:
            targets["release"].append("deskwire")
    if "unit/sim" in chosen:
        targets["release"].append("deskwire_sim")
    script = "mkdir -p build; prepare_ccache; build_web; "
    script += "; ".join(f"build {preset} {' '.join(names)}" for preset, names in targets.items() if names)
    shell(script, check=True)


def run(step, command):
    began = time.monotonic()
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:abort_on_error=0", TSAN_OPTIONS="halt_on_error=0",
                       LSAN_OPTIONS=f"suppressions={ROOT}/tests/support/lsan.supp", G_SLICE="always-malloc",
                       DESKWIRE_BINARY=str(ROOT / "build/release/deskwire"))
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=STEP_LIMIT_S)
        output, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        output, code = (late.stdout or b"").decode(errors="replace") + f"\nno end after {STEP_LIMIT_S} s", 1
    return output, code, time.monotonic() - began


def main():
    arguments = sys.argv[1:]
    if any(a in ("-h", "--help") for a in arguments):
        print(__doc__)
        return 0
    os.chdir(ROOT)
    everything = steps()
    if arguments == ["--list"]:
        print("\n".join(everything))
        return 0
    chosen = {s: c for s, c in everything.items() if not arguments or any(s == a or s.startswith(a) for a in arguments)}
    if not chosen:
        print(f"no step begins with {' or '.join(arguments)}; tools/test --list names them", file=sys.stderr)
        return 64
    build(chosen)
    passed = failed = 0
    # One step at a time where real processes measure each other's ports and disks; two for the others.
    alone = [s for s in chosen if s.startswith(("e2e/", "tsan/")) or s.endswith("/sim")]
    beside = [s for s in chosen if s not in alone]
    def report(step, output, code, took):
        nonlocal passed, failed
        good, bad = count(output, code)
        passed, failed = passed + good, failed + bad
        print(f"{'FAIL' if bad else 'ok  '} {step:24} {good} passed, {bad} failed  ({took:.1f} s)", flush=True)
        for line in output.splitlines():
            if "skipped:" in line or bad:
                print(f"     {line}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = {pool.submit(run, step, chosen[step]): step for step in beside}
        for done in concurrent.futures.as_completed(running):
            report(running[done], *done.result())
    for step in alone:
        report(step, *run(step, chosen[step]))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
