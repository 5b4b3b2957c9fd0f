# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is installed, and what the libraries show of themselves.

usage: installed.py BUILD-FOLDER MESON...
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
MESON = sys.argv[2:]
del sys.argv[1:]

HEADER = ROOT / "metric" / "perceptual.h"


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True,
                          timeout=120).stdout


def exported(library):
    lines = run("nm", "-D", "--defined-only", str(library)).splitlines()
    return {line.split()[2].split("@")[0] for line in lines}


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        run(*MESON, "install", "-C", str(BUILD), "--no-rebuild", "--quiet",
            "--destdir", cls.folder.name)
        cls.root = pathlib.Path(cls.folder.name)
        cls.files = {str(path.relative_to(cls.root)): path
                     for path in cls.root.rglob("*") if not path.is_dir()}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def one(self, pattern):
        """The one file whose path ends so."""
        found = [path for name, path in self.files.items()
                 if re.search(f"/{pattern}$", name)]
        self.assertEqual(len(found), 1, (pattern, found))
        return found[0]

    def test_everything_is_there(self):
        for pattern in ("bin/perceptual-compare", "bin/perceptual-judge",
                        "bin/perceptual-tune",
                        "gstreamer-1.0/libgstperceptual.so",
                        "include/perceptual-1.0/perceptual.h",
                        "pkgconfig/perceptual-1.0.pc",
                        r"lib[\w/-]*/libperceptual\.so\.0\.1\.0",
                        "schemas/compare.schema.json",
                        "doc/gst-perceptual/manual.md",
                        "gst-perceptual/manifest.json"):
            self.one(pattern)

    def test_nothing_of_the_tests_is_there(self):
        for name in self.files:
            self.assertNotRegex(name, r"test|bench|soak|fuzz|\.a$")

    def test_links_lead_to_files(self):
        links = [path for path in self.files.values() if path.is_symlink()]
        self.assertGreaterEqual(len(links), 3)
        for path in links:
            self.assertTrue(path.exists(), path)
        fetch = self.one("bin/perceptual-fetch-weights")
        self.assertTrue(os.access(fetch, os.X_OK))

    def test_all_schemas_are_there(self):
        for path in (ROOT / "docs").glob("*.schema.json"):
            schema = json.loads(self.one(
                f"gst-perceptual/schemas/{path.name}").read_text())
            self.assertEqual(schema["properties"]["schema"], {"const": 1})

    def test_the_library_has_the_name_that_programs_ask_for(self):
        library = self.one(r"libperceptual\.so\.0\.1\.0")
        told = run("readelf", "-d", str(library))
        self.assertIn("Library soname: [libperceptual.so.0]", told)
        for name in ("bin/perceptual-judge",
                     "gstreamer-1.0/libgstperceptual.so"):
            told = run("readelf", "-d", str(self.one(name)))
            self.assertIn("Shared library: [libperceptual.so.0]", told)
            self.assertNotRegex(told, r"(RPATH|RUNPATH).*" + re.escape(
                str(BUILD)))

    def test_the_library_shows_what_its_header_has_and_nothing_else(self):
        header = HEADER.read_text(encoding="utf-8")
        declared = set(re.findall(
            r"PERCEPTUAL_API [^;(]*?\b(perceptual_\w+)\s*\(", header))
        self.assertGreater(len(declared), 15)
        self.assertEqual(exported(self.one(r"libperceptual\.so\.0\.1\.0")),
                         declared)

    def test_the_plugin_shows_what_gstreamer_asks_for_and_nothing_else(self):
        self.assertEqual(
            exported(self.one("libgstperceptual.so")),
            {"gst_plugin_perceptual_get_desc",
             "gst_plugin_perceptual_register"})

    def test_debian_lists_the_same_symbols(self):
        listed = set(re.findall(
            r"^ (perceptual_\w+)@", (ROOT / "debian" / "libperceptual0.symbols")
            .read_text(encoding="utf-8"), re.M))
        self.assertEqual(
            listed, exported(self.one(r"libperceptual\.so\.0\.1\.0")))

    def test_debian_builds_with_what_the_project_needs(self):
        packages = (ROOT / "tests" / "packages.sh").read_text(encoding="utf-8")
        needed = re.search(r'^PACKAGES_BUILD="([^"]*)"', packages,
                           re.M).group(1).split()
        control = (ROOT / "debian" / "control").read_text(encoding="utf-8")
        fields = re.search(r"^Build-Depends:(.*?)^\S", control,
                           re.M | re.S).group(1)
        listed = re.findall(r"[a-z0-9][a-z0-9.+-]+", fields)
        # gcc is in every build of Debian.
        self.assertEqual(set(needed) - set(listed) - {"gcc"}, set())


if "PERCEPTUAL_TEST_SANITIZED" in os.environ:
    tap.skip_all("sanitizers show names of their own")

if __name__ == "__main__":
    sys.exit(tap.main())
