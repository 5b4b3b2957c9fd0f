# SPDX-License-Identifier: LGPL-2.1-or-later
"""A part of the pictures, black bars, and interlaced video."""

import math
import unittest

import clips
import tap
from compare_case import CompareCase, compare

N = 12
WIDTH, HEIGHT = 64, 48
BAR = 10


def paste(plane, top, width=WIDTH, height=HEIGHT, black=16):
    """plane, of fewer rows, in a black picture."""
    rows = len(plane) // width
    return (bytes([black]) * (width * top) + plane
            + bytes([black]) * (width * (height - top - rows)))


def wave(i):
    """A picture without dark rows or columns at its edges."""
    return bytes(max(v, 60) for v in clips.wave(i, WIDTH, HEIGHT - 2 * BAR))


FILM = [wave(i) for i in range(N)]
SPOILT = [bytes(v ^ 1 for v in plane) for plane in FILM]
PSNR = 20 * math.log10(255)


class CropCase(CompareCase):
    @classmethod
    def make_inputs(cls):
        folder = cls.folder
        black = bytes([16]) * (WIDTH * HEIGHT)
        clips.raw(folder / "bars.y4m",
                  [black, *(paste(plane, BAR) for plane in FILM[1:])], WIDTH,
                  HEIGHT)
        # Other bars, so that they would count.
        clips.raw(folder / "spoilt.y4m",
                  [black, *(paste(plane, BAR, black=17)
                            for plane in SPOILT[1:])], WIDTH, HEIGHT)
        clips.raw(folder / "full.y4m", FILM, WIDTH, HEIGHT - 2 * BAR)
        clips.raw(folder / "changed.y4m", SPOILT, WIDTH, HEIGHT - 2 * BAR)

    def result(self, *arguments):
        report = self.report("--metric", "psnr", *arguments)
        return report["results"][0]


class Parts(CropCase):
    def test_a_part_is_measured_as_if_there_was_nothing_around_it(self):
        result = self.result("--crop", f"{WIDTH}x28+0+{BAR}", "--start", "1f",
                             self.path("bars.y4m"), self.path("spoilt.y4m"))
        self.assertAlmostEqual(result["mean"], PSNR, 9)
        self.assertEqual(result["reference_crop"], "64x28+0+10")
        self.assertEqual(result["distorted_crop"], "64x28+0+10")
        result = self.result("--reference-crop", "32x20+8+14", "--start", "1f",
                             "--distorted-crop", "32x20+8+4",
                             self.path("bars.y4m"), self.path("changed.y4m"))
        self.assertAlmostEqual(result["mean"], PSNR, 9)

    def test_pictures_and_heat_maps_are_of_the_part(self):
        page = self.folder / "page.html"
        heat = self.folder / "heat.mkv"
        done = self.ends(compare("--crop", "40x28+0+10", "--report", str(page),
                                 "--heatmap", str(heat),
                                 self.path("bars.y4m"),
                                 self.path("spoilt.y4m")), 0)
        self.assertIn("\ncrop        40x28+0+10\n", done.stdout)
        self.assertIn("data:image/jpeg", page.read_text())
        self.assertNotIn("no pictures", page.read_text())
        self.assertGreater(heat.stat().st_size, 0)

    def test_parts_that_cannot_be_had_say_why(self):
        files = self.path("bars.y4m"), self.path("spoilt.y4m")
        self.fails(["reference frame", "multiples of 2 and 2"], "--crop",
                   "32x20+1+0", *files)
        self.fails(["64x48", "66x20+0+0 does not lie inside of it; set another "
                    "--crop"], "--crop", "66x20+0+0", *files)
        self.fails(["spoilt.y4m: ", "32x20+40+0 does not lie inside"],
                   "--reference-crop", "32x20+0+0", "--distorted-crop",
                   "32x20+40+0", *files)
        self.fails(["--scaling to-reference"], "--reference-crop",
                   "32x20+0+0", *files)

    def test_texts_that_are_no_part_are_refused(self):
        files = self.path("bars.y4m"), self.path("spoilt.y4m")
        for text in ("all", "32x20", "32x20+0", "0x20+0+0", "32x20+-2+0",
                     "99999x20+0+0", "32:20:0:0"):
            with self.subTest(text=text):
                self.refused([f"--crop {text} is not a part of a picture",
                              "WIDTHxHEIGHT+X+Y"], "--crop", text, *files)
        for option in ("reference-crop", "distorted-crop"):
            self.refused([f"--{option} auto is not a part"], f"--{option}",
                         "auto", *files)
        self.refused(["--crop auto finds the part by itself"], "--crop",
                     "auto", "--reference-crop", "32x20+0+0", *files)

    def test_images_are_cropped_too(self):
        image = clips.image(self.folder / "a.png", "ball", "pngenc")
        result = self.result("--crop", "33x21+3+5", image, image)
        self.assertEqual(result["reference_crop"], "33x21+3+5")


