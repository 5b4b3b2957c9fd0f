#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns manifest.json into the C table that manifest.c includes.

Usage: manifest-table.py MANIFEST.json TABLE.h
"""

import json
import sys


def quote(text):
    # JSON's escapes of plain ASCII text are C's.
    if not text.isascii() or not text.isprintable():
        raise SystemExit(f"manifest: {text!r} is not printable ASCII")
    return json.dumps(text)


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        backbones = json.load(file)["backbones"]
    lines = ["/* Made from manifest.json by manifest-table.py. */"]
    for backbone, entry in backbones.items():
        lines += [
            "  {",
            f"    .name = {quote(entry['file'])},",
            f"    .backbone = {quote(backbone)},",
            f"    .sha256 = {quote(entry['sha256'])},",
            f"    .size = G_GUINT64_CONSTANT ({entry['size']:d}),",
            f"    .licence = {quote(entry['licence'])},",
            f"    .source = {quote(entry['source'])},",
            "  },",
        ]
    with open(target, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


main()
