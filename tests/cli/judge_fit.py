# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-judge fit and study, on triplets and a network made here.

usage: judge_fit.py PATH-OF-PERCEPTUAL-JUDGE
"""

import array
import csv
import errno
import io
import json
import os
import pathlib
import random
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import schemas
import stills
import tap
from judge_case import on_terminal

PROGRAM = sys.argv[1]

ALEX = {0: (64, 3, 11, 11), 3: (192, 64, 5, 5), 6: (384, 192, 3, 3),
        8: (256, 384, 3, 3), 10: (256, 256, 3, 3)}


def judge(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


def write_tensors(path, tensors):
    """A safetensors file; tensors: name -> (shape, array of floats)."""
    header, data, at = {}, b"", 0
    for name, (shape, numbers) in tensors.items():
        size = 4 * len(numbers)
        header[name] = {"dtype": "F32", "shape": list(shape),
                        "data_offsets": [at, at + size]}
        at += size
        data += numbers.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_tensors(path):
    data = pathlib.Path(path).read_bytes()
    size, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, row in header.items():
        begin, end = row["data_offsets"]
        numbers = array.array("f")
        numbers.frombytes(data[8 + size + begin:8 + size + end])
        tensors[name] = (tuple(row["shape"]), numbers)
    return tensors


def make_alex(path):
    """AlexNet's layers with random numbers, and heads of ones."""
    chance = random.Random(5)
    block = array.array("f", [chance.gauss(0, 1) for _ in range(40009)])
    tensors = {}
    for layer, shape in ALEX.items():
        outputs, inputs, height, width = shape
        n = outputs * inputs * height * width
        scale = (2 / (inputs * height * width)) ** .5
        scaled = array.array("f", [scale * x for x in block])
        tensors[f"features.{layer}.weight"] = (
            shape, (scaled * (n // len(scaled) + 1))[:n])
        tensors[f"features.{layer}.bias"] = (
            (outputs,), array.array("f", [0] * outputs))
    for tap_number, shape in enumerate(ALEX.values()):
        tensors[f"lin.{tap_number}.weight"] = (
            shape[:1], array.array("f", [1] * shape[0]))
    write_tensors(path, tensors)


def texture(chance, width=48, height=48):
    values = [[chance.randrange(60, 190) for _ in range(width // 4 + 2)]
              for _ in range(height // 4 + 2)]
    return lambda x, y: values[y // 4][x // 4]


def changed(picture, tint, noise, chance):
    """Tinted and noisy."""
    grain = {}

    def pixel(x, y):
        g = grain.setdefault((x, y), chance.randrange(-noise, noise + 1))
        v = picture(x, y) + g
        return tuple(max(0, min(255, c)) for c in (v + tint, v, v - tint))
    return pixel


def make_triplets(folder, n, seed):
    """People who mind noise and do not see tints."""
    chance = random.Random(seed)
    greys = {}
    for i in range(n):
        picture = texture(chance)
        noise = chance.choice([(4, 36), (36, 4)])
        tints = [chance.randrange(0, 50) for _ in range(2)]
        greys[f"t{i:03d}"] = (
            picture, changed(picture, tints[0], noise[0], chance),
            changed(picture, tints[1], noise[1], chance),
            1.0 if noise[1] < noise[0] else 0.0)
    return stills.triplets(folder, greys, width=48, height=48)


class Pipe:
    """A pipe in place of a file, which holds a program that opens it."""

    def __init__(self, path):
        self.end_to_write = None
        made = path.with_suffix(".pipe")
        os.mkfifo(made)
        made.rename(path)
        self.path = path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.end_to_write is not None:
            os.close(self.end_to_write)

    def wait(self, running):
        """Until the program opens it."""
        while self.end_to_write is None:
            try:
                self.end_to_write = os.open(self.path,
                                            os.O_WRONLY | os.O_NONBLOCK)
            except OSError as problem:
                if problem.errno != errno.ENXIO or running.poll() is not None:
                    raise
                time.sleep(0.01)

    def end(self, data=b""):
        """Lets the program read data, then the end of the file."""
        os.write(self.end_to_write, data)
        os.close(self.end_to_write)
        self.end_to_write = None


class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_object = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.folder_object.name)
        cls.weights = cls.folder / "weights" / "alex.safetensors"
        cls.weights.parent.mkdir()
        make_alex(cls.weights)
        cls.train = make_triplets(cls.folder / "train", 80, 1)
        cls.test = make_triplets(cls.folder / "val", 20, 2)

    @classmethod
    def tearDownClass(cls):
        cls.folder_object.cleanup()

    def ends(self, done, code):
        self.assertEqual(done.returncode, code,
                         f"stdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def says_its_notes_beside_csv(self, notes, *arguments):
        """The rows of its CSV; the notes are on standard error."""
        done = self.ends(judge(*arguments, "--format", "csv"), 0)
        self.assertEqual(done.stderr.splitlines(),
                         [f"perceptual-judge: {note}" for note in notes])
        rows = list(csv.DictReader(io.StringIO(done.stdout), strict=True))
        for row in rows:
            self.assertNotIn(None, [*row, *row.values()])
        return rows

    def fit(self, name, *arguments):
        out = self.folder / name
        done = self.ends(judge(
            "fit", "--out", str(out), "--weights", str(self.weights),
            "--format", "json", *arguments, self.train), 0)
        return out, schemas.read("judge", done.stdout)


class Fit(Made):
    def test_the_result_loads_and_agrees_more_with_what_it_learned_from(self):
        out, report = self.fit("heads.safetensors", "--epochs", "200",
                               "--learning-rate", "0.02", "--validation", "0")
        scores = {}
        self.assertLess(out.stat().st_size, 2 * self.weights.stat().st_size)
        for path in (self.weights, out):
            done = self.ends(judge(
                "2afc", "--metric", "lpips", "--weights", str(path),
                "--bootstrap", "0", "--format", "json", self.train), 0)
            [row] = schemas.read("judge", done.stdout)["results"]
            scores[path] = row["score"]
        self.assertGreater(scores[out], scores[self.weights] + .1, scores)
        losses = [row["training_loss"] for row in report["results"]]
        [best] = [i for i, row in enumerate(report["results"])
                  if row["best"]]
        self.assertEqual(losses[best], min(losses))

    def test_heads_are_not_negative_and_the_rest_of_the_file_stays(self):
        out, _ = self.fit("rest.safetensors", "--epochs", "5", "--taps", "3")
        before, after = read_tensors(self.weights), read_tensors(out)
        for name, tensor in before.items():
            if name in ("lin.0.weight", "lin.1.weight", "lin.2.weight"):
                self.assertEqual(after[name][0], tensor[0])
                self.assertNotEqual(after[name][1], tensor[1])
                self.assertGreaterEqual(min(after[name][1]), 0)
            else:
                self.assertEqual(after[name], tensor, name)
        self.assertEqual(after["rank.0.weight"][0], (32, 5))
        self.assertEqual(after["rank.4.bias"][0], (1,))

    def test_the_same_seed_gives_the_same_file(self):
        files = [self.fit(name, "--epochs", "3", "--seed", seed)[0]
                 for name, seed in (("a.safetensors", "7"),
                                    ("b.safetensors", "7"),
                                    ("c.safetensors", "8"))]
        same, again, other = [file.read_bytes() for file in files]
        self.assertEqual(same, again)
        self.assertNotEqual(same, other)

    def test_the_loss_is_drawn(self):
        plot = self.folder / "loss.svg"
        page = self.folder / "loss.html"
        self.fit("drawn.safetensors", "--epochs", "3", "--plot", str(plot),
                 "--report", str(page))
        self.assertIn("cross-entropy", plot.read_text())
        text = page.read_text()
        self.assertEqual(text.count("<svg"), 1)
        self.assertIn(">training_loss</th>", text)
        self.assertIn(" --epochs 3 ", text)

    def test_wrong_usage_names_the_option(self):
        for words, arguments in (
                (["--out"], []),
                *((['" is not a value for --' + option + "; valid: "],
                   ["--out", "x", "--" + option, value])
                  for option, value in (
                      ("taps", "6"), ("epochs", "0"), ("batch", "0"),
                      ("patience", "0"), ("learning-rate", "0"),
                      ("validation", "1"), ("seed", "-1")))):
            done = self.ends(judge("fit", *arguments, self.train), 2)
            for word in words:
                self.assertIn(word, done.stderr)

    def test_random_networks_have_no_heads_to_keep(self):
        done = self.ends(judge("fit", "--out", str(self.folder / "no"),
                               "--weights", "random", self.train), 2)
        self.assertIn("random", done.stderr)

    def test_broken_data_and_folders_are_named(self):
        broken = make_triplets(self.folder / "broken", 3, 3)
        (self.folder / "broken" / "judge" / "t001.npy").unlink()
        arguments = ("--out", str(self.folder / "no"), "--weights",
                     str(self.weights))
        done = self.ends(judge("fit", *arguments, broken), 1)
        self.assertIn("t001", done.stderr)
        done = self.ends(judge("fit", "--skip-broken", "--epochs", "1",
                               "--format", "json", *arguments, broken), 0)
        notes = schemas.read("judge", done.stdout)["notes"]
        self.assertIn(f"1 triplets of {broken} left out:", notes)
        self.assertTrue([note for note in notes if "t001" in note])
        self.assertTrue([note for note in notes if "SHA-256" in note])
        [row] = self.says_its_notes_beside_csv(
            notes, "fit", "--skip-broken", "--epochs", "1", *arguments, broken)
        self.assertEqual((row["epoch"], row["best"]), ("1", "best"))
        done = self.ends(judge(
            "fit", "--out", str(self.folder / "none" / "x"), "--weights",
            str(self.weights), "--epochs", "1", self.train), 1)
        self.assertIn("none/x: cannot be written: there is no such folder",
                      done.stderr)
        self.assertFalse((self.folder / "none").exists())

    def test_images_that_are_all_alike_teach_nothing(self):
        alike = stills.triplets(
            self.folder / "alike", {f"t{n}": (9 * n, 9 * n, 9 * n, 1.0)
                                    for n in range(4)}, width=48, height=48)
        out = self.folder / "alike.safetensors"
        done = self.ends(judge("fit", "--out", str(out), "--weights",
                               str(self.weights), alike), 1)
        self.assertIn("nothing to learn", done.stderr)
        self.assertFalse(out.exists())


class Study(Made):
    def test_rows_without_weights_are_left_out_with_the_reason(self):
        done = self.ends(judge(
            "study", "--weights", str(self.weights.parent), "--epochs", "5",
            "--bootstrap", "100", "--format", "json", "--plots",
            str(self.folder / "charts"), "--report",
            str(self.folder / "study.html"), str(self.folder)), 0)
        report = schemas.read("judge", done.stdout)
        rows = {row["model"]: row for row in report["results"]}
        self.assertEqual(set(rows), {"untrained VGG + cosine",
                                     "AlexNet + cosine", "AlexNet + LPIPS"})
        notes = " ".join(report["notes"])
        self.assertIn("left out: VGG", notes)
        self.assertIn("80 triplets to learn from, 20 to test on", notes)
        for row in rows.values():
            self.assertEqual(row["triplets"], 20)
            self.assertLessEqual(row["score_low"], row["score"])
            self.assertGreaterEqual(row["score_high"], row["score"])
        for name in ("accuracy.png", "accuracy.svg", "loss.png", "loss.svg"):
            self.assertGreater((self.folder / "charts" / name).stat().st_size,
                               1000)
        page = (self.folder / "study.html").read_text()
        self.assertEqual(page.count("<svg"), 2)
        self.assertIn("<td>AlexNet + LPIPS</td>", page)
        self.assertIn("left out: VGG", page)

    def test_a_fifth_of_the_triplets_is_for_the_test(self):
        folder = self.folder / "whole"
        make_triplets(folder, 23, 7)
        for seed in ("1", "2"):
            done = self.ends(judge(
                "study", "--weights", str(self.weights.parent), "--epochs",
                "1", "--bootstrap", "0", "--seed", seed, str(folder)), 0)
            self.assertIn("18 triplets to learn from, 5 to test on",
                          done.stdout)

    def test_progress_counts_triplets_and_then_epochs(self):
        seen = on_terminal(
            "study", "--weights", str(self.weights.parent), "--epochs", "1",
            "--bootstrap", "0", str(self.folder))
        steps = re.findall(r"(\d of \d)  .*? (triplets|epochs)", seen)
        # Untrained VGG; of VGG, which has no weights, neither of two; AlexNet.
        self.assertEqual(list(dict.fromkeys(steps)), [
            ("1 of 5", "triplets"), ("2 of 3", "triplets"),
            ("3 of 3", "epochs")])

    def interrupted(self, name, stop):
        """The rows of a study of 16 triplets that gets a signal when it comes
        to the triplet stop for the second time, with AlexNet.

        Files that are pipes hold it where the test wants it, however fast the
        machine is.  They are not images, so their triplets are skipped."""
        folder = self.folder / name
        make_triplets(folder, 16, 6)
        last = folder / "judge/t015.npy"
        judgement = last.read_bytes()
        with Pipe(last) as opening, subprocess.Popen(
                [PROGRAM, "study", "--skip-broken", "--bootstrap", "0",
                 "--weights", str(self.weights.parent), "--format", "json",
                 str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True) as running:
            try:
                opening.wait(running)
                # All images but the last are known to be images by now.
                with Pipe(folder / "ref/t014.png") as first_time:
                    opening.end(judgement)
                    first_time.wait(running)
                    (folder / "ref/t015.png").write_text("no image")
                    with Pipe(folder / f"ref/{stop}.png") as second_time:
                        first_time.end()
                        second_time.wait(running)
                        running.send_signal(signal.SIGINT)
                        second_time.end()
                        out, err = running.communicate(timeout=60)
            except BaseException:
                running.kill()
                raise
        self.assertEqual(running.returncode, 1, err)
        self.assertEqual(err, "perceptual-judge: interrupted; what was "
                         "measured until then is reported\n")
        return schemas.read("judge", out)["results"]

    def test_an_interruption_leaves_the_models_that_are_whole(self):
        [row] = self.interrupted("stopped-early", "t000")
        self.assertEqual(row["model"], "untrained VGG + cosine")
        self.assertIsNotNone(row["score"])

    def test_a_fit_that_is_interrupted_is_no_model(self):
        rows = self.interrupted("stopped-late", "t013")
        self.assertEqual([row["model"] for row in rows],
                         ["untrained VGG + cosine", "AlexNet + cosine"])
        self.assertEqual(rows[0]["triplets"], rows[1]["triplets"])

    def test_random_weights_are_no_trained_ones(self):
        done = self.ends(judge("study", "--weights", "random", self.train), 2)
        self.assertIn("trained weights", done.stderr)

    def test_what_is_broken_is_named(self):
        broken = make_triplets(self.folder / "broken-study", 12, 3)
        (self.folder / "broken-study" / "judge" / "t007.npy").unlink()
        arguments = ("study", "--skip-broken", "--weights",
                     str(self.weights.parent), "--epochs", "1", "--bootstrap",
                     "0", broken)
        done = self.ends(judge(*arguments, "--format", "json"), 0)
        notes = schemas.read("judge", done.stdout)["notes"]
        self.assertIn(f"1 triplets of {broken} left out:", notes)
        self.assertTrue([note for note in notes if "t007" in note])
        self.assertTrue([note for note in notes
                         if note.startswith("weights of AlexNet: ")])
        rows = self.says_its_notes_beside_csv(notes, *arguments)
        self.assertEqual([row["model"] for row in rows], [
            "untrained VGG + cosine", "AlexNet + cosine", "AlexNet + LPIPS"])

    def test_what_one_network_cannot_take_is_left_out_for_all(self):
        """Images of 8 x 8 are enough for VGG and too small for AlexNet."""
        rows = []
        for name, tiny in (("mixed", True), ("rest", False)):
            folder = self.folder / name
            make_triplets(folder, 20, 4)
            for path in folder.glob("*/t0[0-9][03].*"):
                if not tiny:
                    path.unlink()
                elif path.suffix == ".png":
                    stills.png(path, len(path.parent.name) * 9, 8, 8)
            done = self.ends(judge(
                "study", "--skip-broken", "--weights",
                str(self.weights.parent), "--epochs", "3", "--bootstrap", "9",
                "--seed", "3", "--format", "json", str(folder)), 0)
            report = schemas.read("judge", done.stdout)
            rows.append(report["results"])
            self.assertEqual(
                f"4 triplets of {folder} left out:" in report["notes"], tiny)
        self.assertEqual(len(rows[0]), 3)
        self.assertEqual(rows[0], rows[1])

    def test_a_folder_without_parts_is_split_by_the_seed(self):
        runs = [self.ends(judge(
            "study", "--weights", str(self.weights.parent), "--epochs", "2",
            "--bootstrap", "0", "--format", "json", "--seed", seed,
            self.train), 0).stdout for seed in ("1", "1", "2")]
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])


if __name__ == "__main__":
    if "PERCEPTUAL_TEST_SANITIZED" in os.environ:
        tap.skip_all("fits take minutes under sanitizers")
    tap.main()
