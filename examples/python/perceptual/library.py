# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual.h as ctypes sees it, and the little of GLib that it needs."""

import ctypes
import functools
import os

from . import errors

SONAME = "libperceptual.so.0"
MAX_TAPS = 16

PIXELS_RGBX8, PIXELS_RGBX16, PIXELS_RGB8 = range(3)
COMPARE_MAP = 1
COMPARE_CHANNELS = 2
OPTION_BOOLEAN, OPTION_UINT, OPTION_DOUBLE, OPTION_STRING = range(4)


class GError(ctypes.Structure):
    _fields_ = [("domain", ctypes.c_uint32), ("code", ctypes.c_int),
                ("message", ctypes.c_char_p)]


class Plane(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("stride", ctypes.c_size_t),
                ("step", ctypes.c_size_t), ("width", ctypes.c_uint),
                ("height", ctypes.c_uint)]


class Image(ctypes.Structure):
    _fields_ = [("pixels", ctypes.c_int), ("width", ctypes.c_uint),
                ("height", ctypes.c_uint), ("data", ctypes.c_void_p),
                ("stride", ctypes.c_size_t), ("planes", Plane * 3),
                ("depth", ctypes.c_uint), ("shift", ctypes.c_uint),
                ("full_range", ctypes.c_int), ("matrix", ctypes.c_uint),
                ("primaries", ctypes.c_uint)]


class Result(ctypes.Structure):
    _fields_ = [("distance", ctypes.c_double), ("n_taps", ctypes.c_uint),
                ("taps", ctypes.c_double * MAX_TAPS),
                ("map", ctypes.POINTER(ctypes.c_float)),
                ("map_width", ctypes.c_uint), ("map_height", ctypes.c_uint),
                ("channels", ctypes.POINTER(ctypes.c_float)),
                ("n_channels", ctypes.c_uint),
                ("tap_channels", ctypes.c_uint * MAX_TAPS)]


class Option(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("blurb", ctypes.c_char_p),
                ("type", ctypes.c_int), ("default_text", ctypes.c_char_p),
                ("minimum", ctypes.c_double), ("maximum", ctypes.c_double),
                ("choices", ctypes.POINTER(ctypes.c_char_p))]


class MetricInfo(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("blurb", ctypes.c_char_p),
                ("flags", ctypes.c_int),
                ("options", ctypes.POINTER(ctypes.POINTER(Option))),
                ("map_maximum", ctypes.c_double)]


class WeightsInfo(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("path", ctypes.c_char_p),
                ("sha256", ctypes.c_char_p), ("known", ctypes.c_int)]


P = ctypes.c_void_p
TEXT = ctypes.c_char_p
ERROR = ctypes.POINTER(ctypes.POINTER(GError))

PERCEPTUAL = {
    "perceptual_error_quark": (ctypes.c_uint32, []),
    "perceptual_version": (TEXT, []),
    "perceptual_kernel_level": (TEXT, []),
    "perceptual_options": (ctypes.POINTER(ctypes.POINTER(Option)), []),
    "perceptual_option_parse": (P, [ctypes.POINTER(Option), TEXT, ERROR]),
    "perceptual_metrics": (ctypes.POINTER(ctypes.POINTER(MetricInfo)), []),
    "perceptual_workers_new": (P, [ctypes.c_uint, ERROR]),
    "perceptual_workers_unref": (None, [P]),
    "perceptual_workers_get_threads": (ctypes.c_uint, [P]),
    "perceptual_metric_new": (P, [TEXT, P, P, ERROR]),
    "perceptual_metric_free": (None, [P]),
    "perceptual_metric_get_info": (ctypes.POINTER(MetricInfo), [P]),
    "perceptual_metric_get_options": (P, [P]),
    "perceptual_metric_get_arithmetic": (TEXT, [P]),
    "perceptual_metric_get_note": (TEXT, [P]),
    "perceptual_metric_get_weights": (ctypes.POINTER(WeightsInfo), [P]),
    "perceptual_metric_get_scale": (
        ctypes.c_double, [P, ctypes.c_uint, ctypes.c_uint]),
    "perceptual_metric_gains_from_many": (
        ctypes.c_int, [P, ctypes.c_uint, ctypes.c_uint]),
    "perceptual_metric_compare": (
        ctypes.c_int, [P, ctypes.POINTER(Image), ctypes.POINTER(Image),
                       ctypes.c_uint, ctypes.c_int, ctypes.POINTER(Result),
                       ERROR]),
    "perceptual_metric_compare_many": (
        ctypes.c_int, [P, ctypes.POINTER(Image), ctypes.c_uint,
                       ctypes.POINTER(Image), ctypes.c_uint, ctypes.c_int,
                       ctypes.POINTER(Result), ERROR]),
    "perceptual_result_clear": (None, [ctypes.POINTER(Result)]),
}

