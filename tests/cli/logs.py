# SPDX-License-Identifier: LGPL-2.1-or-later
"""The logs of perceptual-compare: what is in them in every format, where they
may go, and what is left when something comes in between.

usage: logs.py PATH-OF-PERCEPTUAL-COMPARE
"""

import csv
import fcntl
import json
import os
import pathlib
import signal
import subprocess
import time

import clips
import schemas
import tap
from compare_case import PROGRAM, CompareCase, compare


class Logs(CompareCase):
    @classmethod
    def make_inputs(cls):
        clips.y4m(cls.folder / "steps.y4m", range(16, 216, 20))
        clips.y4m(cls.folder / "white.y4m", [clips.WHITE] * 10)
        clips.y4m(cls.folder / "long.y4m",
                  [clips.GREY, clips.WHITE] * 1500, 16, 16)

    def lines(self, name):
        return [json.loads(line)
                for line in pathlib.Path(self.path(name)).open()]

    def test_log_holds_header_every_pair_and_summary(self):
        [result] = self.report(
            "--metric", "l2", "--log", self.path("one.jsonl"),
            self.path("steps.y4m"), self.path("white.y4m"))["results"]
        header, *pairs, summary = self.lines("one.jsonl")
        self.assertEqual(header["type"], "header")
        self.assertEqual(header["metric"], "l2")
        self.assertEqual([pair["type"] for pair in pairs], ["distance"] * 10)
        self.assertEqual([pair["index"] for pair in pairs], list(range(10)))
        self.assertEqual([pair["reference_pts"] for pair in pairs],
                         [i * clips.FRAME_NS for i in range(10)])
        self.assertEqual(summary["type"], "summary")
        for name in ("pairs", "mean", "stdev", "median", "p95", "max",
                     "worst"):
            self.assertEqual(summary[name], result[name], name)
        distances = [pair["distance"] for pair in pairs]
        self.assertEqual(max(distances), result["max"])
        self.assertAlmostEqual(sum(distances) / 10, result["mean"])

    def test_percent_d_gives_each_file_its_log(self):
        self.report("--metric", "l2", "--log", self.path("log-%d.jsonl"),
                    self.path("white.y4m"), self.path("steps.y4m"),
                    self.path("white.y4m"))
        self.assertGreater(self.lines("log-1.jsonl")[-1]["mean"], 0)
        self.assertEqual(self.lines("log-2.jsonl")[-1]["mean"], 0)

    def test_csv_log_has_one_row_a_pair(self):
        [result] = self.report(
            "--metric", "l2", "--log", self.path("one.csv"), "--log-format",
            "csv", self.path("steps.y4m"), self.path("white.y4m"))["results"]
        text = pathlib.Path(self.path("one.csv")).read_text()
        rows = list(csv.DictReader(
            line for line in text.splitlines() if not line.startswith("#")))
        self.assertEqual(len(rows), 10)
        self.assertEqual(max(float(row["distance"]) for row in rows),
                         result["max"])

    def test_log_in_the_layout_of_libvmaf_holds_frames_and_pools(self):
        [result] = self.report(
            "--metric", "l2", "--also", "psnr", "--log", self.path("v.json"),
            "--log-format", "vmaf-json", self.path("steps.y4m"),
            self.path("white.y4m"))["results"]
        log = json.loads(pathlib.Path(self.path("v.json")).read_text())
        self.assertEqual([frame["frameNum"] for frame in log["frames"]],
                         list(range(10)))
        distances = [frame["metrics"]["l2"] for frame in log["frames"]]
        pool = log["pooled_metrics"]["l2"]
        self.assertEqual(pool["max"], result["max"])
        self.assertEqual(pool["min"], min(distances))
        self.assertAlmostEqual(pool["mean"], sum(distances) / 10, places=12)
        self.assertAlmostEqual(
            pool["harmonic_mean"],
            10 / sum(1 / (1 + x) for x in distances) - 1, places=12)
        self.assertIn("psnr_y", log["pooled_metrics"])
        self.assertEqual(log["aggregate_metrics"], {})
        self.assertEqual(log["summary"]["worst"], result["worst"])

    def test_log_of_limited_time_is_split_into_files(self):
        self.report("--metric", "l2", "--log", self.path("part.jsonl"),
                    "--log-max-time", str(4 * clips.FRAME_NS),
                    self.path("steps.y4m"), self.path("white.y4m"))
        indices = []
        for name in ("part-00001.jsonl", "part-00002.jsonl", "part.jsonl"):
            header, *lines = self.lines(name)
            self.assertEqual(header["type"], "header")
            indices += [line["index"] for line in lines
                        if line["type"] == "distance"]
        self.assertEqual(indices, list(range(10)))

    def test_frozen_and_black_pictures_are_counted(self):
        [result] = self.report("--metric", "l2", self.path("steps.y4m"),
                               self.path("white.y4m"))["results"]
        # Steps of brightness against a picture that stays as it is.
        self.assertEqual(result["frozen"], 9)
        self.assertEqual(result["black"], 0)
        self.assertIn("9 pictures that stood still", self.ends(
            compare("--metric", "l2", self.path("steps.y4m"),
                    self.path("white.y4m")), 0).stdout)

    def test_log_waits_for_a_reader_who_cannot_keep_up(self):
        """Standard output may have been made non-blocking by its owner."""
        reader, writer = os.pipe()
        fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ
        os.set_blocking(writer, False)
        with subprocess.Popen(
                [PROGRAM, "--metric", "l2", "--log", "-",
                 self.path("steps.y4m"), self.path("white.y4m")],
                stdout=writer, stderr=subprocess.PIPE, text=True) as process:
            os.close(writer)
            time.sleep(1)
            with os.fdopen(reader) as log:
                lines = [json.loads(line) for line in log]
            self.assertEqual(process.stderr.read(), "")
            self.assertEqual(process.wait(), 0)
        self.assertEqual([line["index"] for line in lines
                          if line["type"] == "distance"], list(range(10)))

    def test_log_on_standard_output_is_alone_there(self):
        done = self.ends(compare("--metric", "l2", "--log", "-",
                                 self.path("steps.y4m"),
                                 self.path("white.y4m")), 0)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(lines), 12)
        self.assertEqual(lines[-1]["type"], "summary")

    def test_log_that_cannot_be_opened_is_an_error(self):
        self.fails(["/no/such/folder/log", "No such file"], "--log",
                   "/no/such/folder/log", self.path("steps.y4m"),
                   self.path("white.y4m"))

    def test_log_that_would_overwrite_an_input_is_refused(self):
        before = pathlib.Path(self.path("steps.y4m")).read_bytes()
        os.symlink(self.path("steps.y4m"), self.path("link-2"))
        self.refused(["overwrite", "steps.y4m"], "--log",
                     self.path("steps.y4m"), self.path("white.y4m"),
                     self.path("steps.y4m"))
        self.refused(["overwrite", "steps.y4m"], "--log", self.path("link-%d"),
                     self.path("steps.y4m"), self.path("white.y4m"),
                     self.path("white.y4m"))
        self.assertEqual(
            pathlib.Path(self.path("steps.y4m")).read_bytes(), before)

    def test_log_that_another_program_writes_is_refused(self):
        path = self.path("taken.jsonl")
        with open(path, "w", encoding="utf-8") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            other.write("what it has written\n")
            other.flush()
            self.fails([path, f"process {os.getpid()} writes to it already"],
                       "--log", path, self.path("steps.y4m"),
                       self.path("white.y4m"))
        self.assertEqual(pathlib.Path(path).read_text(),
                         "what it has written\n")

    def test_log_on_a_full_disk_is_an_error(self):
        self.fails(["/dev/full", "No space left"], "--log", "/dev/full",
                   self.path("steps.y4m"), self.path("white.y4m"))

    def test_interruption_reports_what_was_measured(self):
        # The reader of the log holds the program up, so that it is still
        # measuring when the signal comes.
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        process = subprocess.Popen(
            [PROGRAM, "--metric", "l2", "--format", "json", "--log", fifo,
             self.path("long.y4m"), self.path("long.y4m")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with open(fifo, encoding="utf-8") as log:
            seen = [log.readline() for _ in range(5)]
            process.send_signal(signal.SIGINT)
            # The program could measure all the rest before it sees the signal.
            self.assertIn("interrupted", process.stderr.readline())
            seen += list(log)
        stdout, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, stderr)
        self.assertEqual(stderr, "")
        [result] = schemas.read("compare", stdout)["results"]
        self.assertTrue(result["incomplete"])
        self.assertNotIn("error", result)
        pairs = [line for line in map(json.loads, seen)
                 if line["type"] == "distance"]
        # The pair in work is given up, so that the end comes at once.
        self.assertEqual(result["measured"], len(pairs))
        self.assertEqual(result["pairs"], len(pairs) + result["skipped"])
        self.assertGreaterEqual(result["measured"], 4)
        self.assertLess(result["pairs"], 3000)


tap.main()
