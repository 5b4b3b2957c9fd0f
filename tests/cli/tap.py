# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the unittest cases of a program and reports them by TAP, so that meson
counts each of them."""

import sys
import unittest


class TapResult(unittest.TestResult):
    def __init__(self, stream):
        super().__init__()
        self.stream = stream
        self.number = 0

    def line(self, state, test, note=""):
        self.number += 1
        name = test.id().removeprefix("__main__.")
        print(f"{state} {self.number} {name}{note}", file=self.stream,
              flush=True)

    def explain(self, text):
        for line in text.splitlines():
            print(f"# {line}", file=self.stream)

    def addSuccess(self, test):
        self.line("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.explain(self.failures[-1][1])
        self.line("not ok", test)

    def addError(self, test, err):
        super().addError(test, err)
        self.explain(self.errors[-1][1])
        self.line("not ok", test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.explain(self._exc_info_to_string(err, test))
            self.line("not ok", subtest)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line("ok", test, f" # SKIP {reason}")


def main():
    """Runs the cases of __main__; the exit code says whether all passed."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(
        sys.modules["__main__"])
    print(f"1..{suite.countTestCases()}", flush=True)
    result = TapResult(sys.stdout)
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)
