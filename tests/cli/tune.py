# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-tune from outside: answers against a scan of all values, what the
database is asked for, encoders that misbehave, ends that come too early."""

import array
import contextlib
import json
import math
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import clips
import schemas
import tap

PROGRAM = sys.argv[1]
FRAMES = 40
VALUES = range(20, 41, 2)

X264 = "x264:speed-preset=ultrafast"


def run(*arguments, seconds=120, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=seconds, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


def shell(line):
    """The option of an encoder that is a line of a shell."""
    return "sh -c '" + line + "' {input} {output} {value}"


class TuneCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        cls.clip = clips.waves(cls.folder / "clip.y4m", FRAMES, width=96,
                               height=96)
        cls.prepare()

    @classmethod
    def prepare(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def path(self, name):
        return str(self.folder / name)

    def ends(self, done, code):
        self.assertEqual(done.returncode, code,
                         f"stdout: {done.stdout}\nstderr: {done.stderr}")
        self.assertNotIn("CRITICAL", done.stderr)
        self.assertNotIn("WARNING", done.stderr)
        return done

    def search(self, database, *arguments, code=0, encoder=X264,
               value="20:40:2", clip=None):
        """The report of a search, as JSON."""
        done = self.ends(run(clip or self.clip, "--encoder", encoder,
                             "--value", value, "--database",
                             self.path(database), "--format", "json",
                             *arguments), code)
        return schemas.read("tune", done.stdout)

    def fails(self, words, *arguments, code=1):
        done = self.ends(run(*arguments), code)
        for word in words:
            self.assertIn(word, done.stderr)
        return done


def quantile(sorted_values, q):
    at = q * (len(sorted_values) - 1)
    below = int(at)
    above = min(below + 1, len(sorted_values) - 1)
    return sorted_values[below] + (at - below) * (
        sorted_values[above] - sorted_values[below])


STATISTICS = {
    "mean": lambda d: math.fsum(d) / len(d),
    "p95": lambda d: quantile(sorted(d), .95),
    "max": max,
}


def probes(database):
    """What the database has: value -> (bytes, distances)."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT t.value, p.bytes, p.distances FROM probe p"
            " JOIN setting t ON t.id = p.setting WHERE p.measured").fetchall()
    return {value: (size, array.array("f", distances))
            for value, size, distances in rows}


