# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-compare --heatmap: the files it writes, decoded here, and what it
refuses.

usage: heatmap.py PATH-OF-PERCEPTUAL-COMPARE
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import clips
import stills
import tap

PROGRAM = sys.argv[1]


def compare(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL)


def plain(x, y):
    return 90 + (3 * x ^ 5 * y) % 70


def flawed(x, y):
    """The same, but for 24x24 pixels around (92, 28)."""
    return 60 if 80 <= x < 104 and 16 <= y < 40 else plain(x, y)


class HeatmapCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        stills.png(cls.folder / "a.png", plain, 256, 256)
        stills.png(cls.folder / "b.png", flawed, 256, 256)
        clips.film(cls.folder / "film.mkv")
        clips.film(cls.folder / "x264.mkv", "x264enc bitrate=40 ! h264parse")

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def path(self, name):
        return str(self.folder / name)

    def ends(self, code, *arguments):
        done = compare(*arguments)
        self.assertEqual(done.returncode, code,
                         f"stdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def refused(self, words, *arguments):
        done = self.ends(2, *arguments)
        self.assertEqual(done.stdout, "")
        for word in words:
            self.assertIn(word, done.stderr)


class Images(HeatmapCase):
    def draw(self, *options, distorted="b.png"):
        to = self.path("map.png")
        self.ends(0, *options, "--heatmap", to, self.path("a.png"),
                  self.path(distorted))
        return stills.read_png(to)

    def test_the_picture_is_bright_at_the_flaw_and_dark_elsewhere(self):
        width, height, rows = self.draw("--heatmap-legend", "false",
                                        "--heatmap-zoom", "1")
        self.assertEqual((width, height), (256, 256))
        self.assertGreater(sum(rows[28][92]), 450)
        self.assertLess(sum(rows[250][10]), 15)
        self.assertLess(sum(rows[250][250]), 15)

    def test_without_a_difference_all_is_black_but_the_legend(self):
        _, _, rows = self.draw("--heatmap-zoom", "1", "--heatmap-legend-below",
                               "false", distorted="a.png")
        lit = [(x, y) for y in range(256) for x in range(256)
               if rows[y][x] != (0, 0, 0)]
        self.assertGreater(len(lit), 2000)
        self.assertLess(max(x for x, y in lit), 128)
        self.assertGreater(min(y for x, y in lit), 192)

    def test_a_small_picture_is_enlarged_and_its_legend_is_below(self):
        width, height, rows = self.draw()
        self.assertEqual(width, 512)
        self.assertGreater(height, 512 + 40)
        self.assertGreater(sum(rows[56][184]), 450)
        for y in range(0, 512, 34):
            for x in range(0, 512, 34):
                self.assertEqual(len({rows[y][x], rows[y][x + 1],
                                      rows[y + 1][x], rows[y + 1][x + 1]}), 1)
        dark = [(x, y) for y in range(480, 512) for x in range(160)
                if sum(rows[y][x]) > 15]
        self.assertEqual(dark, [])
        self.assertIn((255, 255, 255), {p for row in rows[512:] for p in row})

    def test_blend_one_is_the_grey_reference(self):
        _, _, rows = self.draw("--heatmap-legend", "false",
                               "--heatmap-zoom", "1", "--heatmap-blend", "1")
        for x in range(0, 256, 15):
            self.assertEqual(rows[28][x], (plain(x, 28),) * 3)

    def test_the_distance_is_the_same_with_a_heatmap(self):
        files = self.path("a.png"), self.path("b.png")
        without = self.ends(0, "--quiet", *files).stdout
        with_map = self.ends(0, "--quiet", "--heatmap", self.path("map.png"),
                             *files).stdout
        self.assertEqual(with_map, without)

    def test_each_of_several_files_gets_its_own(self):
        self.ends(0, "--heatmap", self.path("each-%d.png"),
                  "--heatmap-legend", "false", "--heatmap-zoom", "1",
                  self.path("a.png"), self.path("a.png"), self.path("b.png"))
        self.assertEqual(stills.read_png(self.path("each-1.png"))[2][28][92],
                         (0, 0, 0))
        second = stills.read_png(self.path("each-2.png"))[2]
        self.assertGreater(sum(second[28][92]),
                           450)


class Videos(HeatmapCase):
    def frames(self, name):
        """Times of the frames in a video, ns; -1 if it cannot be decoded."""
        done = subprocess.run(
            ["gst-launch-1.0", "-v", "filesrc", f"location={self.path(name)}",
             "!", "decodebin", "!", "fakesink", "silent=false"],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line for line in done.stdout.splitlines() if "chain" in line]
        return [float(line.split("pts: 0:00:")[1].split(",")[0])
                for line in lines]

    def test_every_pair_is_a_frame_of_the_video(self):
        for ending in ("mkv", "mp4", "webm"):
            with self.subTest(ending):
                self.ends(0, "--heatmap", self.path(f"map.{ending}"),
                          self.path("film.mkv"), self.path("x264.mkv"))
                times = self.frames(f"map.{ending}")
                self.assertEqual(len(times), 10)
                for i, time in enumerate(times):
                    self.assertAlmostEqual(time, .04 * i, delta=.0015)

    def test_pairs_left_out_are_left_out_of_the_video(self):
        self.ends(0, "--interval", "4", "--heatmap", self.path("some.mkv"),
                  self.path("film.mkv"), self.path("x264.mkv"))
        self.assertEqual(self.frames("some.mkv"), [0, .16, .32])

    def test_a_lossless_video_holds_the_colours_of_the_scale(self):
        self.ends(0, "--heatmap", self.path("same.mkv"),
                  self.path("film.mkv"), self.path("film.mkv"))
        clips.launch(f"filesrc location={self.path('same.mkv')} ! decodebin ! "
                     "videoconvert ! video/x-raw,format=RGB ! "
                     "pngenc snapshot=true ! "
                     f"filesink location={self.path('frame.png')}")
        # Too small for a legend, and nothing differs.
        width, height, rows = stills.read_png(self.path("frame.png"))
        self.assertEqual((width, height), (64, 48))
        self.assertEqual({pixel for row in rows for pixel in row}, {(0, 0, 0)})


class Usage(HeatmapCase):
    def test_a_name_must_say_what_to_write(self):
        a, b = self.path("a.png"), self.path("b.png")
        film, x264 = self.path("film.mkv"), self.path("x264.mkv")
        self.refused([".png", ".mkv, .mp4 or .webm"], "--heatmap", "m.gif",
                     a, b)
        self.refused(["are images", "ends in .png"], "--heatmap",
                     self.path("m.mkv"), a, b)
        self.refused(["are videos", ".mkv, .mp4 or .webm"], "--heatmap",
                     self.path("m.png"), film, x264)
        self.refused(["2 heat maps", "%d"], "--heatmap", "m.png", a, b, b)
        self.assertFalse(os.path.exists(self.path("m.png")))

    def test_an_input_is_not_overwritten(self):
        a, b = self.path("a.png"), self.path("b.png")
        before = pathlib.Path(b).read_bytes()
        self.refused(["would overwrite the input", b], "--heatmap", b, a, b)
        self.assertEqual(pathlib.Path(b).read_bytes(), before)

    def test_its_options_want_a_file(self):
        self.refused(["--heatmap-max", "--heatmap FILE"], "--heatmap-max", "1",
                     self.path("a.png"), self.path("b.png"))

    def test_a_metric_without_one_is_refused_with_those_that_have(self):
        self.refused(["ssim makes no heat map", "mmd-ssim, lpips"],
                     "--metric", "ssim", "--heatmap", self.path("m.png"),
                     self.path("a.png"), self.path("b.png"))
        self.assertFalse(os.path.exists(self.path("m.png")))

    def test_a_file_that_cannot_be_written_is_an_error_that_names_it(self):
        to = self.path("no/such/m.png")
        done = self.ends(1, "--heatmap", to, self.path("a.png"),
                         self.path("b.png"))
        self.assertIn("The heat map", done.stderr)
        self.assertIn(to, done.stderr)


tap.main()
