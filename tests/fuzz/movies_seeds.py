#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes heads of MP4 and Matroska files and of AV1 and VP9 frames, good and
broken, for fuzzing to start from.

Usage: movies_seeds.py FOLDER
"""

import struct

from seeds import write_seeds


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def movie(matrix=(1, 0, 0, 1), colr=b"nclx\0\1\0\1\0\1\x80", more=b"",
          version=0):
    a, b, c, d = (value * 0x10000 for value in matrix)
    tkhd = box(b"tkhd", bytes([version]),
               bytes(51 if version else 39),
               struct.pack(">iiiiiiiii", a, b, 0, c, d, 0, 0, 0, 1 << 30))
    entry = box(b"avc1", bytes(78), box(b"colr", colr), more)
    return box(b"ftyp", b"isom\0\0\0\0") + box(
        b"moov", box(b"trak", tkhd, box(b"edts", box(b"elst", bytes(8))), box(
            b"mdia", box(b"hdlr", bytes(8), b"vide", bytes(12)),
            box(b"minf", box(b"stbl", box(b"stsd", bytes(8), entry))))))


def element(ident, *parts, size=None):
    body = b"".join(parts)
    size = len(body) if size is None else size
    return bytes.fromhex(ident) + struct.pack(">Q", 1 << 56 | size) + body


def matroska(yaw, roll, form=">d"):
    return (element("1a45dfa3") + element("18538067", element(
        "1654ae6b", element("ae", element("83", b"\1"), element(
            "e0", element("7670", element("7673", struct.pack(form, yaw)),
                          element("7675", struct.pack(form, roll))))))))


def make_seeds():
    av1 = bytes.fromhex("0a0b00000024c4ffdf3fe040")
    yield from (
        movie(), movie((0, 1, -1, 0)), movie((-1, 0, 0, 1), version=1),
        movie((7, 0, 0, 7)), movie(colr=b"nclc\0\1\0\1\0\1"),
        movie(colr=b"prof"), movie(more=box(b"vpcC", bytes(8))),
        movie(more=box(b"av1C", bytes(4), av1)), movie()[:-5],
        movie().replace(b"vide", b"soun"), box(b"moov") + box(b"mdat", b"a"),
        box(b"mdat", bytes(20)) + box(b"moov", box(b"trak")),
        struct.pack(">I4sQ", 1, b"moov", 1 << 63), b"\0\0\0\0moov",
        b"\0\0\0\x01moov", box(b"moov") * 50,
        matroska(0, 90), matroska(180, -90), matroska(0, 45),
        matroska(0, float("nan")), matroska(0, 90, ">f"), matroska(1e300, 360),
        element("1a45dfa3") + element("18538067", size=(1 << 56) - 1),
        element("1a45dfa3") + element("1f43b675"), b"\x1a\x45\xdf\xa3",
        b"\0" * 20, b"\x80" * 20,
        av1, b"\x12\0" + av1, b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x12\0\x0e\0\0", bytes.fromhex("82498342000010000000"),
        bytes.fromhex("a2498342"), b"", b"rotate-90", b"flip-rotate-180",
        b"rotate-45", b"ROTATE-90", b"\xff\xfe", b"OggSaaaaAVI a")


write_seeds(make_seeds())
