#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes JSON, good and broken, for fuzzing to start from.

Usage: json_seeds.py FOLDER

The first letter of each chooses what reads it, in the order of json.c.
"""

import json

from seeds import write_seeds

JOB = {"schema": 1, "source": "a.mkv", "sha256": "5e", "window": {
    "start_ns": 0, "stop_ns": 9, "lead_ns": 0}, "settings": {
        "metric": "psnr"}, "candidates": [{
            "how": "named", "encoder": "x264", "value": 23.5,
            "extra": {"tune": "4"}}], "file_route": False,
    "memory": 1 << 30, "temp": None, "output": None, "timeout_s": 0}
OUTCOME = {"measurement": {"bytes": 9, "frames": 2, "unmatched": 0,
                           "encode_seconds": 1.5, "distances": "AAAAAAAAgD8="},
           "frame_bytes": "AQAAAAIAAAA=", "versions": {"x264enc": "1"},
           "one_pass": True, "error": None}
RESULT = {"schema": 1, "metric": "psnr", "options": {}, "weights_sha256": None,
          "library": "0.1.0", "host": "h", "caps": "video/x-raw", "frames": 2,
          "seconds": 1.5, "outcomes": [OUTCOME]}
REPORT = {"schema": 1, "metric": "l2", "options": {}, "weights": None,
          "reference": "a.y4m", "results": [{
              "distorted": "a.y4m", "pairs": 2, "mean": 0.5, "p95": 1, "max": 1,
              "also": {"psnr": {"mean": None, "infinite": 2}}}]}
LINES = [
    {"type": "header", "stream": "dist_sink", "kernels": "c"},
    {"type": "distance", "stream": "dist_sink", "metric": "l2", "distance": 1.5,
     "also": {"psnr": None, "ssim": 0.5}, "frozen": True, "black": False},
    {"type": "distance", "stream": "dist_sink_1", "metric": "l2",
     "distance": None},
    {"type": "alert", "stream": "dist_sink", "kind": "above", "state": "begin",
     "value": 3, "duration": 5},
    {"type": "alert", "stream": "dist_sink", "kind": "above", "state": "end",
     "worst": {"distance": 4}, "at_end": True},
    {"type": "summary", "stream": "dist_sink", "window": {
        "measured": 3, "mean": 1, "p95": 2, "max": None}},
]


def without(value):
    """The value with each member left out, or of another type."""
    for name in value:
        less = dict(value)
        del less[name]
        yield less
        for other in (None, [], {}, "x", -1, 1e300, True):
            yield {**value, name: other}


def nested(depth, before="", opening="["):
    return before + opening * depth


def make_seeds():
    yield from ("a" + json.dumps(job) for job in (JOB, *without(JOB)))
    yield from ("a" + json.dumps({**JOB, "candidates": [candidate]})
                for candidate in without(JOB["candidates"][0]))
    yield from ("b" + json.dumps(result) for result in (RESULT,
                                                        *without(RESULT)))
    yield from ("b" + json.dumps({**RESULT, "outcomes": [{
        **OUTCOME, "measurement": measurement}]})
        for measurement in without(OUTCOME["measurement"]))
    yield from ("b" + json.dumps({**RESULT, "outcomes": [outcome]})
                for outcome in without(OUTCOME))
    yield from ("c" + json.dumps(report) for report in (REPORT,
                                                        *without(REPORT)))
    yield from ("c" + json.dumps({**REPORT, "results": [result]})
                for result in without(REPORT["results"][0]))
    yield "d" + "\n".join(json.dumps(line) for line in LINES)
    for line in LINES:
        yield from ("d" + json.dumps(less) for less in without(line))
    for reader in "abc":
        for text in ("", "{", "null", "[]", "3", nested(200000),
                     nested(200000, '/* " */'), nested(200000, "['\"',"),
                     nested(200000, opening='{"a":')):
            yield reader + text


write_seeds(make_seeds())
