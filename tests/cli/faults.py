# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-compare with a decoder that crashes, hangs or never ends, and
without parts of GStreamer.

usage: faults.py PATH-OF-PERCEPTUAL-COMPARE LOADER

LOADER is that of loader/loader.c.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import clips
import stills
import tap

PROGRAM = sys.argv[1]
LOADER = os.path.abspath(sys.argv.pop(2))
FRAMES = 50


def compare(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


def children(pid):
    """Process ids of the children of a process, zombies left out."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] not in "ZX":
            found.append(int(stat.parent.name))
    return found


def is_alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(.05)
    return True


def own_lines(done):
    """Others, such as sanitizers, may tell of a crash as well."""
    return sum(line.startswith("perceptual-compare: ")
               for line in done.stderr.splitlines())


class FaultCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        cls.make("good", "none", FRAMES)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    @classmethod
    def make(cls, name, what, frames):
        path = cls.folder / name
        path.write_bytes(b"\x89NO GOOD " + f"{what} {frames}\n".encode()
                         + bytes(8192))
        return str(path)

    def path(self, name):
        return str(self.folder / name)

    def ends(self, code, words, *arguments, **environment):
        done = compare(*arguments, **environment)
        said = f"stdout: {done.stdout}\nstderr: {done.stderr}"
        self.assertEqual(done.returncode, code, said)
        for word in words:
            self.assertIn(word, done.stderr, said)
        return done

    def results(self, code, words, *arguments):
        done = self.ends(code, words, "--metric", "l2", "--format", "json",
                         *arguments)
        return json.loads(done.stdout)["results"]


class Crashes(FaultCase):
    def test_the_decoder_works_where_it_is_not_asked_to_fail(self):
        [result] = self.results(0, [], self.path("good"), self.path("good"))
        self.assertEqual((result["pairs"], result["max"]), (FRAMES, 0))

    def test_what_libraries_complain_of_is_for_who_debugs(self):
        path = self.make("complaint", "complain", FRAMES)
        done = self.ends(0, [], "-q", "--metric", "l2", path, path, G_DEBUG="",
                         G_MESSAGES_DEBUG="all")
        self.assertIn("CRITICAL", done.stderr)
        env = {name: value for name, value in os.environ.items()
               if name not in ("G_DEBUG", "G_MESSAGES_DEBUG")}
        done = subprocess.run([PROGRAM, "-q", "--metric", "l2", path, path],
                              capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, env=env)
        self.assertEqual((done.returncode, done.stdout), (0, "0\n"),
                         done.stderr)
        self.assertNotIn("CRITICAL", done.stderr)

    def test_crash_over_the_first_frame_names_file_and_decoder(self):
        for what, words in (("crash", "Segmentation fault"),
                            ("abort", "Aborted")):
            bad = self.make("bad", what, 0)
            for files in ((self.path("good"), bad), (bad, self.path("good"))):
                done = self.ends(1, [f"{bad}: ", "faultydecoder", words,
                                     "convert"], *files)
                self.assertEqual(own_lines(done), 1)
                self.assertEqual(done.stdout, "")

    def test_crash_midway_keeps_what_was_measured(self):
        bad = self.make("bad", "crash", 30)
        [result] = self.results(1, ["bad: ", "faultydecoder"],
                                self.path("good"), bad)
        self.assertTrue(result["incomplete"])
        self.assertIn("Segmentation fault", result["error"])
        self.assertGreaterEqual(result["measured"], 1)
        self.assertLessEqual(result["measured"], 30)
        self.assertEqual(result["max"], 0)

    def test_crash_midway_leaves_the_heat_map_that_was_there(self):
        bad = self.make("bad", "crash", 30)
        maps = self.folder / "maps"
        maps.mkdir()
        for number in "12":
            (maps / f"heat{number}.mkv").write_bytes(b"old")
        # The first is whole, and is the new one.
        self.ends(1, ["bad: "], "--heatmap", maps / "heat%d.mkv",
                  self.path("good"), self.path("good"), bad)
        self.assertEqual(sorted(os.listdir(maps)), ["heat1.mkv", "heat2.mkv"])
        self.assertGreater((maps / "heat1.mkv").stat().st_size, 1000)
        self.assertEqual((maps / "heat2.mkv").read_bytes(), b"old")

    def test_crash_of_one_file_leaves_the_others_measured(self):
        bad = self.make("bad", "crash", 30)
        good = self.path("good")
        results = self.results(1, [bad], good, good, bad, good)
        self.assertEqual([result["distorted"] for result in results],
                         [good, bad, good])
        for result in (results[0], results[2]):
            self.assertEqual((result["pairs"], result["mean"]), (FRAMES, 0))
            self.assertNotIn("error", result)
        self.assertIn("faultydecoder", results[1]["error"])

    def test_crash_of_the_reference_is_said_once(self):
        bad = self.make("bad", "crash", 30)
        good = self.path("good")
        done = self.ends(1, [f"{bad}: "], "--format", "json", bad, good, good)
        self.assertEqual(own_lines(done), 1)
        for result in json.loads(done.stdout)["results"]:
            self.assertTrue(result["incomplete"])
            self.assertIn(bad, result["error"])

    def crashing_loader(self):
        """The environment in which it is found."""
        cache = self.folder / "loaders.cache"
        cache.write_text(f'"{LOADER}"\n"webp" 4 "crash" "Crash" "LGPL"\n'
                         '"image/webp" ""\n"webp" ""\n'
                         '"RIFFsizeWEBP" "    xxxx    " 100\n\n')
        return {"GDK_PIXBUF_MODULE_FILE": str(cache)}

    @staticmethod
    def webp(width=16, height=16):
        """The header of one, which tells its size."""
        body = (b"WEBPVP8X" + (10).to_bytes(4, "little") + bytes(4)
                + (width - 1).to_bytes(3, "little")
                + (height - 1).to_bytes(3, "little"))
        return b"RIFF" + len(body).to_bytes(4, "little") + body

    def test_crash_of_an_image_loader_costs_its_pairs_alone(self):
        folder = self.folder / "images"
        folder.mkdir()
        for i in range(40):
            stills.png(folder / f"{i:02}.png", i, 16, 16)
        for i in (3, 17, 18):
            (folder / f"{i:02}.png").unlink()
            (folder / f"{i:02}.webp").write_bytes(self.webp())
        done = self.ends(1, ["17.webp", "crashed"], "--metric", "l2",
                         "--format", "json", str(folder), str(folder),
                         **self.crashing_loader())
        results = json.loads(done.stdout)["results"]
        self.assertEqual([i for i in range(40) if results[i]["pairs"] == 0],
                         [3, 17, 18])
        for i in (3, 17, 18):
            self.assertIn("crashed", results[i]["error"])
        self.assertTrue(all(result["mean"] == 0 for result in results
                            if result["pairs"]))

    def test_log_holds_the_pairs_before_the_crash(self):
        bad = self.make("bad", "crash", 30)
        log = self.path("log.jsonl")
        self.ends(1, [], "--metric", "l2", "--log", log, self.path("good"),
                  bad)
        lines = [json.loads(line) for line in open(log, encoding="utf-8")]
        self.assertEqual(lines[0]["type"], "header")
        pairs = [line["index"] for line in lines
                 if line["type"] == "distance"]
        self.assertEqual(pairs, list(range(len(pairs))))
        self.assertGreaterEqual(len(pairs), 1)


class Pages(FaultCase):
    def page(self, code, words, *arguments):
        """The data of a page, and what was printed."""
        page = self.folder / "page.html"
        page.unlink(missing_ok=True)
        done = self.ends(code, words, "--metric", "l2", "--report", str(page),
                         *arguments)
        text = page.read_text(encoding="utf-8")
        data = re.search(r'id="report">(.*?)</script>', text, re.S).group(1)
        return json.loads(data), done.stdout

    def test_crash_midway_gives_a_page_of_what_was_measured(self):
        bad = self.make("bad", "crash", 30)
        data, _ = self.page(1, [bad], self.path("good"), bad)
        result, = data["results"]
        distances = data["page"]["curves"][0]["y"]
        self.assertIn("Segmentation fault", result["error"])
        self.assertGreaterEqual(len(distances), 1)
        self.assertLessEqual(len(distances), 30)
        self.assertEqual(set(distances), {0})

    def test_frames_that_differ_the_next_time_are_not_shown(self):
        moody = self.make("moody", "moody", FRAMES)
        data, said = self.page(0, [], self.path("good"), moody)
        for moment in data["page"]["moments"]:
            self.assertFalse(moment["pictures"])
            self.assertIn("measured once more", moment["problem"])
        n = len(data["page"]["moments"])
        self.assertGreaterEqual(n, 1)
        self.assertIn(f"{n} without pictures", said)

    def test_crash_over_the_pictures_costs_the_pictures_alone(self):
        tired = self.make("tired", "tired", FRAMES)
        data, said = self.page(0, [], self.path("good"), tired)
        first, *_ = data["page"]["moments"]
        self.assertIn("Segmentation fault", first["problem"])
        self.assertIn(f"pairs       {FRAMES}", said)
        self.assertIn("without pictures", said)


class Hangs(FaultCase):
    def test_decoder_that_hangs_over_the_first_frame_is_ended(self):
        bad = self.make("bad", "hang", 0)
        self.ends(1, [f"{bad}: neither a frame nor an end",
                      "decoder faultydecoder", "--stall"],
                  self.path("good"), bad)

    def test_decoder_that_spins_over_the_first_frame_is_ended(self):
        bad = self.make("bad", "spin", 0)
        self.ends(1, [f"{bad}: neither a frame nor an end",
                      "decoder faultydecoder", "--stall"],
                  "--stall", "2", self.path("good"), bad)

    def test_end_that_never_comes_is_an_error_that_keeps_all_pairs(self):
        for what in ("endless", "hang", "spin"):
            bad = self.make("bad", what, FRAMES)
            [result] = self.results(
                1, [f"{bad}: its end was never seen", "50 frames"],
                self.path("good"), bad)
            self.assertEqual((result["measured"], result["mean"]),
                             (FRAMES, 0))
            self.assertTrue(result["incomplete"])

    def test_two_files_without_an_end_are_an_error_too(self):
        bad = self.make("bad", "endless", FRAMES)
        [result] = self.results(1, ["its end was never seen"], bad, bad)
        self.assertEqual(result["measured"], FRAMES)

    def test_hang_of_one_file_leaves_the_others_measured(self):
        bad = self.make("bad", "hang", 30)
        good = self.path("good")
        results = self.results(1, [bad], "--stall", "2", good, bad, good)
        self.assertIn("end was never seen", results[0]["error"])
        self.assertEqual(results[0]["measured"], 30)
        self.assertEqual((results[1]["pairs"], results[1]["mean"]),
                         (FRAMES, 0))
        self.assertNotIn("error", results[1])

    def test_slow_metric_is_no_hang(self):
        """A pair takes longer than anything else may.  How large it has to be
        depends on the machine."""
        for width in (240, 480, 960, 1920, 3840):
            image = clips.image(self.folder / "wide.png", "smpte", "pngenc",
                                width=width, height=width * 9 // 16)
            start = time.monotonic()
            done = self.ends(
                0, [], "--quiet", "--stall", "1", "--metric", "lpips",
                "--backbone", "vgg", "--weights", "random", "--heads", "none",
                "--threads", "1", image, image)
            self.assertEqual((done.stdout, done.stderr), ("0\n", ""))
            if time.monotonic() - start > 5:
                break

    def test_values_of_stall_that_are_none_are_refused(self):
        for text in ("0", "-1", "soon", "nan", "1e9", "5 minutes"):
            self.ends(2, ["--stall", "at least 1s, at most 24:00:00"],
                      f"--stall={text}", "a", "b")


class Processes(FaultCase):
    def start(self, *files):
        process = subprocess.Popen(
            [PROGRAM, "--metric", "l2", "--stall", "600", *files],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertTrue(wait_until(lambda: children(process.pid)))
        return process

    def test_the_other_process_dies_with_the_program(self):
        process = self.start(self.path("good"), self.make("bad", "hang", 30))
        others = children(process.pid)
        process.kill()
        self.assertTrue(wait_until(
            lambda: not any(is_alive(pid) for pid in others)))

    def test_interruption_is_heard_while_a_decoder_hangs(self):
        for what in ("hang", "endless"):
            process = self.start(self.path("good"),
                                 self.make("bad", what, 30))
            others = children(process.pid)
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            stderr = process.communicate(timeout=60)[1]
            self.assertEqual(process.returncode, 1)
            self.assertIn("interrupted", stderr)
            self.assertFalse(any(is_alive(pid) for pid in others))

    def test_end_of_the_other_process_from_outside_is_survived(self):
        process = self.start(self.path("good"), self.make("bad", "hang", 30))
        [other] = children(process.pid)
        time.sleep(1)
        os.kill(other, signal.SIGKILL)
        stderr = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 1)
        self.assertIn("was killed", stderr)

    def test_nobody_starts_the_other_process_by_hand(self):
        self.ends(2, [], "--child", "measure", "0", str(os.getpid()))


class Missing(FaultCase):
    def test_elements_that_every_file_needs_are_named_with_their_package(self):
        core = subprocess.run(
            ["gst-inspect-1.0", "coreelements"], capture_output=True,
            text=True, check=True).stdout
        [library] = [line.split()[-1] for line in core.splitlines()
                     if line.split()[:1] == ["Filename"]]
        plugins = self.folder / "plugins"
        plugins.mkdir()
        (plugins / "libgstcoreelements.so").symlink_to(library)
        done = self.ends(
            1, ["uridecodebin", "gstreamer1.0-plugins-base"],
            self.path("good"), self.path("good"),
            GST_PLUGIN_SYSTEM_PATH_1_0=str(plugins),
            GST_REGISTRY=self.path("registry.bin"))
        self.assertEqual(own_lines(done), 1)


tap.main()
