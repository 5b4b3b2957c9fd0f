# SPDX-License-Identifier: LGPL-2.1-or-later
"""Inputs that can be read once, and video without a header."""

import os
import subprocess
import threading
import time
import unittest

import clips
import tap
from compare_case import PROGRAM, CompareCase, compare

N = 40
WIDTH, HEIGHT = 64, 48
FILM = [clips.wave(i, WIDTH, HEIGHT) for i in range(N)]
SPOILT = [bytes(v ^ 1 if i % (3 + n % 11) == 0 else v
                for i, v in enumerate(plane))
          for n, plane in enumerate(FILM)]
CHROMA = bytes([128]) * (WIDTH // 2 * (HEIGHT // 2) * 2)
RAW = f"{WIDTH}x{HEIGHT}:i420:25"


def deepen(plane):
    """Samples of 10 bits, little-endian."""
    return b"".join((v << 2).to_bytes(2, "little") for v in plane)


class PipeCase(CompareCase):
    @classmethod
    def make_inputs(cls):
        folder = cls.folder
        clips.raw(folder / "a.y4m", FILM, WIDTH, HEIGHT)
        clips.raw(folder / "b.y4m", SPOILT, WIDTH, HEIGHT)
        clips.matroska(folder / "b.mkv", SPOILT,
                       [40 * i for i in range(N)], WIDTH, HEIGHT)
        (folder / "a.yuv").write_bytes(
            b"".join(plane + CHROMA for plane in FILM))
        (folder / "b.yuv").write_bytes(
            b"".join(plane + CHROMA for plane in SPOILT))
        (folder / "b10.yuv").write_bytes(
            b"".join(deepen(plane + CHROMA) for plane in SPOILT))
        cls.expected = cls.mean("a.y4m", "b.y4m")

    @classmethod
    def run_on(cls, *arguments, code=0, data=None):
        """arguments that name a file in the folder are files."""
        arguments = [str(cls.folder / a) if (cls.folder / a).exists() else a
                     for a in arguments]
        done = subprocess.run([PROGRAM, "--quiet", "--metric", "l2",
                               *arguments], input=data, timeout=120,
                              capture_output=True)
        text = done.stdout.decode() + done.stderr.decode()
        if done.returncode != code:
            raise AssertionError(f"{done.returncode}: {text}")
        cls.said = done.stderr.decode()
        return done.stdout.decode()

    @classmethod
    def mean(cls, *arguments, **more):
        return cls.run_on(*arguments, **more)

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def fifo(self, name, source, delay=0, limit=None):
        """A fifo that a thread fills; its name."""
        path = self.folder / name
        os.mkfifo(path)

        def fill():
            time.sleep(delay)
            try:
                with open(path, "wb") as pipe:
                    pipe.write(self.bytes_of(source)[:limit])
            except BrokenPipeError:
                pass

        thread = threading.Thread(target=fill, daemon=True)
        thread.start()
        self.addCleanup(path.unlink)
        return str(path)


class Pipes(PipeCase):
    def test_standard_input_is_measured_like_the_file(self):
        for name in ("b.y4m", "b.mkv"):
            with self.subTest(name=name):
                self.assertEqual(
                    self.mean("a.y4m", "-", data=self.bytes_of(name)),
                    self.expected)
        self.assertEqual(self.mean("-", "b.y4m", data=self.bytes_of("a.y4m")),
                         self.expected)
        self.assertEqual(
            self.mean("--distorted-raw", RAW, "a.y4m", "-",
                      data=self.bytes_of("b.yuv")), self.expected)

    def test_fifos_are_measured_like_files(self):
        self.assertEqual(
            self.mean(self.fifo("one", "a.y4m"), self.fifo("two", "b.y4m")),
            self.expected)
        self.assertEqual(
            self.mean("--reference-raw", RAW, self.fifo("three", "a.yuv"),
                      self.fifo("four", "b.mkv", delay=1)), self.expected)

    def test_process_substitution_works(self):
        done = subprocess.run(
            ["bash", "-c", '"$0" --quiet --metric l2 <(cat "$1") <(cat "$2")',
             PROGRAM, self.path("a.y4m"), self.path("b.mkv")],
            capture_output=True, text=True, timeout=120, check=True)
        self.assertEqual((done.stdout, done.stderr), (self.expected, ""))

    def test_a_pipe_has_sections_and_is_aligned(self):
        whole = self.report(self.path("a.y4m"), self.path("b.y4m"), "--start",
                            "10f", "--frames", "20")["results"][0]
        pipe = self.fifo("section", "b.y4m")
        part = self.report(self.path("a.y4m"), pipe, "--start", "10f",
                           "--frames", "20")["results"][0]
        self.assertEqual(part["mean"], whole["mean"])
        self.assertEqual(part["pairs"], 20)
        late = clips.matroska(self.folder / "late.mkv", SPOILT,
                              [80 + 40 * i for i in range(N)], WIDTH, HEIGHT)
        pipe = self.fifo("late", "late.mkv")
        result = self.report("--metric", "l2", self.path("a.y4m"),
                             pipe)["results"][0]
        self.assertEqual(result["align"]["offset"], -80 * 10 ** 6)
        self.assertEqual(f"{result['mean']:.9g}",
                         f"{float(self.expected):.9g}")

    def test_a_report_of_a_pipe_has_no_pictures_and_says_why(self):
        page = self.folder / "page.html"
        self.run_on("--report", str(page), "a.y4m", "-",
                    data=self.bytes_of("b.y4m"))
        self.assertIn("a pipe cannot be read again", page.read_text())

    def test_a_pipe_that_nobody_writes_to_is_given_up(self):
        path = self.folder / "silent"
        os.mkfifo(path)
        start = time.monotonic()
        self.run_on("--stall", "2s", "a.y4m", str(path), code=1)
        self.assertLess(time.monotonic() - start, 30)
        self.assertIn("silent: ", self.said)
        self.assertIn("stood still", self.said)
        self.assertIn("--stall", self.said)

    def test_a_pipe_that_ends_early_is_told(self):
        self.run_on("a.y4m", "-", code=1, data=b"")
        self.assertIn("standard input: it ended before anything came of it",
                      self.said)
        frame = WIDTH * HEIGHT * 3 // 2
        self.run_on("--distorted-raw", RAW, "a.y4m", "-", code=1,
                    data=self.bytes_of("b.yuv")[:10 * frame + 77])
        self.assertIn("77 bytes are left over after 10 whole frames",
                      self.said)
        self.run_on("a.y4m", "-", data=self.bytes_of("b.y4m")[:-100])
        self.assertIn("cut off", self.said)
        self.run_on("a.y4m", "-", code=1, data=b"neither this nor that" * 99)
        self.assertIn("standard input: ", self.said)

    def test_what_can_be_read_once_is_not_read_twice(self):
        self.run_on("-", "-", code=2)
        self.assertIn("standard input is named twice", self.said)
        pipe = self.fifo("twice", "b.y4m", limit=0)
        self.run_on(pipe, pipe, code=2)
        self.assertIn("twice is named twice", self.said)
        log = str(self.folder / "log-%d.jsonl")
        self.run_on("--log", log, "-", "b.y4m", "b.mkv", code=2,
                    data=self.bytes_of("a.y4m"))
        self.assertIn("the reference is a pipe, which can be read once",
                      self.said)

    def test_a_reference_that_is_a_pipe_serves_several_files(self):
        text = self.run_on("-", "b.y4m", "b.mkv", data=self.bytes_of("a.y4m"))
        self.assertEqual(text, 2 * self.expected)

    def test_a_pipe_of_no_length_does_not_hang_when_it_is_not_wanted(self):
        self.run_on("--frames", "5", "a.y4m", "/dev/zero", "--distorted-raw",
                    RAW)


class Raw(PipeCase):
    def test_raw_video_is_measured_like_y4m(self):
        for raw in (RAW, f"{WIDTH}x{HEIGHT}:I420", f"{WIDTH}x{HEIGHT}:YUV420P"):
            with self.subTest(raw=raw):
                self.assertEqual(self.mean("--raw", raw, "a.yuv", "b.yuv"),
                                 self.expected)
        self.assertEqual(
            self.mean("--distorted-raw", RAW, "a.y4m", "b.yuv"),
            self.expected)
        self.assertEqual(
            self.mean("--reference-raw", RAW, "a.yuv", "b.mkv"),
            self.expected)

    def test_deep_samples_are_those_of_the_shallow_ones(self):
        for name in ("I420_10LE", "i420_10le", "yuv420p10le"):
            with self.subTest(name=name):
                result = self.report(
                    "--metric", "psnr", "--raw", RAW, "--distorted-raw",
                    f"{WIDTH}x{HEIGHT}:{name}:25", self.path("b.yuv"),
                    self.path("b10.yuv"))["results"][0]
                # Not one sample differs.
                self.assertEqual((result["pairs"], result["infinite"]),
                                 (N, N))

    def test_odd_sizes_are_packed_as_others_pack_them(self):
        width, height = 13, 7
        planes = [clips.wave(i, width, height) for i in range(5)]
        chroma = bytes([128]) * (7 * 4 * 2)
        (self.folder / "odd.yuv").write_bytes(
            b"".join(plane + chroma for plane in planes))
        (self.folder / "odd.y4m").write_bytes(
            b"YUV4MPEG2 W13 H7 F25:1 Ip A1:1 C420jpeg\n"
            + b"".join(b"FRAME\n" + plane + chroma for plane in planes))
        result = self.report(
            "--metric", "psnr", "--distorted-raw", "13x7:i420",
            self.path("odd.y4m"), self.path("odd.yuv"))["results"][0]
        self.assertEqual((result["pairs"], result["infinite"]), (5, 5))

    def test_the_rate_gives_frames_their_times(self):
        for rate, third in (("25", 80000000), ("30000/1001", 66733333),
                            ("29.97", 66733333), ("23.976", 83416666),
                            ("12.5", 160000000)):
            with self.subTest(rate=rate):
                result = self.report(
                    "--raw", f"{WIDTH}x{HEIGHT}:i420:{rate}", "--start", "2f",
                    "--frames", "1", self.path("a.yuv"),
                    self.path("b.yuv"))["results"][0]
                self.assertEqual(result["worst"]["pts"], third)

    def test_a_wrong_size_names_the_rest(self):
        size = N * WIDTH * HEIGHT * 3 // 2
        frame = 60 * HEIGHT * 3 // 2
        self.run_on("--raw", f"60x{HEIGHT}:i420", "a.yuv", "b.yuv", code=1)
        for name in ("a.yuv", "b.yuv"):
            self.assertIn(f"{name}: its {size} bytes are {size // frame} "
                          f"frames (60x{HEIGHT} I420, {frame} bytes a frame) "
                          f"and {size % frame} bytes left over", self.said)

    def test_a_format_that_cannot_be_is_noticed(self):
        self.run_on("--raw", f"{WIDTH}x{HEIGHT // 2}:i420_10le", "--metric",
                    "psnr", "a.yuv", "b.yuv", code=1)
        self.assertIn("samples of more than the 10 bits of I420_10LE",
                      self.said)
        # Words of 10 bits, taken for twice as many frames of 8.
        with open(self.folder / "words.yuv", "wb") as file:
            for sample in (64, 512, 900):
                file.write((sample.to_bytes(2, "little") * (WIDTH * HEIGHT)
                            + b"\0\2" * (WIDTH * HEIGHT // 2)))
        self.run_on("--raw", f"{WIDTH}x{HEIGHT}:i420", "words.yuv",
                    "words.yuv", code=1)
        self.assertIn("samples of two bytes and not of one as I420",
                      self.said)
        self.assertEqual(self.mean("--raw", f"{WIDTH}x{HEIGHT}:i420_10le",
                                   "words.yuv", "words.yuv"), "0\n")
        # What is black or green all over is no such thing.
        (self.folder / "green.yuv").write_bytes(
            bytes(WIDTH * HEIGHT * 3 // 2 * 2))
        self.assertEqual(self.mean("--raw", f"{WIDTH}x{HEIGHT}:i420",
                                   "green.yuv", "green.yuv"), "0\n")

    def test_pairs_of_files_are_raw_and_pipes_too(self):
        (self.folder / "pairs.csv").write_text(
            "reference,distorted\na.yuv,b.yuv\n-,b.yuv\n")
        raw = f"{WIDTH}x{HEIGHT}:i420"
        means = self.mean("--raw", raw, "--pairs", "pairs.csv",
                          data=self.bytes_of("a.yuv"))
        self.assertEqual(means, 2 * self.expected)
        # What is a reference here and a distorted file there.
        (self.folder / "sides.csv").write_text(
            "reference,distorted\na.yuv,b.yuv\nb.yuv,a.yuv\n")
        half = f"{WIDTH}x{HEIGHT // 2}:i420"
        self.run_on("--raw", raw, "--distorted-raw", half, "--pairs",
                    "sides.csv", code=1)
        self.assertEqual(self.said.count(
            f"{WIDTH}x{HEIGHT} but the distorted video is "
            f"{WIDTH}x{HEIGHT // 2}"), 2, self.said)

    def test_a_pipe_is_in_one_pair(self):
        for lines in ("-,b.y4m\na.y4m,-", "-,b.y4m\n-,b.mkv"):
            (self.folder / "twice.csv").write_text(
                f"reference,distorted\n{lines}\n")
            self.run_on("--pairs", "twice.csv", code=2,
                        data=self.bytes_of("a.y4m"))
            self.assertIn("standard input is named twice", self.said)

    def test_files_with_a_header_are_not_raw(self):
        for name in ("a.y4m", "b.mkv"):
            self.run_on("--raw", RAW, "a.yuv", name, code=1)
            self.assertIn(f"{name}: this file says itself what is in it",
                          self.said)

    def test_values_that_describe_no_video_are_refused(self):
        for text in ("", "64x48", "64x48:", ":i420", "x48:i420", "64x:i420",
                     "0x48:i420", "64x0:i420", "-64x48:i420", "64x48:h264",
                     "64x48:i420:", "64x48:i420:0", "64x48:i420:-25",
                     "64x48:i420:25/0", "64x48:i420:25/1/1",
                     "64x48:i420:nan", "64x48:i420:1e9", "64x48:i420:25:1",
                     "99999x48:i420", "64x48x3:i420", "64,48,i420",
                     "99999999999999999999x1:i420", "64x48:encoded"):
            for option in (("raw", "reference-raw", "distorted-raw")
                           if text == "" else ("raw",)):
                with self.subTest(option=option, text=text):
                    done = self.ends(compare(f"--{option}={text}", "a", "b"),
                                     2)
                    self.assertIn(f'"{text}" is not a value for --{option}; '
                                  "valid: WIDTHxHEIGHT:FORMAT:RATE",
                                  done.stderr)


if __name__ == "__main__":
    tap.main()
