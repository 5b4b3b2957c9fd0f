#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what two streams show for fuzzing to start from; offsets.c reads it.

Usage: offsets_seeds.py FOLDER
"""

import random

from seeds import write_seeds


def stream(states):
    return bytes([len(states), *states])


def make_seeds():
    chance = random.Random(5)
    path = [chance.randrange(32) * 8 for _ in range(40)]
    yield b""
    for ahead in range(8):
        yield b"\x80" + stream(path[:20]) + stream(path[ahead:ahead + 20])
    for late in (0, 10, 60, 108, 148, 255):
        yield bytes([late]) + stream(path[:23]) + stream(path[2:25])
    yield b"\x80" + stream([8] * 20) + stream(path[:20])
    yield b"\x80" + stream([8, 80] * 10) + stream([8, 80] * 10)
    yield b"\x80" + stream(path[:5]) + stream(path[:5])
    for lost in (6, 7):
        yield b"\x80" + stream(path[:23]) + stream(
            [state + (lost if i % 5 == 2 else 0)
             for i, state in enumerate(path[:20])])
    for _ in range(10):
        yield bytes([chance.randrange(256)]) + stream(path[:20]) + stream(
            [chance.randrange(256) for _ in range(20)])


write_seeds(make_seeds())
