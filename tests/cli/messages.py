# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is wrong with files and options, as perceptual-compare puts it: by the
names of files and options, and with what to do.

usage: messages.py PATH-OF-PERCEPTUAL-COMPARE
"""

import http.server
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

import clips
import tap

PROGRAM = sys.argv[1]

# What nobody knows who types file names.
PIPELINE_WORDS = ("ref_sink", "dist_sink", "video/x-", "(string)", "videoflip",
                  "videoscale", "videoconvert", "videorate", "taginject",
                  "The video at", "Caps:")


def compare(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


def y4m(path, head, frames=10, width=32, height=24):
    """Grey, with more words in its head."""
    with open(path, "wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F25:1 %s C420jpeg\n"
                   % (width, height, head.encode()))
        for _ in range(frames):
            file.write(b"FRAME\n" + bytes([126]) * (width * height)
                       + bytes([128]) * (width // 2 * (height // 2) * 2))


class Messages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        y4m(cls.folder / "grey", "Ip A1:1")
        y4m(cls.folder / "short", "Ip A1:1", frames=4)
        y4m(cls.folder / "wide", "Ip A1:1", width=64)
        y4m(cls.folder / "fields", "It A1:1")
        y4m(cls.folder / "stretched", "Ip A4:3")
        clips.image(cls.folder / "small.png", "black", "pngenc")
        clips.image(cls.folder / "large.png", "black", "pngenc", width=96)
        (cls.folder / "words.txt").write_text("no video\n" * 100)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def path(self, name):
        return str(self.folder / name)

    def says(self, code, words, *arguments, files=("grey", "grey"),
             **environment):
        done = compare(*arguments, *map(self.path, files), **environment)
        said = f"stdout: {done.stdout}\nstderr: {done.stderr}"
        self.assertEqual(done.returncode, code, said)
        for word in words:
            self.assertIn(word, done.stderr, said)
        for word in PIPELINE_WORDS:
            self.assertNotIn(word, done.stderr, said)
        return done

    def test_everything_that_is_said_names_the_file_and_the_option(self):
        png = ("small.png", "large.png")
        table = (
            (1, ["large.png: The reference is 64x48 but the distorted image "
                 "is 96x48; --scaling to-reference"], [], png),
            (1, ["wide: The reference is 32x24 but the distorted video is "
                 "64x24; --scaling to-reference"], [], ("grey", "wide")),
            (1, ["short: The distorted video ended before",
                 "--unequal-ends skip"],
             ["--unequal-ends", "error"], ("grey", "short")),
            (0, ["warning: ", "short: The distorted video ended before"], [],
             ("grey", "short")),
            (1, ["grey: No distorted frame for the reference frame",
                 "--missing-frames skip", "--tolerance", "--sync-offset"],
             ["--missing-frames", "error", "--sync-offset", "40000000"],
             ("grey", "grey")),
            (0, ["fields: Interlaced video", "--deinterlace"], [],
             ("grey", "fields")),
            (0, ["stretched: ", "one to one"], [], ("grey", "stretched")),
            (2, ["--interval 2 and --rate 3 are both set",
                 "leave one of them out"],
             ["--interval", "2", "--rate", "3"], ("grey", "grey")),
            (2, ["The metric psnr makes no heat map", "--metric", "--also"],
             ["--metric", "psnr", "--heatmap", self.path("map.png")], png),
            (2, ["--heatmap needs --measure every-pair"],
             ["--measure", "real-time", "--heatmap", self.path("map.png")],
             png),
            (0, ["grey: The offset of the distorted video was not found",
                 "measured with --sync-offset 0", "--sync-duration",
                 "the best guess is --sync-offset"],
             ["--sync", "auto"], ("grey", "grey")),
            (1, ["grey: none of its 10 pairs was measured", "--interval",
                 "--rate"], ["--interval", "1000", "--jitter", "true"],
             ("grey", "grey")),
            (1, ["warning: ", "grey: No pair was found", "--tolerance"],
             ["--sync-offset", "10000000000"], ("grey", "grey")),
            (1, ["Cannot write the log " + self.path("none/log")],
             ["--log", self.path("none/log")], ("grey", "grey")),
            (1, ["words.txt: neither a video nor an image"], [],
             ("grey", "words.txt")),
            (2, ["cannot be split into files", "--log-max-bytes"],
             ["--log-max-bytes", "100000", "--log", "/dev/null"],
             ("grey", "grey")),
        )
        for code, words, arguments, files in table:
            with self.subTest(words[0]):
                self.says(code, words, "--scaling", "none", *arguments,
                          files=files)

    def test_two_files_are_told_apart_in_one_run(self):
        done = self.says(1, ["wide: The reference is 32x24"], "--metric", "l2",
                         files=("grey", "short", "wide", "fields"))
        self.assertIn("fields: Interlaced", done.stderr)
        self.assertIn("short: The distorted video ended", done.stderr)

    def test_hdr_is_named_with_the_option_that_lets_it_pass(self):
        clips.launch(
            "videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=64,"
            "height=48,framerate=25/1,colorimetry=bt2100-pq ! avenc_ffv1 ! "
            f"matroskamux ! filesink location={self.path('hdr.mkv')}")
        files = ("hdr.mkv", "hdr.mkv")
        self.says(1, ["hdr.mkv: The video is HDR", "--allow-hdr true"],
                  files=files)
        self.says(0, [], "--allow-hdr", "true", files=files)

    def test_colours_that_differ_are_told_with_what_that_means(self):
        for name in ("bt601", "bt709"):
            clips.launch(
                "videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=64,"
                f"height=48,framerate=25/1,colorimetry={name} ! avenc_ffv1 ! "
                f"matroskamux ! filesink location={self.path(name)}")
        self.says(0, ["bt709: Reference and distorted video differ in how they "
                      "code colour", "if that is wrong, so is the distance"],
                  files=("bt601", "bt709"))

    def test_container_and_coded_video_that_disagree_are_told(self):
        colours = (("true", "2:3:5:1", None),
                   ("full", "1:3:5:1", "says full range, the coded video in it "
                    "limited range; the container is believed"),
                   ("matrix", "2:4:5:1", "says bt601, the coded video in it "
                    "bt709; the container is believed"))
        for ending, muxer in (("mkv", "matroskamux"), ("mp4", "mp4mux")):
            for name, said, words in colours:
                file = f"{name}.{ending}"
                clips.launch(
                    "videotestsrc num-buffers=4 ! video/x-raw,format=I420,"
                    "width=64,height=48,framerate=25/1,colorimetry=bt709 ! "
                    "x264enc ! h264parse ! capssetter "
                    f'caps="video/x-h264,colorimetry=(string){said}" ! '
                    f"{muxer} ! filesink location={self.path(file)}")
                with self.subTest(file):
                    done = self.says(
                        0, [] if words is None else
                        [f"warning: {self.path(file)}: the container {words}"],
                        files=(file, file))
                    if words is None:
                        self.assertEqual(done.stderr, "")

    def test_frames_without_times_say_what_writes_them(self):
        clips.launch("videotestsrc num-buffers=5 ! jpegenc ! multipartmux ! "
                     f"filesink location={self.path('frames.multipart')}")
        self.says(1, ["frames.multipart: The frames have no timestamps",
                      "ffmpeg -r RATE"],
                  files=("frames.multipart", "frames.multipart"))

    def test_missing_decoder_is_named_with_its_package(self):
        clips.film(self.folder / "film.mkv")
        self.says(1, ["film.mkv: no FFMpeg v1 decoder is installed",
                      "gstreamer1.0-libav"], files=("grey", "film.mkv"),
                  GST_PLUGIN_FEATURE_RANK="avdec_ffv1:NONE")

    def test_codec_without_decoder_is_called_by_its_name(self):
        """An AVI that says ULRG where it said something else."""
        clips.launch(
            "videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=64,"
            "height=48 ! jpegenc ! avimux ! "
            f"filesink location={self.path('ut.avi')}")
        path = self.folder / "ut.avi"
        for name, code in (("UtVideo", b"ULRG"), ("MagicYUV", b"M8RG"),
                           ("QQQQ", b"QQQQ")):
            path.write_bytes(path.read_bytes().replace(b"MJPG", code)
                             .replace(b"ULRG", code).replace(b"M8RG", code))
            self.says(1, ["ut.avi: ", name, "no decoder", "convert"],
                      files=("grey", "ut.avi"))

    def test_mp4_that_was_broken_off_is_told_so_at_once(self):
        box = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"isom")
        data = struct.pack(">I4s", 1000, b"mdat") + bytes(992)
        rest = struct.pack(">I4sQ", 1, b"mdat", 1 << 33) + bytes(992)
        for name, content in (("cut.mp4", box + data),
                              ("long.mp4", box + rest),
                              ("bare.mp4", box)):
            (self.folder / name).write_bytes(content)
            self.says(1, [f"{name}: an MP4 without its moov box"],
                      files=("grey", name))

    def test_any_name_of_a_file_is_understood(self):
        for name in ("a[b", "]{", "one (1), two; a=b", "per%d cent%20",
                     "back\\slash", "tab\t", "new\nline", "\x1b[31mred",
                     "\u009bcsi", "\u00fc\u65e5"):
            with self.subTest(name):
                y4m(self.folder / name, "Ip A1:1", frames=4)
                self.says(0, [], "-q", files=(name, name))
                done = self.says(0, ["warning: "], "--format", "json",
                                 files=("grey", name))
                [result] = json.loads(done.stdout)["results"]
                self.assertEqual(result["distorted"], self.path(name))
                self.assertEqual(result["pairs"], 4)
                shown = "".join(
                    f"\\x{ord(c):02x}" if c < " " else
                    "\\u009b" if c == "\u009b" else c for c in name)
                self.assertIn(f"{shown}: The distorted video ended",
                              done.stderr)

    def test_names_that_are_not_utf8_stay_different(self):
        names = [b"x\xff.y4m", b"x\xfe.y4m", b"x\\xff.y4m"]
        for name in map(os.fsdecode, names):
            y4m(self.folder / name, "Ip A1:1", frames=1)
        done = self.says(0, [], "--format", "json",
                         files=map(os.fsdecode, names))
        report = json.loads(done.stdout)
        self.assertEqual(
            [os.path.basename(path) for path in (
                report["reference"], *(result["distorted"] for result
                                       in report["results"]))],
            ["x\\xff.y4m", "x\\xfe.y4m", "x\\x5cxff.y4m"])

    def test_no_report_lets_a_name_through(self):
        name = "a\x1b[31m\n\u202e\u009bb"
        shown = "a\\x1b[31m\\x0a\\u202e\\u009bb"
        y4m(self.folder / name, "Ip A1:1", frames=2)
        page, junit = self.folder / "p.html", self.folder / "j.xml"
        texts = {}
        for form in ("text", "markdown", "csv", "json"):
            texts[form] = self.says(
                0, [shown], "--format", form, "--report", str(page),
                "--junit", str(junit), "--fail-above", "9",
                files=("grey", name)).stdout
        texts["page"], texts["junit"] = page.read_text(), junit.read_text()
        for form, text in texts.items():
            with self.subTest(form):
                for c in "\x1b\u202e\u009b":
                    self.assertNotIn(c, text)
                if form == "json":
                    [result] = json.loads(text)["results"]
                    self.assertTrue(result["distorted"].endswith("/" + name))
                elif form == "markdown":
                    self.assertIn(shown.replace("\\", "\\\\")
                                  .replace("[", "\\["), text)
                else:
                    self.assertIn(shown, text)

    def test_raw_video_in_packed_rows_says_what_reads_it(self):
        clips.matroska(self.folder / "odd.mkv", [bytes(63 * 48)] * 4,
                       range(0, 160, 40), width=63)
        self.says(1, ["odd.mkv: ", "frame holds", "convert it"],
                  files=("odd.mkv", "odd.mkv"))

    @unittest.skipUnless(
        subprocess.run(["gst-inspect-1.0", "--exists", "souphttpsrc"],
                       check=False).returncode == 0, "no souphttpsrc")
    @unittest.skipIf("PERCEPTUAL_TEST_SANITIZED" in os.environ,
                     "the proxy library throws in C++, which ASan cannot see")
    def test_addresses_are_not_called_damaged(self):
        def address(server, path=""):
            return f"http://127.0.0.1:{server.server_address[1]}/{path}"

        with http.server.HTTPServer(("127.0.0.1", 0),
                                    http.server.BaseHTTPRequestHandler) as one:
            one.RequestHandlerClass.log_message = lambda *_: None
            one.RequestHandlerClass.do_GET = lambda self: self.send_error(404)
            threading.Thread(target=one.serve_forever, daemon=True).start()
            gone = address(one, "gone.mp4")
            done = compare(self.path("grey"), gone)
            one.shutdown()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"{gone}: Not Found; this is the server's answer",
                      done.stderr)
        # Nobody listens there any more.
        done = compare(self.path("grey"), gone)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"{gone}: the server cannot be reached", done.stderr)

    def test_what_is_no_media_is_told_so(self):
        (self.folder / "a.zip").write_bytes(
            b"PK\x03\x04\x0a" + bytes(25) + b"name" + bytes(5000))
        self.says(1, ["a.zip: neither a video nor an image"],
                  files=("grey", "a.zip"))

    def test_mp4_that_ends_in_its_moov_box_is_told_so(self):
        clips.launch("videotestsrc num-buffers=5 ! jpegenc ! qtmux "
                     f"faststart=true ! filesink location={self.path('m.mov')}")
        whole = (self.folder / "m.mov").read_bytes()
        (self.folder / "half.mov").write_bytes(
            whole[:whole.index(b"moov") + 100])
        self.says(1, ["half.mov: the file is cut off; ffmpeg -i FILE"],
                  files=("grey", "half.mov"))

    def test_reader_of_the_log_that_goes_away_is_no_crash(self):
        y4m(self.folder / "long", "Ip A1:1", frames=400)
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [PROGRAM, "--metric", "l2", "--log", "-", self.path("long"),
             self.path("long")], stdout=writing, stderr=subprocess.PIPE,
            text=True, timeout=120, stdin=subprocess.DEVNULL)
        os.close(writing)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("Cannot write the log on standard output: its reader "
                      "has gone", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    @unittest.skipIf(shutil.which("ffmpeg") is None, "ffmpeg is missing")
    def test_containers_that_never_end_are_an_error(self):
        source = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1")
        done = subprocess.run(
            ["ffmpeg", "-y", "-v", "error", *source, "-c:v", "ffv1",
             self.path("film.nut")], check=False, timeout=60)
        if done.returncode != 0:
            self.skipTest("this ffmpeg does not write NUT")
        known = subprocess.run(["gst-inspect-1.0", "avtype_nut"], check=False,
                               capture_output=True, timeout=60)
        if known.returncode != 0:
            self.skipTest("this GStreamer does not tell NUT from other files")
        self.says(1, ["film.nut: ", "end was never seen", "25 frames"],
                  files=("film.nut", "film.nut"))


tap.main()
