"""Who grades what when: every submission until it is graded, or three times.

A submission that we failed on is tried again at once, and a third time when nothing else runs any more. One that
ran out of time while others were running is tried again then, too: the machine may have been busy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.errors import HarnessError

from .crew import Crew, Unfit
from .tasks import Answer, Task

TRIES = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a task: its checked document, or why we could not grade it; a document may come with a reason."""

    task: Task
    document: dict[str, Any] | None
    reason: str
    tries: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer is worth: `reason` is our trouble; `crowded` that the machine may have been too busy."""

    document: dict[str, Any] | None
    reason: str = ""
    crowded: bool = False


@dataclass(slots=True)
class _State:
    task: Task
    tries: int = 0
    alone: bool = False
    reason: str = ""


def dispatch(tasks: Iterable[Task], crew: Crew, judge: Callable[[Answer], Judgement]) -> Iterator[Outcome]:
    """Have all tasks graded; outcomes come in any order.

    Raises
    ------
    HarnessError
        No worker can grade here at all.
    """
    return _Dispatcher(tasks, crew, judge).outcomes()


class _Dispatcher:
    def __init__(self, tasks: Iterable[Task], crew: Crew, judge: Callable[[Answer], Judgement]) -> None:
        self.fresh, self.crew, self.judge = iter(tasks), crew, judge
        self.again: deque[_State] = deque()
        self.alone: deque[_State] = deque()
        self.running: dict[int, _State] = {}

    def outcomes(self) -> Iterator[Outcome]:
        """All outcomes."""
        while True:
            self._hand_out()
            if not self.running:
                return
            answer = self.crew.next()
            state = self.running.pop(answer.task.attempt)
            if answer.fatal:
                raise Unfit(answer.trouble)
            outcome = self._end(state, answer)
            if outcome is not None:
                yield outcome

    def _hand_out(self) -> None:
        while len(self.running) < self.crew.capacity:
            state = self.again.popleft() if self.again else self._next()
            if state is None:
                if not self.running and self.alone:
                    self._start(self.alone.popleft())
                return
            self._start(state)

    def _next(self) -> _State | None:
        task = next(self.fresh, None)
        return None if task is None else _State(task)

    def _start(self, state: _State) -> None:
        state.tries += 1
        self.running[state.task.attempt] = state
        self.crew.submit(state.task)

    def _end(self, state: _State, answer: Answer) -> Outcome | None:
        """The outcome, unless the task is to be tried again."""
        try:
            judgement = Judgement(None, answer.trouble) if answer.trouble else self.judge(answer)
        except HarnessError as error:
            judgement = Judgement(None, str(error))
        if judgement.reason and state.tries < TRIES:
            state.alone = state.tries == TRIES - 1
            (self.alone if state.alone else self.again).append(state)
            return None
        if judgement.crowded and not state.alone and self.crew.capacity > 1:
            state.alone = True
            self.alone.append(state)
            return None
        return Outcome(state.task, judgement.document, judgement.reason, state.tries)
