# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Python package: its numbers against a program in C, what it takes and
refuses, files, the page about it, and the example that reads messages.

usage: package.py RAW-DISTANCES PERCEPTUAL-COMPARE LIBRARY
"""

import gc
import hashlib
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import clips
import tap

ROOT = pathlib.Path(__file__).resolve().parents[3]
SOURCE = ROOT / "examples" / "python"

try:
    import numpy
except ImportError:
    tap.skip_all("there is no python3-numpy")
if "PERCEPTUAL_TEST_SANITIZED" in os.environ:
    # The library of such a build does not load into a program without them.
    tap.skip_all("sanitizers are on")

RAW_DISTANCES, COMPARE, LIBRARY = map(os.path.abspath, sys.argv[1:4])
del sys.argv[1:]
os.environ["PERCEPTUAL_LIBRARY"] = LIBRARY
sys.path.insert(0, str(SOURCE))
sys.dont_write_bytecode = True

import perceptual  # noqa: E402
import perceptual.image  # noqa: E402
import perceptual.library  # noqa: E402

WIDTH, HEIGHT = 83, 61

# Random weights: no file is needed.
METRICS = [("mmd-ssim", {}), ("mmd", {"exact": True}), ("mmd++", {}),
           ("cnn-kernel", {"features": 64}), ("psnr", {"all_planes": True}),
           ("ssim", {}), ("l2", {}),
           ("cosine", {"backbone": "squeeze", "weights": "random"}),
           ("lpips", {"backbone": "alex", "weights": "random",
                      "heads": "none"}),
           ("dps", {"backbone": "squeeze", "weights": "random", "seed": 3})]


def picture(seed, dtype=numpy.uint8, height=HEIGHT, width=WIDTH, channels=3):
    """Waves, edges and some noise."""
    rng = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[:height, :width]
    waves = 128 + 60 * numpy.sin(x / 9)[..., None] * numpy.cos(
        y[..., None] / 13 + numpy.arange(channels))
    noisy = waves + 8 * seed * rng.standard_normal(waves.shape)
    top = numpy.iinfo(dtype).max
    return numpy.round(numpy.clip(noisy / 255, 0, 1) * top).astype(dtype)


def in_c(name, options, a, b):
    """Distance, taps and the map's checksum that a program in C gets."""
    with tempfile.NamedTemporaryFile() as file:
        for image in (a, b):
            wide = numpy.zeros(image.shape[:2] + (4,), image.dtype)
            wide[..., :3] = image
            file.write(wide.tobytes())
        file.flush()
        words = [f"{key.replace('_', '-')}={str(value).lower()}"
                 for key, value in options.items()]
        lines = subprocess.run(
            [RAW_DISTANCES, file.name, str(a.dtype.itemsize * 8),
             str(a.shape[1]), str(a.shape[0]), name, *words],
            check=True, capture_output=True, text=True).stdout.split()
    maps = [line for line in lines if len(line) == 64]
    numbers = [float.fromhex(line) for line in lines if len(line) != 64]
    return numbers[0], numbers[1:], maps


class Numbers(unittest.TestCase):
    def test_they_are_those_of_c_to_the_bit(self):
        for dtype in (numpy.uint8, numpy.uint16):
            a, b = picture(1, dtype), picture(2, dtype)
            for name, options in METRICS:
                with self.subTest(name, dtype=dtype):
                    distance, taps, maps = in_c(name, options, a, b)
                    metric = perceptual.Metric(name, **options)
                    result = metric.compare(a, b, map=metric.info.has_map)
                    self.assertNotEqual(distance, 0)
                    self.assertEqual(result.distance, distance)
                    self.assertEqual(list(result.taps), taps)
                    self.assertEqual(metric(a, b), distance)
                    found = [] if result.map is None else [
                        hashlib.sha256(result.map.tobytes()).hexdigest()]
                    self.assertEqual(found, maps)

    def test_identical_images_are_at_0(self):
        self.assertEqual(perceptual.Metric()(picture(1), picture(1)), 0)
        self.assertEqual(perceptual.Metric("psnr")(picture(1), picture(1)),
                         float("inf"))

    def test_threads_do_not_change_them(self):
        a, b = picture(1), picture(3)
        self.assertEqual(len({perceptual.Metric(threads=n)(a, b)
                              for n in (0, 1, 2, 5)}), 1)

    def test_channels_are_listed_tap_by_tap(self):
        metric = perceptual.Metric("lpips", backbone="alex", weights="random",
                                   heads="none")
        result = metric.compare(picture(1), picture(2), channels=True)
        self.assertEqual([len(tap) for tap in result.channels],
                         [64, 192, 384, 256, 256])
        for tap, channels in zip(result.taps, result.channels):
            self.assertAlmostEqual(channels.sum(dtype=float) / tap, 1, 5)


