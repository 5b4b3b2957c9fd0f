# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files whose frames are not those that their times say: perceptual-compare
warns, or refuses to give a number.

usage: pairing.py PATH-OF-PERCEPTUAL-COMPARE
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import clips
import tap

PROGRAM = sys.argv[1]
FFMPEG = shutil.which("ffmpeg")


def compare(*arguments):
    return subprocess.run([PROGRAM, "--metric", "l2", *arguments],
                          capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)


def ffmpeg(*arguments):
    """Returns: whether it knew how to."""
    return subprocess.run([FFMPEG, "-v", "error", "-y", *arguments],
                          capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL).returncode == 0


class PairingCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        clips.waves(cls.folder / "waves.y4m", 80)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def path(self, name):
        return str(self.folder / name)

    def result(self, distorted, *arguments, code=0):
        done = compare("--format", "json", *arguments,
                       self.path("waves.y4m"), self.path(distorted))
        self.assertEqual(done.returncode, code, done.stderr)
        self.warnings = done.stderr.splitlines()
        return json.loads(done.stdout)["results"][0]


class Misaligned(PairingCase):
    def test_frames_that_are_paired_with_their_neighbours_are_noticed(self):
        clips.waves(self.folder / "late.y4m", 80, skip=1)
        result = self.result("late.y4m")
        self.assertEqual(result["pairs"], 79)
        # The last three have not enough frames after them, and one moves by
        # so little that two fit.
        self.assertEqual(result["misaligned"], 75)
        warning, other = self.warnings
        self.assertIn("late.y4m: From 0:00:00.000 on the distorted frames "
                      "look 1 frame early", warning)
        self.assertIn("ended before", other)

    def test_quiet_and_text_say_it_too(self):
        clips.waves(self.folder / "late.y4m", 80, skip=1)
        files = self.path("waves.y4m"), self.path("late.y4m")
        done = compare("--quiet", *files)
        self.assertIn("look 1 frame early", done.stderr)
        self.assertEqual(len(done.stdout.split()), 1)
        self.assertIn("75 pairs that seem to be of the wrong frames",
                      compare(*files).stdout)

    def test_frames_in_order_are_not(self):
        result = self.result("waves.y4m")
        self.assertEqual(result["pairs"], 80)
        self.assertEqual(result["misaligned"], 0)
        self.assertEqual(self.warnings, [])

    @unittest.skipIf(FFMPEG is None, "ffmpeg is missing")
    def test_avi_with_frames_that_were_reordered(self):
        if not ffmpeg("-i", self.path("waves.y4m"), "-c:v", "mpeg4", "-bf",
                      "2", "-q:v", "2", self.path("b.avi")):
            self.skipTest("ffmpeg has no encoder for mpeg4")
        result = self.result("b.avi")
        self.assertGreater(result["misaligned"], 40)
        self.assertIn("look out of order", self.warnings[0])


tap.main()
