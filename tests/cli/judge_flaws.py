# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-judge flaws as its users see it.

usage: judge_flaws.py PATH-OF-PERCEPTUAL-JUDGE
"""

import csv
import io
import os
import re
import unittest

import stills
import tap
from judge_case import JudgeCase, judge

FLAWS = ["translate", "rotate", "mirror", "invert", "stain", "brightness",
         "blur", "noise", "jpeg", "flat", "swap"]
SINGLE = ["mirror", "invert"]


def texture(x, y):
    """Far from black and white, so that brightness does not clip."""
    return (60 + (x * x + 3 * y) % 71, 50 + (x + y * y) % 83,
            70 + (x // 8 + y // 8) % 2 * 40)


def steps(rows, metric, flaw, key="distance"):
    return [row[key] for row in rows if row["metric"] == metric
            and row["flaw"] == flaw and row["image"] is None]


class Flaws(JudgeCase):
    def setUp(self):
        super().setUp()
        self.image = stills.png(self.folder / "a.png", texture, 96, 80)

    def test_every_flaw_and_step_is_a_row_for_each_metric(self):
        rows = self.results("flaws", "-m", "l2", "-m", "ssim", "--steps", "2",
                            self.image)
        means = [row for row in rows if row["image"] is None]
        self.assertEqual(
            [(row["metric"], row["flaw"], row["step"]) for row in means],
            [(metric, flaw, step) for metric in ("l2", "ssim")
             for flaw in FLAWS for step in (1, 2)
             if step == 1 or flaw not in SINGLE])
        self.assertEqual(len(rows), 2 * len(means))

    def test_chosen_flaws_are_all_there_is_and_have_the_same_numbers(self):
        arguments = ["flaws", "-m", "l2", "-m", "psnr", "--steps", "3"]
        every = self.results(*arguments, self.image)
        for typed, flaws in (("swap,mirror,blur", ["mirror", "blur", "swap"]),
                             ("noise", ["noise"]), ("jpeg,jpeg", ["jpeg"])):
            saved = self.folder / typed
            plot = self.folder / f"{typed}.svg"
            chosen = [*arguments, "--flaws", typed, self.image]
            self.assertEqual(
                self.results(*chosen, "--save", str(saved), "--plot",
                             str(plot)),
                [row for row in every if row["flaw"] in flaws])
            text = self.ends(judge(*chosen, "--format", "csv"), 0).stdout
            rows = csv.DictReader(io.StringIO(text))
            self.assertEqual({row["flaw"] for row in rows}, set(flaws))
            lines = self.ends(judge(*chosen), 0).stdout.splitlines()[1:-2]
            self.assertEqual({line.split()[0] for line in lines}, set(flaws))
            self.assertEqual({path.name.split("-")[1].removesuffix(".png")
                              for path in saved.iterdir()},
                             {"original", *flaws})
            [words] = re.findall("<desc>(.*)</desc>", plot.read_text())
            self.assertEqual([word for word in words.split("; ")
                              if word in FLAWS], flaws)

    def test_an_unknown_flaw_is_refused_with_the_known_ones(self):
        for typed, wrong in (("blurr", "blurr"), ("blur,", ""), ("", ""),
                             ("noise, blur", " blur"), ("Blur", "Blur")):
            self.refused([f'"{wrong}" is not a value for --flaws; valid: '
                          + ", ".join(FLAWS)],
                         "flaws", "--flaws", typed, self.image)
        text = self.ends(judge("flaws", "--help"), 0).stdout
        for word in ("--flaws=NAME,...", *FLAWS):
            self.assertIn(word, text)

    def test_distances_rise_with_the_strength(self):
        rows = self.results("flaws", "-m", "l2", "-m", "mmd-ssim", "-m",
                            "psnr", self.image)
        for metric in ("l2", "mmd-ssim", "psnr"):
            for flaw in ("blur", "noise", "stain", "brightness"):
                found = steps(rows, metric, flaw)
                self.assertEqual(len(found), 5)
                self.assertGreater(found[0], 0)
                self.assertEqual(found, sorted(found), (metric, flaw))

    def test_brightness_of_l2_is_exact(self):
        rows = self.results("flaws", "-m", "l2", "--steps", "3", self.image)
        for step, found in enumerate(steps(rows, "l2", "brightness"), 1):
            self.assertAlmostEqual(found, (8 * step / 127.5) ** 2, places=6)

    def test_centred_patches_are_blind_to_brightness_only(self):
        rows = self.results("flaws", "-m", "mmd", "-m", "l2", "--steps", "3",
                            self.image)
        self.assertLess(max(steps(rows, "mmd", "brightness")), 1e-6)
        self.assertGreater(min(steps(rows, "l2", "brightness")), 1e-3)
        self.assertGreater(min(steps(rows, "mmd", "blur")), 1e-3)

    def test_mean_comparison_sees_less_of_a_mirror_than_spatial(self):
        metrics = ["dps:comparison=%s,backbone=squeeze,weights=random" % name
                   for name in ("spatial", "mean")]
        rows = self.results("flaws", "-m", metrics[0], "-m", metrics[1],
                            "--steps", "1", self.image)
        spatial, mean = (steps(rows, metric, "mirror", "relative")[0]
                         for metric in metrics)
        self.assertLess(mean, spatial / 2)

    def test_relative_is_one_for_the_middle_noise(self):
        rows = self.results("flaws", "-m", "l2", "-m", "ssim", self.image)
        for metric in ("l2", "ssim"):
            self.assertEqual(steps(rows, metric, "noise", "relative")[2], 1)

    def test_mean_is_that_of_the_images(self):
        other = stills.png(self.folder / "b.png",
                           lambda x, y: (x * y % 200, 99, y * 2), 64, 72)
        rows = self.results("flaws", "-m", "ssim", "--steps", "1", self.image,
                            other)
        noise = [row for row in rows if row["flaw"] == "noise"]
        self.assertEqual([row["image"] for row in noise],
                         [None, self.image, other])
        self.assertEqual([row["images"] for row in noise], [2, 1, 1])
        mean, a, b = (row["distance"] for row in noise)
        self.assertNotEqual(a, b)
        self.assertAlmostEqual(mean, (a + b) / 2, places=14)
        self.assertAlmostEqual(noise[1]["value"], 1 - a, places=14)

    def test_seed_chooses_noise_and_nothing_else(self):
        runs = [self.results("flaws", "-m", "l2", "--steps", "1", "--seed",
                             seed, self.image) for seed in ("1", "1", "2")]
        self.assertEqual(runs[0], runs[1])
        for flaw in FLAWS:
            same = steps(runs[0], "l2", flaw) == steps(runs[2], "l2", flaw)
            self.assertEqual(same, flaw not in ("noise", "flat", "swap"), flaw)

    def test_all_formats_say_the_same(self):
        arguments = ["flaws", "-m", "l2", "--steps", "2", self.image]
        rows = self.results(*arguments)
        text = self.ends(judge(*arguments, "--format", "csv"), 0).stdout
        fields = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([float(row["distance"]) for row in fields],
                         [row["distance"] for row in rows])
        shown = self.ends(judge(*arguments), 0).stdout
        for flaw in FLAWS:
            first = steps(rows, "l2", flaw)[0]
            self.assertRegex(shown, rf"(?m)^{flaw} .* {first:#.3g} \(")

    def test_default_metrics_need_no_weights(self):
        rows = self.results("flaws", "--steps", "1", self.image)
        self.assertEqual(list(dict.fromkeys(row["metric"] for row in rows)),
                         ["mmd-ssim", "mmd", "ssim", "l2"])

    def test_saved_images_are_those_compared(self):
        saved = self.folder / "new/saved"
        rows = self.results("flaws", "-m", "l2", "--steps", "2", "--save",
                            str(saved), self.image)
        names = {path.name for path in saved.iterdir()}
        self.assertEqual(names, {"a-original.png"} | {
            f"a-{flaw}-{step}.png" for flaw in FLAWS for step in (1, 2)
            if step == 1 or flaw not in SINGLE})
        original = stills.samples(saved / "a-original.png")
        for flaw in FLAWS:
            flawed = stills.samples(saved / f"a-{flaw}-1.png")
            self.assertEqual(len(flawed), len(original))
            squares = sum((a - b) ** 2 for a, b in zip(flawed, original))
            self.assertAlmostEqual(steps(rows, "l2", flaw)[0] * 127.5 ** 2,
                                   squares / len(original), delta=1e-3)

    def test_two_images_of_one_name_are_not_saved_over_each_other(self):
        other = stills.png(self.folder / "other/a.png", texture, 96, 80)
        self.fails([other, "same names", self.image], "flaws", "-m", "l2",
                   "--save", str(self.folder / "s"), self.image, other)

    def test_plots(self):
        for ending, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
            path = self.folder / f"plot.{ending}"
            self.ends(judge("flaws", "-m", "l2", "-m", "ssim", "--steps", "2",
                            "--plot", str(path), self.image), 0)
            self.assertTrue(path.read_bytes().startswith(start))
        text = path.read_text()
        for word in FLAWS + ["l2", "ssim", "noise of sigma 5"]:
            self.assertIn(word, text)

    def test_the_same_run_draws_the_same_bytes(self):
        for ending in ("png", "svg"):
            drawn = []
            for name in ("one", "two"):
                path = self.folder / f"{name}.{ending}"
                self.ends(judge("flaws", "-m", "l2", "--steps", "1", "--plot",
                                str(path), self.image), 0)
                drawn.append(path.read_bytes())
            self.assertEqual(drawn[0], drawn[1])

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk_is_an_error_for_plots(self):
        link = self.folder / "full.png"
        link.symlink_to("/dev/full")
        done = self.ends(judge("flaws", "-m", "l2", "--steps", "1", "--plot",
                               str(link), self.image), 1)
        self.assertIn(str(link), done.stderr)
        # Nothing that was measured is lost.
        self.assertIn("translate", done.stdout)

    def test_wrong_usage(self):
        self.refused(["IMAGE..."], "flaws")
        self.refused(["steps", "1 to 12"], "flaws", "--steps", "0", self.image)
        self.refused(["steps", "1 to 12"], "flaws", "--steps", "13",
                     self.image)
        self.refused(["seed"], "flaws", "--seed", "-1", self.image)
        self.refused([".png or .svg"], "flaws", "--plot", "a.jpg", self.image)

    def test_broken_and_small_images_are_named_before_any_is_measured(self):
        broken = self.folder / "broken.png"
        broken.write_bytes(b"\x89PNG\r\n\x1a\n")
        small = stills.png(self.folder / "small.png", 100, 40, 40)
        for bad in (broken, self.folder / "missing.png", small):
            self.fails([bad], "flaws", "-m", "l2", self.image, str(bad))
        self.fails(["--steps 5", "40 x 40"], "flaws", "-m", "l2", small)


if __name__ == "__main__":
    tap.main()
