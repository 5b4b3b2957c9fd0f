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
        said = "\n".join(self.warnings)
        self.assertIn("look out of order", said)
        # As every warning of wrong times says.
        self.assertEqual(said.count("--pair index pairs"),
                         said.count("look out of order")
                         + said.count("do not rise"))
        self.assertEqual(self.result("b.avi", "--pair", "index")["misaligned"],
                         0)


class Partners(PairingCase):
    def at_rate(self, name, rate):
        """The same frames, so many a second as rate says in Y4M's words."""
        data = pathlib.Path(self.path("waves.y4m")).read_bytes()
        pathlib.Path(self.path(name)).write_bytes(
            data.replace(b" F25:1 ", b" F%s " % rate, 1))

    def test_another_frame_rate_and_frames_without_a_partner_are_said(self):
        self.at_rate("fifty.y4m", b"50:1")
        result = self.result("fifty.y4m")
        # The last of them with the last distorted frame, 20 ms before it.
        self.assertEqual(result["pairs"], 41)
        self.assertEqual(result["unmatched_reference"], 39)
        self.assertEqual(result["unmatched_distorted"], 39)
        said = "\n".join(self.warnings)
        self.assertIn("fifty.y4m: Reference and distorted video differ in "
                      "frame rate: 25 against 50 frames a second", said)
        self.assertIn("--pair index pairs them by their numbers", said)
        self.assertIn("fifty.y4m: 0 of 80 reference frames and 39 of 80 "
                      "distorted frames found no partner near them in time",
                      said)
        self.assertIn("39 reference frames were left", said)
        self.assertEqual(len(self.warnings), 3, said)

    def test_they_are_said_with_quiet_too(self):
        self.at_rate("fifty.y4m", b"50:1")
        done = compare("--quiet", self.path("waves.y4m"),
                       self.path("fifty.y4m"))
        self.assertEqual(done.returncode, 0)
        self.assertIn("differ in frame rate", done.stderr)
        self.assertIn("found no partner", done.stderr)
        self.assertEqual(len(done.stdout.split()), 1)

    def test_rates_that_are_rounded_alike_are_not(self):
        self.at_rate("rounded.y4m", b"25001:1000")
        self.assertEqual(self.result("rounded.y4m")["pairs"], 80)
        self.assertEqual(self.warnings, [])

    def test_hardly_any_pair_is_an_error(self):
        # Frame 100 would be the next that meets one.
        self.at_rate("faster.y4m", b"2500:99")
        result = self.result("faster.y4m", "--tolerance", "0", code=1)
        self.assertEqual(result["pairs"], 1)
        self.assertIn("hardly any frame found its partner (1 of 80 reference "
                      "and of 80 distorted frames)", result["error"])
        self.assertIn(result["error"], self.warnings[-1])

    @unittest.skipIf(FFMPEG is None, "ffmpeg is missing")
    def test_a_file_whose_times_do_not_rise_is_refused(self):
        if not ffmpeg("-i", self.path("waves.y4m"), self.path("a.gif")):
            self.skipTest("ffmpeg has no encoder for GIF")
        done = compare("--quiet", self.path("a.gif"), self.path("a.gif"))
        if "do not rise" not in done.stderr:
            self.skipTest("GIF has timestamps here")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("hardly any frame found its partner", done.stderr)


tap.main()
