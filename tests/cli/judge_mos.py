# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-judge mos: correlations with scores that people gave, and tables
that are broken.

usage: judge_mos.py PATH-OF-PERCEPTUAL-JUDGE
"""

import csv
import io
import pathlib

import stills
import tap
from judge_case import JudgeCase, judge

class Scores(JudgeCase):
    def scores(self, rows, head="reference,distorted,score"):
        path = self.folder / "scores.csv"
        path.write_text("\n".join([head, *rows]) + "\n")
        return str(path)

    def setUp(self):
        super().setUp()
        for grey in range(100, 160, 5):
            stills.png(self.folder / f"images/{grey}.png", grey)

    def row(self, reference, distorted, score, *more):
        return ",".join([f"images/{reference}.png", f"images/{distorted}.png",
                         str(score), *more])

    def test_correlations_are_those_worked_out_by_hand(self):
        # Distances rise 5 10 15 20; scores 4 2 3 1.
        path = self.scores([self.row(100, 105, 4), self.row(100, 110, 2),
                            self.row(100, 115, 3), self.row(100, 120, 1)])
        for metric in ("l2", "psnr"):
            [row] = self.results("mos", "-m", metric, path)
            self.assertAlmostEqual(row["spearman"], 0.8, places=14)
            self.assertAlmostEqual(row["kendall"], 4 / 6, places=14)
            self.assertIsNone(row["pearson"])  # no curve through four points
            self.assertEqual((row["references"], row["pairs"]), (1, 4))
            self.assertIsNone(row["spearman_low"])  # of one reference

    def test_scores_are_drawn_over_values_with_groups_and_curve(self):
        plot = self.folder / "scatter.svg"
        path = self.scores(
            [self.row(100, 100 + 5 * n, 9 - n, "ab"[n % 2])
             for n in range(1, 9)], "reference,distorted,score,group")
        self.results("mos", "-m", "l2", "--plot", str(plot), path)
        text = plot.read_text()
        for word in ("l2", "score", "logistic curve of all",
                     "Spearman  1.000", "Kendall  1.000", "Pearson  "):
            self.assertIn(word, text)

    def test_scores_that_mean_the_opposite_turn_the_sign(self):
        path = self.scores([self.row(100, 105, 1), self.row(100, 110, 2),
                            self.row(100, 115, 3)])
        [row] = self.results("mos", "-m", "l2", path)
        self.assertAlmostEqual(row["spearman"], -1, places=14)
        self.assertAlmostEqual(row["kendall"], -1, places=14)

    def test_ties_of_distances_and_scores(self):
        # Distances 5 5 10 15, scores 3 3 1 5: taus' .2 turned round.
        path = self.scores([self.row(100, 105, 3), self.row(105, 100, 3),
                            self.row(100, 110, 1), self.row(100, 115, 5)])
        [row] = self.results("mos", "-m", "l2", path)
        self.assertAlmostEqual(row["kendall"], -0.2, places=14)
        self.assertEqual(row["references"], 2)

    def test_pearson_is_taken_along_the_curve(self):
        # Scores on a curve of the distances that is far from straight.
        def score(step):
            distance = (5 * step / 127.5) ** 2
            return 1 + 4 / (1 + 2.718281828459045 ** (
                (distance - 0.05) / 0.01))

        path = self.scores([self.row(100, 100 + 5 * step, score(step))
                            for step in range(12)])
        [row] = self.results("mos", "-m", "l2", path)
        self.assertAlmostEqual(row["pearson"], 1, places=6)
        self.assertAlmostEqual(row["spearman"], 1, places=14)

    def test_infinite_psnr_is_counted_and_ranks_first(self):
        path = self.scores(
            [self.row(100, 100 + 5 * step, 9 - step) for step in range(7)])
        [row] = self.results("mos", "-m", "psnr", path)
        self.assertEqual(row["infinite"], 1)
        self.assertAlmostEqual(row["spearman"], 1, places=14)
        self.assertGreater(row["pearson"], 0.99)
        [row] = self.results("mos", "-m", "l2", path)
        self.assertEqual(row["infinite"], 0)

    def test_groups_and_total(self):
        rows = []
        for reference in (100, 105, 110):
            for step in range(1, 6):
                rows.append(self.row(reference, reference + 5 * step,
                                     10 - step, "good"))
                rows.append(self.row(reference, reference + 5 * step,
                                     step, '"odd, bad"'))
        path = self.scores(rows, "reference,distorted,score,group")
        results = self.results("mos", "-m", "l2", path)
        self.assertEqual([row["group"] for row in results],
                         ["good", "odd, bad", "total"])
        self.assertEqual([row["pairs"] for row in results], [15, 15, 30])
        self.assertEqual([row["references"] for row in results], [3, 3, 3])
        self.assertAlmostEqual(results[0]["spearman"], 1, places=14)
        self.assertAlmostEqual(results[1]["spearman"], -1, places=14)
        # Every reference has the same steps, so drawing them changes nothing,
        # and says nothing about others.
        self.assertIsNone(results[0]["spearman_low"])
        self.assertIsNone(results[0]["spearman_high"])
        self.assertGreater(results[0]["pearson"], 0.99)

    def test_columns_may_stand_in_any_order(self):
        path = self.scores(
            [f"x,{score},images/{100 + 5 * score}.png,images/100.png"
             for score in (1, 2, 3)], "note,score,distorted,reference")
        [row] = self.results("mos", "-m", "l2", path)
        self.assertAlmostEqual(row["spearman"], -1, places=14)

    def broken(self, bad, words):
        good = [self.row(100, 105, 3), self.row(100, 110, 2),
                self.row(100, 115, 1)]
        path = self.scores([good[0], bad, *good[1:]])
        self.fails(["scores.csv: line 3: ", "--skip-broken", *words], "mos",
                   "-m", "l2", path)
        [row] = self.results("mos", "-m", "l2", "--skip-broken", path)
        self.assertEqual((row["pairs"], row["skipped"]), (3, 1))
        self.assertIn("line 3", row["skipped_files"][0])
        self.assertAlmostEqual(row["spearman"], 1, places=14)

    def test_images_too_small_for_the_metric(self):
        metric = "lpips:weights=random,heads=none,backbone=vgg"
        for name in ("small0", "small1", "small2"):
            stills.png(self.folder / f"images/{name}.png", 5, 3, 3)
        path = self.scores(
            [self.row(100, 105, 3), "images/small0.png,images/small1.png,3",
             "images/small0.png,images/small2.png,3", self.row(110, 110, 9),
             self.row(110, 115, 2)])
        self.fails(["small0.png", metric], "mos", "-m", metric, path)
        [row] = self.results("mos", "-m", metric, "--skip-broken", path)
        self.assertEqual((row["pairs"], row["skipped"]), (3, 2))
        self.assertEqual(row["references"], 2)

    def test_one_reference_may_be_written_in_several_ways(self):
        rows = [self.row(100, 105, 3), "./images/100.png,images/110.png,2",
                "images/../images/100.png,images/115.png,1",
                f"{self.folder}/images/100.png,images/120.png,0"]
        [row] = self.results("mos", "-m", "l2", self.scores(rows))
        self.assertEqual((row["references"], row["pairs"]), (1, 4))

    def test_columns_named_twice_and_a_group_called_total(self):
        head = "reference,distorted,score,group"
        self.fails(["score", "twice"], "mos",
                   self.scores(["a,b,1,2"], "reference,distorted,score,score"))
        self.fails(["line 2", '"total"'], "mos",
                   self.scores([self.row(100, 105, 3, "total")], head))

    def test_file_that_is_no_image(self):
        (self.folder / "images/clip.mkv").write_bytes(b"\x1aE\xdf\xa3" * 9)
        self.broken("images/100.png,images/clip.mkv,3",
                    ["clip.mkv", "is not an image"])

    def test_jpeg_and_bmp_that_are_whole_or_cut_off(self):
        good = [self.row(100, 105, 3), self.row(100, 110, 2),
                self.row(100, 115, 1)]
        for kind, make in (("jpeg", stills.jpeg), ("bmp", stills.bmp)):
            path = pathlib.Path(make(self.folder / f"images/a.{kind}", 120))
            row = f"images/100.png,images/a.{kind},0"
            [result] = self.results("mos", "-m", "l2",
                                    self.scores([*good, row]))
            self.assertEqual((result["pairs"], result["skipped"]), (4, 0))
            self.assertAlmostEqual(result["spearman"], 1, places=14)
            path.write_bytes(path.read_bytes()[:-3])
            self.broken(row, [f"a.{kind}", "cut off", kind.upper()])

    def test_png_of_16_bits_is_measured_at_full_depth(self):
        for name, value in (("same", 100 * 257), ("near", 100 * 257 + 50),
                            ("far", 100 * 257 + 900)):
            stills.png(self.folder / f"images/{name}.png", value, depth=16)
        # Scores fall as distances rise, also between images of 8 bits and 16.
        rows = [f"images/{a}.png,images/{b}.png,{score}" for a, b, score in (
            ("100", "same", 5), ("100", "near", 4), ("100", "far", 3),
            ("same", "far", 3), ("100", "105", 1), ("near", "110", 0))]
        [row] = self.results("mos", "-m", "l2", self.scores(rows))
        self.assertEqual((row["pairs"], row["skipped"]), (6, 0))
        self.assertAlmostEqual(row["spearman"], 1, places=14)

    def test_missing_image(self):
        self.broken(self.row(100, 999, 3), ["999.png", "no such file"])

    def test_sizes_that_differ(self):
        stills.png(self.folder / "images/wide.png", 9, width=64)
        self.broken("images/100.png,images/wide.png,3", ["64 x 24", "32 x 24"])

    def test_score_that_is_no_number(self):
        self.broken(self.row(100, 105, "good"), ['"good" is not a number'])
        self.broken(self.row(100, 105, "nan"), ['"nan" is not a number'])
        self.broken(self.row(100, 105, "0x10"), ['"0x10" is not a number'])

    def test_image_that_is_damaged_inside(self):
        path = self.folder / "images/150.png"
        content = bytearray(path.read_bytes())
        content[45:60] = bytes(15)
        path.write_bytes(content)
        good = [self.row(100, 105, 3), self.row(100, 110, 2),
                self.row(100, 115, 1)]
        for bad in (self.row(100, 150, 2), self.row(150, 100, 2)):
            listed = self.scores([good[0], bad, *good[1:]])
            self.fails(["150.png", "cannot be read as an image"], "mos", "-m",
                       "l2", listed)
            [row] = self.results("mos", "-m", "l2", "--skip-broken", listed)
            self.assertEqual((row["pairs"], row["skipped"]), (3, 1))
            self.assertAlmostEqual(row["spearman"], 1, places=14)

    def test_missing_columns_rows_and_files(self):
        self.fails(["scores.csv", "reference, distorted, score", "a, b"],
                   "mos", self.scores(["1,2"], "a,b"))
        self.fails(["no pairs"], "mos", self.scores([]))
        self.fails(["perceptual-judge: /no/such.csv: cannot be read"], "mos",
                   "/no/such.csv")
        self.fails(["line 2 has 2 fields"], "mos", self.scores(["a,b"]))

    def test_all_formats_say_the_same(self):
        path = self.scores(
            [self.row(reference, reference + 5 * step, score)
             for reference, scores in ((100, (9, 8, 6, 7, 3, 2, 1)),
                                       (105, (9, 8, 7, 6, 2, 1, 3)))
             for step, score in enumerate(scores)])
        for metric in ("l2", "psnr"):
            arguments = ["mos", "-m", metric, path]
            [row] = self.results(*arguments)
            text = self.ends(judge(*arguments, "--format", "csv"), 0).stdout
            [fields] = csv.DictReader(io.StringIO(text))
            self.assertEqual(set(fields), set(row))
            line = self.ends(judge(*arguments), 0).stdout.splitlines()[1]
            for name in ("spearman", "kendall", "pearson"):
                for end in ("", "_low", "_high"):
                    self.assertEqual(float(fields[name + end]),
                                     row[name + end])
                self.assertIn(f"{row[name]:.4f} [", line)


if __name__ == "__main__":
    tap.main()
