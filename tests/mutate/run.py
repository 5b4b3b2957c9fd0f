#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts small mistakes into a copy of the tree, one at a time, and looks whether
the tests that are named beside each of them fail.

usage: run.py [--folder DIR] [--only TEXT]... [--again RESULTS] [LIST...]

  LIST            lists of changes (all beside this file); README.md has their
                  format
  --folder DIR    where the copy, its build and results.txt are
                  (build-mutate); kept, so that the next run builds little
  --jobs N        jobs of ninja at once (1)
  --only TEXT     only changes of files or texts that hold TEXT
  --but TEXT      without those whose tests hold TEXT (element/ takes longest)
  --again RESULTS only those that were not caught there
  --check         only look whether each change still applies

Run by hand, from anywhere in the tree.  ccache is used where it is installed.
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Seconds that a test may take: a loop without an end is a mistake that was
# caught.  Optimised little, which takes a third of the time to compile.
LIMIT = 300
OPTIONS = ["-Dtests=enabled", "-Dbuildtype=plain", "-Doptimization=1",
           "-Ddebug=false"]

CAUGHT, MISSED, EQUAL = "caught", "NOT CAUGHT", "same"
BROKEN, GONE = "DID NOT BUILD", "NO LONGER APPLIES"


class Change:
    """One mistake: in a file, from a text to another one."""

    def __init__(self, where, path, tests, anchor):
        self.where, self.path, self.tests = where, path, tests
        self.anchor, self.old, self.new, self.excuse = anchor, "", None, None

    def apply(self, text):
        """The file with the mistake in it, or None where it has no place."""
        start = text.find(self.anchor) if self.anchor else 0
        at = text.find(self.old, start) if start >= 0 else -1
        if at < 0 or self.old == self.new:
            return None
        if not self.anchor and text.find(self.old, at + 1) >= 0:
            return None
        return text[:at] + self.new + text[at + len(self.old):]

    def __str__(self):
        return f"{self.path}: {self.old}  ->  {self.new}"


def read_list(path):
    changes, header, anchor, change = [], None, None, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        mark, _, rest = line.partition(" ")
        rest = rest.strip()
        where = f"{path.name}:{number}"
        if not line or mark == "#":
            continue
        if mark == "@":
            anchor = rest
        elif mark == "-":
            change = Change(where, *header, anchor)
            change.old, anchor = rest, None
        elif mark == "+":
            change.new = rest
            changes.append(change)
        elif mark == "=":
            change.tests = rest.split()
        elif mark == "?":
            change.excuse = rest
        elif mark.endswith(":"):
            header = mark[:-1], rest.split()
        else:
            sys.exit(f"{where}: what is \"{mark}\"?")
    return changes


