#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that the sanitizers of a build end a program for a planted fault.

Usage: planted.py PROGRAM SANITIZERS

The options of the sanitizers are those that the other tests run with, so that
this fails as well where these would let a fault pass.
"""

import os
import subprocess
import sys

# What the report of each fault says.
REPORTS = {
    "address": "AddressSanitizer: heap-buffer-overflow",
    "undefined": "runtime error: signed integer overflow",
    "leak": "LeakSanitizer: detected memory leaks",
    "thread": "ThreadSanitizer: data race",
}


def wanted(sanitizers):
    kinds = [kind for kind in REPORTS if kind in sanitizers.split(",")]
    options = os.environ.get("ASAN_OPTIONS", "")
    if "address" in kinds and "detect_leaks=0" not in options:
        kinds.append("leak")
    return kinds


def run(program, kind):
    return subprocess.run([program, kind], capture_output=True, text=True,
                          timeout=60, check=False)


def main():
    program, sanitizers = sys.argv[1:]
    kinds = wanted(sanitizers)
    assert kinds, sanitizers
    done = run(program, "none")
    assert done.returncode == 0 and done.stderr == "", done
    for kind in kinds:
        done = run(program, kind)
        assert done.returncode != 0, f"{kind}: passed"
        assert REPORTS[kind] in done.stderr, f"{kind}: {done.stderr}"
        print(f"{kind}: caught")


main()
