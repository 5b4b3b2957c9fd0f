# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of perceptual-judge begin with: small folders of judgements, a
run of the program whose path is their first argument, its report."""

import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

import schemas

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
        return schemas.read("judge", done.stdout)

    def results(self, *arguments):
        return self.report(*arguments)["results"]
