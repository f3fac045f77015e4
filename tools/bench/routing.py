#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one routing decision costs, by how many tickets wait: runs routing_bench and draws docs/images/routing.svg.

  tools/bench/routing.py             # 10³ to 10⁶ waiting tickets
  tools/bench/routing.py --quick     # to 10⁵, and no picture
"""
import argparse
import math
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BENCH = ROOT / "build/release/tools/bench/routing_bench"
PICTURE = ROOT / "docs/images/routing.svg"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 380, 64, 24, 190, 48
# Microseconds, top to bottom.
MOST, LEAST = 1e6, 1.0
COLOURS = {"freed agent": "#2a5bd7", "new ticket": "#16703c", "plain": "#b3261e"}


def measure(waiting):
    """(waiting, what) → (p50, p99, plain way or None), in µs; prints the table as it comes."""
    found = {}
    with subprocess.Popen([BENCH, "--waiting", *map(str, waiting)], stdout=subprocess.PIPE, text=True) as bench:
        for line in bench.stdout:
            print(line, end="", flush=True)
            cells = [cell.strip() for cell in line.split("|")[1:-1]]
            if len(cells) == 7 and cells[1] in ("freed agent", "new ticket"):
                plain = re.search(r"plain way: (\d+)", cells[6])
                found[int(cells[0]), cells[1]] = (float(cells[3]), float(cells[4]), float(plain[1]) if plain else None)
    if bench.returncode:
        sys.exit(f"{BENCH} ended with {bench.returncode}")
    return found


def drawn(found):
    sizes = sorted({waiting for waiting, _ in found})

    def x(waiting):
        low, high = math.log10(sizes[0]), math.log10(sizes[-1])
        return LEFT + (math.log10(waiting) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(micros):
        share = (math.log10(MOST) - math.log10(max(micros, LEAST))) / (math.log10(MOST) - math.log10(LEAST))
        return TOP + share * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#586373">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for power in range(7):
        at, word = y(10 ** power), ("1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s")[power]
        out.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#e0e4ea"/><text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{word}</text>')
    for waiting in sizes:
        out.append(f'<text x="{x(waiting):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{waiting:,}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 8}" text-anchor="middle">tickets waiting</text>')

    def line(what, of, colour, dash, words):
        points = [(x(waiting), y(of(found[waiting, what]))) for waiting in sizes]
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>')
        return points[-1][1], words, colour

    ends = []
    for what in ("freed agent", "new ticket"):
        ends.append(line(what, lambda row: row[0], COLOURS[what], "", f"{what}, p50"))
        ends.append(line(what, lambda row: row[1], COLOURS[what], "5 4", f"{what}, p99"))
    ends.append(line("freed agent", lambda row: row[2], COLOURS["plain"], "", "a look at every ticket"))
    ends.append(line("new ticket", lambda row: row[2], COLOURS["plain"], "5 4", "a look at every agent"))
    below = 0.0
    for at, words, colour in sorted(ends):
        below = max(below + 15, at)
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{below + 4:.1f}" fill="{colour}">{words}</text>')
    return "\n".join(out) + "\n</svg>\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="up to 100,000 tickets, and no picture")
    quick = parser.parse_args().quick
    if not BENCH.exists():
        sys.exit("build it first: tools/run --build-only && cmake --build build/release --target routing_bench")
    found = measure([1_000, 10_000, 100_000] + ([] if quick else [1_000_000]))
    if not quick:
        PICTURE.write_text(drawn(found))
        print(f"drawn: {PICTURE.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
