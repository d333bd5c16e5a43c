"""The guest's way in: it says that it is there, and then loads NumPy.

The host takes the process into a control group meanwhile. The kernel lets who moves a process wait for 10 to 20 ms, and
what is moved must not have forked yet.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    """Greet, where there is somebody who waits for it, and begin."""
    setup: dict[str, Any] = json.loads(sys.argv[1])
    sys.argv = [""]
    if setup["mode"] == "serve":
        os.write(0, b"here")
        os.chdir("/")
    from .main import main

    main(setup)
