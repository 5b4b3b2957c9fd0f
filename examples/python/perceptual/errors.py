# SPDX-License-Identifier: LGPL-2.1-or-later
"""What goes wrong, in the library's own words, as exceptions."""


class Error(Exception):
    """Whatever the library or perceptual-compare refuses or fails at."""


class LibraryError(Error, ImportError):
    """The C library was not found, or is not the one that this is for."""


class MetricError(Error, ValueError):
    """There is no metric of that name; the text lists them."""


class OptionError(Error, ValueError):
    """An option that the metric does not have, or not with that value."""


class ImageError(Error, ValueError):
    """Images that contradict each other, such as in size."""


class SizeError(Error, ValueError):
    """Smaller or larger than the metric takes; the text has the bound."""


class WeightsNotFoundError(Error, FileNotFoundError):
    """There is no file of weights; the text says how to get one."""


class WeightsInvalidError(Error, ValueError):
    """A file of weights that is broken, or made for another network."""


class UnsupportedError(Error, ValueError):
    """What the metric cannot do, such as a distance map."""


class NoMemoryError(Error, MemoryError):
    """There is no memory for images of this size."""


class ThreadError(Error, RuntimeError):
    """The system refused to start a thread."""


class CancelledError(Error, RuntimeError):
    """The comparison was cancelled."""


class CompareError(Error, RuntimeError):
    """perceptual-compare failed.

    exit_code is that of the program (None where it did not run to its end),
    report what it had measured by then, or None.
    """

    def __init__(self, message, exit_code=None, report=None):
        super().__init__(message)
        self.exit_code = exit_code
        self.report = report


# In the order of the C library's PerceptualError.
BY_CODE = (MetricError, OptionError, ImageError, SizeError,
           WeightsNotFoundError, WeightsInvalidError, UnsupportedError,
           NoMemoryError, ThreadError, CancelledError)
