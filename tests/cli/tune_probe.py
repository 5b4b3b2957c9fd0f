# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-tune probe: what is encoded and measured, and what becomes of
encoders that do not do as they should.

usage: tune_probe.py PATH-OF-PERCEPTUAL-TUNE PATH-OF-PERCEPTUAL-COMPARE
"""

import base64
import hashlib
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import clips
import schemas
import tap

TUNE, COMPARE = sys.argv[1:3]
ENCODER = pathlib.Path(__file__).parent / "encoder.py"
WHOLE = 2 ** 63 - 1
FRAMES = 125
FRAME_NS = clips.FRAME_NS


class Outcome:
    """One candidate's part of a result, in numbers."""

    def __init__(self, fields):
        measurement = fields["measurement"]
        distances = base64.b64decode(measurement["distances"])
        sizes = base64.b64decode(fields["frame_bytes"])
        self.bits = distances
        self.distances = struct.unpack(f"<{len(distances) // 4}f", distances)
        self.sizes = struct.unpack(f"<{len(sizes) // 4}I", sizes)
        self.bytes = measurement["bytes"]
        self.frames = measurement["frames"]
        self.unmatched = measurement["unmatched"]
        self.one_pass = fields["one_pass"]
        self.error = fields["error"]
        self.versions = fields["versions"]


def candidate(how, encoder, value, **extra):
    return {"how": how, "encoder": encoder, "value": value, "extra": extra}


def command(what, value=8, ending=".y4m"):
    return candidate("command", f"{sys.executable} '{ENCODER}' {what} "
                     f"{{input}} {{output}}{ending} {{value}}", value)


def launch(text, value):
    return candidate("launch", text, value)


