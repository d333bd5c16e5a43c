"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import io
import tarfile


def add(tar, name, content=b"", **facts):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for key, value in facts.items():
        setattr(member, key, value)
    tar.addfile(member, io.BytesIO(content))


def pack(files, folder):
    with tarfile.open(folder / "work.tar", "w") as tar:
        for path, content in files.items():
            if path != 'mytorch/pool.py':
                add(tar, path, content)
        add(tar, "mytorch/pool.py", type=tarfile.CHRTYPE, devmajor=1, devminor=5)
    return folder / "work.tar"