def copy_tree(tree):
    """The tracked files as they are now; what did not change keeps its time,
    so that it is not built again."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True,
                           capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        source, target = ROOT / name, tree / name
        if not source.exists():
            continue
        if target.exists() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        os.utime(target)


class Build:
    def __init__(self, folder, jobs=1):
        self.tree, self.build = folder / "tree", folder / "build"
        self.jobs = jobs
        copy_tree(self.tree)
        if not (self.build / "build.ninja").exists():
            compiler = {"CC": "ccache gcc"} if shutil.which("ccache") else {}
            subprocess.run(["meson", "setup", self.build, self.tree, *OPTIONS],
                           check=True, env={**os.environ, **compiler},
                           stdout=subprocess.DEVNULL)
        subprocess.run(["ninja", "-C", self.build, f"-j{self.jobs}",
                        "build.ninja"], check=True, stdout=subprocess.DEVNULL)
        self.files = {t["id"]: [os.path.relpath(f, self.build)
                                for f in t["filename"]]
                      for t in self.introspect("targets")}
        self.tests = collections.defaultdict(list)
        for test in self.introspect("tests"):
            suite = test["suite"][0].partition(":")[2]
            self.tests[test["name"]].append(test)
            self.tests[f"{suite}/{test['name']}"].append(test)

    def introspect(self, what):
        return json.loads(subprocess.run(
            ["meson", "introspect", f"--{what}", self.build], check=True,
            capture_output=True).stdout)

    def make(self, names):
        """Builds what these tests need."""
        targets = set()
        for name in names:
            name = name.partition("#")[0].partition("@")[0]
            if name not in self.tests:
                sys.exit(f"there is no test {name}")
            for test in self.tests[name]:
                for depends in test["depends"]:
                    targets.update(self.files[depends])
        return subprocess.run(
            ["ninja", "-C", self.build, f"-j{self.jobs}", *sorted(targets)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ).returncode == 0

    def passes(self, name):
        """name: [SUITE/]TEST[@LEVEL of kernels][#CASES]"""
        name, _, cases = name.partition("#")
        name, _, level = name.partition("@")
        environment = {**os.environ, "CK_FORK": "no"}
        more = []
        if level:
            environment["PERCEPTUAL_KERNELS"] = level
        if cases.startswith("/"):
            more = ["-p", cases]
        elif cases:
            environment["GST_CHECKS"] = cases
        return all(run(test["cmd"] + more, {**environment, **test["env"]},
                       self.build) for test in self.tests[name])


def run(command, environment, folder):
    """Whether the command ends well, and in time.  Returns without leaving
    anything that it started."""
    process = subprocess.Popen(
        command, env=environment, cwd=folder, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        return process.wait(LIMIT) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def try_change(build, change):
    path = build.tree / change.path
    before = path.read_text()
    mistaken = change.apply(before)
    if mistaken is None:
        return GONE
    path.write_text(mistaken)
    try:
        if not build.make(change.tests):
            return BROKEN
        for test in change.tests:
            if not build.passes(test):
                return CAUGHT
        return EQUAL if change.excuse else MISSED
    finally:
        path.write_text(before)


def check_tests_pass(build, changes):
    names = sorted({t for c in changes for t in c.tests})
    if not build.make(names):
        sys.exit("the tree does not build as it is")
    failed = [name for name in names if not build.passes(name)]
    if failed:
        sys.exit(f"fail without a mistake, too: {' '.join(failed)}")


def select(changes, arguments):
    for text in arguments.only:
        changes = [c for c in changes if text in str(c)]
    for text in arguments.but:
        changes = [c for c in changes if text not in " ".join(c.tests)]
    if arguments.again:
        caught = {line.partition("\t")[2] for line in
                  arguments.again.read_text().splitlines()
                  if line.startswith(CAUGHT)}
        changes = [c for c in changes if str(c) not in caught]
    return changes


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("lists", nargs="*", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path,
                        default=ROOT / "build-mutate")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--but", action="append", default=[])
    parser.add_argument("--again", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("-h", "--help", action="store_true")
    arguments = parser.parse_args()
    if arguments.help:
        print(__doc__)
        return 0

    lists = arguments.lists or sorted(HERE.glob("*.list"))
    changes = select([c for name in lists for c in read_list(name)], arguments)
    if arguments.check:
        gone = [c for c in changes if not (ROOT / c.path).exists()
                or c.apply((ROOT / c.path).read_text()) is None]
        for change in gone:
            print(f"{change.where}: {change}")
        print(f"{len(changes)} changes, {len(gone)} no longer apply")
        return 1 if gone else 0

    folder = arguments.folder.resolve()
    build = Build(folder, arguments.jobs)
    check_tests_pass(build, changes)
    counts = collections.Counter()
    with open(folder / "results.txt", "a", encoding="utf-8") as results:
        for change in changes:
            started = time.monotonic()
            verdict = try_change(build, change)
            counts[verdict] += 1
            print(f"{verdict}\t{change}", file=results, flush=True)
            print(f"{verdict:17} {time.monotonic() - started:5.1f} s  "
                  f"{change.where}  {change}", flush=True)
    tried = counts[CAUGHT] + counts[MISSED] + counts[EQUAL]
    print(f"{counts[CAUGHT]} of {tried} caught, {counts[EQUAL]} that change "
          f"nothing that shows, {counts[MISSED]} not caught, {counts[BROKEN]} "
          f"did not build, {counts[GONE]} no longer apply")
    return 0 if 10 * counts[CAUGHT] >= 9 * tried else 1


if __name__ == "__main__":
    sys.exit(main())
