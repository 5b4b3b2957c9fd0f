# SPDX-License-Identifier: LGPL-2.1-or-later
"""A section of two videos: exact to the frame, whatever brings the files
together; and times on the command line."""

import json
import shutil
import subprocess
import unittest

import clips
import tap
from compare_case import CompareCase, compare

N = 120
MS = 10 ** 6
FRAME = clips.FRAME_NS // MS

# Pictures, and others that differ from each of them by another amount.
FILM = [clips.wave(i) for i in range(N)]
SPOILT = [bytes(v ^ 1 if i % (3 + n % 11) == 0 else v
                for i, v in enumerate(plane))
          for n, plane in enumerate(FILM)]


def has_element(name):
    return shutil.which("gst-inspect-1.0") is not None and subprocess.run(
        ["gst-inspect-1.0", "--exists", name], check=False).returncode == 0


class SectionCase(CompareCase):
    @classmethod
    def make_inputs(cls):
        folder = cls.folder
        clips.raw(folder / "a.y4m", FILM, 64, 48)
        clips.raw(folder / "b.y4m", SPOILT, 64, 48)
        clips.matroska(folder / "a.mkv", FILM, [FRAME * i for i in range(N)])
        clips.matroska(folder / "b.mkv", SPOILT, [FRAME * i for i in range(N)])
        clips.matroska(folder / "late.mkv", SPOILT,
                       [80 + FRAME * i for i in range(N)])
        clips.raw(folder / "cut.y4m", SPOILT[20:], 64, 48)
        cls.whole = cls.distances_of("a.y4m", "b.y4m")

    @classmethod
    def distances_of(cls, reference, distorted, *options):
        """(reference timestamp, distance) of each pair."""
        log = cls.folder / "log.jsonl"
        done = compare("--metric", "l2", "--log", str(log), *options,
                       str(cls.folder / reference),
                       str(cls.folder / distorted))
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        cls.said = done.stderr
        cls.text = done.stdout
        lines = map(json.loads, log.read_text().splitlines())
        return [(line["reference_pts"], line["distance"]) for line in lines
                if line["type"] == "distance"]

    def assert_section(self, first, n, *arguments):
        self.assertEqual(self.distances_of(*arguments),
                         self.whole[first:first + n])
        self.assertNotIn("warning", self.said)
        self.assertNotIn("partner", self.text)


