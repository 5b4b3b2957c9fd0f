#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes caps and buffers for fuzzing the way from frames to images to start
from; caps.c says what the bytes mean.

Usage: caps_seeds.py FOLDER
"""

import os
import random
import sys

# Number of raw formats in GStreamer 1.22; later ones are reached at random.
FORMATS = 111


def stream(video_format, width=16, height=10, caps=(0, 0, 0, 0), buffer=(0, 0)):
    return bytes([video_format, width - 1, height - 1, *caps, *buffer])


def make_seeds():
    seeds = {}
    for i in range(FORMATS):
        seeds[f"format-{i}"] = 4 * stream(i, 15, 9)
        # Its own layout, wider by 4 bytes a row.
        seeds[f"meta-{i}"] = 4 * stream(i, buffer=(2, 239, 0, 0, 1))
        seeds[f"crop-{i}"] = 4 * stream(i, 16, 12, buffer=(12, 0, 18))
    for i in range(6):
        seeds[f"interlace-{i}"] = 4 * stream(2, caps=(i, 0, 0, 0))
    for i in range(10):
        seeds[f"colour-{i}"] = stream(2) + stream(2, caps=(0, i, 0, 0))
    for i in range(7):
        seeds[f"rest-{i}"] = 4 * stream(2, caps=(0, 0, i % 6, i))
    rng = random.Random(2)
    for i in range(300):
        seeds[f"random-{i}"] = rng.randbytes(rng.randrange(1, 120))
    return seeds


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, data in make_seeds().items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


main()