class Arrays(unittest.TestCase):
    def setUp(self):
        self.metric = perceptual.Metric()
        self.a, self.b = picture(1), picture(2)
        self.right = self.metric(self.a, self.b)

    def address_of(self, array, other=None):
        found, kept = perceptual.image.views(
            [array, array if other is None else other])
        return found[0].data, kept[0]

    def test_three_samples_of_eight_bits_are_read_where_they_are(self):
        big = picture(1, height=90, width=120)
        for array in (self.a, big, big[5:70, 7:90], big[::2], big[:1],
                      big[:, :1]):
            address, kept = self.address_of(array)
            self.assertEqual(address, array.ctypes.data)
            self.assertIs(kept, array)

    def test_the_first_three_of_four_samples_are_read_where_they_are(self):
        for dtype in (numpy.uint8, numpy.uint16):
            wide = picture(1, dtype, channels=4)
            address, _ = self.address_of(wide[..., :3])
            self.assertEqual(address, wide.ctypes.data)

    def test_layouts_give_the_same_number(self):
        a, b = self.a, self.b
        wide = numpy.zeros(a.shape[:2] + (4,), numpy.uint8)
        wide[..., :3] = a
        padded = numpy.zeros((HEIGHT + 3, WIDTH + 9, 3), numpy.uint8)
        padded[2:-1, 5:-4] = a
        shifted = numpy.zeros(a.size + 1, numpy.uint8)[1:].reshape(a.shape)
        shifted[:] = a
        for array in (wide[..., :3], padded[2:-1, 5:-4], shifted,
                      numpy.asfortranarray(a), a[::-1][::-1],
                      a[:, ::-1].copy()[:, ::-1],
                      a[..., ::-1].copy()[..., ::-1]):
            with self.subTest(array.strides):
                self.assertEqual(self.metric(array, b), self.right)
                self.assertEqual(self.metric(array, array), 0)

    def test_read_only_arrays_are_compared(self):
        self.a.setflags(write=False)
        self.assertEqual(self.metric(self.a, self.b), self.right)

    def test_byte_order_is_heeded(self):
        a, b = picture(1, numpy.uint16), picture(2, numpy.uint16)
        swapped = a.astype(a.dtype.newbyteorder())
        self.assertEqual(self.metric(swapped, b), self.metric(a, b))

    def test_arrays_are_not_changed(self):
        before = self.a.copy()
        self.metric(self.a, self.b)
        self.assertTrue((before == self.a).all())

    def test_what_is_no_image_is_refused_with_advice(self):
        a = self.a
        for array, advice in (
                (a / 255, "255"), (a[..., 0], "stack"),
                (picture(1, channels=4), "alpha"),
                (numpy.moveaxis(a, -1, 0), "channels last"),
                (a.astype(numpy.int32), "uint8"), (a > 3, "uint8"),
                (a[:0], "empty"), ("text", "uint8"), (None, "uint8")):
            with self.assertRaisesRegex(perceptual.ImageError, advice):
                self.metric(array, a)
            with self.assertRaises(ValueError):
                self.metric(a, array)

    def test_eight_and_sixteen_bits_are_not_compared(self):
        with self.assertRaisesRegex(perceptual.ImageError, "257"):
            self.metric(self.a, picture(1, numpy.uint16))


