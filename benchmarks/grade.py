"""One submission: how long a student waits, as ratios to `python -c "import numpy"`.

python -m benchmarks.grade
"""

from __future__ import annotations

from .timing import ROOT, Measured, measure, runner

REFERENCE = ROOT / "reference_solutions" / "hw2p1"


def measured() -> list[tuple[Measured, float]]:
    """Each command with the ratio that it must stay below."""
    return [
        (measure("HW2P1 and bonus", runner("grade", REFERENCE)), 8.0),
        (measure("--only Conv2d", runner("grade", REFERENCE, "--only", "Conv2d")), 4.0),
        (measure("--only Build a CNN Model", runner("grade", REFERENCE, "--only", "Build a CNN Model")), 5.0),
        (measure("--help", runner("--help")), 1.5),
    ]


def main() -> None:
    """Print the table; the exit status says whether every bound held."""
    rows = measured()
    print(f"{'what':<28} {'ratio':>6} {'bound':>6} {'least':>6} {'most':>6} {'wall':>8} {'memory':>8}")
    for row, bound in rows:
        print(
            f"{row.name:<28} {row.ratio:>6.2f} {bound:>6.1f} {row.spread[0]:>6.2f} {row.spread[1]:>6.2f} "
            f"{row.wall * 1000:>5.0f} ms {row.memory_mb:>5.0f} MB"
        )
    late = [row.name for row, bound in rows if row.ratio > bound]
    large = [row.name for row, _ in rows if row.memory_mb > 200]
    raise SystemExit(f"beyond its bound: {', '.join(late + large)}" if late or large else 0)


if __name__ == "__main__":
    main()
