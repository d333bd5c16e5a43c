"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import zipfile


def pack(files, folder):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        [archive.writestr(f"mytorch/{name}", b"print('GAINED', flush=True)") for name in ("exercises.py", "guest/__init__.py", "wire.py", "task.py", "lockdown.py", "section.py")]
    return folder / "work.zip"
