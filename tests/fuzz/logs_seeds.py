#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes bytes that logs.c makes pairs and summaries of, for fuzzing to start
from.

Usage: logs_seeds.py FOLDER
"""

import random

from seeds import write_seeds


def make_seeds():
    chance = random.Random(7)
    yield b""
    yield bytes(8)
    for length in (1, 3, 10, 40, 200, 400):
        for _ in range(6):
            yield bytes(chance.randrange(256) for _ in range(length))


write_seeds(make_seeds())
