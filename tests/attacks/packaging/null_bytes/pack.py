"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import zipfile


def pack(files, folder):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            if path not in ("mytorch/pool.py",):
                archive.writestr(path, content)
        archive.writestr("mytorch/pool.py", b"x = 1\x00\n")
    return folder / "work.zip"
