#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Renews the numbers that the pages show of the demo's files: its tables in
README.md, the search in docs/tune.md, and in docs/manual.md the table and the
output of every command that is shown with it and works on these files.

    sh examples/demo.sh && python3 docs/outputs.py
"""

import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
DEMO = ROOT / "demo-output"
BUILD = ROOT / "build-demo"


def replace_block(text, first, new):
    """The fenced block whose first line matches first gets new lines."""
    block = re.compile(r"^```\n(" + first + r".*?)^```$", re.M | re.S)
    text, n = block.subn(lambda _: "```\n" + new + "```", text)
    if n != 1:
        raise SystemExit(f"{n} blocks begin with {first}")
    return text


def renew_readme():
    page = ROOT / "README.md"
    tables = [(DEMO / name).read_text(encoding="utf-8")
              for name in ("table.txt", "lpips-table.txt")]
    page.write_text(replace_block(page.read_text(encoding="utf-8"),
                                  r" +kbit/s", "\n".join(tables)),
                    encoding="utf-8")


def short_table():
    report = json.loads((DEMO / "report.json").read_text(encoding="utf-8"))
    for result in report["results"]:
        rate = re.search(r"-(\d+)k", result["distorted"]).group(1)
        also = result["also"]
        yield (f"| {rate} | {result['mean']:.4f} | "
               f"{also['psnr']['mean']:.2f} | {also['ssim']['mean']:.4f} |\n")


def output_of(command):
    path = f"{BUILD / 'examples/compare'}:{os.environ['PATH']}"
    return subprocess.run(
        command, shell=True, cwd=DEMO, check=True, text=True,
        capture_output=True,
        env=dict(os.environ, PATH=path, GST_PLUGIN_PATH=str(BUILD / "gst"))
    ).stdout


def are_there(command):
    """Whether all files of a command are the demo's."""
    return all((DEMO / name).exists()
               for name in re.findall(r"\S+\.(?:mkv|mp4|png)", command))


def renew_manual():
    page = ROOT / "docs" / "manual.md"
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"(?<=\|-----:\|\n)(\|.*\n)+", "".join(short_table()), text,
                  count=1)
    for command in re.findall(r"^```\n\$ (perceptual-compare .*source\.mkv.*)$",
                              text, re.M):
        if not are_there(command):
            continue
        text = replace_block(text, re.escape("$ " + command) + "\n",
                             f"$ {command}\n{output_of(command)}")
    page.write_text(text, encoding="utf-8")


def renew_tune():
    page = ROOT / "docs" / "tune.md"
    text = page.read_text(encoding="utf-8")
    first = r"\$ perceptual-tune source\.mkv[^\n]*\n"
    command = re.search(f"^{first}", text, re.M).group(0)
    said = (DEMO / "tune.txt").read_text(encoding="utf-8")
    page.write_text(replace_block(text, first, command + said.replace(
        "demo-output/", "")), encoding="utf-8")


if __name__ == "__main__":
    renew_readme()
    renew_tune()
    renew_manual()
