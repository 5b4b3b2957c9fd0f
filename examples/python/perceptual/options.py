# SPDX-License-Identifier: LGPL-2.1-or-later
"""Options of a metric: from Python's values to the library's, and back."""

from . import errors, library


def _as_text(value):
    """A value as a user types it on the command line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(_as_text(part) for part in value)
    if isinstance(value, float):
        return repr(float(value))
    return str(value)


def encoded(what, value):
    """A string of Python as one of C."""
    data = value.encode("utf-8", "replace")
    if b"\0" in data:
        raise errors.OptionError(f"There is a character 0 in {what}")
    return data


def _guess(name, value):
    """The value of an option that no metric has; the library refuses it and
    says what there is."""
    return library.glib().g_variant_new_string(
        encoded(name, _as_text(value)))


def to_variant(options):
    """A floating a{sv} of keyword arguments; None leaves an option out."""
    glib = library.glib()
    known = {row.name: row
             for row in library.rows(library.perceptual().perceptual_options())}
    given = glib.g_variant_dict_new(None)
    try:
        for keyword, value in options.items():
            if value is None:
                continue
            name = keyword.replace("_", "-")
            key = encoded("the name of an option", name)
            if key not in known:
                glib.g_variant_dict_insert_value(given, key,
                                                 _guess(name, value))
                continue
            variant = library.call("perceptual_option_parse", known[key],
                                   encoded(name, _as_text(value)))
            glib.g_variant_dict_insert_value(given, key, variant)
            glib.g_variant_unref(variant)
        return glib.g_variant_dict_end(given)
    finally:
        glib.g_variant_dict_unref(given)


def _from_value(value):
    glib = library.glib()
    readers = {
        b"b": lambda v: bool(glib.g_variant_get_boolean(v)),
        b"t": glib.g_variant_get_uint64,
        b"d": glib.g_variant_get_double,
        b"s": lambda v: library.text(glib.g_variant_get_string(v, None)),
    }
    return readers[glib.g_variant_get_type_string(value)](value)


def from_variant(options):
    """a{sv} as a dict."""
    glib = library.glib()
    values = {}
    for i in range(glib.g_variant_n_children(options)):
        entry = glib.g_variant_get_child_value(options, i)
        key = glib.g_variant_get_child_value(entry, 0)
        boxed = glib.g_variant_get_child_value(entry, 1)
        value = glib.g_variant_get_variant(boxed)
        name = library.text(glib.g_variant_get_string(key, None))
        values[name] = _from_value(value)
        for variant in (value, boxed, key, entry):
            glib.g_variant_unref(variant)
    return values


def default_of(row):
    """The default of a row of an option table, as a value of Python."""
    variant = library.call("perceptual_option_parse", row, row.default_text)
    try:
        return _from_value(variant)
    finally:
        library.glib().g_variant_unref(variant)
