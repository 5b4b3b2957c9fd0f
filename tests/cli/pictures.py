# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures of the worst pairs, and charts of the distance over time.

usage: pictures.py PATH-OF-PERCEPTUAL-COMPARE
"""

import os
import pathlib
import unittest
import xml.etree.ElementTree

import clips
import stills
import tap
from compare_case import CompareCase, compare

# Of a strip: pictures of 32x24 pixels are enlarged ten times.
TOP, LEFT, GAP, SIDE, HEIGHT = 56, 12, 8, 320, 240


class PictureCase(CompareCase):
    """flaws.y4m is white for a frame at 0.12 s and lighter grey at 3.2 s."""
    @classmethod
    def make_inputs(cls):
        grey = [clips.GREY] * 100
        flaws = list(grey)
        flaws[3], flaws[80] = clips.WHITE, clips.GREY + 40
        clips.y4m(cls.folder / "grey.y4m", grey)
        clips.y4m(cls.folder / "flaws.y4m", flaws)
        stills.png(cls.folder / "a.png", lambda x, y: (90, 90, 90))
        stills.png(cls.folder / "b.png", lambda x, y: (
            (200, 30, 30) if 8 <= x < 16 and 8 <= y < 16 else (90, 90, 90)))

    def run_on(self, code, *arguments, files=("grey.y4m", "flaws.y4m")):
        return self.ends(compare(*arguments, *map(self.path, files)), code)


class Worst(PictureCase):
    def test_strips_are_named_by_rank_file_and_time(self):
        folder = self.path("named")
        done = self.run_on(0, "--worst", "2", "--worst-dir", folder)
        names = ["01-flaws.y4m-0h00m00.120s.png",
                 "02-flaws.y4m-0h00m03.200s.png"]
        self.assertEqual(sorted(os.listdir(folder)), names)
        for rank, name in enumerate(names, 1):
            self.assertIn(f"worst {rank}     {folder}/{name} (", done.stdout)
        # In a folder that is there already, over what is in it.
        pathlib.Path(folder, names[0]).write_text("old", encoding="utf-8")
        report = self.report("--worst", "1", "--worst-dir", folder,
                             self.path("grey.y4m"), self.path("flaws.y4m"))
        [picture] = report["worst_pictures"]
        self.assertEqual(picture, {
            "distorted": self.path("flaws.y4m"), "stream_time": 120000000,
            "distance": report["results"][0]["max"],
            "file": f"{folder}/{names[0]}"})
        self.assertGreater(len(pathlib.Path(folder, names[0]).read_bytes()),
                           1000)

    def test_a_strip_shows_reference_distorted_and_heat_map_enlarged(self):
        folder = self.path("drawn")
        self.run_on(0, "--worst-dir", folder, files=("a.png", "b.png"))
        self.assertEqual(os.listdir(folder), ["01-b.png.png"])
        width, height, rows = stills.read_png(f"{folder}/01-b.png.png")
        self.assertEqual(width, 2 * LEFT + 3 * SIDE + 2 * GAP)
        self.assertGreater(height, TOP + HEIGHT + 20)

        def at(picture, x, y):
            """The middle of a pixel of one of the three pictures."""
            return rows[TOP + 10 * y + 5][LEFT + picture * (SIDE + GAP)
                                          + 10 * x + 5]
        self.assertEqual(at(0, 12, 12), (90, 90, 90))
        self.assertEqual(at(1, 12, 12), (200, 30, 30))
        self.assertEqual(at(1, 7, 12), (90, 90, 90))
        self.assertEqual(at(1, 20, 12), (90, 90, 90))
        # Brightest at the flaw, and no legend in it.
        self.assertGreater(sum(at(2, 12, 12)), sum(at(2, 30, 22)))
        self.assertGreater(sum(at(2, 12, 12)), 300)
        # Every pixel is a block of ten.
        for i in range(10):
            self.assertEqual(rows[TOP + 80 + i][LEFT + SIDE + GAP + 80 + i],
                             (200, 30, 30))
        self.assertEqual(rows[TOP + 79][LEFT + SIDE + GAP + 80], (90, 90, 90))
        # The scale is below the map, from black to its lightest colour.
        scale = rows[TOP + HEIGHT + GAP + 5]
        left = LEFT + 2 * (SIDE + GAP)
        self.assertLess(sum(scale[left + 1]), 20)
        self.assertGreater(sum(scale[left + SIDE - 2]), 680)
        self.assertEqual(scale[LEFT + 20], (255, 255, 255))

    def test_names_are_printable_and_not_too_long_whatever_files_are_called(
            self):
        source = pathlib.Path(self.path("flaws.y4m")).read_bytes()
        table = ((b"tab\tand\nline", "tab_x09and_x0aline"),
                 (b"\xff\xfe", "_xff_xfe"),
                 (b"\x1b[31mred", "_x1b[31mred"),
                 ("turned\u202eround".encode(), "turned_u202eround"),
                 ("a:b*c?\"<>|%\\d".encode(), "a_b_c_______d"),
                 ("k\u00e4se".encode(), "k\u00e4se"),
                 (b"-o", "-o"),
                 (b"n" * 247, "n" * 235),
                 # No character is cut in two.
                 (b"nn" + "\u00e4".encode() * 122, "nn" + "\u00e4" * 116))
        for i, (name, part) in enumerate(table):
            with self.subTest(part):
                inner = self.folder / f"strange{i}"
                inner.mkdir()
                file = os.path.join(os.fsencode(inner), name + b".y4m")
                with open(file, "wb") as copy:
                    copy.write(source)
                if len(name) < 200:
                    part += ".y4m"
                report = self.report("--worst", "2", "--worst-dir",
                                     str(inner / "worst"),
                                     self.path("grey.y4m"), file)
                names = [f"{rank:02}-{part}-0h00m0{time}s.png" for rank, time
                         in ((1, "0.120"), (2, "3.200"))]
                self.assertEqual(sorted(os.listdir(inner / "worst")), names)
                self.assertLessEqual(len(os.fsencode(names[0])), 255)
                self.assertEqual([pathlib.Path(picture["file"]).name
                                  for picture in report["worst_pictures"]],
                                 names)

    def test_pictures_of_files_of_one_name_are_kept_apart(self):
        for name in ("apart1", "apart2"):
            (self.folder / name).mkdir()
            (self.folder / name / "same.png").write_bytes(
                (self.folder / "b.png").read_bytes())
        folder = self.path("apart")
        self.run_on(0, "--worst-dir", folder,
                    files=("a.png", "apart1/same.png", "apart2/same.png"))
        self.assertEqual(sorted(os.listdir(folder)),
                         ["01-same.png.png", "02-same.png.png"])

    def test_metrics_without_a_map_have_two_pictures(self):
        folder = self.path("two")
        self.run_on(0, "--metric", "psnr", "--worst-dir", folder,
                    files=("a.png", "b.png"))
        width, _, _ = stills.read_png(f"{folder}/01-b.png.png")
        self.assertEqual(width, 2 * LEFT + 2 * SIDE + GAP)

    def test_identical_files_have_a_picture_too(self):
        folder = self.path("same")
        self.run_on(0, "--worst", "1", "--worst-dir", folder,
                    files=("grey.y4m", "grey.y4m"))
        self.assertEqual(len(os.listdir(folder)), 1)

    def test_what_cannot_be_written_ends_it_before_measuring(self):
        table = (
            (["--worst-dir", self.path("none/a/b"), "No such file"],
             self.path("none/a/b")),
            (["--worst-dir", "Not a directory"], self.path("grey.y4m")),
        )
        for words, folder in table:
            done = self.run_on(1, "--worst-dir", folder)
            for word in words:
                self.assertIn(word, done.stderr)
            self.assertEqual(done.stdout, "")

    def test_values_that_say_nothing_are_refused(self):
        table = (
            (["--worst 3", "--worst-dir DIR"], ["--worst=3"]),
            (['"0"', "from 1 to 1000"], ["--worst=0", "--worst-dir=x"]),
            (['"-1"', "from 1 to 1000"], ["--worst=-1", "--worst-dir=x"]),
            (['"1001"', "from 1 to 1000"], ["--worst=1001", "--worst-dir=x"]),
            (['"many"', "from 1 to 1000"], ["--worst=many"]),
            (['"2.5"', "from 1 to 1000"], ["--worst=2.5"]),
            (["--plot p.gif", ".png or .svg"], ["--plot=p.gif"]),
            (["--plot ", ".png or .svg"], ["--plot="]),
        )
        for words, arguments in table:
            with self.subTest(" ".join(arguments)):
                self.refused(words, *arguments, self.path("grey.y4m"),
                             self.path("flaws.y4m"))


class Plot(PictureCase):
    def test_a_chart_is_written_as_svg_or_png(self):
        svg, png = self.path("plot.svg"), self.path("plot.png")
        done = self.run_on(0, "--plot", svg)
        self.assertIn(f"plot        {svg}\n", done.stdout)
        root = xml.etree.ElementTree.parse(svg).getroot()
        self.assertEqual(root.findtext("{http://www.w3.org/2000/svg}title"),
                         "flaws.y4m compared with grey.y4m")
        words = root.findtext("{http://www.w3.org/2000/svg}desc")
        for word in ("mmd-ssim distance", "time"):
            self.assertIn(word, words)
        self.run_on(0, "--plot", png, "--quiet")
        self.assertEqual(pathlib.Path(png).read_bytes()[:4], b"\x89PNG")

    def test_several_files_are_curves_of_one_chart(self):
        svg = self.path("both.svg")
        self.run_on(0, "--plot", svg, "--metric", "psnr",
                    files=("grey.y4m", "flaws.y4m", "grey.y4m"))
        root = xml.etree.ElementTree.parse(svg).getroot()
        self.assertEqual(root.findtext("{http://www.w3.org/2000/svg}title"),
                         "2 files compared with grey.y4m")
        self.assertIn("higher is more alike",
                      root.findtext("{http://www.w3.org/2000/svg}desc"))

    def test_what_cannot_be_drawn_ends_it_before_measuring(self):
        table = (
            (1, ["--plot " + self.path("none/p.svg"), "No such file"],
             self.path("none/p.svg"), ("grey.y4m", "flaws.y4m")),
            (2, ["--plot", "images", "needs videos"], self.path("i.svg"),
             ("a.png", "b.png")),
        )
        for code, words, path, files in table:
            done = self.run_on(code, "--plot", path, files=files)
            for word in words:
                self.assertIn(word, done.stderr)
            self.assertEqual(done.stdout, "")
            self.assertFalse(os.path.exists(path))

    def test_an_input_is_not_overwritten(self):
        self.refused(["would overwrite"], "--plot", self.path("a.png"),
                     self.path("a.png"), self.path("b.png"))


if __name__ == "__main__":
    tap.main()