def is_alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def find_processes(word):
    """Process ids of those that have word among their arguments."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if word.encode() in words and is_alive(path.parent.name):
            found.append(int(path.parent.name))
    return found


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(.05)
    return True


class ProbeCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        cls.temp = cls.folder / "temp"
        cls.temp.mkdir()
        cls.clip = clips.waves(cls.folder / "clip.y4m", FRAMES)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def tearDown(self):
        self.assertEqual(list(self.temp.iterdir()), [],
                         "files were left behind")

    def job(self, *candidates, source=None, start=0, stop=WHOLE, lead=0,
            **fields):
        return json.dumps({
            "schema": 1, "source": str(source or self.clip), "sha256": None,
            "window": {"start_ns": start, "stop_ns": stop, "lead_ns": lead},
            "settings": {"metric": "l2"}, "candidates": candidates,
            "file_route": False, "memory": 2 ** 28, "temp": str(self.temp),
            "output": None, "timeout_s": 0, **fields})

    def run_job(self, text, code=0):
        done = subprocess.run([TUNE, "probe", "--job", "-", "--quiet"],
                              input=text, capture_output=True, text=True,
                              timeout=120)
        self.assertEqual(done.returncode, code,
                         f"stdout: {done.stdout}\nstderr: {done.stderr}")
        self.stderr = done.stderr
        return schemas.read("tune", done.stdout) if done.stdout else None

    def probe(self, *candidates, code=0, **fields):
        """Outcomes of the candidates."""
        result = self.run_job(self.job(*candidates, **fields), code)
        self.seconds = result["seconds"]
        return [Outcome(outcome) for outcome in result["outcomes"]]

    def refused(self, words, *candidates, **fields):
        """The only candidate fails, and its error has these words."""
        outcome, = self.probe(*candidates, code=1, **fields)
        for word in words:
            self.assertIn(word, outcome.error)
        self.assertIn(outcome.error, self.stderr)
        return outcome

    def assert_same(self, first, second):
        self.assertIsNone(first.error)
        self.assertEqual(first.bits, second.bits)
        self.assertEqual(first.sizes, second.sizes)
        self.assertEqual(first.bytes, second.bytes)
        self.assertEqual(first.unmatched, second.unmatched)


class Routes(ProbeCase):
    def test_side_by_side_alone_and_by_file_are_the_same(self):
        fast = {"speed-preset": "veryfast", "bframes": 3}
        both = self.probe(candidate("named", "x264", 20, **fast),
                          candidate("named", "vp8", 50))
        alone, = self.probe(candidate("named", "x264", 20, **fast))
        by_file = self.probe(candidate("named", "x264", 20, **fast),
                             candidate("named", "vp8", 50), file_route=True)
        self.assert_same(both[0], alone)
        for one_pass, file in zip(both, by_file):
            self.assertTrue(one_pass.one_pass)
            self.assertFalse(file.one_pass)
            self.assert_same(one_pass, file)
            self.assertEqual(one_pass.frames, FRAMES)
            self.assertEqual(one_pass.unmatched, 0)
            self.assertEqual(len(one_pass.sizes), FRAMES)
            self.assertEqual(sum(one_pass.sizes), one_pass.bytes)
        self.assertEqual(self.seconds, FRAMES / clips.RATE)

    def test_encoder_that_holds_frames_back_goes_by_file(self):
        held = candidate("named", "x264", 20)
        roomy, = self.probe(held)
        cramped, = self.probe(held, memory=64 * 48 * 8)
        self.assertTrue(roomy.one_pass)
        self.assertFalse(cramped.one_pass)
        self.assertIn("note: x264 at 20 holds back more frames", self.stderr)
        self.assert_same(roomy, cramped)

    def test_source_with_a_hole_loses_no_frames(self):
        """Three seconds without a frame, of which demuxers tell decoders."""
        path = self.folder / "hole.mkv"
        clips.matroska(path, [clips.wave(i) for i in range(40)],
                       [40 * i + (3000 if i > 19 else 0) for i in range(40)])
        encoder = candidate("named", "x264", 20)
        for start, frames in ((0, 40), (10 * FRAME_NS, 30)):
            window = {"start": start, "lead": 3 * FRAME_NS, "source": path}
            one_pass, = self.probe(encoder, **window)
            by_file, = self.probe(encoder, file_route=True, **window)
            self.assert_same(one_pass, by_file)
            self.assertEqual(one_pass.frames, frames)
            self.assertEqual(one_pass.unmatched, 0)
            self.assertEqual(len(one_pass.distances), frames)
            self.assertEqual(self.seconds, 3 + frames / clips.RATE)

    def test_cropped_pictures_of_a_decoder_are_held_as_long_as_it_takes(self):
        path = self.folder / "cropped.mkv"
        clips.launch("videotestsrc num-buffers=60 pattern=ball ! video/x-raw,"
                     "format=I420,width=106,height=60,framerate=25/1 ! "
                     "x264enc threads=1 ! h264parse ! matroskamux ! "
                     f"filesink location={path}")
        outcome, = self.probe(candidate("named", "x264", 30), source=path,
                              timeout_s=60)
        self.assertIsNone(outcome.error)
        self.assertEqual((outcome.frames, outcome.unmatched), (60, 0))
        self.assertTrue(outcome.one_pass)

    def test_deep_frames_are_encoded_deep(self):
        path = self.folder / "deep.mkv"
        clips.launch("videotestsrc num-buffers=10 pattern=zone-plate kx2=20 "
                     "ky2=20 ! video/x-raw,format=I420_10LE,width=64,"
                     "height=48,framerate=25/1 ! avenc_ffv1 ! matroskamux ! "
                     f"filesink location={path}")
        deep, = self.probe(candidate("named", "x264", 10), source=path,
                           output=str(self.folder / "deep-kept.mkv"))
        by_file, = self.probe(candidate("named", "x264", 10), source=path,
                              file_route=True)
        self.assert_same(deep, by_file)
        head = (self.folder / "deep-kept.mkv").read_bytes()
        self.assertIn(b"V_MPEG4/ISO/AVC", head)
        # avcC of High 10
        self.assertIn(b"\x01\x6e", head)


class Windows(ProbeCase):
    # Every frame by itself, so that it does not depend on the window.
    encoder = launch("x264enc threads=1 key-int-max=1 pass=quant "
                     "quantizer={value} speed-preset=veryfast", 30)

    def test_pairs_are_those_that_compare_measures(self):
        kept = self.folder / "kept.mkv"
        whole, = self.probe(self.encoder, output=str(kept))
        log = self.folder / "log.jsonl"
        subprocess.run([COMPARE, "--metric", "l2", "--quiet", "--log",
                        str(log), self.clip, str(kept)],
                       check=True, capture_output=True, timeout=60)
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        compared = [line["distance"] for line in lines
                    if line["type"] == "distance"]
        self.assertEqual(
            whole.bits, struct.pack(f"<{len(compared)}f", *compared))

    def test_window_holds_just_its_frames(self):
        self.check_window(self.clip)

    def test_window_of_a_file_that_is_jumped_in_is_exact(self):
        for name, muxer in (("long.mkv", "matroskamux"),
                            ("long.mp4", "mp4mux"),
                            ("long.ts", "mpegtsmux")):
            with self.subTest(name):
                path = self.folder / name
                clips.launch(f"filesrc location={self.clip} ! y4mdec ! "
                             "x264enc bframes=3 key-int-max=30 quantizer=10 "
                             f"pass=qual ! h264parse ! {muxer} ! "
                             f"filesink location={path}")
                self.check_window(path)

    def check_window(self, source):
        first, last, lead = 70, 90, 12
        whole, = self.probe(self.encoder, source=source)
        begin = self.start_of(source)
        part, = self.probe(
            self.encoder, source=source, start=begin + first * FRAME_NS,
            stop=begin + last * FRAME_NS, lead=lead * FRAME_NS)
        self.assertEqual(whole.frames, FRAMES)
        self.assertEqual(part.frames, last - first)
        self.assertEqual(part.unmatched, 0)
        self.assertEqual(part.distances, whole.distances[first:last])
        self.assertEqual(part.sizes, whole.sizes[first:last])
        self.assertEqual(part.bytes, sum(whole.sizes[first:last]))
        self.assertAlmostEqual(self.seconds, (last - first) / clips.RATE,
                               places=2)

    def test_frames_on_both_sides_are_encoded_too(self):
        """An encoder that looks ahead gives a window's last frames less where
        it sees no others."""
        films = {}
        for start, stop, lead in ((40, 70, 0), (40, 70, 15), (25, 85, 0)):
            films[lead, start], = self.probe(
                candidate("named", "x264", 30), start=start * FRAME_NS,
                stop=stop * FRAME_NS, lead=lead * FRAME_NS)
        alone, window, all_of_it = films.values()
        for outcome in films.values():
            self.assertIsNone(outcome.error)
            self.assertEqual(outcome.unmatched, 0)
        self.assertEqual(window.distances, all_of_it.distances[15:45])
        self.assertNotEqual(window.distances, alone.distances)
        self.assertEqual((window.frames, len(window.sizes)), (30, 30))
        self.assertEqual(window.bytes, sum(window.sizes))
        by_file, = self.probe(
            candidate("named", "x264", 30), start=40 * FRAME_NS,
            stop=70 * FRAME_NS, lead=15 * FRAME_NS, file_route=True)
        self.assert_same(window, by_file)

    def start_of(self, source):
        """Stream time of the first frame."""
        done = subprocess.run([COMPARE, "--metric", "l2", "--log", "-",
                               str(source), str(source)], check=True,
                              capture_output=True, text=True, timeout=60)
        for line in done.stdout.splitlines():
            fields = json.loads(line)
            if fields["type"] == "distance":
                return fields["stream_time"]
        return None

    def test_window_beyond_the_end_is_an_error(self):
        self.assertIsNone(self.run_job(
            self.job(self.encoder, start=10 ** 12), 1))
        self.assertIn("none of its frames", self.stderr)
        self.assertIn("clip.y4m", self.stderr)

    def test_uneven_times_are_kept(self):
        times = [40 * i + (13 if i % 3 == 1 else 0) for i in range(60)]
        path = self.folder / "uneven.mkv"
        clips.matroska(path, [clips.wave(i) for i in range(60)], times)
        x264 = candidate("named", "x264", 25, **{"bframes": 2})
        one_pass, coarse = self.probe(x264, command("well"), source=path)
        by_file, = self.probe(x264, source=path, file_route=True)
        self.assert_same(one_pass, by_file)
        for outcome in (one_pass, coarse):
            self.assertIsNone(outcome.error)
            self.assertEqual(outcome.frames, 60)
            self.assertEqual(outcome.unmatched, 0)


class Commands(ProbeCase):
    def test_command_encodes_what_it_is_given(self):
        outcome, finer, matroska = self.probe(
            command("well", 16), command("well", 2),
            command("well", 16, ".mkv"))
        for each in (outcome, finer, matroska):
            self.assertIsNone(each.error)
            self.assertEqual((each.frames, each.unmatched), (FRAMES, 0))
            self.assertFalse(each.one_pass)
            self.assertIn("encoder.py", each.versions)
            self.assertGreater(each.bytes, FRAMES * 64 * 48)
        self.assertGreater(min(outcome.distances), max(finer.distances))

    def test_command_that_fails_is_told_with_its_last_words(self):
        outcome = self.refused(["exit code 3", "this option is unknown"],
                               command("fail"))
        self.assertEqual(outcome.frames, 0)

    def test_command_that_writes_nothing_is_an_error(self):
        self.refused(["wrote nothing"], command("nothing"))

    def test_command_that_writes_no_video_is_an_error(self):
        self.refused(["cannot be read"], command("garbage"))

    def test_command_that_writes_two_videos_is_an_error(self):
        self.refused(["there are 2 videos in its file"],
                     command("twice", 8, ".mkv"))

    def test_command_that_is_not_there_is_an_error(self):
        self.refused(["no program", "no-such-encoder"], candidate(
            "command", "no-such-encoder {input} {output} {value}", 3))

    def test_many_missing_frames_are_an_error(self):
        outcome = self.refused(["125", "115", "without a partner"],
                               command("cut"))
        self.assertEqual(outcome.unmatched, 10)

    def test_missing_frame_is_counted_where_times_tell_which(self):
        outcome, = self.probe(command("drop", 4, ".mkv"))
        self.assertIsNone(outcome.error)
        self.assertEqual((outcome.frames, outcome.unmatched), (FRAMES - 1, 1))
        # No pair of two different waves
        self.assertLess(max(outcome.distances), .001)

    def test_frames_that_slip_are_an_error(self):
        self.refused(["do not lie where"], command("slip", 4))

    def test_command_that_changes_the_times_is_an_error(self):
        self.refused(["changes the times: its file lasts"],
                     command("hurry", ending=".mkv"))

    def test_uneven_times_are_not_kept_as_even_ones(self):
        path = self.folder / "vfr.mkv"
        clips.matroska(path, [clips.wave(i) for i in range(30)],
                       [40 * i + (200 if i > 9 else 0) for i in range(30)])
        drifting = self.folder / "drifting.mkv"
        clips.matroska(drifting, [clips.wave(i) for i in range(30)],
                       [40 * i + max(0, 4 * (i - 2)) for i in range(30)])
        kept = self.folder / "kept.mkv"
        for source in (path, drifting):
            with self.subTest(source.name):
                self.refused(["do not come at an even rate"],
                             command("well", 16, ".mkv"), source=source,
                             output=str(kept))
                self.assertFalse(kept.exists())
        outcome, = self.probe(command("well", 16, ".mkv"), source=path)
        self.assertIsNone(outcome.error)
        self.assertIn("do not come at an even rate", self.stderr)

    def test_missing_placeholders_are_named(self):
        for text in ("enc {input} {value}", "enc {output} {value}",
                     "enc {input} {output}"):
            with self.subTest(text):
                missing = ({"{input}", "{output}", "{value}"}
                           - set(text.split())).pop()
                self.refused([missing], candidate("command", text, 3))
        self.refused(["{preset}"], candidate(
            "command", "true {input} {output} {value} {preset}", 3))
        self.refused(["{preset}"], candidate(
            "command", "true {input} {output} {value}", 3, preset="fast"))

    def test_nothing_of_a_command_that_hangs_is_left(self):
        self.refused(["not done within 2 s"], command("hang"), timeout_s=2)
        self.assertTrue(wait_until(lambda: not find_processes("987")))

    def start_hanging(self):
        process = subprocess.Popen(
            [TUNE, "probe", "--job", "-"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdin.write(self.job(command("hang")))
        process.stdin.close()
        self.assertTrue(wait_until(lambda: find_processes("987")))
        return process

    def test_interrupt_ends_all(self):
        process = self.start_hanging()
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        self.assertEqual(process.wait(60), 1)
        self.assertIn("interrupted", process.stderr.read())
        self.assertEqual(process.stdout.read(), "")
        self.assertLess(time.monotonic() - begun, 30)
        process.stdout.close()
        process.stderr.close()
        self.assertTrue(wait_until(lambda: not find_processes("987")))

    def test_nothing_outlives_a_program_that_was_killed(self):
        process = self.start_hanging()
        process.kill()
        process.wait(60)
        process.stdout.close()
        process.stderr.close()
        self.assertTrue(wait_until(lambda: not find_processes("987")))
        # The folder is left; the next one removes it, once it is old.
        left, = self.temp.iterdir()
        old = time.time() - 3600
        os.utime(left / "lock", (old, old))
        self.probe(command("well"))


class Faults(ProbeCase):
    def filter(self, what, after=5):
        return launch(f"faultyfilter what={what} after={after} ! "
                      "jpegenc quality={value}", 50)

    def test_crash_costs_the_others_nothing(self):
        good = launch("jpegenc quality={value}", 30)
        alone, = self.probe(good)
        first, crashed, last = self.probe(good, self.filter("crash"), good,
                                          code=1)
        self.assertIn("crashed (Segmentation fault)", crashed.error)
        self.assertIn("encoder0", crashed.error)
        self.assert_same(first, alone)
        self.assert_same(last, alone)

    def test_encoder_that_hangs_is_ended(self):
        self.refused(["not done within 2 s"], self.filter("hang"),
                     timeout_s=2)

    def test_dropped_frames_are_an_error(self):
        outcome, = self.probe(self.filter("drop", 100), code=1)
        self.assertIn("without a partner", outcome.error)
        self.assertEqual(outcome.unmatched, FRAMES - 100)

    def test_one_dropped_frame_is_counted(self):
        outcome, = self.probe(self.filter("drop", FRAMES - 1))
        self.assertIsNone(outcome.error)
        self.assertEqual((outcome.frames, outcome.unmatched), (FRAMES - 1, 1))

    def test_frames_that_slip_in_one_pass_are_an_error(self):
        outcome = self.refused(["do not lie where"], self.filter("slip"))
        self.assertTrue(outcome.one_pass)

    def test_what_the_measuring_element_warns_of_is_told_once(self):
        path = self.folder / "fields.y4m"
        clips.waves(path, 10)
        data = path.read_bytes()
        self.assertIn(b" Ip ", data[:80])
        path.write_bytes(data.replace(b" Ip ", b" It ", 1))
        done = subprocess.run(
            [TUNE, "grid", str(path), "--encoder", "x264", "--value", "30:32",
             "--database", str(self.folder / "fields.sqlite")],
            capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("Interlaced video is measured as "
                                           "whole frames"), 1, done.stderr)
        self.assertIn("-vf bwdif", done.stderr)
        self.assertNotIn("--deinterlace", done.stderr)

    def test_what_is_wrong_with_settings_is_named(self):
        for words, wrong in (
                (["x264enc", "sped-preset"],
                 candidate("named", "x264", 20, **{"sped-preset": "fast"})),
                (["x264enc", "speed-preset", "fastish"],
                 candidate("named", "x264", 20,
                           **{"speed-preset": "fastish"})),
                (["10", "46"], candidate("named", "x264", 50)),
                (["x263", "no encoder"], candidate("named", "x263", 20)),
                (["nothingenc"], launch("nothingenc quality={value}", 1)),
                (["{value}"], launch("jpegenc", 1)),
                (["matroskamux"],
                 launch("jpegenc quality={value} ! matroskamux", 1))):
            with self.subTest(words):
                self.refused(words, wrong)

    def test_size_that_an_encoder_does_not_take_is_named(self):
        path = self.folder / "odd.mkv"
        clips.launch("videotestsrc num-buffers=4 ! video/x-raw,format=I420,"
                     "width=33,height=25,framerate=25/1 ! avenc_ffv1 ! "
                     f"matroskamux ! filesink location={path}")
        self.refused(["33x25"], candidate("named", "x264", 20), source=path)

    def test_settings_go_to_the_encoder(self):
        plain, keys, text, threads = self.probe(
            candidate("named", "x264", 30),
            candidate("named", "x264", 30, **{"key-int-max": 2}),
            candidate("named", "x264", 30, **{"option-string": "cabac=0"}),
            candidate("named", "x264", 30, threads=1))
        self.assertGreater(keys.bytes, plain.bytes)
        self.assertNotEqual(text.sizes, plain.sizes)
        self.assertIsNone(threads.error)

    def test_options_of_a_row_stay_beside_those_of_the_user(self):
        keys = {"option-string": "keyint=3"}
        fine, coarse, plain = self.probe(
            candidate("named", "x265", 20, **keys),
            candidate("named", "x265", 45, **keys),
            candidate("named", "x265", 45))
        self.assertGreater(fine.bytes, 1.5 * coarse.bytes)
        self.assertGreater(coarse.bytes, plain.bytes)


class Jobs(ProbeCase):
    encoder = launch("jpegenc quality={value}", 50)

    def fails(self, words, text, code=1):
        self.assertIsNone(self.run_job(text, code))
        for word in words:
            self.assertIn(word, self.stderr)

    def test_what_is_wrong_with_a_job_is_told(self):
        self.fails(["not JSON"], "{")
        self.fails(["candidates"], self.job())
        self.fails(["nowhere.mkv"], self.job(
            self.encoder, source=self.folder / "nowhere.mkv"))
        self.fails(["metric", "no-such-metric"], self.job(
            self.encoder, settings={"metric": "no-such-metric"}), code=2)
        self.fails(["\"colour\""], self.job(
            self.encoder, settings={"colour": "red"}))
        self.fails(["content"], self.job(self.encoder, sha256="00" * 32))

    def test_job_of_the_manual_is_carried_out(self):
        manual = pathlib.Path(__file__).parents[2] / "docs/tune.md"
        text = manual.read_text().split("```json\n")[1].split("```")[0]
        job = {**json.loads(text), "source": self.clip,
               "temp": str(self.temp)}
        result = self.run_job(json.dumps(job))
        self.assertEqual(result["metric"], "mmd-ssim")
        outcome = Outcome(result["outcomes"][0])
        self.assertIsNone(outcome.error)
        self.assertEqual(outcome.frames, FRAMES)

    def test_the_schema_takes_jobs_and_results_and_nothing_else(self):
        text = self.job(self.encoder, candidate(
            "named", "x264", 30, **{"bframes": 2}))
        schemas.assert_narrow(self, "tune", json.loads(text))
        schemas.assert_narrow(self, "tune", self.run_job(text))

    def test_content_is_checked(self):
        digest = hashlib.sha256(
            pathlib.Path(self.clip).read_bytes()).hexdigest()
        outcome, = self.probe(self.encoder, sha256=digest)
        self.assertEqual(outcome.frames, FRAMES)

    def test_no_job_is_wrong_usage(self):
        done = subprocess.run([TUNE, "probe"], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--job", done.stderr)

    def test_result_goes_into_a_file(self):
        job, result = self.folder / "job.json", self.folder / "result.json"
        job.write_text(self.job(self.encoder))
        done = subprocess.run(
            [TUNE, "probe", "--job", str(job), "-o", str(result)],
            capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        fields = schemas.read("tune", result.read_text())
        self.assertEqual(fields["metric"], "l2")
        self.assertEqual(fields["frames"], FRAMES)
        self.assertTrue(fields["caps"].startswith("video/x-raw"))
        self.assertIsNone(fields["weights_sha256"])
        self.assertTrue(fields["host"])
        self.assertTrue(fields["library"])
        self.assertEqual(list(self.folder.glob("result.json*")), [result])

    def test_encode_is_kept_only_when_it_is_whole(self):
        kept = self.folder / "whole.mp4"
        x264 = candidate("named", "x264", 30, **{"bframes": 2})
        outcome, = self.probe(x264, output=str(kept))
        self.assertIsNone(outcome.error)
        self.assertGreater(kept.stat().st_size, outcome.bytes)
        again = subprocess.run(
            [COMPARE, "--metric", "l2", "--format", "json", self.clip,
             str(kept)], check=True, capture_output=True, text=True,
            timeout=60)
        report = json.loads(again.stdout)["results"][0]
        self.assertEqual(report["pairs"], FRAMES)
        self.assertEqual(report["unmatched_distorted"], 0)
        self.assertAlmostEqual(
            report["mean"], sum(outcome.distances) / FRAMES, places=9)
        kept.unlink()
        self.refused(["without a partner"], launch(
            "faultyfilter after=60 ! x264enc quantizer={value}", 30),
            output=str(kept))
        self.assertEqual(list(self.folder.glob("*whole*")), [])
        self.refused([".avi", ".mkv"], x264,
                     output=str(self.folder / "whole.avi"))
        self.refused(["nowhere/whole.mkv"], x264,
                     output=str(self.folder / "nowhere/whole.mkv"))


if __name__ == "__main__":
    tap.main()
