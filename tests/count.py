# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the results in the logs of meson.

usage: count.py build/meson-logs

Prints the output of failed tests, then "N passed, N failed, N skipped".  A
test that reports its parts by TAP counts by its parts, any other test as one.
Exits with 0 when none failed and at least one ran.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree

GOOD = {"OK", "SKIP", "EXPECTEDFAIL"}


def show(program):
    """The output of a program that failed, without the parts that passed."""
    print(f"----- {program['name']}: {program['result']}")
    for stream in ("stdout", "stderr"):
        for line in (program.get(stream) or "").splitlines():
            if not line.startswith("ok "):
                print(line)


def count(folder, bad):
    passed = failed = skipped = broken_programs = 0
    parts = xml.etree.ElementTree.parse(folder / "testlog.junit.xml")
    for suite in parts.iter("testsuite"):
        broken_parts = 0
        for case in suite.iter("testcase"):
            tags = {part.tag for part in case}
            if not tags & {"failure", "error"}:
                skipped += "skipped" in tags
                passed += "skipped" not in tags
            elif "time" in case.attrib:
                # Only whole programs are timed; they share a suite.
                failed += 1
                broken_programs += 1
            else:
                broken_parts += 1
        failed += broken_parts
        broken_programs += broken_parts > 0

    # A program that dies, or takes too long, need not have a failing part:
    # meson knows it only by its exit status.
    return passed, failed + max(0, len(bad) - broken_programs), skipped


def main():
    try:
        folder = pathlib.Path(sys.argv[1])
        programs = map(json.loads, open(folder / "testlog.json"))
        bad = [program for program in programs
               if program["result"] not in GOOD]
        for program in bad:
            show(program)
        passed, failed, skipped = count(folder, bad)
    except (OSError, ValueError, xml.etree.ElementTree.ParseError) as error:
        print(f"no test results: {error}", file=sys.stderr)
        passed, failed, skipped = 0, 1, 0
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(0 if failed == 0 and passed > 0 else 1)


main()
