"""A failing case as lines that a student can paste into a Python shell and run without the grader."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.assignments.cases import Array
from autograder.assignments.snippet_lines import imported

FILE = "cnn.py"
PARTS = ("train_X", "train_Y", "test_X", "test_Y")
WRITTEN = """import tempfile
from pathlib import Path
from PIL import Image
folder = Path(tempfile.mkdtemp())
for name, pixels in pictures.items():
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.array(pixels, np.uint8)).save(folder / name)
"""


def snippet(
    params: Mapping[str, Any], inputs: Mapping[str, Array], output: str, files: Mapping[str, bytes]
) -> str | None:
    """The lines, up to printing the output; None for networks."""
    if "files" not in params:
        return None
    function = "load_set" if "set" in inputs else "get_cat_set"
    pictures = json.dumps(dict(_pictures(params, inputs)))
    lines = [*imported(function, files, [FILE]), f"pictures = {pictures}", WRITTEN]
    if function == "load_set":
        lines.append(f"print(np.asarray(load_set(folder, {params['cnt']}, {tuple(params['img_shape'])})))")
    else:
        named = [f"{name}={params[name]}" for name in ("train_size", "test_size")]
        call = f"get_cat_set(folder, {', '.join([str(tuple(params['img_shape'])), *named])})"
        sides = "*(side for part in found for side in (len(part.shape), *part.shape))"
        shown = sides if output == "shapes" else f"np.asarray(found[{PARTS.index(output)}])"
        lines += [f"found = {call}", f"print({shown})"]
    return "\n".join(lines) + "\n"


def _pictures(params: Mapping[str, Any], inputs: Mapping[str, Array]) -> Iterator[tuple[str, Any]]:
    """Each file's pixels by its name below the folder; a picture of one colour is given by one pixel."""
    for part, found in inputs.items():
        for name, picture in zip(params["files"][part], found, strict=True):
            whole = np.broadcast_to(picture, (*params["sides"], 3)) if picture.shape[:2] == (1, 1) else picture
            yield name if part == "set" else f"{part}/{name}", whole.astype(int).tolist()
