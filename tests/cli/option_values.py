# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every option of perceptual-compare with values that are good, bad and absurd.

An option that --help lists and that has no row here fails the test.

usage: option_values.py PATH-OF-PERCEPTUAL-COMPARE
"""

import dataclasses
import os
import re
import shutil
import subprocess

import clips
import stills
import tap
import compare_case
from compare_case import CompareCase, compare

# Runs are in another folder.
PROGRAM = os.path.abspath(compare_case.PROGRAM)

# What nobody means.  A name of a file may be almost anything, and an option
# that takes one may take these: then something else has to be right, below.
ABSURD = ("", "9" * 400, "nan", "\x1b[2J%n%s\udcff" + "x" * 70000)


@dataclasses.dataclass
class Row:
    """@good: values that are taken, @bad: values that are wrong usage,
    @failing: values that are an error all the same, but not of usage, since
    they name what is not there; @beside: what else has to be on the command
    line for the option to make sense; @images: of images, not of videos;
    @code: what a good run ends with."""
    good: tuple = ()
    bad: tuple = ()
    failing: tuple = ()
    beside: tuple = ()
    files: tuple = ("a.y4m", "b.y4m")


BOOLEAN = {"good": ("true", "false"), "bad": ("2", "maybe", "TRUE FALSE")}
LPIPS = ("--metric", "lpips", "--weights", "random", "--heads", "none",
         "--backbone", "squeeze")
MMD = ("--metric", "mmd")
LOG = ("--log", "log.jsonl")
HEAT = ("--heatmap", "heat.mkv")
ALERT = (*LOG, "--alert-above", "1")
SYNC = ("--sync", "auto")
RAW = {"good": ("32x24:i420:25", "32x24:i420"),
       "bad": ("32x24", "0x24:i420", "32x24:i420:0", "32x24:bgr999:25",
               "1000000x2:i420", "-32x24:i420")}
TIMES = ("0", "20ms", "0.02s", "0:00:00.02", "1f", "20000000")
NO_TIMES = ("-1", "1:60:00", "0:60:00", "1.5f", "later", "1e99s")
SPANS = ("20ms", "0.02s", "20000000")
NO_SPANS = ("-20ms", "later", "3parsecs")
COLOURS = {"good": ("bt709", "bt601"), "bad": ("purple", "bt709:bt709")}

OPTIONS = {
    "--metric": Row(("l2", "mmd-ssim", "psnr"), ("beauty", "L2", "l2,psnr")),
    "--also": Row(("psnr", "psnr,ssim", "mmd:seed=5", "l2"),
                  ("beauty", "psnr:x=1", "psnr,psnr", "mmd:seed=-1", ",",
                   "psnr,", ",psnr", "psnr,,ssim")),
    "--format": Row(("text", "json", "markdown", "csv"), ("xml", "JSON")),
    "--quiet": Row(),
    "--log": Row(("log.jsonl", "-"), (), ("none/log.jsonl", ".")),
    "--heatmap": Row(("heat.mkv", "heat.webm"), ("heat.gif", "heat.png"),
                     ("none/heat.mkv",)),
    "--report": Row(("page.html",), ("page.htm", "page"),
                    ("none/page.html",)),
    "--threads": Row(("0", "1", "256"), ("-1", "257", "two", "1.5")),
    "--list-metrics": Row(),
    "--help": Row(),
    "--version": Row(),
    "--start": Row(TIMES, NO_TIMES, ("1:00:00",)),
    "--duration": Row(("40ms", "0.04s", "2f", "1:00:00"),
                      (*NO_TIMES, "0", "0f")),
    "--frames": Row(("1", "2", "1000000"), ("0", "-1", "1.5", "all")),
    "--reference-start": Row(TIMES, NO_TIMES, ("1:00:00",)),
    "--distorted-start": Row(TIMES, NO_TIMES, ("1:00:00",)),
    "--pairs": Row(("list.csv",), (), ("none.csv", "."), files=()),
    "--fps": Row(("25", "30000/1001", "23.976"),
                 ("0", "-1", "1/0", "25/", "fast"),
                 files=("frame%02d.png", "frame%02d.png")),
    "--raw": Row(RAW["good"], RAW["bad"], ("32x25:i420",),
                 files=("a.yuv", "a.yuv")),
    "--reference-raw": Row(RAW["good"], RAW["bad"], ("32x25:i420",),
                           files=("a.yuv", "b.y4m")),
    "--distorted-raw": Row(RAW["good"], RAW["bad"], ("32x25:i420",),
                           files=("a.y4m", "a.yuv")),
    "--align": Row(("auto", "start", "time"), ("content", "AUTO")),
    "--orientation": Row(("auto", "ignore"), ("90", "left")),
    "--deinterlace": Row(("auto", "reference", "distorted", "both"),
                         ("none", "yes")),
    "--scaling": Row(("none", "to-reference"), ("up", "to-distorted")),
    "--crop": Row(("16x16+0+0", "32x24+0+0", "auto"),
                  ("16x16", "0x16+0+0", "16x16+-1+0", "16x16-1-0", "half"),
                  ("64x64+0+0", "16x16+30+0")),
    "--reference-crop": Row(("16x16+0+0",), ("16x16", "auto", "0x1+0+0"),
                            ("64x64+0+0",),
                            beside=("--distorted-crop", "16x16+2+2")),
    "--distorted-crop": Row(("16x16+0+0",), ("16x16", "auto", "0x1+0+0"),
                            ("64x64+0+0",),
                            beside=("--reference-crop", "16x16+2+2")),
    "--allow-hdr": Row(**BOOLEAN),
    "--reference-colorimetry": Row(**COLOURS),
    "--distorted-colorimetry": Row(**COLOURS),
    "--stall": Row(("1", "1.5s", "10s"),
                   ("0", "-1", "500ms", "never", "3f")),
    "--allow-playlists": Row(),
    "--fail-above": Row(("1", "mean<1", "l2.max<1", "p95<1"),
                        ("-", "mean>1", "beauty.mean<1", "p94<1", "mean<"),
                        beside=("--also", "l2")),
    "--fail-below": Row(("psnr.mean>0", "psnr.p5>0"),
                        ("psnr.mean<1", "psnr.p4>1", "psnr.mean>x"),
                        beside=("--also", "psnr")),
    "--baseline": Row(("old.json",), (), ("none.json", "list.csv")),
    "--baseline-tolerance": Row(("0", "0.1", "10%"),
                                ("-1", "x", "10%%", "nan"),
                                beside=("--baseline", "old.json")),
    "--junit": Row(("junit.xml",), (), ("none/junit.xml",),
                   beside=("--fail-above", "1")),
    "--pair": Row(("time", "index"), ("number",)),
    "--tolerance": Row(("0", "20ms", "20000000"), NO_SPANS[1:]),
    "--sync": Row(("none", "auto", "start", "files", "track"), ("maybe",)),
    "--sync-offset": Row(("0", "40ms", "-40ms", "1f"), NO_SPANS[1:]),
    "--sync-window": Row(SPANS, NO_SPANS, beside=SYNC),
    "--sync-duration": Row(("1s", "1000000000"), NO_SPANS, beside=SYNC),
    "--missing-frames": Row(("skip", "error"), ("repeat",)),
    "--unequal-ends": Row(("skip", "error"), ("cut",)),
    "--interval": Row(("1", "2", "1000"), ("0", "-1", "1.5", "often")),
    "--rate": Row(("1", "2/1", "0/1"), ("-1", "1/0", "often")),
    "--jitter": Row(**BOOLEAN, beside=("--interval", "2")),
    "--measure": Row(("every-pair", "real-time"), ("sometimes",)),
    "--worst": Row(("1", "1000"), ("0", "-1", "1001", "many"),
                   beside=("--worst-dir", "worst")),
    "--worst-dir": Row(("worst",), (), ("none/worst", "a.y4m")),
    "--plot": Row(("plot.svg", "plot.png"), ("plot.gif", "plot"),
                  ("none/plot.svg",)),
    "--report-moments": Row(("0", "1000"), ("-1", "1001", "some"),
                            beside=("--report", "page.html")),
    "--report-size": Row(("64", "8192"), ("63", "8193", "big"),
                         beside=("--report", "page.html")),
    "--log-format": Row(("jsonl", "csv", "vmaf-json"), ("xml",), beside=LOG),
    "--log-max-bytes": Row(("0", "1", "100000000"), ("-1", "1k", "much"),
                           beside=LOG),
    "--log-max-files": Row(("0", "1"), ("-1", "x"),
                           beside=(*LOG, "--log-max-bytes", "1000")),
    "--log-max-time": Row(("0", *SPANS), NO_SPANS, beside=LOG),
    "--summary-interval": Row(("0", *SPANS), NO_SPANS, beside=LOG),
    "--heatmap-max": Row(("0.1", "10"), ("-1", "x"), beside=HEAT),
    "--heatmap-blend": Row(("0", "0.5", "1"), ("-0.1", "1.1", "half"),
                           beside=HEAT),
    "--heatmap-legend": Row(**BOOLEAN, beside=HEAT),
    "--heatmap-legend-below": Row(**BOOLEAN, beside=HEAT),
    "--heatmap-zoom": Row(("0", "1", "4"), ("-1", "x", "1.5"), beside=HEAT),
    "--alert-above": Row(("0", "0.1", "5"), ("x",), beside=LOG),
    "--alert-below": Row(("20", "0"), ("x",),
                         beside=("--metric", "psnr", *LOG)),
    "--alert-hysteresis": Row(("0", "0.1"), ("-1", "x"), beside=ALERT),
    "--alert-window": Row(("0", *SPANS), NO_SPANS, beside=ALERT),
    "--alert-min-duration": Row(("0", *SPANS), NO_SPANS, beside=ALERT),
    "--alert-frozen": Row(**BOOLEAN, beside=LOG),
    "--alert-black": Row(**BOOLEAN, beside=LOG),
    "--backbone": Row(("alex", "squeeze", "vgg"), ("resnet",),
                      beside=LPIPS[:-2], files=("big.png", "big.png")),
    "--heads": Row(("none",), ("0.2", "some"),
                   beside=LPIPS[:4] + LPIPS[6:], files=("big.png", "big.png")),
    "--taps": Row(("all", "1", "3", "7"), ("0", "8", "-1", "first"),
                  beside=LPIPS, files=("big.png", "big.png")),
    "--weights": Row(("random",), (), ("/nowhere", "a.y4m"),
                     beside=LPIPS[:2] + LPIPS[4:],
                     files=("big.png", "big.png")),
    "--channel-norm": Row(**BOOLEAN, beside=LPIPS,
                          files=("big.png", "big.png")),
    "--comparison": Row(("spatial", "mean", "sort", "spatial+mean",
                         "spatial+sort"), ("mean+sort", "none"),
                        beside=("--metric", "dps", *LPIPS[2:4], *LPIPS[6:]),
                        files=("big.png", "big.png")),
    "--precision": Row(("exact", "fast"), ("double",), beside=LPIPS,
                       files=("big.png", "big.png")),
    "--zero-mean": Row(**BOOLEAN, beside=LPIPS, files=("big.png", "big.png")),
    "--seed": Row(("0", "5", "4294967295"),
                  ("-1", "1.5", "4294967296", "x"),
                  beside=MMD),
    "--features": Row(("1", "512"), ("0", "-1", "x"), beside=MMD,
                      files=("big.png", "big.png")),
    "--exact": Row(**BOOLEAN, beside=MMD, files=("big.png", "big.png")),
    "--centred": Row(**BOOLEAN, beside=("--metric", "cnn-kernel"),
                     files=("big.png", "big.png")),
    "--all-planes": Row(**BOOLEAN, beside=("--metric", "psnr")),
    "--scale": Row(("1", "auto", "0.5"), ("0", "2", "-1", "half"),
                   beside=LPIPS, files=("big.png", "big.png")),
}


def listed():
    """Each option of --help, and whether it takes a value."""
    text = compare("--help").stdout
    return {name: bool(value) for name, value in re.findall(
        r"^  (?:-\w, )?(--[\w-]+)(=?)", text, re.M)}


class Values(CompareCase):
    @classmethod
    def make_inputs(cls):
        grey = [clips.GREY] * 6
        clips.y4m(cls.folder / "a.y4m", grey)
        clips.y4m(cls.folder / "b.y4m", [grey[0] + 9, *grey[1:]])
        (cls.folder / "a.yuv").write_bytes(bytes(32 * 24 * 3 // 2) * 6)
        (cls.folder / "list.csv").write_text(
            "reference,distorted\na.y4m,b.y4m\n", encoding="utf-8")
        for i in range(3):
            stills.png(cls.folder / f"frame{i:02}.png", 90 + i)
        stills.png(cls.folder / "big.png", lambda x, y: [3 * (x ^ y)] * 3, 64,
                   64)
        done = subprocess.run(
            [PROGRAM, "--format", "json", *Row().files], cwd=cls.folder,
            capture_output=True, text=True, timeout=60, check=True)
        (cls.folder / "old.json").write_text(done.stdout, encoding="utf-8")

    def run_with(self, name, row, value):
        """In the folder of the inputs, without what other runs left there."""
        there = set(os.listdir(self.folder))
        words = [f"{name}={value}" if value is not None else name]
        done = subprocess.run(
            [PROGRAM, *row.beside, *words, *row.files], cwd=self.folder,
            capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
        for left in set(os.listdir(os.fsencode(self.folder))) - {
                os.fsencode(one) for one in there}:
            path = os.path.join(os.fsencode(self.folder), left)
            (shutil.rmtree if os.path.isdir(path) else os.unlink)(path)
        done.stderr = done.stderr.decode(errors="surrogateescape")
        return done

    def ends_with(self, code, done, name, value):
        self.assertEqual(done.returncode, code,
                         f"{name}={value}: {done.stdout} {done.stderr}")

    def test_every_option_of_the_help_has_its_row(self):
        takes = listed()
        self.assertGreater(len(takes), 80)
        self.assertEqual(set(takes), set(OPTIONS))
        for name, value in takes.items():
            with self.subTest(name):
                row = OPTIONS[name]
                self.assertEqual(bool(row.good), value)
                self.assertEqual(bool(row.bad or row.failing), value)

    def test_good_values_are_taken(self):
        for name, row in OPTIONS.items():
            for value in row.good or [None]:
                with self.subTest(name, value=value):
                    self.ends_with(0, self.run_with(name, row, value), name,
                                   value)

    def complains(self, code, name, row, value):
        done = self.run_with(name, row, value)
        self.ends_with(code, done, name, value)
        self.assertTrue(done.stderr.startswith("perceptual-compare: "),
                        done.stderr)
        return done

    def test_bad_values_are_wrong_usage_and_the_option_is_named(self):
        for name, row in OPTIONS.items():
            for value in row.bad:
                with self.subTest(name, value=value):
                    done = self.complains(2, name, row, value)
                    self.assertRegex(done.stderr, "|".join(map(re.escape, (
                        name.strip("-"), value.split(",")[0]))))
                    if "is not a value for" in done.stderr:
                        self.assertIn(name, done.stderr)
                    self.assertEqual(done.stdout, b"")

    def test_what_is_not_there_is_an_error_that_names_it(self):
        for name, row in OPTIONS.items():
            for value in row.failing:
                with self.subTest(name, value=value):
                    self.complains(1, name, row, value)

    def test_absurd_values_are_refused_or_taken_in_an_orderly_way(self):
        for name, row in OPTIONS.items():
            for value in ABSURD if row.good else ():
                with self.subTest(name, value=value[:9]):
                    done = self.run_with(name, row, value)
                    self.assertIn(done.returncode, (0, 1, 2), done.stderr)
                    if done.returncode != 0:
                        self.assertTrue(done.stderr.startswith(
                            "perceptual-compare: "), done.stderr)
                    # Nothing that a terminal obeys, nothing but UTF-8.
                    self.assertTrue(done.stderr.replace("\n", "").isprintable(),
                                    repr(done.stderr))


if __name__ == "__main__":
    tap.main()
