# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes man pages."""

import itertools


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    text = text.replace("`", "\\(ga").replace("\u2026", "...")
    return "\\&" + text if text.startswith(".") else text


class Page:
    def __init__(self, name, section, version, source, manual):
        self.out = [f'.TH {escape(name.upper())} {section} "" '
                    f'"{source} {version}" "{manual}"', ".nh", ".ad l"]

    def heading(self, title, level=0):
        self.out.append(f'{".SS" if level else ".SH"} "{escape(title)}"')

    def text(self, text):
        self.out += [".PP", escape(text)]

    def lines(self, lines):
        """As they are."""
        self.out += [".PP", ".nf", *map(escape, lines), ".fi"]

    def paragraph(self, lines):
        """Running text; lines that are indented, as they are."""
        for indented, part in itertools.groupby(
                lines, lambda line: line.startswith("  ")):
            if indented:
                self.lines(part)
            else:
                self.text(" ".join(line.strip() for line in part))

    def item(self, head, words):
        # A tag of .TP could not be broken.
        head = escape(head).replace("|", "|\\:")
        self.out += [".PP", f"\\fB{head}\\fR"]
        if words:
            self.out += [".RS 7", escape(words), ".RE"]

    def bullet(self, text):
        self.out += [".IP \\(bu 2", escape(text)]

    def done(self):
        return "\n".join(self.out) + "\n"
