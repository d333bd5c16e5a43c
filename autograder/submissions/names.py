"""Names of files: what is litter, what leads astray, what could not be stored everywhere, how to show any.

None of these rules asks the running interpreter or system: a submission gets the same verdict wherever
it is graded.
"""

from __future__ import annotations

import re

#: Folders that tools leave behind; whatever starts with a dot is hidden, and litter as well.
_LITTER_FOLDERS = {
    "__MACOSX",
    "__pycache__",
    "node_modules",
    "sandbox",
    "site-packages",
    "venv",
    "virtualenv",
}
_LITTER_FILES = {"Thumbs.db", "desktop.ini", "Icon\r"}
_COMPILED = (".pyc", ".pyo", ".pyd", ".so", ".dll", ".dylib")

#: A virtual environment may be made in the homework's own folder: only these parts of it are litter.
ENVIRONMENT_MARK = "pyvenv.cfg"
ENVIRONMENT_PARTS = {"bin", "include", "lib", "lib64", "share", "Include", "Lib", "Scripts", ENVIRONMENT_MARK}

#: Controls, bidirectional and zero-width marks, line separators, tags, lone surrogates (bytes that are not UTF-8).
_UNSHOWABLE = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff"
)
_HIDDEN_CHARACTER = re.compile(f"[{_UNSHOWABLE}]")
_NOT_PORTABLE = re.compile(rf'[{_UNSHOWABLE}<>:"|?*\\]')
#: Names that mean a device on Windows, in any folder and with any ending: `aux.py` opens a port.
_DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    "CONIN$",
    "CONOUT$",
    *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³"),
}
_DRIVE = re.compile(r"[A-Za-z]:/")

LONGEST_NAME = 255  # bytes: what file systems take for one component
LONGEST_PATH = 1024
SHOWN = 160


def is_litter(path: str) -> bool:
    """Whether a path is what an operating system, an editor or a tool left behind."""
    *folders, file = path.split("/")
    return any(is_litter_folder(folder) for folder in folders) or file.startswith(".") or file in _LITTER_FILES


def is_litter_folder(name: str) -> bool:
    """Whether all below a folder of this name is litter."""
    return name in _LITTER_FOLDERS or (name.startswith((".", "PaxHeader", "@PaxHeader")) and name != "..")


def is_compiled(path: str) -> bool:
    """Whether a file holds machine code or bytecode, by its name, as Python's import goes by it too."""
    return path.lower().endswith(_COMPILED)


def astray(name: str, depth: int) -> str:
    """Why a member's name must not be taken for a place below the root; empty where it may."""
    if name.startswith("/") or _DRIVE.match(name):
        return "its name is an absolute path"
    if len(name) > 4 * LONGEST_PATH:
        return "its name is too long"
    folders = name.split("/")
    if ".." in folders:
        return "its name leads out of the submission"
    if len(folders) > depth:
        return f"it lies more than {depth} folders deep"
    return ""


def normal(name: str) -> str:
    """A relative name without its empty and `.` components."""
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def unfit(path: str) -> str:
    """Why a graded file of this name could not be stored on every system; empty where it could."""
    if _NOT_PORTABLE.search(path):
        return "its name has characters that not every system can store"
    if len(path.encode()) > LONGEST_PATH or any(len(part.encode()) > LONGEST_NAME for part in path.split("/")):
        return "its name is too long"
    if any(part.endswith((".", " ")) for part in path.split("/")):
        return "its name ends in a dot or a space, which Windows cannot store: give it another"
    if any(is_device(part) for part in path.split("/")):
        return "its name is one that Windows keeps for a device: give it another"
    return ""


def is_device(name: str) -> bool:
    """Whether a file or folder of this name cannot be made on Windows, where the name means a device."""
    return name.partition(".")[0].rstrip(" ").upper() in _DEVICES


def shown(name: str, most: int = SHOWN) -> str:
    """A name as it may be shown anywhere: one line, no hidden characters, of bounded length."""
    if len(name) > most:
        name = f"{name[: most // 2]}…{name[-most // 2 :]}"
    return _HIDDEN_CHARACTER.sub(_escaped, name)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # how Python holds a byte that is not UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
