# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-compare as its users see it: what it prints, what it leaves
behind, how it ends.

usage: compare.py PATH-OF-PERCEPTUAL-COMPARE
"""

import json
import math
import os
import pathlib
import pty
import re
import select
import subprocess
import tempfile
import unittest

import clips
import schemas
import stills
import tap
from compare_case import PROGRAM, CompareCase, compare

DATA = os.environ.get("PERCEPTUAL_TEST_DATA")

# Mean squared difference of two flat greys in the range -1..1.
BLACK_TO_WHITE = 4.0
GREY_TO_WHITE = ((255 - 128) / 127.5) ** 2


class Images(CompareCase):
    @classmethod
    def make_inputs(cls):
        for name, pattern, encoder in (
                ("black.png", "black", "pngenc"),
                ("white.png", "white", "pngenc"),
                ("bars.png", "smpte", "pngenc"),
                ("bars.jpg", "smpte", "jpegenc quality=30")):
            clips.image(cls.folder / name, pattern, encoder)
        clips.image(cls.folder / "wide.png", "black", "pngenc", width=96)

    def test_the_schema_takes_what_is_printed_and_nothing_else(self):
        schemas.assert_narrow(self, "compare", self.report(
            "--also", "psnr", "--fail-above", "mean<1", self.path("bars.png"),
            self.path("bars.jpg")))

    def test_identical_images_have_distance_zero(self):
        report = self.report(self.path("bars.png"), self.path("bars.png"))
        self.assertEqual(report["metric"], "mmd-ssim")
        [result] = report["results"]
        self.assertEqual(result["pairs"], 1)
        self.assertEqual(result["mean"], 0)
        self.assertEqual(result["worst"],
                         {"index": 0, "pts": 0, "stream_time": 0,
                          "distance": 0})

    def test_black_against_white_is_four_in_mean_squares(self):
        report = self.report("--metric", "l2", self.path("black.png"),
                             self.path("white.png"))
        [result] = report["results"]
        for name in ("mean", "min", "median", "p99", "max"):
            self.assertAlmostEqual(result[name], BLACK_TO_WHITE, places=6)
        self.assertEqual(result["stdev"], 0)

    def test_a_value_that_the_metric_refuses_is_wrong_usage(self):
        done = self.ends(compare(
            "--metric", "lpips", "--weights", "random", "--heads", "none",
            "--taps", "9", self.path("bars.png"), self.path("black.png")), 2)
        self.assertIn('"9"', done.stderr)
        self.assertIn("a number from 1 to 5", done.stderr)

    def test_missing_weights_name_the_command_that_gets_them(self):
        self.fails(["perceptual-fetch-weights alex"], "--metric", "lpips",
                   self.path("bars.png"), self.path("black.png"),
                   XDG_DATA_HOME=str(self.folder),
                   PERCEPTUAL_WEIGHTS_PATH="")

    def test_random_networks_say_that_they_are_random(self):
        report = self.report("--metric", "lpips", "--weights", "random",
                             "--heads", "none", self.path("bars.png"),
                             self.path("black.png"))
        self.assertEqual(report["weights"], {"name": "random",
                                             "sha256": None})
        self.assertGreater(report["results"][0]["mean"], 0.05)

    def test_png_is_compared_with_jpeg(self):
        report = self.report("--also", "l2", self.path("bars.png"),
                             self.path("bars.jpg"))
        [result] = report["results"]
        self.assertEqual(result["pairs"], 1)
        self.assertGreater(result["mean"], 0)
        self.assertLess(result["also"]["l2"]["mean"], .1)
        self.assertAlmostEqual(sum(result["taps"]), result["mean"], places=9)

    def test_sizes_that_differ_are_an_error_naming_both(self):
        done = self.fails(["wide.png", "64x48", "96x48"],
                          self.path("black.png"), self.path("wide.png"))
        self.assertEqual(done.stdout, "")

    def test_scaling_to_reference_accepts_other_sizes(self):
        report = self.report("--scaling", "to-reference", "--metric", "l2",
                             self.path("black.png"), self.path("wide.png"))
        self.assertAlmostEqual(report["results"][0]["mean"], 0, places=6)

    def test_one_bad_file_among_several_leaves_the_others_measured(self):
        report = self.report(
            "--metric", "l2", self.path("black.png"), self.path("wide.png"),
            self.path("white.png"), code=1)
        bad, good = report["results"]
        self.assertEqual(bad["pairs"], 0)
        self.assertIsNone(bad["mean"])
        self.assertIn("96x48", bad["error"])
        self.assertAlmostEqual(good["mean"], BLACK_TO_WHITE, places=6)
        self.assertNotIn("error", good)

    def test_quiet_prints_one_exact_number_a_file(self):
        arguments = (self.path("bars.png"), self.path("bars.jpg"),
                     self.path("bars.png"))
        report = self.report(*arguments)
        done = self.ends(compare("--quiet", *arguments), 0)
        self.assertEqual([float(line) for line in done.stdout.splitlines()],
                         [result["mean"] for result in report["results"]])
        self.assertEqual(done.stderr, "")

    def test_images_that_are_cut_off_are_refused(self):
        """Decoders would fill up what is missing."""
        makers = {"jpg": stills.jpeg, "png": stills.png}
        for ending, make in makers.items():
            whole = make(self.path(f"whole.{ending}"), 90, 64, 48)
            cut = pathlib.Path(self.path(f"cut.{ending}"))
            cut.write_bytes(pathlib.Path(whole).read_bytes()[:-9])
            self.fails([f"cut.{ending}"], "--metric", "l2", whole, str(cut))
            self.report("--metric", "l2", whole, whole)

    def test_text_of_one_image_shows_names_and_number(self):
        done = self.ends(compare("--metric", "l2", self.path("black.png"),
                                 self.path("white.png")), 0)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0].split(), ["reference",
                                            self.path("black.png")])
        self.assertIn("0 means identical", lines[1])
        self.assertEqual(lines[-1].split(), ["4"])
        self.assertEqual(lines[-2].split(), ["l2"])

    def test_distance_above_the_bound_exits_with_three(self):
        files = (self.path("black.png"), self.path("white.png"))
        self.ends(compare("--metric", "l2", "--fail-above", "3.99", *files), 3)
        self.ends(compare("--metric", "l2", "--fail-above", "4.01", *files), 0)

    def test_one_of_several_above_the_bound_exits_with_three(self):
        done = self.ends(compare(
            "--quiet", "--metric", "l2", "--fail-above", "1",
            self.path("black.png"), self.path("black.png"),
            self.path("white.png")), 3)
        numbers = [float(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(numbers), 2)
        self.assertEqual(numbers[0], 0)
        self.assertAlmostEqual(numbers[1], BLACK_TO_WHITE, places=6)

    def test_psnr_of_identical_images_is_null_and_counted(self):
        [result] = self.report("--metric", "l2", "--also", "psnr",
                               self.path("bars.png"),
                               self.path("bars.png"))["results"]
        self.assertIsNone(result["also"]["psnr(rgb)"]["mean"])
        self.assertEqual(result["also"]["psnr(rgb)"]["infinite"], 1)

    def test_luma_of_rgb_is_called_so_and_the_reason_is_given(self):
        files = [self.path("black.png"), self.path("white.png")]
        report = self.report("--metric", "psnr", "--also", "ssim,l2", *files)
        [result] = report["results"]
        self.assertEqual(report["metric"], "psnr")
        self.assertEqual(result["metric"], "psnr(rgb)")
        self.assertEqual(result["mean"], 0)
        self.assertEqual(sorted(result["also"]), ["l2", "ssim(rgb)"])
        self.assertEqual(result["luma"], "rgb")
        self.assertEqual(result["luma_reason"], "the videos are not Y'CbCr")
        text = self.ends(compare(
            "--metric", "psnr", "--also", "ssim", *files), 0).stdout
        self.assertRegex(text, r" +psnr\(rgb\) +ssim\(rgb\)\n")
        self.assertIn("(rgb) is luma made of RGB, since the videos are not "
                      "Y'CbCr", text)

    def test_a_colorimetry_that_does_not_exist_is_refused_with_examples(self):
        done = self.ends(compare("--distorted-colorimetry", "bt710",
                                 self.path("bars.png"), self.path("bars.png")),
                         2)
        self.assertIn("--distorted-colorimetry bt710 is not a colorimetry; "
                      "write bt601, bt709", done.stderr)
        self.assertIn("1:0:0:0 is full range", done.stderr)

    def test_report_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [PROGRAM, self.path("bars.png"), self.path("bars.png")],
                stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not be written: No space left", done.stderr)


class Videos(CompareCase):
    @classmethod
    def make_inputs(cls):
        grey = [clips.GREY] * 10
        flash = list(grey)
        flash[3] = clips.WHITE
        clips.y4m(cls.folder / "grey.y4m", grey)
        clips.y4m(cls.folder / "flash.y4m", flash)
        clips.y4m(cls.folder / "short.y4m", grey[:6])
        clips.y4m(cls.folder / "black.y4m", [clips.BLACK] * 10)
        clips.y4m(cls.folder / "white.y4m", [clips.WHITE] * 10)
        clips.y4m(cls.folder / "steps.y4m", range(16, 216, 20))
        clips.film(cls.folder / "film.mkv")
        clips.film(cls.folder / "x264.mkv",
                   "x264enc bitrate=40 ! h264parse")
        clips.waves(cls.folder / "waves.y4m", 80)
        clips.waves(cls.folder / "cut.y4m", 80, skip=7)
        source = clips.waves(cls.folder / "less.y4m", 80, skip=3)
        clips.launch(f"filesrc location={source} ! decodebin ! videoconvert ! "
                     "x264enc bitrate=60 ! h264parse ! matroskamux ! "
                     f"filesink location={cls.folder / 'less.mkv'}")
        clips.y4m(cls.folder / "still.y4m", [clips.GREY] * 60)
        clips.film(cls.folder / "sound.mkv", extra=(
            "audiotestsrc num-buffers=20 ! vorbisenc ! mux."))
        clips.film(cls.folder / "two.mkv", extra=(
            "videotestsrc num-buffers=10 pattern=snow ! video/x-raw,"
            "format=I420,width=64,height=48,framerate=25/1 ! avenc_ffv1 ! "
            "mux."))

    def test_every_frame_counts_and_the_worst_is_named(self):
        [result] = self.report("--metric", "l2", self.path("grey.y4m"),
                               self.path("flash.y4m"))["results"]
        self.assertEqual(result["pairs"], 10)
        for name in ("unmatched_reference", "unmatched_distorted", "late",
                     "gaps"):
            self.assertEqual(result[name], 0)
        self.assertAlmostEqual(result["mean"], GREY_TO_WHITE / 10, places=6)
        self.assertAlmostEqual(result["stdev"], GREY_TO_WHITE * .3, places=6)
        self.assertEqual(result["median"], 0)
        # The position q (n - 1) between the order statistics 8 and 9.
        self.assertAlmostEqual(result["p95"], GREY_TO_WHITE * .55, places=6)
        self.assertEqual(result["worst"]["index"], 3)
        self.assertEqual(result["worst"]["pts"], 3 * clips.FRAME_NS)
        self.assertAlmostEqual(result["worst"]["distance"], GREY_TO_WHITE,
                               places=6)

    def test_text_shows_the_same_numbers_as_json(self):
        files = (self.path("film.mkv"), self.path("x264.mkv"))
        [result] = self.report("--also", "l2", *files)["results"]
        done = self.ends(compare("--also", "l2", *files), 0)
        table = {line.split()[0]: line.split()[1:]
                 for line in done.stdout.splitlines() if line.strip()}
        self.assertEqual(table["pairs"], ["10"])
        self.assertEqual(table["mmd-ssim"], ["l2"])
        for name in ("mean", "stdev", "min", "median", "p90", "p95", "p99",
                     "max"):
            self.assertEqual(table[name], [f"{result[name]:.6g}",
                                           f"{result['also']['l2'][name]:.6g}"])
        self.assertIn("0:00:00.", " ".join(table["worst"]))

    def test_pairs_left_out_are_told_from_pairs_measured(self):
        files = (self.path("black.y4m"), self.path("white.y4m"))
        arguments = ("--metric", "l2", "--interval", "4")
        [result] = self.report(*arguments, *files)["results"]
        self.assertEqual([result[name] for name in ("pairs", "measured",
                                                    "unselected", "skipped")],
                         [10, 3, 7, 0])
        lines = self.ends(compare(*arguments, *files), 0).stdout.splitlines()
        self.assertIn("7 of them left out, as asked for",
                      [line.strip() for line in lines])
        lines = self.ends(compare(*arguments, *files, files[1]),
                          0).stdout.splitlines()
        self.assertEqual([line.split()[1] for line in lines[-2:]], ["3", "3"])

    def test_a_choice_that_leaves_no_pair_is_an_error(self):
        self.fails(["white.y4m", "none of its 10 pairs", "--interval"],
                   "--metric", "l2", "--interval", "100000", "--jitter",
                   "true", self.path("black.y4m"), self.path("white.y4m"))
        clips.y4m(self.folder / "single.y4m", [clips.WHITE])
        single = self.path("single.y4m")
        self.fails(["not even its only pair was", "--interval"], "--metric",
                   "l2", "--interval", "100000", "--jitter", "true", single,
                   single)

    def test_files_whose_psnr_is_of_other_luma_are_in_other_tables(self):
        grey = clips.y4m(self.path("levels.y4m"), [60, 90])
        near = clips.y4m(self.path("near.y4m"), [61, 91])
        rgb = self.path("levels-rgb.mkv")
        clips.launch(
            f"filesrc location={grey} ! y4mdec ! videoconvert ! "
            f"video/x-raw,format=BGRx ! avenc_ffv1 ! matroskamux ! "
            f"filesink location={rgb}")
        text = self.ends(compare("--metric", "psnr", grey, near, rgb), 0).stdout
        tables = text.split("\n\n")
        self.assertRegex(tables[1], r"^distorted .* psnr +p5 +min\n.*near")
        self.assertRegex(
            tables[2], r"^distorted .* psnr\(rgb\) +p5 +min\n.*rgb\.mkv")
        self.assertNotIn("rgb.mkv", tables[1])
        results = self.report("--metric", "psnr", grey, near, rgb)["results"]
        self.assertAlmostEqual(results[0]["mean"], 48.1308036, places=6)
        self.assertNotIn("metric", results[0])
        self.assertEqual(results[1]["metric"], "psnr(rgb)")

    def test_several_files_are_reported_in_the_order_given(self):
        names = [self.path(name + ".y4m")
                 for name in ("white", "grey", "black")]
        report = self.report("--metric", "l2", self.path("black.y4m"), *names)
        self.assertEqual([result["distorted"] for result in report["results"]],
                         names)
        means = [result["mean"] for result in report["results"]]
        self.assertAlmostEqual(means[0], BLACK_TO_WHITE, places=12)
        self.assertAlmostEqual(means[1], BLACK_TO_WHITE / 4, delta=.03)
        self.assertEqual(means[2], 0)
        done = self.ends(compare("--metric", "l2", self.path("black.y4m"),
                                 *names), 0)
        rows = [line.split() for line in done.stdout.splitlines()[3:]]
        self.assertEqual(rows[0], ["distorted", "measured", "unpaired", "l2",
                                   "p95", "max"])
        self.assertEqual([row[0] for row in rows[1:]], names)
        self.assertEqual(rows[1][1:3], ["10", "0"])

    def test_several_files_get_the_numbers_they_get_alone(self):
        names = [self.path(name + ".y4m")
                 for name in ("white", "steps", "grey")]
        arguments = ("--also", "psnr,ssim", self.path("black.y4m"))
        together = self.report(*arguments, *names)["results"]
        for name, result in zip(names, together):
            self.assertEqual([result], self.report(*arguments, name)["results"])

    def test_a_file_that_fails_midway_does_not_spoil_the_others(self):
        broken = self.path("broken.y4m")
        whole = (self.folder / "white.y4m").read_bytes()
        (self.folder / "broken.y4m").write_bytes(
            whole[:len(whole) // 2] + b"FRAMF" + whole[len(whole) // 2:])
        names = [self.path("white.y4m"), broken, self.path("grey.y4m")]
        report = self.report("--metric", "l2", self.path("black.y4m"), *names,
                             code=1)
        results = report["results"]
        self.assertEqual([r["distorted"] for r in results], names)
        self.assertEqual([r["pairs"] for r in results][::2], [10, 10])
        self.assertLess(results[1]["pairs"], 10)
        self.assertIn("broken.y4m", self.stderr)

    def test_sound_is_ignored(self):
        [result] = self.report(self.path("film.mkv"),
                               self.path("sound.mkv"))["results"]
        self.assertEqual((result["pairs"], result["max"]), (10, 0))

    def test_the_first_of_two_video_streams_is_measured(self):
        [result] = self.report(self.path("film.mkv"),
                               self.path("two.mkv"))["results"]
        self.assertEqual((result["pairs"], result["max"]), (10, 0))

    def test_distorted_ending_early_is_counted_and_warned_about(self):
        [result] = self.report("--metric", "l2", self.path("grey.y4m"),
                               self.path("short.y4m"))["results"]
        self.assertEqual(result["pairs"], 6)
        self.assertEqual(result["unmatched_reference"], 4)
        self.assertEqual(result["unmatched_distorted"], 0)
        self.assertIn("perceptual-compare: warning: ", self.stderr)
        done = self.ends(compare("--metric", "l2", self.path("grey.y4m"),
                                 self.path("short.y4m")), 0)
        self.assertIn("4 reference frames without a partner", done.stdout)

    def test_reference_ending_early_is_counted_and_warned_about(self):
        [result] = self.report("--metric", "l2", self.path("short.y4m"),
                               self.path("grey.y4m"))["results"]
        self.assertEqual(result["pairs"], 6)
        self.assertEqual(result["unmatched_distorted"], 4)
        self.assertIn("perceptual-compare: warning: ", self.stderr)

    def test_unequal_ends_can_be_an_error_that_keeps_what_was_measured(self):
        [result] = self.report(
            "--metric", "l2", "--unequal-ends", "error",
            self.path("grey.y4m"), self.path("short.y4m"), code=1)["results"]
        self.assertEqual(result["pairs"], 6)
        self.assertEqual(result["mean"], 0)
        self.assertTrue(result["incomplete"])
        self.assertIn("short.y4m", result["error"])

    def test_sync_offset_pairs_each_frame_with_another(self):
        # One frame later, each grey meets the next lighter one.
        [result] = self.report(
            "--metric", "l2", "--sync-offset", str(-clips.FRAME_NS),
            self.path("steps.y4m"), self.path("steps.y4m"))["results"]
        self.assertEqual(result["pairs"], 9)
        self.assertEqual(result["unmatched_reference"], 1)
        self.assertGreater(result["min"], .02)

    def test_sync_auto_finds_where_a_cut_file_begins(self):
        results = self.report(
            "--metric", "l2", "--sync", "auto", self.path("waves.y4m"),
            self.path("cut.y4m"), self.path("less.mkv"),
            self.path("waves.y4m"))["results"]
        self.assertEqual([r["sync_offset_found"] for r in results],
                         [7 * clips.FRAME_NS, 3 * clips.FRAME_NS, 0])
        self.assertEqual([r["pairs"] for r in results], [73, 77, 80])
        self.assertEqual(results[0]["max"], 0)
        self.assertEqual(results[2]["max"], 0)
        self.assertGreater(results[0]["sync_confidence"], .5)

        without, = self.report("--metric", "l2", "--align", "time",
                               self.path("waves.y4m"),
                               self.path("cut.y4m"))["results"]
        self.assertGreater(without["mean"], 0)
        self.assertNotIn("sync_confidence", without)

    def test_text_says_which_offset_was_found(self):
        done = compare("--metric", "l2", "--sync", "auto",
                       self.path("waves.y4m"), self.path("cut.y4m"))
        self.ends(done, 0)
        self.assertIn("offset      +280ms (confidence ", done.stdout)
        done = compare("--metric", "l2", "--sync", "auto",
                       self.path("waves.y4m"), self.path("cut.y4m"),
                       self.path("waves.y4m"))
        self.ends(done, 0)
        self.assertIn("cut.y4m: offset +280ms (", done.stdout)
        self.assertIn("waves.y4m: offset +0s (", done.stdout)

    def test_sync_auto_that_finds_nothing_says_so(self):
        done = compare("--metric", "l2", "--sync", "auto", "--format", "json",
                       self.path("still.y4m"), self.path("still.y4m"))
        self.ends(done, 0)
        self.assertIn("offset of the distorted video was not found, since the "
                      "pictures do not move", done.stderr)
        [result] = json.loads(done.stdout)["results"]
        self.assertIsNone(result["sync_offset_found"])
        self.assertEqual(result["pairs"], 60)

    def test_streams_that_never_meet_are_an_error(self):
        done = self.fails(
            ["flash.y4m", "--sync-offset"], "--metric", "l2",
            "--sync-offset", str(10 ** 12), self.path("grey.y4m"),
            self.path("flash.y4m"))
        self.assertNotIn("\nmean", done.stdout)

    def test_options_are_reported(self):
        report = self.report("--metric", "mmd", "--seed", "5",
                             self.path("film.mkv"), self.path("x264.mkv"))
        self.assertEqual(report["options"]["seed"], 5)
        self.assertIsNone(report["weights"])

    def test_psnr_and_ssim_are_columns(self):
        [result] = self.report("--also", "psnr,ssim", self.path("black.y4m"),
                               self.path("white.y4m"))["results"]
        self.assertEqual(list(result["also"]), ["psnr", "ssim"])
        expected = 20 * math.log10(255 / (clips.WHITE - clips.BLACK))
        self.assertAlmostEqual(result["also"]["psnr"]["mean"], expected,
                               places=6)


class Inputs(CompareCase):
    @classmethod
    def make_inputs(cls):
        clips.image(cls.folder / "image.png", "smpte", "pngenc")
        clips.film(cls.folder / "film.mkv")
        clips.y4m(cls.folder / "raw.y4m", [clips.GREY] * 3)
        clips.launch("audiotestsrc num-buffers=20 ! vorbisenc ! oggmux ! "
                     f"filesink location={cls.folder / 'sound.ogg'}")
        (cls.folder / "noise.bin").write_bytes(bytes(range(256)) * 64)
        (cls.folder / "empty.mp4").write_bytes(b"")
        cut = (cls.folder / "image.png").read_bytes()[:60]
        (cls.folder / "cut.png").write_bytes(cut)

    def problem(self, name, words):
        for order in ((name, "film.mkv"), ("film.mkv", name)):
            done = self.fails([f"perceptual-compare: {self.path(name)}: ",
                               *words], *map(self.path, order))
            self.assertEqual(done.stdout, "")

    def test_missing_file_is_named(self):
        self.problem("nothing.mp4", ["No such file or directory"])

    def test_folder_is_named(self):
        (self.folder / "folder").mkdir()
        self.problem("folder", ["this is a folder"])

    def test_file_that_is_no_video_is_named(self):
        self.problem("noise.bin", ["neither a video nor an image",
                                   "--raw WIDTHxHEIGHT"])

    def test_empty_file_is_named(self):
        self.problem("empty.mp4", ["the file is empty"])

    def test_file_with_sound_only_says_what_is_in_it(self):
        self.problem("sound.ogg", ["no video stream in it", "Vorbis"])

    def test_damaged_image_is_named(self):
        self.problem("cut.png", [])

    def test_image_against_video_is_refused(self):
        self.fails(["image.png is an image", "film.mkv is a video"],
                   self.path("film.mkv"), self.path("image.png"))
        self.fails(["film.mkv is a video", "image.png is an image"],
                   self.path("image.png"), self.path("film.mkv"))

    def test_all_problems_are_listed_at_once(self):
        done = self.fails([], *map(self.path, (
            "film.mkv", "nothing.mp4", "noise.bin", "film.mkv", "empty.mp4")))
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 3, done.stderr)
        for line, name in zip(lines, ("nothing.mp4", "noise.bin",
                                      "empty.mp4")):
            self.assertIn(name, line)

    def test_missing_decoder_is_named_with_the_file(self):
        self.fails(["film.mkv: no ", "FFMpeg v1 decoder", "installed"],
                   self.path("raw.y4m"), self.path("film.mkv"),
                   GST_PLUGIN_FEATURE_RANK="avdec_ffv1:NONE")

    def test_file_names_in_other_scripts_are_printed_whole(self):
        name = self.path("фильм 映画.y4m")
        os.link(self.path("raw.y4m"), name)
        [result] = self.report(name, name)["results"]
        self.assertEqual(result["distorted"], name)
        done = self.ends(compare(name, name, LC_ALL="C"), 0)
        self.assertIn("映画", done.stdout)

    def test_single_frame_without_a_timestamp_is_measured(self):
        untimed = self.path("frame.multipart")
        clips.launch("videotestsrc num-buffers=1 ! jpegenc ! multipartmux ! "
                     f"filesink location={untimed}")
        [result] = self.report(untimed, untimed)["results"]
        self.assertEqual((result["pairs"], result["max"]), (1, 0))

    def test_frames_without_timestamps_are_an_error_naming_the_file(self):
        untimed = self.path("frames.multipart")
        clips.launch("videotestsrc num-buffers=5 ! jpegenc ! multipartmux ! "
                     f"filesink location={untimed}")
        self.fails(["frames.multipart", "no timestamps"], untimed, untimed)

    def test_uri_is_read_too(self):
        uri = pathlib.Path(self.path("raw.y4m")).as_uri()
        [result] = self.report(uri, self.path("raw.y4m"))["results"]
        self.assertEqual((result["pairs"], result["max"]), (3, 0))


class Usage(CompareCase):
    def test_too_few_files(self):
        self.refused(["no files", "REFERENCE DISTORTED"])
        self.refused(["no distorted file", "REFERENCE DISTORTED"], "a.mp4")

    def test_unknown_option(self):
        self.refused(["--colour"], "--colour", "red", "a", "b")

    def test_unknown_metric_lists_the_valid_ones(self):
        self.refused(['"beauty"', "mmd-ssim", "l2"], "--metric", "beauty",
                     "a", "b")
        self.refused(['"beauty"', "mmd-ssim", "l2"], "--also", "l2,beauty",
                     "a", "b")

    def test_bad_values_list_the_valid_ones(self):
        for option, value, valid in (
                ("format", "xml", "text, json, markdown, csv"),
                ("scaling", "up", "none, to-reference"),
                ("missing-frames", "repeat", "skip, error"),
                ("unequal-ends", "", "skip, error"),
                ("log-format", "xml", "jsonl, csv"),
                ("allow-hdr", "maybe", "true, false"),
                ("threads", "-1", "from 0 to"),
                ("threads", "two", "from 0 to"),
                ("tolerance", "-2", "-1 or at least 0s"),
                ("tolerance", "1.5", "-1 or at least 0s"),
                ("fail-above", "-1", "0 or more"),
                ("fail-above", "nan", "0 or more"),
                ("seed", "-1", "from 0 to"),
                ("seed", "1x", "from 0 to")):
            self.refused([f'"{value}"', option, valid],
                         f"--{option}={value}", "a", "b")

    def test_options_of_text_want_some(self):
        for option in ("also", "crop", "reference-crop", "distorted-crop",
                       "reference-colorimetry", "distorted-colorimetry"):
            self.refused([f"--{option} has no value"], f"--{option}=", "a",
                         "b")
        self.refused(["--pairs needs the name of a file"], "--pairs=")

    def test_option_of_another_metric_is_refused(self):
        self.refused(["l2", "--seed"], "--metric", "l2", "--seed", "3", "a",
                     "b")

    def test_option_of_another_metric_at_its_default_changes_nothing(self):
        self.fails(["a: No such file"], "--metric", "l2", "--seed", "0", "a",
                   "b")

    def test_bound_on_a_similarity_is_refused(self):
        self.refused(["--fail-above", "psnr", "more alike"], "--metric",
                     "psnr", "--fail-above", "30", "a", "b")

    def test_several_files_want_several_logs(self):
        self.refused(["2 logs", "%d"], "--log", "one.jsonl", "a", "b", "c")

    def test_log_format_without_log_is_refused(self):
        self.refused(["--log FILE"], "--log-format", "csv", "a", "b")

    def test_log_and_report_do_not_mix_on_standard_output(self):
        self.refused(["standard output"], "--log", "-", "--format", "json",
                     "a", "b")

    def test_help_names_every_exit_code_and_option(self):
        text = self.ends(compare("--help"), 0).stdout
        self.assertIn(" With --weights random: ", text)
        self.assertIn("psnr,lpips:backbone=vgg", text)
        # Properties' values are written as those of options.
        self.assertEqual(re.findall(r"[^-:]\b[a-z][a-z-]*=[a-z]",
                                    re.sub(r"(?m)^ +(-\w, )?--\S+", "", text)),
                         [])
        for word in ("Examples:", "Exit codes: 0 done, 1 error, 2 wrong usage",
                     "--metric=", "--also=", "--threads=", "--tolerance=",
                     "--sync-offset=", "--missing-frames=", "--unequal-ends=",
                     "--scaling=", "--allow-hdr=", "--log=", "--log-format=",
                     "--seed=", "--fail-above=", "--fail-below=", "--baseline=",
                     "--baseline-tolerance=", "--junit=", "--quiet"):
            self.assertIn(word, text)

    def test_version_is_a_number(self):
        text = self.ends(compare("--version"), 0).stdout
        self.assertRegex(text, r"^perceptual-compare \d+\.\d+\.\d+\n$")

    def test_metrics_are_listed_with_their_options(self):
        text = self.ends(compare("--list-metrics"), 0).stdout
        self.assertIn("mmd-ssim (default)\n", text)
        self.assertIn("    --seed (default 0;", text)
        self.assertIn("\nl2\n", text)

    def test_plugin_that_is_not_found_is_an_error_that_says_what_to_do(self):
        with tempfile.TemporaryDirectory() as empty:
            nowhere = {"GST_PLUGIN_PATH_1_0": empty, "GST_PLUGIN_PATH": "",
                       "GST_REGISTRY": empty + "/registry.bin",
                       "GST_PLUGIN_SYSTEM_PATH_1_0": empty}
            done = compare("a", "b", **nowhere)
            asked = compare("--help", **nowhere)
        if "a: No such file" in done.stderr:
            self.skipTest("the plugin is installed in its prefix")
        self.ends(done, 1)
        self.assertIn("GST_PLUGIN_PATH", done.stderr)
        self.ends(asked, 0)
        self.assertIn("most options are missing below", asked.stdout)


class Progress(CompareCase):
    @classmethod
    def make_inputs(cls):
        clips.film(cls.folder / "film.mkv", frames=100)

    def on_terminal(self, *arguments):
        """What the program writes to a terminal on standard error."""
        try:
            ours, theirs = pty.openpty()
        except OSError as error:
            self.skipTest(f"no pseudo terminal here: {error}")
        process = subprocess.Popen(
            [PROGRAM, *arguments, self.path("film.mkv"),
             self.path("film.mkv")],
            stdout=subprocess.PIPE, stderr=theirs, text=True)
        os.close(theirs)
        written = b""
        try:
            while select.select([ours], [], [], 60)[0]:
                part = os.read(ours, 4096)
                if not part:
                    break
                written += part
        except OSError:
            pass  # how Linux says that the other end of a pty is closed
        os.close(ours)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        return written.decode()

    def test_terminal_gets_a_bar_that_is_taken_away_in_the_end(self):
        written = self.on_terminal()
        self.assertRegex(written, r"\[[#.]+\] +\d+ %  \d+ pairs")
        self.assertTrue(written.endswith("\r\x1b[K"), repr(written[-80:]))

    def test_quiet_gets_none(self):
        self.assertEqual(self.on_terminal("--quiet"), "")

    def test_pipe_gets_none(self):
        done = self.ends(compare(self.path("film.mkv"),
                                 self.path("film.mkv")), 0)
        self.assertEqual(done.stderr, "")


@unittest.skipUnless(DATA, "PERCEPTUAL_TEST_DATA is not set")
class RealClips(CompareCase):
    def test_carphone_pair_has_120_pairs_and_its_known_psnr(self):
        media = pathlib.Path(DATA or "") / "media"
        log = self.path("carphone.jsonl")
        [result] = self.report(
            "--also", "psnr", "--log", log,
            str(media / "carphone_pristine.mp4"),
            str(media / "carphone_distorted.mp4"))["results"]
        self.assertEqual(result["pairs"], 120)
        self.assertEqual(result["unmatched_reference"], 0)
        self.assertEqual(result["unmatched_distorted"], 0)
        # The known value is that of the whole clip's mean squared error.
        frames = [line["also"]["psnr"]
                  for line in map(json.loads, open(log, encoding="utf-8"))
                  if line["type"] == "distance"]
        error = sum(10 ** (-psnr / 10) for psnr in frames) / len(frames)
        self.assertAlmostEqual(-10 * math.log10(error), 24.793, delta=.001)
        self.assertAlmostEqual(result["also"]["psnr"]["mean"],
                               sum(frames) / 120, places=9)


tap.main()