class TestAnswers(TuneCase):
    """All values are measured once; then nothing has to be encoded."""

    @classmethod
    def prepare(cls):
        done = run("grid", cls.clip, "--encoder", X264, "--value", "20:40:2",
                   "--side-by-side", "6", "--database",
                   str(cls.folder / "grid.sqlite"))
        assert done.returncode == 0, done.stderr
        cls.known = probes(cls.folder / "grid.sqlite")

    def scan(self, statistic, target):
        """The answer by trying all values, or None."""
        meeting = [(self.known[value][0], value) for value in VALUES
                   if STATISTICS[statistic](self.known[value][1]) < target]
        return min(meeting)[1] if meeting else None

    def targets(self, statistic):
        """Six targets that lie among what the values give."""
        found = sorted(STATISTICS[statistic](self.known[value][1])
                       for value in VALUES)
        low, high = math.log(found[0]), math.log(found[-1])
        return [math.exp(low + (high - low) * part)
                for part in (-.05, .1, .3, .55, .8, 1.05)]

    def test_every_value_was_measured_pair_by_pair(self):
        self.assertEqual(sorted(self.known), list(VALUES))
        for size, distances in self.known.values():
            self.assertEqual(len(distances), FRAMES)
            self.assertGreater(size, 0)

    def test_answers_are_those_of_a_scan_and_need_no_encode(self):
        for statistic in STATISTICS:
            for target in self.targets(statistic):
                answer = self.scan(statistic, target)
                report = self.search("grid.sqlite", "--target",
                                     f"{statistic}<{target!r}",
                                     code=0 if answer else 3)
                self.assertEqual(report["encoded"], 0)
                self.assertEqual(len(report["probes"]), len(VALUES))
                self.assertEqual(
                    report["answer"] and report["answer"]["value"], answer)
                if answer:
                    self.assertEqual(report["answer"]["proof"], "measured")

    def test_statistics_are_those_of_the_pairs(self):
        report = self.search("grid.sqlite", "--target", "mean<1000")
        for probe in report["probes"]:
            size, distances = self.known[probe["value"]]
            self.assertEqual(probe["bytes"], size)
            self.assertEqual(probe["pairs"], FRAMES)
            self.assertAlmostEqual(
                probe["rate"], size * 8 / (FRAMES / clips.RATE) / 1000)
            for name, function in STATISTICS.items():
                self.assertAlmostEqual(probe["statistics"][name],
                                       function(distances), places=12)

    def test_all_targets_have_to_hold(self):
        mean, most = self.targets("mean")[4], self.targets("max")[2]
        answers = [self.scan("mean", mean), self.scan("max", most)]
        report = self.search("grid.sqlite", "--target", f"mean<{mean!r}",
                             "--target", f"max<{most!r}")
        self.assertEqual(report["answer"]["value"], min(answers))
        self.assertEqual(report["encoded"], 0)

    def test_cold_searches_find_the_same_by_few_probes(self):
        for i, statistic in enumerate(STATISTICS):
            target = self.targets(statistic)[1 + i]
            report = self.search(f"cold-{statistic}.sqlite", "--target",
                                 f"{statistic}<{target!r}")
            self.assertEqual(report["answer"]["value"],
                             self.scan(statistic, target))
            self.assertLessEqual(report["encoded"], 6)
            self.assertEqual(report["answer"]["next"]["meets"], False)
            for value, probe in probes(
                    self.folder / f"cold-{statistic}.sqlite").items():
                self.assertEqual(probe, self.known[value])

    def test_values_side_by_side_are_the_same(self):
        target = self.targets("p95")[2]
        report = self.search("side.sqlite", "--target", f"p95<{target!r}",
                             "--side-by-side", "2", "--jobs", "2")
        self.assertEqual(report["answer"]["value"], self.scan("p95", target))
        for value, probe in probes(self.folder / "side.sqlite").items():
            self.assertEqual(probe, self.known[value])

    def test_finest_value_within_a_rate(self):
        rate = sorted(size * 8 / (FRAMES / clips.RATE) / 1000
                      for size, _ in self.known.values())[4] + .01
        report = self.search("grid.sqlite", "--max-rate", repr(rate))
        self.assertEqual(report["answer"]["value"], sorted(
            VALUES, key=lambda v: self.known[v][0])[4])

    def test_targets_beyond_a_rate_are_missed(self):
        target = self.targets("mean")[3]
        report = self.search("grid.sqlite", "--target", f"mean<{target!r}",
                             "--max-rate", "1", code=3)
        self.assertIsNone(report["answer"])

    def test_text_ends_with_a_line_that_encodes(self):
        target = self.targets("p95")[3]
        done = self.ends(run(self.clip, "--encoder", X264, "--value", "20:40:2",
                             "--target", f"p95<{target!r}", "--database",
                             self.path("grid.sqlite")), 0)
        answer = self.scan("p95", target)
        lines = done.stdout.splitlines()
        self.assertTrue(lines[0].startswith("source    "))
        self.assertIn(f"p95<{target!r}", lines[1])
        self.assertTrue(lines[-1].startswith("answer    x264enc "))
        self.assertIn(f"quantizer={answer} ", lines[-1])
        self.assertIn("speed-preset=ultrafast", lines[-1])
        self.assertIn(f"(next value: {answer + 2}, ", lines[-1])
        self.assertEqual(done.stderr, "")

    def test_values_from_the_wrong_end_are_told(self):
        line = "x264enc pass=qual quantizer={value} vbv-buf-capacity=0"
        done = self.ends(run(self.clip, "--encoder", line, "--value", "40:20:4",
                             "--target", "mean<1e-12", "--database",
                             self.path("backwards.sqlite")), 3)
        self.assertIn("uneven    every coarser value came out better: the "
                      "finest one comes first in\n          --value\n",
                      done.stdout)

    def test_closest_value_is_told_where_none_meets(self):
        done = self.ends(run(self.clip, "--encoder", X264, "--value", "20:40:2",
                             "--target", "mean<1e-12", "--database",
                             self.path("grid.sqlite")), 3)
        self.assertIn("answer    none: no value meets the target; the closest "
                      "is 20: ", done.stdout)

    def test_the_schema_takes_what_is_printed_and_nothing_else(self):
        schemas.assert_narrow(self, "tune", self.search(
            "scan.sqlite", "--target", "mean<0.01", "--max-rate", "100000"))
        schemas.assert_narrow(self, "tune", schemas.read("tune", self.ends(
            run("list", "--database", self.path("scan.sqlite"), "--format",
                "json"), 0).stdout))

    def test_list_tells_what_there_is(self):
        done = self.ends(run("list", "--database", self.path("grid.sqlite"),
                             "--format", "json"), 0)
        report = schemas.read("tune", done.stdout)
        self.assertEqual(report["probes"], len(VALUES))
        row, = report["results"]
        self.assertEqual(row["encoder"], X264)
        self.assertIsNone(row["options"])
        self.assertEqual(row["values"], len(VALUES))
        self.assertEqual((row["from"], row["to"]), ("20", "40"))
        self.assertEqual(row["pairs"], len(VALUES) * FRAMES)
        self.assertEqual(row["failed"], 0)

    def test_report_is_a_page(self):
        self.search("grid.sqlite", "--target", "mean<1000", "--report",
                    self.path("page.html"))
        page = pathlib.Path(self.path("page.html")).read_text()
        self.assertTrue(page.startswith("<!DOCTYPE html>"))
        self.assertIn("mean&lt;1000", page)


