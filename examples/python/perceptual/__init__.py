# SPDX-License-Identifier: LGPL-2.1-or-later
"""How different do two images, or two videos, look?

Metric compares NumPy arrays by libperceptual, the C library of gst-perceptual;
compare() runs perceptual-compare on files.  0 means identical, higher means
more different (psnr, ssim and ms-ssim keep their own scales).
"""

from .errors import (CancelledError, CompareError, Error, ImageError,
                     LibraryError, MetricError, NoMemoryError, OptionError,
                     SizeError, ThreadError, UnsupportedError,
                     WeightsInvalidError, WeightsNotFoundError)
from .files import compare
from .library import kernel_level, library_version
from .metric import DEFAULT_METRIC, Metric, MetricInfo, Option, Result, metrics

__all__ = [
    "CancelledError", "CompareError", "DEFAULT_METRIC", "Error", "ImageError",
    "LibraryError", "Metric", "MetricError", "MetricInfo", "NoMemoryError",
    "Option", "OptionError", "Result", "SizeError", "ThreadError",
    "UnsupportedError", "WeightsInvalidError", "WeightsNotFoundError",
    "compare", "kernel_level", "library_version", "metrics",
]
__version__ = "0.1.0"
