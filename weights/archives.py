# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes single members out of zip files, wheels and source packages.

Nothing is unpacked to the disk, links are not followed, and what an archive
says of a member's size is not believed: bytes are counted as they come.
"""

import gzip
import tarfile
import zipfile

from refused import MOST_BYTES, Budget, Refused

CHUNK = 1 << 20
MOST_MEMBERS = 1 << 16


def open_zip(file):
    archive = zipfile.ZipFile(file)
    if len(archive.infolist()) > MOST_MEMBERS:
        archive.close()
        raise Refused("it has more members than any known archive")
    return archive


def read_member(archive, name, most):
    """The bytes of a member, at most `most`."""
    entry = archive.getinfo(name)
    if entry.file_size > most:
        raise Refused(f"its member {entry.filename} is larger than any known")
    # Others can unpack to any size at one step.
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"its member {entry.filename} is packed in a way that "
                      "no known archive uses")
    with archive.open(entry) as member:
        data = b"".join(iter(lambda: member.read(CHUNK), b""))
    if len(data) != entry.file_size:
        raise Refused(f"its member {entry.filename} is cut short")
    return data


def wheel_members(file, members):
    """Name and bytes of those members that the wheel has."""
    budget = Budget()
    with open_zip(file) as archive:
        names = set(archive.namelist())
        for name in members:
            if name in names:
                data = read_member(archive, name, MOST_BYTES)
                budget.take(len(data))
                yield name, data


class Unpacked:
    """The bytes behind gzip, within a budget."""

    def __init__(self, file):
        self.file = gzip.GzipFile(fileobj=file)
        self.budget = Budget()

    def read(self, count):
        data = self.file.read(min(count, CHUNK))
        self.budget.take(len(data))
        return data


def sdist_members(file, endings):
    """Name and bytes of the files whose name ends so, as they come."""
    with tarfile.open(fileobj=Unpacked(file), mode="r|") as archive:
        for count, member in enumerate(archive):
            if count >= MOST_MEMBERS:
                raise Refused("it has more members than any known archive")
            # Only plain files; a sparse one is larger than what it takes.
            if (member.isreg() and not member.issparse()
                    and member.name.endswith(endings)):
                yield member.name, archive.extractfile(member).read()


def is_wheel(file):
    try:
        with open_zip(file) as archive:
            return any(n.startswith("lpips/") for n in archive.namelist())
    finally:
        file.seek(0)
