"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import zipfile


def pack(files, folder):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        archive.writestr("mytorch/Pool.py", b"print('GAINED', flush=True)")
        archive.writestr("mytorch/caf\u00e9.py", b"print('GAINED', flush=True)")
        archive.writestr("mytorch/cafe\u0301.py", b"print('GAINED', flush=True)")
    return folder / "work.zip"
