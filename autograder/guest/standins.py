"""Modules that are not there: they can be imported, and names from them, and the first use of one is refused."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Container
from types import ModuleType
from typing import Any, NoReturn, Protocol

from .agreed import DEBUGGING

#: Standard modules that wait for a person at a keyboard: their use is a breakpoint left in.
INTERACTIVE = frozenset({"pdb", "bdb", "code", "turtle", "tkinter", "idlelib", "webbrowser"})
#: The special methods that are a use; an annotation, or to hand something on, is none.
USES = (
    "call getattr setattr delattr getitem setitem delitem iter next reversed len contains bool enter exit array "
    "mro_entries eq lt gt le ge float int complex index round trunc floor ceil neg pos abs invert "
    "add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod divmod rdivmod pow rpow matmul rmatmul "
    "lshift rlshift rshift rrshift and rand xor rxor"
)
#: What is said of what may not be imported.
FORBIDDEN = "may not be used in this assignment"


class ForbiddenUse(BaseException):
    """The submission uses what it may not; a BaseException, so that no `except Exception` hides it.

    Parameters
    ----------
    message
        Who used what, and why not.
    forget
        Takes the use back, for a notebook's statements that need not run.
    """

    def __init__(self, message: str, forget: Callable[[], None] = lambda: None) -> None:
        super().__init__(message)
        self.forget = forget


class NoSuchModule(ForbiddenUse):
    """The submission uses a module that is nowhere."""


class Rule(Protocol):
    """What stand-ins ask of the rule that put them there (`imports.Policy`).

    Attributes
    ----------
    using
        The module of the last use.
    """

    using: str

    @property
    def absent(self) -> Container[str]:
        """Modules that are nowhere."""

    def take_all(self, name: str) -> None:
        """Note that all names of a module are imported that is not there."""

    def asked_by_submission(self) -> bool:
        """Whether the statement that asks stands in the submission, not in a library."""

    def fail_where_imported(self, name: str) -> None:
        """Let a use fail as the import would have, where a module uses it that the submission could do without."""

    def refuse(self, why: str) -> NoReturn:
        """End the section: something was used that may not be."""

    def miss(self, name: str) -> NoReturn:
        """End the section: a module was used that is nowhere."""


class StandIn(ModuleType):
    """A module that is not there: importing names from it works, using them does not."""

    def __init__(self, name: str, rule: Rule) -> None:
        super().__init__(name)
        self.__dict__["__path__"] = []
        self.__dict__["_rule"] = rule

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":  # `from … import *` brings nothing: who misses a name after it misses the module
            self.__dict__["_rule"].take_all(self.__name__)
            return []
        if name.startswith("__") and name.endswith("__") and name != "__version__":
            raise AttributeError(name)
        return inert(f"{self.__name__}.{name}", self.__name__, self.__dict__["_rule"])


def inert(what: str, module: str, rule: Rule) -> Any:
    """An object that stands for `what`, of a module, and refuses every use of it."""

    def use(self: object, *args: object, **kwargs: object) -> NoReturn:
        debugger = what.partition(".")[0] in INTERACTIVE
        if not debugger:
            rule.fail_where_imported(module)
        rule.using = module
        if module in rule.absent:
            rule.miss(module)
        rule.refuse(f"`{what}` {DEBUGGING[1]}" if debugger else f"`{what}`: {FORBIDDEN}")

    def formatted(self: object, spec: str) -> str:
        return str(self) if not spec else use(self)

    def of_its_kind(self: object, other: object) -> bool:
        """SciPy asks of each array whether it is PyTorch's, once something of that name is loaded: none is."""
        return use(self) if rule.asked_by_submission() else False

    body: dict[str, Any] = {f"__{name}__": use for name in USES.split()}
    body |= dict.fromkeys(("__or__", "__ror__"), lambda self, other: self)  # `torch.Tensor | None` annotates
    body |= dict.fromkeys(("__instancecheck__", "__subclasscheck__"), of_its_kind)
    body |= {"__hash__": builtins.object.__hash__, "__format__": formatted, "__slots__": ()}
    return type("StandIn", (), body)()
