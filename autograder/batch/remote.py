"""What runs on a cluster's workers: the same worker process as in the local pool, one for each thread.

A submission that brings its worker process down costs that process, and never the cluster's worker.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

from .crew import Worker
from .tasks import Task, own_seed

_threads: dict[int, Worker] = {}
_guard = threading.Lock()


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """What a worker is told, on its way: it may hold a secret seed, so nothing prints it."""

    text: str
    patience: float = 0.0

    def __repr__(self) -> str:
        return "Sealed()"


def here() -> None:
    """Nothing: whoever can call it has this program."""


def check(sealed: Sealed) -> dict[str, Any]:
    """Whether this machine can grade, and would grade like the one that asks: `{"fit": …}`, or why not."""
    worker = Worker(json.loads(sealed.text), sealed.patience)
    try:
        worker.start()
        return {"fit": dict(worker.facts)}
    except Exception as error:  # a worker's trouble, told to the one who asks
        return {"unfit": str(error)}
    finally:
        worker.close()


def grade(packed: bytes, told: Sealed, sealed: Sealed) -> bytes:
    """Grade one submission, with what `tasks.facts` tells, in this thread's worker process: an answer, who gave it."""
    from distributed import get_worker

    facts = json.loads(told.text)
    task = Task(0, "", packed, facts["reading"], tuple(facts["only"]), seed=own_seed(facts["seed"]))
    answer = _worker(sealed).grade(task)
    reply = {"report": answer.document, "trouble": answer.trouble, "unfit": answer.fatal}
    return json.dumps({**reply, "worker": get_worker().address}).encode()


def close() -> None:
    """End this machine's worker processes."""
    with _guard:
        for worker in _threads.values():
            worker.close()
        _threads.clear()


def _worker(sealed: Sealed) -> Worker:
    """This thread's worker process; another batch's is replaced."""
    me = threading.get_ident()
    setup = json.loads(sealed.text)
    with _guard:
        found = _threads.get(me)
        if found is None or found.setup != setup:
            if found is not None:
                found.close()
            found = _threads[me] = Worker(setup, sealed.patience)
        return found
