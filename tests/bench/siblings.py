# SPDX-License-Identifier: LGPL-2.1-or-later
"""How many encodes a search of perceptual-tune takes until the answer is
proved: with an empty database, and with one that has the searches of other
clips for the same target.

usage: siblings.py PATH-OF-PERCEPTUAL-TUNE CLIP...

Targets are what the first clip has at some values, so that all of the range is
asked for.  Prints a row for each statistic.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

STATISTICS = ("mean", "p95", "max")
ASKED = (18, 24, 30, 36)
ENCODER = ("--encoder", "x264:speed-preset=veryfast", "--threads", "1")


def tune(*arguments):
    done = subprocess.run([*map(str, arguments), "--format", "json", "-q"],
                          capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def search(program, clip, target, database):
    report = tune(program, clip, *ENCODER, "--target", target, "--windows",
                  "whole", "--database", database)
    return report["encoded"], report["answer"] and report["answer"]["value"]


def main():
    program, *clips = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        values = {}
        for value in ASKED:
            row, = tune(program, "grid", clips[0], *ENCODER, "--value",
                        f"{value}:{value}", "--database",
                        folder / "first.sqlite")["results"]
            for statistic in STATISTICS:
                values.setdefault(statistic, []).append(row[statistic])
        print("statistic  searches  cold: mean most  beside others: mean most")
        for statistic in STATISTICS:
            cold, warm = [], []
            for value in values[statistic]:
                target = f"{statistic}<{value * 1.01:.6g}"
                shared = folder / f"{target}.sqlite"
                for i, clip in enumerate(clips):
                    alone = folder / "alone.sqlite"
                    one = search(program, clip, target, alone)
                    other = search(program, clip, target, shared)
                    for path in folder.glob("alone.sqlite*"):
                        path.unlink()
                    if one[1] != other[1]:
                        raise RuntimeError(f"{clip} {target}: {one} {other}")
                    cold.append(one[0])
                    if i > 0:
                        warm.append(other[0])
            print(f"{statistic:9}  {len(cold):8}  {statistics.mean(cold):10.2f}"
                  f" {max(cold):4}  {statistics.mean(warm):19.2f}"
                  f" {max(warm):4}", flush=True)


if __name__ == "__main__":
    main()