class Bars(CropCase):
    def test_bars_of_both_are_left_out_and_told(self):
        result = self.result("--crop", "auto", "--start", "1f",
                             self.path("bars.y4m"), self.path("spoilt.y4m"))
        self.assertEqual(result["reference_crop"], "64x28+0+10")
        self.assertEqual(result["distorted_crop"], "64x28+0+10")
        self.assertAlmostEqual(result["mean"], PSNR, 9)
        for name in ("bars.y4m", "spoilt.y4m"):
            self.assertIn(f"note: {self.path(name)}: black bars are left out, "
                          "64x28+0+10 of 64x48 is measured", self.stderr)

    def test_bars_of_one_are_left_out(self):
        result = self.result("--crop", "auto", "--start", "1f",
                             self.path("bars.y4m"), self.path("changed.y4m"))
        self.assertEqual(result["reference_crop"], "64x28+0+10")
        self.assertNotIn("distorted_crop", result)
        self.assertAlmostEqual(result["mean"], PSNR, 9)
        self.assertIn("changed.y4m: no black bars were found", self.stderr)

    def test_what_is_seen_in_one_file_is_left_in_all_of_its_size(self):
        other = clips.raw(self.folder / "other.y4m",
                          [paste(plane[:-WIDTH * 4], 6) for plane in FILM],
                          WIDTH, HEIGHT)
        result = self.result("--crop", "auto", self.path("bars.y4m"), other)
        self.assertEqual(result["reference_crop"], "64x32+0+6")
        self.assertEqual(result["distorted_crop"], "64x32+0+6")

    def test_a_film_that_is_black_has_no_bars(self):
        black = clips.y4m(self.folder / "black.y4m", [16] * 5)
        result = self.result("--crop", "auto", black, black)
        self.assertNotIn("reference_crop", result)
        self.assertIn("no black bars were found", self.stderr)


class Fields(CropCase):
    @classmethod
    def make_inputs(cls):
        """Flat pictures, whose luma tells which one each field is of."""
        lumas = [40 + 4 * i for i in range(2 * N)]
        frames = [bytes([lumas[i]]) * (WIDTH * HEIGHT)
                  for i in range(2 * N)]
        woven = [b"".join(frames[2 * i + y % 2][:WIDTH]
                          for y in range(HEIGHT)) for i in range(N)]
        cls.write("fields.y4m", woven, "25:1", "t")
        cls.write("silent.y4m", woven, "25:1", "p")
        cls.write("p50.y4m", frames, "50:1", "p")
        cls.write("p25.y4m", frames[::2], "25:1", "p")

    @classmethod
    def write(cls, name, planes, rate, interlacing):
        chroma = bytes([128]) * (WIDTH * HEIGHT // 2)
        (cls.folder / name).write_bytes(
            f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{rate} I{interlacing} A1:1 "
            "C420jpeg\n".encode()
            + b"".join(b"FRAME\n" + plane + chroma for plane in planes))

    def identical(self, pairs, *arguments):
        result = self.result(*arguments)
        self.assertEqual((result["pairs"], result.get("infinite")),
                         (pairs, pairs), self.stderr)
        self.assertEqual(result["unmatched_reference"], 0)
        self.assertNotIn("warning", self.stderr)

    def test_what_is_interlaced_is_made_into_frames(self):
        for option in ("auto", "reference"):
            self.identical(N, "--deinterlace", option,
                           self.path("fields.y4m"), self.path("p25.y4m"))
        self.assertIn("fields.y4m: deinterlaced, a frame of each frame",
                      self.stderr)
        self.identical(N, "--deinterlace", "distorted", self.path("p25.y4m"),
                       self.path("silent.y4m"))
        self.identical(N, "--deinterlace", "both", self.path("fields.y4m"),
                       self.path("silent.y4m"))

    def test_fields_become_frames_where_the_other_side_has_as_many(self):
        self.identical(2 * N, "--deinterlace", "auto", self.path("p50.y4m"),
                       self.path("fields.y4m"))
        self.assertIn("fields.y4m: deinterlaced, a frame of each field",
                      self.stderr)

    def test_a_section_of_it_is_exact(self):
        self.identical(4, "--deinterlace", "auto", "--start", "120ms",
                       "--frames", "4", self.path("fields.y4m"),
                       self.path("p25.y4m"))

    def test_without_it_a_warning_names_it(self):
        self.result(self.path("fields.y4m"), self.path("p25.y4m"))
        self.assertIn("--deinterlace auto", self.stderr)

    def test_other_words_are_refused(self):
        for text in ("", "yes", "AUTO", "all", "1"):
            self.refused(["--deinterlace; valid: auto, reference, distorted, "
                          "both"], f"--deinterlace={text}", "a", "b")


if __name__ == "__main__":
    tap.main()
