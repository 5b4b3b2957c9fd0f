# SPDX-License-Identifier: LGPL-2.1-or-later
"""A made-up monitor that is served: see tests/examples/monitor/."""

import http.client
import re
import subprocess
import sys

import schemas

PROGRAM = sys.argv[1]


class MadeUp:
    """One that runs; use it in a with statement."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [PROGRAM, *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        self.port = int(self.address.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()
        assert code == 0 or error[0], f"it ended with {code}"

    def tell(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().strip()
            assert answer == "ok", f"{line}: {answer}"

    def ask(self, path, method="GET", **headers):
        """Returns the response and its body."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(method, path, headers={
                name.replace("_", "-"): value
                for name, value in headers.items()})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def state(self, query=""):
        return schemas.read("monitor", self.ask("/state.json" + query)[1])

    def series(self, **headers):
        """Samples by name and labels."""
        text = self.ask("/metrics", **headers)[1].decode()
        return dict(re.fullmatch(r"(\S+?\{.*\}) (\S+)", line).groups()
                    for line in text.splitlines()
                    if not line.startswith("#"))
