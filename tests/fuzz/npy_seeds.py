#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes .npy files of one number, good and broken, for fuzzing to start from.

Usage: npy_seeds.py FOLDER
"""

import os
import struct
import sys

EIGHT = bytes(range(1, 9))


def header(descr, shape="(1,)", order="False"):
    return ("{'descr': %s, 'fortran_order': %s, 'shape': %s, }"
            % (descr, order, shape)).encode()


def pack(text, data, version=1, length=None, pad=True):
    form = "<H" if version == 1 else "<I"
    if pad:
        text += b" " * (-(9 + struct.calcsize(form) + len(text)) % 64) + b"\n"
    length = len(text) if length is None else length
    return (b"\x93NUMPY" + bytes([version, 0]) + struct.pack(form, length)
            + text + data)


def make_seeds():
    seeds = {}
    for kind, sizes in (("b", [1]), ("i", [1, 2, 4, 8]), ("u", [1, 2, 4, 8]),
                        ("f", [2, 4, 8])):
        for size in sizes:
            for name, order in (("little", "<"), ("big", ">")):
                seeds[f"good-{kind}{size}-{name}"] = pack(
                    header(f"'{order}{kind}{size}'"), EIGHT[:size])
    for version in (2, 3):
        seeds[f"good-version-{version}"] = pack(
            header("'<f4'", "()", "True"), EIGHT[:4], version)
    float32 = header("'<f4'")
    seeds |= {
        "good-shapes": pack(header("'|u1'", "(1, 1, 1)"), b"\x07"),
        "good-bare": pack(b"{'shape':(),'fortran_order':False,'descr':'|b1'}",
                          b"\x01", pad=False),
        "half-infinite": pack(header("'<f2'"), b"\x00\x7c"),
        "half-tiny": pack(header("'<f2'"), b"\x01\x80"),
        "many": pack(header("'<f4'", "(2,)"), EIGHT),
        "huge-shape": pack(header("'<f4'", "(18446744073709551617,)"), EIGHT),
        "structured": pack(header("[('a', '<f4'), ('b', '<f4')]"), EIGHT),
        # The message names what is not a plain number, but not by its bytes.
        "escape": pack(header("'\x1b[2J\x1b[31m'"), EIGHT),
        "latin": pack(b"{'descr': '\xe9\xff\xc3', }", EIGHT),
        "objects": pack(header("'|O'"), b"\x80\x02}q\x00."),
        "size-3": pack(header("'<f3'"), EIGHT[:3]),
        "twice": pack(b"{'descr': '<f4', " + float32[1:], EIGHT[:4]),
        "more": pack(float32[:-1] + b"'more': 1}", EIGHT[:4]),
        "after": pack(float32 + b" again", EIGHT[:4]),
        "zero-byte": pack(float32 + b"\0", EIGHT[:4]),
        "open": pack(float32[:-1], EIGHT[:4]),
        "long": pack(float32, EIGHT),
        "short": pack(float32, EIGHT[:3]),
        "cut": pack(float32, EIGHT[:4])[:40],
        "cut-length": pack(float32, b"", version=2)[:10],
        "length": pack(float32, EIGHT[:4], length=0xffff),
        "length-2": pack(float32, EIGHT[:4], version=2, length=0xffffffff),
        "version-9": pack(float32, EIGHT[:4], version=9),
        "page": b"<!DOCTYPE html><html></html>",
        "empty": b"",
    }
    return seeds


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, data in make_seeds().items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


main()
