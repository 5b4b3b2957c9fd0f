# SPDX-License-Identifier: LGPL-2.1-or-later
"""perceptual-judge --report: pages as their readers and browsers see them.

usage: judge_report.py PATH-OF-PERCEPTUAL-JUDGE
"""

import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import stills
import tap
from judge_case import PAIRS, TRIPLETS, JudgeCase, judge

PROGRAM = sys.argv[1]
BROWSER = shutil.which("chromium") or shutil.which("chromium-headless-shell")

HOSTILE = "<b>&\"' onload=alert(1) </script><script>x"


class Reader(html.parser.HTMLParser):
    """What a page has: its tables' cells, its elements, its data."""

    def __init__(self, text):
        super().__init__()
        self.elements = {}
        self.attributes = set()
        self.rows = []
        self.heads = []
        self.data = ""
        self.inside = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements[tag] = self.elements.get(tag, 0) + 1
        self.attributes |= set(attributes)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
        if tag == "script" and attributes.get("id") == "data":
            tag = "data"
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "td":
            self.rows[-1][-1] += data
        if self.inside == "th":
            self.heads.append(data)
        if self.inside == "data":
            self.data += data


class ReportCase(JudgeCase):
    def setUp(self):
        super().setUp()
        self.page = self.folder / "out.html"
        self.triplets = stills.triplets(self.folder / "data", TRIPLETS)

    def read(self, *arguments, path=None):
        """The page of a run, and what the run printed."""
        path = path or self.page
        done = self.ends(judge(*arguments, "--report", str(path)), 0)
        self.assertEqual(done.stderr, "")
        return path.read_text(encoding="utf-8"), done.stdout

    def has(self, words, text):
        """Says it without the whole page."""
        self.assertTrue(words in text, f"the page has no {words}")

    def write_scores(self):
        for grey in range(100, 150, 5):
            stills.png(self.folder / f"images/{grey}.png", grey)
        scores = self.folder / "scores.csv"
        scores.write_text("reference,distorted,score\n" + "".join(
            f"images/100.png,images/{100 + 5 * n}.png,{9 - n}\n"
            for n in range(1, 9)))
        return str(scores)

    def image(self):
        path = self.folder / "image.png"
        stills.png(path, lambda x, y: (x * 7 + y * 11) % 256, 96, 96)
        return str(path)

    def commands(self):
        return {
            "2afc": ["2afc", "-m", "l2", "-m", "psnr", self.triplets],
            "jnd": ["jnd", "-m", "l2",
                    stills.pairs(self.folder / "pairs", PAIRS)],
            "mos": ["mos", "-m", "l2", self.write_scores()],
            "flaws": ["flaws", "-m", "l2", "--flaws", "blur,noise", "--steps",
                      "2", self.image()],
        }


