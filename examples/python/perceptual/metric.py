# SPDX-License-Identifier: LGPL-2.1-or-later
"""Metric: libperceptual's metrics on NumPy arrays."""

import ctypes
import dataclasses
import os
import re
import threading
import typing
import warnings
import weakref

import numpy

from . import errors, image, library, options as option_values

DEFAULT_METRIC = "mmd-ssim"

# Distorted images in one call of the library, whose memory grows with them.
IMAGES_PER_CALL = 8

# Pairs in one call of the library, which works on many small ones at a time;
# their maps are in memory at the same time.
PAIRS_PER_CALL = 256
MAPS_PER_CALL = 8

SIMILARITY, SYMMETRIC, WEIGHTS, MAP, LUMA, CHANNELS = (1 << i for i in range(6))


@dataclasses.dataclass(frozen=True)
class Option:
    """One option of a metric.  Names have hyphens; as keyword arguments they
    have underscores."""
    name: str
    blurb: str
    default: typing.Any
    choices: typing.Optional[tuple] = None


@dataclasses.dataclass(frozen=True)
class MetricInfo:
    """What a metric is."""
    name: str
    blurb: str
    similarity: bool
    symmetric: bool
    needs_weights: bool
    has_map: bool
    has_channels: bool
    map_maximum: float
    options: typing.Tuple[Option, ...]


@dataclasses.dataclass(frozen=True)
class Result:
    """One comparison.

    taps: what each tap, level or plane contributes; map: None or float32,
    height x width, in the unit of the distance; channels: None or one array
    of float32 for each tap.
    """
    distance: float
    taps: numpy.ndarray
    map: typing.Optional[numpy.ndarray] = None
    channels: typing.Optional[typing.List[numpy.ndarray]] = None


def _option(row):
    choices = None
    if row.choices:
        choices, i = [], 0
        while row.choices[i] is not None:
            choices.append(library.text(row.choices[i]))
            i += 1
        choices = tuple(choices)
    return Option(library.text(row.name), library.text(row.blurb),
                  option_values.default_of(row), choices)


def _info(row):
    flags = row.flags
    return MetricInfo(
        library.text(row.name), library.text(row.blurb),
        bool(flags & SIMILARITY), bool(flags & SYMMETRIC),
        bool(flags & WEIGHTS), bool(flags & MAP), bool(flags & CHANNELS),
        row.map_maximum, tuple(map(_option, library.rows(row.options))))


def metrics():
    """Every metric by its name."""
    rows = library.rows(library.perceptual().perceptual_metrics())
    return {info.name: info for info in map(_info, rows)}


def _free(metric, workers, process):
    # The threads are not there in a process that was forked, and would be
    # waited for.
    if os.getpid() != process:
        return
    if metric:
        library.perceptual().perceptual_metric_free(metric)
    library.perceptual().perceptual_workers_unref(workers)


def _array(pointer, shape):
    """A copy of what the library frees."""
    return numpy.ctypeslib.as_array(pointer, shape=shape).copy()


def _result(raw):
    made_map = channels = None
    if raw.map:
        made_map = _array(raw.map, (raw.map_height, raw.map_width))
    if raw.channels:
        flat = _array(raw.channels, (raw.n_channels,))
        ends = numpy.cumsum(raw.tap_channels[:raw.n_taps])
        channels = numpy.split(flat, ends[:-1])
    return Result(raw.distance, numpy.array(raw.taps[:raw.n_taps]), made_map,
                  channels)


def _is_batch(images):
    return isinstance(images, (list, tuple)) or numpy.ndim(images) == 4


def _single(array):
    array = image.check(array)
    if array.ndim != 3:
        raise errors.ImageError(
            f"An image has three axes; this has the shape {array.shape}")
    return array


def _batch(images):
    if isinstance(images, (list, tuple)):
        if not images:
            raise errors.ImageError("A batch has at least one image")
        return [_single(one) for one in images]
    return list(image.check(images))


