# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-compare --report: what is on the page, against the log and the
JSON report of the same run; what it does where it cannot be written.

usage: report.py PATH-OF-PERCEPTUAL-COMPARE
"""

import base64
import html.parser
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import unittest

import clips
import compare_case
import stills
import tap
from compare_case import PROGRAM, compare

FRAMES = 60
FLAWED = 41  # the frame that is bad
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")
FFPROBE = shutil.which("ffprobe")


class Reader(html.parser.HTMLParser):
    """Pulls apart what the page consists of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = [], []
        self.rows, self.pictures = [], []
        self.texts = {}
        self.data = None
        self.path = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        self.attributes.append(attrs)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "img":
            self.pictures.append(attrs)
        if tag not in ("img", "meta"):
            self.path.append((tag, attrs))

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append(dict(attrs))

    def handle_endtag(self, tag):
        while self.path and self.path.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.path:
            return
        tag, attrs = self.path[-1]
        self.texts.setdefault(tag, []).append(data)
        if tag in ("td", "th"):
            self.rows[-1][-1] += data
        if tag == "script" and attrs.get("id") == "report":
            self.data = json.loads(data)


def jpeg_size(data):
    """Width and height of a JPEG."""
    at = 2
    while True:
        mark, code, length = struct.unpack(">BBH", data[at:at + 4])
        assert mark == 0xff
        if code in (0xc0, 0xc1, 0xc2):
            height, width = struct.unpack(">HH", data[at + 5:at + 9])
            return width, height
        at += 2 + length


def likeness(one, other):
    """How alike two rows of samples are, whatever their ranges: 1 for the
    same."""
    n = len(one)
    a, b = sum(one) / n, sum(other) / n
    ab = sum((x - a) * (y - b) for x, y in zip(one, other))
    aa = sum((x - a) ** 2 for x in one)
    bb = sum((y - b) ** 2 for y in other)
    return ab / (aa * bb) ** .5 if aa and bb else 0


def flaw(plane, width=64):
    """The same, with a part of another picture."""
    rows = [bytearray(plane[i:i + width])
            for i in range(0, len(plane), width)]
    for row in rows[10:30]:
        row[10:40] = bytes((x * 37) % 200 + 20 for x in range(30))
    return b"".join(rows)


def noisy(plane, step):
    return bytes(min(value + i * 31 % step, 255)
                 for i, value in enumerate(plane))


class ReportCase(compare_case.CompareCase):
    @classmethod
    def make_inputs(cls):
        waves = [clips.wave(i) for i in range(FRAMES)]
        cls.waves = waves
        clips.raw(cls.folder / "a.y4m", waves, 64, 48)
        clips.raw(cls.folder / "b.y4m",
                  [flaw(wave) if i == FLAWED else noisy(wave, 3 + i % 5)
                   for i, wave in enumerate(waves)], 64, 48)
        for name, encoder in (("low", "x264enc bitrate=60 key-int-max=20 ! "
                                      "h264parse"),
                              ("mid", "x264enc bitrate=150 key-int-max=20 ! "
                                      "h264parse")):
            clips.launch(f"filesrc location={cls.folder / 'a.y4m'} ! "
                         f"y4mdec ! videoconvert ! video/x-raw,format=I420 ! "
                         f"{encoder} ! matroskamux ! "
                         f"filesink location={cls.folder / name}.mkv")
        for name, step in (("a", 0), ("b", 40)):
            stills.png(cls.folder / f"{name}.png",
                       lambda x, y, step=step: (3 * x ^ 5 * y) % 200
                       + (step if 380 <= x < 420 and 60 <= y < 100 else 0),
                       480, 330)

    def page(self, *arguments, code=0, name="page.html"):
        """Makes a page and takes it apart."""
        self.done = self.ends(
            compare("--report", self.path(name), *arguments), code)
        text = (self.folder / name).read_text(encoding="utf-8")
        self.text = text
        return Reader(text)

    def log(self, name):
        lines = (self.folder / name).read_text().splitlines()
        return [json.loads(line) for line in lines]

    def pairs(self, name):
        return [line for line in self.log(name) if line["type"] == "distance"]


