"""Archives whose bytes depend on nothing but the files in them: sorted, without times, owners or modes."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Collection, Mapping

#: The earliest time that a zip can hold.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def tar(files: Mapping[str, bytes], *, packed: bool = False, executable: Collection[str] = ()) -> bytes:
    """A tar (POSIX ustar where names allow it), compressed by gzip where `packed`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(files):
            member = tarfile.TarInfo(path)
            member.size = len(files[path])
            member.mode = 0o755 if path in executable else 0o644
            archive.addfile(member, io.BytesIO(files[path]))
    return gzip.compress(buffer.getvalue(), mtime=0) if packed else buffer.getvalue()


def zipped(files: Mapping[str, bytes], *, executable: Collection[str] = ()) -> bytes:
    """A zip archive; its entries carry Unix modes, so that scripts stay executable."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _ZIP_TIME)
            entry.create_system = 3  # Unix, also where this is made on another system
            entry.external_attr = (0o100755 if path in executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path])
    return buffer.getvalue()
