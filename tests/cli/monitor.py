# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-monitor from outside: streams that fail in every way, what it
counts then, whom it tells, and how it ends.

usage: monitor.py PATH-OF-PERCEPTUAL-MONITOR PATH-OF-SENDER
"""

import fcntl
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import tap
from monitored import (CLEAN, PROGRAM, WORSE, Monitor, Sender, active, ended,
                       free_ports, wait_for)

# A loaded machine is slow, and that is no fault of the monitor.
SLACK = 4 * max(1, os.getloadavg()[0] / os.cpu_count())
# With sanitizers two streams are more than two cores can send, encode, decode
# and measure; pictures that are made on the spot are not.
live = unittest.skipIf("PERCEPTUAL_TEST_SANITIZED" in os.environ,
                       "sanitizers are on")


class Watcher(threading.Thread):
    """Scrapes a monitor again and again, and keeps it all with its times."""

    def __init__(self, monitor):
        super().__init__()
        self.monitor = monitor
        self.seen = []
        self.over = False
        self.start()

    def run(self):
        while not self.over:
            self.seen.append((time.monotonic(), self.monitor.scrape()))
            time.sleep(.25)

    def finish(self):
        self.over = True
        self.join()

    def wait_for(self, condition, seconds, what):
        """Returns: how long it took, by the scrapes."""
        begin = time.monotonic()
        wait_for(lambda: any(at >= begin and condition(series)
                             for at, series in list(self.seen)),
                 seconds, what)
        return next(at for at, series in self.seen
                    if at >= begin and condition(series)) - begin


class MonitorTest(unittest.TestCase):
    def setUp(self):
        self.folder_object = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.folder_object.name)
        self.addCleanup(self.folder_object.cleanup)

    def launch(self, *arguments, reference=CLEAN, distorted=WORSE, **more):
        return Monitor("--reference-launch", reference, "--distorted-launch",
                       distorted, "--sync", "none", *arguments, **more)

    def refused(self, code, words, *arguments):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def read_log(self, path):
        return [json.loads(line) for line in path.read_text().splitlines()]

    # --- a stream through all that may happen to it -------------------------

    @live
    def test_a_stream_through_all_that_may_happen_to_it(self):
        ports = free_ports(2)
        uris = [f"rtp://127.0.0.1:{port}?encoding-name=JPEG&payload=26"
                for port in ports]
        log = self.folder / "log.jsonl"
        senders = [Sender("rtp", port) for port in ports]
        with Monitor(*uris, "--stall", "2s", "--alert-above", "0.2",
                     "--alert-min-duration", "500000000",
                     "--log", str(log)) as monitor:
            watcher = Watcher(monitor)
            try:
                self.go_through(monitor, watcher, senders, ports)
            finally:
                watcher.finish()
                for sender in senders:
                    sender.cut()
            self.check_counters(watcher.seen)
            monitor.end()
        self.assertEqual(monitor.process.returncode, 0)
        self.check_log(self.read_log(log), monitor.output)

    def go_through(self, monitor, watcher, senders, ports):
        watcher.wait_for(lambda s: s["up"] == 1, 20, "pairs")
        time.sleep(1)
        for what, counter in (("frozen", "frozen_pairs_total"),
                              ("black", "black_pairs_total")):
            before = monitor.scrape()[counter]
            senders[1].show(what)
            watcher.wait_for(lambda s: s[counter] > before, 2 + SLACK,
                             f"{what} pairs")
            watcher.wait_for(lambda s: s[active(what)] == 1, 1.5 + SLACK,
                             f"an alert: {what}")
            senders[1].show("clean")
            watcher.wait_for(lambda s: s[active(what)] == 0, 1 + SLACK,
                             f"its end: {what}")
        senders[1].show("noise")
        watcher.wait_for(lambda s: s[active("above")] == 1, 1.5 + SLACK,
                         "an alert on the distance")
        senders[1].show("clean")
        watcher.wait_for(lambda s: s[active("above")] == 0, 1 + SLACK,
                         "its end")
        kinds = {alert["kind"] for alert in monitor.state()["alerts"]}
        self.assertLessEqual({"frozen", "black", "above"}, kinds)
        self.cut_and_restore(watcher, senders, ports)
        senders[1].show("large")
        watcher.wait_for(lambda s: s[ended("error")] > 0, 3 + SLACK,
                         "an error for the size")
        monitor.wait_until_said("320x240")

    def cut_and_restore(self, watcher, senders, ports):
        # A loaded machine may have had a stall before.
        before = watcher.seen[-1][1][ended("stall")]
        senders[1].cut()
        watcher.wait_for(lambda s: s["up"] == 0, 2 + 1 + SLACK, "no pairs")
        watcher.wait_for(lambda s: s[active("lost")] == 1, 1 + SLACK, "lost")
        watcher.wait_for(lambda s: s[ended("stall")] > before, 1 + SLACK,
                         "a stall")
        gone = [name for name in watcher.seen[-1][1]
                if name.startswith(("last_distance", "window_distance"))]
        self.assertEqual(gone, [])
        senders[1] = Sender("rtp", ports[1])
        watcher.wait_for(lambda s: s["up"] == 1 and s[active("lost")] == 0,
                         .6 + 3 + SLACK, "pairs again")

    def check_counters(self, seen):
        for (_, before), (_, after) in zip(seen, seen[1:]):
            for name, value in before.items():
                if re.search("_total|_bucket|_count", name):
                    self.assertGreaterEqual(after[name], value, name)

    def check_log(self, lines, output):
        pairs = sum(line["type"] == "distance" for line in lines)
        self.assertIn(f" {pairs} measured", output)
        ends = [line for line in lines if line["type"] == "connection"
                and line["state"] == "end"]
        reasons = [line["reason"] for line in ends]
        cut = [line for line in ends if line["reason"] == "stall"
               and "no frames of the distorted stream" in line["text"]]
        self.assertGreaterEqual(len(cut), 1)
        # A machine that is too slow does not find it.
        self.assertLess(abs(cut[0]["sync_offset"] or 0), .5)
        self.assertIn("error", reasons)
        self.assertGreaterEqual(
            sum(line["type"] == "header" for line in lines), 2)
        kinds = {line["kind"] for line in lines if line["type"] == "alert"}
        self.assertLessEqual({"frozen", "black", "above", "lost"}, kinds)

    @live
    def test_transport_streams_over_srt_come_back(self):
        ports = free_ports(2)
        senders = [Sender("srt", port) for port in ports]
        try:
            with Monitor(*[f"srt://127.0.0.1:{port}" for port in ports],
                         "--stall", "2s") as monitor:
                wait_for(lambda: monitor.scrape()["up"] == 1, 60, "pairs")
                senders[1].cut()
                wait_for(lambda: monitor.scrape()["up"] == 0, 20, "no pairs")
                before = monitor.measured()
                senders[1] = Sender("srt", ports[1])
                wait_for(lambda: monitor.scrape()["up"] == 1, 60,
                         "pairs again")
                monitor.wait_for_pairs(5)
                self.assertGreater(monitor.measured(), before)
        finally:
            for sender in senders:
                sender.cut()

    # --- the process that measures ------------------------------------------

    def test_a_crash_is_one_more_reason_and_loses_no_count(self):
        with self.launch() as monitor:
            monitor.wait_for_pairs(5)
            os.kill(monitor.child(), signal.SIGSEGV)
            before = monitor.measured()
            wait_for(lambda: monitor.scrape()[ended("crash")] == 1, 10, "it")
            monitor.wait_until_said("Segmentation fault")
            monitor.wait_for_pairs(5)
            self.assertGreater(monitor.measured(), before)
            monitor.end()
        self.assertEqual(monitor.process.returncode, 0)
        self.assertIn("crash 1", monitor.output)

    def test_a_process_that_hangs_is_ended(self):
        with self.launch("--stall", "1s") as monitor:
            monitor.wait_for_pairs(5)
            os.kill(monitor.child(), signal.SIGSTOP)
            wait_for(lambda: monitor.scrape()[ended("stall")] == 1,
                     2 + SLACK, "a stall")
            monitor.wait_for_pairs(5)

    def test_inputs_that_end_are_opened_again(self):
        short = CLEAN.replace("is-live=true", "is-live=true num-buffers=20")
        with self.launch(reference=short, distorted=short) as monitor:
            wait_for(lambda: monitor.scrape()[ended("eos")] >= 2, 20,
                     "two ends")
        self.assertIn("lost", monitor.output)

    def test_descriptions_may_have_pads_that_come_later(self):
        late = "! jpegenc ! multipartmux ! multipartdemux ! jpegdec"
        with self.launch(reference=f"{CLEAN} ! jpegenc ! decodebin",
                         distorted=f"{CLEAN} {late}") as monitor:
            monitor.wait_for_pairs(3)
            monitor.end()
        self.assertIn("connections  1\n", monitor.output)
        # That it was cut off when it was told to end is no news.
        self.assertEqual(monitor.said("ended before"), [])

    def test_it_keeps_trying_where_there_is_nothing(self):
        ports = free_ports(2)
        with Monitor(f"srt://127.0.0.1:{ports[0]}",
                     str(self.folder / "absent.mkv")) as monitor:
            wait_for(lambda: monitor.scrape()[ended("start")] >= 3, 20,
                     "three attempts")
            series = monitor.scrape()
            self.assertEqual(series["up"], 0)
            self.assertEqual(series[active("lost")], 1)
            self.assertEqual(series['alerts_total{kind="lost"}'], 1)
            monitor.wait_until_said("absent.mkv")
            monitor.end(signal.SIGINT)
        self.assertEqual(monitor.process.returncode, 0)

    # --- encoders -----------------------------------------------------------

    def test_encoders_are_streams_of_their_own(self):
        encoders = ["jpegenc quality=100", "jpegenc quality=10"]
        with Monitor("--reference-launch", CLEAN, "--encoder", encoders[0],
                     "--encoder", encoders[1]) as monitor:
            wait_for(lambda: min(monitor.scrape().get(
                f'pairs_total{{encoder="{one}",outcome="measured"}}', 0)
                for one in encoders) > 20, 20, "pairs")
            series = monitor.scrape()
            monitor.end()
        # One may be some frames ahead of the other.
        fine, coarse = (series[f'encoded_bytes_total{{encoder="{one}"}}']
                        for one in encoders)
        self.assertGreater(fine, 1.2 * coarse)
        for one in encoders:
            for side in ("reference", "distorted"):
                self.assertEqual(series[
                    f'unmatched_frames_total{{encoder="{one}",'
                    f'input="{side}"}}'], 0)
        self.assertGreater(
            series['distance_sum{encoder="jpegenc quality=10",'
                   'metric="mmd-ssim"}'],
            series['distance_sum{encoder="jpegenc quality=100",'
                   'metric="mmd-ssim"}'])

    # --- hooks, the log, the service manager --------------------------------

    def write_hook(self, text):
        path = self.folder / "hook.sh"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return str(path)

    @staticmethod
    def list_group(pid):
        """Returns: the processes of a group that have not ended."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, group = path.read_text().rpartition(")")[2].split(
                    )[:3]
            except OSError:
                continue
            if group == pid and state not in "ZX":
                found.append(path.parent.name)
        return found

    def test_hooks_are_told_in_order(self):
        told = self.folder / "told"
        hook = self.write_hook(
            f'echo "$PERCEPTUAL_ALERT_KIND $PERCEPTUAL_ALERT_STATE '
            f'$PERCEPTUAL_ALERT_MONITOR $(cat)" >> {told}\n')
        with self.launch("--alert-above", "0.01", "--on-alert", hook,
                         "--name", "one") as monitor:
            monitor.wait_for_pairs(5)
            os.kill(monitor.child(), signal.SIGKILL)
            wait_for(lambda: monitor.scrape()[ended("crash")] == 1, 10, "it")
            monitor.wait_for_pairs(5)
            monitor.end()
        lines = told.read_text().splitlines()
        self.assertEqual(
            [line.split()[:3] for line in lines],
            [["above", "begin", "one"], ["above", "end", "one"],
             ["lost", "begin", "one"], ["lost", "end", "one"],
             ["above", "begin", "one"], ["above", "end", "one"]])
        for line in lines:
            kind, state, _, record = line.split(" ", 3)
            record = json.loads(record)
            self.assertEqual((record["kind"], record["state"]), (kind, state))

    def test_a_hook_that_hangs_is_killed_and_holds_up_nothing(self):
        hook = self.write_hook(
            f"echo $$ >> {self.folder}/pids; sleep 100 & wait\n")
        with self.launch("--alert-above", "0.01", "--on-alert", hook,
                         "--hook-timeout", "500ms") as monitor:
            wait_for(lambda: monitor.scrape()["hook_failures_total"] == 1,
                     10 + SLACK, "a failure")
            monitor.wait_for_pairs(5)
            pid = (self.folder / "pids").read_text().split()[0]
            wait_for(lambda: not self.list_group(pid), 5, "its group's end")
            monitor.wait_until_said("was killed after 0.5 s")

    def test_a_full_disk_is_counted_and_the_measuring_goes_on(self):
        with self.launch("--log", "/dev/full") as monitor:
            wait_for(lambda: monitor.scrape()["log_failures_total"] > 3, 20,
                     "failures")
            monitor.wait_for_pairs(5)
            self.assertEqual(len(monitor.wait_until_said("No space left")), 1)
            monitor.end()
        self.assertEqual(monitor.process.returncode, 0)
        self.assertIn("lines were lost", monitor.output)

    def test_the_log_in_parts_begins_with_headers(self):
        with self.launch("--log", str(self.folder / "log.jsonl"),
                         "--log-max-bytes", "6000") as monitor:
            wait_for(lambda: len(list(self.folder.glob("log-*.jsonl"))) > 2,
                     20, "parts")
            monitor.end()
        parts = sorted(self.folder.glob("log*.jsonl"))
        total = 0
        for part in parts:
            lines = self.read_log(part)
            types = [line["type"] for line in lines]
            self.assertIn("header", types[:2], part)
            total += types.count("distance")
        self.assertIn(f" {total} measured", monitor.output)

    def test_hangup_reads_the_file_again_and_begins_a_log(self):
        config = self.folder / "monitor.conf"
        log = self.folder / "log.jsonl"
        config.write_text("# comment\nalert-above = 0.9\ninterval=5\n"
                          f"log = {log}\n")
        with self.launch("--config", str(config)) as monitor:
            monitor.wait_for_pairs(3)
            self.assertEqual(monitor.scrape()[active("above")], 0)
            log.rename(self.folder / "old.jsonl")
            config.write_text("alert-above = 0.01\nmetric = psnr\n"
                              f"log = {log}\n")
            monitor.process.send_signal(signal.SIGHUP)
            wait_for(lambda: monitor.scrape()[active("above")] == 1, 10,
                     "an alert")
            wait_for(log.exists, 10, "a new log")
            monitor.wait_until_said("--interval is 1 now")
            monitor.wait_until_said("--metric has changed")
            config.write_text("nonsense = 1\n")
            monitor.process.send_signal(signal.SIGHUP)
            monitor.wait_until_said("stay as they are")
            monitor.wait_for_pairs(3)
            self.assertEqual(monitor.scrape()["up"], 1)
            self.assertEqual(monitor.scrape()[ended("error")], 0)
            monitor.end()
        indices = [line["index"] for path in ("old.jsonl", "log.jsonl")
                   for line in self.read_log(self.folder / path)
                   if line["type"] == "distance"]
        self.assertEqual(len(indices), len(set(indices)))
        steps = {after - before for before, after in zip(indices, indices[1:])}
        self.assertIn(5, steps)
        self.assertIn(1, steps)

    def test_a_choice_of_pairs_by_two_options_is_refused_while_it_runs(self):
        config = self.folder / "monitor.conf"
        config.write_text("interval = 2\n")
        with self.launch("--config", str(config)) as monitor:
            monitor.wait_for_pairs(3)
            config.write_text("interval = 2\nrate = 3\n")
            monitor.process.send_signal(signal.SIGHUP)
            monitor.wait_until_said("--interval 2 and --rate 3 are both set")
            monitor.wait_until_said("stay as they are")
            monitor.wait_for_pairs(3)
            self.assertEqual(monitor.scrape()[ended("error")], 0)
            monitor.end()
        self.refused(2, ["--interval 2 and --rate 3 are both set"], "--listen",
                     "none", "--interval", "2", "--rate", "3", "a", "b")

    def test_a_hangup_that_comes_early_is_kept(self):
        config, later = self.folder / "config", self.folder / "later"
        os.mkfifo(config)
        later.write_text("interval = 2\n")
        with self.launch("--config", str(config)) as monitor:
            # It is there, and has yet to read.
            with config.open("w") as options:
                monitor.process.send_signal(signal.SIGHUP)
                os.replace(later, config)
                options.write("interval = 5\n")
            monitor.wait_until_said("--interval is 2 now", 20)
            monitor.wait_for_pairs(3)

    def test_a_hangup_does_not_wait_for_a_pipe(self):
        config = self.folder / "config"
        os.mkfifo(config)
        with self.launch("--config", str(config)) as monitor:
            with config.open("w") as options:
                options.write("interval = 5\n")
            monitor.wait_for_pairs(1)
            monitor.process.send_signal(signal.SIGHUP)
            monitor.wait_until_said("is not a plain file")
            monitor.wait_for_pairs(3)
            self.assertEqual(monitor.scrape()["up"], 1)

    def test_after_a_stop_it_goes_on_and_tells_what_was_lost(self):
        log = self.folder / "log.jsonl"
        with self.launch("--stall", "60s", "--log", str(log)) as monitor:
            monitor.wait_for_pairs(5)
            processes = [monitor.process.pid, monitor.child()]
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            time.sleep(3)
            for process in reversed(processes):
                os.kill(process, signal.SIGCONT)
            monitor.wait_for_pairs(30)
            monitor.end()
        self.assertEqual(monitor.process.returncode, 0)
        self.assertIn("connections  1\n", monitor.output)
        pairs = [line for line in self.read_log(log)
                 if line["type"] == "distance"]
        measured, skipped, left_out, alone = map(int, re.search(
            r"(\d+) measured, (\d+) skipped, (\d+) left out.*\n\D*(\d+) of the "
            r"reference", monitor.output).groups())
        self.assertEqual(len(pairs), measured)
        # Every 40 ms of the time that was slept through are in one count.
        ns = pairs[-1]["reference_pts"] - pairs[0]["reference_pts"]
        self.assertGreater(ns, 3e9)
        self.assertGreaterEqual(measured + skipped + left_out + alone,
                                1 + ns // 40_000_000)

    def test_the_service_manager_is_told(self):
        path = str(self.folder / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(20)
            with self.launch(NOTIFY_SOCKET=path,
                             WATCHDOG_USEC="400000") as monitor:
                told = []
                while not {"READY=1", "WATCHDOG=1",
                           "STATUS=measuring"} <= set(told):
                    told.append(manager.recv(4096).decode())
                monitor.process.send_signal(signal.SIGTERM)
                while told[-1] != "STOPPING=1":
                    told.append(manager.recv(4096).decode())
                monitor.end()
        self.assertLess(told.index("WATCHDOG=1"), len(told))

    # --- the command line ---------------------------------------------------

    def test_a_port_that_is_taken_ends_it_before_anything_begins(self):
        log = self.folder / "log.jsonl"
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.refused(1, ["another program has that port"], "--listen",
                         f"127.0.0.1:{port}", "--log", str(log), "a", "b")
        self.assertFalse(log.exists())

    def test_a_log_that_another_monitor_writes_ends_it_at_once(self):
        log = self.folder / "taken.jsonl"
        with log.open("w", encoding="utf-8") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            other.write("{}\n")
            other.flush()
            self.refused(1, [str(log),
                             f"process {os.getpid()} writes to it already"],
                         "--listen", "none", "--log", str(log), "a", "b")
        self.assertEqual(os.listdir(self.folder), [log.name])
        self.assertEqual(log.read_text(encoding="utf-8"), "{}\n")

    def test_wrong_usage_is_refused(self):
        self.refused(2, ["no reference given"])
        self.refused(2, ["no distorted stream given"], "a")
        self.refused(2, ["c is one too many"], "a", "b", "c")
        self.refused(2, ["--stall"], "--stall", "soon", "a", "b")
        self.refused(2, ["--retry", "1s..30s"], "--retry", "9s..3s", "a", "b")
        self.refused(2, ["always jsonl"], "--log-format", "csv", "a", "b")
        self.refused(2, ["--alert-unmatched"], "--alert-unmatched", "7", "a",
                     "b")
        self.refused(2, ["nosuch"], "--metric", "nosuch", "a", "b")
        self.refused(2, ["--also psnr,: ", "a comma too many"], "--also",
                     "psnr,", "a", "b")
        self.refused(2, ["not a value for --seed"], "--seed", "x", "a", "b")
        self.refused(2, ["has no option --backbone"], "--backbone", "vgg", "a",
                     "b")
        self.refused(2, ["leave --distorted-launch out"], "--encoder",
                     "jpegenc", "--distorted-launch", CLEAN, "a")
        self.refused(2, ["it has to be the number"], "--listen", "everywhere",
                     "a", "b")
        self.refused(2, ["--config"], "--config", str(self.folder / "absent"))
        config = self.folder / "monitor.conf"
        for text, words in (
                ("alert-abov = 3\n", [f"{config}: Unknown option --alert-abov",
                                      "did you mean --alert-above?"]),
                ("alert-above = low\n", [f"{config}: ", '"low"']),
                ("# mine\n[monitor]\n", [f"{config}, line 2: ", "sections"]),
                ("config = b\n", [f"{config}, line 1: ", "another one"])):
            config.write_text(text)
            self.refused(2, words, "--config", str(config))
        config.write_text("alert-above = 3\n")
        self.refused(2, ["perceptual-monitor: Unknown option --x"], "--config",
                     str(config), "--x")

    def test_what_cannot_work_ends_it(self):
        self.refused(1, ['no element "nosuch"'], "--listen", "none",
                     "--reference-launch", "nosuch", "--distorted-launch",
                     CLEAN)
        self.refused(1, ["encoder"], "--listen", "none", "--reference-launch",
                     CLEAN, "--encoder", "identity")
        self.refused(1, ["payload=abc: not a number from 0 to 127"], "--listen",
                     "none", "rtp://127.0.0.1:9?payload=abc", "a")
        self.refused(1, ["no element that is installed reads"], "--listen",
                     "none", "nosuch://a", "b")
        self.refused(1, ["has to end in video"], "--listen", "none",
                     "--reference-launch", "audiotestsrc",
                     "--distorted-launch", CLEAN)

    def test_advice_names_options_that_it_has(self):
        with subprocess.Popen(
                [PROGRAM, "--listen", "none", "--reference-crop",
                 "10x10+9999+0", "--reference-launch", CLEAN,
                 "--distorted-launch", CLEAN], stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL, text=True) as process:
            line = process.stderr.readline()
            process.terminate()
        self.assertIn("does not lie inside of it; set another "
                      "--reference-crop or --distorted-crop (", line)

    def test_it_ends_by_itself_when_told_so(self):
        with self.launch("--exit-after", "2s", listen="none") as monitor:
            self.assertEqual(monitor.process.wait(20), 0)
            monitor.end()
        self.assertIn("connections  1\n", monitor.output)


if __name__ == "__main__":
    tap.main()
