"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import zipfile


def pack(files, folder):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    data = bytearray((folder / "work.zip").read_bytes())
    at = data.rindex(b"mytorch/pool.py") - 46 + 8
    data[at] |= 1
    (folder / "work.zip").write_bytes(data)
    return folder / "work.zip"