class Batches(unittest.TestCase):
    def setUp(self):
        self.metric = perceptual.Metric()
        self.images = [picture(seed) for seed in range(1, 12)]
        self.alone = [self.metric(self.images[0], image)
                      for image in self.images]

    def test_one_reference_with_many(self):
        for batch in (self.images, numpy.stack(self.images)):
            found = self.metric(self.images[0], batch)
            self.assertEqual(found.dtype, float)
            self.assertEqual(list(found), self.alone)

    def test_pair_by_pair(self):
        stack = numpy.stack(self.images)
        found = self.metric(stack, stack[::-1])
        self.assertEqual(found.shape, (11,))
        self.assertEqual(found[5], 0)
        self.assertEqual(found[0], self.alone[-1])

    def test_pairs_of_a_network_are_those_of_one_at_a_time(self):
        metric = perceptual.Metric("cosine", backbone="squeeze",
                                   weights="random", scale=.5)
        images = [image[:40 + i % 2 * 8] for i, image
                  in enumerate(self.images)]
        others = [255 - image for image in images]
        self.assertEqual(metric.options["scale"], "0.5")
        self.assertEqual(metric.scale(40, 40), .5)
        self.assertEqual(list(metric(images, others)),
                         [metric(*pair) for pair in zip(images, others)])
        images[7] = others[7] = images[7][:8]
        with self.assertRaisesRegex(perceptual.SizeError, "^reference 7: "):
            metric(images, others)

    def test_many_references_with_one(self):
        found = self.metric(self.images, self.images[0])
        self.assertEqual(len(found), 11)
        self.assertEqual(found[0], 0)
        self.assertGreater(found[1], 0)

    def test_sizes_may_differ_in_a_list(self):
        pairs = [(picture(1, width=w), picture(2, width=w)) for w in (40, 77)]
        found = self.metric(*zip(*pairs))
        self.assertEqual(list(found), [self.metric(a, b) for a, b in pairs])

    def test_maps_come_as_a_list(self):
        maps = self.metric.map(self.images[0], self.images[:3])
        self.assertEqual([m.shape for m in maps], [(HEIGHT, WIDTH)] * 3)
        self.assertEqual(maps[0].max(), 0)
        self.assertGreater(maps[2].mean(), maps[1].mean())

    def test_batches_that_do_not_fit_are_refused(self):
        with self.assertRaisesRegex(perceptual.ImageError, "2.*3"):
            self.metric(self.images[:2], self.images[:3])
        with self.assertRaisesRegex(perceptual.ImageError, "at least one"):
            self.metric(self.images[0], [])


class Metrics(unittest.TestCase):
    def test_options_are_those_of_the_tables(self):
        metric = perceptual.Metric("lpips", backbone="squeeze", heads="none",
                                   weights="random", channel_norm=False,
                                   taps=[1, 2])
        self.assertEqual(metric.options["backbone"], "squeeze")
        self.assertIs(metric.options["channel-norm"], False)
        self.assertEqual(metric.weights["name"], "random")
        self.assertEqual(set(metric.options), {
            option.name for option in perceptual.metrics()["lpips"].options})
        self.assertIsNone(perceptual.Metric("l2").weights)

    def test_the_tables_are_told(self):
        table = perceptual.metrics()
        self.assertIn(perceptual.DEFAULT_METRIC, table)
        backbone = [option for option in table["lpips"].options
                    if option.name == "backbone"][0]
        self.assertEqual(backbone.choices, ("alex", "squeeze", "vgg"))
        self.assertTrue(table["psnr"].similarity)
        self.assertFalse(table["mmd-ssim"].needs_weights)
        self.assertEqual(perceptual.library_version(), perceptual.__version__)

    def test_errors_have_the_librarys_words(self):
        cases = [
            (perceptual.MetricError, "mmd-ssim", ("sharpness",), {}),
            (perceptual.MetricError, "mmd-ssim", ("",), {}),
            (perceptual.OptionError, "alex, squeeze, vgg", ("lpips",),
             {"backbone": "resnet"}),
            (perceptual.OptionError, "has no option colour", ("l2",),
             {"colour": "red"}),
            (perceptual.OptionError, "has no option backbone", ("l2",),
             {"backbone": "vgg"}),
            (perceptual.OptionError, "character 0", ("lpips",),
             {"backbone": "alex\0"}),
            (perceptual.OptionError, "character 0", ("l2\0",), {}),
            (perceptual.OptionError, "256", (), {"threads": 300}),
            (perceptual.OptionError, "256", (), {"threads": -1}),
            (perceptual.WeightsNotFoundError, "/no/such/file", ("lpips",),
             {"weights": "/no/such/file"}),
        ]
        for kind, words, names, options in cases:
            with self.subTest(names=names, options=options):
                with self.assertRaisesRegex(kind, words):
                    perceptual.Metric(*names, **options)
        a = picture(1)
        with self.assertRaisesRegex(perceptual.UnsupportedError, "no distance"):
            perceptual.Metric("psnr").map(a, a)
        with self.assertRaisesRegex(perceptual.ImageError, "83x61.*40x61"):
            perceptual.Metric()(a, a[:, :40])
        with self.assertRaisesRegex(perceptual.SizeError, "smallest"):
            perceptual.Metric("ms-ssim")(a[:2, :2], a[:2, :2])

    def test_several_threads_may_share_one(self):
        metric, found = perceptual.Metric(threads=2), []
        images = [picture(seed, width=200) for seed in range(1, 5)]
        right = [metric(images[0], image) for image in images]

        def work(i):
            found.append([metric(images[0], images[i]) == right[i]
                          for _ in range(20)])

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [[True] * 20] * 4)

    def test_a_forked_process_is_told_instead_of_waiting(self):
        metric = perceptual.Metric(threads=2)
        a = picture(1)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                metric(a, a)
            except perceptual.ThreadError:
                del metric
                gc.collect()
                code = 0
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(metric(a, a), 0)

    def test_metrics_that_are_let_go_leave_no_threads(self):
        def count():
            return len(os.listdir("/proc/self/task"))

        perceptual.Metric(threads=2)
        gc.collect()
        before = count()
        for _ in range(5):
            perceptual.Metric(threads=4)(picture(1), picture(2))
        gc.collect()
        self.assertEqual(count(), before)


