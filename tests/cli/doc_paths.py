# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the documentation points to is there: files and folders of the tree,
pages that it links to, and the headings in them."""

import pathlib
import re
import sys
import unittest

import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md",
         *sorted((ROOT / "docs").glob("*.md"))]

# A path from the root of the tree, not the end of a longer one.
PATH = re.compile(r"(?<![\w./~-])"
                  r"((?:\.ci|docs|examples|gst|metric|tests|weights)/"
                  r"[\w./-]*[\w/])(\[|\*|\{)?")

# Folders of other people's downloads.
FOREIGN = re.compile(r"weights/v0\.")


def anchor(heading):
    """The address of a heading, as Markdown viewers make it."""
    text = re.sub(r"[^\w\s-]", "", heading.replace("`", "").lower())
    return text.strip().replace(" ", "-")


def anchors(page):
    text = page.read_text(encoding="utf-8")
    return {anchor(h) for h in re.findall(r"^#+ (.*)$", text, re.M)}


class DocPaths(unittest.TestCase):
    def test_every_path_that_is_named_exists(self):
        n = 0
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for match in PATH.finditer(text):
                path, more = match.groups()
                if FOREIGN.match(path) or "NAME" in path:
                    continue
                if more:
                    path = path.rpartition("/")[0]
                n += 1
                line = text.count("\n", 0, match.start()) + 1
                with self.subTest(f"{page.name}:{line} {path}"):
                    self.assertTrue((ROOT / path).exists())
        self.assertGreater(n, 50)

    def test_every_link_leads_to_a_page_and_a_heading(self):
        n = 0
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if target.startswith("http"):
                    continue
                n += 1
                name, _, heading = target.partition("#")
                to = page.parent / name if name else page
                with self.subTest(f"{page.name} {target}"):
                    self.assertTrue(to.exists())
                    if heading:
                        self.assertIn(heading, anchors(to))
        self.assertGreater(n, 30)


if __name__ == "__main__":
    sys.exit(tap.main())
