#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes docs/report.png, the picture of a report in docs/report.md: the upper
part of the page that the demo writes of its three encodes.

    sh examples/demo.sh && python3 docs/report_picture.py

It needs chromium and ffmpeg.  The clip is cityCC0.mpg, which is in the public
domain (CC0).
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "demo-output" / "report.html"
PICTURE = ROOT / "docs" / "report.png"

WIDTH, HEIGHT = 1080, 1872
COLOURS = 216
MOST_BYTES = 300_000


def browser():
    for name in ("chromium", "chromium-headless-shell", "google-chrome"):
        if shutil.which(name):
            return name
    sys.exit("There is no chromium; on Debian it is in the package chromium")


def main():
    if not PAGE.exists():
        sys.exit(f"{PAGE} is not there; run sh examples/demo.sh first")
    with tempfile.TemporaryDirectory() as folder:
        shot = pathlib.Path(folder) / "shot.png"
        subprocess.run(
            [browser(), "--headless", "--no-sandbox", "--disable-gpu",
             "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}",
             f"--screenshot={shot}", PAGE.as_uri()],
            check=True, stderr=subprocess.DEVNULL)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-i", shot, "-vf",
             f"split[a][b];[a]palettegen=max_colors={COLOURS}[p];"
             "[b][p]paletteuse=dither=none", "-compression_level", "9",
             PICTURE], check=True)
    size = PICTURE.stat().st_size
    print(f"{PICTURE}: {size // 1000} KB")
    if size > MOST_BYTES:
        sys.exit(f"more than {MOST_BYTES // 1000} KB: lower COLOURS")


if __name__ == "__main__":
    main()