class Sections(SectionCase):
    def test_frames_are_those_of_the_whole_run(self):
        self.assertEqual(len(set(self.whole)), N)
        for options, first, n in (
                (("--start", "1s"), 25, N - 25),
                (("--start", "25f"), 25, N - 25),
                (("--frames", "7"), 0, 7),
                (("--duration", "400ms"), 0, 10),
                (("--duration", "10f"), 0, 10),
                (("--start", "1s", "--duration", "1s"), 25, 25),
                (("--start", "25f", "--duration", "1s"), 25, 25),
                (("--start", "0:00:01", "--frames", "25"), 25, 25),
                (("--start", "1000000000", "--duration", "1000000000"), 25,
                 25),
                # From the first frame that is not before it.
                (("--start", "1001ms", "--frames", "2"), 26, 2),
                (("--start", "999ms", "--frames", "2"), 25, 2),
                # Before the first frame that is not before its end.
                (("--start", "1s", "--duration", "1001ms"), 25, 26),
                (("--start", "1s", "--duration", "1ns"), 25, 1),
                (("--start", "4.76s"), N - 1, 1),
                (("--start", "0", "--duration", "2s", "--frames", "3"), 0, 3),
                (("--duration", "2f", "--frames", "3"), 0, 2)):
            with self.subTest(options=options):
                self.assert_section(first, n, "a.y4m", "b.y4m", *options)

    def test_containers_are_cut_as_raw_files_are(self):
        for reference, distorted in (("a.mkv", "b.mkv"), ("a.mkv", "b.y4m"),
                                     ("a.y4m", "b.mkv")):
            for options, first, n in (
                    (("--start", "3s", "--duration", "0.5s"), 75, 13),
                    (("--start", "75f", "--frames", "13"), 75, 13)):
                with self.subTest(files=(reference, distorted),
                                  options=options):
                    self.assert_section(first, n, reference, distorted,
                                        *options)

    def test_a_late_file_is_read_where_the_section_is(self):
        for align in ("auto", "start"):
            with self.subTest(align=align):
                self.assert_section(50, 25, "a.mkv", "late.mkv", "--align",
                                    align, "--start", "2s", "--duration",
                                    "1s")
        self.assert_section(50, 25, "a.mkv", "late.mkv", "--sync-offset",
                            "-2f", "--start", "2s", "--duration", "1s")

    def test_each_file_has_its_own_start(self):
        for options in (("--reference-start", "20f"),
                        ("--reference-start", "800ms"),
                        ("--reference-start", "800ms", "--align", "time"),
                        ("--reference-start", "800ms", "--align", "start")):
            with self.subTest(options=options):
                self.assert_section(20, 10, "a.y4m", "cut.y4m", *options,
                                    "--frames", "10")
        self.assert_section(30, 5, "a.y4m", "cut.y4m", "--reference-start",
                            "1.2s", "--distorted-start", "10f", "--frames",
                            "5")
        self.assert_section(30, 5, "a.y4m", "cut.y4m", "--start", "1.2s",
                            "--distorted-start", "400ms", "--duration",
                            "200ms")

    def test_starts_that_are_off_by_a_little_are_put_right_by_content(self):
        self.assert_section(20, 40, "a.y4m", "cut.y4m", "--reference-start",
                            "20f", "--distorted-start", "2f", "--frames",
                            "40")

    def test_frames_by_number_are_counted_from_each_start(self):
        self.assert_section(25, 5, "a.y4m", "b.y4m", "--pair", "index",
                            "--start", "1s", "--frames", "5")
        self.assert_section(20, 5, "a.y4m", "cut.y4m", "--pair", "index",
                            "--reference-start", "20f", "--frames", "5")

    def test_holes_in_the_section_are_counted(self):
        planes = SPOILT[:55] + SPOILT[57:]
        times = [FRAME * i for i in range(N) if not 55 <= i < 57]
        holed = clips.matroska(self.folder / "holed.mkv", planes, times)
        result = self.report("--start", "2s", "--duration", "1s",
                             self.path("a.mkv"), holed)["results"][0]
        self.assertEqual((result["pairs"], result["unmatched_reference"],
                          result["unmatched_distorted"]), (23, 2, 0))
        # At its edges, too.
        result = self.report("--start", "55f", "--frames", "5",
                             self.path("a.mkv"), holed)["results"][0]
        self.assertEqual((result["pairs"], result["unmatched_reference"],
                          result["unmatched_distorted"]), (3, 2, 0))

    def test_several_files_have_the_same_section(self):
        report = self.report("--metric", "l2", "--start", "1s", "--frames",
                             "10", self.path("a.mkv"), self.path("b.mkv"),
                             self.path("late.mkv"), self.path("b.y4m"))
        means = {result["mean"] for result in report["results"]}
        self.assertEqual(len(means), 1)
        self.assertEqual([result["pairs"] for result in report["results"]],
                         [10, 10, 10])
        self.assertEqual(report["section"],
                         {"reference_start": 10 ** 9, "frames": 10})

    def test_the_report_says_which_section_it_was(self):
        done = self.ends(compare("--start", "1s", "--duration", "0.4s",
                                 self.path("a.y4m"), self.path("b.y4m")), 0)
        self.assertIn("\nsection     from 1s on, 400ms long\n", done.stdout)
        page = self.folder / "page.html"
        done = self.ends(compare(
            "--reference-start", "20f", "--distorted-start", "0", "--frames",
            "9", "--report", str(page), self.path("a.y4m"),
            self.path("cut.y4m")), 0)
        self.assertIn("\nsection     from 20f on of the reference, 0s on of "
                      "the distorted video, 9 frames\n", done.stdout)
        text = page.read_text()
        self.assertIn("from 20f on of the reference", text)
        self.assertIn("data:image/jpeg", text)
        self.assertNotIn("no pictures", text)

    def test_coded_video_is_cut_to_the_frame(self):
        """Frames that are found by an index, amid groups of pictures."""
        if not has_element("x264enc"):
            self.skipTest("no x264enc")
        for name, source, mux in (
                ("a.mp4", "a.y4m", "mp4mux"), ("b.mp4", "b.y4m", "mp4mux"),
                ("bx.mkv", "b.y4m", "matroskamux")):
            clips.launch(f"filesrc location={self.path(source)} ! y4mdec ! "
                         "x264enc key-int-max=40 bframes=2 b-adapt=false "
                         "speed-preset=ultrafast ! h264parse ! "
                         f"{mux} ! filesink location={self.path(name)}")
        for distorted in ("b.mp4", "bx.mkv"):
            whole = self.distances_of("a.mp4", distorted)
            self.assertEqual(len(whole), N)
            for first in (79, 80, 100):
                with self.subTest(distorted=distorted, first=first):
                    self.assertEqual(
                        self.distances_of(
                            "a.mp4", distorted, "--start",
                            f"{FRAME * first}ms", "--frames", "3"),
                        whole[first:first + 3])

    def test_a_section_behind_the_end_is_an_error(self):
        self.fails(["a.y4m: --start 0:01:30 is behind the end of its video, "
                    "which lasts 4.8s"], "--start", "0:01:30",
                   self.path("a.y4m"), self.path("b.y4m"))
        self.fails(["cut.y4m: --distorted-start 5s is behind the end"],
                   "--distorted-start", "5s", self.path("a.y4m"),
                   self.path("cut.y4m"))
        self.fails(["a.y4m: its video has no frame in the section"],
                   "--start", "1000f", self.path("a.y4m"),
                   self.path("b.y4m"))
        self.fails(["cut.y4m: its video has no frame in the section"],
                   "--start", "4.4s", self.path("a.y4m"),
                   self.path("cut.y4m"), "--align", "time")

    def test_a_section_beyond_the_end_is_a_warning(self):
        self.assertEqual(self.distances_of("a.y4m", "b.y4m", "--start", "4s",
                                           "--duration", "2s"),
                         self.whole[100:])
        self.assertIn("warning: ", self.said)
        self.assertIn("a.y4m: --duration 2s goes beyond its end, 800ms after "
                      "the start", self.said)

    def test_a_distorted_file_that_ends_in_the_section_is_told(self):
        short = clips.raw(self.folder / "short.y4m", SPOILT[:60], 64, 48)
        report = self.report("--start", "50f", "--frames", "20", "--align",
                             "time", self.path("a.y4m"), short)
        result = report["results"][0]
        self.assertEqual((result["pairs"], result["unmatched_reference"]),
                         (10, 10))
        self.assertIn("ended before the reference", self.stderr)

    def test_images_have_no_section(self):
        image = clips.image(self.folder / "a.png", "ball", "pngenc")
        for option in ("--start", "--duration", "--reference-start"):
            self.fails(["an image has no times"], option, "1s", image, image)
        self.fails(["an image has no times"], "--frames", "1", image, image)


