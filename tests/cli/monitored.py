# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-monitor as a process, and the streams that it is given: for the
programs that test it, whose first two arguments are the paths of both."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import schemas

PROGRAM, SENDER = sys.argv[1:3]
CLEAN = ("videotestsrc is-live=true pattern=ball background-color=0xff606060 "
         "! video/x-raw,format=I420,width=160,height=120,framerate=25/1")
WORSE = CLEAN + " ! videobalance brightness=.2"


def free_ports(n):
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
               for _ in range(n)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Sender:
    def __init__(self, transport, port):
        self.process = subprocess.Popen(
            [SENDER, transport, str(port)], stdin=subprocess.PIPE, text=True)

    def show(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()

    def cut(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()


class Monitor:
    """One that runs; use it in a with statement."""

    def __init__(self, *arguments, listen="127.0.0.1:0", **environment):
        self.lines = []
        self.process = subprocess.Popen(
            [PROGRAM, "--listen", listen, "--retry", "300ms..500ms",
             *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={**os.environ, **environment})
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        self.address = None

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.end()

    def end(self, with_signal=signal.SIGTERM):
        """Returns: what is printed at the end."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            self.output = self.process.stdout.read()
            self.process.wait(20)
        finally:
            self.process.kill()
            self.reader.join()
            self.process.stdout.close()
            self.process.stderr.close()
        return self.output

    def said(self, words):
        return [line for line in self.lines if words in line]

    def wait_until_said(self, words, seconds=10):
        """A count that rises says nothing of when the line about it is read.

        Returns: the lines with these words."""
        wait_for(lambda: self.said(words), seconds,
                 f"'{words}'; it says {self.lines}")
        return self.said(words)

    def ask(self, path):
        if self.address is None:
            self.address = wait_for(
                lambda: self.said("http://"), 20, "an address")[0]
            self.address = re.search("http://\\S+", self.address)[0]
        with urllib.request.urlopen(self.address + path,
                                    timeout=10) as answer:
            return answer.read().decode()

    def state(self):
        return schemas.read("monitor", self.ask("state.json?since=0"))

    def scrape(self):
        """Returns: the series by name and labels but the monitor's."""
        series = {}
        for line in self.ask("metrics").splitlines():
            if line.startswith("#"):
                continue
            name, value = line.rsplit(" ", 1)
            name = re.sub('monitor="[^"]*",?', "", name)
            name = name.replace("perceptual_", "").replace(",}", "}")
            series[name.removesuffix("{}")] = float(value)
        return series

    def measured(self):
        return self.scrape()['pairs_total{outcome="measured"}']

    def wait_for_pairs(self, n=1, seconds=20):
        first = self.measured()
        wait_for(lambda: self.measured() >= first + n, seconds,
                 f"{n} pairs; it says {self.lines}")

    def child(self):
        path = pathlib.Path(f"/proc/{self.process.pid}/task/"
                            f"{self.process.pid}/children")
        return int(path.read_text().split()[0])


def active(kind):
    return f'alert_active{{kind="{kind}"}}'


def ended(reason):
    return f'connections_total{{reason="{reason}"}}'
