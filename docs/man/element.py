#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the man page perceptualdistance(7) of the documentation beside the
code: the element's SECTION and what is written above each property.

usage: element.py VERSION OUTPUT HEADER PROPERTIES COMMAND [WORD...]

COMMAND and the words behind it run perceptual-compare, whose --list-metrics
tells the options of metrics.
"""

import itertools
import re
import sys

import help_text
import roff


def comments(path):
    """The text of each gtk-doc comment, without its stars."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for found in re.finditer(r"/\*\*\n(.*?)\*/", text, re.S):
        yield re.sub(r"^ *\* ?", "", found.group(1), flags=re.M)


def plain(text):
    """Without marks: #GstPerceptualDistance:sync is sync."""
    text = re.sub(r"#GstPerceptualDistance(?:Pad)?::?([a-z-]+)", r"\1", text)
    text = re.sub(r"#(Gst\w+)", r"\1", text)
    return text.replace("`", "")


def add_text(page, text):
    """Markdown as gtk-doc has it: headings, lists, |[ examples ]|."""
    for part in re.split(r"(?m)^(\|\[\n.*?^\]\|)$", text, flags=re.S):
        if part.startswith("|["):
            page.lines(part[2:-2].strip("\n").split("\n"))
            continue
        for block in re.split(r"\n\s*\n|(?m:\n(?=\* ))", part.strip("\n")):
            block = plain(block)
            if block.startswith("## "):
                page.heading(block[3:].upper())
            elif block.startswith("* "):
                page.bullet(" ".join(block[2:].split()))
            elif block.strip():
                page.text(" ".join(block.split()))


def properties(path):
    """(name, text) in the order of the table."""
    for text in comments(path):
        found = re.match(r"GstPerceptualDistance(?:Pad)?:([\w-]+):\n(.*)",
                         text, re.S)
        if found:
            yield found.group(1), re.sub(r"\n*Since: .*", "", found.group(2))


def main():
    version, output, header, table, *command = sys.argv[1:]
    page = roff.Page("perceptualdistance", 7, version, "gst-perceptual",
                     "GStreamer elements")
    page.heading("NAME")
    page.text("perceptualdistance - GStreamer element that measures how "
              "different two video streams look")
    page.heading("DESCRIPTION")
    section = next(text for text in comments(header)
                   if text.startswith("SECTION:"))
    add_text(page, section.split("\n\n", 1)[1])
    page.heading("PROPERTIES")
    page.text("gst-inspect-1.0 perceptualdistance tells types, ranges and "
              "defaults.")
    for name, text in properties(table):
        page.heading(name, 1)
        add_text(page, text)
    page.heading("METRICS AND THEIR OPTIONS")
    page.text("Options are properties, too.")
    # Lines that were broken go on further in.
    listed = re.sub(r"\n {8}", " ", help_text.run(command, "--list-metrics"))
    for option, lines in itertools.groupby(
            listed.split("\n"), lambda line: line[:6].strip()[:2] == "--"):
        for line in lines if option else ():
            page.item(*line.strip().removeprefix("--").split(": ", 1))
        for indented, part in itertools.groupby(
                () if option else lines, lambda line: line.startswith(" ")):
            if indented:
                page.text(" ".join(line.strip() for line in part))
            else:
                for name in filter(None, part):
                    page.heading(name, 1)
    page.heading("SEE ALSO")
    page.text("perceptual-compare(1), gst-launch-1.0(1), gst-inspect-1.0(1)")
    with open(output, "w", encoding="utf-8") as file:
        file.write(page.done())


main()
