# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits on what is measured, and reports for CI systems; the statistics and
columns that they are about.

usage: gates.py PATH-OF-PERCEPTUAL-COMPARE
"""

import csv
import io
import json
import math
import pathlib
import unittest
import xml.etree.ElementTree

import clips
import tap
from compare_case import CompareCase, compare

GREY_TO_WHITE = ((255 - 128) / 127.5) ** 2


def psnr(difference):
    return 20 * math.log10(255 / difference)


class GateCase(CompareCase):
    """l2 of flash.y4m is 0 but for one frame in ten; psnr of steps.y4m falls
    with every frame."""
    @classmethod
    def make_inputs(cls):
        grey = [clips.GREY] * 10
        flash = list(grey)
        flash[3] = clips.WHITE
        clips.y4m(cls.folder / "grey.y4m", grey)
        clips.y4m(cls.folder / "flash.y4m", flash)
        clips.y4m(cls.folder / "steps.y4m",
                  [clips.GREY + 1 + i for i in range(10)])
        clips.y4m(cls.folder / "worse.y4m",
                  [clips.GREY + 2 + i for i in range(10)])

    def run_on(self, code, *arguments, files=("grey.y4m", "steps.y4m")):
        return self.ends(compare(*arguments, *map(self.path, files)), code)


class Statistics(GateCase):
    def test_similarities_have_the_low_end_and_a_harmonic_mean(self):
        [result] = self.report("--metric", "psnr", "--also", "l2",
                               self.path("grey.y4m"),
                               self.path("steps.y4m"))["results"]
        values = sorted(psnr(1 + i) for i in range(10))
        for name, at in (("p1", .09), ("p5", .45), ("p10", .9)):
            self.assertAlmostEqual(
                result[name],
                values[0] + at * (values[1] - values[0]), places=9)
        self.assertAlmostEqual(
            result["harmonic_mean"],
            10 / sum(1 / (1 + value) for value in values) - 1, places=9)
        self.assertNotIn("p5", result["also"]["l2"])
        self.assertNotIn("harmonic_mean", result["also"]["l2"])

    def test_text_shows_them_where_a_column_has_them(self):
        text = self.run_on(0, "--metric", "l2", "--also", "psnr").stdout
        rows = {line.split()[0]: line.split()[1:]
                for line in text.splitlines() if line.strip()}
        self.assertEqual(rows["p5"][0], "-")
        self.assertAlmostEqual(float(rows["p5"][1]),
                               psnr(10) + .45 * (psnr(9) - psnr(10)), places=3)
        self.assertIn("harmonic", rows)
        text = self.run_on(0, "--metric", "l2").stdout
        self.assertNotIn("harmonic", text)

    def test_identical_frames_have_none(self):
        [result] = self.report("--metric", "psnr", self.path("grey.y4m"),
                               self.path("grey.y4m"))["results"]
        self.assertIsNone(result["p5"])
        self.assertIsNone(result["harmonic_mean"])
        self.assertEqual(result["infinite"], 10)


class Columns(GateCase):
    def test_parts_have_names(self):
        [result] = self.report(
            "--also", "psnr", "--also", "lpips:weights=random,heads=none,"
            "backbone=vgg,taps=1,3", "--also", "dps:weights=random,"
            "comparison=spatial+mean,taps=1", "--also", "mmd++",
            self.path("grey.y4m"), self.path("steps.y4m"))["results"]
        self.assertEqual(result["tap_names"], ["level.0"])
        also = result["also"]
        self.assertEqual(also["psnr"]["tap_names"], ["Y", "Cb", "Cr"])
        self.assertEqual(also["mmd++"]["tap_names"], ["mmd", "rbf", "l2"])
        self.assertEqual(
            also["lpips:weights=random,heads=none,backbone=vgg,taps=1,3"]
            ["tap_names"], ["relu1_2", "relu3_3"])
        self.assertEqual(
            also["dps:weights=random,comparison=spatial+mean,taps=1"]
            ["tap_names"], ["spatial.relu1", "mean.relu1"])
        text = self.run_on(0, "--metric", "mmd++").stdout
        self.assertRegex(text, r"\nparts       mmd \S+, rbf \S+, l2 \S+\n")

    def test_logs_name_files_and_parts(self):
        log = pathlib.Path(self.path("parts.csv"))
        self.run_on(0, "--also", "psnr", "--metric", "l2", "--log", str(log),
                    "--log-format", "csv")
        lines = log.read_text(encoding="utf-8").splitlines()
        self.assertIn(f"# reference: {self.path('grey.y4m')}", lines)
        self.assertIn(f"# distorted: {self.path('steps.y4m')}", lines)
        rows = list(csv.DictReader(line for line in lines
                                   if not line.startswith("#")))
        self.assertEqual(len(rows), 10)
        for i, row in enumerate(rows):
            self.assertAlmostEqual(float(row["psnr.Y"]), psnr(1 + i), places=6)
            self.assertEqual(row["psnr.Cb"], "")
            self.assertEqual(float(row["psnr"]), float(row["psnr.Y"]))
            self.assertEqual(row["taps"], row["distance"])
        log = pathlib.Path(self.path("parts.jsonl"))
        self.run_on(0, "--also", "psnr", "--log", str(log))
        header = json.loads(log.read_text(encoding="utf-8").splitlines()[0])
        self.assertEqual(header["reference"], self.path("grey.y4m"))
        self.assertEqual(header["distorted"], self.path("steps.y4m"))
        self.assertEqual(header["tap_names"][:2], ["level.0", "level.1"])
        self.assertEqual(header["also_tap_names"]["psnr"], ["Y", "Cb", "Cr"])

    def test_metrics_take_options_of_their_own(self):
        plain = "lpips:backbone=squeeze,weights=random,heads=none"
        first = plain + ",taps=1"
        report = self.report("--metric", plain, "--metric", first, "--metric",
                             "l2", self.path("grey.y4m"),
                             self.path("steps.y4m"))
        self.assertEqual(report["metric"], plain)
        self.assertEqual(report["options"]["taps"], "all")
        other = report["also_metrics"][first]
        self.assertEqual(other["metric"], "lpips")
        self.assertEqual(other["options"]["taps"], "1")
        self.assertEqual(other["weights"], {"name": "random", "sha256": None})
        [result] = report["results"]
        self.assertEqual(list(result["also"]), [first, "l2"])
        self.assertAlmostEqual(result["also"][first]["mean"],
                               result["taps"][0], places=9)
        # The same by options that are for all metrics.
        [again] = self.report(
            "--metric", "lpips", "--backbone", "squeeze", "--weights",
            "random", "--heads", "none", "--taps", "1", self.path("grey.y4m"),
            self.path("steps.y4m"))["results"]
        self.assertEqual(again["mean"], result["also"][first]["mean"])

    def test_options_of_further_metrics_are_taken(self):
        [result] = self.report(
            "--metric", "l2", "--also", "lpips", "--weights", "random",
            "--heads", "none", "--backbone", "squeeze", self.path("grey.y4m"),
            self.path("steps.y4m"))["results"]
        self.assertEqual(len(result["also"]["lpips"]["taps"]), 7)

    def test_csv_has_a_row_for_each_pair_of_files(self):
        done = self.run_on(
            0, "--format", "csv", "--metric", "l2", "--also", "psnr",
            files=("grey.y4m", "steps.y4m", "flash.y4m"))
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        results = self.report("--metric", "l2", "--also", "psnr", *map(
            self.path, ("grey.y4m", "steps.y4m", "flash.y4m")))["results"]
        self.assertEqual([row["distorted"] for row in rows],
                         [result["distorted"] for result in results])
        for row, result in zip(rows, results):
            self.assertEqual(row["reference"], self.path("grey.y4m"))
            self.assertEqual(float(row["l2.mean"]), result["mean"])
            self.assertEqual(float(row["psnr.p5"]),
                             result["also"]["psnr"]["p5"])
            self.assertEqual(int(row["pairs"]), 10)
            self.assertEqual((row["incomplete"], row["error"]),
                             ("false", ""))
        self.assertEqual(rows[1]["psnr.infinite"], "9")


class Limits(GateCase):
    def test_conditions_on_statistics_and_metrics(self):
        table = (
            (3, ["steps.y4m", "psnr p5", "below the limit 30"],
             ["--fail-below", "psnr.p5>30"]),
            (0, [], ["--fail-below", "psnr.p5>28"]),
            (0, [], ["--fail-below", "psnr.p5 >= 28.2"]),
            (0, [], ["--fail-below", "psnr.harmonic>28"]),
            (3, ["psnr harmonic_mean", "below the limit 50"],
             ["--fail-below", "psnr.harmonic_mean>50"]),
            (3, ["psnr mean", "below the limit 40"], ["--fail-below",
                                                      "psnr>40"]),
            (3, ["psnr mean", "below the limit 40"],
             ["--metric", "psnr", "--fail-below", "40"]),
            (0, [], ["--metric", "psnr", "--fail-below", "30"]),
            (3, ["l2 max", "above the limit 0.001"],
             ["--metric", "l2", "--fail-above", "max<0.001"]),
            (0, [], ["--metric", "l2", "--fail-above", "max<0.01",
                     "--fail-above", "0.01"]),
            (3, ["l2 max", "l2 mean"],
             ["--metric", "l2", "--fail-above", "max<0.001",
              "--fail-above", "0.0001"]),
            (3, ["psnr stdev", "above the limit 1"],
             ["--fail-above", "psnr.stdev<1"]),
        )
        for code, words, arguments in table:
            with self.subTest(" ".join(arguments)):
                done = self.run_on(code, "--quiet", *arguments)
                for word in words:
                    self.assertIn(word, done.stderr)
                self.assertEqual(done.stderr == "", code == 0)

    def test_at_the_limit_the_sign_decides(self):
        files = ("grey.y4m", "grey.y4m")
        self.run_on(0, "--fail-above", "0", files=files)
        self.run_on(0, "--fail-above", "mean<=0", files=files)
        done = self.run_on(3, "--fail-above", "mean<0", files=files)
        self.assertIn("mean is 0, at the limit 0", done.stderr)
        # What is above 0 by the least is above it.
        done = self.run_on(3, "--metric", "l2", "--fail-above", "0")
        self.assertIn("above the limit 0", done.stderr)

    def test_a_value_that_equals_its_limit_is_within_it(self):
        for metric, option, sign, worse in (("l2", "--fail-above", "<", -1e-9),
                                            ("psnr", "--fail-below", ">",
                                             1e-6)):
            arguments = ("--metric", metric)
            [result] = self.report(*arguments, self.path("grey.y4m"),
                                   self.path("steps.y4m"))["results"]
            mean = result["mean"]
            self.run_on(0, *arguments, option, repr(mean))
            self.run_on(0, *arguments, option, f"mean{sign}={mean!r}")
            self.run_on(3, *arguments, option, f"mean{sign}{mean!r}")
            self.run_on(3, *arguments, option, repr(mean + worse))

    def test_json_lists_what_failed(self):
        report = self.report(
            "--metric", "l2", "--fail-above", "max<.9", "--fail-above",
            "mean<1", "--fail-below", "psnr.min>60", self.path("grey.y4m"),
            self.path("flash.y4m"), code=3)
        first, second = report["failed"]
        self.assertEqual(
            {name: first[name] for name in first if name != "value"},
            {"distorted": self.path("flash.y4m"), "metric": "l2",
             "statistic": "max", "limit": .9, "beyond": "above"})
        self.assertAlmostEqual(first["value"], GREY_TO_WHITE, places=6)
        self.assertEqual((second["metric"], second["statistic"],
                          second["limit"], second["beyond"]),
                         ("psnr", "min", 60, "below"))
        report = self.report("--fail-above", "1", self.path("grey.y4m"),
                             self.path("grey.y4m"))
        self.assertEqual(report["failed"], [])
        self.assertNotIn("failed", self.report(self.path("grey.y4m"),
                                               self.path("grey.y4m")))

    def test_infinite_psnr_is_not_below_a_limit(self):
        self.run_on(0, "--fail-below", "psnr.p5>100",
                    files=("grey.y4m", "grey.y4m"))

    def test_an_error_outweighs_a_limit(self):
        self.run_on(1, "--fail-above", "0", "--unequal-ends", "error",
                    "--metric", "l2", files=("grey.y4m", "nothing.y4m"))

    def test_values_that_say_nothing_are_refused(self):
        table = (
            (["fail-above", '"x"', "0 or more"], ["--fail-above=x"]),
            (["fail-above", '""'], ["--fail-above="]),
            (['"-1"', "0 or more"], ["--fail-above=-1"]),
            (['"inf"'], ["--fail-above=inf"]),
            (['"nan"'], ["--fail-below=nan"]),
            (['"p95<"'], ["--fail-above=p95<"]),
            (['"<1"'], ["--fail-above=<1"]),
            (['"p95<1x"'], ["--fail-above=p95<1x"]),
            (['"p95<<1"'], ["--fail-above=p95<<1"]),
            (["wrong way round", "--fail-below"], ["--fail-above=p95>1"]),
            (["wrong way round", "--fail-above"], ["--fail-below=psnr<1"]),
            (['"p96"', "p95", "--list-metrics"], ["--fail-above=p96<1"]),
            (['"beauty"'], ["--fail-above=beauty.p95<1"]),
            (["lpips:backbone=none"], ["--fail-above=lpips:backbone=none<1"]),
            (["p5 is not computed for l2"],
             ["--metric=l2", "--fail-above=p5<1"]),
            (["harmonic_mean is not computed"],
             ["--fail-above=harmonic_mean<1"]),
            (["psnr", "--fail-below"], ["--metric=psnr", "--fail-above=1"]),
            (["mmd-ssim is a distance", "--fail-above"], ["--fail-below=1"]),
            (["--baseline FILE"], ["--baseline-tolerance=1"]),
            (['"-1"', "2%"], ["--baseline-tolerance=-1"]),
            (['"%"'], ["--baseline-tolerance=%"]),
            (['"1e999"'], ["--baseline-tolerance=1e999"]),
            (['"text"', "2%"], ["--baseline-tolerance=text"]),
            (["named twice"], ["--also=psnr", "--also=psnr"]),
            (["--also lpips:backbone", "needs a value"],
             ["--also=lpips:backbone"]),
            (["--also lpips:backbone=x", "alex, squeeze, vgg"],
             ["--also=lpips:backbone=x"]),
            (["no option", "its options"], ["--metric=lpips:colour=red"]),
            (['There is no metric "3"'], ["--also=psnr,3"]),
        )
        for words, arguments in table:
            with self.subTest(" ".join(arguments)):
                self.refused(words, *arguments, self.path("grey.y4m"),
                             self.path("grey.y4m"))


class Baseline(GateCase):
    def baseline(self, *arguments, files=("grey.y4m", "steps.y4m")):
        path = pathlib.Path(self.path("old.json"))
        done = self.run_on(0, "--format", "json", *arguments, files=files)
        path.write_text(done.stdout, encoding="utf-8")
        return str(path)

    def test_worse_files_fail_and_equal_ones_do_not(self):
        old = self.baseline("--metric", "l2", "--also", "psnr")
        arguments = ("--metric", "l2", "--also", "psnr", "--baseline", old)
        self.run_on(0, *arguments)
        # One file then and now: whatever it is called.
        done = self.run_on(3, *arguments, files=("grey.y4m", "worse.y4m"))
        for words in ("worse.y4m: l2 mean", "worse.y4m: l2 p95",
                      "worse.y4m: psnr mean", "worse.y4m: psnr p5",
                      "in the baseline)"):
            self.assertIn(words, done.stderr)
        self.run_on(0, *arguments, "--baseline-tolerance", "60%",
                    files=("grey.y4m", "worse.y4m"))
        self.run_on(0, *arguments, "--baseline-tolerance", "9",
                    files=("grey.y4m", "worse.y4m"))
        report = self.report(*arguments, self.path("grey.y4m"),
                             self.path("worse.y4m"), code=3)
        before = json.loads(pathlib.Path(old).read_text(encoding="utf-8"))
        self.assertEqual(report["failed"][0]["baseline"],
                         before["results"][0]["mean"])
        self.assertEqual(report["failed"][0]["limit"],
                         before["results"][0]["mean"] * 1.01)

    def test_a_baseline_is_of_the_same_section(self):
        section = ("--metric", "l2", "--start", "1f")
        old = self.baseline(*section)
        self.run_on(0, *section, "--baseline", old)
        for other in (("--metric", "l2"), (*section, "--frames", "1"),
                      ("--metric", "l2", "--start", "2f")):
            done = self.run_on(1, *other, "--baseline", old)
            self.assertIn("measured with another --start, --duration or "
                          "--frames", done.stderr)
        done = self.run_on(0, "--format", "markdown", *section)
        self.assertIn("\nsection: from 1f on\n", done.stdout)

    def test_what_was_identical_must_stay_so(self):
        old = self.baseline("--metric", "psnr", files=("grey.y4m", "grey.y4m"))
        self.run_on(0, "--metric", "psnr", "--baseline", old,
                    files=("grey.y4m", "grey.y4m"))
        done = self.run_on(3, "--metric", "psnr", "--baseline", old)
        self.assertIn("below the limit infinite", done.stderr)

    def test_what_cannot_be_compared_is_an_error(self):
        old = self.baseline("--metric", "l2",
                            files=("grey.y4m", "steps.y4m", "flash.y4m"))
        text = pathlib.Path(self.path("words.json"))
        text.write_text("{}", encoding="utf-8")
        pathlib.Path(self.path("hollow.json")).write_text(json.dumps({
            "schema": 1, "metric": "mmd-ssim", "results": [
                {"distorted": "worse.y4m", "mean": "much"}]}),
            encoding="utf-8")
        table = (
            (["nothing.json", "No such file"], "nothing.json", ()),
            (["words.json", "not a report"], "words.json", ()),
            (["hollow.json", "has no mean"], "hollow.json", ()),
            (["old.json", "by l2, and this is mmd-ssim"], "old.json", ()),
            (["old.json", "no whole result of", "worse.y4m"], "old.json",
             ("--metric", "l2")),
        )
        for words, name, arguments in table:
            with self.subTest(words[1]):
                done = self.run_on(1, "--baseline", self.path(name),
                                   *arguments,
                                   files=("grey.y4m", "worse.y4m"))
                for word in words:
                    self.assertIn(word, done.stderr)
                self.assertEqual(done.stdout, "")
        old = self.baseline("--metric", "mmd", "--seed", "1")
        done = self.run_on(1, "--metric", "mmd", "--baseline", old)
        self.assertIn("with another --seed", done.stderr)
        self.assertIn("mean", done.stdout)


class Reports(GateCase):
    def test_junit_has_a_case_for_each_limit_of_each_file(self):
        path = self.path("result.xml")
        self.run_on(3, "--quiet", "--metric", "l2", "--fail-above", "max<0.5",
                    "--fail-above", "mean<0.5", "--junit", path,
                    files=("grey.y4m", "flash.y4m", "steps.y4m"))
        suite = xml.etree.ElementTree.parse(path).getroot()
        self.assertEqual(suite.attrib, {
            "name": "perceptual-compare", "tests": "4", "failures": "1",
            "errors": "0"})
        cases = [(case.get("classname"), case.get("name"),
                  [child.tag for child in case]) for case in suite]
        flash, steps = self.path("flash.y4m"), self.path("steps.y4m")
        self.assertEqual(cases, [
            (flash, "l2 max < 0.5", ["failure"]),
            (flash, "l2 mean < 0.5", []),
            (steps, "l2 max < 0.5", []),
            (steps, "l2 mean < 0.5", [])])
        self.assertIn("l2 max is 0.99", suite[0][0].get("message"))

    def test_junit_of_files_without_limits_and_with_errors(self):
        path = self.path("errors.xml")
        odd = self.path('a<&>".y4m')
        clips.y4m(odd, [clips.GREY] * 10)
        clips.y4m(self.path("wide.y4m"), [clips.GREY] * 10, width=64)
        self.run_on(1, "--metric", "l2", "--junit", path,
                    files=("grey.y4m", 'a<&>".y4m', "wide.y4m"))
        suite = xml.etree.ElementTree.parse(path).getroot()
        self.assertEqual((suite.get("tests"), suite.get("errors")),
                         ("2", "1"))
        self.assertEqual(suite[0].get("classname"), odd)
        self.assertEqual(len(suite[0]), 0)
        self.assertIn("32x24", suite[1][0].get("message"))

    def test_a_file_that_cannot_be_written_ends_it_before_measuring(self):
        for path, reason in ((self.path("none/x.xml"), "No such file"),
                             (str(self.folder), "Is a directory")):
            done = self.run_on(1, "--junit", path)
            self.assertIn(f"--junit {path}: it cannot be written: {reason}",
                          done.stderr)
            self.assertEqual(done.stdout, "")

    def test_markdown_is_a_table_with_verdicts(self):
        done = self.run_on(3, "--format", "markdown", "--metric", "l2",
                           "--also", "psnr", "--fail-above", "max<0.5",
                           files=("grey.y4m", "flash.y4m", "steps.y4m"))
        lines = done.stdout.splitlines()
        table = [[cell.strip() for cell in line.strip("|").split("|")]
                 for line in lines if line.startswith("|")]
        self.assertEqual(table[0], ["distorted", "pairs", "unpaired", "l2",
                                    "p95", "max", "psnr", "limits"])
        self.assertEqual({len(row) for row in table}, {8})
        self.assertEqual([row[-1] for row in table[2:]],
                         ["**failed**", "passed"])
        self.assertEqual(table[2][1:3], ["10", "0"])
        name = self.path("flash.y4m").replace("_", "\\_")
        self.assertIn(f"- failed: {name}: l2 max is", done.stdout)
        plain = self.run_on(0, "--format", "markdown", "--metric",
                            "l2").stdout
        self.assertNotIn("limits", plain)


if __name__ == "__main__":
    tap.main()
