#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the messages of the element perceptualdistance.

usage: messages.py REFERENCE DISTORTED [PROPERTY=VALUE...]

Prints the time and the distance of each pair as it is measured, and at the end
how many there were and their mean.  Needs python3-gi, gir1.2-gstreamer-1.0 and
the plugin (GST_PLUGIN_PATH names the folder of one that is not installed).
"""

import pathlib
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

LINE = """
perceptualdistance name=measure ! fakesink sync=false
uridecodebin name=reference ! queue ! measure.ref_sink
uridecodebin name=distorted ! queue ! measure.dist_sink
"""


def make_pipeline(reference, distorted, properties):
    pipeline = Gst.parse_launch(LINE)
    for name, path in (("reference", reference), ("distorted", distorted)):
        source = pipeline.get_by_name(name)
        source.set_property("uri", pathlib.Path(path).absolute().as_uri())
        # Sound is not decoded.
        source.set_property("caps", Gst.Caps.from_string("video/x-raw(ANY)"))
        source.set_property("expose-all-streams", False)
    element = pipeline.get_by_name("measure")
    for setting in properties:
        name, _, value = setting.partition("=")
        Gst.util_set_object_arg(element, name, value)
    return pipeline


def print_pair(fields):
    print(f"{fields.get_value('running-time') / Gst.SECOND:9.3f} s  "
          f"{fields.get_value('distance'):.9g}", flush=True)


def print_summary(fields):
    mean = fields.get_value("mean")
    print(f"{fields.get_value('pairs')} pairs, mean "
          + ("unknown" if mean is None else f"{mean:.9g}"))


def printable(text):
    """Names of files may hold what terminals obey."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def listen(bus):
    """Returns: the exit code, at the end of the streams or an error."""
    while True:
        message = bus.timed_pop(Gst.CLOCK_TIME_NONE)
        fields = message.get_structure()
        if message.type == Gst.MessageType.ERROR:
            error, debug = message.parse_error()
            for text in (f"{message.src.get_name()}: {error.message}",
                         *(debug or "").split("\n")):
                print(printable(text), file=sys.stderr)
            return 1
        if message.type == Gst.MessageType.WARNING:
            print(printable(message.parse_warning()[0].message),
                  file=sys.stderr)
        elif message.type == Gst.MessageType.EOS:
            return 0
        elif fields and fields.get_name() == "perceptual-distance":
            print_pair(fields)
        elif fields and fields.get_name() == "perceptual-summary":
            print_summary(fields)


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    Gst.init(None)
    try:
        pipeline = make_pipeline(sys.argv[1], sys.argv[2], sys.argv[3:])
    except GLib.Error as error:
        print(printable(error.message), file=sys.stderr)
        return 1
    try:
        pipeline.set_state(Gst.State.PLAYING)
        return listen(pipeline.get_bus())
    finally:
        pipeline.set_state(Gst.State.NULL)


if __name__ == "__main__":
    sys.exit(main())
