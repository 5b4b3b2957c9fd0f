# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example of docs/library.md is compiled with the flags that pkg-config
gives for the build, as a user would do it, and run."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "library.md"
BUILD = pathlib.Path(sys.argv.pop(1))


def example():
    """The first block of C on the page."""
    return re.search(r"^```c\n(.*?)^```$", PAGE.read_text(encoding="utf-8"),
                     re.M | re.S).group(1)


# The library of such a build does not load into a program without them.
@unittest.skipIf("PERCEPTUAL_TEST_SANITIZED" in os.environ, "sanitizers are on")
class LibraryPage(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.program = os.path.join(self.folder.name, "example")
        self.env = dict(os.environ, PKG_CONFIG_PATH=str(
            BUILD / "meson-uninstalled"), LD_LIBRARY_PATH=str(BUILD / "metric"))

    def compile(self, text):
        source = self.program + ".c"
        pathlib.Path(source).write_text(text, encoding="utf-8")
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "perceptual-1.0"],
            env=self.env, check=True, capture_output=True, text=True).stdout
        done = subprocess.run(
            ["cc", "-Wall", "-Wextra", "-Werror", "-o", self.program, source,
             *flags.split()], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def distance(self):
        done = subprocess.run([self.program], env=self.env,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return float(done.stdout)

    def test_the_example_prints_a_distance(self):
        self.compile(example())
        distance = self.distance()
        self.assertGreater(distance, 0.001)
        self.assertLess(distance, 2)

    def test_without_a_difference_it_prints_zero(self):
        text, n = re.subn(r"^ *distorted\.data = .*\n", "", example(),
                          flags=re.M)
        self.assertEqual(n, 1)
        self.compile(text)
        self.assertEqual(self.distance(), 0)

    def test_an_error_is_printed_and_is_the_exit_code(self):
        text, n = re.subn('"mmd-ssim"', '"nonsense"', example())
        self.assertEqual(n, 1)
        self.compile(text)
        done = subprocess.run([self.program], env=self.env,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nonsense", done.stderr)


if __name__ == "__main__":
    sys.exit(tap.main())