class Numbers(ReportCase):
    def test_the_data_are_those_of_the_report_and_of_the_log(self):
        page = self.page("--format", "json", "--also", "psnr", "--log",
                         self.path("%d.jsonl"), self.path("a.y4m"),
                         self.path("b.y4m"), self.path("low.mkv"))
        data = dict(page.data)
        del data["page"]
        self.assertEqual(data, json.loads(self.done.stdout))
        for i, curve in enumerate(page.data["page"]["curves"]):
            pairs = self.pairs(f"{i + 1}.jsonl")
            self.assertTrue(curve["whole"])
            self.assertEqual(len(pairs), FRAMES)
            self.assertEqual(curve["y"], [pair["distance"] for pair in pairs])
            self.assertEqual(curve["x"],
                             [pair["stream_time"] for pair in pairs])

    def test_the_curves_are_the_same_measured_together(self):
        page = self.page("--log", self.path("alone.jsonl"),
                         self.path("a.y4m"), self.path("low.mkv"))
        alone = page.data["page"]["curves"][0]["y"]
        page = self.page(self.path("a.y4m"), self.path("b.y4m"),
                         self.path("low.mkv"))
        self.assertEqual(page.data["page"]["curves"][1]["y"], alone)

    def test_the_table_has_the_data_at_its_digits(self):
        page = self.page("--also", "psnr", self.path("a.y4m"),
                         self.path("b.y4m"), self.path("low.mkv"))
        head, *rows = page.rows
        self.assertEqual(head, ["distorted", "pairs", "mean", "p95", "p99",
                                "max", "unmatched", "kbit/s", "psnr"])
        self.assertEqual(len(rows), 2)
        encoded = page.data["page"]["encoded"]
        self.assertEqual(encoded[0]["bytes"], 0)
        for row, result, coded in zip(rows, page.data["results"], encoded):
            cells = dict(zip(head, row))
            rate = (coded["bytes"] * 8e6 / coded["duration"]
                    if coded["duration"] else None)
            numbers = {"kbit/s": rate, "psnr": result["also"]["psnr"]["mean"],
                       **{name: result[name] for name in
                          ("mean", "p95", "p99", "max")}}
            for name, number in numbers.items():
                digits = len(cells[name].partition(".")[2])
                self.assertEqual(cells[name], "-" if number is None
                                 else f"{number:.{digits}f}")
                self.assertTrue(number is None or name == "kbit/s"
                                or digits >= 2)
            self.assertEqual(cells["pairs"], str(result["pairs"]))
            self.assertEqual(cells["unmatched"], "0")

    @unittest.skipUnless(FFPROBE, "no ffprobe")
    def test_the_bytes_are_those_of_the_video_stream(self):
        page = self.page(self.path("a.y4m"), self.path("low.mkv"))
        done = subprocess.run(
            [FFPROBE, "-v", "error", "-select_streams", "v", "-show_entries",
             "packet=size", "-of", "csv=p=0", self.path("low.mkv")],
            capture_output=True, text=True, check=True)
        packets = sum(int(line.strip(",")) for line in done.stdout.split())
        encoded = page.data["page"]["encoded"][0]
        # Headers of the container become part of the stream or stay out of it.
        self.assertAlmostEqual(encoded["bytes"], packets, delta=1000)
        self.assertEqual(encoded["duration"], FRAMES * clips.FRAME_NS)

    def test_the_header_of_the_log_is_there(self):
        page = self.page("--log", self.path("h.jsonl"), "--threads", "1",
                         self.path("a.y4m"), self.path("low.mkv"))
        header = self.log("h.jsonl")[0]
        self.assertEqual(header.pop("type"), "header")
        shown = dict(line.split(": ", 1) for line in
                     "".join(page.texts["pre"]).splitlines())
        self.assertEqual(set(shown), set(header))
        for name in ("library_version", "kernels", "metric", "reference_caps",
                     "distorted_colorimetry", "converter"):
            self.assertEqual(shown[name], str(header[name]))
        facts = dict(zip(page.texts["dt"], page.texts["dd"]))
        self.assertEqual(facts["asked for"], "--threads 1")
        self.assertEqual(facts["reference"], self.path("a.y4m"))

    def test_what_numbers_do_not_say_is_said_below_them(self):
        page = self.page("--also", "psnr", "--interval", "2",
                         self.path("a.y4m"), self.path("a.y4m"))
        self.assertEqual(page.rows[1][-1], "inf")
        name = self.path("a.y4m")
        self.assertIn(f"{name}: psnr leaves out {FRAMES // 2} pairs of "
                      "infinite psnr", page.texts["p"])
        self.assertIn(f"{name}: {FRAMES // 2} of them left out, as asked for",
                      page.texts["p"])

    def test_similarities_are_worst_where_they_are_lowest(self):
        page = self.page("--metric", "ssim", "--log", self.path("s.jsonl"),
                         self.path("a.y4m"), self.path("b.y4m"))
        self.assertIn("min", page.rows[0])
        moment = page.data["page"]["moments"][0]
        self.assertEqual(moment["distance"],
                         min(pair["distance"] for pair in
                             self.pairs("s.jsonl")))
        self.assertEqual(moment["time"], FLAWED * clips.FRAME_NS)
        # There is no map, and so no cut-out.
        self.assertEqual(len(page.pictures),
                         2 * len(page.data["page"]["moments"]))

    def test_many_pairs_are_thinned_and_none_is_made_up(self):
        n = 11000
        flat = [clips.wave(i, 16, 16) for i in range(50)]
        clips.raw(self.folder / "long.y4m",
                  (flat[i % 50] for i in range(n)), 16, 16)
        clips.raw(self.folder / "rough.y4m",
                  (flat[(i * i) % 50] for i in range(n)), 16, 16)
        page = self.page("--metric", "l2", "--log", self.path("long.jsonl"),
                         self.path("long.y4m"), self.path("rough.y4m"))
        log = {pair["stream_time"]: pair["distance"]
               for pair in self.pairs("long.jsonl")}
        curve = page.data["page"]["curves"][0]
        self.assertEqual(len(log), n)
        self.assertFalse(curve["whole"])
        self.assertGreater(len(curve["x"]), 4000)
        self.assertLessEqual(len(curve["x"]), 10000)
        self.assertEqual([log[x] for x in curve["x"]], curve["y"])
        self.assertEqual((min(curve["y"]), max(curve["y"])),
                         (min(log.values()), max(log.values())))
        self.assertEqual(len(page.data["page"]["moments"]), 6)
        self.assertLess(len(self.text), 3e6)