class Times(SectionCase):
    OPTIONS = ("start", "reference-start", "distorted-start", "duration",
               "tolerance", "sync-offset", "sync-window", "sync-duration",
               "summary-interval", "log-max-time", "alert-window",
               "alert-min-duration", "stall")

    def test_values_that_are_no_times_are_refused(self):
        texts = ("", "soon", "99999999999999999999s", "1,5s", "1 s", "1e3s",
                 "0x10", "inf", "nan", "1.5", ":", "0:60", "1:2:3:4", "1d",
                 "s", "--1s", "1.5f", "f")
        for option in self.OPTIONS:
            for text in texts if option == "start" else texts[:3]:
                with self.subTest(option=option, text=text):
                    done = self.ends(compare(f"--{option}={text}", "a", "b"),
                                     2)
                    self.assertIn(f'"{text}" is not a value for --{option}; '
                                  "valid: a time such as 40ms, 1.5s",
                                  done.stderr)

    def test_values_out_of_range_are_refused(self):
        for option, text, limit in (
                ("start", "-1s", "at least 0s"),
                ("start", "-1f", "at least 0s"),
                ("start", "10", "40ms, 1.5s, 0:01:30 or 3f"),
                ("duration", "0", "at least 1ns"),
                ("duration", "0f", "one frame or more"),
                ("duration", "30", "40ms, 1.5s, 0:01:30 or 3f"),
                ("stall", "999ms", "at least 1s, at most 24:00:00"),
                ("stall", "3f", "40ms, 1.5s or 0:01:30"),
                ("sync-window", "11s", "-1 or at least 0s, at most 10s"),
                ("sync-duration", "99ms", "at least 100ms, at most 0:01:00"),
                ("frames", "0", "1 or more"), ("frames", "-1", "1 or more"),
                ("frames", "1.5", "1 or more"), ("frames", "3f", "1 or more"),
                ("frames", "99999999999999999999", "1 or more")):
            with self.subTest(option=option, text=text):
                self.refused([limit, f'"{text}" is not a value for'],
                             f"--{option}={text}", "a", "b")

    def test_the_same_time_may_be_written_in_many_ways(self):
        expected = self.distances_of("a.mkv", "late.mkv", "--sync-offset",
                                     "-80000000")
        self.assertEqual(len(expected), N)
        for text in ("-80ms", "-0.08s", "-2f", "-0:00.08", "-80000us"):
            with self.subTest(text=text):
                self.assertEqual(
                    self.distances_of("a.mkv", "late.mkv",
                                      f"--sync-offset={text}"), expected)

    def test_frames_need_a_reference_whose_frames_are_known_to_last(self):
        image = clips.image(self.folder / "a.png", "ball", "pngenc")
        done = self.ends(compare("--tolerance", "1f", image, image), 2)
        self.assertIn("--tolerance 1f counts frames of the reference, and how "
                      "long they last is not known", done.stderr)

    def test_messages_print_times_so_that_they_can_be_typed(self):
        done = self.ends(compare(
            "--sync", "auto", "--sync-window", "40ms", self.path("a.mkv"),
            self.path("late.mkv")), 0)
        self.assertNotRegex(done.stderr, r"--sync-offset -?\d{4}")


if __name__ == "__main__":
    tap.main()
