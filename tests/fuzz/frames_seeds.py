#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes short Y4M files, and headerless ones behind a line that says what they
are, good and broken, for fuzzing to start from.

Usage: frames_seeds.py FOLDER
"""

from seeds import write_seeds


def y4m(header, *frames):
    return f"YUV4MPEG2 {header}\n".encode() + b"".join(frames)


def frame(size, parameters=""):
    return f"FRAME{parameters}\n".encode() + bytes(
        i % 251 for i in range(size))


def make_seeds():
    yield from (
        y4m("W2 H2 F25:1 C420", frame(6), frame(6), frame(6)),
        y4m("W3 H3 F30000:1001 C420jpeg", frame(17), frame(17)),
        y4m("W3 H3 F25:1 It C420", frame(17), frame(17)),
        y4m("W3 H4 F25:1 Im C420", frame(20, " Itp"), frame(20, " Ibi")),
        y4m("W5 H1 F25:1 C422p10", bytes(6) + frame(20)),
        y4m("W5 H1 F25:1 C422p10", b"FRAME\n" + b"\1\2" * 11),
        y4m("W5 H1 F25:1 C422p10", b"FRAME\n" + b"\1\xff" * 11),
        y4m("W3 H3 F25:1 C444p12", frame(54)[:6] + b"\1\2" * 27),
        y4m("W3 H3 F25:1 C420p16", frame(34)), y4m("W3 H3 Cmono", frame(9)),
        y4m("W3 H3 Cmono10", b"FRAME\n" + b"\1\2" * 9),
        y4m("W3 H3 C411", frame(15)), y4m("W3 H3 C444alpha", frame(36)),
        y4m("W5 H5 C410", frame(33)), y4m("W2 H2 C420", frame(6), frame(3)),
        y4m("W2 H2 C420", frame(6), b"FRAMES\n"), y4m("W2 H2 C420", b"FRAME"),
        y4m("W2 H2 C420", b"FRAME " + b"x" * 5000), y4m("W2 H2 C420"),
        y4m("W16384 H16384 C444p16", frame(10)), b"YUV4MPEG2 W2 H2",
        y4m("W1 H1 F2147483647:1 C420", frame(3), frame(3)),
        y4m("W1 H1 F1:2147483647 C420", frame(3), frame(3)))
    for form, size in (("i420", 17), ("i420_10le", 34), ("rgb24", 27),
                       ("nv12", 17), ("yuyv422", 24), ("v210", 400),
                       ("gray16le", 18), ("argb64", 72), ("nv12_64z32", 9000),
                       ("rgb8p", 1033), ("y41b", 15), ("uyvp", 30),
                       ("bgr10a2_le", 36), ("gbr_12le", 54), ("p010le", 34)):
        yield f"3x3:{form}:25\n".encode() + frame(2 * size)
    yield from (b"3x3:i420:25\nabc", b"3x3:i420:25", b"16384x16384:i420\nabc",
                b"3x3:i420:1/2147483647\n" + frame(40), b"", b"\n",
                b"1x1:gray8:2147483647\nabcdef")


write_seeds(make_seeds())