class Moments(ReportCase):
    def grey(self, picture):
        """The luma of a picture of the page."""
        kind, _, data = picture["src"].partition(",")
        self.assertEqual(kind, "data:image/jpeg;base64")
        data = base64.b64decode(data)
        self.assertEqual(jpeg_size(data), (int(picture["width"]),
                                           int(picture["height"])))
        (self.folder / "one.jpg").write_bytes(data)
        clips.launch(f"filesrc location={self.path('one.jpg')} ! jpegdec ! "
                     "videoconvert ! video/x-raw,format=GRAY8 ! "
                     f"filesink location={self.path('one.grey')}")
        return (self.folder / "one.grey").read_bytes()

    def check(self, page, log):
        """The moments are pairs of the log."""
        pairs = {pair["reference_pts"]: pair for pair in self.pairs(log)}
        moments = page.data["page"]["moments"]
        for moment in moments:
            pair = pairs[moment["reference_pts"]]
            self.assertEqual(moment["distance"], pair["distance"])
            self.assertEqual(moment["distorted_pts"], pair["distorted_pts"])
            self.assertEqual(moment["time"], pair["stream_time"])
            self.assertTrue(moment["pictures"], moment)
        return moments

    def test_the_worst_pair_is_shown_and_no_neighbour_of_it(self):
        page = self.page("--log", self.path("m.jsonl"), self.path("a.y4m"),
                         self.path("b.y4m"))
        moments = self.check(page, "m.jsonl")
        self.assertEqual(moments[0]["time"], FLAWED * clips.FRAME_NS)
        links = [attrs["href"][1:] for attrs in page.attributes
                 if attrs.get("href", "").startswith("#moment")]
        self.assertEqual(links, [f"moment-{i + 1}"
                                 for i in range(len(moments))])
        places = [attrs.get("id") for attrs in page.attributes]
        self.assertTrue(set(links) <= set(places))
        times = sorted(moment["time"] for moment in moments)
        self.assertTrue(all(b - a > 10 ** 9 for a, b in zip(times, times[1:])))
        self.assertRegex(self.done.stdout, r"\nreport      .*page\.html "
                         rf"\(\d\.\d MB, {len(moments)} moments?\)\n")

    def test_the_pictures_are_of_the_frames_of_that_pair(self):
        page = self.page(self.path("a.y4m"), self.path("b.y4m"))
        reference, distorted, heat = page.pictures[:3]
        self.assertEqual([picture["alt"] for picture in page.pictures[:3]],
                         ["reference", "distorted", "where they differ"])
        planes = list(self.waves)
        shown = self.grey(reference)
        self.assertEqual(max(range(FRAMES),
                             key=lambda i: likeness(shown, planes[i])), FLAWED)
        shown = self.grey(distorted)
        self.assertGreater(likeness(shown, flaw(planes[FLAWED])), .95)
        self.assertGreater(likeness(shown, flaw(planes[FLAWED])),
                           likeness(shown, planes[FLAWED]))
        # The map is bright where the flaw is, and nowhere else.
        heat = self.grey(heat)
        bright = sum(heat[20 * 64 + x] for x in range(12, 38)) / 26
        self.assertGreater(bright, 3 * sum(heat[46 * 64:47 * 64]) / 64)

    def test_encodes_are_sought_to_the_same_frames(self):
        page = self.page("--log", self.path("%d.jsonl"), "--report-moments",
                         "5", self.path("a.y4m"), self.path("low.mkv"),
                         self.path("mid.mkv"))
        moments = page.data["page"]["moments"]
        self.assertEqual({moment["file"] for moment in moments},
                         {"low.mkv", "mid.mkv"})
        distances = [{pair["stream_time"]: pair["distance"]
                      for pair in self.pairs(f"{i}.jsonl")} for i in (1, 2)]
        for moment in moments:
            self.assertTrue(moment["pictures"], moment)
            file = ["low.mkv", "mid.mkv"].index(moment["file"])
            self.assertEqual(moment["distance"],
                             distances[file][moment["time"]])
        shown = self.grey(page.pictures[0])
        frame = moments[0]["time"] // clips.FRAME_NS
        self.assertEqual(max(range(FRAMES), key=lambda i: likeness(
            shown, self.waves[i])), frame)

    def test_late_moments_are_found_by_seeking(self):
        frames, bad = 180, 150
        planes = [clips.wave(i) for i in range(frames)]
        clips.raw(self.folder / "far.y4m", planes, 64, 48)
        clips.raw(self.folder / "worse.y4m",
                  [flaw(plane) if i == bad else plane
                   for i, plane in enumerate(planes)], 64, 48)
        clips.launch(f"filesrc location={self.path('worse.y4m')} ! y4mdec ! "
                     "videoconvert ! video/x-raw,format=I420 ! x264enc "
                     "quantizer=20 pass=quant key-int-max=30 ! h264parse ! "
                     f"matroskamux ! filesink location={self.path('far.mkv')}")
        page = self.page("--log", self.path("f.jsonl"),
                         self.path("far.y4m"), self.path("far.mkv"))
        moments = self.check(page, "f.jsonl")
        self.assertEqual(moments[0]["time"], bad * clips.FRAME_NS)
        shown = self.grey(page.pictures[0])
        self.assertEqual(max(range(frames),
                             key=lambda i: likeness(shown, planes[i])), bad)

    def test_files_that_start_apart_are_shown_as_they_were_paired(self):
        clips.matroska(self.folder / "late.mkv", self.waves[10:],
                       range(1000, 1000 + 40 * (FRAMES - 10), 40))
        page = self.page("--align", "start", "--log", self.path("l.jsonl"),
                         self.path("b.y4m"), self.path("late.mkv"))
        moments = self.check(page, "l.jsonl")
        self.assertGreater(moments[0]["distorted_pts"],
                           moments[0]["reference_pts"])

    def test_a_cut_out_shows_the_pixels_where_the_map_is_brightest(self):
        page = self.page(self.path("a.png"), self.path("b.png"))
        self.assertEqual(len(page.pictures), 6)
        self.assertEqual([(p["width"], p["height"]) for p in page.pictures],
                         3 * [("480", "330")] + 3 * [("256", "256")])
        text = " ".join(page.texts["p"])
        left, top = map(int, re.search(r"from \((\d+), (\d+)\)",
                                       text).groups())
        self.assertLessEqual(left, 370)
        self.assertGreaterEqual(left + 256, 430)
        self.assertLessEqual(top, 50)
        self.assertGreaterEqual(top + 256, 110)

    def test_one_pair_is_one_moment(self):
        page = self.page(self.path("a.png"), self.path("b.png"))
        moments = page.data["page"]["moments"]
        self.assertEqual(len(moments), 1)
        self.assertEqual(moments[0]["distance"],
                         page.data["results"][0]["mean"])
        self.assertNotIn("Distance over time", page.texts["h2"])
        self.assertEqual(page.rows[0], ["distorted", "mmd-ssim"])
        self.assertAlmostEqual(float(page.rows[1][1]), moments[0]["distance"],
                               delta=1e-4)
        clips.raw(self.folder / "one.y4m", self.waves[:1], 64, 48)
        clips.raw(self.folder / "two.y4m", self.waves[1:2], 64, 48)
        page = self.page(self.path("one.y4m"), self.path("two.y4m"))
        self.assertEqual(len(page.data["page"]["curves"][0]["y"]), 1)
        self.assertEqual(len(page.pictures), 3)

    def test_no_moments_no_pictures(self):
        page = self.page("--report-moments", "0", self.path("a.y4m"),
                         self.path("b.y4m"))
        self.assertEqual(page.pictures, [])
        self.assertEqual(page.data["page"]["moments"], [])
        self.assertNotIn("Worst moments", page.texts["h2"])
        self.assertIn("0 moments", self.done.stdout)

    def test_pictures_are_no_larger_than_asked_for(self):
        page = self.page("--report-size", "120", self.path("a.png"),
                         self.path("b.png"))
        self.assertEqual([(p["width"], p["height"]) for p in page.pictures],
                         3 * [("120", "82")] + 3 * [("256", "256")])

    def test_a_hole_in_both_files_is_no_lost_frame(self):
        times = [40 * i + (3000 if i >= 30 else 0) for i in range(FRAMES)]
        clips.matroska(self.folder / "hole.mkv", self.waves, times)
        clips.launch(f"filesrc location={self.folder / 'hole.mkv'} ! "
                     "matroskademux max-gap-time=0 ! videoconvert ! "
                     "x264enc bitrate=60 ! h264parse ! matroskamux ! "
                     f"filesink location={self.folder / 'holed.mkv'}")
        page = self.page("--log", self.path("h.jsonl"), self.path("hole.mkv"),
                         self.path("holed.mkv"))
        self.check(page, "h.jsonl")
        result, = page.data["results"]
        self.assertEqual((result["pairs"], result["unmatched_reference"],
                          result["unmatched_distorted"], result["gaps"]),
                         (FRAMES, 0, 0, 0))
        self.assertEqual(page.data["page"]["marks"], [])
        self.assertEqual([pair["reference_pts"] // 10 ** 6 for pair in
                          self.pairs("h.jsonl")], times)

    def test_what_was_chosen_by_the_run_does_not_matter(self):
        page = self.page("--log", self.path("c.jsonl"), "--interval", "3",
                         "--sync-offset", "40000000", self.path("a.y4m"),
                         self.path("low.mkv"))
        self.check(page, "c.jsonl")
        self.assertEqual(page.data["page"]["marks"], [])