class InAFolder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def run_python(self, *arguments, **more):
        env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1",
                   PATH=f"{pathlib.Path(COMPARE).parent}:{os.environ['PATH']}",
                   **more)
        return subprocess.run([sys.executable, *arguments], cwd=self.path,
                              env=env, capture_output=True, text=True,
                              timeout=120)


class Machine(InAFolder):
    def test_fast_that_is_exact_on_this_machine_is_a_warning(self):
        make = ("import perceptual; print(perceptual.Metric('lpips', "
                "weights='random', heads='none', precision='%s').arithmetic)")
        for precision, kernels, arithmetic, told in (
                ("fast", "c", "float32", 1), ("fast", "amx", "bfloat16", 0),
                ("exact", "c", "float32", 0)):
            done = self.run_python("-c", make % precision,
                                   PYTHONPATH=str(SOURCE),
                                   PERCEPTUAL_KERNELS=kernels)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(arithmetic, done.stdout)
            self.assertEqual(done.stderr.count("UserWarning: This CPU"), told,
                             done.stderr)


class Files(InAFolder):
    def setUp(self):
        super().setUp()
        self.reference = clips.y4m(self.path / "a.y4m", [100] * 5)
        self.distorted = clips.y4m(self.path / "b.y4m", [100, 90, 100, 60,
                                                         100])

    def compare(self, *files, **options):
        return perceptual.compare(*files, program=COMPARE, timeout=100,
                                  **options)

    def test_the_report_is_that_of_perceptual_compare(self):
        report = self.compare(self.reference, self.distorted, metric="l2",
                              also=["psnr", "ssim"])
        self.assertEqual(report["metric"], "l2")
        result = report["results"][0]
        self.assertEqual(result["pairs"], 5)
        self.assertEqual(result["worst"]["index"], 3)
        self.assertEqual(set(result["also"]), {"psnr", "ssim"})
        self.assertGreater(result["mean"], 0)

    def test_options_are_given_as_the_program_takes_them(self):
        report = self.compare(self.reference, self.distorted, metric="l2",
                              threads=(1, 2), stall=None, list_metrics=None,
                              jitter=False, interval=2)
        self.assertEqual(report["results"][0]["measured"], 3)
        with self.assertRaises(perceptual.CompareError):
            # Prints something else than a report.
            self.compare(self.reference, self.distorted, version=...)

    def test_a_limit_that_is_passed_is_no_exception(self):
        report = self.compare(self.reference, self.distorted, fail_above=0)
        self.assertEqual(report["results"][0]["pairs"], 5)

    def test_what_it_refuses_is_an_exception_in_its_words(self):
        with self.assertRaisesRegex(perceptual.CompareError,
                                    "missing.mkv") as caught:
            self.compare(self.reference, "missing.mkv")
        self.assertEqual(caught.exception.exit_code, 1)
        with self.assertRaisesRegex(perceptual.CompareError,
                                    "colour") as caught:
            self.compare(self.reference, self.distorted, colour="red")
        self.assertEqual(caught.exception.exit_code, 2)
        with self.assertRaisesRegex(perceptual.CompareError, "no program"):
            perceptual.compare("a", "b", program="/no/such/program")
        with self.assertRaisesRegex(perceptual.CompareError, "0.001 sec"):
            perceptual.compare(self.reference, self.distorted,
                               program=COMPARE, timeout=.001)
        with self.assertRaises(perceptual.OptionError):
            self.compare(self.reference)

    def test_names_that_begin_with_hyphens_are_files(self):
        shutil.copy(self.distorted, self.path / "--version")
        done = self.run_python(
            "-c", "import perceptual; print(perceptual.compare('a.y4m', "
            "'--version', metric='l2')['results'][0]['pairs'])",
            PYTHONPATH=str(SOURCE))
        self.assertEqual((done.stdout, done.stderr), ("5\n", ""))

    def test_the_example_prints_every_message(self):
        try:
            import gi
            gi.require_version("Gst", "1.0")
        except (ImportError, ValueError):
            self.skipTest("there is no python3-gi or gir1.2-gstreamer-1.0")
        done = self.run_python(str(SOURCE / "messages.py"), self.reference,
                               self.distorted, "metric=l2")
        lines = done.stdout.splitlines()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len(lines), 6)
        times = [float(line.split()[0]) for line in lines[:5]]
        self.assertEqual(times, [0, .04, .08, .12, .16])
        distances = [float(line.split()[2]) for line in lines[:5]]
        self.assertEqual([d > 0 for d in distances],
                         [False, True, False, True, False])
        mean = self.compare(self.reference, self.distorted,
                            metric="l2")["results"][0]["mean"]
        self.assertEqual(lines[5], f"5 pairs, mean {mean:.9g}")

    def test_the_example_fails_where_a_file_is_missing(self):
        try:
            import gi
            gi.require_version("Gst", "1.0")
        except (ImportError, ValueError):
            self.skipTest("there is no python3-gi or gir1.2-gstreamer-1.0")
        done = self.run_python(str(SOURCE / "messages.py"), self.reference,
                               "missing.mkv")
        self.assertEqual(done.returncode, 1)
        self.assertIn("missing.mkv", done.stderr)