class TestTheLineOfTheAnswer(TuneCase):
    """Behind the same source it gives the encode that was measured."""

    PARSERS = {"x264enc": "h264parse ! video/x-h264,stream-format=byte-stream,"
                          "alignment=au",
               "vp8enc": "identity"}
    X264 = ("x264enc speed-preset=ultrafast threads=4 pass=qual "
            "quantizer={value} vbv-buf-capacity=0")
    VP8 = ("vp8enc threads=4 end-usage=cq cq-level={value} "
           "target-bitrate=1000000000 cpu-used=4")

    @classmethod
    def prepare(cls):
        for kind in ("I420", "Y444", "I420_10LE", "Y444_10LE", "Y42B"):
            clips.launch("videotestsrc num-buffers=20 pattern=smpte "
                         "horizontal-speed=5 ! video/x-raw,width=96,height=96,"
                         f"framerate=25/1,format={kind} ! avenc_ffv1 ! "
                         f"matroskamux ! filesink location={cls.folder}/{kind}")

    def answer(self, kind, encoder, *arguments):
        return self.search("line.sqlite", "--target", "mean<1000", "--output",
                           self.path("kept.mkv"), *arguments, value="30:30",
                           encoder=encoder, clip=self.path(kind))

    def assert_begins(self, kind, encoder, conversion):
        """The line is the conversion and the encoder, and encodes so."""
        report = self.answer(kind, encoder)
        line = report["answer"]["line"]
        element = encoder.split()[0].split(":")[0]
        element = element if element in self.PARSERS else element + "enc"
        self.assertTrue(line.startswith(f"{conversion}{element} "), line)
        pasted = pathlib.Path(self.path("pasted"))
        clips.launch(f"filesrc location={self.path(kind)} ! decodebin ! {line}"
                     f" ! {self.PARSERS[element]} ! filesink location={pasted}")
        size = report["verified"]["bytes"]
        self.assertLess(abs(pasted.stat().st_size - size), .01 * size)

    def test_frames_of_4_2_0_go_to_the_encoder_as_they_are(self):
        self.assert_begins("I420", X264, "")
        self.assert_begins("I420_10LE", X264, "")
        self.assert_begins("I420", "vp8", "")

    def test_it_begins_with_the_conversion_to_4_2_0(self):
        eight = "videoconvert ! video/x-raw,format=I420 ! "
        self.assert_begins("Y444", X264, eight)
        self.assert_begins("Y42B", X264, eight)
        self.assert_begins("Y444_10LE", X264, "videoconvert ! "
                           "video/x-raw,format=I420_10LE ! ")
        self.assert_begins("I420_10LE", "vp8", eight)

    def test_a_line_of_the_user_is_converted_for_where_it_has_to(self):
        self.assert_begins("Y444", self.X264, "")
        self.assert_begins("Y444_10LE", self.X264, "")
        self.assert_begins("I420", self.VP8, "")
        self.assert_begins("Y444", self.VP8, "videoconvert ! video/x-raw ! ")

    def test_text_and_page_have_the_same_line(self):
        line = self.answer("Y444", X264, "--report",
                           self.path("line.html"))["answer"]["line"]
        done = self.ends(run(self.path("Y444"), "--encoder", X264, "--value",
                             "30:30", "--target", "mean<1000", "--database",
                             self.path("line.sqlite")), 0)
        self.assertIn(f"answer    {line}   ", done.stdout)
        self.assertIn(f"{line}: ",
                      pathlib.Path(self.path("line.html")).read_text())


