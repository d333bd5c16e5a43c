"""Files that would hide a module which others count on: `random.py`, `numpy.py`, `scipy/…`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

#: The top-level names of the standard library from Python 3.11 on, with those that a version has dropped or added
#: since. A list of our own and not `sys.stdlib_module_names`, which differs between versions: the same submission
#: gets the same verdict under all of them. A test holds it against the interpreter that runs it.
STANDARD = frozenset(
    """
    abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64
    bdb binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop
    collections colorsys compileall compression concurrent configparser contextlib contextvars copy
    copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email
    encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib
    functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http
    idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache
    locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt
    multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os
    ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath
    pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re
    readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal
    site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl
    stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny
    tarfile telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib
    trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid
    venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile
    zipimport zlib zoneinfo __future__ _abc _aix_support _android_support _ast _ast_unparse _asyncio
    _bisect _blake2 _bootsubprocess _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp
    _codecs_kr _codecs_tw _collections _collections_abc _colorize _compat_pickle _compression
    _contextvars _crypt _csv _ctypes _curses _curses_panel _datetime _dbm _decimal _elementtree
    _frozen_importlib _frozen_importlib_external _functools _gdbm _hashlib _heapq _hmac _imp
    _interpchannels _interpqueues _interpreters _io _ios_support _json _locale _lsprof _lzma _markupbase
    _md5 _msi _multibytecodec _multiprocessing _opcode _opcode_metadata _operator _osx_support
    _overlapped _pickle _posixshmem _posixsubprocess _py_abc _py_warnings _pydatetime _pydecimal _pyio
    _pylong _pyrepl _queue _random _remote_debugging _scproxy _sha1 _sha2 _sha256 _sha3 _sha512 _signal
    _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string _strptime _struct _suggestions
    _symtable _sysconfig _thread _threading_local _tkinter _tokenize _tracemalloc _types _typing _uuid
    _warnings _weakref _weakrefset _winapi _wmi _zoneinfo _zstd
    """.split()
)

#: Modules that an interpreter or the grader loads by itself.
_OURS = frozenset(("autograder", "sitecustomize", "usercustomize"))


@lru_cache(maxsize=8)
def reserved(packages: tuple[str, ...]) -> frozenset[str]:
    """The names that no importable file of a submission may bear.

    Parameters
    ----------
    packages
        What the assignment lets a submission import, by top-level or dotted name.
    """
    return STANDARD | _OURS | {package.partition(".")[0] for package in packages}


def hidden(path: str, search: Iterable[str], names: frozenset[str]) -> str:
    """The reserved name that a file would hide, as a module or as part of a package; empty where it hides none.

    Parameters
    ----------
    path
        Relative to the homework's root.
    search
        The folders whose modules are importable by their bare name (`""` is the root).
    names
        The reserved names.
    """
    for folder in search:
        start = f"{folder}/" if folder else ""
        if path.startswith(start):
            name = path[len(start) :].partition("/")[0].removesuffix(".py")
            if name in names:
                return name
    return ""


def reason(name: str) -> str:
    """Why a file that would hide this name is refused."""
    whose = "Python's own module" if name in STANDARD else "the module"
    return f"it would hide {whose} `{name}` from every import: rename it"
