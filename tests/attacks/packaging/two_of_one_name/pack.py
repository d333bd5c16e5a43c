"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import warnings
import zipfile


def pack(files, folder):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        with warnings.catch_warnings(action="ignore"):
            archive.writestr("mytorch/pool.py", b"raise SystemExit")
    return folder / "work.zip"