class TestSearching(TuneCase):
    def test_encode_of_the_answer_is_kept(self):
        report = self.search("keep.sqlite", "--target", "mean<0.01",
                             "--output", self.path("best.mkv"))
        again = self.search("keep.sqlite", "--target", "mean<0.01",
                            "--output", self.path("best.mp4"))
        self.assertEqual(again["encoded"], 0)
        self.assertEqual(again["verified"]["bytes"],
                         report["verified"]["bytes"])
        for name in ("best.mkv", "best.mp4"):
            size = os.path.getsize(self.path(name))
            self.assertGreaterEqual(size, report["verified"]["bytes"])
            self.assertLess(size, report["verified"]["bytes"] + 10000)

    def test_a_metric_that_makes_luma_of_rgb_is_known_by_its_own_name(self):
        """Records call it psnr(rgb)."""
        clip = self.path("rgb.avi")
        clips.launch("videotestsrc num-buffers=5 ! video/x-raw,format=BGR,"
                     "width=96,height=96,framerate=10/1 ! avimux ! "
                     f"filesink location={clip}")
        asked = ("--metric", "psnr", "--target", "mean>1")
        first, again = (self.search("rgb.sqlite", *asked, value="30:34",
                                    clip=clip) for _ in range(2))
        self.assertGreater(first["encoded"], 0)
        self.assertEqual(again["encoded"], 0)
        self.assertEqual(again["answer"]["value"], 34)

    def test_every_encode_is_kept(self):
        os.mkdir(self.path("kept"))
        report = self.search("kept.sqlite", "--target", "mean<0.01", "--keep",
                             self.path("kept"), "--side-by-side", "4")
        self.assertEqual(len(os.listdir(self.path("kept"))), report["encoded"])

    def test_windows_are_verified_on_the_whole_clip(self):
        clip = clips.waves(self.folder / "longer.y4m", 100, width=64, height=48)
        report = self.search("windows.sqlite", "--target", "mean<0.02",
                             "--windows", "2x0.8", "--finish", "near",
                             clip=clip)
        windows = report["source"]["windows"]
        self.assertEqual(len(windows), 2)
        self.assertAlmostEqual(
            sum(w["weight"] * (w["stop"] - w["start"]) / 1e9 for w in windows),
            4)
        self.assertEqual(report["probes"][0]["pairs"], 40)
        self.assertEqual(report["verified"]["pairs"], 100)
        self.assertTrue(report["verified"]["meets"])
        self.assertLess(report["verified"]["statistics"]["mean"], .02)
        self.assertEqual(report["answer"]["proof"], "predicted")

    def test_rate_is_by_the_pictures_not_by_the_sound(self):
        clip = self.path("sound.mkv")
        clips.launch("videotestsrc num-buffers=25 ! video/x-raw,width=96,"
                     "height=96,framerate=25/1 ! avenc_ffv1 ! matroskamux "
                     f"name=m ! filesink location={clip} audiotestsrc "
                     "num-buffers=100 samplesperbuffer=1470 ! "
                     "audio/x-raw,rate=44100 ! flacenc ! m.")
        report = self.search("sound.sqlite", "--target", "mean<1000",
                             value="30:30", clip=clip)
        self.assertGreater(report["source"]["seconds"], 3)
        probe, = report["probes"]
        self.assertEqual(probe["pairs"], 25)
        self.assertAlmostEqual(probe["rate"], probe["bytes"] * 8 / 1000)

    def test_similarities_are_bounded_from_below(self):
        report = self.search("psnr.sqlite", "--metric", "psnr", "--target",
                             "mean>35", "--target", "min>30")
        mean = report["answer"]["statistics"]["mean"]
        self.assertGreater(mean, 35)
        self.assertLess(report["answer"]["next"]["statistics"]["mean"], 35)

    def test_another_metric_is_another_measurement(self):
        self.search("two.sqlite", "--target", "mean<0.01")
        report = self.search("two.sqlite", "--metric", "ssim", "--target",
                             "mean>0.9")
        self.assertGreater(report["encoded"], 0)

    def test_sibling_tells_where_to_begin(self):
        """Another clip's crossing is the first value."""
        other = clips.waves(self.folder / "other.y4m", FRAMES, skip=10,
                            width=96, height=96)
        first = self.search("sibling.sqlite", "--target", "mean<0.006",
                            value="10:46")
        second = self.search("sibling.sqlite", "--target", "mean<0.006",
                             value="10:46", clip=other)
        self.assertLessEqual(
            abs(second["probes"][0]["value"] - first["answer"]["value"]), 2)

    def test_budget_ends_the_search(self):
        report = self.search("budget.sqlite", "--target", "mean<0.01",
                             "--budget", "1ms", code=1)
        self.assertTrue(report["late"])
        self.assertEqual(report["encoded"], 0)


