"""All benchmarks, or those that are named: `python -m benchmarks [NAME…]`.

Writes benchmarks/results/performance.json and .md, and the same table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time

from . import results
from .rows import Row

#: Each a module here, with `rows(runs, say)`.
NAMES = ("grade", "course", "help", "watch", "isolation", "batch", "simulated", "looking", "cluster", "timeline")


def main() -> None:
    """Measure, tell, write; the exit status says whether every bound held."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; default: all")
    parser.add_argument(
        "--runs", type=int, default=results.ENOUGH, help="how often (default 7); of fewer, nothing is kept"
    )
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(NAMES):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    wrong: list[str] = []
    for name in chosen.names or NAMES:
        begun = time.monotonic()
        print(f"{name} …", flush=True)
        facts = results.machine()
        try:
            measure = importlib.import_module(f"benchmarks.{name}").rows
            found: tuple[Row, ...] = tuple(measure(chosen.runs, lambda said: print(f"  {said}", flush=True)))
        except (Exception, SystemExit) as error:  # the others are measured all the same
            print(f"  could not be measured: {error}", flush=True)
            wrong.append(f"{name}: could not be measured")
            continue
        for row in found:
            print(f"  {results.line(row)}", flush=True)
        wrong += [f"{row.name}: beyond its bound" for row in found if not row.holds]
        if chosen.runs >= results.ENOUGH:
            results.write(name, found, facts)
        print(f"  {time.monotonic() - begun:.0f} s", flush=True)
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
