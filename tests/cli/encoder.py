# SPDX-License-Identifier: LGPL-2.1-or-later
"""An encoder for tests: reads Y4M, writes Y4M or Matroska with coarser luma,
and misbehaves when it is asked to.

usage: encoder.py WHAT INPUT OUTPUT VALUE
"""

import pathlib
import subprocess
import sys
import time

import clips

WHAT, INPUT, OUTPUT, VALUE = sys.argv[1:5]
STEP = int(float(VALUE))


def read(path):
    """Header and frames of a Y4M file."""
    data = pathlib.Path(path).read_bytes()
    header, data = data.split(b"\n", 1)
    fields = header.decode().split()
    width = int(fields[1][1:])
    height = int(fields[2][1:])
    size = 6 + width * height + 2 * ((width + 1) // 2) * ((height + 1) // 2)
    frames = [data[at + 6:at + size] for at in range(0, len(data), size)]
    return header, width, height, frames


def coarsen(frame, area):
    table = bytes(min(255, i // STEP * STEP) for i in range(256))
    return frame[:area].translate(table) + frame[area:]


def main():
    if WHAT == "fail":
        print("one\ntwo\nthis option is unknown", file=sys.stderr)
        sys.exit(3)
    if WHAT == "nothing":
        sys.exit(0)
    if WHAT == "garbage":
        pathlib.Path(OUTPUT).write_bytes(b"\1\2\3" * 10000)
        sys.exit(0)
    if WHAT == "hang":
        # Another process that has to end with this one.
        subprocess.Popen(["sleep", "987"])
        time.sleep(987)
    header, width, height, frames = read(INPUT)
    frames = [coarsen(frame, width * height) for frame in frames]
    times = [(20 if WHAT == "hurry" else 40) * i for i in range(len(frames))]
    if WHAT == "cut":
        frames = frames[:-10]
    if WHAT in ("slip", "drop"):
        del frames[len(frames) // 2]
        del times[len(times) // 2]
    if WHAT == "twice":
        pathlib.Path(OUTPUT + ".y4m").write_bytes(
            b"".join([header, b"\n"] + [b"FRAME\n" + frame
                                        for frame in frames]))
        clips.launch(
            f"filesrc location={OUTPUT}.y4m ! y4mdec ! avenc_ffv1 ! tee name=t "
            f"t. ! queue ! matroskamux name=m ! filesink location={OUTPUT} "
            "t. ! queue ! m.")
        return
    if OUTPUT.endswith(".mkv"):
        clips.matroska(OUTPUT, [frame[:width * height] for frame in frames],
                       times, width, height)
        return
    with open(OUTPUT, "wb") as file:
        file.write(header + b"\n")
        for frame in frames:
            file.write(b"FRAME\n" + frame)


main()