class TestEncoders(TuneCase):
    """Encoders that do not do as they should."""

    def breaks(self, words, *arguments):
        done = self.fails(words, self.clip, "--database",
                          self.path("broken.sqlite"), "--target", "mean<0.01",
                          "--value", "20:30", *arguments)
        self.assertIn("source", done.stdout)

    def test_ignored_values_are_an_error(self):
        self.breaks(["the encoder ignores {value}: 25 and"], "--encoder",
                    "identity name=of{value} ! x264enc threads=2")

    def test_dropped_frames_are_an_error(self):
        self.breaks(["frames"], "--encoder", "videorate drop-only=true "
                    "max-rate=10 ! x264enc quantizer={value} pass=qual")

    def test_crash_is_an_error(self):
        self.breaks(["sh at 25: ", "Segmentation fault"], "--command",
                    shell("kill -SEGV $$"))

    def test_failure_is_told_in_its_own_words(self):
        self.breaks(["sh at 25: ", "no more ink"], "--command",
                    shell("echo no more ink >&2; exit 3"))

    def test_hanging_encoder_is_ended(self):
        begin = time.monotonic()
        self.breaks(["sh at 25: ", "within 1 s"], "--probe-timeout", "1s",
                    "--command", shell("sleep 300"))
        self.assertLess(time.monotonic() - begin, 200)

    def test_encoder_that_writes_nothing_is_an_error(self):
        self.breaks(["sh at 25: ", "{output}"], "--command", shell("exit 0"))

    def test_failures_are_noted_and_tried_again(self):
        for _ in range(2):
            self.fails(["no luck"], self.clip, "--database",
                       self.path("failed.sqlite"), "--target", "mean<1",
                       "--value", "20:30", "--command",
                       shell("echo no luck >&2; false"))
        report = schemas.read("tune", self.ends(
            run("list", "--database", self.path("failed.sqlite"), "--format",
                "json"), 0).stdout)
        self.assertEqual(report["probes"], 0)
        self.assertEqual(report["results"][0]["failed"], 1)

    def test_what_was_measured_before_a_failure_is_kept(self):
        """The command fails at the second value that is tried."""
        line = shell('[ "$2" = 25 ] || exit 1; gst-launch-1.0 -q filesrc '
                     'location="$0" ! decodebin ! videoconvert ! x264enc '
                     'quantizer=25 pass=qual ! h264parse ! matroskamux ! '
                     'filesink location="$1"')
        self.breaks(["sh at "], "--command", line)
        with sqlite3.connect(self.folder / "broken.sqlite") as connection:
            count, = connection.execute(
                "SELECT count(*) FROM probe p JOIN setting t"
                " ON t.id = p.setting WHERE t.value = 25 AND p.measured"
                " AND t.encoder = ?", (line,)).fetchone()
        self.assertEqual(count, 1)

    def test_encoders_that_are_not_there_are_told_at_once(self):
        for arguments, word in (
                (["--encoder", "nosuchenc q={value}"], "nosuchenc"),
                (["--command", "nosuchprogram {input} {output} {value}"],
                 "nosuchprogram")):
            done = self.fails([word], self.clip, "--database",
                              self.path("none.sqlite"), "--target", "mean<1",
                              "--value", "20:30", *arguments)
            self.assertEqual(done.stdout, "")


