# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-compare on files whose frames do not lie at the same times, or are
to be turned before they are shown.  The right values are computed from raw
frames, by frame number.

usage: align.py PATH-OF-PERCEPTUAL-COMPARE
"""

import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import clips
import schemas
import tap

PROGRAM = sys.argv[1]
N = 50
MS = 10 ** 6
WIDTH, HEIGHT = 64, 48


def spoil(plane, i):
    """Picture i as an encoder might leave it: by how much it is off differs
    from picture to picture."""
    depth = 2 + i % 5
    return bytes(min(v + (x * 7 + i) % depth, 255)
                 for x, v in enumerate(plane))


FILM = [clips.wave(i) for i in range(N + 8)]
SPOILT = [spoil(plane, i) for i, plane in enumerate(FILM)]


def psnr(a, b):
    square = sum((x - y) ** 2 for x, y in zip(a, b)) / len(a)
    return 10 * math.log10(255 ** 2 / square) if square else math.inf


def mean_psnr(reference, distorted):
    values = [psnr(a, b) for a, b in zip(reference, distorted)]
    return sum(values) / len(values)


def compare(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL,
                          env=os.environ)


class AlignCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        cls.reference = cls.film("reference.mkv", FILM[:N])

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    @classmethod
    def film(cls, name, planes, late=0, frame=40, times=None, **keywords):
        """A clip whose first frame comes after so many ms."""
        if times is None:
            times = [late + round(frame * i) for i in range(len(planes))]
        return clips.matroska(cls.folder / name, planes, times, **keywords)

    def run_program(self, *arguments, code=0):
        done = compare("--metric", "psnr", *arguments)
        self.assertEqual(done.returncode, code,
                         f"stdout: {done.stdout}\nstderr: {done.stderr}")
        self.stderr = done.stderr
        return done.stdout

    def report(self, *arguments):
        return schemas.read("compare", self.run_program(
            "--format", "json", *arguments))["results"]

    def assert_pairs(self, result, reference, distorted):
        """All frames of both lists, the first with the first and so on."""
        n = min(len(reference), len(distorted))
        self.assertEqual(result["pairs"], n)
        self.assertAlmostEqual(result["mean"],
                               mean_psnr(reference[:n], distorted[:n]), 6)


class Files(AlignCase):
    def test_streams_that_start_apart_are_measured_by_frame_number(self):
        late = [21, 23, 80, 300, 1480, 33]
        files = [self.film(f"late{ms}.mkv", SPOILT[:N], late=ms)
                 for ms in late]
        results = self.report(self.reference, *files)
        self.assertEqual(self.stderr, "")
        for ms, result in zip(late, results):
            with self.subTest(ms=ms):
                self.assert_pairs(result, FILM[:N], SPOILT[:N])
                self.assertEqual(result["unmatched_distorted"], 0)
                self.assertEqual(result["align"]["by"], "start")
                self.assertEqual(result["align"]["offset"], -ms * MS)
                self.assertGreater(result["align"]["confidence"], .5)

    def test_a_reference_that_starts_late_is_met_as_well(self):
        reference = self.film("late-reference.mkv", FILM[:N], late=1480)
        early = self.film("early.mkv", SPOILT[:N])
        [result] = self.report(reference, early)
        self.assert_pairs(result, FILM[:N], SPOILT[:N])
        self.assertEqual(result["align"]["offset"], 1480 * MS)
        worst = result["worst"]
        self.assertEqual(worst["pts"], 1480 * MS + worst["index"] * 40 * MS)

    def test_less_than_a_quarter_of_a_frame_is_left_alone(self):
        file = self.film("nearly.mkv", SPOILT[:N], late=9)
        [result] = self.report(self.reference, file)
        self.assert_pairs(result, FILM[:N], SPOILT[:N])
        self.assertEqual(result["align"],
                         {"by": "time", "offset": 0, "confidence": None})

    def test_times_that_are_right_are_kept(self):
        file = self.film("joined.mkv", SPOILT[5:N], late=200)
        [result] = self.report(self.reference, file)
        self.assert_pairs(result, FILM[5:N], SPOILT[5:N])
        self.assertEqual(result["align"]["by"], "time")
        self.assertEqual(result["unmatched_reference"], 5)

    def test_what_the_streams_show_tells_what_lies_between(self):
        file = self.film("between.mkv", SPOILT[2:N], late=207)
        [result] = self.report(self.reference, file)
        self.assert_pairs(result, FILM[2:N], SPOILT[2:N])
        self.assertEqual(result["align"]["by"], "content")
        self.assertAlmostEqual(result["align"]["offset"] / MS, 80 - 207, 0)

    def test_a_copy_without_its_beginning_is_found_in_the_whole(self):
        cut = self.film("cut.mkv", SPOILT[30:N])
        end = self.film("end.mkv", SPOILT[:20])
        middle = self.film("middle.mkv", SPOILT[12:37], late=27)
        results = self.report(self.reference, cut, end, middle)
        self.assertIn("cut.mkv: ", self.stderr)
        for result, first, last, by, offset in (
                (results[0], 30, N, "content", 1200),
                (results[1], 0, 20, "time", 0),
                (results[2], 12, 37, "content", 480 - 27)):
            with self.subTest(first=first):
                self.assert_pairs(result, FILM[first:last], SPOILT[first:last])
                self.assertEqual(result["align"]["by"], by)
                self.assertEqual(result["align"]["offset"], offset * MS)
        [result] = self.report(cut, self.reference)
        self.assert_pairs(result, SPOILT[30:N], FILM[30:N])
        self.assertEqual(result["align"]["offset"], -1200 * MS)

    def test_a_varying_frame_rate_does_not_matter(self):
        times = [i * 40 + (i * i * 7) % 19 for i in range(N)]
        reference = self.film("vfr.mkv", FILM[:N], times=times, duration=None)
        file = self.film("vfr-late.mkv", SPOILT[:N], duration=None,
                         times=[time + 71 for time in times])
        [result] = self.report(reference, file)
        self.assert_pairs(result, FILM[:N], SPOILT[:N])
        self.assertEqual(result["align"]["by"], "start")

    def test_a_still_is_taken_from_its_first_frame_on(self):
        reference = self.film("still.mkv", FILM[:1] * N)
        file = self.film("still-late.mkv", SPOILT[:1] * N, late=100)
        [result] = self.report(reference, file)
        self.assertEqual(self.stderr, "")
        self.assert_pairs(result, FILM[:1] * N, SPOILT[:1] * N)
        self.assertEqual(result["align"]["by"], "start")
        self.assertIn("do not move", result["align"]["reason"])

    def test_a_still_beginning_is_looked_behind(self):
        still = [FILM[0]] * 80
        spoilt = [SPOILT[0]] * 75
        reference = self.film("title.mkv", still + FILM[:N])
        file = self.film("title-joined.mkv", spoilt + SPOILT[:N], late=200)
        [result] = self.report(reference, file)
        # The cut is five frames long: that is reported, and nothing else.
        self.assertEqual(self.stderr.count("warning"), 1, self.stderr)
        self.assertIn("5 of 130 reference frames and 0 of 125 distorted "
                      "frames found no partner", self.stderr)
        self.assertEqual(result["align"]["by"], "time")
        self.assert_pairs(result, still[5:] + FILM[:N], spoilt + SPOILT[:N])

    def test_a_guess_is_a_warning(self):
        other = [bytes(reversed(plane)) for plane in reversed(FILM[:N])]
        file = self.film("other.mkv", other, late=100)
        [result] = self.report(self.reference, file)
        self.assertEqual(result["align"]["by"], "start")
        self.assertIn("warning: ", self.stderr)
        self.assertIn("100ms later", self.stderr)
        self.assertIn("--align", self.stderr)

    def test_few_frames_are_taken_from_the_first_on_with_a_warning(self):
        reference = self.film("few.mkv", FILM[:4])
        file = self.film("few-late.mkv", SPOILT[:4], late=80)
        [result] = self.report(reference, file)
        self.assert_pairs(result, FILM[:4], SPOILT[:4])
        self.assertIn("too few frames", self.stderr)

    def test_the_text_and_the_log_say_what_was_taken(self):
        file = self.film("said.mkv", SPOILT[:N], late=80)
        log = self.folder / "log.jsonl"
        text = self.run_program("--log", str(log), self.reference, file)
        self.assertRegex(text, r"aligned +first frame to first frame, "
                               r"-80ms \(confidence \d\.\d\d\)\n")
        header, *_, summary = map(json.loads, log.read_text().splitlines())
        for line in header, summary:
            self.assertEqual(line["align"], "start")
            self.assertEqual(line["align_offset"], -80 * MS)
            self.assertGreater(line["align_confidence"], .5)
        self.assertEqual(header["sync_offset"], -80 * MS)
        text = self.run_program(self.reference, file, file)
        self.assertEqual(text.count(": aligned first frame to first"), 2)


class Options(AlignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late = cls.film("late.mkv", SPOILT[:N], late=80)
        cls.joined = cls.film("joined.mkv", SPOILT[5:N], late=200)

    def test_time_leaves_the_times_as_they_are(self):
        [result] = self.report("--align", "time", self.reference, self.late)
        self.assert_pairs(result, FILM[2:N], SPOILT[:N - 2])
        self.assertEqual(result["align"]["by"], "time")

    def test_start_asks_nobody(self):
        [result] = self.report("--align", "start", self.reference, self.joined)
        self.assert_pairs(result, FILM[:N], SPOILT[5:N])
        self.assertEqual(result["align"], {"by": "start", "confidence": None,
                                           "offset": -200 * MS})

    def test_an_offset_by_hand_is_what_counts(self):
        [result] = self.report("--sync-offset", str(-40 * MS), self.reference,
                               self.late)
        self.assert_pairs(result, FILM[1:N], SPOILT[:N - 1])
        self.assertNotIn("align", result)

    def test_an_offset_by_hand_adds_to_start(self):
        [result] = self.report("--align", "start", "--sync-offset",
                               str(40 * MS), self.reference, self.late)
        self.assert_pairs(result, FILM[1:N], SPOILT[:N - 1])

    def test_sync_auto_searches_by_itself(self):
        [result] = self.report("--sync", "auto", self.reference, self.late)
        self.assert_pairs(result, FILM[:N], SPOILT[:N])
        self.assertEqual(result["sync_offset_found"], -80 * MS)
        self.assertNotIn("align", result)

    def test_sync_files_and_start_are_the_elements_own(self):
        for sync in "files", "start":
            with self.subTest(sync=sync):
                [result] = self.report("--sync", sync, self.reference,
                                       self.late)
                self.assert_pairs(result, FILM[:N], SPOILT[:N])
                self.assertEqual(result["align"]["by"], "start")
                self.assertEqual(result["align"]["offset"], -80 * MS)

    def test_what_contradicts_itself_is_refused(self):
        for options in (("--align", "auto", "--sync", "auto"),
                        ("--align", "auto", "--sync-offset", "1"),
                        ("--align", "start", "--pair", "index"),
                        ("--align", "sideways"), ("--orientation", "up"),
                        ("--pair", "index", "--sync", "auto"),
                        ("--pair", "index", "--tolerance", "1")):
            with self.subTest(options=options):
                out = self.run_program(*options, self.reference, self.late,
                                       code=2)
                self.assertNotIn("psnr", out)
                self.assertIn(options[0].lstrip("-"), self.stderr)

    def test_images_are_not_aligned(self):
        image = clips.image(self.folder / "image.png", "smpte", "pngenc")
        [result] = self.report(image, image)
        self.assertNotIn("align", result)


class Numbers(AlignCase):
    def test_23_976_against_24_frames_a_second(self):
        slow = self.film("slow.mkv", FILM[:N], frame=1001 / 24,
                         duration=41708333)
        fast = self.film("fast.mkv", SPOILT[:N], frame=1000 / 24,
                         duration=41666667)
        [result] = self.report("--pair", "index", slow, fast)
        self.assert_pairs(result, FILM[:N], SPOILT[:N])
        self.assertEqual(self.stderr, "")
        self.assertEqual(result["pair"], "index")
        text = self.run_program("--pair", "index", slow, fast)
        self.assertIn(f" {N}, by number\n", text)

    def test_what_is_left_at_the_end_is_counted(self):
        longer = self.film("longer.mkv", SPOILT[:N + 3], late=600, frame=20)
        [result] = self.report("--pair", "index", self.reference, longer)
        self.assert_pairs(result, FILM[:N], SPOILT[:N])
        self.assertEqual(result["unmatched_distorted"], 3)
        self.assertIn("3 distorted frames were left", self.stderr)
        [result] = self.report("--pair", "index", longer, self.reference)
        self.assertEqual(result["unmatched_reference"], 3)

    def test_times_that_stand_still_do_not_matter(self):
        stuck = self.film("stuck.mkv", SPOILT[:N], times=[0] * N)
        [result] = self.report("--pair", "index", self.reference, stuck)
        self.assert_pairs(result, FILM[:N], SPOILT[:N])


def turned(plane, width, height, turn):
    """Samples of one plane as turn says, and their new width."""
    rows = [plane[y * width:(y + 1) * width] for y in range(height)]
    for step in turn:
        if step == "flip":
            rows = [row[::-1] for row in rows]
        else:
            rows = [bytes(column) for column in zip(*rows[::-1])]
    return b"".join(rows), len(rows[0])


def write_i420(path, frames, width, height, turn=()):
    """Frames in I420 as a raw video, turned."""
    with open(path, "wb") as file:
        for i, frame in enumerate(frames):
            size = width * height
            planes = []
            for start, w, h in ((0, width, height),
                                (size, width // 2, height // 2),
                                (size * 5 // 4, width // 2, height // 2)):
                plane, across = turned(frame[start:start + w * h], w, h, turn)
                planes.append(plane)
                if start == 0 and i == 0:
                    file.write(b"YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420mpeg2\n"
                               % (across, size // across))
            file.write(b"FRAME\n" + b"".join(planes))
    return str(path)


class Poses(AlignCase):
    """Matroska: the projection of its track."""

    def test_every_pose_is_turned_upright(self):
        poses = {
            (0, 90): ("turn",) * 3,
            (0, 180): ("turn",) * 2,
            (0, -90): ("turn",),
            (180, 0): ("flip",),
            (180, 90): ("flip", "turn", "turn", "turn"),
            (180, 180): ("flip", "turn", "turn"),
            (180, -90): ("flip", "turn"),
        }
        for pose, turn in poses.items():
            with self.subTest(pose=pose):
                planes = [turned(plane, WIDTH, HEIGHT, turn)[0]
                          for plane in FILM[:8]]
                across = turned(FILM[0], WIDTH, HEIGHT, turn)[1]
                upright = self.film("upright.mkv", planes, width=across,
                                    height=WIDTH * HEIGHT // across)
                posed = self.film("posed.mkv", FILM[:8], pose=pose)
                [result] = self.report(posed, upright)
                self.assertEqual(self.stderr, "")
                self.assertEqual(result["infinite"], 8)

    def test_a_pose_between_the_sides_is_left_as_it_is(self):
        posed = self.film("posed.mkv", FILM[:8], pose=(0, 45))
        [result] = self.report(posed, posed)
        self.assertEqual(result["infinite"], 8)


class Movies(AlignCase):
    """MP4: the matrix of its track, the range in its description."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        film = cls.film("film.mkv", FILM[:10])
        cls.movie = str(cls.folder / "movie.mp4")
        clips.launch(f"filesrc location={film} ! matroskademux ! "
                     "x264enc tune=zerolatency ! h264parse ! tee name=t "
                     f"t. ! queue ! mp4mux ! filesink location={cls.movie} "
                     "t. ! queue ! avdec_h264 ! video/x-raw,format=I420 ! "
                     f"filesink location={cls.folder}/movie.raw")
        data = (cls.folder / "movie.raw").read_bytes()
        size = WIDTH * HEIGHT * 3 // 2
        cls.frames = [data[i:i + size] for i in range(0, len(data), size)]

    def patched(self, name, box, offset, content):
        """The movie with other bytes in its first box of this type."""
        data = bytearray(pathlib.Path(self.movie).read_bytes())
        at = data.index(box) + 4 + offset
        data[at:at + len(content)] = content
        (self.folder / name).write_bytes(data)
        return self.path(name)

    def path(self, name):
        return str(self.folder / name)

    def test_every_orientation_is_turned_upright(self):
        one = 0x10000
        ways = {
            "90": ((0, one, -one, 0), ("turn",)),
            "180": ((-one, 0, 0, -one), ("turn",) * 2),
            "270": ((0, -one, one, 0), ("turn",) * 3),
            "mirrored": ((-one, 0, 0, one), ("flip",)),
            "mirrored-90": ((0, one, one, 0), ("flip", "turn", "turn", "turn")),
            "mirrored-180": ((one, 0, 0, -one), ("flip", "turn", "turn")),
            "mirrored-270": ((0, -one, -one, 0), ("flip", "turn")),
        }
        for name, ((a, b, c, d), turn) in ways.items():
            with self.subTest(name=name):
                matrix = b"".join(v.to_bytes(4, "big", signed=True)
                                  for v in (a, b, 0, c, d))
                phone = self.patched(f"{name}.mp4", b"tkhd", 40, matrix)
                upright = write_i420(self.folder / f"{name}.y4m", self.frames,
                                     WIDTH, HEIGHT, turn)
                for pair in (phone, upright), (upright, phone):
                    [result] = self.report(*pair)
                    self.assertEqual(result["pairs"], len(self.frames))
                    self.assertEqual(result["infinite"], len(self.frames))
                    self.assertEqual(self.stderr, "")

    def test_orientation_can_be_ignored(self):
        phone = self.patched("over.mp4", b"tkhd", 40,
                             bytes.fromhex("ffff0000 00000000 00000000"
                                           "00000000 ffff0000"))
        raw = write_i420(self.folder / "as-is.y4m", self.frames, WIDTH, HEIGHT)
        [result] = self.report("--orientation", "ignore", phone, raw)
        self.assertEqual(result["infinite"], len(self.frames))
        [result] = self.report("--orientation", "ignore", phone, self.movie)
        self.assertEqual(result["infinite"], len(self.frames))
        self.assertIn("turned differently", self.stderr)

    def test_the_range_of_the_container_counts(self):
        limited = self.report(self.movie, self.movie)[0]
        self.assertEqual(limited["infinite"], len(self.frames))
        full = self.patched("full.mp4", b"colrnclx", 10, b"\x80")
        [result] = self.report(full, full)
        self.assertEqual(result["infinite"], len(self.frames))
        self.assertIn("full.mp4: the container says full range, the coded "
                      "video in it limited range", self.stderr)
        [result] = self.report(self.movie, full)
        self.assertIn("range 16-235 against 0-255", self.stderr)
        self.assertLess(result["mean"], 40)


if __name__ == "__main__":
    tap.main()
