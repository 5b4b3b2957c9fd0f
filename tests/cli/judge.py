# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-judge as its users see it: numbers, messages, exit codes.

usage: judge.py PATH-OF-PERCEPTUAL-JUDGE
"""

import csv
import io
import json
import os
import pathlib
import pty
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import stills
import tap

PROGRAM = sys.argv[1]
DATA = os.environ.get("PERCEPTUAL_TEST_DATA")

# With l2 a flat grey's distance from another is ((a - b) / 127.5) ** 2.
TRIPLETS = {
    "agrees": (100, 110, 120, 0.25),       # earns .75
    "other": (100, 130, 105, 0.75),        # earns .75
    "tied": (100, 110, 110, 1.0),          # earns .5
    "identical": (100, 100, 110, 0.0),     # earns 1
}
TRIPLETS_SCORE = 0.75

# Sorted by distance, same is 1, .5, 0, 1: the area is .8.
PAIRS = {
    "d": (100, 140, 1.0),
    "a": (100, 110, 1.0),
    "c": (100, 130, 0.0),
    "b": (100, 120, 0.5),
}
PAIRS_MAP = 0.8


def cpu_of(pid):
    """Seconds that a process has spent on all cores, until now."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def cpu_of_children():
    """The same of those that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def judge(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL)


def on_terminal(*arguments):
    """What it writes on a terminal's standard error."""
    outer, inner = pty.openpty()
    subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=inner,
                   timeout=60, check=True)
    os.close(inner)
    seen = b""
    try:
        while block := os.read(outer, 4096):
            seen += block
    except OSError:
        pass  # how Linux says that the other end is closed
    os.close(outer)
    return seen.decode()


class JudgeCase(unittest.TestCase):
    def setUp(self):
        self.folder_object = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder_object.cleanup)
        self.folder = pathlib.Path(self.folder_object.name)

    def ends(self, done, code):
        self.assertEqual(done.returncode, code,
                         f"stdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def refused(self, words, *arguments):
        """Wrong usage: exit 2, nothing on stdout, every word on stderr."""
        self.complains(2, words, *arguments)

    def fails(self, words, *arguments):
        """An error: exit 1, nothing on stdout, every word on stderr."""
        return self.complains(1, words, *arguments)

    def complains(self, code, words, *arguments):
        done = self.ends(judge(*arguments), code)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("perceptual-judge: "),
                        done.stderr)
        for word in words:
            self.assertIn(str(word), done.stderr)
        return done

    def report(self, *arguments):
        done = self.ends(judge(*arguments, "--format", "json"), 0)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout)

    def results(self, *arguments):
        return self.report(*arguments)["results"]


