# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-compare with combined options, with several files, some of which
are not measured, and with signals at any moment.

usage: together.py PATH-OF-PERCEPTUAL-COMPARE
"""

import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import clips
import tap

PROGRAM = sys.argv[1]


def compare(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL)


class TogetherCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        clips.y4m(cls.folder / "black.y4m", [clips.BLACK] * 100)
        clips.y4m(cls.folder / "white.y4m", [clips.WHITE] * 100)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def path(self, name):
        return str(self.folder / name)

    def run_on(self, code, *arguments, files=("white.y4m",)):
        """compare() of black.y4m and files, which has to end with code, and
        never with words of GLib's."""
        done = compare(*arguments, *map(self.path, ("black.y4m", *files)))
        said = f"stdout: {done.stdout}\nstderr: {done.stderr}"
        self.assertEqual(done.returncode, code, said)
        self.assertNotIn("CRITICAL", done.stderr)
        self.assertNotIn("WARNING", done.stderr)
        return done


class Values(TogetherCase):
    def counts(self, *arguments):
        done = self.run_on(0, "--metric", "l2", "--format", "json",
                           *arguments)
        self.assertEqual(done.stderr, "")
        [result] = json.loads(done.stdout)["results"]
        return result["pairs"], result["measured"], result["unselected"]

    def test_rate_measures_so_many_pairs_in_a_second(self):
        """Of four seconds with 25 frames each."""
        for rate, measured in (("2/1", 8), ("2", 8), ("5/2", 10), ("1/3", 2),
                               ("100", 100), ("0/1", 100), ("0", 100)):
            self.assertEqual(self.counts("--rate", rate),
                             (100, measured, 100 - measured), rate)
        self.assertEqual(self.counts("--rate", "3", "--jitter", "true"),
                         (100, 12, 88))

    def test_values_out_of_range_are_refused_in_our_words(self):
        for option, value in (("rate", "-3/1"), ("rate", "1/0"),
                              ("rate", "x"), ("rate", ""), ("rate", "1/"),
                              ("rate", "/2"), ("rate", "1/2/3"),
                              ("interval", "-1"), ("interval", "0"),
                              ("threads", "-1"), ("sync-window", "-2"),
                              ("log-max-bytes", "-1")):
            done = self.run_on(2, f"--{option}={value}")
            self.assertIn(f'"{value}" is not a value for --{option}; valid: a ',
                          done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.run_on(2, "--rate", "2", "--interval", "2")


class NeedsLog(TogetherCase):
    def refused(self, words, *arguments):
        done = self.run_on(2, "--metric", "l2", *arguments)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual(done.stdout, "")

    def test_what_would_be_said_to_nobody_is_refused(self):
        for option, value in (("alert-above", "1"), ("alert-below", "1"),
                              ("alert-frozen", "true"),
                              ("alert-black", "true"),
                              ("summary-interval", "1000000000")):
            words = [f"--{option}", "--log FILE"]
            self.refused(words, f"--{option}", value)
            self.refused(words, f"--{option}", value, "--log",
                         self.path("v.json"), "--log-format", "vmaf-json")
            self.run_on(0, f"--{option}", value, "--log", self.path("a.log"))
        self.assertFalse(os.path.exists(self.path("v.json")))

    def test_limits_of_a_log_are_refused_without_one(self):
        for option in ("log-max-bytes", "log-max-time", "log-max-files"):
            self.refused([f"--{option}", "--log FILE"], f"--{option}", "9")

    def test_log_and_heat_map_of_one_name_are_refused(self):
        name = self.path("both.mkv")
        self.refused(["--heatmap", "overwrite", "--log"], "--metric",
                     "mmd-ssim", "--log", name, "--heatmap", name)
        self.assertFalse(os.path.exists(name))
        pathlib.Path(name).write_text("kept", encoding="utf-8")
        os.symlink(name, self.path("link.mkv"))
        self.refused(["overwrite"], "--metric", "mmd-ssim", "--log", name,
                     "--heatmap", self.path("link.mkv"))
        self.assertEqual(pathlib.Path(name).read_text(encoding="utf-8"),
                         "kept")


class Table(TogetherCase):
    def head(self, *arguments):
        done = self.run_on(0, *arguments, files=("white.y4m", "white.y4m"))
        return next(line.split() for line in done.stdout.splitlines()
                    if line.startswith("distorted "))

    def test_beside_the_mean_stands_the_bad_end_of_the_scale(self):
        self.assertEqual(self.head("--metric", "l2", "--also", "psnr"),
                         ["distorted", "measured", "unpaired", "l2", "p95",
                          "max", "psnr"])
        self.assertEqual(self.head("--metric", "psnr", "--also", "l2"),
                         ["distorted", "measured", "unpaired", "psnr",
                          "p5", "min", "l2"])

    def test_unpaired_are_frames_and_not_gaps(self):
        """Sound begins a second earlier: an edit list says so by a gap."""
        clips.launch(
            f"mp4mux name=mux ! filesink location={self.path('gap.mp4')} "
            "audiotestsrc num-buffers=99 ! avenc_aac ! mux. "
            "videotestsrc num-buffers=25 timestamp-offset=1000000000 ! "
            "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! "
            "x264enc tune=zerolatency ! h264parse ! mux.")
        film = self.path("gap.mp4")
        done = compare("--metric", "l2", "--format", "json", film, film)
        [result] = json.loads(done.stdout)["results"]
        self.assertEqual((result["pairs"], result["gaps"]), (25, 2))
        done = compare("--metric", "l2", film, film, film)
        self.assertEqual([line.split()[1:3] for line in
                          done.stdout.splitlines()[-2:]], [["25", "0"]] * 2)

    def test_pairs_that_a_mean_leaves_out_are_said(self):
        """Half the frames are identical, which is an infinite psnr."""
        clips.y4m(self.folder / "half.y4m",
                  [clips.BLACK, clips.WHITE] * 50)
        words = "psnr leaves out 50 pairs of infinite psnr"
        for arguments in (("--metric", "psnr"),
                          ("--metric", "l2", "--also", "psnr")):
            done = self.run_on(0, *arguments, files=["half.y4m"])
            self.assertEqual(done.stdout.splitlines().count(words), 1,
                             done.stdout)
            done = self.run_on(0, *arguments, files=["half.y4m", "white.y4m"])
            self.assertEqual(done.stdout.splitlines()[-1],
                             self.path("half.y4m") + ": " + words)

    def test_a_file_without_a_pair_does_not_take_the_columns_away(self):
        late = self.path("late.mkv")
        clips.launch("videotestsrc num-buffers=150 pattern=black ! video/x-raw,"
                     "format=I420,width=32,height=24,framerate=25/1 ! "
                     "avenc_ffv1 ! matroskamux ! "
                     f"filesink location={late}")
        done = self.run_on(1, "--metric", "l2", "--also", "psnr",
                           "--sync-offset", "-4000000000", "--tolerance", "0",
                           files=["white.y4m", "late.mkv"])
        head, *rows = done.stdout.splitlines()[3:6]
        self.assertEqual(head.split()[3:], ["l2", "p95", "max", "psnr"])
        self.assertEqual(rows[0].split()[1:5], ["0", "200", "-", "-"])
        self.assertGreater(int(rows[1].split()[1]), 0)


class Spared(TogetherCase):
    def test_an_input_that_is_given_as_a_uri_is_not_overwritten(self):
        path = self.folder / "an input.mkv"
        os.rename(clips.film(self.folder / "film.mkv"), path)
        before = path.read_bytes()
        for option in ("--log", "--heatmap"):
            for uri in (path.as_uri(),
                        path.as_uri().replace("file://", "file://localhost")):
                done = compare(option, str(path), uri, str(path))
                self.assertEqual(done.returncode, 2, done.stderr)
                done = compare(option, str(path), self.path("black.y4m"), uri)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("would overwrite the input file://",
                              done.stderr)
                self.assertEqual(path.read_bytes(), before)


class Unmeasured(TogetherCase):
    """Files that are not reached."""

    def test_every_file_has_its_result_where_no_log_can_be_written(self):
        arguments = ("--log", self.path("missing/%d"))
        files = ("white.y4m", "black.y4m", "white.y4m")
        done = self.run_on(1, *arguments, "--format", "json", files=files)
        results = json.loads(done.stdout)["results"]
        self.assertEqual([result["distorted"] for result in results],
                         [self.path(name) for name in files])
        for result in results:
            self.assertIn("missing/1", result["error"])
            self.assertIsNone(result["mean"])
        self.assertEqual(done.stderr.count("missing"), 1)
        done = self.run_on(1, *arguments, "--quiet", files=files)
        self.assertEqual(done.stdout, "-\n" * 3)
        self.assertEqual(self.run_on(1, *arguments, files=files).stdout, "")

    def interrupt(self, fifo, *files):
        """What is printed after a Ctrl-C that comes while fifo is read, which
        holds less than there is to say of the first file."""
        process = subprocess.Popen(
            [PROGRAM, "--metric", "l2", "--format", "json", "--log",
             self.path("log-%d"), *files], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        with open(fifo, "rb") as log:
            log.read(1)
            process.send_signal(signal.SIGINT)
            # The program could measure all the rest before it sees the signal.
            self.assertIn("interrupted", process.stderr.readline())
            log.read()
        stdout, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, stderr)
        self.assertEqual(stderr, "")
        return json.loads(stdout)["results"]

    def test_files_after_an_interruption_are_in_the_report(self):
        os.mkfifo(self.path("log-1"))
        clips.y4m(self.folder / "long.y4m", [clips.BLACK] * 3000)
        names = [self.path(name + ".y4m") for name in
                 ("long", "long", "white", "black")]
        results = self.interrupt(self.path("log-1"), *names)
        self.assertEqual([result["distorted"] for result in results],
                         names[1:])
        self.assertEqual([result["incomplete"] for result in results],
                         [True] * 3)
        self.assertEqual([result["pairs"] for result in results[1:]], [0, 0])

    def test_interruption_is_said_while_nobody_reads_the_log(self):
        os.mkfifo(self.path("full"))
        clips.y4m(self.folder / "longer.y4m", [clips.BLACK] * 3000)
        film = self.path("longer.y4m")
        with subprocess.Popen(
                [PROGRAM, "--metric", "l2", "--log", self.path("full"), film,
                 film], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True) as process:
            with open(self.path("full"), "rb") as log:
                time.sleep(1)  # until the pipe takes no more
                process.send_signal(signal.SIGINT)
                said = select.select([process.stderr], [], [], 30)[0]
                log.read()
            process.communicate(timeout=60)
        self.assertEqual(said, [process.stderr])

    def test_interruption_is_heard_while_a_log_waits_for_its_reader(self):
        os.mkfifo(self.path("no-reader"))
        for number in (signal.SIGINT, signal.SIGTERM):
            with subprocess.Popen(
                    [PROGRAM, "--metric", "l2", "--log",
                     self.path("no-reader"), self.path("black.y4m"),
                     self.path("white.y4m")], stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True) as process:
                time.sleep(1)
                process.send_signal(number)
                try:
                    stderr = process.communicate(timeout=20)[1]
                finally:
                    process.kill()
            # 1 if the log is being opened, as it should be by now.
            self.assertIn(process.returncode, (1, -number), stderr)

    def test_interruption_before_the_first_pair_is_in_order(self):
        """While the inputs are looked at: one of them does not go on."""
        with subprocess.Popen(
                [PROGRAM, "--format", "json", self.path("black.y4m"),
                 "fd://0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True) as process:
            # Half a frame.  More than a pipe holds, so it is being read.
            process.stdin.write("YUV4MPEG2 W1920 H1080 F25:1 C420jpeg\n"
                                "FRAME\n" + 1_500_000 * " ")
            process.stdin.flush()
            process.send_signal(signal.SIGINT)
            stdout = process.stdout.read()
            stderr = process.stderr.read()
            self.assertEqual(process.wait(60), 1, stderr)
        self.assertIn("interrupted", stderr)
        [result] = json.loads(stdout)["results"]
        self.assertTrue(result["incomplete"])


class ClosedStreams(TogetherCase):
    def test_a_report_that_nobody_gets_is_an_error(self):
        for closed in (">&-", "<&- >&-", "<&- >&- 2>&-"):
            for option in ("--format=json", "--log=-"):
                done = subprocess.run(
                    ["sh", "-c", f'"$0" "$@" {closed}', PROGRAM, "--metric",
                     "l2", option, self.path("black.y4m"),
                     self.path("white.y4m")], capture_output=True, text=True,
                    timeout=60, check=False)
                self.assertEqual(done.returncode, 1, (closed, option))
                if "2>" not in closed:
                    self.assertIn("Bad file descriptor", done.stderr)

    def test_every_word_for_help_that_glib_knows_is_known(self):
        texts = {compare(option).stdout
                 for option in ("-h", "-?", "--help", "--help-all")}
        self.assertEqual(len(texts), 1)
        self.assertIn("-h, --help", texts.pop())

    def test_help_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "--help"], stdout=full,
                                  stderr=subprocess.PIPE, text=True,
                                  timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left", done.stderr)


class Inputs(TogetherCase):
    def test_pipes_that_nobody_writes_to_are_given_up(self):
        os.mkfifo(self.path("fifo"))
        for files in (["fifo"], ["fifo", "white.y4m"]):
            done = self.run_on(1, "--metric", "l2", "--stall", "1s",
                               files=files)
            self.assertIn("fifo: the measurement stood still", done.stderr)
            self.assertEqual(done.stdout, "")
        done = self.run_on(1, files=["../../../../../../../dev/null"])
        self.assertIn("dev/null: it ended before anything came", done.stderr)


tap.main()
