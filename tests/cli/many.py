# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many files: two folders, lists of pairs, sequences of images.

usage: many.py PATH-OF-PERCEPTUAL-COMPARE
"""

import csv
import io
import json
import os
import pathlib
import re
import unittest

import clips
import stills
import tap
from compare_case import CompareCase, compare


def grey(level):
    return lambda x, y: (level, level, level)


def textured(level):
    return lambda x, y: ((level + 3 * x) % 256, (level + 5 * y) % 256, level)


def l2(one, other):
    """Of two flat greys."""
    return ((one - other) / 127.5) ** 2


class ManyCase(CompareCase):
    def folder_of(self, name, **files):
        """A folder of flat greys."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        for stem, level in files.items():
            stills.png(folder / f"{stem}.png", grey(level))
        return str(folder)

    def run_on(self, code, *arguments):
        return self.ends(compare(*map(str, arguments)), code)


class Folders(ManyCase):
    def test_files_are_paired_by_name_and_the_rest_is_listed(self):
        one = self.folder_of("one", a=10, b=20, only=1)
        other = self.folder_of("other", a=11, b=23, extra=2)
        self.folder_of("one/deep", a=50)
        self.folder_of("other/deep", a=55)
        pathlib.Path(other, ".hidden.png").write_bytes(b"")
        report = self.report("--metric", "l2", one, other)
        self.assertEqual(report["reference"], one)
        self.assertEqual([(result["reference"], result["distorted"])
                          for result in report["results"]],
                         [(f"{one}/{name}", f"{other}/{name}")
                          for name in ("a.png", "b.png", "deep/a.png")])
        for result, value in zip(report["results"],
                                 (l2(10, 11), l2(20, 23), l2(50, 55))):
            self.assertAlmostEqual(result["mean"], value, places=9)
        self.assertEqual(report["alone"], [f"{one}/only.png",
                                           f"{other}/extra.png"])
        for name in ("one/only.png", "other/extra.png"):
            self.assertIn(f"warning: {self.path(name)}: there is no file of "
                          "its name", self.stderr)

    def test_other_endings_are_paired_where_they_tell_which(self):
        one = self.folder_of("png", a=10, b=20, c=30)
        other = self.path("jpg")
        os.makedirs(other)
        stills.jpeg(other + "/a.jpg", 10)
        stills.png(other + "/b.png", grey(21))
        stills.jpeg(other + "/b.jpg", 90)
        stills.jpeg(other + "/c.jpg", 30)
        stills.bmp(other + "/c.bmp", 30)
        report = self.report("--metric", "l2", one, other)
        self.assertEqual([os.path.basename(result["distorted"])
                          for result in report["results"]],
                         ["a.jpg", "b.png"])
        self.assertEqual(sorted(map(os.path.basename, report["alone"])),
                         ["b.jpg", "c.bmp", "c.jpg", "c.png"])

    def test_pairs_have_the_numbers_that_they_have_alone(self):
        """Sizes, depths and formats that change from pair to pair."""
        one, other = self.path("mixed"), self.path("mixed2")
        os.makedirs(one)
        os.makedirs(other)
        shapes = (("a", textured, {}), ("b", textured, {"width": 48}),
                  ("c", textured, {"depth": 16}), ("d", textured, {}))
        for name, make, form in shapes:
            stills.png(f"{one}/{name}.png", make(10), **form)
            stills.png(f"{other}/{name}.png", make(14), **form)
        for name, level in (("e", 60), ("f", 70)):
            stills.jpeg(f"{one}/{name}.jpg", level)
            stills.jpeg(f"{other}/{name}.jpg", level + 4)
        arguments = ("--also", "psnr,lpips:weights=random,heads=none,"
                     "backbone=squeeze")
        together = self.report(*arguments, one, other)["results"]
        self.assertEqual(len(together), 6)
        for result in together:
            [alone] = self.report(*arguments, result["reference"],
                                  result["distorted"])["results"]
            reference = result.pop("reference")
            self.assertEqual(result, alone, reference)

    def test_pairs_of_a_network_have_the_numbers_that_they_have_alone(self):
        """They are measured several at a time; one is damaged inside."""
        one, other = self.path("many-one"), self.path("many-two")
        os.makedirs(one)
        os.makedirs(other)
        for n in range(12):
            form = {"width": 48} if n == 8 else {}
            stills.png(f"{one}/{n:02}.png", textured(n), **form)
            stills.png(f"{other}/{n:02}.png", textured(3 * n + 4), **form)
        damaged = pathlib.Path(other, "05.png")
        data = bytearray(damaged.read_bytes())
        data[len(data) // 2] ^= 255
        damaged.write_bytes(data)
        arguments = ("--metric", "lpips", "--weights", "random", "--heads",
                     "none", "--backbone", "squeeze")
        results = self.report(*arguments, one, other, code=1)["results"]
        self.assertEqual(len(results), 12)
        for n, result in enumerate(results):
            reference = result.pop("reference")
            self.assertEqual(os.path.basename(reference), f"{n:02}.png")
            if n == 5:
                self.assertIn("05.png", result["error"])
                continue
            [alone] = self.report(*arguments, reference,
                                  result["distorted"])["results"]
            self.assertEqual(result, alone, reference)

    def test_fast_that_is_exact_on_this_machine_is_told_once(self):
        pairs = self.folder_of("fast", a=10, b=30), self.folder_of(
            "fast2", a=11, b=33)
        arguments = ("--metric", "lpips", "--weights", "random", "--heads",
                     "none", "--backbone", "squeeze", "--quiet", *pairs)
        # The levels that the variable can name have no such products; those
        # of AMX are made by plain loops where it asks for them.
        for kernels, notes in (("c", 1), ("amx", 0)):
            done = self.ends(compare("--precision", "fast", *arguments,
                                     PERCEPTUAL_KERNELS=kernels), 0)
            self.assertEqual(len(done.stderr.splitlines()), notes, done.stderr)
            # It is of the machine, and of no pair.
            self.assertEqual(
                done.stderr.count("perceptual-compare: note: This CPU does not "
                                  "multiply bfloat16 matrices (AMX), so "
                                  "--precision fast is the same as exact"),
                notes)
        done = self.ends(compare(*arguments, PERCEPTUAL_KERNELS="c"), 0)
        self.assertEqual(done.stderr, "")

    def test_there_may_be_more_pairs_than_a_run_takes(self):
        numbers = range(150)  # a run takes 64
        one, other = self.path("most"), self.path("most2")
        for folder, add in ((one, 0), (other, 1)):
            os.makedirs(folder)
            for n in numbers:
                stills.png(f"{folder}/{n:03}.png", grey(n + add * n % 7), 8, 8)
        pathlib.Path(other, "100.png").write_bytes(b"no PNG")
        report = self.report("--metric", "l2", one, other, code=1)
        self.assertEqual([os.path.basename(result["distorted"])
                          for result in report["results"]],
                         [f"{n:03}.png" for n in numbers])
        for n, result in zip(numbers, report["results"]):
            if n == 100:
                self.assertIn("100.png", result["error"])
            else:
                self.assertAlmostEqual(result["mean"], l2(n, n + n % 7),
                                       places=9)

    def test_a_pair_that_fails_leaves_the_others_measured(self):
        one = self.folder_of("whole", a=10, c=30, e=50)
        other = self.folder_of("broken", a=11, c=33, e=55)
        for name in "bd":
            stills.png(f"{one}/{name}.png", grey(20))
            stills.png(f"{other}/{name}.png", grey(20), width=40)
        results = self.report("--metric", "l2", one, other, code=1)["results"]
        self.assertEqual([result["pairs"] for result in results],
                         [1, 0, 1, 0, 1])
        for i, value in ((0, l2(10, 11)), (2, l2(30, 33)), (4, l2(50, 55))):
            self.assertAlmostEqual(results[i]["mean"], value, places=9)
            self.assertNotIn("error", results[i])
        for i, name in ((1, "b.png"), (3, "d.png")):
            self.assertIn(f"{other}/{name}: The reference is 32x24 but the "
                          "distorted image is 40x24", results[i]["error"])
            self.assertIn(results[i]["error"], self.stderr)

    def test_broken_files_cost_their_pairs_alone(self):
        one = self.folder_of("sound", a=10, b=20, c=30, d=40)
        other = self.folder_of("cut", a=11, d=44)
        whole = pathlib.Path(one, "b.png").read_bytes()
        pathlib.Path(other, "b.png").write_bytes(whole[:-20])
        pathlib.Path(other, "c.png").write_bytes(b"no picture")
        results = self.report("--metric", "l2", one, other, code=1)["results"]
        self.assertEqual([result["pairs"] for result in results], [1, 0, 0, 1])
        self.assertAlmostEqual(results[0]["mean"], l2(10, 11), places=9)
        self.assertAlmostEqual(results[3]["mean"], l2(40, 44), places=9)
        for result, words in ((results[1], "cut/b.png: the file is cut off"),
                              (results[2], "cut/c.png: neither a video nor")):
            self.assertIn(words, result["error"])
            self.assertEqual(self.stderr.count(result["error"]), 1)

    def test_nothing_is_printed_where_all_files_are_broken(self):
        one = self.folder_of("fine2", a=10, b=20)
        other = self.folder_of("broken2")
        for name in "ab":
            pathlib.Path(other, name + ".png").write_bytes(b"no picture")
        done = self.run_on(1, "--metric", "l2", one, other)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("neither a video nor"), 2)

    def test_an_error_that_all_have_is_said_once(self):
        one = self.folder_of("heavy", a=10, b=20)
        done = self.run_on(1, "--metric", "lpips", "--weights",
                           self.path("none/weights"), one, one)
        self.assertEqual(done.stderr.count("perceptual-compare: "), 1)

    def test_csv_has_a_row_for_each_pair(self):
        one = self.folder_of("rows", a=10, b=20)
        other = self.folder_of("rows2", a=12, b=20)
        done = self.run_on(0, "--format", "csv", "--metric", "l2", one, other)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        self.assertEqual([(row["reference"], row["distorted"])
                          for row in rows],
                         [(f"{one}/a.png", f"{other}/a.png"),
                          (f"{one}/b.png", f"{other}/b.png")])
        self.assertAlmostEqual(float(rows[0]["l2.mean"]), l2(10, 12), places=9)
        self.assertEqual(float(rows[1]["l2.mean"]), 0)

    def test_videos_and_limits_and_pictures(self):
        one, other = self.path("films"), self.path("films2")
        os.makedirs(one)
        os.makedirs(other)
        for name, level in (("a", 40), ("b", 60)):
            clips.y4m(f"{one}/{name}.y4m", [clips.GREY] * 5)
            clips.y4m(f"{other}/{name}.y4m", [clips.GREY + level] * 5)
        stills.png(f"{one}/c.png", grey(10))
        stills.png(f"{other}/c.png", grey(30))
        folder = self.path("shown")
        done = self.run_on(3, "--metric", "l2", "--fail-above", "0.2",
                           "--worst", "3", "--worst-dir", folder, one, other)
        self.assertIn(f"failed: {other}/b.y4m: l2 mean", done.stderr)
        self.assertNotIn("a.y4m: l2", done.stderr)
        self.assertEqual(sorted(os.listdir(folder)), [
            "01-b.y4m-0h00m00.000s.png", "02-a.y4m-0h00m00.000s.png",
            "03-c.png.png"])

    def test_logs_of_pairs_are_numbered(self):
        one = self.folder_of("logged", a=10, b=20)
        other = self.folder_of("logged2", a=12, b=20)
        self.refused(["2 logs"], "--log", self.path("x.jsonl"), one, other)
        self.run_on(0, "--log", self.path("log-%d.jsonl"), one, other)
        self.assertIn("logged2/b.png",
                      pathlib.Path(self.path("log-2.jsonl")).read_text(
                          encoding="utf-8"))

    def test_what_makes_no_sense_is_refused(self):
        one = self.folder_of("fine", a=10)
        nothing = self.folder_of("nothing")
        other = self.folder_of("stranger", z=10)
        two = self.folder_of("two", a=10, b=20)
        png = one + "/a.png"
        for words, arguments in (
                ((nothing, "no file", "partner"), (one, nothing)),
                ((other, "partner"), (one, other)),
                (("two at a time", one), (one, one, one)),
                (("--report", "have 2", "%d", "r.html"),
                 ("--report", self.path("r.html"), two, two)),
                (("--plot", "have 2", "%d", "p.svg"),
                 ("--plot", self.path("p.svg"), two, two)),
                (("--plot", "images among"),
                 ("--plot", self.path("p%d.svg"), two, two)),
                (("--fps is of sequences",), ("--fps", "25", png, png))):
            self.refused(words, *arguments)
        for files in ((png, one), (one, png)):
            self.assertIn("this is a folder", self.run_on(1, *files).stderr)


