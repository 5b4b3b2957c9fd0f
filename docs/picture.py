#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes docs/picture.png, the picture in the README: a piece of a frame of the
demo's clip, the same piece of its encode at 200 kbit/s, and the heat map of
the two, side by side.

    sh examples/demo.sh && python3 docs/picture.py

The demo makes the files and builds perceptual-compare.  The clip is
cityCC0.mpg, which is in the public domain (CC0).
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
DEMO = ROOT / "demo-output"
BUILD = ROOT / "build-demo"

WIDTH, HEIGHT = 720, 404  # of the demo's files
FRAME = 107
LEFT, TOP, SIDE = 400, 30, 224
GAP = 6


def launch(*line, data=None, count=None):
    """Runs a pipeline on data, and returns the first count bytes of what it
    puts out, or all of it."""
    with subprocess.Popen(
            ["gst-launch-1.0", "-q", *line],
            stdin=subprocess.PIPE if data is not None else None,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        if data is not None:
            out, _ = process.communicate(data)
        else:
            out = process.stdout.read(count if count is not None else -1)
            process.stdout.close()
            process.terminate()
    return out


def pixels(path, count=None):
    return launch("filesrc", f"location={path}", "!", "decodebin", "!",
                  "videoconvert", "!", "video/x-raw,format=RGB", "!",
                  "fdsink", count=count)


def write_png(path, width, height, data):
    png = launch("fdsrc", "!", "rawvideoparse", "format=rgb",
                 f"width={width}", f"height={height}", "!", "pngenc",
                 "compression-level=9", "!", "fdsink", data=data)
    path.write_bytes(png)


def piece(path):
    """The rows of the piece."""
    size = 3 * WIDTH * HEIGHT
    frame = pixels(path, (FRAME + 1) * size)[-size:]
    if len(frame) != size:
        sys.exit(f"{path} has no frame {FRAME}; run sh examples/demo.sh first")
    begin = 3 * (TOP * WIDTH + LEFT)
    return [frame[begin + 3 * WIDTH * y:][:3 * SIDE] for y in range(SIDE)]


def heat_map(files):
    out = DEMO / "piece-heat.png"
    subprocess.run(
        [BUILD / "examples/compare/perceptual-compare", "--quiet",
         "--heatmap", out, *files],
        env=dict(os.environ, GST_PLUGIN_PATH=str(BUILD / "gst")), check=True)
    data = pixels(out)
    return [data[3 * SIDE * y:][:3 * SIDE] for y in range(SIDE)]


def main():
    pieces, files = [], []
    for name in ("source", "x264-200k"):
        pieces.append(piece(DEMO / f"{name}.mkv"))
        files.append(DEMO / f"piece-{name}.png")
        write_png(files[-1], SIDE, SIDE, b"".join(pieces[-1]))
    pieces.append(heat_map(files))
    gap = b"\xff" * 3 * GAP
    rows = [gap.join(row) for row in zip(*pieces)]
    out = ROOT / "docs" / "picture.png"
    write_png(out, 3 * SIDE + 2 * GAP, SIDE, b"".join(rows))
    print(f"{out}: {out.stat().st_size // 1000} KB")


if __name__ == "__main__":
    main()
