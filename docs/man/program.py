#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the man page of a program and its completion for bash, of what it
prints for --help.

usage: program.py VERSION MAN BASH NAME COMMAND [WORD...]

COMMAND and the words behind it run the program that users call NAME.
"""

import pathlib
import re
import sys

import help_text
import roff

DOCS = pathlib.Path(__file__).resolve().parents[1]

# What options take, by the word in the help.
FILES = re.compile(r"FILE|LOG|CSV|JSON|CLIP|PATH")
FOLDERS = re.compile(r"DIR")
CHOICES = re.compile(r"^[\w.+-]+(\|[\w.+-]+)+$")


def metric_names(command):
    """From --list-metrics, where the program has that."""
    try:
        text = help_text.run(command, "--list-metrics")
    except help_text.subprocess.CalledProcessError:
        return []
    return re.findall(r"^([a-z0-9][\w+-]*)(?: \(default\))?$", text, re.M)


# --- man ---------------------------------------------------------------------


def add_options(page, help_page, title, level):
    for name, options in help_page.sections:
        page.heading(name if level else name.upper(), level)
        for option in options:
            page.item(option.head, option.words)


def man(name, version, main, commands):
    page = roff.Page(name, 1, version, "gst-perceptual", "User Commands")
    texts = help_text.paragraphs(main.before)
    blurb = (" ".join(texts[0]) if texts else name).split(". ")[0].rstrip(".")
    page.heading("NAME")
    page.text(f"{name} - {blurb[0].lower()}{blurb[1:]}")
    page.heading("SYNOPSIS")
    for usage in main.usage:
        page.text(usage)
    page.heading("DESCRIPTION")
    for lines in texts:
        page.paragraph(lines)
    add_options(page, main, name, 0)
    if commands:
        page.heading("COMMANDS")
    for command, short in main.commands:
        sub = commands[command]
        page.heading(command, 1)
        for usage in sub.usage:
            page.text(usage)
        for lines in help_text.paragraphs(sub.before) or [[short]]:
            page.paragraph(lines)
        for title, options in sub.sections:
            page.paragraph([title + ":"])
            for option in options:
                page.item(option.head, option.words)
        for lines in help_text.paragraphs(sub.after):
            page.paragraph(lines)
    if main.after:
        page.heading("NOTES")
    for lines in help_text.paragraphs(main.after):
        page.paragraph(lines)
    page.heading("SEE ALSO")
    page.text(", ".join(f"{other}({section})" for other, section in (
        ("perceptual-compare", 1), ("perceptual-judge", 1),
        ("perceptual-tune", 1), ("perceptual-fetch-weights", 1),
        ("perceptualdistance", 7)) if other != name))
    page.text("The pages of /usr/share/doc/gst-perceptual: manual.md first.")
    schema = name.removeprefix("perceptual-") + ".schema.json"
    if (DOCS / schema).exists():
        page.paragraph([f"/usr/share/gst-perceptual/schemas/{schema} describes "
                        "the JSON for validators."])
    return page.done()


# --- bash --------------------------------------------------------------------


def values_of(options, metrics):
    """Lines of a case statement: what comes behind each option."""
    lines = []
    for option in options:
        argument = option.argument
        if not argument:
            continue
        if {"--metric", "--also"} & set(option.names) and metrics:
            action = f"words='{' '.join(metrics)}'"
        elif CHOICES.match(argument):
            action = f"words='{argument.replace('|', ' ')}'"
        elif FOLDERS.search(argument):
            action = "kind=folder"
        elif FILES.search(argument):
            action = "kind=file"
        else:
            action = "kind=none"
        lines.append(f"      {'|'.join(option.names)}) {action} ;;")
    return lines


def names_of(options):
    return " ".join(name for option in options for name in option.names
                    if name.startswith("--"))


COMPLETION = """\
# Completion of {name} for bash, made of its --help.
{function}()
{{
  local cur=${{COMP_WORDS[COMP_CWORD]}} before=$((COMP_CWORD - 1))
  local prev=${{COMP_WORDS[before]}} words='' kind=''

  # --option=value is three words where "=" divides words.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${{COMP_WORDS[before - 1]}}
  fi
  COMPREPLY=()
{cases}
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  elif [[ $kind == folder ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$cur"))
  elif [[ $kind == none ]]; then
    return
  elif [[ $kind == file || $cur != -* ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  fi
}}
complete -F {function} {name}
"""


def case_of(options, metrics, indent):
    lines = [f"options='{names_of(options)}'", "case $prev in",
             *values_of(options, metrics), "esac"]
    return "\n".join(" " * indent + line.strip() for line in lines)


def bash(name, main, commands, metrics):
    lines = ["  local options=''"]
    if commands:
        lines += [
            "  if [[ $COMP_CWORD == 1 ]]; then",
            f"    words='{' '.join(commands)} --help --version "
            "--list-metrics'", "  fi", "  case ${COMP_WORDS[1]} in"]
        # The first one is what a program does that can do without.
        words = list(commands)
        if "[COMMAND]" in main.usage[0]:
            words.append(words.pop(0))
        for word in words:
            pattern = "*" if word == next(iter(commands)) and \
                word == words[-1] else word
            lines += [f"    {pattern})",
                      case_of(commands[word].options, metrics, 6), "      ;;"]
        lines.append("  esac")
    else:
        lines.append(case_of(main.options, metrics, 2))
    return COMPLETION.format(
        name=name, function="_" + name.replace("-", "_"),
        cases="\n".join(lines))


def main():
    version, man_path, bash_path, name, *command = sys.argv[1:]
    page = help_text.read(name, command)
    commands = {word: help_text.read(name, command, word)
                for word, _ in page.commands}
    with open(man_path, "w", encoding="utf-8") as file:
        file.write(man(name, version, page, commands))
    with open(bash_path, "w", encoding="utf-8") as file:
        file.write(bash(name, page, commands, metric_names(command)))


main()