class Events(ReportCase):
    def test_alerts_and_lost_frames_are_marked_with_their_times(self):
        lost = {20, 21, 22, 50}
        clips.matroska(self.folder / "lost.mkv",
                       [flaw(self.waves[i]) if 30 <= i < 40 else self.waves[i]
                        for i in range(FRAMES) if i not in lost],
                       [40 * i for i in range(FRAMES) if i not in lost])
        page = self.page("--alert-above", "0.05", self.path("a.y4m"),
                         self.path("lost.mkv"))
        marks = page.data["page"]["marks"]
        missing = [mark for mark in marks
                   if mark["kind"] == "unmatched-reference"]
        self.assertEqual(
            [(mark["begin"] // clips.FRAME_NS, mark["count"])
             for mark in missing], [(20, 3), (50, 1)])
        self.assertEqual(sum(mark["count"] for mark in missing),
                         page.data["results"][0]["unmatched_reference"])
        alerts = [mark for mark in marks if mark["kind"] == "above"]
        self.assertEqual([(mark["begin"], mark["end"]) for mark in alerts],
                         [(30 * clips.FRAME_NS, 40 * clips.FRAME_NS)])
        self.assertIn(f"{self.path('lost.mkv')}: 4 reference frames without a "
                      "partner", page.texts["p"])
        words = " ".join(page.texts["desc"])
        self.assertIn("alert: above the threshold", words)
        self.assertIn("reference frames without a partner", words)

    def test_a_file_that_fails_is_on_the_page_with_its_error(self):
        clips.raw(self.folder / "small.y4m",
                  (clips.wave(i, 32, 32) for i in range(10)), 32, 32)
        page = self.page(self.path("a.y4m"), self.path("small.y4m"),
                         self.path("low.mkv"), code=1)
        small, low = page.data["results"]
        self.assertIn("error", small)
        self.assertEqual(low["pairs"], FRAMES)
        self.assertIn(small["error"], page.texts["p"])
        self.assertEqual({moment["file"] for moment in
                          page.data["page"]["moments"]}, {"low.mkv"})

    def test_an_interrupted_run_reports_what_was_measured(self):
        clips.raw(self.folder / "endless.y4m",
                  (self.waves[i % FRAMES] for i in range(3000)), 64, 48)
        log = self.folder / "cut.jsonl"
        with subprocess.Popen(
                [PROGRAM, "--metric", "mmd", "--log", log, "--report",
                 self.path("cut.html"), self.path("endless.y4m"),
                 self.path("endless.y4m")], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True) as process:
            end = time.monotonic() + 60
            while time.monotonic() < end and (
                    not log.exists() or log.read_text().count("\n") < 5):
                time.sleep(.02)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        page = Reader((self.folder / "cut.html").read_text(encoding="utf-8"))
        self.assertTrue(page.data["results"][0]["incomplete"])
        curve = page.data["page"]["curves"][0]
        log = [pair["distance"] for pair in self.pairs("cut.jsonl")]
        self.assertGreater(len(curve["y"]), 3)
        self.assertEqual(curve["y"], log[:len(curve["y"])])


class File(ReportCase):
    def test_two_runs_give_the_same_bytes(self):
        texts = []
        for name in ("one.html", "two.html"):
            self.page("--also", "psnr", self.path("a.y4m"),
                      self.path("low.mkv"), self.path("mid.mkv"), name=name)
            texts.append(self.text)
        self.assertEqual(*texts)
        self.assertLess(len(self.text), 3e6)

    def test_names_are_texts_and_nothing_else(self):
        folder = os.fsencode(self.folder)
        names = [b"<b>bold</b>.y4m", b"</script><script>alert(1)</script>.y4m",
                 b"\"quoted' & more\".y4m", b"\xff\xfe\x80.y4m",
                 b"<!--.y4m", b"line\nfeed.y4m"]
        for name in names:
            # A slash is none in a file's name.
            shutil.copy(os.fsencode(self.path("a.y4m")),
                        folder + b"/" + name.replace(b"/", b"\xe2\x88\x95"))
        plain = self.page(*[self.path("a.y4m") for _ in names],
                          self.path("a.y4m"))
        files = [folder + b"/" + name.replace(b"/", b"\xe2\x88\x95")
                 for name in names]
        done = subprocess.run([PROGRAM, "--report", self.path("evil.html"),
                               self.path("a.y4m"), *files],
                              capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        page = Reader((self.folder / "evil.html").read_text(encoding="utf-8"))
        self.assertEqual(sorted(set(page.tags)), sorted(set(plain.tags)))
        self.assertNotIn("b", page.tags)
        self.assertEqual(page.tags.count("script"), plain.tags.count("script"))
        texts = " ".join(page.texts["td"])
        self.assertIn("<b>bold<", texts)
        self.assertIn("\"quoted' & more\".y4m", texts)
        self.assertIn("/\\xff\\xfe\\x80.y4m", texts)
        self.assertEqual(len(page.data["results"]), len(names))

    def test_the_page_needs_nothing_and_may_fetch_nothing(self):
        page = self.page(self.path("a.y4m"), self.path("b.y4m"))
        policy = [attrs["content"] for attrs in page.attributes
                  if attrs.get("http-equiv") == "Content-Security-Policy"]
        self.assertEqual(len(policy), 1)
        self.assertTrue(policy[0].startswith("default-src 'none'"))
        for attrs in page.attributes:
            for name in ("src", "href", "xlink:href"):
                value = attrs.get(name)
                self.assertTrue(value is None or value.startswith("data:")
                                or value.startswith("#"), value)
            for name in attrs:
                self.assertFalse(name.startswith("on"), attrs)
        self.assertNotRegex(self.text.replace("http://www.w3.org/", ""),
                            r"https?://")

    @unittest.skipUnless(CHROMIUM, "no chromium")
    def test_a_browser_shows_it_without_a_complaint(self):
        self.page("--also", "psnr", self.path("a.y4m"), self.path("b.y4m"),
                  self.path("low.mkv"))
        with tempfile.TemporaryDirectory() as profile:
            def browse(*options):
                return subprocess.run(
                    [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu",
                     "--enable-logging=stderr", f"--user-data-dir={profile}",
                     "--window-size=1280,900", *options,
                     f"file://{self.path('page.html')}"],
                    capture_output=True, text=True, timeout=120)

            done = browse("--dump-dom")
            self.assertIn('data-errors="0"', done.stdout)
            self.assertNotIn("CONSOLE", done.stderr)
            self.assertIn("Point at the chart", done.stdout)
            shot = self.path("shot.png")
            done = browse(f"--screenshot={shot}")
            self.assertNotIn("CONSOLE", done.stderr)
            # A blank page of this size has 5 kB.
            self.assertGreater(os.path.getsize(shot), 20000)


class Refused(ReportCase):
    def test_the_name_says_what_it_is(self):
        files = self.path("a.y4m"), self.path("b.y4m")
        self.refused(["--report page.htm", ".html"], "--report", "page.htm",
                     *files)
        self.refused(["--report FILE"], "--report-moments", "3", *files)
        self.refused(["--report FILE"], "--report-size", "300", *files)
        self.refused(["0 to 1000"], "--report", self.path("p.html"),
                     "--report-moments", "-1", *files)
        self.refused(["64 to 8192"], "--report", self.path("p.html"),
                     "--report-size", "big", *files)
        (self.folder / "folder.html").mkdir()
        self.refused(["folder"], "--report", self.path("folder.html"), *files)
        shutil.copy(self.path("b.y4m"), self.path("input.html"))
        self.refused(["overwrite the input"], "--report",
                     self.path("input.html"), self.path("a.y4m"),
                     self.path("input.html"))

    def test_a_missing_folder_is_found_before_measuring(self):
        log = self.path("never.jsonl")
        done = self.fails(["no/such/p.html", "No such file"], "--report",
                          self.path("no/such/p.html"), "--log", log,
                          self.path("a.y4m"), self.path("b.y4m"))
        self.assertEqual(done.stdout, "")
        self.assertFalse(os.path.exists(log))

    def test_a_full_disk_loses_the_page_alone(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))

        before = self.folder / "full.html"
        before.write_text("before")
        done = subprocess.run(
            [PROGRAM, "--report", before, self.path("a.y4m"),
             self.path("b.y4m")], capture_output=True, text=True,
            preexec_fn=limit, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"pairs       {FRAMES}", done.stdout)
        self.assertNotIn("moments", done.stdout)
        self.assertIn("full.html: the report cannot be written", done.stderr)
        self.assertEqual(before.read_text(), "before")
        self.assertEqual(list(self.folder.glob("*.part")), [])

    def test_without_a_page_its_events_want_a_log(self):
        self.refused(["--log FILE"], "--alert-above", "0.1",
                     self.path("a.y4m"), self.path("b.y4m"))
        self.refused(["--log FILE"], "--summary-interval", "1000000000",
                     "--report", self.path("p.html"), self.path("a.y4m"),
                     self.path("b.y4m"))
        self.refused(["--heatmap FILE"], "--heatmap-blend", "0.5",
                     "--report", self.path("p.html"), self.path("a.y4m"),
                     self.path("b.y4m"))


tap.main()
