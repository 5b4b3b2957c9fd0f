# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-judge as its users see it: help, wrong usage, interruption.

usage: judge.py PATH-OF-PERCEPTUAL-JUDGE
"""

import os
import pathlib
import pty
import resource
import signal
import subprocess
import time
import unittest.mock

import schemas
import stills
import tap
from judge_case import (PAIRS, PROGRAM, TRIPLETS, JudgeCase, judge,
                        on_terminal)


def cpu_of(pid):
    """Seconds that a process has spent on all cores, until now."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def cpu_of_children():
    """The same of those that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


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

    def test_fast_that_is_exact_on_this_machine_is_told_once(self):
        data = stills.pairs(self.folder / "data", PAIRS)
        metric = "lpips:backbone=squeeze,weights=random,heads=none"
        both = ("jnd", "-m", metric + ",precision=fast", "-m",
                metric + ",precision=fast,seed=1", data)
        for kernels, notes in (("c", 1), ("amx", 0)):
            with unittest.mock.patch.dict(os.environ,
                                          PERCEPTUAL_KERNELS=kernels):
                done = self.ends(judge(*both), 0)
            self.assertEqual(
                done.stderr.count("precision=fast is the same as exact"),
                notes, done.stderr)
        self.assertEqual(self.ends(judge("jnd", "-m", metric, data), 0).stderr,
                         "")

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
        return schemas.read("judge", out)

    def test_interruption_reports_what_was_measured(self):
        # Up to 64 triplets are measured before the first progress.
        side = 32 if "PERCEPTUAL_TEST_SANITIZED" in os.environ else 64
        for inner in ("ref", "p0", "p1"):
            stills.png(self.folder / f"data/{inner}/0.png", 99, side, side)
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
        [row] = schemas.read("judge", out)["results"]
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


if __name__ == "__main__":
    tap.main()
