# SPDX-License-Identifier: LGPL-2.1-or-later
"""The search that docs/tune.md begins with, on the demo's clip: it gives the
numbers that the manual shows, which are those of Debian 12's encoder.
examples/demo.sh makes the clip; without it the test is skipped.

usage: tune_example.py PATH-OF-PERCEPTUAL-TUNE
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import tap

PROGRAM = os.path.abspath(sys.argv[1])
ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "demo-output",
           pathlib.Path(os.environ.get("PERCEPTUAL_TEST_DATA", "/")) / "media")


def words(text):
    """Of the table's rows without their times, and of the answer."""
    lines = re.findall(r"^ +(\d+ +[\d.]+ +[\d.]+  (?:meets|above)) ", text,
                       re.M) + re.findall(r"^answer .*$", text, re.M)
    return re.findall(r"[^\s,()]+", " ".join(lines))


def is_debian_12():
    version = pathlib.Path("/etc/debian_version")
    return version.exists() and version.read_text().startswith("12")


@unittest.skipUnless(is_debian_12(), "other systems have other encoders")
class Example(unittest.TestCase):
    def test_the_manual_shows_what_the_search_says(self):
        clips = [folder / "source.mkv" for folder in FOLDERS
                 if (folder / "source.mkv").exists()]
        if not clips:
            self.skipTest("the demo's clip is not there: sh examples/demo.sh")
        page = (ROOT / "docs" / "tune.md").read_text(encoding="utf-8")
        shown = re.search(r"^\$ perceptual-tune (source\.mkv[^\n]*)\n(.*?)^```",
                          page, re.M | re.S)
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(clips[0], pathlib.Path(folder) / "source.mkv")
            done = subprocess.run(
                [PROGRAM, *shlex.split(shown.group(1)), "--database",
                 "tune.sqlite", "-q"], cwd=folder, capture_output=True,
                text=True, timeout=580)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.compare(words(shown.group(2)), words(done.stdout))

    def compare(self, expected, found):
        """libx264 164 reads memory that nobody has set: its streams differ by
        some .3 % with what is there, as MALLOC_PERTURB_ shows."""
        self.assertEqual(len(expected), len(found), found)
        self.assertGreater(len(found), 20)
        for one, other in zip(expected, found):
            if re.fullmatch(r"\d{3,}|\d+\.\d+", one):
                self.assertAlmostEqual(float(one), float(other),
                                       delta=.01 * float(one))
            else:
                self.assertEqual(one, other)


if __name__ == "__main__":
    tap.main()
