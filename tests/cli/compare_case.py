# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of perceptual-compare begin with: a folder of inputs, a run of
the program whose path is their first argument, its report."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import schemas

PROGRAM = sys.argv[1]


def compare(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


class CompareCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        cls.make_inputs()

    @classmethod
    def make_inputs(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def path(self, name):
        return str(self.folder / name)

    def ends(self, done, code):
        self.assertEqual(done.returncode, code,
                         f"stdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def refused(self, words, *arguments):
        """Wrong usage: exit 2, nothing on stdout, every word on stderr."""
        done = self.ends(compare(*arguments), 2)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("perceptual-compare: "))
        for word in words:
            self.assertIn(word, done.stderr)

    def fails(self, words, *arguments, **environment):
        done = self.ends(compare(*arguments, **environment), 1)
        for word in words:
            self.assertIn(word, done.stderr)
        return done

    def report(self, *arguments, code=0):
        """The JSON report, checked against the schema."""
        done = self.ends(compare("--format", "json", *arguments), code)
        self.stderr = done.stderr
        return schemas.read("compare", done.stdout)
