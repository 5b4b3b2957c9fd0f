#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes sequences of pushes, gaps, ends and flushes for fuzzing the pairer to
start from; pairing.c says what the bytes mean.

Usage: pairing_seeds.py FOLDER
"""

import os
import random
import sys

REF, DIST = 0, 1
PUSH, GAP, GIVE_UP, FLUSH, END = 8, 0, 2, 4 + 128, 6 + 192
SAME, BACK = 1, 2


def step(ms):
    """A time further on by up to 31 ms."""
    return ms * 8 + 3


def frame(side, time, duration=80):
    return bytes([PUSH + side, time, duration])


def make_seeds():
    even = b"".join(frame(REF, step(20)) + frame(DIST, SAME)
                    for _ in range(20))
    ends = bytes([END + REF, END + DIST])
    seeds = {
        "even": b"\x81" + even + ends,
        "even-tolerance": b"\x0b" + even + ends,
        "jitter": b"\x81" + b"".join(
            frame(REF, step(20)) + frame(DIST, step(16 + i * 5 % 9))
            for i in range(20)) + ends,
        "half-rate": b"\x81" + b"".join(
            frame(REF, step(20)) + frame(REF, step(20)) + frame(DIST, SAME)
            for _ in range(10)) + ends,
        "no-durations": b"\x80" + b"".join(
            frame(REF, step(20), 0) + frame(DIST, SAME, 0)
            for _ in range(10)) + ends,
        "doubles": b"\x80" + b"".join(
            frame(REF, step(20)) + frame(REF, BACK) + b"\0"
            + frame(DIST, SAME) for _ in range(10)) + ends,
        "gaps": b"\x80" + b"".join(
            frame(REF, step(20)) + bytes([GAP + DIST, SAME, 80])
            for _ in range(10)) + ends,
        "given-up": b"\x80" + b"".join(
            frame(REF, step(20)) + bytes([GIVE_UP]) + frame(DIST, SAME)
            for _ in range(10)) + ends,
        "flushed": b"\x80" + even + bytes([FLUSH]) + even + ends,
        "extremes": b"\x80" + b"".join(
            bytes([PUSH + side, 0]) + number + bytes([255]) + b"\xff" * 8
            for number in (b"\0" * 7 + b"\x80", b"\xff" * 7 + b"\x7f")
            for side in (REF, DIST)),
    }
    rng = random.Random(1)
    for i in range(300):
        seeds[f"random-{i}"] = rng.randbytes(rng.randrange(1, 400))
    return seeds


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, data in make_seeds().items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


main()
