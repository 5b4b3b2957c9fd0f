# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clips and images made for the tests, with pixel values that are known."""

import math
import struct
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
    planes = (wave(i, width, height) for i in range(skip, frames))
    return raw(path, planes, width, height)


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


def wave(i, width=64, height=48):
    """Luma of picture i of a film of waves that wander, never twice the
    same."""
    across = [60 * math.sin((x + 2 * i + 9 * math.sin(.37 * i)) / 7)
              for x in range(width)]
    down = [50 * math.sin((y + 8 * math.cos(.23 * i)) / 5)
            for y in range(height)]
    return bytes(int(126 + a + d) for d in down for a in across)


def element(name, *contents):
    """An EBML element; its name is its ID in hexadecimal digits."""
    body = b"".join(contents)
    return (bytes.fromhex(name) + (1 << 56 | len(body)).to_bytes(8, "big")
            + body)


def number(name, value):
    return element(name, value.to_bytes(8, "big"))


def matroska(path, planes, times, width=64, height=48, duration=FRAME_NS,
             pose=None, length=None):
    """Raw video with any timestamps, in ms; a duration of None leaves it out.
    Without its length, in ms, a demuxer says how far it has read.
    planes are of luma; chroma is grey.  pose is of yaw and roll, in degrees."""
    chroma = bytes([128]) * (width // 2 * (height // 2) * 2)
    video = element("E0", number("B0", width), number("BA", height),
                    element("2EB524", b"I420"),
                    *([] if pose is None else [element(
                        "7670", element("7673", struct.pack(">f", pose[0])),
                        element("7675", struct.pack(">d", pose[1])))]))
    lasting = [] if duration is None else [number("23E383", duration)]
    track = element("AE", number("D7", 1), number("73C5", 1), number("83", 1),
                    element("86", b"V_UNCOMPRESSED"), *lasting, video)
    with open(path, "wb") as file:
        file.write(element("1A45DFA3", element("4282", b"matroska"),
                           number("4287", 4), number("4285", 2)))
        file.write(element(
            "18538067",
            element("1549A966", number("2AD7B1", 10 ** 6),
                    element("4D80", b"test"), element("5741", b"test"),
                    *([] if length is None else [
                        element("4489", struct.pack(">d", length))])),
            element("1654AE6B", track),
            *(element("1F43B675", number("E7", time),
                      element("A3", b"\x81\0\0\x80", plane, chroma))
              for plane, time in zip(planes, times))))
    return str(path)
