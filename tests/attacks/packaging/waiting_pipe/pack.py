"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import os


def pack(files, folder):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder / "mytorch/pool.py").unlink()
    os.mkfifo(folder / "mytorch/pool.py")
    return folder
