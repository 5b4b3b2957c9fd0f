# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-compare on images of every kind, on images that move, and on raw
sequences: the number by hand, or a reason why not.

usage: inputs.py PATH-OF-PERCEPTUAL-COMPARE
"""

import math
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

import stills
import tap

try:
    from PIL import Image
except ImportError:
    Image = None

PROGRAM = sys.argv[1]
WIDTH, HEIGHT = 93, 61  # BMP and TIFF of more than 4 KiB


def compare(*arguments, **environment):
    return subprocess.run([PROGRAM, "-q", *map(str, arguments)],
                          capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


def colour(x, y):
    """Every pixel another one, in no order that chroma survives."""
    return (x * 37 + y * 11) % 256, (x * 5 + y * 91) % 256, (x ^ y * 7) % 256


def grey(x, y):
    return [(x * 37 + y * 11) % 256] * 3


def rows(pixel):
    return [[pixel(x, y) for x in range(WIDTH)] for y in range(HEIGHT)]


def bmp(path, pixel):
    data = b""
    for row in reversed(rows(pixel)):
        line = b"".join(bytes(p[::-1]) for p in row)
        data += line + bytes(-len(line) % 4)
    path.write_bytes(
        struct.pack("<2sIII", b"BM", 54 + len(data), 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 24, 0, len(data),
                      0, 0, 0, 0) + data)


def tiff(path, pixel, channels=3, orientation=1):
    """Not packed, one strip."""
    data = b"".join(bytes(p[:channels]) for row in rows(pixel) for p in row)
    entries = [(256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (258, 3, 1, 8),
               (259, 3, 1, 1), (262, 3, 1, 2 if channels == 3 else 1),
               (273, 4, 1, 8), (274, 3, 1, orientation),
               (277, 3, 1, channels), (278, 3, 1, HEIGHT),
               (279, 4, 1, len(data))]
    if channels == 3:
        at = 8 + len(data) + 2 + 12 * len(entries) + 4
        entries[2] = (258, 3, 3, at)
    path.write_bytes(
        struct.pack("<2sHI", b"II", 42, 8 + len(data)) + data
        + struct.pack("<H", len(entries))
        + b"".join(struct.pack("<HHII", *entry) for entry in entries)
        + bytes(4) + struct.pack("<HHH", 8, 8, 8))


def pnm(path, pixel, kind):
    data = b"".join(bytes(p if kind == b"P6" else p[:1])
                    for row in rows(pixel) for p in row)
    path.write_bytes(b"%s %d %d 255\n" % (kind, WIDTH, HEIGHT) + data)


def png(path, colour_type, lines, depth=8, more=b"", after=b""):
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + stills.chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth,
                                     colour_type, 0, 0, 0))
        + more
        + stills.chunk(b"IDAT", zlib.compress(b"".join(b"\0" + line
                                                for line in lines)))
        + after + stills.chunk(b"IEND", b""))


def moving_png(path, greys):
    """A PNG of several pictures, as its third edition has them: the first is
    the picture of every decoder."""
    def control(number):
        return stills.chunk(b"fcTL", struct.pack(
            ">IIIIIHHBB", number, WIDTH, HEIGHT, 0, 0, 1, 25, 0, 0))

    def lines(grey):
        return [bytes([grey]) * WIDTH] * HEIGHT

    rest = b""
    for i, grey in enumerate(greys[1:]):
        data = zlib.compress(b"".join(b"\0" + line for line in lines(grey)))
        rest += control(2 * i + 1) + stills.chunk(
            b"fdAT", struct.pack(">I", 2 * i + 2) + data)
    png(path, 0, lines(greys[0]),
        more=stills.chunk(b"acTL", struct.pack(">II", len(greys), 0))
        + control(0), after=rest)


def palette_png(path):
    """A picture of 256 colours, and the same as colour."""
    table = bytes((i * k + 3) % 256 for i in range(256) for k in (1, 3, 7))
    png(path, 3, [bytes((x + y) % 256 for x in range(WIDTH))
                  for y in range(HEIGHT)], more=stills.chunk(b"PLTE", table))
    return lambda x, y: list(table[(x + y) % 256 * 3:][:3])


def bitmap_png(path):
    def bit(x, y):
        return (x * y) % 3 == 0

    lines = []
    for y in range(HEIGHT):
        bits = "".join("01"[bit(x, y)] for x in range(WIDTH))
        bits += "0" * (-WIDTH % 8)
        lines.append(int(bits, 2).to_bytes(len(bits) // 8, "big"))
    png(path, 0, lines, depth=1)
    return lambda x, y: [255 * bit(x, y)] * 3


def grey_png(path, pixel):
    png(path, 0, [bytes(p[0] for p in row) for row in rows(pixel)])


def gif(path, frames, delay=4):
    """Pictures of one grey each, in 256 greys, not packed."""
    data = (struct.pack("<6sHHBBB", b"GIF89a", WIDTH, HEIGHT, 0xf7, 0, 0)
            + bytes(i for i in range(256) for _ in range(3)))
    for index in frames:
        codes = []
        for i in range(WIDTH * HEIGHT):
            if i % 100 == 0:
                codes.append(256)  # begin anew, so that codes keep 9 bits
            codes.append(index)
        codes.append(257)
        number = sum(code << 9 * i for i, code in enumerate(codes))
        packed = number.to_bytes((9 * len(codes) + 7) // 8, "little")
        data += (struct.pack("<BBBBHBB", 0x21, 0xf9, 4, 0, delay, 0, 0)
                 + struct.pack("<BHHHHBB", 0x2c, 0, 0, WIDTH, HEIGHT, 0, 8)
                 + b"".join(bytes([len(packed[i:i + 255])])
                            + packed[i:i + 255]
                            for i in range(0, len(packed), 255)) + b"\0")
    path.write_bytes(data + b"\x3b")


def y4m(path, header, frames, size=2):
    """Frames of samples, of one or two bytes each."""
    form = "B" if size == 1 else "<H"
    with open(path, "wb") as file:
        file.write(b"YUV4MPEG2 %s\n" % header.encode())
        for frame in frames:
            file.write(b"FRAME\n" + b"".join(struct.pack(form, sample)
                                             for sample in frame))


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def number(self, *arguments, stderr=""):
        done = compare(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        if stderr is not None:
            self.assertIn(stderr, done.stderr)
            if stderr == "":
                self.assertEqual(done.stderr, "")
        return float(done.stdout)

    def webp(self, name, pictures):
        """Without loss, by PIL."""
        if Image is None:
            self.skipTest("PIL is missing")
        path = self.folder / name
        try:
            pictures[0].save(path, lossless=True, duration=40,
                             save_all=len(pictures) > 1,
                             append_images=pictures[1:])
        except (KeyError, OSError) as error:
            self.skipTest(f"PIL cannot write WebP: {error}")
        if "webp-pixbuf-loader" in compare(path, path).stderr:
            self.skipTest("webp-pixbuf-loader is missing")
        return path

    def refused(self, path, *words, other=None, **environment):
        done = compare(path, other or path, **environment)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertNotIn("CRITICAL", done.stderr)
        for word in (path.name, *words):
            self.assertIn(word, done.stderr)


def picture_of(pixel):
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    picture.putdata([pixel(x, y) for y in range(HEIGHT)
                     for x in range(WIDTH)])
    return picture


class Images(Case):
    def colour_files(self):
        bmp(self.folder / "a.bmp", colour)
        tiff(self.folder / "a.tiff", colour)
        pnm(self.folder / "a.ppm", colour, b"P6")
        yield from (("a.bmp", colour), ("a.tiff", colour), ("a.ppm", colour))
        yield "palette.png", palette_png(self.folder / "palette.png")

    def grey_files(self):
        grey_png(self.folder / "a.png", grey)
        tiff(self.folder / "grey.tiff", grey, channels=1)
        pnm(self.folder / "a.pgm", grey, b"P5")
        yield from (("a.png", grey), ("grey.tiff", grey), ("a.pgm", grey))
        yield "bits.png", bitmap_png(self.folder / "bits.png")

    def test_every_format_gives_the_pixels_that_it_holds(self):
        for name, pixel in self.colour_files():
            with self.subTest(name):
                same = stills.png(self.folder / "same.png", pixel, WIDTH,
                                  HEIGHT)
                for metric in ("l2", "mmd-ssim"):
                    self.assertEqual(
                        self.number("--metric", metric, self.folder / name,
                                    same), 0)

    def test_grey_stays_grey(self):
        for name, pixel in self.grey_files():
            with self.subTest(name):
                grey_png(self.folder / "same.png", pixel)
                done = compare("--metric", "l2", "--log", self.folder / "log",
                               self.folder / name, self.folder / "same.png")
                self.assertEqual((done.returncode, done.stdout), (0, "0\n"))
                self.assertIn("GRAY8", (self.folder / "log").read_text())

    def test_one_wrong_sample_is_seen(self):
        def wrong(x, y):
            pixel = list(colour(x, y))
            if (x, y) == (WIDTH - 1, HEIGHT - 1):
                pixel[1] ^= 1
            return pixel

        bmp(self.folder / "wrong.bmp", wrong)
        tiff(self.folder / "right.tiff", colour)
        self.assertAlmostEqual(
            self.number("--metric", "l2", self.folder / "wrong.bmp",
                        self.folder / "right.tiff"),
            (1 / 127.5) ** 2 / (3 * WIDTH * HEIGHT), places=14)

    def test_png_of_16_bits_is_measured_at_full_depth(self):
        deep = stills.png(self.folder / "deep.png", (4660, 22136, 39612),
                          depth=16)
        near = stills.png(self.folder / "near.png", (4661, 22136, 39612),
                          depth=16)
        step = (1 / 32767.5) ** 2 / 3
        self.assertEqual(self.number("--metric", "l2", deep, deep), 0)
        self.assertAlmostEqual(
            self.number("--metric", "l2", deep, near) / step, 1, places=6)
        plain = stills.png(self.folder / "plain.png", (18, 200, 3))
        same = stills.png(self.folder / "same.png", (18 * 257, 200 * 257, 771),
                          depth=16)
        self.assertEqual(
            self.number("--metric", "l2", plain, same, stderr="depth"), 0)

    def test_pictures_are_turned_as_their_files_say(self):
        tiff(self.folder / "turned.tiff", colour, orientation=3)
        upright = stills.png(
            self.folder / "upright.png",
            lambda x, y: colour(WIDTH - 1 - x, HEIGHT - 1 - y), WIDTH, HEIGHT)
        self.assertEqual(self.number("--metric", "l2",
                                     self.folder / "turned.tiff", upright), 0)

    def test_images_without_their_end_are_refused(self):
        bmp(self.folder / "a.bmp", colour)
        tiff(self.folder / "a.tiff", colour)
        pnm(self.folder / "a.ppm", colour, b"P6")
        grey_png(self.folder / "a.png", grey)
        gif(self.folder / "a.gif", [9])
        stills.jpeg(self.folder / "a.jpeg", 99)
        (self.folder / "a.avif").write_bytes(
            b"\0\0\0\x18ftypavif\0\0\0\0mif1avif\0\0\0\1meta")
        for ending in ("bmp", "tiff", "ppm", "png", "gif", "jpeg", "avif"):
            whole = (self.folder / f"a.{ending}").read_bytes()
            for left in (.5, .99):
                with self.subTest(ending, left=left):
                    cut = self.folder / f"cut.{ending}"
                    cut.write_bytes(whole[:int(left * len(whole))])
                    self.refused(cut)

    def test_a_missing_loader_is_named_with_its_package(self):
        nothing = self.folder / "loaders.cache"
        nothing.write_text("")
        for name, data, package in (
                ("a.webp", b"RIFF\x0c\0\0\0WEBPVP8 \0\0\0\0",
                 "webp-pixbuf-loader"),
                ("a.avif", b"\0\0\0\x14ftypavif\0\0\0\0mif1",
                 "libavif-gdk-pixbuf"),
                ("a.heic", b"\0\0\0\x14ftypheic\0\0\0\0mif1",
                 "heif-gdk-pixbuf"),
                ("a.jxl", b"\xff\x0a\0\0", "JPEG XL")):
            with self.subTest(name):
                (self.folder / name).write_bytes(data)
                self.refused(self.folder / name, package,
                             GDK_PIXBUF_MODULE_FILE=str(nothing))

    @unittest.skipIf(Image is None, "PIL is missing")
    def test_jpeg_gives_the_pixels_of_pil(self):
        picture = picture_of(colour)
        exif = picture.getexif()
        exif[0x112] = 6
        for name, image, options in (
                ("444", picture, {"subsampling": 0}),
                ("422", picture, {"subsampling": 1}),
                ("420", picture, {"subsampling": 2}),
                ("progressive", picture, {"progressive": True}),
                ("grey", picture.convert("L"), {}),
                ("cmyk", picture.convert("CMYK"), {}),
                ("turned", picture, {"exif": exif})):
            with self.subTest(name):
                path = self.folder / f"{name}.jpg"
                image.save(path, quality=75, **options)
                seen = Image.open(path)
                if name == "turned":
                    seen = seen.transpose(Image.ROTATE_270)
                mode = "L" if name == "grey" else "RGB"
                seen.convert(mode).save(self.folder / "seen.png")
                self.assertEqual(self.number("--metric", "l2", path,
                                             self.folder / "seen.png"), 0)


    def test_webp_without_loss_is_the_picture(self):
        path = self.webp("a.webp", [picture_of(colour)])
        same = stills.png(self.folder / "same.png", colour, WIDTH, HEIGHT)
        self.assertEqual(self.number("--metric", "l2", path, same), 0)


class Moving(Case):
    def test_every_picture_of_a_webp_is_measured_at_its_time(self):
        def frames(last):
            for shift in (0, 1, last):
                yield picture_of(
                    lambda x, y, by=shift: colour(x + 9 * by, y))

        path = self.webp("a.webp", list(frames(2)))
        other = self.webp("b.webp", list(frames(3)))
        done = compare("--metric", "l2", "--log", self.folder / "log.csv",
                       "--log-format", "csv", path, other)
        self.assertEqual(done.returncode, 0)
        # WebP without loss has an alpha channel.
        self.assertRegex(done.stderr, r"^perceptual-compare: note: .* have an "
                                      r"alpha channel, .*\n$")
        log = (self.folder / "log.csv").read_text()
        lines = [line for line in log.splitlines() if line[:1].isdigit()]
        self.assertEqual(len(lines), 3)
        self.assertIn("80000000", lines[2])
        self.assertEqual(
            self.number("--metric", "l2", path, path, stderr=None), 0)
        self.assertGreater(float(done.stdout), .01)

    def test_every_picture_of_a_gif_is_measured_at_its_time(self):
        gif(self.folder / "a.gif", [10, 20, 30, 40, 50])
        gif(self.folder / "b.gif", [10, 20, 30, 240, 50])
        done = compare("--metric", "l2", "--log", self.folder / "log.csv",
                       "--log-format", "csv", self.folder / "a.gif",
                       self.folder / "b.gif")
        self.assertEqual(done.returncode, 0, done.stderr)
        log = (self.folder / "log.csv").read_text()
        lines = [line for line in log.splitlines()
                 if line[:1].isdigit()]
        self.assertEqual(len(lines), 5)
        self.assertAlmostEqual(float(done.stdout), (200 / 127.5) ** 2 / 5,
                               places=7)
        self.assertIn("120000000", lines[3])

    def test_a_gif_of_one_picture_is_an_image(self):
        gif(self.folder / "one.gif", [77])
        same = stills.png(self.folder / "one.png", 77, WIDTH, HEIGHT)
        self.assertEqual(self.number("--metric", "l2", self.folder / "one.gif",
                                     same), 0)
        gif(self.folder / "two.gif", [77, 78])
        self.refused(self.folder / "two.gif", "a video", "an image",
                     other=self.folder / "one.gif")

    def test_what_moves_and_cannot_be_read_is_refused_by_name(self):
        path = self.folder / "moving.png"
        moving_png(path, [0, 100, 200])
        self.refused(path, "a PNG of several pictures",
                     "convert it to a video")


class Sequences(Case):
    def make(self, name, header, frames, size=1):
        path = self.folder / name
        y4m(path, header, frames, size)
        return path

    def flat(self, name, layout, luma, chroma=128, bits=8, n=2, more=""):
        """Frames of one colour."""
        counts = {"420": 128, "422": 256, "444": 512, "411": 128, "mon": 0}
        shift = bits - 8
        frame = ([luma << shift] * 256
                 + [chroma << shift] * counts[layout[:3]])
        return self.make(name, f"W16 H16 F25:1 C{layout} {more}", [frame] * n,
                         1 if bits == 8 else 2)

    def test_layouts_of_one_colour_do_not_differ(self):
        plain = self.flat("plain.y4m", "444", 90, 140)
        for layout, bits in (
                ("420", 8), ("420jpeg", 8), ("420mpeg2", 8), ("420paldv", 8),
                ("411", 8), ("422", 8), ("420p9", 9), ("420p10", 10),
                ("420p12", 12), ("420p14", 14), ("420p16", 16), ("422p9", 9),
                ("422p10", 10), ("422p12", 12), ("444p9", 9), ("444p10", 10),
                ("444p12", 12), ("444p14", 14), ("444p16", 16)):
            with self.subTest(layout):
                other = self.flat("other.y4m", layout, 90, 140, bits)
                self.assertLess(
                    self.number("--metric", "l2", plain, other, stderr=None),
                    1e-9)

    def test_grey_of_every_depth_is_the_grey_of_colour(self):
        plain = self.flat("plain.y4m", "444", 90)
        for bits in (8, 9, 10, 12, 14, 16):
            with self.subTest(bits):
                layout = "mono" if bits == 8 else f"mono{bits}"
                other = self.flat("other.y4m", layout, 90, 0, bits,
                                  more="XCOLORRANGE=LIMITED")
                self.assertLess(
                    self.number("--metric", "l2", plain, other, stderr=None),
                    1e-9)

    def test_full_range_is_honoured(self):
        """White is 235 or 255, black 16 or 0, whatever the layout."""
        for layout in ("420jpeg", "422", "444", "mono"):
            for limited, full in ((16, 0), (235, 255)):
                with self.subTest(layout, luma=full):
                    a = self.flat("a.y4m", layout, limited,
                                  more="XCOLORRANGE=LIMITED")
                    b = self.flat("b.y4m", layout, full,
                                  more="XCOLORRANGE=FULL")
                    self.assertLess(self.number("--metric", "l2", a, b,
                                                stderr="range"), 1e-9)

    def test_luma_is_that_of_the_file(self):
        for layout, bits in (("420p10", 10), ("422p12", 12), ("411", 8),
                             ("mono16", 16)):
            with self.subTest(layout):
                a = self.flat("a.y4m", layout, 100, bits=bits)
                b = self.flat("b.y4m", layout, 101, bits=bits)
                worth = (1 << (bits - 8)) / ((1 << bits) - 1)
                self.assertAlmostEqual(
                    self.number("--metric", "psnr", a, b),
                    -10 * math.log10(worth ** 2), places=6)

    def test_a_cut_file_is_measured_and_said_to_be_cut(self):
        path = self.flat("cut.y4m", "420jpeg", 50, n=4)
        whole = self.flat("whole.y4m", "420jpeg", 50, n=4)
        path.write_bytes(path.read_bytes()[:-100])
        self.assertEqual(
            self.number("--metric", "l2", whole, path,
                        stderr="cut.y4m: the file is cut off; its 3 whole"), 0)
        path.write_bytes(path.read_bytes()[:300])
        self.refused(path, "not one whole frame")

    def test_frames_pair_by_their_rate(self):
        path = self.flat("ntsc.y4m", "420jpeg", 50, n=5)
        path.write_bytes(path.read_bytes().replace(b"F25:1", b"F30000:1001"))
        done = subprocess.run([PROGRAM, "--log", self.folder / "log",
                               path, path], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("pairs       5\n", done.stdout)
        self.assertIn(f"{4 * 1001 * 10 ** 9 // 30000}",
                      (self.folder / "log").read_text())

    def test_fields_are_kept(self):
        luma = [(i * 29) % 180 + 20 for i in range(16 * 16)]
        for fields in ("It", "Ib", "Im", "Ip", "I?"):
            with self.subTest(fields):
                path = self.make("fields.y4m",
                                 f"W16 H16 F25:1 {fields} C420jpeg",
                                 [luma + [128] * 128] * 2)
                warning = "" if fields in ("Ip", "I?") else "Interlaced"
                self.assertEqual(
                    self.number("--metric", "l2", path, path, stderr=warning),
                    0)

    def test_what_cannot_be_read_is_refused_by_name(self):
        for layout, bits, words in (
                ("422p16", 16, "C422p16"), ("444alpha", 8, "C444alpha"),
                ("420p9 XCOLORRANGE=FULL", 9, "9 bits and full range")):
            with self.subTest(layout):
                path = self.flat("odd.y4m", layout, 50, bits=bits)
                self.refused(path, words, "convert it")
        path = self.flat("bits.y4m", "420p10", 50, bits=12)
        self.refused(path, "more than the 10 bits")
        path = self.flat("damaged.y4m", "420jpeg", 50)
        path.write_bytes(path.read_bytes().replace(b"FRAME\n2", b"FRAMf\n2"))
        self.refused(path, "does not begin with the word FRAME")


if __name__ == "__main__":
    tap.main()