GLIB = {
    "g_error_free": (None, [ctypes.POINTER(GError)]),
    "g_variant_dict_new": (P, [P]),
    "g_variant_dict_insert_value": (None, [P, TEXT, P]),
    "g_variant_dict_end": (P, [P]),
    "g_variant_dict_unref": (None, [P]),
    "g_variant_new_boolean": (P, [ctypes.c_int]),
    "g_variant_new_uint64": (P, [ctypes.c_uint64]),
    "g_variant_new_double": (P, [ctypes.c_double]),
    "g_variant_new_string": (P, [TEXT]),
    "g_variant_unref": (None, [P]),
    "g_variant_n_children": (ctypes.c_size_t, [P]),
    "g_variant_get_child_value": (P, [P, ctypes.c_size_t]),
    "g_variant_get_variant": (P, [P]),
    "g_variant_get_type_string": (TEXT, [P]),
    "g_variant_get_string": (TEXT, [P, P]),
    "g_variant_get_boolean": (ctypes.c_int, [P]),
    "g_variant_get_uint64": (ctypes.c_uint64, [P]),
    "g_variant_get_double": (ctypes.c_double, [P]),
}


def _open(name, functions):
    library = ctypes.CDLL(name)
    for function, (result, arguments) in functions.items():
        symbol = getattr(library, function)
        symbol.restype = result
        symbol.argtypes = arguments
    return library


@functools.lru_cache(maxsize=None)
def perceptual():
    """The library: that of $PERCEPTUAL_LIBRARY, or the one that is installed.

    It is opened when it is first needed, so that importing never fails.
    """
    name = os.environ.get("PERCEPTUAL_LIBRARY") or SONAME
    try:
        return _open(name, PERCEPTUAL)
    except (OSError, AttributeError) as error:
        raise errors.LibraryError(
            f"libperceptual cannot be used: {error}. Install gst-perceptual, "
            "or let the environment variable PERCEPTUAL_LIBRARY name the "
            f"file of the library, such as build/metric/{SONAME}") from None


@functools.lru_cache(maxsize=None)
def glib():
    return _open("libglib-2.0.so.0", GLIB)


def call(function, *arguments):
    """Calls a function of the library whose last argument is a GError;
    raises what that says."""
    error = ctypes.POINTER(GError)()
    result = getattr(perceptual(), function)(*arguments, ctypes.byref(error))
    if not error:
        return result
    message = error.contents.message.decode("utf-8", "replace")
    code = error.contents.code
    known = (error.contents.domain == perceptual().perceptual_error_quark()
             and 0 <= code < len(errors.BY_CODE))
    glib().g_error_free(error)
    raise (errors.BY_CODE[code] if known else errors.Error)(message)


def rows(table):
    """The rows of a table of pointers that ends with NULL."""
    i = 0
    while table and table[i]:
        yield table[i].contents
        i += 1


def text(value):
    return None if value is None else value.decode("utf-8", "replace")


def library_version():
    """The version of the C library, such as "0.1.0"."""
    return text(perceptual().perceptual_version())


def kernel_level():
    """The instruction set of the hot loops: "c", "avx2" or "avx512"."""
    return text(perceptual().perceptual_kernel_level())
