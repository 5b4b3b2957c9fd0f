# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each command of docs/comparison.md that is one of this project is run as it
is on the page, on files of the names that it uses, and does what the page says
that it does.

usage: comparison.py PATH-OF-PERCEPTUAL-COMPARE PATH-OF-LIBPERCEPTUAL
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import clips
import stills
import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "comparison.md"
PROGRAM = os.path.abspath(sys.argv[1])
LIBRARY = os.path.abspath(sys.argv.pop(2))
WEIGHTS = pathlib.Path(os.environ.get("PERCEPTUAL_TEST_DATA", "/nonexistent"),
                       "weights")

# What a command leaves behind, or prints on standard output, by words of it;
# where it ends with another code than 0.
FILES = {"--worst-dir": ["worst/01-low.mkv-0h00m"], "--plot": ["distance.svg"],
         "--junit": ["limits.xml"], "--heatmap": ["where.png"],
         "--log": ["frames.csv"]}
PRINTS = {"--crop auto": "crop        64x32+0+8\n",
          "late.mkv": "aligned     by what they show, +160ms",
          "--format csv": "originals/b.png,encoded/b.jpg,mmd-ssim,1,1,"}
CODES = {"--fail-above": 3}


def rows():
    """The cells of the table, without its head."""
    text = PAGE.read_text(encoding="utf-8")
    for line in re.findall(r"^\|(.*)\|$", text, re.M)[2:]:
        yield [cell.strip().replace("\\|", "|")
               for cell in re.split(r"(?<!\\)\|", line)]


def commands(cell):
    return re.findall(r"`([^`]+)`", cell)


def bars(i):
    """Luma of a picture with black bars above and below it."""
    picture = clips.wave(i, 64, 32)
    return bytes([16]) * 64 * 8 + picture + bytes([16]) * 64 * 8


def spoil(plane, by):
    """Coarse steps of brightness, as a poor encoder makes them."""
    return bytes(value // by * by if value > 16 else value for value in plane)


def make_files(folder):
    folder = pathlib.Path(folder)
    frames = [clips.wave(i) for i in range(60)]
    times = [40 * i for i in range(60)]
    for name, by in (("reference", 1), ("low", 24), ("high", 6)):
        planes = [spoil(plane, by) for plane in frames]
        clips.matroska(folder / f"{name}.mkv", planes, times, length=2400)
        clips.raw(folder / f"{name}.y4m", planes, 64, 48)
        chroma = bytes([128]) * (64 * 48 // 2)
        (folder / f"{name}.yuv").write_bytes(
            b"".join(plane + chroma for plane in planes))
    clips.matroska(folder / "late.mkv", [spoil(plane, 6)
                                         for plane in frames[4:]], times[:56],
                   length=2240)
    for name, by in (("wide", 1), ("wide-low", 24)):
        clips.raw(folder / f"{name}.y4m", [spoil(bars(i), by)
                                           for i in range(25)], 64, 48)
    for i in range(5):
        for name, add in (("original", 0), ("encoded", 4)):
            stills.png(folder / f"{name}{i + 1:04}.png",
                       lambda x, y, level=7 * i + add: [4 * x + level] * 3)
    for name in "ab":
        stills.png(folder / f"originals/{name}.png", 90)
        stills.jpeg(folder / f"encoded/{name}.jpg", 96)
    stills.png(folder / "photo.png", 90, width=64, height=48)
    stills.jpeg(folder / "photo.jpg", 96, width=64, height=48)


class Comparison(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        make_files(self.folder)
        programs = self.folder / "programs"
        programs.mkdir()
        (programs / "perceptual-compare").symlink_to(PROGRAM)
        if shutil.which("ffmpeg") is None:
            shim = programs / "ffmpeg"
            shim.write_text('#!/bin/sh\ncat "$(basename "$4" .mkv).y4m"\n')
            shim.chmod(0o755)
        self.env = dict(
            os.environ, PATH=f"{programs}:/usr/bin:{os.environ['PATH']}",
            PYTHONPATH=str(ROOT / "examples" / "python"),
            PERCEPTUAL_LIBRARY=LIBRARY, PERCEPTUAL_WEIGHTS_PATH=str(WEIGHTS))

    def lacks(self, command):
        """What of other people's is not here."""
        if "lpips" in command and not WEIGHTS.is_dir():
            return "no weights"
        if command.startswith("python3"):
            if "PERCEPTUAL_TEST_SANITIZED" in os.environ:
                return "the library is built with sanitizers"
            if subprocess.run(["/usr/bin/python3", "-c", "import numpy"],
                              stderr=subprocess.DEVNULL).returncode:
                return "no numpy"
        return None

    def check(self, command):
        before = set(self.folder.rglob("*"))
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.env,
            capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL)
        code = next((code for word, code in CODES.items() if word in command),
                    0)
        self.assertEqual(done.returncode, code, done.stderr)
        # That of the frames before its beginning.
        self.assertEqual(done.stderr.count("warning: "),
                         1 if "late.mkv" in command else 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)\d")
        made = [str(path.relative_to(self.folder))
                for path in self.folder.rglob("*") if path not in before]
        for word, files in FILES.items():
            for name in files if word in command else ():
                self.assertTrue(any(path.startswith(name) for path in made),
                                f"{name} is not among {made}")
        for word, text in PRINTS.items():
            if word in command:
                self.assertIn(text, done.stdout)

    def test_every_command_does_its_task(self):
        n = 0
        for task, ours, *_ in rows():
            for command in commands(ours):
                if command.startswith("perceptual-fetch"):
                    continue
                n += 1
                with self.subTest(task):
                    lacking = self.lacks(command)
                    if lacking:
                        print(f"# not run, {lacking}: {command}")
                    else:
                        self.check(command)
        self.assertGreaterEqual(n, 15)

    def test_as_many_steps_are_counted_as_there_are(self):
        for task, ours, *others in rows():
            for cell in (ours, *others):
                with self.subTest(f"{task}: {cell}"):
                    count = re.match(r"(\d+)(?::|$)", cell)
                    if cell == "no":
                        continue
                    self.assertIsNotNone(count)
                    steps = cell.split("<br>")
                    self.assertEqual(int(count.group(1)), len(steps))
            self.assertEqual(len(commands(ours)), len(ours.split("<br>")))


if __name__ == "__main__":
    tap.main()