class Page(InAFolder):
    def test_the_pages_examples_run(self):
        clips.y4m(self.path / "reference.mkv", [100] * 5)
        clips.y4m(self.path / "low.mkv", [60] * 5)
        clips.y4m(self.path / "high.mkv", [90] * 5)
        page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
        self.assertEqual(len(blocks), 6)
        done = self.run_python("-c", "".join(blocks), PYTHONPATH=str(SOURCE))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertGreater(float(lines[0]), 0)
        self.assertIn("low.mkv", lines[-3])
        self.assertIn("alex, squeeze, vgg", lines[-1])
        self.assertRegex(done.stdout, r"\nmost different at \d+ \d+\n")


class Installed(InAFolder):
    def test_pip_installs_it(self):
        if not all(map(importlib.util.find_spec, ("pip", "setuptools"))):
            self.skipTest("there is no python3-pip or python3-setuptools")
        shutil.copytree(SOURCE, self.path / "source")
        done = self.run_python(
            "-m", "pip", "--disable-pip-version-check", "install", "--quiet",
            "--no-index", "--no-deps", "--no-build-isolation", "--target",
            str(self.path / "there"), str(self.path / "source"),
            PIP_ROOT_USER_ACTION="ignore")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.run_python(
            "-c", "import perceptual; print(perceptual.__file__, "
            "perceptual.library_version())",
            PYTHONPATH=str(self.path / "there"))
        self.assertEqual(
            done.stdout,
            f"{self.path}/there/perceptual/__init__.py 0.1.0\n", done.stderr)

    def test_without_the_library_the_exception_says_what_to_do(self):
        done = self.run_python(
            "-c", "import perceptual\ntry:\n perceptual.Metric()\n"
            "except ImportError as error: print(error)",
            PYTHONPATH=str(SOURCE), PERCEPTUAL_LIBRARY="/no/such.so")
        self.assertIn("/no/such.so", done.stdout)
        self.assertIn("PERCEPTUAL_LIBRARY", done.stdout)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_version_is_that_of_the_project(self):
        for path, pattern in (("meson.build", r"version: '([\d.]+)'"),
                              ("examples/python/pyproject.toml",
                               r'version = "([\d.]+)"')):
            text = (ROOT / path).read_text(encoding="utf-8")
            self.assertEqual(re.search(pattern, text).group(1),
                             perceptual.__version__)


if __name__ == "__main__":
    sys.exit(tap.main())
