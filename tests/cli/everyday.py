# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files as people have them: containers by codecs by starts by ranges by
subsamplings by depths.  Each is compared with the clip it was made of; the
right value is computed from the raw frames of both, by frame number.  A number
that is wrong must come with a warning, and nothing hangs or crashes.

Made by ffmpeg where there is one, and by GStreamer else, which makes fewer.

usage: everyday.py PATH-OF-PERCEPTUAL-COMPARE
"""

import array
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import clips
import tap

PROGRAM = sys.argv[1]
FFMPEG = shutil.which("ffmpeg")
N = 30
WIDTH, HEIGHT = 64, 48
TOGETHER = 8
# What rounding the samples of another range or the display of a number makes,
# in dB.
CLOSE = .02

X264 = "-c:v libx264 -preset veryfast -crf 24"
PLAIN = X264 + " -bf 0"
HEVC = "-c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1"
VP8 = "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 300k"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 300k"
AV1 = "-c:v libaom-av1 -usage realtime -cpu-used 8 -b:v 300k"
FULL = "-color_range pc"
LIMITED = "-color_range tv"
TAGS = "-colorspace smpte170m -color_primaries smpte170m -color_trc smpte170m"
HD = "-colorspace bt709 -color_primaries bt709 -color_trc bt709"
SOUND = "-f lavfi -i sine=d=1.2"

# The clips that files are made of, as raw frames: pixel format, and what
# ffmpeg is told of them.
REFERENCES = {
    "420": ("yuv420p", f"{TAGS} {LIMITED}"),
    "420unsaid": ("yuv420p", TAGS),
    "420untagged": ("yuv420p", ""),
    "420full": ("yuv420p", f"{TAGS} {FULL}"),
    "420hd": ("yuv420p", f"{HD} {LIMITED}"),
    "422": ("yuv422p", f"{TAGS} {LIMITED}"),
    "444": ("yuv444p", f"{TAGS} {LIMITED}"),
    "420p10": ("yuv420p10le", f"{TAGS} {LIMITED}"),
    "422p10": ("yuv422p10le", f"{TAGS} {LIMITED}"),
}

# Reference, name of the file, what ffmpeg is told: inputs besides the clip come
# first, up to a bar.
TABLE = [
    # containers and codecs
    ("420", "h264.mp4", X264),
    ("420", "h264.mov", X264),
    ("420", "h264.mkv", X264),
    ("420", "h264.m4v", PLAIN),
    ("420", "h264.flv", PLAIN),
    ("420", "h264.ts", X264),
    ("420", "h264.avi", PLAIN),
    ("420", "h264.3gp", PLAIN),
    ("420", "hevc.mp4", HEVC),
    ("420", "hevc.mkv", HEVC),
    ("420", "hevc.ts", "-c:v libx265 -preset ultrafast -x265-params "
     "log-level=none"),
    ("420", "vp8.webm", VP8),
    ("420", "vp9.webm", VP9),
    ("420", "vp9.mp4", VP9),
    ("420", "av1.mp4", AV1),
    ("420", "av1.webm", AV1),
    ("420", "mpeg4.avi", "-c:v mpeg4 -qscale:v 4"),
    ("420", "mpeg4.mp4", "-c:v mpeg4 -qscale:v 4"),
    ("420", "mpeg2.ts", "-c:v mpeg2video -qscale:v 4"),
    ("420", "mpeg2.mkv", "-c:v mpeg2video -qscale:v 4"),
    ("420", "mpeg1.mkv", "-c:v mpeg1video -qscale:v 4"),
    ("420", "ffv1.mkv", "-c:v ffv1"),
    ("420", "raw.mkv", "-c:v rawvideo"),
    ("420", "theora.ogv", "-c:v libtheora -qscale:v 7"),
    # starts
    ("420", "sound.mkv", f"{SOUND} | {X264} -c:a aac -shortest"),
    ("420", "sound.mp4", f"{SOUND} | {X264} -c:a aac -shortest"),
    ("420", "sound.mov", f"{SOUND} | {X264} -c:a aac -shortest"),
    ("420", "sound.ts", f"{SOUND} | {X264} -c:a aac -shortest"),
    ("420", "sound.flv", f"{SOUND} | {PLAIN} -c:a aac -shortest"),
    ("420", "sound.webm", f"{SOUND} | {VP8} -c:a libopus -shortest"),
    ("420", "fragments.mp4", f"{X264} -movflags frag_keyframe+empty_moov"),
    ("420", "fragments.mov", f"{X264} -movflags frag_keyframe+empty_moov"),
    ("420", "no-edits.mp4", f"{X264} -use_editlist 0"),
    ("420", "no-edits.mov", f"{X264} -use_editlist 0"),
    ("420", "faststart.mp4", f"{X264} -movflags +faststart"),
    ("420", "negative.mp4", f"{X264} -movflags negative_cts_offsets"),
    ("420", "late.mkv", f"{X264} -output_ts_offset 1.48"),
    ("420", "late.mp4", f"{X264} -output_ts_offset 0.7"),
    ("420", "late.ts", f"{X264} -muxdelay 0 -output_ts_offset 3"),
    ("420", "late.webm", f"{VP8} -output_ts_offset 0.013"),
    ("420", "list.m3u8", f"{X264} -g 10 -f hls -hls_time 0.4 -hls_list_size 0"),
    ("420", "parts.m3u8", f"{X264} -g 10 -f hls -hls_time 0.4 -hls_list_size 0 "
     "-hls_segment_type fmp4 -hls_fmp4_init_filename parts-init.mp4"),
    # ranges and colours
    ("420full", "full.mp4", f"{X264} {FULL}"),
    ("420full", "full.mov", f"{X264} {FULL}"),
    ("420full", "full.mkv", f"{X264} {FULL}"),
    ("420full", "full.ts", f"{X264} {FULL}"),
    ("420full", "full-hevc.mp4", f"{HEVC} {FULL}"),
    ("420full", "full-hevc.mov", f"{HEVC} {FULL}"),
    ("420full", "full-vp9.mp4", f"{VP9} {FULL}"),
    ("420full", "full-vp9.webm", f"{VP9} {FULL}"),
    ("420full", "full-av1.mp4", f"{AV1} {FULL}"),
    ("420full", "full-mpeg4.mp4", f"-c:v mpeg4 -qscale:v 4 {FULL}"),
    ("420full", "full-mjpeg.avi", "-c:v mjpeg -qscale:v 4"),
    ("420full", "full-mjpeg.mov", "-c:v mjpeg -qscale:v 4"),
    ("420full", "full-ffv1.mkv", f"-c:v ffv1 {FULL}"),
    ("420unsaid", "unsaid.mp4", X264),
    ("420unsaid", "unsaid.mkv", X264),
    ("420untagged", "untagged.mp4", X264),
    ("420untagged", "untagged.mkv", X264),
    ("420hd", "hd.mp4", X264),
    ("420hd", "hd.mkv", X264),
    ("420hd", "hd.webm", VP9),
    # subsamplings and depths
    ("422", "h264-422.mp4", X264),
    ("422", "h264-422.mkv", X264),
    ("422", "mpeg2-422.ts", "-c:v mpeg2video -qscale:v 4"),
    ("444", "h264-444.mp4", X264),
    ("444", "vp9-444.webm", VP9),
    ("444", "ffv1-444.mkv", "-c:v ffv1"),
    ("420p10", "h264-10.mp4", X264),
    ("420p10", "h264-10.mkv", X264),
    ("420p10", "vp9-10.webm", VP9 + " -profile:v 2"),
    ("422p10", "prores.mov", "-c:v prores_ks"),
    ("422p10", "h264-422-10.mov", X264),
]

# Encoder, and the endings of containers that one coded video goes into.
COPIES = [
    (PLAIN, ["mkv", "mp4", "mov", "ts", "flv"]),
    (HEVC, ["mkv", "mp4", "mov"]),
    (VP9, ["webm", "mkv", "mp4"]),
    (AV1, ["webm", "mkv", "mp4"]),
]
COLOURS = ["", HD, FULL, f"{TAGS} {FULL}"]

# Reference, name of the file, an encoder, a muxer.
GSTREAMER = [
    ("420", "h264.mp4", "x264enc", "mp4mux"),
    ("420", "h264.mov", "x264enc", "qtmux"),
    ("420", "h264.mkv", "x264enc", "matroskamux"),
    ("420", "h264.ts", "x264enc ! h264parse", "mpegtsmux"),
    ("420", "h264.flv", "x264enc tune=zerolatency", "flvmux"),
    ("420", "fragments.mp4", "x264enc tune=zerolatency ! h264parse",
     "mp4mux fragment-duration=400"),
    ("420", "vp8.webm", "vp8enc deadline=1", "webmmux"),
    ("420", "vp9.webm", "vp9enc deadline=1 cpu-used=8", "webmmux"),
    ("420", "mjpeg.avi", "jpegenc", "avimux"),
    ("420", "ffv1.mkv", "avenc_ffv1", "matroskamux"),
    ("420", "theora.ogv", "theoraenc", "oggmux"),
]


def chroma_size(pixels):
    across = 2 if "420" in pixels or "422" in pixels else 1
    down = 2 if "420" in pixels else 1
    return WIDTH // across * (HEIGHT // down)


def raw_clip(pixels):
    """The frames of a clip: waves of luma, slower ones of chroma."""
    deep = pixels.endswith("10le")
    frames = []
    for i in range(N):
        luma = clips.wave(i, WIDTH, HEIGHT)
        chroma = [bytes(int(128 + 40 * math.sin((x + 3 * i + shift) / 50))
                        for x in range(chroma_size(pixels)))
                  for shift in (0, 70)]
        frame = luma + chroma[0] + chroma[1]
        if deep:
            frame = array.array("H", (4 * v + i % 4 for v in frame)).tobytes()
        frames.append(frame)
    return frames


def luma_of(frame, pixels):
    if pixels.endswith("10le"):
        return array.array("H", frame[:2 * WIDTH * HEIGHT])
    return frame[:WIDTH * HEIGHT]


def psnr(a, b, peak):
    square = sum((x - y) ** 2 for x, y in zip(a, b)) / len(a)
    return 10 * math.log10(peak ** 2 / square) if square else math.inf


def run(arguments, **keywords):
    done = subprocess.run(arguments, capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL, **keywords)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments}: {done.stderr.decode()}")
    return done.stdout


def ffmpeg(*arguments, **keywords):
    return run([FFMPEG, "-y", "-v", "error", *arguments], **keywords)


class Everyday(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def path(self, name):
        return str(self.folder / name)

    def make_reference(self, name):
        """Raw frames in a file of their own, and without loss in Matroska."""
        pixels, tags = REFERENCES[name]
        frames = raw_clip(pixels)
        raw, path = self.path(f"{name}.raw"), self.path(f"{name}.mkv")
        pathlib.Path(raw).write_bytes(b"".join(frames))
        if FFMPEG:
            # Said of the input too: ffmpeg 7 converts frames of which nothing
            # is said to what is asked for.
            ffmpeg("-f", "rawvideo", "-pix_fmt", pixels, "-s",
                   f"{WIDTH}x{HEIGHT}", "-r", "25", *tags.split(), "-i", raw,
                   "-c:v", "ffv1", *tags.split(), path)
        else:
            clips.launch(f"{self.raw_source(name)} ! avenc_ffv1 ! matroskamux "
                         f"! filesink location={path}")
        return path, frames

    def raw_source(self, name):
        return (f"filesrc location={self.path(name)}.raw ! rawvideoparse "
                f"format=i420 width={WIDTH} height={HEIGHT} framerate=25/1 ! "
                "video/x-raw,colorimetry=bt601")

    def make_by_ffmpeg(self, reference, name, told):
        inputs, _, output = told.rpartition(" | ")
        pixels, tags = REFERENCES[reference]
        ffmpeg("-i", self.path(f"{reference}.mkv"), *inputs.split(),
               "-pix_fmt", pixels, *tags.split(), *output.split(), name,
               cwd=self.folder)

    def frames_of(self, name, pixels):
        """Decoded, in order."""
        if FFMPEG:
            data = ffmpeg("-i", self.path(name), "-map", "v:0", "-vsync", "0",
                          "-f", "rawvideo", "-")
        else:
            raw = self.path("decoded.raw")
            clips.launch(f"filesrc location={self.path(name)} ! decodebin ! "
                         "videoconvert ! video/x-raw,format=I420 ! "
                         f"filesink location={raw}")
            data = pathlib.Path(raw).read_bytes()
        size = len(data) // max(1, round(len(data) / self.frame_size(pixels)))
        return [data[i:i + size] for i in range(0, len(data), size)]

    @staticmethod
    def frame_size(pixels):
        samples = WIDTH * HEIGHT + 2 * chroma_size(pixels)
        return samples * (2 if pixels.endswith("10le") else 1)

    def measure(self, reference, names):
        done = subprocess.run(
            [PROGRAM, "--format", "json", "--metric", "psnr", reference,
             *map(self.path, names)], capture_output=True, text=True,
            timeout=120, stdin=subprocess.DEVNULL, env=os.environ)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return json.loads(done.stdout)["results"], done.stderr

    def check(self, name, pixels, frames, result, said):
        """Right, or not without a word."""
        peak = 1023 if pixels.endswith("10le") else 255
        decoded = self.frames_of(name, pixels)
        values = [psnr(luma_of(a, pixels), luma_of(b, pixels), peak)
                  for a, b in zip(frames, decoded)]
        finite = [value for value in values if value != math.inf]
        right = sum(finite) / len(finite) if finite else math.inf
        mean = result["mean"]
        if mean is None and result.get("infinite"):
            mean = math.inf
        about = [line for line in said.splitlines()
                 if name in line and "warning: " in line]
        note = (f"{name}: {mean} dB of {result['pairs']} pairs, right is "
                f"{right} of {len(values)}; {about or 'nothing said'}")
        if result.get("error") is None and not about:
            self.assertEqual(result["pairs"], len(values), note)
            self.assertIsNotNone(mean, note)
            if mean != right:
                self.assertLess(abs(mean - right), CLOSE, note)
        elif os.environ.get("PERCEPTUAL_TEST_VERBOSE"):
            print(f"# {note}")

    @unittest.skipUnless(FFMPEG, "no ffmpeg")
    def test_coded_video_is_the_same_in_every_container(self):
        raw = self.path("copied.raw")
        pathlib.Path(raw).write_bytes(b"".join(raw_clip("yuv420p")[:8]))
        for i, colours in enumerate(COLOURS):
            for j, (encoder, endings) in enumerate(COPIES):
                names = [f"copy{i}{j}.{ending}" for ending in endings]
                try:
                    ffmpeg("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s",
                           f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", raw,
                           *colours.split(), *encoder.split(),
                           self.path(names[0]))
                    for name in names[1:]:
                        ffmpeg("-i", self.path(names[0]), "-c", "copy",
                               self.path(name))
                except RuntimeError as error:
                    print(f"# not made: {names}: {str(error)[-200:]!r}")
                    continue
                results, said = self.measure(self.path(names[0]), names[1:])
                for result in results:
                    with self.subTest(colours=colours, copy=encoder,
                                      name=result["distorted"]):
                        self.assertNotIn("warning: ", said)
                        self.assertEqual(result["pairs"], 8)
                        self.assertEqual(result.get("infinite"), 8)

    def make(self, reference, row):
        """Whether the file could be made: not every encoder is in every
        ffmpeg."""
        try:
            if FFMPEG:
                self.make_by_ffmpeg(reference, *row)
            else:
                name, encoder, muxer = row
                clips.launch(f"{self.raw_source(reference)} ! {encoder} ! "
                             f"{muxer} ! filesink location={self.path(name)}")
        except RuntimeError as error:
            print(f"# not made: {row[0]}: {str(error)[-200:]!r}")
            return False
        return True

    def check_reference(self, reference):
        table = TABLE if FFMPEG else GSTREAMER
        path, frames = self.make_reference(reference)
        rows = [row[1:] for row in table if row[0] == reference]
        names = [row[0] for row in rows if self.make(reference, row)]
        for i in range(0, len(names), TOGETHER):
            some = names[i:i + TOGETHER]
            results, said = self.measure(path, some)
            for name, result in zip(some, results):
                with self.subTest(name=name):
                    self.check(name, REFERENCES[reference][0], frames, result,
                               said)


def add_tests():
    table = TABLE if FFMPEG else GSTREAMER
    for reference in sorted({row[0] for row in table}):
        setattr(Everyday, f"test_files_of_{reference}",
                lambda self, name=reference: self.check_reference(name))


add_tests()

if __name__ == "__main__":
    if "PERCEPTUAL_TEST_SANITIZED" in os.environ:
        tap.skip_all("inputs and faults open such files under sanitizers")
    tap.main()