class Program(JudgeCase):
    def test_help_lists_the_commands(self):
        text = self.ends(judge("--help"), 0).stdout
        for word in ("2afc", "jnd", "mos", "Exit codes"):
            self.assertIn(word, text)

    def test_every_command_has_its_help(self):
        for command in ("2afc", "jnd", "mos"):
            for option in ("--help", "-h", "-?", "--help-all"):
                text = self.ends(judge(command, option), 0).stdout
                self.assertIn(f"perceptual-judge {command}", text)
                self.assertIn("--metric", text)
                self.assertIn("-h, --help", text)

    def test_version_and_list_of_metrics(self):
        self.assertRegex(self.ends(judge("--version"), 0).stdout,
                         r"^perceptual-judge \d+\.\d+\.\d+\n$")
        text = self.ends(judge("--list-metrics"), 0).stdout
        self.assertIn("mmd-ssim (default)\n", text)
        self.assertIn("    seed (default 0;", text)

    def test_wrong_usage_says_what_is_valid(self):
        self.refused(["no command", "2afc"])
        self.refused(['"2acf"', "2afc"], "2acf", "x")
        self.refused(["DIR..."], "2afc")
        self.refused(["too many", "FILE.csv"], "mos", "a.csv", "b.csv")
        self.refused(["--nonsense"], "jnd", "--nonsense", "x")
        self.refused(["text, json, csv"], "jnd", "--format", "xml", "x")
        self.refused(["--threads", "0 to 256"], "jnd", "--threads", "999", "x")
        self.refused(["--bootstrap", "from 0"], "jnd", "--bootstrap", "-1",
                     "x")
        self.refused(["--seed"], "jnd", "--seed", "-1", "x")

    def test_wrong_metrics_are_wrong_usage(self):
        self.refused(["nope", "mmd-ssim"], "2afc", "--metric", "nope", "x")
        self.refused(["psnr:x=1", "no option"], "2afc", "--metric", "psnr:x=1",
                     "x")
        self.refused(["mmd:seed=-1"], "2afc", "--metric", "mmd:seed=-1", "x")
        self.refused(["given twice"], "2afc", "-m", "l2", "-m", "l2", "x")

    def test_missing_weights_are_an_error(self):
        self.fails(["--metric lpips: ", "/nowhere"], "2afc", "--metric",
                   "lpips", "--weights", "/nowhere", "x")

    def test_result_on_a_full_disk_is_an_error(self):
        data = stills.pairs(self.folder / "data", PAIRS)
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "jnd", data], stdout=full,
                                  stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not be written", done.stderr)

    def test_help_on_a_full_disk_is_an_error(self):
        for command in ([], ["2afc"], ["jnd"], ["mos"], ["fit"], ["study"],
                        ["flaws"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([PROGRAM, *command, "--help"],
                                      stdout=full, stderr=subprocess.PIPE,
                                      text=True)
            self.assertEqual(done.returncode, 1, command)
            self.assertEqual(done.stderr, "perceptual-judge: standard output "
                             "could not be written: No space left on device\n")

    def interrupted(self, *arguments):
        """The JSON report of a run of minutes when a signal comes after its
        first progress."""
        outer, inner = pty.openpty()
        with subprocess.Popen([PROGRAM, *arguments, "--format", "json"],
                              stdout=subprocess.PIPE, stderr=inner,
                              text=True) as running:
            os.close(inner)
            seen = b""
            while b"/s" not in seen:
                seen += os.read(outer, 4096)
            running.send_signal(signal.SIGINT)
            out, _ = running.communicate(timeout=60)
        while b"\n" not in seen:
            seen += os.read(outer, 4096)
        os.close(outer)
        self.assertEqual(running.returncode, 1)
        self.assertIn(b"perceptual-judge: interrupted; what was", seen)
        return json.loads(out)

    def test_interruption_reports_what_was_measured(self):
        for inner in ("ref", "p0", "p1"):
            stills.png(self.folder / f"data/{inner}/0.png", 99, 256, 256)
        stills.npy(self.folder / "data/judge/0.npy", 1)
        for number in range(1, 2000):
            for inner in ("ref", "p0", "p1", "judge"):
                end = "npy" if inner == "judge" else "png"
                os.link(self.folder / f"data/{inner}/0.{end}",
                        self.folder / f"data/{inner}/{number}.{end}")
        # No machine finishes the first folder before we look.
        metric = "lpips:weights=random,heads=none,backbone=vgg"
        data = str(self.folder / "data")
        [row] = self.interrupted("2afc", "-m", metric, data, data)["results"]
        self.assertEqual(row["data"], data)
        self.assertGreater(row["triplets"], 0)
        self.assertLess(row["triplets"], 2000)
        self.assertEqual(row["score"], 0.5)

        scores = self.folder / "scores.csv"
        scores.write_text("reference,distorted,score\n" + "".join(
            f"data/ref/{number}.png,data/p0/{number}.png,{number}\n"
            for number in range(2000)))
        [row] = self.interrupted("mos", "-m", metric, str(scores))["results"]
        self.assertGreater(row["pairs"], 0)
        self.assertLess(row["pairs"], 2000)

    def stopped(self, arguments, *short):
        """The result of a run that a signal ends in its long part: after it
        has used more time of a core than everything before that part, which is
        less than these arguments take."""
        before = cpu_of_children()
        self.ends(judge(*short), 0)
        most = 2 * (cpu_of_children() - before) + 0.1
        with subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as running:
            while cpu_of(running.pid) < most:
                self.assertIsNone(running.poll())
                time.sleep(.01)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 1)
        return out, err

    def test_interrupted_intervals_are_left_out(self):
        for grey in range(100, 140):
            stills.png(self.folder / f"{grey}.png", grey, 4, 4)
        scores = self.folder / "scores.csv"
        scores.write_text("reference,distorted,score\n" + "".join(
            f"{100 + n % 3}.png,{103 + n}.png,{n % 7}\n" for n in range(36)))
        arguments = ("mos", "-m", "l2", "--format", "json", str(scores),
                     "--bootstrap")
        out, err = self.stopped((*arguments, "1000000"), *arguments, "0")
        self.assertIn("interrupted; what was", err)
        [row] = json.loads(out)["results"]
        self.assertEqual(row["pairs"], 36)
        self.assertIsNotNone(row["spearman"])
        self.assertIn(None, [row["spearman_low"], row["kendall_low"],
                             row["pearson_low"]])

    def test_comparison_of_minutes_is_given_up(self):
        picture = stills.png(self.folder / "a.png",
                             lambda x, y: (x * y) % 251, 700, 700)
        arguments = ("flaws", "--steps", "1", picture, "-m")
        out, err = self.stopped((*arguments, "cnn-kernel:exact=true"),
                                *arguments, "l2")
        self.assertEqual(out, "")
        self.assertIn("interrupted before all flaws of the first", err)

    def test_progress_is_for_terminals_and_taken_away(self):
        data = stills.triplets(self.folder / "data", TRIPLETS)
        seen = on_terminal("2afc", data)
        self.assertIn(" triplets", seen)
        self.assertTrue(seen.endswith("\r\033[K"), repr(seen))
        self.assertEqual(on_terminal("2afc", "--quiet", data), "")
        self.assertEqual(judge("2afc", data).stderr, "")


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
