# SPDX-License-Identifier: LGPL-2.1-or-later
"""The workflow of perceptual-tune by Snakemake on this machine; tests/slurm.sh
runs it on a cluster of one."""

import csv
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import clips
import tap

PROGRAM = os.path.abspath(sys.argv[1])
WORKFLOW = (pathlib.Path(__file__).resolve().parents[2] / "examples" / "tune"
            / "workflow")
STATUS = WORKFLOW / "slurm-status"
X264 = "--encoder x264:speed-preset=ultrafast --value 20:40:10"


@unittest.skipIf("PERCEPTUAL_TEST_SANITIZED" in os.environ,
                 "sanitizers are on, and see nothing new here")
@unittest.skipIf(shutil.which("snakemake") is None, "there is no snakemake")
class TestWorkflow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        clips.waves(cls.folder / "clip.y4m", 15)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def snakemake(self, options):
        home = {"HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder)}
        done = subprocess.run(
            ["snakemake", "--snakefile", str(WORKFLOW / "Snakefile"),
             "--profile", str(WORKFLOW / "local"), "--cores", "2", "--config",
             "clips=clip.y4m", f"program={PROGRAM}", "threads=1",
             f"options={options}", "plan=--job-time 1s"],
            cwd=self.folder, capture_output=True, text=True, timeout=500,
            env={**os.environ, **home})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def test_a_grid_and_then_a_search_go_from_plan_to_report(self):
        self.snakemake(X264)
        report = self.folder / "tune" / "report.csv"
        with open(report, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([float(row["value"]) for row in rows], [20, 30, 40])
        for row in rows:
            self.assertEqual(int(row["pairs"]), 15)
            self.assertEqual(row["remark"], "stored")
        results = list((self.folder / "tune" / "results").iterdir())
        self.assertEqual(len(results), 2)
        self.assertIn("mean of mmd-ssim",
                      (self.folder / "tune" / "report.html").read_text())

        shutil.rmtree(self.folder / "tune")
        self.snakemake(X264 + " --target mean<1000")
        report = json.loads((self.folder / "tune" / "report" / "0001.json"
                             ).read_text())
        self.assertEqual(report["answer"]["value"], 40)
        self.assertEqual(report["encoded"], 0)


class TestStatus(unittest.TestCase):
    """slurm-status, with stand-ins for Slurm's programs."""

    def status(self, squeue, sacct):
        with tempfile.TemporaryDirectory() as folder:
            for name, state in (("squeue", squeue), ("sacct", sacct)):
                path = pathlib.Path(folder) / name
                path.write_text(f"#!/bin/sh\necho '{state}'\n" if state
                                else "#!/bin/sh\nexit 1\n")
                path.chmod(0o755)
            done = subprocess.run(
                ["sh", str(STATUS), "17"], capture_output=True, text=True,
                timeout=20, env={"PATH": f"{folder}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def test_states_are_told_in_snakemakes_words(self):
        for state, word in (("PENDING", "running"), ("RUNNING", "running"),
                            ("COMPLETED", "success"), ("FAILED", "failed"),
                            ("TIMEOUT", "failed"), ("NODE_FAIL", "failed"),
                            ("OUT_OF_MEMORY", "failed")):
            self.assertEqual(self.status(state, None), word)
            self.assertEqual(self.status(None, state), word)
        self.assertEqual(self.status(None, None), "failed")


if __name__ == "__main__":
    tap.main()
