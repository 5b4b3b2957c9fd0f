#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes small safetensors files, good and broken, for fuzzing to start from.

Usage: weights_seeds.py FOLDER
"""

import json
import os
import struct
import sys

NUMBERS = struct.pack("<8f", 1, -2, 3.5, -0.0, 1e-38, 6, 7, 8)


def entry(shape, start, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def pack(header, numbers=NUMBERS, length=None, pad=0):
    if not isinstance(header, bytes):
        header = json.dumps(header, separators=(",", ":")).encode()
    header += b" " * pad
    length = len(header) if length is None else length
    return struct.pack("<Q", length) + header + numbers


def make_seeds():
    two = {"a": entry([2, 3], 0, 24), "b": entry([2], 24, 32)}
    return {
        "good": pack(two),
        "good-metadata": pack({"__metadata__": {"backbone": "x"}, **two}),
        "good-unaligned": pack(two, pad=3),
        "good-scalar-and-empty": pack({
            "s": entry([], 0, 4),
            "e": entry([0, 7], 4, 4),
            "r": entry([1, 7, 1, 1], 4, 32),
        }),
        "good-escapes": pack(b'{"\\u0061\\n":' + json.dumps(
            entry([8], 0, 32)).encode() + b"}"),
        "good-nothing": pack({}, b""),
        "not-finite": pack({"a": entry([2], 0, 8)},
                           struct.pack("<2I", 0x7F800000, 0x7FC00000)),
        "overlap": pack({"a": entry([6], 0, 24), "b": entry([3], 20, 32)}),
        "hole": pack({"a": entry([6], 0, 24), "b": entry([1], 28, 32)}),
        "twice": pack(b'{"a":{},"a":{}}'),
        "half": pack({"a": entry([16], 0, 32, "F16")}),
        "overflow": pack({"a": entry([1 << 62, 4], 0, 32)}),
        "offset-overflow": pack({"a": entry([8], (1 << 63) - 33,
                                            (1 << 63) - 1)}),
        "length": pack(two, length=1 << 63),
        "cut": pack(two)[:40],
        "deep": pack(b'{"a":' + b"[" * 64),
        "page": b"<!DOCTYPE html><html></html>",
        "pickle": b"\x80\x02}q\x00.",
        "empty": b"",
    }


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, data in make_seeds().items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
