# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clips and images made for the tests, with pixel values that are known."""

import math
import subprocess

RATE = 25
FRAME_NS = 10 ** 9 // RATE
BLACK, GREY, WHITE = 16, 126, 235


def raw(path, planes, width, height):
    """A raw video of one frame per plane of luma in planes."""
    with open(path, "wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n"
                   % (width, height, RATE))
        chroma = bytes([128]) * (width // 2 * (height // 2) * 2)
        for plane in planes:
            file.write(b"FRAME\n")
            file.write(plane + chroma)
    return str(path)


def y4m(path, lumas, width=32, height=24):
    """A raw video of one flat grey frame per value in lumas."""
    return raw(path, (bytes([luma]) * (width * height) for luma in lumas),
               width, height)


def waves(path, frames, skip=0, width=64, height=48):
    """A raw video of moving waves that never repeat, which lacks its first
    skip frames."""
    def plane(i):
        across = [60 * math.sin((x + 2 * i + 9 * math.sin(.37 * i)) / 7)
                  for x in range(width)]
        down = [50 * math.sin((y + 8 * math.cos(.23 * i)) / 5)
                for y in range(height)]
        return bytes(int(126 + a + d) for d in down for a in across)

    return raw(path, map(plane, range(skip, frames)), width, height)


def launch(description):
    """Runs a gst-launch-1.0 pipeline to its end."""
    done = subprocess.run(["gst-launch-1.0", "-q"] + description.split(),
                          capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{description}: {done.stderr}")


def image(path, pattern, encoder, width=64, height=48):
    """One frame of videotestsrc; RGB, so that black is 0 and white is 255."""
    launch(f"videotestsrc num-buffers=1 pattern={pattern} ! "
           f"video/x-raw,format=RGB,width={width},height={height} ! "
           f"videoconvert ! {encoder} ! filesink location={path}")
    return str(path)


def film(path, encoder="avenc_ffv1", frames=10, extra=""):
    """A Matroska clip of moving content; extra is more of the pipeline, with
    the muxer under the name of mux."""
    launch(f"matroskamux name=mux ! filesink location={path} "
           f"videotestsrc num-buffers={frames} pattern=ball ! "
           "video/x-raw,format=I420,width=64,height=48,"
           f"framerate={RATE}/1 ! {encoder} ! mux. {extra}")
    return str(path)
