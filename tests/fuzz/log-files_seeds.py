#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes names of a log and of files beside it for fuzzing to start from.

Usage: log-files_seeds.py FOLDER
"""

from seeds import write_seeds

LOGS = ("log.jsonl", "log", ".log", "log.", "a-00001.csv", "a.b.c", "-", "..a",
        "ä.jsonl", "log%d.jsonl", "\x1b[2J")
NUMBERS = ("00001", "00002", "99999", "100000", "000001", "1", "0001",
           "00000", "18446744073709551615", "18446744073709551614",
           "18446744073709551616", "99999999999999999999999", "+0001", "-0001",
           "00001a", " 0001", "0x001")


def beside(log, number):
    stem, dot, ending = log.rpartition(".")
    return f"{stem}-{number}{dot}{ending}" if stem else f"{log}-{number}"


write_seeds(
    ["\n".join([log, *("+" * (number % 2) + beside(log, text)
                       for number, text in enumerate(NUMBERS))])
     + "\n" * padding for log in LOGS for padding in range(3)]
    + ["\n".join([log, beside(log, "00001"), "+" + beside(log, "00002"), log])
       for log in LOGS]
    + ["", "\n", "a\n+a", "a\na", b"\xff.\xff\n\xff-00001.\xff"])
