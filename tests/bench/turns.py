# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs that are timed in turns, so that all meet the same load of the
machine and no other tool's threads run at the same time.

Each tool is a process of its own that loads what it needs once and then runs
whenever it is its turn.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from importlib import metadata

SKIP = 77
# Seconds between runs: idle threads spin for a while before they sleep.
PAUSE = 0.05


class Trouble(Exception):
    """The text is for users."""


# --- in the tool's process --------------------------------------------------


def timed(run):
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def serve(make, tell):
    """Runs all that make() returns, by name, to warm up, then once for each
    line it reads.  tell() makes the answer of the seconds and the results,
    both by name."""
    # Whatever the libraries print must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    runs = make()
    for run in runs.values():
        run()
    print("{}", file=answers)
    for _ in sys.stdin:
        seconds, results = {}, {}
        for name, run in runs.items():
            seconds[name], results[name] = timed(run)
            time.sleep(PAUSE)
        print(json.dumps(tell(seconds, results)), file=answers)


# --- in the process that gives turns ----------------------------------------


class Contender:
    """A tool's process; `hello` is its first answer, once it has warmed up."""

    def __init__(self, command, threads):
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads),
                           PYTHONWARNINGS="ignore")
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.log, text=True, env=environment)
        self.hello = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.log.seek(0)
            said = self.log.read().strip().splitlines() or ["no message"]
            raise Trouble(said[-1])
        try:
            return json.loads(line)
        except ValueError:
            raise Trouble(f"answered {line.strip()}") from None

    def turn(self):
        """The answer to one more line."""
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # answer() tells why it ended
        answer = self.answer()
        time.sleep(PAUSE)
        return answer

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        self.process.wait()
        self.log.close()


# --- what a report shows and names ------------------------------------------


def print_rows(rows, entries, width):
    """A line for each key, title and layout, with a cell for each entry."""
    for key, title, layout in rows:
        cells = [layout % entry[key] if key in entry else "-"
                 for entry in entries]
        print("%-22s" % title + "".join(f"{cell:>{width}}" for cell in cells))


def cpu_name():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = re.findall(r"^model name\s*:\s*(.*)$", file.read(), re.M)
    return names[0] if names else "unknown"


def versions(packages):
    """Of those that are installed."""
    found = {}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            pass
    return found
