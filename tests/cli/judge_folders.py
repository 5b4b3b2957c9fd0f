# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-judge 2afc and jnd: scores of folders, and broken folders.

usage: judge_folders.py PATH-OF-PERCEPTUAL-JUDGE
"""

import csv
import io
import pathlib
import shutil
import unittest

import schemas
import stills
import tap
from judge_case import (DATA, PAIRS, PAIRS_MAP, TRIPLETS, TRIPLETS_SCORE,
                        JudgeCase, judge)

class TwoAlternatives(JudgeCase):
    def setUp(self):
        super().setUp()
        self.data = stills.triplets(self.folder / "data", TRIPLETS)

    def test_score_is_the_mean_part_of_the_people_agreed_with(self):
        [row] = self.results("2afc", "--metric", "l2", self.data)
        self.assertEqual(row["metric"], "l2")
        self.assertEqual(row["data"], self.data)
        self.assertEqual(row["triplets"], 4)
        self.assertEqual(row["score"], TRIPLETS_SCORE)
        self.assertEqual(row["ties"], 1)
        self.assertEqual(row["skipped"], 0)
        self.assertLess(row["score_low"], TRIPLETS_SCORE)
        self.assertGreater(row["score_high"], TRIPLETS_SCORE)
        self.assertGreaterEqual(row["score_low"], 0.5)
        self.assertLessEqual(row["score_high"], 1)

    def test_the_schema_takes_what_is_printed_and_nothing_else(self):
        schemas.assert_narrow(self, "judge", self.report(
            "2afc", "-m", "l2", "-m", "mmd:seed=5", self.data))

    def test_scores_are_drawn_as_bars_one_for_each_metric(self):
        plot = self.folder / "scores.svg"
        self.results("2afc", "-m", "l2", "-m", "psnr", "--plot", str(plot),
                     self.data)
        text = plot.read_text()
        for word in ("2AFC score", "psnr", "l2"):
            self.assertIn(word, text)
        self.assertIn("with 95 % interval", text)
        self.assertIn("; chance; ", text)
        self.assertIn("<title>Which of two is closer?", text)
        self.refused([".png", ".svg"], "2afc", "--plot",
                     str(self.folder / "scores.pdf"), self.data)

    def test_a_plot_that_cannot_be_written_is_told_before_measuring(self):
        plot = str(self.folder / "no" / "such" / "scores.svg")
        done = self.fails([plot, "no such folder"], "2afc", "--plot", plot,
                          self.data)
        self.assertNotIn("triplets", done.stderr)

    def test_all_right_is_not_a_score_without_an_interval(self):
        right = stills.triplets(self.folder / "right", {
            f"right{i}": (100, 110, 140, 0) for i in range(7)})
        [row] = self.results("2afc", "-m", "l2", right)
        self.assertEqual((row["score"], row["score_high"]), (1, 1))
        self.assertAlmostEqual(row["score_low"], 7 / (7 + 1.959964 ** 2),
                               places=6)

    def test_a_similarity_is_turned_round_infinite_ones_too(self):
        [row] = self.results("2afc", "--metric", "psnr", self.data)
        self.assertEqual(row["score"], TRIPLETS_SCORE)
        self.assertEqual(row["ties"], 1)

    def test_several_metrics_and_folders_and_their_total(self):
        second = stills.triplets(self.folder / "second", {
            "wrong": (100, 110, 140, 1.0), "right": (100, 140, 110, 1.0)})
        rows = self.results("2afc", "-m", "l2", "-m", "psnr", self.data,
                            second)
        self.assertEqual([row["metric"] for row in rows],
                         ["l2"] * 3 + ["psnr"] * 3)
        self.assertEqual([row["data"] for row in rows],
                         [self.data, second, "total"] * 2)
        self.assertEqual([row["triplets"] for row in rows], [4, 2, 6] * 2)
        for row, score in zip(rows, [0.75, 0.5, 4 / 6] * 2):
            self.assertAlmostEqual(row["score"], score, places=15)

    def test_seed_and_resamples_make_the_interval(self):
        def interval(*arguments):
            [row] = self.results("2afc", "-m", "l2", *arguments, self.data)
            return row["score_low"], row["score_high"]

        self.assertEqual(interval("--seed", "3"), interval("--seed", "3"))
        self.assertNotEqual(interval("--seed", "3", "--bootstrap", "7"),
                            interval("--seed", "4", "--bootstrap", "7"))
        self.assertEqual(interval("--bootstrap", "0"), (None, None))

    def test_options_of_the_run_stand_in_the_json(self):
        report = self.report("2afc", "-m", "mmd:seed=5", "--bootstrap", "10",
                             self.data)
        self.assertEqual(report["schema"], 1)
        self.assertEqual(report["command"], "2afc")
        self.assertEqual(report["bootstrap"], 10)
        self.assertEqual(report["seed"], 0)
        [metric] = report["metrics"]
        self.assertEqual(metric["label"], "mmd:seed=5")
        self.assertEqual(metric["name"], "mmd")
        self.assertEqual(metric["options"]["seed"], 5)
        self.assertIsNone(metric["weights"])

    def test_threads_do_not_change_a_digit(self):
        self.assertEqual(
            self.results("2afc", "--threads", "1", self.data),
            self.results("2afc", "--threads", "3", self.data))

    def test_all_formats_say_the_same(self):
        arguments = ["2afc", "-m", "l2", "-m", "mmd-ssim", self.data]
        rows = self.results(*arguments)
        text = self.ends(judge(*arguments, "--format", "csv"), 0).stdout
        table = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(len(table), 2)
        for row, fields in zip(rows, table):
            self.assertEqual(set(fields), set(row))
            self.assertEqual(fields["metric"], row["metric"])
            for name in ("score", "score_low", "score_high"):
                self.assertEqual(float(fields[name]), row[name])
            for name in ("triplets", "ties", "skipped"):
                self.assertEqual(int(fields[name]), row[name])
        lines = self.ends(judge(*arguments), 0).stdout.splitlines()
        for line, row in zip(lines[1:], rows):
            for name in ("score", "score_low", "score_high"):
                self.assertIn(f"{row[name]:.4f}", line)

    def test_judgements_of_any_number_type_are_read(self):
        for descr, shape in (("<f8", "()"), (">f4", "(1, 1)")):
            stills.npy(self.folder / "data/judge/agrees.npy", 0.25, descr,
                       shape)
            [row] = self.results("2afc", "-m", "l2", self.data)
            self.assertEqual(row["score"], TRIPLETS_SCORE)
        stills.npy(self.folder / "data/judge/identical.npy", 0, "<i8")
        [row] = self.results("2afc", "-m", "l2", self.data)
        self.assertEqual(row["score"], TRIPLETS_SCORE)


@unittest.skipIf(DATA is None, "PERCEPTUAL_TEST_DATA is not set")
class RealTriplet(JudgeCase):
    def test_networks_see_what_people_see_and_psnr_does_not(self):
        """One triplet whose p1 is sharp but warped, and p0 blurred."""
        for inner in ("ref", "p0", "p1"):
            (self.folder / inner).mkdir()
            shutil.copy(pathlib.Path(DATA) / f"media/ex_{inner}.png",
                        self.folder / inner / "ex.png")
        stills.npy(self.folder / "judge/ex.npy", 1)
        metrics = ("lpips", "lpips:backbone=squeeze,heads=none", "psnr",
                   "ssim")
        report = self.report(
            "2afc", "--weights", str(pathlib.Path(DATA) / "weights"),
            *(word for metric in metrics for word in ("-m", metric)),
            str(self.folder))
        self.assertEqual([row["score"] for row in report["results"]],
                         [1, 1, 0, 0])
        self.assertEqual([row["score_low"] for row in report["results"]],
                         [None] * 4)
        self.assertEqual([metric["weights"] and metric["weights"]["name"]
                          for metric in report["metrics"]],
                         ["alex.safetensors", "squeeze.safetensors", None,
                          None])


class BrokenFolders(JudgeCase):
    def setUp(self):
        super().setUp()
        self.data = stills.triplets(self.folder / "data", TRIPLETS)
        self.arguments = ["2afc", "-m", "l2", self.data]

    def broken(self, name, words):
        """The triplet "other" is broken by the file name: an error without
        --skip-broken, with it counted, named, and left out of the score."""
        path = self.folder / "data" / name
        done = self.fails([path, "--skip-broken", *words], *self.arguments)
        self.assertNotIn("agrees", done.stderr)
        [row] = self.results(*self.arguments, "--skip-broken")
        self.assertEqual(row["triplets"], 3)
        self.assertAlmostEqual(row["score"], 2.25 / 3, places=15)
        self.assertEqual(row["skipped"], 1)
        [named] = row["skipped_files"]
        self.assertTrue(named.startswith(f"{path}: "), named)
        for word in words:
            self.assertIn(word, named)
        done = self.ends(judge(*self.arguments, "--skip-broken"), 0)
        self.assertIn(f"skipped_files: {named}\n", done.stdout)
        done = self.ends(judge(*self.arguments, "--skip-broken", "--format",
                               "csv"), 0)
        [fields] = csv.DictReader(io.StringIO(done.stdout))
        self.assertEqual(fields["skipped_files"], named)

    def test_missing_judgement(self):
        (self.folder / "data/judge/other.npy").unlink()
        self.broken("judge/other.npy", ["no such file"])

    def test_missing_image(self):
        (self.folder / "data/p1/other.png").unlink()
        self.broken("p1/other.png", ["no such file"])

    def test_judgement_that_is_no_number(self):
        stills.npy(self.folder / "data/judge/other.npy", float("nan"))
        self.broken("judge/other.npy", ["nan", "from 0 to 1"])

    def test_judgement_above_one(self):
        stills.npy(self.folder / "data/judge/other.npy", 1.5)
        self.broken("judge/other.npy", ["1.5", "from 0 to 1"])

    def test_judgement_below_zero(self):
        stills.npy(self.folder / "data/judge/other.npy", -0.25, "<f8")
        self.broken("judge/other.npy", ["-0.25"])

    def test_judgement_file_that_is_cut_off(self):
        path = self.folder / "data/judge/other.npy"
        path.write_bytes(path.read_bytes()[:-1])
        self.broken("judge/other.npy", ["3 bytes"])

    def test_sizes_that_differ(self):
        stills.png(self.folder / "data/p1/other.png", 105, width=33)
        self.broken("p1/other.png", ["33 x 24", "32 x 24"])

    def test_png_that_is_cut_off(self):
        path = self.folder / "data/p0/other.png"
        path.write_bytes(path.read_bytes()[:-20])
        self.broken("p0/other.png", ["cut off"])

    def test_png_that_is_damaged_inside(self):
        path = self.folder / "data/p0/other.png"
        content = bytearray(path.read_bytes())
        content[45:60] = bytes(15)
        path.write_bytes(content)
        self.broken("p0/other.png", ["cannot be read as an image"])

    def test_file_that_is_no_image(self):
        (self.folder / "data/ref/other.png").write_text("hello")
        self.broken("ref/other.png", ["is not an image"])

    def test_transparent_pixels(self):
        stills.png(self.folder / "data/p0/other.png", (130, 130, 130, 99),
                   alpha=True)
        self.broken("p0/other.png", ["transparent"])

    def test_opaque_alpha_is_fine(self):
        stills.png(self.folder / "data/p0/other.png", (130, 130, 130, 255),
                   alpha=True)
        [row] = self.results(*self.arguments)
        self.assertEqual(row["score"], TRIPLETS_SCORE)

    def test_many_broken_files_are_counted_the_first_named(self):
        for number in range(8):
            stills.npy(self.folder / f"data/judge/extra{number}.npy", 0.5)
        done = self.fails(["extra0", "extra4", "and 3 more"], *self.arguments)
        self.assertNotIn("extra5", done.stderr)

    def test_all_broken_is_an_error_even_when_skipping(self):
        shutil.rmtree(self.folder / "data/judge")
        (self.folder / "data/judge").mkdir()
        self.fails(["judge/agrees.npy", "nothing is left"], *self.arguments,
                   "--skip-broken")

    def test_empty_folder(self):
        for inner in ("ref", "p0", "p1", "judge"):
            (self.folder / "empty" / inner).mkdir(parents=True)
        self.fails([self.folder / "empty", "no triplets"], "2afc",
                   str(self.folder / "empty"))

    def test_missing_folder_says_what_is_expected(self):
        shutil.rmtree(self.folder / "data/p1")
        self.fails(["no folder p1/", "ref/, p0/, p1/ and judge/"],
                   *self.arguments)
        self.fails(["/no/such", "judge/"], "2afc", "/no/such")

    def test_images_too_small_for_the_metric_are_named(self):
        folder = self.folder / "tiny"
        for inner in ("ref", "p0", "p1"):
            stills.png(folder / inner / "a.png", 5, width=3, height=3)
        stills.npy(folder / "judge/a.npy", 0)
        metric = "lpips:weights=random,heads=none,backbone=vgg"
        self.fails([folder / "ref/a.png", metric, "--skip-broken"], "2afc",
                   "-m", metric, str(folder))
        for inner in ("ref", "p0", "p1"):
            stills.png(folder / inner / "b.png", 5, width=40, height=40)
        stills.npy(folder / "judge/b.npy", 0)
        [row] = self.results("2afc", "-m", metric, "--skip-broken", str(folder))
        self.assertEqual((row["triplets"], row["skipped"]), (1, 1))
        self.assertIn("a.png", row["skipped_files"][0])


class JustNoticeable(JudgeCase):
    def setUp(self):
        super().setUp()
        self.data = stills.pairs(self.folder / "data", PAIRS)

    def test_score_is_the_mean_average_precision(self):
        for metric in ("l2", "psnr"):
            [row] = self.results("jnd", "-m", metric, self.data)
            self.assertAlmostEqual(row["map"], PAIRS_MAP, places=14)
            self.assertEqual(row["pairs"], 4)
            self.assertLess(row["map_low"], PAIRS_MAP)
            self.assertGreater(row["map_high"], PAIRS_MAP)

    def test_total_ranks_the_pairs_of_all_folders_together(self):
        second = stills.pairs(self.folder / "second",
                              {"far": (0, 255, 0.0), "near": (9, 9, 1.0)})
        rows = self.results("jnd", "-m", "l2", self.data, second)
        self.assertEqual([row["pairs"] for row in rows], [4, 2, 6])
        self.assertEqual(rows[1]["map"], 1)
        # Same is 1 1 .5 0 1 0: precision 1 at recall 2/3.5, 2.5/3 and 3.5/5.
        self.assertAlmostEqual(
            rows[2]["map"], (2 + 0.5 * 2.5 / 3 + 3.5 / 5) / 3.5, places=14)

    def test_nobody_saying_same_leaves_no_score(self):
        data = stills.pairs(self.folder / "never", {"a": (1, 2, 0.0)})
        [row] = self.results("jnd", "-m", "l2", data)
        self.assertIsNone(row["map"])
        text = self.ends(judge("jnd", "-m", "l2", data), 0).stdout
        self.assertIn(" - ", text.splitlines()[1])

    def test_missing_folder_says_what_is_expected(self):
        shutil.rmtree(self.folder / "data/same")
        self.fails(["no folder same/", "p0/, p1/ and same/"], "jnd",
                   self.data)


if __name__ == "__main__":
    tap.main()
