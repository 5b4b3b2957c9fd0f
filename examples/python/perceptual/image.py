# SPDX-License-Identifier: LGPL-2.1-or-later
"""From arrays to what the library reads, without a copy wherever the samples
of a pixel lie side by side."""

import numpy

from . import errors, library


def _refuse(array):
    got = f"an array of {array.dtype}, shape {array.shape}"
    advice = ""
    if array.dtype.kind == "f":
        advice = ("; make whole numbers of it, such as by "
                  "numpy.uint8(numpy.round(image * 255)) of samples in 0..1")
    elif array.ndim == 2:
        advice = ("; repeat a grey image by "
                  "numpy.stack([image] * 3, axis=-1)")
    elif array.ndim in (3, 4) and array.shape[-1] == 4:
        advice = "; leave alpha out by image[..., :3]"
    elif array.ndim in (3, 4) and array.shape[-3] == 3:
        advice = "; put the channels last by numpy.moveaxis(image, -3, -1)"
    raise errors.ImageError(
        "An image is an array of uint8 or uint16, height x width x 3 (R, G, "
        f"B), and a batch has one axis more in front; this is {got}{advice}")


def check(array):
    """Returns: an array of known samples, of 3 or 4 axes."""
    array = numpy.asarray(array)
    if (array.dtype.kind != "u" or array.dtype.itemsize > 2
            or array.ndim not in (3, 4) or array.shape[-1] != 3):
        _refuse(array)
    if 0 in array.shape:
        raise errors.ImageError(f"An array of shape {array.shape} is empty")
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return array


def _follows(array, step, unit):
    """Whether pixels of step samples lie side by side, rows one below the
    other, and all of it at multiples of unit bytes."""
    down, right, sample = array.strides
    height, width = array.shape[:2]
    size = array.itemsize
    return (sample == size and (right == step * size or width == 1)
            and (height == 1 or (down >= width * step * size
                                 and down % unit == 0))
            and array.ctypes.data % unit == 0)


def layout_of(array):
    """The layout in which the library can read an array of 3 axes as it is,
    or None."""
    if array.dtype == numpy.uint16:
        return library.PIXELS_RGBX16 if _follows(array, 4, 8) else None
    if _follows(array, 3, 1):
        return library.PIXELS_RGB8
    return library.PIXELS_RGBX8 if _follows(array, 4, 4) else None


def _copied(array):
    if array.dtype == numpy.uint8:
        return numpy.array(array, order="C"), library.PIXELS_RGB8
    wide = numpy.zeros(array.shape[:2] + (4,), numpy.uint16)
    wide[..., :3] = array
    return wide[..., :3], library.PIXELS_RGBX16


def _view(array, pixels):
    height, width = array.shape[:2]
    step = 3 if pixels == library.PIXELS_RGB8 else 4
    row = width * step * array.itemsize
    return library.Image(
        pixels=pixels, width=width, height=height, data=array.ctypes.data,
        stride=array.strides[0] if height > 1 else row)


def views(arrays):
    """Views of arrays of 3 axes in one layout, since the library compares
    pixels of one layout.  Returns: (views, the arrays that own the memory)."""
    if len({array.dtype for array in arrays}) > 1:
        raise errors.ImageError(
            "One image has samples of uint8 and the other of uint16; bring "
            "both to one of them, such as by numpy.uint16(image) * 257")
    layouts = [layout_of(array) for array in arrays]
    same = len(set(layouts)) == 1 and layouts[0] is not None
    kept, found = [], []
    for array, layout in zip(arrays, layouts):
        if not same and layout in (library.PIXELS_RGBX8, None):
            array, layout = _copied(array)
        kept.append(array)
        found.append(_view(array, layout))
    return found, kept
