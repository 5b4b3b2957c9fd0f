#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes small safetensors files, good and broken, for fuzzing to start from.

Usage: heads_seeds.py FOLDER
"""

from seeds import write_seeds
from weights_seeds import entry, make_seeds, pack

write_seeds([
    *make_seeds().values(),
    pack({"lin.0.weight": entry([2], 0, 8), "lin.1.weight": entry([6], 8, 32)}),
    pack({"lin.0.weight": entry([1, 3, 1, 1], 0, 12)}),
    pack({"rank.0.bias": entry([8], 0, 32)}),
    pack({"a": {"shape": [8], "data_offsets": 5}}),
    pack({"a": {"shape": [8], "data_offsets": [[], {}]}}),
    pack({"a": {"shape": {}, "data_offsets": [0, 32]}}),
    pack({"a": {"shape": [8], "data_offsets": [32, 0]}}),
    pack({"a": {"shape": [8], "data_offsets": [0, 33]}}),
    pack(b'{"a":' + b"[" * 200000),
    pack(b'/* " */{"a":' + b"[" * 200000),
])
