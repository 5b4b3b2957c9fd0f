# SPDX-License-Identifier: LGPL-2.1-or-later
"""Images and judgements made for the tests, byte by byte."""

import pathlib
import struct
import zlib


def chunk(kind, data):
    """A part of a PNG."""
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def png(path, pixel, width=32, height=24, alpha=False, depth=8):
    """A PNG; pixel is (r, g, b), with a if alpha, or a function of x and y
    that gives it, or a grey; depth: bits a sample, 8 or 16."""
    form = "B" if depth == 8 else "H"

    def at(x, y):
        value = pixel(x, y) if callable(pixel) else pixel
        value = [value] * 3 if isinstance(value, int) else value
        return struct.pack(f">{len(value)}{form}", *value)

    rows = b"".join(b"\0" + b"".join(at(x, y) for x in range(width))
                    for y in range(height))
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth,
                                      6 if alpha else 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b""))
    return str(path)


def _segment(code, data):
    return struct.pack(">BBH", 0xff, code, len(data) + 2) + data


def jpeg(path, grey, width=32, height=24):
    """A JPEG of one grey: the first block's mean differs from 128, and all
    that follow do not differ from the first."""
    step = grey - 128  # in the quantiser's steps of 8, eight times the mean
    size = abs(step).bit_length()
    blocks = (width + 7) // 8 * ((height + 7) // 8)
    bits = f"{size:04b}"
    if size:
        bits += f"{step if step > 0 else step + 2 ** size - 1:0{size}b}"
    bits += "0" + (blocks - 1) * "00000"
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big")
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_bytes(
        b"\xff\xd8"
        + _segment(0xdb, bytes([0] + [8] * 64))
        + _segment(0xc0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11,
                                     0))
        # Means have 4 bits of size; everything else is the bit 0, "no more".
        + _segment(0xc4, bytes([0, 0, 0, 0, 8] + [0] * 12) + bytes(range(8)))
        + _segment(0xc4, bytes([0x10, 1] + [0] * 15 + [0]))
        + _segment(0xda, bytes([1, 1, 0, 0, 63, 0]))
        + scan.replace(b"\xff", b"\xff\0") + b"\xff\xd9")
    return str(path)


def bmp(path, grey, width=32, height=24):
    """A BMP of one grey; width is a multiple of 4."""
    data = bytes([grey] * (3 * width * height))
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_bytes(
        struct.pack("<2sIII", b"BM", 54 + len(data), 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(data),
                      0, 0, 0, 0) + data)
    return str(path)


def read_png(path):
    """Width, height and pixels (r, g, b) by rows of an RGB PNG of 8 bits that
    is not interlaced."""
    content = pathlib.Path(path).read_bytes()
    at, data = 8, b""
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at:at + 8])
        body = content[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        elif kind == b"IDAT":
            data += body
        at += size + 12
    assert (depth, colour) == (8, 2)
    data, above, rows = zlib.decompress(data), bytes(3 * width), []
    for y in range(height):
        start = y * (3 * width + 1)
        above = _unfilter(data[start], data[start + 1:start + 1 + 3 * width],
                          above)
        rows.append([tuple(above[i:i + 3]) for i in range(0, 3 * width, 3)])
    return width, height, rows


def samples(path):
    """The samples of such a PNG, one after another."""
    return [sample for row in read_png(path)[2] for pixel in row
            for sample in pixel]


def _unfilter(kind, row, above):
    """A row before PNG's filter (PNG specification, section 9)."""
    result = []
    for i, value in enumerate(row):
        left = result[i - 3] if i >= 3 else 0
        corner = above[i - 3] if i >= 3 else 0
        paeth = min((left, above[i], corner),
                    key=lambda near: abs(left + above[i] - corner - near))
        foretold = (0, left, above[i], (left + above[i]) // 2, paeth)[kind]
        result.append((value + foretold) % 256)
    return result


def npy(path, number, descr="<f4", shape="(1,)"):
    """A .npy file with one number, as NumPy writes it."""
    header = ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
              % (descr, shape))
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    form = {"<f4": "<f", "<f8": "<d", ">f4": ">f", ">f8": ">d",
            "<i8": "<q", "|b1": "?"}[descr]
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_bytes(
        b"\x93NUMPY\x01\0" + struct.pack("<H", len(header))
        + header.encode() + struct.pack(form, number))
    return str(path)


def triplets(folder, greys, **size):
    """A 2AFC data set; greys: name -> (ref, p0, p1, judge), where the first
    three are what png() takes; size: width and height of the images."""
    for name, (ref, p0, p1, judge) in greys.items():
        png(folder / "ref" / f"{name}.png", ref, **size)
        png(folder / "p0" / f"{name}.png", p0, **size)
        png(folder / "p1" / f"{name}.png", p1, **size)
        npy(folder / "judge" / f"{name}.npy", judge)
    return str(folder)


def pairs(folder, greys):
    """A JND data set; greys: name -> (p0, p1, same)."""
    for name, (p0, p1, same) in greys.items():
        png(folder / "p0" / f"{name}.png", p0)
        png(folder / "p1" / f"{name}.png", p1)
        npy(folder / "same" / f"{name}.npy", same)
    return str(folder)