class TestUsage(TuneCase):
    def test_wrong_usage_is_explained(self):
        clip, x264 = self.clip, ["--encoder", "x264"]
        p95 = ["--target", "p95<0.02"]
        for words, arguments in (
                (["no file given", "search", "list"], []),
                (["not enough arguments"], [*x264, *p95]),
                (["too many arguments"], [clip, clip, *x264, *p95]),
                (["no encoder is named"], [clip, *p95]),
                (["--target 'p95<0.02'"], [clip, *x264]),
                (["wrong way round"], [clip, *x264, "--target", "p95>0.02"]),
                (["wrong way round", "psnr"], [clip, *x264, "--metric", "psnr",
                                               "--target", "mean<40"]),
                (["p94", "p90"], [clip, *x264, "--target", "p94<1"]),
                (["x264, x265"], [clip, *p95, "--encoder", "h264"]),
                (["no property tempo"], [clip, *p95, "--encoder",
                                         "x264:tempo=9"]),
                (["from 10 to 46"], [clip, *x264, *p95, "--value", "0:20"]),
                (["20:40"], [clip, *x264, *p95, "--value", "20"]),
                (["--value"], [clip, *p95, "--encoder", "x264enc q={value}"]),
                (["{output}"], [clip, *p95, "--command", "a {input} {value}"]),
                (["one --encoder"], [clip, *x264, *x264, *p95]),
                (["near, proven"], [clip, *x264, *p95, "--finish", "soon"]),
                (["whole, none"], [clip, *x264, *p95, "--verify", "no"]),
                (["NxTIME"], [clip, *x264, *p95, "--windows", "5"]),
                (["from 1 to 16"], [clip, *x264, *p95, "--side-by-side", "0"]),
                (["from 1 to 256"], [clip, *x264, *p95, "--jobs", "-1"]),
                (["512M"], [clip, *x264, *p95, "--memory", "lots"]),
                (["0:01:30"], [clip, *x264, *p95, "--budget", "soon"]),
                (["at least 1ms"], [clip, *x264, *p95, "--probe-timeout", "0"]),
                (["kbit/s"], [clip, *x264, *p95, "--max-rate", "-3"]),
                (["a folder"], [clip, *x264, *p95, "--temp", "/nowhere"]),
                (["a folder"], [clip, *x264, *p95, "--keep", clip]),
                (["a folder"], [clip, *x264, *p95, "--output", "/no/a.mkv"]),
                (["a folder"], [clip, *x264, *p95, "--report", "/no/a.html"]),
                (["--report a.txt: the name must end in .html"],
                 [clip, *x264, *p95, "--report", "a.txt"]),
                ([".mkv or .mp4"], [clip, *x264, *p95, "--output", "a.avi"]),
                (["--verify none"], [clip, *x264, *p95, "--verify", "none",
                                     "--output", self.path("a.mkv")]),
                (["text, json"], [clip, *x264, *p95, "--format", "csv"]),
                (["nosuch", "lpips"], [clip, *x264, *p95, "--metric",
                                       "nosuch"]),
                (["no option --backbone"], [clip, *x264, *p95, "--backbone",
                                            "vgg"]),
                (["--sync"], [clip, *x264, *p95, "--sync", "auto"]),
                (["too many arguments"], ["list", clip]),
        ):
            with self.subTest(arguments=arguments):
                done = self.fails(words, *arguments, code=2)
                self.assertEqual(done.stdout, "")
                self.assertTrue(done.stderr.startswith("perceptual-tune: "))

    def test_clip_is_not_overwritten(self):
        clip = self.path("clip.mkv")
        shutil.copy(self.clip, clip)
        self.fails(["overwrite"], clip, "--encoder", "x264", "--target",
                   "mean<1", "--output", clip, code=2)

    def test_files_that_cannot_be_encoded_are_errors(self):
        text = self.path("text.mkv")
        pathlib.Path(text).write_text("no video")
        still = self.path("still.png")
        clips.launch("videotestsrc num-buffers=1 ! pngenc ! filesink "
                     f"location={still}")
        for words, name in ((["No such file"], "nowhere.mkv"),
                            (["video"], text), (["an image"], still)):
            self.fails([name, *words], name, "--encoder", "x264", "--target",
                       "mean<1", "--database", self.path("files.sqlite"))

    def test_databases_that_cannot_be_used_are_errors(self):
        garbage = self.path("garbage.sqlite")
        pathlib.Path(garbage).write_text("no database" * 1000)
        for name in (garbage, "/proc/nowhere/tune.sqlite", self.path("")):
            done = self.fails([name.rstrip("/")], self.clip, "--encoder",
                              "x264", "--target", "mean<1", "--database", name)
            self.assertEqual(done.stdout, "")

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_folder_that_cannot_be_written_is_an_error(self):
        folder = self.folder / "locked"
        folder.mkdir()
        folder.chmod(0o500)
        self.fails([str(folder)], self.clip, "--encoder", "x264", "--target",
                   "mean<1", "--database", str(folder / "tune.sqlite"))

    def test_help_fits_a_terminal(self):
        for arguments in ([], ["search"], ["list"]):
            done = self.ends(run(*arguments, "--help"), 0)
            self.assertEqual(done.stderr, "")
            for line in done.stdout.splitlines():
                self.assertLessEqual(len(line), 80, line)
        help_text = run("search", "--help").stdout
        self.assertLess(help_text.index("--encoder"),
                        help_text.index("--probe-timeout"))
        self.assertIn("--backbone", help_text)

    def test_version_is_told(self):
        done = self.ends(run("--version"), 0)
        self.assertRegex(done.stdout, r"^perceptual-tune \d+\.\d+\.\d+\n$")

    def test_encoders_are_listed(self):
        done = self.ends(run("list", "--encoders", "--format", "json"), 0)
        rows = {row["name"]: row for row in schemas.read(
            "tune", done.stdout)["results"]}
        self.assertEqual(rows["x264"]["values"], "10:46")
        self.assertIn(rows["x264"]["installed"], ("yes", "no"))

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "list", "--encoders"], stdout=full,
                                  stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left", done.stderr)