class Report(ReportCase):
    def test_every_command_shows_its_table_and_its_chart(self):
        for name, arguments in self.commands().items():
            with self.subTest(name):
                text, printed = self.read(*arguments)
                page = Reader(text)
                self.has(f"<h1>perceptual-judge {name}: ", text)
                self.assertEqual(page.elements["table"], 1)
                self.assertEqual(page.elements["svg"], 1)
                self.assertEqual(page.elements["h1"], 1)
                # The table as it is printed.
                lines = printed.splitlines()
                self.assertEqual(page.heads, lines[0].split())
                for row, line in zip(page.rows[1:], lines[1:], strict=False):
                    self.assertEqual(" ".join(row).split(), line.split())
                self.assertGreater(len(page.rows), 1)
                # The data as --format json has them.
                expected = self.report(*arguments)
                self.assertEqual(json.loads(page.data), expected)

    def test_the_same_input_gives_the_same_bytes(self):
        for arguments in self.commands().values():
            one, _ = self.read(*arguments)
            other = self.folder / "other.html"
            self.ends(judge(arguments[0], f"--report={other}", "--quiet",
                            "--format", "csv", *arguments[1:]), 0)
            self.assertTrue(one == other.read_text(encoding="utf-8"),
                            "the pages differ")

    def test_the_page_says_what_ran(self):
        text, _ = self.read("2afc", "-m", "l2", "--bootstrap", "50", "--seed",
                            "7", self.triplets)
        self.has(f"<dd>perceptual-judge 2afc -m l2 --bootstrap 50 --seed 7 "
                 f"{self.triplets}</dd>", text)
        self.has("<dd>95 %, of 50 resamples, seed 7</dd>", text)
        self.has("<dt>metric</dt>\n<dd>l2</dd>", text)

    def test_hostile_names_are_inert(self):
        # A slash cannot be in a name.
        name = HOSTILE.replace("/", "\\")
        plain, _ = self.read("2afc", "-m", "l2", self.triplets)
        shutil.move(self.triplets, self.folder / name)
        hostile, _ = self.read("2afc", "-m", "l2", str(self.folder / name))
        expected, found = Reader(plain), Reader(hostile)
        self.assertEqual(found.elements.keys(), expected.elements.keys())
        for element in ("script", "b", "svg", "table", "td"):
            self.assertEqual(found.elements.get(element),
                             expected.elements.get(element), element)
        self.assertEqual(found.attributes, expected.attributes)
        self.has("&lt;b&gt;&amp;&quot;&apos; onload", hostile)
        [row] = json.loads(found.data)["results"]
        self.assertEqual(row["data"], str(self.folder / name))

    def test_names_that_are_not_utf8_still_make_a_page(self):
        folder = os.fsencode(self.folder) + b"/caf\xe9"
        shutil.move(os.fsencode(self.triplets), folder)
        done = subprocess.run(
            [PROGRAM, "2afc", "-m", "l2", "--report", str(self.page), folder],
            capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.has(r"caf\xe9", self.page.read_text(encoding="utf-8"))

    def test_what_was_left_out_is_named(self):
        (self.folder / "data" / "judge" / "tied.npy").unlink()
        text, _ = self.read("2afc", "-m", "l2", "--skip-broken", self.triplets)
        details = text[text.index("<details>"):text.index("</details>")]
        self.assertIn("tied", details)
        self.assertIn("skipped", details)

    def test_places_that_cannot_be_written_are_errors_before_measuring(self):
        # The data are broken too, which would only be found later.
        nowhere = str(self.folder / "nowhere")
        path = f"{nowhere}/out.html"
        self.fails([path, "cannot be written", "no such folder"],
                   "2afc", "--report", path, nowhere)

    def test_a_name_that_is_no_page_s_is_wrong_usage(self):
        folder = self.folder / "folder.html"
        folder.mkdir()
        for path, words in (("page.txt", "the name must end in .html"),
                            (str(folder), "this is a folder")):
            self.complains(2, [f"--report {path}: {words}"], "2afc",
                           "--report", path, self.triplets)
        self.assertFalse(pathlib.Path("page.txt").exists())

    def test_a_failed_run_leaves_the_old_page(self):
        self.page.write_text("old")
        self.fails([], "2afc", "--report", str(self.page),
                   str(self.folder / "nowhere"))
        self.assertEqual(self.page.read_text(), "old")
        self.assertEqual(
            list(pathlib.Path(self.page).parent.glob("*.part")), [])

    def test_a_result_that_could_not_be_printed_is_in_the_page(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [PROGRAM, "2afc", "-m", "l2", "--report", str(self.page),
                 self.triplets], stdout=full, stderr=subprocess.PIPE,
                text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not be written", done.stderr)
        [row] = json.loads(Reader(self.page.read_text()).data)["results"]
        self.assertEqual(row["triplets"], len(TRIPLETS))


@unittest.skipUnless(BROWSER, "there is no chromium")
class Browser(ReportCase):
    """The read-out of charts, by pointing at them."""

    # Points at parts of the width and height of each chart, and writes down
    # what is told.
    DRIVER = """
for (const svg of document.querySelectorAll('.chart svg')) {
  const box = svg.getBoundingClientRect();
  for (const [x, y] of %s) {
    svg.dispatchEvent(new PointerEvent('pointermove', {
      clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
    document.body.append(Object.assign(document.createElement('p'), {
      className: 'told', textContent:
        svg.parentNode.querySelector('output').textContent }));
  }
}"""

    def load(self, text, script=""):
        """The document when its scripts are done, and the browser's log."""
        copy = self.folder / "copy.html"
        if script:
            text = re.sub(r"'sha256-[^']*'", "'unsafe-inline'", text)
            text = text.replace("</body>", f"<script>{script}</script></body>")
        copy.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu",
             f"--user-data-dir={self.folder / 'profile'}",
             "--enable-logging=stderr", "--dump-dom", copy.as_uri()],
            capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("CONSOLE", done.stderr)
        self.has('data-errors="0"', done.stdout)
        return done.stdout

    def told(self, text, places):
        document = self.load(text, self.DRIVER % json.dumps(places))
        return re.findall(r'<p class="told">(.*?)</p>', document)

    def test_the_nearest_point_is_told_with_its_name(self):
        text, _ = self.read("mos", "-m", "l2", self.write_scores())
        rows = json.loads(re.search(
            r'class="readout">(.*?)</script>', text).group(1))
        [panel] = rows["panels"]
        [series] = panel["series"]
        left, top, width, height = panel["box"]
        svg = re.search(r'<svg[^>]*viewBox="0 0 (\S+) (\S+)"', text)
        places = []
        for x, y in zip(series["x"], series["y"], strict=True):
            part = (x - panel["x"]["low"]) / (
                panel["x"]["high"] - panel["x"]["low"])
            rise = (y - panel["y"]["low"]) / (
                panel["y"]["high"] - panel["y"]["low"])
            places.append([(left + part * width) / float(svg.group(1)),
                           (top + (1 - rise) * height) / float(svg.group(2))])
        told = self.told(text, places + [[0, 0]])
        self.assertEqual(len(told), 9)
        for n, words in enumerate(told[:-1], 1):
            self.assertIn(f"{100 + 5 * n}.png", words)
            self.assertTrue(words.endswith(f"score {9 - n}"), words)
        self.assertEqual(told[-1], "Point at the chart to read values.")

    def test_pages_load_without_a_word_in_the_console(self):
        name = HOSTILE.replace("/", "\\")
        shutil.move(self.triplets, self.folder / name)
        text, _ = self.read("2afc", "-m", "l2", str(self.folder / name))
        self.load(text)


if __name__ == "__main__":
    tap.main()
