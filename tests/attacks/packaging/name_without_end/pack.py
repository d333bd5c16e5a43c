"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import io
import tarfile


def pack(files, folder):
    with tarfile.open(folder / "work.tar", "w", format=tarfile.GNU_FORMAT) as tar:
        for path, content in [*files.items(), ("mytorch/" + "a" * 5_000_000 + ".py", b"#")]:
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return folder / "work.tar"
