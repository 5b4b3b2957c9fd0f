# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads what programs print for --help, which they make of their own tables:
those of examples/console/help-layout.c, and Python's argparse."""

import dataclasses
import os
import re
import subprocess

OPTION = re.compile(r"^  (-\S.*?)(?:\s{2,}(\S.*))?$")
# "  2afc   DIR...  which of two..."; the text is what two spaces precede last.
COMMAND = re.compile(r"^  ([a-z0-9-]+)\s+(?:\S.*\s{2,})?(\S.*)$")


@dataclasses.dataclass
class Option:
    head: str
    words: str = ""

    @property
    def names(self):
        """("-q", "--quiet")"""
        return re.findall(r"(?:^|(?<=\s))--?[\w-]+", self.head)

    @property
    def argument(self):
        """"text|json", or "" of one that takes none."""
        found = re.search(r"--[\w-]+[= \[]+(.*)$", self.head)
        return found.group(1).rstrip("]") if found else ""


@dataclasses.dataclass
class Help:
    program: str
    usage: list = dataclasses.field(default_factory=list)
    before: list = dataclasses.field(default_factory=list)
    sections: list = dataclasses.field(default_factory=list)
    commands: list = dataclasses.field(default_factory=list)
    after: list = dataclasses.field(default_factory=list)

    @property
    def options(self):
        return [option for _, options in self.sections for option in options]


def run(command, *arguments):
    env = dict(os.environ, HOME="~", COLUMNS="80", LC_ALL="C.UTF-8")
    env.pop("XDG_DATA_HOME", None)
    return subprocess.run([*command, *arguments], env=env, check=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          encoding="utf-8").stdout


def read_sections(lines):
    """Splits lines at titles that options follow.  Returns: the lines before,
    [(title, [Option])], the lines behind."""
    before, sections, after = [], [], []
    for line in lines:
        option = OPTION.match(line)
        if option:
            if not sections or after:
                title = "Options"
                while before and not before[-1].strip():
                    before.pop()
                last = after if sections else before
                if last and re.match(r"^\S.*:$", last[-1]):
                    title = last.pop().rstrip(":")
                sections.append((title[0].upper() + title[1:], []))
                # What was between two sections belongs to neither.
                before += [text for text in after if text.strip()]
                after = []
            sections[-1][1].append(Option(option.group(1),
                                          option.group(2) or ""))
        elif sections and not after and line.startswith("      "):
            last = sections[-1][1][-1]
            if last.head.endswith("|") and not last.words:
                last.head += line.strip()
            else:
                last.words = (last.words + " " + line.strip()).strip()
        elif sections:
            if line.strip() or after:
                after.append(line)
        else:
            before.append(line)
    return before, sections, after


def read_commands(lines):
    """Takes the list below "Commands:" out of lines."""
    commands, rest, inside = [], [], False
    for line in lines:
        found = COMMAND.match(line) if inside else None
        if line == "Commands:":
            inside = True
        elif found:
            commands.append((found.group(1), found.group(2)))
        else:
            inside = False
            rest.append(line)
    return commands, rest


def paragraphs(lines):
    """[[line]], without the empty ones around them."""
    found = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [part for part in found if part]


def read(program, command, *words):
    """The help of command (a list of words), as users call it program."""
    text = run(command, *words, "--help")
    lines = text.rstrip().split("\n")
    page = Help(" ".join([program, *words]))
    if lines[0] == "Usage:":
        page.usage = [lines[1].strip()]
        lines = lines[2:]
    elif lines[0].startswith("usage: "):
        end = lines.index("")
        page.usage = [" ".join(line.strip() for line in lines[:end])
                      .removeprefix("usage: ")]
        lines = lines[end:]
    page.commands, lines = read_commands(lines)
    page.before, page.sections, page.after = read_sections(lines)
    # "perceptual-judge 2afc [OPTION…] DIR... - which of two..."
    usage, dash, blurb = page.usage[0].partition(" - ")
    if dash:
        page.usage = [usage]
        page.before = [blurb, "", *page.before]
    return page
