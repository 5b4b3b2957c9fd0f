# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pickled files of tensors, built opcode by opcode for tests."""

import io
import os
import struct
import sys
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(
    os.path.dirname(os.path.realpath(__file__)), "..", "..", "weights"))

import fetch  # noqa: E402
import pickles  # noqa: E402
import unpickle  # noqa: E402


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def number(value):
    return b"J" + struct.pack("<i", value)


def tup(*items):
    return b"(" + b"".join(items) + b"t"


def name(module, item):
    return f"c{module}\n{item}\n".encode()


def dictionary(items):
    return b"}(" + b"".join(text(k) + v for k, v in items) + b"u"


def pickled(body):
    return b"\x80\x02" + body + b"."


def storage(key, count, kind="FloatStorage", view=None):
    items = [text("storage"), name("torch", kind), text(key), text("cpu"),
             number(count)]
    if view is not None:
        items.append(view)
    return tup(*items) + b"Q"


def tensor(store, offset, shape, strides):
    return (name("torch._utils", "_rebuild_tensor_v2")
            + tup(store, number(offset), tup(*map(number, shape)),
                  tup(*map(number, strides)), b"\x89",
                  name("collections", "OrderedDict") + b")R") + b"R")


def ordered(items):
    """An OrderedDict with the attribute that state dicts have."""
    return (name("collections", "OrderedDict") + b")R("
            + b"".join(text(k) + v for k, v in items) + b"u"
            + dictionary([("_metadata", b"}")]) + b"b")


def floats(values):
    return struct.pack(f"<{len(values)}f", *values)


def make_zip(tree, storages, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled(tree))
        archive.writestr("archive/version", "3\n")
        for key, data in storages.items():
            archive.writestr(f"archive/data/{key}", data)
    return file.getvalue()


def make_legacy(tree, storages):
    magic = b"\x8a\x0a" + pickles.MAGIC.to_bytes(10, "little")
    return (pickled(magic) + pickled(number(1001))
            + pickled(dictionary([("little_endian", b"\x88")]))
            + pickled(tree)
            + pickled(b"](" + b"".join(map(text, storages)) + b"e")
            + b"".join(struct.pack("<q", len(data) // 4) + data
                       for data in storages.values()))


def numpy_array(shape, data, kind="f4", order="<"):
    make = (name("numpy.core.multiarray", "_reconstruct")
            + tup(name("numpy", "ndarray"), tup(number(0)), b"C\x01b") + b"R")
    dtype = (name("numpy", "dtype") + tup(text(kind), b"\x89", b"\x88") + b"R"
             + tup(number(3), text(order), b"N", b"N", b"N", number(-1),
                   number(-1), number(0)) + b"b")
    raw = b"B" + struct.pack("<I", len(data)) + data
    return make + tup(number(1), tup(*map(number, shape)), dtype, b"\x89",
                      raw) + b"b"


def made_up_files(folder, backbone):
    """Files like the official ones, with our own numbers."""
    entry = fetch.load_manifest()["backbones"][backbone]
    trees = {"features": [], "0.1": [], "0.0": []}
    storages = {part: {} for part in trees}
    for at, (title, known) in enumerate(entry["tensors"].items()):
        shape = known["shape"]
        part = "features"
        if title.startswith("lin"):
            part = "0.0" if "v0.0" in title else "0.1"
            title = f"lin{title.split('.')[-2]}.model.1.weight"
            shape = [1, *shape, 1, 1]
        count = 1
        for size in shape:
            count *= size
        trees[part].append((title, tensor(
            storage(str(at), count, view=b"N"), 0, shape,
            unpickle.contiguous_strides(shape))))
        storages[part][str(at)] = floats([at]) * count
    paths = []
    for part in trees:
        paths.append(os.path.join(folder, f"{backbone}-v{part}.pth"))
        with open(paths[-1], "wb") as file:
            file.write(make_legacy(ordered(trees[part]), storages[part]))
    return paths
