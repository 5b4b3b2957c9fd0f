#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes heads of image files, good and broken, for fuzzing to start from.

Usage: images_seeds.py FOLDER
"""

import struct
import zlib

from seeds import write_seeds


def png(width, height, bits, colour, rows, extra=b"", end=True):
    def chunk(name, data):
        return (struct.pack(">I", len(data)) + name + data
                + struct.pack(">I", zlib.crc32(name + data)))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits,
                                         colour, 0, 0, 0))
            + extra + chunk(b"IDAT", zlib.compress(rows))
            + (chunk(b"IEND", b"") if end else b""))


def chunk(name, data):
    return (struct.pack(">I", len(data)) + name + data
            + struct.pack(">I", zlib.crc32(name + data)))


def bmp(width, height, bits, rest=b"", header=40, packing=0, offset=54):
    return (b"BM" + struct.pack("<IHHI", 54 + len(rest), 0, 0, offset)
            + struct.pack("<IIIHHIIIIII", header, width & 0xffffffff,
                          height & 0xffffffff, 1, bits, packing, 0, 0, 0, 0, 0)
            + rest)


def riff(kind, *chunks):
    body = kind + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def box(kind, body):
    return struct.pack(">I", 8 + len(body)) + kind + body


def tiff(orientation, entries=1, following=0):
    return (b"II*\0" + struct.pack("<IH", 8, entries)
            + struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0)
            + struct.pack("<I", following))


def make_seeds():
    jpeg = (b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01"
            b"\x11\0\xff\xda\0\x04ab\x00\xff\x00\xff\xd9")
    gif = (b"GIF89a\x01\0\x01\0\x80\0\0" + bytes(6)
           + b"!\xf9\x04\0\x05\0\0\0" + b",\0\0\0\0\x01\0\x01\0\0\x02\x01\0\0")
    exif = b"Exif\0\0" + tiff(6)
    vp8x = (b"VP8X", b"\x10\0\0\0\x0f\0\0\x0f\0\0")
    yield from (
        png(1, 1, 16, 0, b"\0\1\2"), png(1, 1, 16, 6, bytes(9)),
        png(2, 2, 16, 2, bytes(26)), png(2, 2, 16, 4, bytes(18)),
        png(1, 1, 16, 0, b"\0", end=False), png(1, 1, 16, 3, bytes(3)),
        png(1, 1, 8, 0, b"\0\1", chunk(b"eXIf", tiff(3))),
        png(1, 1, 8, 2, b"\0\1\2\3", chunk(b"acTL", b"\0\0\0\2\0\0\0\0")),
        png(1, 1, 16, 2, bytes(7), chunk(b"tRNS", bytes(6))),
        png(70000, 1, 16, 0, b""), png(1, 1, 16, 0, b"\0\1\2") + b"after",
        jpeg, jpeg[:-2], jpeg[:3], b"\xff" * 20, gif + b"\x3b", gif,
        gif + gif[13:] + b"\x3b",
        bmp(1, 1, 24, b"abc\0"), bmp(1, -1, 24, b"abc\0"), bmp(1, 2, 24, b"ab"),
        bmp(1 << 30, 1 << 31, 32), bmp(-1, 0x80000000, 65535),
        bmp(0xfffe0000, 0x7ffff000, 32768), bmp(4, 4, 8, b"x", packing=1),
        bmp(1, 1, 24, b"abc\0", offset=0xffffffff),
        b"BM" + struct.pack("<IHHI", 30, 0, 0, 26)
        + struct.pack("<IHHHH", 12, 1, 1, 1, 24) + b"abc\0",
        tiff(6), tiff(9), tiff(1, 1, 8), tiff(1, 65535), b"MM\0*\0\0\0\x08\0\1",
        b"P5\n# a\n2 1 65535\nabcd", b"P4 8 1 a", b"P6 1 1 99999999999 abc",
        b"P3 1 1 255 1 2 3", b"P2\n#",
        b"\0\0\1\0\1\0" + struct.pack("<BBBBHHII", 1, 1, 0, 0, 1, 24, 4, 22)
        + b"abcd",
        b"\0\0\1\0\xff\xff" + bytes(16),
        riff(b"WEBP", vp8x, (b"EXIF", exif)), riff(b"WEBP", (b"VP8 ", b"abcd")),
        riff(b"WEBP", vp8x, (b"ANMF", bytes(24)), (b"ANMF", bytes(24))),
        riff(b"WEBP", vp8x, (b"EXIF", b"Exif\0"))[:-1], riff(b"ACON"),
        box(b"ftyp", b"avif\0\0\0\0mif1") + box(b"meta", b"av1C\x81\0\x40\0"
                                                + bytes(30)),
        box(b"ftyp", b"avis\0\0\0\0avif"), box(b"ftyp", b"heic\0\0\0\0hevc")
        + box(b"hvcC", bytes(17) + b"\2" + bytes(8)),
        box(b"ftyp", b"isom\0\0\0\0heic"), box(b"ftyp", b"mif1") + b"\0\0\0\1",
        box(b"idsc", b"abc") + box(b"idat", b"abc"), box(b"idat", b"")[:-1],
        b"icns\0\0\0\x08", b"/* XPM */", b"\xff\x0a", b"\0\0\2" + bytes(20),
        b"", b"B")


write_seeds(make_seeds())