class TestEnds(TuneCase):
    """Processes that end too early, and several at once."""

    TARGET = ("--target", "p95<0.01")

    def start(self, database, *arguments):
        return subprocess.Popen(
            [PROGRAM, self.clip, "--encoder", X264, *self.TARGET, "--database",
             self.path(database), "--format", "json", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            stdin=subprocess.DEVNULL)

    def measured(self, database):
        """The measured probes' numbers, and when they were encoded."""
        try:
            with sqlite3.connect(f"file:{self.path(database)}?mode=ro",
                                 uri=True, timeout=30) as connection:
                return dict(connection.execute(
                    "SELECT id, encode_seconds FROM probe WHERE measured"))
        except sqlite3.OperationalError:
            return {}

    def test_two_processes_share_the_work(self):
        both = [self.start("shared.sqlite") for _ in range(2)]
        reports = []
        for process in both:
            out, err = process.communicate(timeout=200)
            self.assertEqual(process.returncode, 0, err)
            reports.append(schemas.read("tune", out))
        self.assertEqual(reports[0]["answer"]["value"],
                         reports[1]["answer"]["value"])
        known = self.measured("shared.sqlite")
        fresh = [p for r in reports for p in r["probes"] if not p["stored"]]
        self.assertEqual(len(fresh), len(known))
        self.assertEqual(sorted(p["seconds"] for p in fresh),
                         sorted(known.values()))

    def test_kills_lose_nothing_that_was_measured(self):
        chance = random.Random(7)
        expected = self.search("calm.sqlite", *self.TARGET, value="10:46")
        kept = {}
        for _ in range(4):
            process = self.start("killed.sqlite")
            time.sleep(chance.uniform(.1, 1.6))
            process.kill()
            process.communicate()
            now = self.measured("killed.sqlite")
            self.assertEqual({n: now.get(n) for n in kept}, kept)
            kept = now
        last = self.start("killed.sqlite")
        out, err = last.communicate(timeout=200)
        self.assertEqual(last.returncode, 0, err)
        self.assertEqual(schemas.read("tune", out)["answer"]["value"],
                         expected["answer"]["value"])
        now = self.measured("killed.sqlite")
        self.assertEqual({n: now.get(n) for n in kept}, kept)
        with sqlite3.connect(self.path("killed.sqlite")) as connection:
            self.assertEqual(connection.execute(
                "PRAGMA integrity_check").fetchall(), [("ok",)])

    def test_interruption_is_told_and_loses_nothing(self):
        process = self.start("interrupted.sqlite")
        deadline = time.monotonic() + 60
        while not self.measured("interrupted.sqlite"):
            if process.poll() is not None or time.monotonic() > deadline:
                break
            time.sleep(.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        if process.returncode == 0:
            self.skipTest("it was done before it was interrupted")
        self.assertEqual(process.returncode, 1)
        self.assertIn("interrupted", err)
        self.assertGreater(len(self.measured("interrupted.sqlite")), 0)

    @contextlib.contextmanager
    def disk(self):
        """A small file system of its own."""
        disk = self.folder / "disk"
        disk.mkdir(exist_ok=True)
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k",
                                "tmpfs", str(disk)], capture_output=True)
        if mount.returncode != 0:
            self.skipTest("no file system may be mounted")
        try:
            yield disk
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)

    def test_full_disk_is_an_error_that_loses_nothing(self):
        with self.disk() as disk:
            first = self.search("disk/tune.sqlite", "--target", "mean<1000")
            try:
                with open(disk / "filler", "wb", buffering=0) as filler:
                    while True:
                        filler.write(bytes(1024))
            except OSError:
                pass
            # One finds no room before, the other after it has encoded.
            for other in ("--max-rate=9e9", "--metric=psnr"):
                what = ("mean>90" if "psnr" in other else "mean<0.0001")
                self.fails(["disk is full"], self.clip, "--encoder", X264,
                           "--target", what, other, "--database",
                           str(disk / "tune.sqlite"), "--temp",
                           str(self.folder))
            os.unlink(disk / "filler")
            again = self.search("disk/tune.sqlite", "--target", "mean<1000")
            self.assertEqual(again["encoded"], 0)
            self.assertEqual(again["answer"]["rate"], first["answer"]["rate"])

    def test_answer_is_printed_where_its_file_does_not_fit(self):
        with self.disk() as disk:
            with open(disk / "filler", "wb") as filler:
                filler.write(bytes(508 * 1024))
            done = self.fails(["No space left", str(disk / "kept.mkv")],
                              self.clip, "--encoder", X264, "--target",
                              "mean<0.01", "--database",
                              self.path("kept.sqlite"), "--temp",
                              str(self.folder), "--output",
                              str(disk / "kept.mkv"))
            self.assertIn("\nanswer    x264enc ", done.stdout)
            self.assertFalse((disk / "kept.mkv").exists())

    def test_read_only_disk_is_an_error(self):
        with self.disk() as disk:
            self.search("disk/tune.sqlite", "--target", "mean<1000")
            subprocess.run(["mount", "-o", "remount,ro", str(disk)],
                           check=True)
            for name in ("tune.sqlite", "new.sqlite"):
                done = self.fails([f"{disk / name}: ", "Read-only file system"],
                                  self.clip, "--encoder",
                                  X264, "--target", "mean<0.01", "--database",
                                  str(disk / name))
                self.assertEqual(done.stdout, "")
            for option in ("--output", "--report", "--keep"):
                name = {"--output": disk / "best.mkv", "--keep": disk,
                        "--report": disk / "page.html"}[option]
                done = self.fails(
                    [f"{option} {name} cannot be written", "Read-only"],
                    self.clip, "--encoder", X264, "--target", "mean<0.01",
                    "--database", self.path("other.sqlite"), option, str(name),
                    code=2)
                self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    tap.main()
