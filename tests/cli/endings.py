# SPDX-License-Identifier: LGPL-2.1-or-later
"""How perceptual-compare, perceptual-tune and perceptual-judge end when they
are told to, whatever they wait for, and when who reads them has gone.

usage: endings.py PATH-OF-PERCEPTUAL-COMPARE PATH-OF-PERCEPTUAL-TUNE
                  PATH-OF-PERCEPTUAL-JUDGE
"""

import faulthandler
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import clips
import stills
import tap

COMPARE, TUNE, JUDGE = sys.argv[1:4]
# The limit that a user may rely on is 3 s; a loaded machine is slow.
PATIENCE = 30
# Whatever started this may have been told to outlive its terminal.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Endings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        clips.y4m(cls.folder / "short.y4m", [clips.GREY, clips.WHITE] * 5)
        clips.y4m(cls.folder / "long.y4m", [clips.GREY, clips.WHITE] * 3000)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def setUp(self):
        # What hangs is told by the line that it hangs in.
        faulthandler.dump_traceback_later(4 * PATIENCE, exit=True)
        self.addCleanup(faulthandler.cancel_dump_traceback_later)

    def path(self, name):
        return str(self.folder / name)

    def fifo(self, name):
        if not (self.folder / name).exists():
            os.mkfifo(self.folder / name)
        return self.path(name)

    def reading(self, log):
        """A reader of the log that has seen its first five lines."""
        lines = open(log, encoding="utf-8")
        for _ in range(5):
            lines.readline()
        return lines

    def start(self, *arguments, **more):
        process = subprocess.Popen(
            [str(a) for a in arguments], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
        self.addCleanup(process.kill)
        return process

    def ends(self, process, code=1):
        stdout, stderr = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, code, stderr)
        return stdout, stderr

    # --- signals ------------------------------------------------------------

    def test_every_signal_ends_a_program_with_what_it_measured(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                # The reader of the log holds the program up.
                log = self.fifo(f"log-{number.name}")
                process = self.start(COMPARE, "--metric", "l2", "--format",
                                     "json", "--log", log,
                                     self.path("long.y4m"),
                                     self.path("long.y4m"))
                with self.reading(log) as lines:
                    process.send_signal(number)
                    self.assertIn("interrupted", process.stderr.readline())
                    stdout, _ = self.ends(process)
                [result] = json.loads(stdout)["results"]
                self.assertTrue(result["incomplete"])
                self.assertGreaterEqual(result["measured"], 4)
                self.assertLess(result["measured"], 3000)

    def test_hangup_is_nothing_to_who_ignores_it(self):
        log = self.fifo("nohup-log")
        process = self.start(
            COMPARE, "--quiet", "--log", log, self.path("short.y4m"),
            self.path("short.y4m"),
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        with open(log, encoding="utf-8") as lines:
            lines.readline()
            process.send_signal(signal.SIGHUP)
            lines.read()
        self.assertEqual(self.ends(process, 0), ("0\n", ""))

    def test_a_signal_ends_every_wait_for_a_pipe(self):
        short = self.path("short.y4m")
        fifo = self.fifo("nobody.y4m")
        for arguments in (
                [COMPARE, fifo, short],
                [COMPARE, pathlib.Path(fifo).as_uri(), short],
                [COMPARE, "--log", fifo, short, short],
                [COMPARE, "--baseline", fifo, short, short],
                [COMPARE, "--pairs", fifo],
                [TUNE, fifo, "--encoder", "x264", "--target", "p95<0.02",
                 "--database", self.path("db")],
                [JUDGE, "mos", fifo]):
            with self.subTest(" ".join(arguments)):
                process = self.start(*arguments)
                # Some wait at once, some look for GStreamer's plugins first;
                # whenever it comes, it has to be heard.
                time.sleep(.3)
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=PATIENCE)
                self.assertIn(process.returncode, (1, -signal.SIGTERM))

    def test_a_signal_ends_an_encoder_and_what_it_started(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                mark = self.folder / f"encoder-{number.name}"
                # It ignores signals, and so does what it started.
                command = (f"sh -c 'trap \"\" INT TERM HUP; sleep 3600 & "
                           f"echo $$ $! > {mark}.new; mv {mark}.new {mark}; "
                           f"wait; : {{input}} {{output}} {{value}}'")
                process = self.start(
                    TUNE, self.path("short.y4m"), "--command", command,
                    "--value", "20:30", "--target", "p95<0.02", "--database",
                    self.path(f"db-{number.name}"))
                while not mark.exists():
                    self.assertIsNone(process.poll())
                    time.sleep(.01)
                process.send_signal(number)
                _, stderr = self.ends(process)
                self.assertIn("interrupted", stderr)
                for started in mark.read_text().split():
                    self.ended(int(started))

    def ended(self, process):
        """Whose parent may be anyone."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                state = pathlib.Path(f"/proc/{process}/stat").read_text()
            except OSError:
                return
            if state.rpartition(")")[2].split()[0] == "Z":
                return
            time.sleep(.05)
        self.fail(f"process {process} goes on")

    def test_a_signal_ends_judge_while_it_looks_at_its_data(self):
        data = self.folder / "judged"
        for inner in ("ref", "p0", "p1", "judge"):
            (data / inner).mkdir(parents=True)
        for name in ("0", "1"):
            for inner in ("ref", "p0", "p1"):
                stills.png(data / f"{inner}/{name}.png", 99, 8, 8)
            stills.npy(data / f"judge/{name}.npy", 1)
        # The first judgement waits for who writes it.
        slow = data / "judge/0.npy"
        slow.unlink()
        os.mkfifo(slow)
        for arguments in (["2afc", "-m", "l2", data], ["study", data]):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                with self.subTest(f"{arguments[0]}, {number.name}"):
                    process = self.start(JUDGE, *arguments)
                    # Comes back when judge waits for it.
                    writer = os.open(slow, os.O_WRONLY)
                    process.send_signal(number)
                    os.close(writer)
                    _, stderr = self.ends(process)
                    self.assertEqual(
                        stderr, "perceptual-judge: interrupted before "
                        "anything was measured\n")

    # --- limits -------------------------------------------------------------

    def end_with(self, limit, value):
        short = self.path("short.y4m")
        process = self.start(
            COMPARE, "--quiet", short, short,
            preexec_fn=lambda: resource.setrlimit(limit, (value, value)))
        stdout, stderr = process.communicate(timeout=PATIENCE)
        # An error may come after what was measured before it.
        if process.returncode == 0:
            self.assertEqual(stdout, "0\n", stderr)
        else:
            self.assertNotEqual(stderr, "")
            self.assertIn(stdout, ("", "-\n", "0\n"), stderr)
        return stderr

    def test_too_little_memory_is_no_hang(self):
        for megabytes in (100, 200):
            with self.subTest(megabytes):
                self.end_with(resource.RLIMIT_AS, megabytes << 20)

    def test_too_few_files_are_an_error(self):
        self.assertNotEqual(self.end_with(resource.RLIMIT_NOFILE, 7), "")

    @unittest.skipUnless(os.geteuid(), "limits of processes are not for root")
    def test_too_few_processes_are_an_error_and_no_hang(self):
        """Of the user, who has more than one already."""
        self.assertIn("ulimit -u 1 ", self.end_with(resource.RLIMIT_NPROC, 1))
        image = self.path("limited.png")
        stills.png(image, 90)
        for command in (
                [TUNE, self.path("short.y4m"), "--encoder", "x264", "--target",
                 "p95<0.02", "--database", self.path("limited-db")],
                [JUDGE, "flaws", "-m", "l2", "--steps", "1", image]):
            with self.subTest(command[0]):
                process = self.start(
                    *command, preexec_fn=lambda: resource.setrlimit(
                        resource.RLIMIT_NPROC, (1, 1)))
                _, stderr = process.communicate(timeout=PATIENCE)
                self.assertNotEqual(process.returncode, 0)
                self.assertNotEqual(stderr, "")

    def test_a_plugin_that_gstreamer_has_given_up_is_told(self):
        """As after a run with too low a limit, which is remembered."""
        plugins = self.folder / "plugins"
        plugins.mkdir()
        plugin = plugins / "libgstperceptual.so"
        plugin.write_bytes(b"no plugin")
        plugin.chmod(0o755)
        # GStreamer tries it in a process of its own, and warns.
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("G_DEBUG", "GST_REGISTRY_FORK")}
        environment["GST_PLUGIN_PATH_1_0"] = str(plugins)
        environment["GST_REGISTRY_1_0"] = self.path("registry")
        for _ in range(2):
            process = self.start(
                COMPARE, self.path("short.y4m"), self.path("short.y4m"),
                env=environment)
            _, stderr = self.ends(process)
            self.assertIn(f"given up {plugin}, which failed once", stderr)
            self.assertIn(f"remove {self.path('registry')} ", stderr)

    # --- files --------------------------------------------------------------

    def test_a_kill_in_the_middle_of_a_file_leaves_the_old_one(self):
        other = self.path("other.y4m")
        clips.y4m(other, [clips.WHITE, clips.GREY] * 5)
        for option, name in (("--report", "kept.html"), ("--plot", "kept.svg"),
                             ("--plot", "kept.png"), ("--junit", "kept.xml"),
                             ("--worst-dir", "kept-worst")):
            with self.subTest(name):
                folder = self.folder / f"of-{name}"
                folder.mkdir()
                command = [COMPARE, "--metric", "l2", "--quiet", option,
                           folder / name, self.path("short.y4m"), other]
                self.ends(self.start(*command), 0)
                before = {path: path.read_bytes()
                          for path in folder.rglob("*") if path.is_file()}
                self.assertGreater(len(before), 0)
                # The system ends who writes more than so much: the program,
                # not its process that measures, which is there already.
                log = self.fifo(f"log-of-{name}")
                process = self.start(*command, "--log", log)
                with open(log, encoding="utf-8") as lines:
                    lines.readline()
                    resource.prlimit(process.pid, resource.RLIMIT_FSIZE,
                                     (20, 20))
                    lines.read()
                self.ends(process, -signal.SIGXFSZ)
                self.assertEqual(before, {path: path.read_bytes()
                                          for path in before})

    def test_a_signal_or_a_kill_leaves_the_heat_map_that_was_there(self):
        for number in (signal.SIGINT, signal.SIGKILL):
            with self.subTest(number.name):
                folder = self.folder / f"map-{number.name}"
                folder.mkdir()
                (folder / "heat.mkv").write_bytes(b"old")
                log = self.fifo(f"log-of-map-{number.name}")
                process = self.start(COMPARE, "--log", log, "--heatmap",
                                     folder / "heat.mkv",
                                     self.path("long.y4m"),
                                     self.path("long.y4m"))
                with self.reading(log) as lines:
                    process.send_signal(number)
                    lines.read()
                process.communicate(timeout=PATIENCE)
                self.assertEqual((folder / "heat.mkv").read_bytes(), b"old")
                # What a killed program was writing is left to the next one.
                self.assertEqual(len(os.listdir(folder)),
                                 1 if number == signal.SIGINT else 2)
                self.ends(self.start(COMPARE, "--quiet", "--heatmap",
                                     folder / "heat.mkv",
                                     self.path("short.y4m"),
                                     self.path("short.y4m")), 0)
                self.assertEqual(os.listdir(folder), ["heat.mkv"])
                self.assertNotEqual((folder / "heat.mkv").read_bytes(), b"old")

    def test_a_file_that_is_open_already_is_added_to(self):
        out = self.path("both.txt")
        with open(out, "w", encoding="utf-8") as stdout:
            subprocess.run(
                [COMPARE, "--quiet", "--junit", "/dev/stdout",
                 self.path("short.y4m"), self.path("short.y4m")],
                stdout=stdout, timeout=PATIENCE, check=True)
        text = pathlib.Path(out).read_text()
        self.assertIn("</testsuite>", text)
        self.assertIn("0", text.replace("</testsuite>", "").split("\n"))

    # --- readers ------------------------------------------------------------

    def test_a_report_that_nobody_reads_is_an_error_after_all_is_told(self):
        short = self.path("short.y4m")
        for option, name in (("--report", "page.html"), ("--plot", "plot.svg"),
                             ("--junit", "junit.xml")):
            with self.subTest(option):
                fifo = self.fifo(name)
                process = self.start(COMPARE, "--quiet", option, fifo, short,
                                     short)
                stdout, stderr = self.ends(process)
                self.assertEqual(stdout, "0\n")
                self.assertIn(fifo, stderr)
                self.assertTrue(pathlib.Path(fifo).is_fifo())

    def test_who_reads_the_text_may_leave_and_the_page_is_written(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [COMPARE, "--report", self.path("left.html"),
             self.path("short.y4m"), self.path("short.y4m")], stdout=writer,
            stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False)
        os.close(writer)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("Broken pipe", done.stderr)
        self.assertIn("</html>", (self.folder / "left.html").read_text())


tap.main()
