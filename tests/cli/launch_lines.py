# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every gst-launch-1.0 line that the documentation shows is run as it is, on
files of the names that it uses; only a display is replaced by one that shows
nothing.  Lines of one document share a folder, so that one may read what
another wrote."""

import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import clips
import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ["README.md", "docs/manual.md", "gst/gstperceptualdistance.h"]
FRAMES = 90

# The cost of a wrong partner: neighbouring frames of the clip differ by less
# than 30 dB, rightly paired encodes by more.
RIGHT_PSNR = 30


def launch_lines(name):
    """(where, command) for each line of a file, continuations joined."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for match in re.finditer(r"^[ *]*(gst-launch-1\.0 (?:.*\\\n)*.*)$", text,
                             re.M):
        command = re.sub(r"\\\n[ *]*", " ", match.group(1))
        line = text.count("\n", 0, match.start()) + 1
        yield f"{name}:{line}", command


def with_free_ports(command):
    """Replaces ports, so that nobody else listens or sends there."""
    for port in set(re.findall(r"(?:port=|srt://[^:\s]*:)(\d+)", command)):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
        command = re.sub(rf"\b{port}\b", str(free), command)
    return command


def listen(process, patience):
    """The output until every frame has its pair, or no pair has come for
    patience seconds since the last one."""
    said, pairs, last = b"", 0, None
    started = time.monotonic()
    while pairs < FRAMES:
        end = started + 60 if last is None else last + patience
        left = end - time.monotonic()
        if left < 0 or not select.select([process.stdout], [], [], left)[0]:
            break
        part = os.read(process.stdout.fileno(), 65536)
        if not part:
            break
        said += part
        before, pairs = pairs, said.count(b"perceptual-distance,")
        if pairs > before:
            last = time.monotonic()
    return said


def run(command, folder, patience=3):
    """The exit code and the output.  A line that does not end by itself (-e)
    is interrupted once the reference must be over."""
    said = b""
    with subprocess.Popen("exec " + command, shell=True, cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            if " -e " in command:
                said = listen(process, patience)
                os.killpg(process.pid, signal.SIGINT)
            said += process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said += process.communicate()[0] + b"\nTIMEOUT"
    return process.returncode, said.decode(errors="replace")


def number(text, field):
    found = re.search(rf"\b{field}=\((?:guint64|double)\)([-.e\d]+)", text)
    return float(found.group(1)) if found else None


# A plugin built with a sanitizer does not load into the system's programs.
@unittest.skipIf("PERCEPTUAL_TEST_SANITIZED" in os.environ, "sanitizers are on")
class LaunchLines(unittest.TestCase):
    def check_counts(self, command, summary):
        pairs = number(summary, "pairs")
        unmatched = number(summary, "unmatched-reference")
        self.assertGreaterEqual(pairs, 10)
        if "location=source.mkv" not in command:
            return
        self.assertEqual(pairs + unmatched, FRAMES)
        if "netsim" not in command:
            # A line that runs in real time may be late on a busy machine.
            late = number(summary, "late") if " -e " in command else 0
            self.assertEqual(unmatched, late)
            self.assertEqual(number(summary, "unmatched-distorted"), 0)

    def check_partners(self, command, summary):
        """Checks by psnr, which is that of a neighbour for a wrong partner."""
        if "location=source.mkv" not in command or "netsim" in command:
            return
        also = summary.partition(" also=")[2].partition("psnr=")[2]
        if also and number(also, "infinite") is None:
            self.assertGreater(number(also, "mean"), RIGHT_PSNR)

    def check_line(self, command, folder):
        """A line that runs in real time may lose so much on a busy machine
        that next to nothing is left, so it gets another chance, twice."""
        command = command.replace("autovideosink", "fakevideosink")
        command = with_free_ports(command)
        for patience in (3, 8, 20):
            try:
                self.check_once(command, folder, patience)
                return
            except AssertionError:
                if " -e " not in command or patience == 20:
                    raise

    def check_once(self, command, folder, patience):
        code, said = run(command, folder, patience)
        self.assertEqual(code, 0, said[-2000:])
        if "perceptualdistance" not in command:
            return
        found = re.search(r"perceptual-summary.* final=\(boolean\)true.*",
                          said)
        self.assertIsNotNone(found, said[-2000:])
        summary = found.group(0).replace("\\", "")
        self.check_counts(command, summary)
        self.check_partners(command, summary)

    def test_every_documented_line_does_what_the_text_says(self):
        n = 0
        for name in SOURCES:
            with tempfile.TemporaryDirectory() as folder:
                for clip in ("source.mkv", "x264-500k.mkv"):
                    clips.film(pathlib.Path(folder) / clip, frames=FRAMES)
                for where, command in launch_lines(name):
                    n += 1
                    with self.subTest(where):
                        self.check_line(command, folder)
        self.assertGreaterEqual(n, 10)


if __name__ == "__main__":
    sys.exit(tap.main())