class Lists(ManyCase):
    def write(self, text, name="list.csv"):
        path = pathlib.Path(self.path(name))
        path.write_text(text, encoding="utf-8")
        return str(path)

    def test_a_list_names_pairs_relative_to_itself(self):
        self.folder_of("here", a=10, b=20, c=25)
        whole = self.path("here/c.png")
        path = self.write("distorted,name,reference\n"
                          "here/b.png,x,here/a.png\n"
                          f'"{whole}",y,here/b.png\n'
                          "here/a.png,z,here/a.png\n")
        report = self.report("--metric", "l2", "--pairs", path)
        self.assertIsNone(report["reference"])
        self.assertEqual([(os.path.basename(result["reference"]),
                           os.path.basename(result["distorted"]))
                          for result in report["results"]],
                         [("a.png", "b.png"), ("b.png", "c.png"),
                          ("a.png", "a.png")])
        for result, value in zip(report["results"],
                                 (l2(10, 20), l2(20, 25), 0)):
            self.assertAlmostEqual(result["mean"], value, places=9)
        text = self.run_on(0, "--metric", "l2", "--pairs", path).stdout
        mean = (l2(10, 20) + l2(20, 25)) / 3
        self.assertIn(f"\nl2: {mean:.6g} in the mean of 3 pairs of files\n",
                      text)
        self.assertIn(f"pairs       {path} (3 pairs of files)\n", text)

    def test_a_section_is_of_each_pair(self):
        for name, level in (("a", 60), ("b", 70)):
            clips.y4m(self.path(f"{name}.y4m"), [40] * 5 + [60, 61, 62])
            clips.y4m(self.path(f"{name}2.y4m"), [45] * 5 + [level] * 3)
        path = self.write("reference,distorted\na.y4m,a2.y4m\nb.y4m,b2.y4m\n")
        arguments = ("--metric", "l2", "--align", "time", "--start", "5f",
                     "--frames", "1")
        report = self.report(*arguments, "--pairs", path)
        alone = self.report(*arguments, self.path("b.y4m"),
                            self.path("b2.y4m"))["results"][0]["mean"]
        self.assertEqual(report["section"]["reference_start_frames"], 5)
        self.assertEqual([result["pairs"] for result in report["results"]],
                         [1, 1])
        self.assertEqual([result["mean"] for result in report["results"]],
                         [0, alone])
        self.assertGreater(alone, 0)

    def test_images_have_no_section(self):
        one = self.folder_of("stills-one", a=10, b=20)
        other = self.folder_of("stills-other", a=11, b=20)
        done = self.run_on(1, "--start", "1s", one, other)
        self.assertEqual(done.stderr.count("an image has no times"), 4)
        self.assertEqual(done.stdout, "")

    def test_frames_are_those_of_each_reference(self):
        """One frame late, which is 40 ms here and 20 ms there."""
        for rate in (25, 50):
            for name, late in (("", 0), ("-late", 10 ** 9 // rate)):
                clips.launch(
                    f"videotestsrc num-buffers=9 pattern=ball "
                    f"timestamp-offset={late} ! video/x-raw,format=I420,"
                    f"width=32,height=24,framerate={rate}/1 ! avenc_ffv1 ! "
                    f"matroskamux ! filesink "
                    f"location={self.path(f'{rate}{name}.mkv')}")
        path = self.write("reference,distorted\n25.mkv,25-late.mkv\n"
                          "50.mkv,50-late.mkv\n25.mkv,25.mkv\n")
        results = self.report("--metric", "l2", "--sync-offset=-1f",
                              "--pairs", path)["results"]
        self.assertEqual([(result["pairs"], result["mean"])
                          for result in results[:2]], [(9, 0), (9, 0)])
        self.assertGreater(results[2]["mean"], 0)

    def test_each_reference_has_a_page_and_a_chart(self):
        for name, level in (("one", 100), ("two", 120), ("bad", 130)):
            clips.y4m(self.path(f"{name}.y4m"), [level] * 5)
        pathlib.Path(self.path("broken.y4m")).write_bytes(b"YUV4MPEG2 x")
        path = self.write("reference,distorted\none.y4m,bad.y4m\n"
                          "two.y4m,one.y4m\none.y4m,two.y4m\n"
                          "bad.y4m,broken.y4m\n")
        done = self.run_on(1, "--metric", "l2", "--report",
                           self.path("page%d.html"), "--plot",
                           self.path("chart%d.svg"), "--pairs", path)
        pages = [pathlib.Path(self.path(name)).read_text(encoding="utf-8")
                 for name in ("page1.html", "chart1.svg", "page2.html",
                              "chart2.svg")]
        for page, title in zip(pages, ["2 files compared with one.y4m"] * 2
                               + ["one.y4m compared with two.y4m"] * 2):
            self.assertIn(f"<title>{title}</title>", page)
        self.assertNotIn("bad.y4m", pages[2])
        self.assertIn("page1.html (", done.stdout)
        # Of the one that could not be measured there is nothing to show.
        self.assertEqual([name for name in os.listdir(self.folder)
                          if name.startswith(("page3", "chart3"))], [])
        data = json.loads(re.search(
            r'<script[^>]*id="report"[^>]*>(.*?)</script>', pages[0],
            re.S).group(1))
        self.assertEqual(data["reference"], self.path("one.y4m"))
        self.assertEqual([os.path.basename(result["distorted"])
                          for result in data["results"]],
                         ["bad.y4m", "two.y4m"])

    def test_a_baseline_knows_pairs_by_both_names(self):
        self.folder_of("both", a=10, b=20, c=25)
        path = self.write("reference,distorted\nboth/a.png,both/c.png\n"
                          "both/b.png,both/c.png\n")
        old = pathlib.Path(self.path("old.json"))
        old.write_text(self.run_on(0, "--metric", "l2", "--format", "json",
                                   "--pairs", path).stdout, encoding="utf-8")
        self.run_on(0, "--metric", "l2", "--baseline", old, "--pairs", path)
        # What belongs to the other reference is not taken.
        self.folder_of("both", b=10)
        done = self.run_on(3, "--metric", "l2", "--baseline", old, "--pairs",
                           path)
        self.assertEqual(done.stderr.count("failed: "), 1)

    def test_lists_that_say_nothing_are_errors(self):
        self.folder_of("there", a=10)
        for text, words in (
                ("", ["bad.csv"]),
                ("reference,distorted\n", ["bad.csv", "no pairs"]),
                ("reference,other\na,b\n", ['no column "distorted"']),
                ("a.png,b.png\n", ['no column "reference"']),
                ("reference,distorted\nthere/a.png,\n",
                 ["line 2", "name is missing"]),
                ("reference,distorted\nthere/a.png\n", ["line 2"]),
                ("reference,distorted\nthere/a.png,gone.png\n",
                 ["gone.png: No such file"]),
                ("reference,distorted\nthere/a.png,there\n",
                 ["this is a folder"])):
            with self.subTest(text):
                done = self.run_on(1, "--pairs", self.write(text, "bad.csv"))
                for word in words:
                    self.assertIn(word, done.stderr)
                self.assertEqual(done.stdout, "")
        done = self.run_on(1, "--pairs", self.path("nothing.csv"))
        self.assertIn("No such file", done.stderr)
        self.refused(["--pairs", "leave"], "--pairs", self.path("list.csv"),
                     "a.png")


class Sequences(ManyCase):
    def frames(self, name, levels, form="{}/f{:03d}.png", **shape):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for number, level in levels.items():
            stills.png(form.format(folder, number), grey(level), **shape)
        return str(folder)

    def test_numbered_images_are_a_video(self):
        one = self.frames("s1", {5 + i: 100 for i in range(8)})
        other = self.frames("s2", {i: 100 + i for i in range(8)})
        log = self.path("frames.jsonl")
        [result] = self.report("--metric", "l2", "--fps", "10",
                               f"{one}/f%03d.png", f"{other}/f%03d.png",
                               "--log", log)["results"]
        self.assertEqual((result["pairs"], result["unmatched_reference"]),
                         (8, 0))
        self.assertAlmostEqual(result["max"], l2(100, 107), places=9)
        self.assertEqual(result["worst"]["pts"], 7 * 10 ** 8)
        self.assertEqual(result["distorted"], f"{other}/f%03d.png")

    def test_a_number_that_is_missing_is_a_lost_frame(self):
        one = self.frames("g1", {i: 100 + i for i in range(9)})
        other = self.frames("g2", {i: 100 + i for i in range(9) if i != 4})
        [result] = self.report("--metric", "l2", f"{one}/f%03d.png",
                               f"{other}/f%03d.png")["results"]
        self.assertEqual((result["pairs"], result["unmatched_reference"]),
                         (8, 1))
        self.assertEqual(result["max"], 0)
        self.assertIn("\n            1 reference frame without a partner\n",
                      self.run_on(0, f"{one}/f%03d.png",
                                  f"{other}/f%03d.png").stdout)

    def test_stars_are_sorted_by_number(self):
        one = self.frames("n1", {i: 100 + 5 * i for i in range(8, 12)},
                          form="{}/f{}.png")
        other = self.frames("n2", {i: 100 + 5 * i for i in range(8, 12)})
        [result] = self.report("--metric", "l2", f"{one}/f*.png",
                               f"{other}/f[01]??.png")["results"]
        self.assertEqual((result["pairs"], result["max"]), (4, 0))

    def test_a_sequence_goes_with_a_video(self):
        folder = self.frames("v1", {i: 126 for i in range(5)})
        video = clips.y4m(self.path("five.y4m"), [clips.GREY] * 5)
        [result] = self.report("--metric", "l2", video,
                               f"{folder}/f%03d.png")["results"]
        self.assertEqual(result["pairs"], 5)

    def test_a_file_of_that_very_name_comes_first(self):
        name = self.path("odd%03d.png")
        stills.png(name, grey(10))
        [result] = self.report("--metric", "l2", name, name)["results"]
        self.assertEqual((result["pairs"], result["mean"]), (1, 0))

    def test_what_is_wrong_names_the_picture(self):
        good = self.frames("w0", {i: 100 for i in range(3)}) + "/f%03d.png"
        mixed = self.frames("w1", {0: 100, 1: 100})
        stills.png(mixed + "/f002.png", grey(100), width=40)
        cut = self.frames("w2", {0: 100, 1: 100, 2: 100})
        whole = pathlib.Path(cut, "f002.png").read_bytes()
        pathlib.Path(cut, "f002.png").write_bytes(whole[:-20])
        for name, words in (
                (mixed + "/f%03d.png", ["f%03d.png: f002.png", "another size"]),
                (cut + "/f%03d.png", ["f%03d.png: f002.png"]),
                (cut + "/g%03d.png", ["g%03d.png", "no file of such a name"]),
                (cut + "/g*.png", ["g*.png", "no file of such a name"]),
                (self.path("nowhere/f%d.png"), ["f%d.png", "No such file"])):
            with self.subTest(name):
                done = self.run_on(1, "--metric", "l2", good, name)
                for word in words:
                    self.assertIn(word, done.stderr)

    def test_frame_rates_that_are_none_are_refused(self):
        good = self.frames("r", {i: 100 for i in range(3)}) + "/f%03d.png"
        for value in ("0", "-25", "x", "", "25/0", "1000001", "25/", "1e3",
                      "0.0", "-1.5", "1e-3", "nan", "inf", "24fps",
                      "99999999999999999999"):
            with self.subTest(value):
                self.refused([f'"{value}"', "--fps", "30000/1001"],
                             f"--fps={value}", good, good)
        for value, last in (("30000/1001", 66733333), ("29.97", 66733333),
                            ("23.976", 83416666), ("12.5", 160000000)):
            [result] = self.report("--fps", value, "--start", "2f", good,
                                   good)["results"]
            self.assertEqual((result["pairs"], result["worst"]["pts"]),
                             (1, last), value)


if __name__ == "__main__":
    tap.main()
