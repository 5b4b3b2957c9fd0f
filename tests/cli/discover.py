# SPDX-License-Identifier: LGPL-2.1-or-later
"""What programs tell of themselves: --help, words that were meant, man pages,
completion.

usage: discover.py FOLDER-OF-MAN-PAGES NAME=PROGRAM...
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import tap

PAGES = pathlib.Path(sys.argv[1])
PROGRAMS = dict(word.split("=", 1) for word in sys.argv[2:])
del sys.argv[1:]


def run(name, *arguments):
    return subprocess.run([PROGRAMS[name], *arguments], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL)


def help_of(name, *words):
    done = run(name, *words, "--help")
    assert done.returncode == 0, done.stderr
    return done.stdout


def subcommands(name):
    text = help_of(name)
    found = re.search(r"^Commands:\n((?:  .*\n)+)", text, re.M)
    return [line.split()[0] for line in
            found.group(1).splitlines()] if found else []


def options(text):
    return re.findall(r"^  (?:-\w, )?(--[\w-]+)", text, re.M)


class Help(unittest.TestCase):
    def test_lines_fit_a_terminal(self):
        n = 0
        for name in PROGRAMS:
            for words in [[], *[[word] for word in subcommands(name)]]:
                for line in help_of(name, *words).splitlines():
                    n += 1
                    self.assertLessEqual(len(line), 80, (name, words, line))
                    self.assertEqual(line, line.rstrip(), (name, words))
        self.assertGreater(n, 400)

    def test_exit_codes_are_told_where_they_are_a_commands_own(self):
        for name in PROGRAMS:
            own = {word: "\nExit codes: 0 " in help_of(name, word)
                   for word in subcommands(name)}
            self.assertIn(len(set(own.values())), (0, 1), (name, own))
            if not all(own.values()) or not own:
                self.assertIn("\nExit codes: 0 ", help_of(name))

    def test_the_list_of_metrics_fits_a_terminal(self):
        for name in PROGRAMS:
            lines = run(name, "--list-metrics").stdout.splitlines()
            self.assertGreater(len(lines), 50)
            for line in lines:
                self.assertLessEqual(len(line), 80, (name, line))

    def test_common_options_come_first_and_each_once(self):
        text = help_of("perceptual-compare")
        titles = re.findall(r"^(\S.*):$", text, re.M)
        self.assertEqual(titles[1:3], ["Common options", "Which frames"])
        self.assertIn("Options of metrics", titles)
        found = options(text)
        self.assertEqual(found[0], "--metric")
        self.assertLess(found.index("--fail-above"), found.index("--backbone"))
        self.assertEqual(len(found), len(set(found)))
        self.assertGreater(len(found), 50)

    def test_defaults_are_those_of_the_program(self):
        for name, option, words in (
                ("perceptual-compare", "metric", "(default: mmd-ssim)"),
                ("perceptual-compare", "measure", "(default: every-pair)"),
                ("perceptual-compare", "heads", "(of lpips; default: 0.1)"),
                ("perceptual-compare", "sync-duration", "(default: 1s)"),
                ("perceptual-compare", "alert-black", "(default: false)"),
                ("perceptual-monitor", "measure", "(default: real-time)"),
                ("perceptual-monitor", "sync", "default: track)"),
                ("perceptual-monitor", "alert-black", "(default: true)"),
                ("perceptual-monitor", "summary-interval", "default: 60s)")):
            text = re.search(rf"^  --{option}=.*\n((?:      .*\n)+)",
                             help_of(name), re.M).group(1)
            self.assertIn(words, " ".join(text.split()), (name, option))

    def test_every_option_has_its_group(self):
        for name in PROGRAMS:
            self.assertNotIn("More options", help_of(name), name)

    @unittest.skipIf("PERCEPTUAL_TEST_SANITIZED" in os.environ,
                     "gst-inspect-1.0 does not load a plugin with sanitizers")
    def test_every_property_of_the_element_is_an_option(self):
        done = subprocess.run(["gst-inspect-1.0", "--no-colors",
                               "perceptualdistance"], capture_output=True,
                              text=True, timeout=60)
        names = re.findall(r"^  ([a-z][\w-]*) *: .*\n +flags: .*only in NULL",
                           done.stdout, re.M)
        found = options(help_of("perceptual-compare"))
        self.assertGreater(len(names), 40)
        self.assertEqual(
            {"--" + name for name in names} - set(found),
            {"--output", "--log-location", "--metric-options"})


class Meant(unittest.TestCase):
    def assert_meant(self, words, name, *arguments, code=2):
        done = run(name, *arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(words, done.stderr)

    def test_an_option_nearby_is_named(self):
        self.assert_meant("--metrik=l2; did you mean --metric?",
                          "perceptual-compare", "--metrik=l2", "a", "b")
        self.assert_meant("--fial-above; did you mean --fail-above?",
                          "perceptual-compare", "--fial-above", "a", "b")
        self.assert_meant("did you mean --bootstrap?", "perceptual-judge",
                          "2afc", "--bootstap=3", "a")
        self.assert_meant("did you mean --target?", "perceptual-tune",
                          "search", "--taget", "p95<0.1", "a")

    def test_nothing_is_guessed_from_far(self):
        done = run("perceptual-compare", "--xyzzy", "a", "b")
        self.assertEqual(done.returncode, 2)
        self.assertNotIn("did you mean", done.stderr)

    def test_a_metric_nearby_is_named(self):
        self.assert_meant("did you mean lpips?", "perceptual-compare",
                          "--metric=lpisp", "a", "b")
        self.assert_meant("did you mean ms-ssim?", "perceptual-judge", "2afc",
                          "-m", "ms-sim", "a")
        self.assert_meant("did you mean squeeze?", "perceptual-compare",
                          "--backbone=squeez", "a", "b")


@unittest.skipUnless(PAGES.joinpath("perceptual-compare.1").exists(),
                     "this build makes no man pages")
class ManPages(unittest.TestCase):
    def test_every_option_is_in_the_page(self):
        for name in PROGRAMS:
            page = (PAGES / f"{name}.1").read_text(encoding="utf-8")
            page = page.replace("\\-", "-")
            n = 0
            for words in [[], *[[word] for word in subcommands(name)]]:
                for option in options(help_of(name, *words)):
                    n += 1
                    self.assertRegex(page, re.escape(option) + r"\b")
            self.assertGreater(n, 15)

    @unittest.skipUnless(shutil.which("man"), "there is no man")
    def test_pages_are_without_faults_and_fit_a_terminal(self):
        pages = sorted(PAGES.glob("*.[17]"))
        self.assertEqual(len(pages), len(PROGRAMS) + 2)
        for page in pages:
            done = subprocess.run(
                ["man", "--warnings", "-l", str(page)], capture_output=True,
                text=True, timeout=60,
                env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8"))
            self.assertEqual(done.stderr, "", page.name)
            self.assertIn("NAME", done.stdout)
            # Bold letters are overstruck, or between escape sequences.
            text = re.sub(".\b|\x1b\\[[0-9;]*m", "", done.stdout)
            for line in text.splitlines():
                self.assertLessEqual(len(line), 80, (page.name, line))

    def test_the_elements_page_has_messages_and_properties(self):
        page = (PAGES / "perceptualdistance.7").read_text(encoding="utf-8")
        page = page.replace("\\-", "-")
        for word in ('.SH "MESSAGE PERCEPTUAL-DISTANCE"', "unmatched-reference",
                     '.SS "heatmap-zoom"', "channel-norm (default true)",
                     "GST_CLOCK_TIME_NONE", "gst-launch-1.0 -m"):
            self.assertIn(word, page)
        self.assertNotIn("#Gst", page)


@unittest.skipUnless(PAGES.joinpath("perceptual-compare").exists(),
                     "this build makes no completion")
@unittest.skipUnless(shutil.which("bash"), "there is no bash")
class Completion(unittest.TestCase):
    def complete(self, *words):
        """What bash offers for the last of the words, which it has divided at
        equals signs."""
        name = words[0]
        script = (f"source {PAGES / name}; COMP_WORDS=(\"$@\"); "
                  f"COMP_CWORD=$(($# - 1)); _{name.replace('-', '_')}; "
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", *words],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.split()

    def test_options_by_their_beginning(self):
        self.assertEqual(self.complete("perceptual-compare", "--fail-ab"),
                         ["--fail-above"])
        self.assertGreater(len(self.complete("perceptual-compare", "--")), 50)

    def test_values_where_there_are_few(self):
        self.assertEqual(
            self.complete("perceptual-compare", "--backbone", "="),
            ["alex", "squeeze", "vgg"])
        self.assertEqual(
            self.complete("perceptual-compare", "--metric", "=", "ms"),
            ["ms-ssim"])
        self.assertEqual(self.complete("perceptual-compare", "--format", "j"),
                         ["json"])

    def test_commands_and_their_options(self):
        self.assertEqual(self.complete("perceptual-judge", "st"), ["study"])
        self.assertEqual(
            self.complete("perceptual-judge", "study", "--pl"), ["--plots"])
        self.assertEqual(
            self.complete("perceptual-tune", "clip.mkv", "--targ"),
            ["--target"])

    def test_files(self):
        folder = pathlib.Path(__file__).parent
        self.assertEqual(
            self.complete("perceptual-compare", "--weights",
                          f"{folder}/discover.p"),
            [f"{folder}/discover.py"])
        self.assertEqual(
            self.complete("perceptual-compare", f"{folder}/discover.p"),
            [f"{folder}/discover.py"])


if __name__ == "__main__":
    sys.exit(tap.main())