class Metric:
    """A metric with its options, its weights and its threads.

    Metric("lpips", backbone="alex")(reference, distorted)

    Options are those that metrics()[name].options lists, with underscores for
    hyphens.  threads: how many work on one comparison, 0 for the number of
    processors; the numbers do not depend on it.  May be used from several
    threads, which then wait for each other, but not in a process that was
    forked after it was made.
    """

    def __init__(self, name=DEFAULT_METRIC, *, threads=0, **options):
        if not isinstance(threads, int) or not 0 <= threads <= 256:
            raise errors.OptionError(
                f"threads is a whole number from 0 to 256, not {threads!r}")
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._metric = None
        workers = library.call("perceptual_workers_new", threads)
        try:
            given = option_values.to_variant(options)
            self._metric = library.call(
                "perceptual_metric_new",
                option_values.encoded("the metric's name", name), given,
                workers)
        finally:
            self._close = weakref.finalize(
                self, _free, self._metric, workers, self._process)
        # At exit the threads end with the process.
        self._close.atexit = False
        note = library.text(
            library.perceptual().perceptual_metric_get_note(self._metric))
        if note is not None:
            warnings.warn(note, stacklevel=2)

    def __repr__(self):
        return f"<perceptual.Metric {self.name!r} {self.options}>"

    @property
    def info(self):
        """What the metric is (a MetricInfo)."""
        found = library.perceptual().perceptual_metric_get_info(self._metric)
        return _info(found.contents)

    @property
    def name(self):
        return self.info.name

    @property
    def options(self):
        """Every option with its value, by the names that metrics() lists."""
        return option_values.from_variant(
            library.perceptual().perceptual_metric_get_options(self._metric))

    @property
    def weights(self):
        """None, or a dict of name, path, sha256 and known of the file."""
        found = library.perceptual().perceptual_metric_get_weights(
            self._metric)
        if not found:
            return None
        return {"name": library.text(found.contents.name),
                "path": library.text(found.contents.path),
                "sha256": library.text(found.contents.sha256),
                "known": bool(found.contents.known)}

    @property
    def arithmetic(self):
        """None without weights, else what the network multiplies with:
        "float32" or, by precision="fast", "bfloat16 (amx)"."""
        return library.text(
            library.perceptual().perceptual_metric_get_arithmetic(
                self._metric))

    def scale(self, width, height):
        """By how much images of that size are made smaller before they are
        measured, as the option scale says."""
        return library.perceptual().perceptual_metric_get_scale(
            self._metric, width, height)

    def _run(self, reference, distorted, flags):
        """Results of one reference with a few distorted images."""
        found, kept = image.views([reference] + distorted)
        return self._measure([found[0]], found[1:], kept, flags)

    def _run_pairs(self, references, distorted, flags):
        """Results of a few pairs."""
        firsts, seconds, kept = [], [], []
        for pair in zip(references, distorted):
            found, arrays = image.views(list(pair))
            firsts.append(found[0])
            seconds.append(found[1])
            kept += arrays
        return self._measure(firsts, seconds, kept, flags)

    def _measure(self, references, distorted, kept, flags):
        """Results of views of what is kept in memory: as many distorted
        images for each reference."""
        if os.getpid() != self._process:
            raise errors.ThreadError(
                "This metric was made before the process was forked, and its "
                "threads are not in this one; make a metric here")
        n = len(distorted)
        views = (library.Image * n)(*distorted)
        raw = (library.Result * n)()
        with self._lock:
            if len(references) == 1:
                library.call("perceptual_metric_compare", self._metric,
                             references[0], views, n, flags, raw)
            else:
                library.call(
                    "perceptual_metric_compare_many", self._metric,
                    (library.Image * len(references))(*references),
                    len(references), views, n // len(references), flags, raw)
        del kept
        try:
            return [_result(one) for one in raw]
        finally:
            for one in raw:
                library.perceptual().perceptual_result_clear(
                    ctypes.byref(one))

    def _pairs(self, references, distorted, flags):
        """Results of two batches, or of a batch with one image."""
        if not _is_batch(references):
            one = _single(references)
            others = _batch(distorted)
            results = []
            for i in range(0, len(others), IMAGES_PER_CALL):
                results += self._run(one, others[i:i + IMAGES_PER_CALL],
                                     flags)
            return results
        references = _batch(references)
        if _is_batch(distorted):
            distorted = _batch(distorted)
        else:
            distorted = [_single(distorted)] * len(references)
        if len(references) != len(distorted):
            raise errors.ImageError(
                f"A batch of {len(references)} references cannot be compared "
                f"with one of {len(distorted)} distorted images")
        step = (MAPS_PER_CALL if flags & library.COMPARE_MAP
                else PAIRS_PER_CALL)
        results = []
        for i in range(0, len(references), step):
            try:
                results += self._run_pairs(references[i:i + step],
                                           distorted[i:i + step], flags)
            except errors.Error as error:
                # The library counts from the first one that it was given.
                raise type(error)(re.sub(
                    r"^reference (\d+): ",
                    lambda m: f"reference {int(m[1]) + i}: ",
                    str(error))) from None
        return results

    def compare(self, reference, distorted, *, map=False, channels=False):
        """A Result, or a list of them where either is a batch.

        An image is an array of uint8 or uint16, height x width x 3; a batch
        is an array of one axis more, or a list of images, which may differ in
        size.  One reference with a batch is looked at once.
        """
        flags = (map and library.COMPARE_MAP) | (
            channels and library.COMPARE_CHANNELS)
        if _is_batch(reference) or _is_batch(distorted):
            return self._pairs(reference, distorted, flags)
        return self._run(_single(reference), [_single(distorted)], flags)[0]

    def __call__(self, reference, distorted):
        """The distance: a float, or an array of one for each pair where
        either is a batch (see compare)."""
        found = self.compare(reference, distorted)
        if isinstance(found, list):
            return numpy.array([result.distance for result in found])
        return found.distance

    def map(self, reference, distorted):
        """The distance map: float32, height x width, or a list of them where
        either is a batch."""
        found = self.compare(reference, distorted, map=True)
        if isinstance(found, list):
            return [result.map for result in found]
        return found.map
