"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import zipfile


def pack(files, folder):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        [archive.writestr(f"data/{number}", b"") for number in range(6000)]
    return folder / "work.zip"
