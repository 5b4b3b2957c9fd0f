# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hours of perceptual-monitor with a fault each minute: it must keep its
memory, its files and its threads, and lose no pair in its counts.

usage: monitor.py PATH-OF-PERCEPTUAL-MONITOR PATH-OF-SENDER [MINUTES]

Run by hand:
  GST_PLUGIN_PATH=build/gst python3 tests/soak/monitor.py \\
      build/examples/monitor/perceptual-monitor build/tests/cli/sender 60
"""

import json
import os
import pathlib
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "cli"))

from monitored import Monitor, Sender, ended, free_ports  # noqa: E402

MINUTES = float(sys.argv[3]) if len(sys.argv) > 3 else 60
# How long a fault is apart from the next; shorter ones try more of them.
FAULT_SECONDS = min(60, MINUTES * 60 / 10)
# Until then all that is kept has been made: the history is short here.
WARM_FAULTS = 5
MEASURED = 'pairs_total{outcome="measured"}'


def look(pid):
    """Returns: resident bytes, open files, threads."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return (int(fields["VmRSS"].split()[0]) * 1024,
            len(os.listdir(f"/proc/{pid}/fd")), int(fields["Threads"]))


class Soak:
    def __init__(self, folder):
        self.ports = free_ports(2)
        self.senders = [Sender("rtp", port) for port in self.ports]
        self.log = folder / "log.jsonl"
        hook = folder / "hook.sh"
        hook.write_text("#!/bin/sh\ncat > /dev/null\nexit 1\n")
        hook.chmod(0o755)
        uris = [f"rtp://127.0.0.1:{port}?encoding-name=JPEG&payload=26"
                for port in self.ports]
        self.monitor = Monitor(
            *uris, "--log", str(self.log), "--history", "30s", "--stall", "2s",
            "--alert-above", "0.2", "--on-alert", str(hook))

    def cut(self):
        self.senders[1].cut()
        time.sleep(8)
        self.senders[1] = Sender("rtp", self.ports[1])

    def show(self, what):
        self.senders[1].show(what)
        time.sleep(5)
        self.senders[1].show("clean")

    def crash(self):
        os.kill(self.monitor.child(), signal.SIGSEGV)

    def hang(self):
        os.kill(self.monitor.child(), signal.SIGSTOP)

    def faults(self):
        while True:
            yield "cut", self.cut
            yield "crash", self.crash
            yield "frozen", lambda: self.show("frozen")
            yield "hang", self.hang
            yield "black", lambda: self.show("black")
            yield "size", lambda: self.show("large")

    def settle(self):
        """Waits until pairs come again, which is part of what is shown."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            series = self.monitor.scrape()
            if series["up"] == 1:
                return series
            time.sleep(.5)
        raise SystemExit(f"no pairs again: {self.monitor.lines[-5:]}")

    def run(self):
        end = time.monotonic() + MINUTES * 60
        seen = []
        self.settle()
        for number, (name, fault) in enumerate(self.faults()):
            begin = time.monotonic()
            if begin >= end and number > WARM_FAULTS + 2:
                break
            fault()
            time.sleep(max(0, begin + FAULT_SECONDS - time.monotonic()))
            series = self.settle()
            seen.append(look(self.monitor.process.pid))
            print(f"{number:4} {name:7} rss {seen[-1][0] >> 10} kB, "
                  f"{seen[-1][1]} files, {seen[-1][2]} threads, "
                  f"{series[MEASURED]:.0f} pairs", flush=True)
        return seen

    def finish(self):
        output = self.monitor.end()
        for sender in self.senders:
            sender.cut()
        print(output, end="")
        return output


def count_pairs(log):
    with open(log, encoding="utf-8") as lines:
        return sum(json.loads(line)["type"] == "distance" for line in lines)


def main():
    with tempfile.TemporaryDirectory() as name:
        soak = Soak(pathlib.Path(name))
        try:
            seen = soak.run()
            crashes = soak.monitor.scrape()[ended("crash")]
        finally:
            output = soak.finish()
        pairs = count_pairs(soak.log)
    warm = seen[WARM_FAULTS:]
    growth = warm[-1][0] / warm[0][0] - 1
    problems = []
    if growth > .01:
        problems.append(f"resident memory grew by {growth:.2%}")
    for index, what in ((1, "files"), (2, "threads")):
        # A hook, a scrape, GLib's pool may have some for a while.
        half = len(warm) // 2
        least = [min(one[index] for one in part)
                 for part in (warm[:half], warm[half:])]
        if least[0] != least[1]:
            problems.append(f"{what}: first {least[0]}, then {least[1]}")
    if f" {pairs} measured" not in output:
        problems.append(f"the log has {pairs} pairs")
    if crashes == 0:
        problems.append("nothing crashed")
    print(f"resident memory {growth:+.2%} over {len(warm)} faults")
    print("\n".join(problems) or "all is as it should be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
