# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads float32 tensors out of pickled files and nothing else.

Three kinds are known: PyTorch's zip files (1.6 and later), PyTorch's files of
2017 to 2019 (several pickles, then raw storages), and plain pickles of dicts
of numpy arrays.  Neither PyTorch nor numpy is needed.
"""

import array
import io
import re
import struct
import zipfile
import zlib

from archives import open_zip, read_member
from refused import (LONGEST_NAME, MOST_DEPTH, MOST_NUMBERS, MOST_PICKLE,
                     MOST_TENSORS, Budget, Refused)
from unpickle import WORD, NumpyArray, View, gather, unpickle

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
# What Python's own readers raise because of a file.
DAMAGES = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError,
           ValueError, OverflowError, LookupError, NotImplementedError,
           RuntimeError)


def flatten(tree):
    """Pairs of a dotted name and a leaf, of dicts in dicts."""
    waiting, seen = [("", tree, 1)], set()
    while waiting:
        prefix, branch, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise Refused(f"its dicts are nested deeper than {MOST_DEPTH}")
        # A pickle can put a dict into itself.
        if id(branch) in seen:
            raise Refused("one of its dicts is in several places")
        seen.add(id(branch))
        for key, value in branch.items():
            if not isinstance(key, str):
                raise Refused("a dict has keys that are not names")
            if len(prefix) + len(key) > LONGEST_NAME:
                raise Refused("a tensor's name is longer than any known")
            if isinstance(value, dict):
                waiting.append((f"{prefix}{key}.", value, depth + 1))
            else:
                yield prefix + key, value


def read_view(name, view, read_words, budget):
    if view.storage.type.name != "FloatStorage":
        raise Refused(
            f"tensor '{name}' is {view.storage.type.name}, not float32")
    if view.storage.count > MOST_NUMBERS:
        raise Refused(f"tensor '{name}' is larger than any known")
    budget.take(4 * view.storage.count)
    data = read_words(view.storage)
    if len(data) != 4 * view.storage.count:
        raise Refused(f"tensor '{name}' is cut short")
    words = array.array(WORD)
    words.frombytes(data)
    return gather(words, view.offset, view.shape, view.strides)


def take(tree, wanted, read_words):
    if not isinstance(tree, dict):
        raise Refused("it does not hold a dict of tensors")
    tensors, budget = {}, Budget()
    for name, leaf in flatten(tree):
        name = re.sub(r"^(state_dict|params)\.", "", name)
        if not wanted(name):
            continue
        if len(tensors) == MOST_TENSORS:
            raise Refused(f"it has more than {MOST_TENSORS} tensors")
        if isinstance(leaf, View):
            tensors[name] = read_view(name, leaf, read_words, budget)
        elif isinstance(leaf, NumpyArray):
            if leaf.tensor is None:
                raise Refused(f"array '{name}' has no numbers")
            budget.take(len(leaf.tensor.data))
            tensors[name] = leaf.tensor
    return tensors


def read_zip(file, wanted):
    with open_zip(file) as archive:
        names = set(archive.namelist())
        found = [n for n in names if n.endswith("/data.pkl")]
        if len(found) != 1:
            raise Refused("this zip file is not one of PyTorch's")
        root = found[0][:-len("data.pkl")]
        if (root + "byteorder" in names
                and read_member(archive, root + "byteorder", 16).strip()
                != b"little"):
            raise Refused("its numbers are not little-endian")
        text = read_member(archive, found[0], MOST_PICKLE)
        tree = unpickle(io.BytesIO(text), len(text))

        def read_words(storage):
            name = f"{root}data/{storage.key}"
            if name not in names:
                raise Refused(f"storage '{storage.key}' is missing")
            if archive.getinfo(name).file_size != 4 * storage.count:
                raise Refused(f"storage '{storage.key}' has another size")
            return read_member(archive, name, 4 * storage.count)

        return take(tree, wanted, read_words)


def read_legacy(file, size, wanted):
    """The rest of a file of 2017 to 2019, after its magic number."""

    def unpickle_next():
        return unpickle(file, min(size - file.tell(), MOST_PICKLE))

    if unpickle_next() != PROTOCOL:
        raise Refused("its PyTorch format is of an unknown version")
    system = unpickle_next()
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise Refused("its numbers are not little-endian")
    tree = unpickle_next()
    keys = unpickle_next()
    if not isinstance(keys, list) or any(
            not isinstance(key, str) for key in keys):
        raise Refused("its list of storages makes no sense")
    sizes = {}
    if isinstance(tree, dict):
        for _, leaf in flatten(tree):
            if isinstance(leaf, View):
                sizes[leaf.storage.key] = leaf.storage.type.size
    places = {}
    for key in keys:
        head = file.read(8)
        if len(head) < 8:
            raise Refused("it is cut short")
        count, = struct.unpack("<q", head)
        if count < 0 or key not in sizes:
            raise Refused(f"storage '{key}' makes no sense")
        places[key] = (file.tell(), count)
        if count * sizes[key] > size - file.tell():
            raise Refused("it is cut short")
        file.seek(count * sizes[key], 1)

    def read_words(storage):
        if storage.key not in places:
            raise Refused(f"storage '{storage.key}' is missing")
        start, count = places[storage.key]
        if storage.first + storage.count > count:
            raise Refused(f"storage '{storage.key}' has another size")
        file.seek(start + 4 * storage.first)
        return file.read(4 * storage.count)

    return take(tree, wanted, read_words)


def read_tensors(file, wanted):
    """Tensors by name from a seekable binary file.

    Nested dicts give dotted names.  Only the tensors are read for whose name
    wanted(name) holds.  Raises Refused for everything that is not such a
    file; the text does not name the file.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    try:
        if start == b"PK\3\4":
            return read_zip(file, wanted)
        if start[:1] != b"\x80":
            raise Refused("this is not a PyTorch file"
                          + (" but a web page" if start[:1] == b"<" else ""))
        first = unpickle(file, size)
        # Anything else may be nested too deeply to be compared.
        if type(first) is int and first == MAGIC:
            return read_legacy(file, size, wanted)

        def no_words(storage):
            raise Refused("its storages are missing")

        return take(first, wanted, no_words)
    except DAMAGES as problem:
        raise Refused(f"it is damaged ({str(problem)[:200]})") from None
