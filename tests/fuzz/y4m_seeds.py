#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes headers of Y4M files, good and broken, for fuzzing to start from.

Usage: y4m_seeds.py FOLDER
"""

import os
import sys

LAYOUTS = ("420jpeg 420 420mpeg2 420paldv 420p9 420p10 420p12 420p14 420p16 "
           "411 422 422p9 422p10 422p12 422p14 422p16 444 444p9 444p10 444p12 "
           "444p14 444p16 444alpha mono mono9 mono10 mono12 mono14 mono16 "
           "410").split()


def make_seeds():
    seeds = {}
    for layout in LAYOUTS:
        for colours in ("", " XCOLORRANGE=FULL", " XCOLORRANGE=LIMITED"):
            name = f"layout-{layout}{colours[-7:].replace('=', '-').strip()}"
            seeds[name] = f"YUV4MPEG2 W33 H17 F25:1 Ip A1:1 C{layout}{colours}"
    for number, rest in enumerate((
            "", "W1", "H1", "W1 H1", "W0 H1", "W-1 H1", "W16384 H16384",
            "W16385 H1", "W99999999999999999999 H1", "W1 H1 F0:0",
            "W1 H1 F1", "W1 H1 F1:0", "W1 H1 F2147483647:2147483647",
            "W1 H1 F2147483648:1", "W1 H1 A0:0", "W1 H1 A3:2", "W1 H1 Im",
            "W3 H3 It", "W3 H3 Ib", "W1 H1 I?", "W1 H1 Ix", "W1 H1 I",
            "W1 H1 C", "W1 H1 XYSCSS=422", "W1 H1 XYSCSS=", "W1 H1 X",
            "  W1   H1  ", "W1\tH1", "W1 H1 C\x1b[2J", "W1 H1 C\xff\xfe",
            "W1 H1 W2 H2", "W\x00 H1", "Z W1 H1")):
        seeds[f"words-{number}"] = f"YUV4MPEG2 {rest}"
    seeds["no-mark"] = "YUV4MPEG W1 H1"
    seeds["empty"] = ""
    return seeds


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, text in make_seeds().items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(text.encode("latin-1"))


main()
