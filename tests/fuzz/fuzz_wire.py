"""Fuzz the host's reading of frames: `python tests/fuzz/fuzz_wire.py -max_total_time=600 tests/fuzz/corpus`.

Not a test: `test_fuzz_corpus.py` replays what a run left in the corpus. Needs `pip install atheris`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent.parent)]

with atheris.instrument_imports(include=["autograder"]):
    import target


def main() -> None:
    """Run libFuzzer with its own options."""
    target.questions()
    atheris.Setup(sys.argv, target.one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
