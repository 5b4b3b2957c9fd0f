# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every gst-launch-1.0 line that the documentation shows is run as it stands,
on files that go by the names it uses; only a display becomes a fakesink."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import clips
import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ["README.md", "docs/manual.md", "gst/gstperceptualdistance.c"]


def launch_lines():
    """(where, command) for each line, continuations joined."""
    found = []
    for name in SOURCES:
        text = (ROOT / name).read_text(encoding="utf-8")
        for match in re.finditer(
                r"^[ *]*(gst-launch-1\.0 (?:.*\\\n)*.*)$", text, re.M):
            command = re.sub(r"\\\n[ *]*", " ", match.group(1))
            line = text.count("\n", 0, match.start()) + 1
            found.append((f"{name}:{line}", command))
    return found


# A plugin built with a sanitizer does not load into the system's programs.
@unittest.skipIf("ASAN_OPTIONS" in os.environ, "sanitizers are on")
class LaunchLines(unittest.TestCase):
    def test_every_documented_line_measures_pairs_and_ends(self):
        lines = launch_lines()
        self.assertGreaterEqual(len(lines), 4)
        for where, command in lines:
            with self.subTest(where), tempfile.TemporaryDirectory() as folder:
                for name in ("source.mkv", "x264-500k.mkv"):
                    clips.film(pathlib.Path(folder) / name)
                command = command.replace("videoconvert ! autovideosink",
                                          "fakesink")
                done = subprocess.run(command, shell=True, cwd=folder,
                                      capture_output=True, text=True,
                                      timeout=120)
                self.assertEqual(done.returncode, 0, done.stderr)
                pairs = re.search(r"perceptual-summary.* final=\(boolean\)true"
                                  r", pairs=\(guint64\)(\d+)", done.stdout)
                self.assertIsNotNone(pairs, done.stdout[-2000:])
                self.assertGreaterEqual(int(pairs.group(1)), 10)


if __name__ == "__main__":
    sys.exit(tap.main())
