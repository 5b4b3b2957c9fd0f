#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes requests, good and broken, for fuzzing to start from.

Usage: serve_seeds.py FOLDER

Each has lines: the path, the header Accept, since, width, the header Host.
"""

from seeds import write_seeds

PATHS = ("/", "/metrics", "/state.json", "/chart.svg", "/worst/reference.jpg",
         "/worst/distorted.jpg", "/worst/map.jpg", "/healthz", "/monitor.css",
         "/monitor.js", "/icon.svg", "/../etc/passwd", "//", "", "/metrics?a",
         "/\x1b[2J", "/%00")
ACCEPTS = ("*/*", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
           'application/openmetrics-text;version="1.0.0"',
           "application/openmetrics-text; version=0.0.1;q=nan",
           "application/openmetrics-text;version=2", ",,;;=;q=,", "a/b;q=1e999",
           "text/*;q=-1")
SINCES = ("0", "5", "18446744073709551615", "18446744073709551616", "-1", "x",
          "0x1", " 1")
HOSTS = ("127.0.0.1:9750", "localhost", "LOCALHOST.", "[::1]:80", "[::1",
         "monitor.example:1", "evil.example", "", ":", ".", "[]", "1.2.3.4:x",
         "0", "0x7f000001", "[fe80::1%lo]")

write_seeds(
    [f"{path}\n*/*\n\n\nlocalhost" for path in PATHS]
    + [f"/metrics\n{accept}" for accept in ACCEPTS]
    + [f"/state.json\n\n{since}" for since in SINCES]
    + [f"/chart.svg\n\n\n{width}" for width in ("narrow", "wide", "x")]
    + [f"/healthz\n\n\n\n{host}" for host in HOSTS]
    + [b"\xff\n\xff\n\xff\n\xff\n\xff"])
