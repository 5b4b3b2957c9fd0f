#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what four streams do for fuzzing to start from; lineup.c reads it.

Usage: lineup_seeds.py FOLDER
"""

import random

from seeds import write_seeds


def stream(steps):
    return bytes([len(steps), *steps])


def make_seeds():
    chance = random.Random(3)
    even = [7 * 16] * 10
    yield b""
    for settings in range(0, 256, 37):
        yield bytes([settings]) + stream(even) * 4
    for kind in range(16):
        steps = [(5 + i % 4) * 16 + (kind if i % 5 == 3 else 0)
                 for i in range(20)]
        yield b"\1" + stream(even) + stream(steps) * 3 + bytes(range(100))
        yield b"\0" + stream(steps) + stream(even) * 3 + bytes(range(100))
    for _ in range(40):
        yield (bytes([chance.randrange(256)])
               + b"".join(stream([chance.randrange(256)
                                  for _ in range(chance.randrange(30))])
                          for _ in range(4))
               + bytes(chance.randrange(256) for _ in range(120)))


write_seeds(make_seeds())
