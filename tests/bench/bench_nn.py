# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bench-nn counts, and that its columns fit together; never how fast it
is.

usage: bench_nn.py PATH-OF-BENCH-NN
"""

import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "cli"))
import tap  # noqa: E402

BENCH = None
FLOAT = 4
PAIR = 2


def bench(*arguments):
    return subprocess.run([BENCH, "--runs", "1", *arguments],
                          capture_output=True, text=True, timeout=280)


@functools.lru_cache(maxsize=None)
def report(*arguments):
    """What it says of a pair of images, 64x64 unless the arguments say another,
    and its rows by layer."""
    done = bench("--size", "64x64", "--format", "json", *arguments)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    whole = json.loads(done.stdout)
    return whole, {row["layer"]: row for row in whole["results"]}


def direct(inputs, outputs, size, side):
    return PAIR * 2 * inputs * outputs * size ** 2 * side ** 2


def tiled(inputs, outputs, points, tiles):
    return PAIR * 2 * inputs * outputs * points * tiles


class Counts(unittest.TestCase):
    def close(self, a, b):
        self.assertAlmostEqual(a, b, delta=1e-9 * max(abs(a), abs(b)))

    def test_operations_of_alex_are_those_of_its_table(self):
        _, rows = report("--network", "alex")
        # 64 pixels, 15 after the first filter of 11 by steps of 4 with a
        # border of 2, then pools of 3 by steps of 2: 7 and 3.
        self.close(rows["1"]["direct_gflop"], direct(3, 64, 11, 15) / 1e9)
        # Folded by 4: 3 x 3 on 48 channels, 16 tiles of 4, of 6 x 6 points.
        self.close(rows["1"]["gflop"], tiled(48, 64, 36, 16) / 1e9)
        # 7 pixels are two tiles of 4, of 8 x 8 points each.
        self.close(rows["3"]["direct_gflop"], direct(64, 192, 5, 7) / 1e9)
        self.close(rows["3"]["gflop"], tiled(64, 192, 64, 4) / 1e9)
        self.assertEqual(rows["2"]["gflop"], 0)
        self.close(rows["all"]["direct_gflop"], (
            direct(3, 64, 11, 15) + direct(64, 192, 5, 7)
            + direct(192, 384, 3, 3) + direct(384, 256, 3, 3)
            + direct(256, 256, 3, 3)) / 1e9)

    def test_bytes_of_alex_are_input_output_and_filters(self):
        _, rows = report("--network", "alex")
        # What 15 outputs of 3 read is 17 folded pixels.
        self.close(rows["0"]["mb"], PAIR * (
            64 ** 2 * 4 + 17 ** 2 * 48 * FLOAT) / 1e6)
        self.close(rows["1"]["mb"], FLOAT * (
            PAIR * (17 ** 2 * 48 + 15 ** 2 * 64) + 36 * 48 * 64) / 1e6)
        self.close(rows["2"]["mb"],
                   FLOAT * PAIR * (15 ** 2 + 7 ** 2) * 64 / 1e6)
        # Nothing reads what the last one puts out; one tile of 3, 25 points.
        self.close(rows["7"]["mb"], FLOAT * (
            PAIR * 3 ** 2 * 256 + 25 * 256 * 256) / 1e6)

    def test_squeezing_counts_to_the_layer_before_it(self):
        _, rows = report("--network", "squeeze")
        # 31 pixels after the first layer, 15 after the pool, which its jobs
        # do; 15 of the next fire modules, 7 after their pool.
        self.close(rows["1"]["gflop"], (
            direct(3, 64, 3, 31) + direct(64, 16, 1, 15)) / 1e9)
        self.close(rows["1"]["mb"], FLOAT * (
            PAIR * (64 ** 2 * 3 + 15 ** 2 * 16) + 9 * 3 * 64 + 64 * 16) / 1e6)
        self.close(rows["5"]["gflop"], direct(128, 32, 1, 7) / 1e9)
        self.close(rows["5"]["mb"], FLOAT * (
            PAIR * (15 ** 2 * 128 + 7 ** 2 * 32) + 128 * 32) / 1e6)
        self.close(rows["3"]["direct_gflop"], (
            direct(16, 64, 3, 15) + direct(16, 64, 1, 15)
            + direct(128, 16, 1, 15)) / 1e9)

    def test_a_pool_within_tiles_counts_to_the_layer_before_it(self):
        _, rows = report("--network", "vgg")
        self.assertEqual([name for name in rows if name != "all"], [
            "0", "1", "2", "4", "5", "7", "8", "9", "11", "12", "13", "15",
            "16", "17"])
        # Tiles of 6, of 8 x 8 points.
        self.close(rows["2"]["mb"], FLOAT * (
            PAIR * (64 ** 2 + 32 ** 2) * 64 + 64 * 64 * 64) / 1e6)
        # Filters that each job transforms are read as they are.
        self.close(rows["16"]["mb"], FLOAT * (
            PAIR * 2 * 4 ** 2 * 512 + 3 ** 2 * 512 * 512) / 1e6)

    def test_a_pool_over_tiles_counts_to_the_layer_before_it(self):
        # Wide enough: 99 columns and 15 rows of fire modules are more than 7
        # tiles of 6, and so are the 49 and 7 that are left of them.
        _, rows = report("--network", "squeeze", "--size", "400x64")
        self.assertEqual(list(rows), [
            "0", "1", "3", "4", "6", "7", "9", "10", "11", "12", "all"])
        self.close(rows["4"]["mb"], FLOAT * (
            PAIR * (99 * 15 * 16 + 49 * 7 * 32)
            + 64 * 16 * 64 + 16 * 64 + 128 * 32) / 1e6)

    def test_the_columns_of_a_row_fit_together(self):
        for network in "alex", "squeeze", "vgg":
            whole, rows = report("--network", network)
            peak = whole["peak_gflop_s"]
            memory = max(whole["read_gb_s"], whole["copied_gb_s"])
            self.assertGreater(min(peak, memory, whole["sgemm_gflop_s"]), 0)
            for name, row in rows.items():
                with self.subTest(network=network, layer=name):
                    self.assertGreater(row["ms"], 0)
                    self.close(row["gflop_s"], row["gflop"] / row["ms"] * 1e3)
                    self.close(row["gb_s"], row["mb"] / row["ms"])
                    self.close(row["flop_byte"],
                               row["gflop"] / row["mb"] * 1e3)
                    self.close(row["of_peak"], row["gflop_s"] / peak)
                    if name == "all":
                        continue
                    # Beside the edge of the roof either is right.
                    if abs(row["flop_byte"] * memory / peak - 1) > 1e-9:
                        self.assertEqual(
                            row["bound"], "compute"
                            if row["flop_byte"] > peak / memory else "memory")
                    self.close(row["of_bound"], max(
                        row["gflop"] / peak * 1e3, row["mb"] / memory)
                        / row["ms"])

    def test_the_last_row_is_the_sum_of_the_others(self):
        whole, rows = report("--network", "squeeze")
        rows = dict(rows)
        total = rows.pop("all")
        self.assertEqual(list(rows), [str(i) for i in range(13) if i != 2])
        for column in "ms", "gflop", "direct_gflop", "mb":
            self.close(total[column],
                       sum(row[column] for row in rows.values()))
        self.assertGreaterEqual(whole["best_run_ms"], .999 * total["ms"])

    def test_fast_numbers_have_half_the_bytes(self):
        # Computed one by one where the CPU has no such products.
        with unittest.mock.patch.dict(os.environ, PERCEPTUAL_KERNELS="amx"):
            _, exact = report("--network", "alex")
            _, rows = report("--network", "alex", "--precision", "fast")
        self.close(rows["2"]["mb"], exact["2"]["mb"] / 2)
        # Without tiles.
        self.close(rows["3"]["mb"], FLOAT / 2 * (
            PAIR * 7 ** 2 * (64 + 192) + 64 * 192 * 5 ** 2) / 1e6)
        self.close(rows["3"]["gflop"], rows["3"]["direct_gflop"])


class Outputs(unittest.TestCase):
    def test_text_has_a_line_for_each_layer(self):
        done = bench("--size", "64x64", "--network", "alex", "--threads", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertRegex(lines[0], "^alex 64x64, 2 threads, ")
        self.assertRegex(lines[1], "^peak [0-9]+ GFLOP/s ")
        self.assertEqual([line.split()[0] for line in lines[2:12]],
                         ["layer", *map(str, range(8)), "all"])

    def test_the_chart_has_layers_and_roof(self):
        with tempfile.TemporaryDirectory() as folder:
            chart = pathlib.Path(folder) / "roof.svg"
            done = bench("--size", "64x64", "--network", "squeeze",
                         "--chart", str(chart))
            self.assertEqual(done.returncode, 0, done.stderr)
            text = chart.read_text()
            for words in ("squeeze 64x64, 1 threads", "this machine",
                          "convolution", "fire module", "pool that squeezes",
                          "GFLOP/s"):
                self.assertIn(words, text)

    def test_a_chart_that_cannot_be_written_is_an_error(self):
        done = bench("--size", "64x64", "--chart", "/nowhere/roof.svg")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nowhere/roof.svg", done.stderr)

    def test_wrong_options_are_told(self):
        for arguments, words in (
                (["--network", "resnet"], "alex, squeeze or vgg"),
                (["--size", "64"], "WIDTHxHEIGHT"),
                (["--size", "64x64x3"], "WIDTHxHEIGHT"),
                (["--precision", "quick"], "exact or fast"),
                (["--format", "xml"], "text or json"),
                (["--threads", "0"], "1 to 256"),
                (["--runs", "0"], "at least 1")):
            with self.subTest(arguments):
                done = bench(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn(words, done.stderr)

    def test_images_that_are_too_small_are_an_error(self):
        done = bench("--size", "30x64", "--network", "alex")
        self.assertEqual(done.returncode, 1)
        self.assertIn("31x31", done.stderr)


if __name__ == "__main__":
    BENCH = sys.argv[1]
    tap.main()
