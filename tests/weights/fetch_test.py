#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The fetch tool as a command: what it writes, and what it says."""

import contextlib
import hashlib
import io
import json
import os
import signal
import struct
import subprocess
import sys
import threading
import unittest
from unittest import mock

from pickled import floats, made_up_files
from served import Sender, Served

import fetch
import pypi

DATA = os.environ.get("PERCEPTUAL_TEST_DATA")


class Command(Served):
    def run_tool(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        os.environ["XDG_CACHE_HOME"] = os.path.join(self.folder, "cache")
        self.into = os.path.join(self.folder, "into")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = fetch.main([*arguments, "--into", self.into])
        return code, out.getvalue(), err.getvalue()

    def test_own_numbers_are_written_only_when_accepted(self):
        files = made_up_files(self.folder, "squeeze")
        code, out, err = self.run_tool("squeeze", "--offline", "--from",
                                       *files)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("64 tensors are not the published ones", err)
        self.assertFalse(os.path.exists(self.into))

        code, out, err = self.run_tool(
            "squeeze", "--offline", "--accept-unknown", "--from", *files)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("(not a known file)", out)
        with open(os.path.join(self.into, "squeeze.safetensors"),
                  "rb") as file:
            length, = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
            body = file.read()
        entry = fetch.load_manifest()["backbones"]["squeeze"]
        self.assertEqual(header.pop("__metadata__"), entry["metadata"])
        self.assertEqual(
            {n: t["shape"] for n, t in header.items()},
            {n: t["shape"] for n, t in entry["tensors"].items()})
        for at, title in enumerate(entry["tensors"]):
            start, end = header[title]["data_offsets"]
            self.assertEqual(body[start:end],
                             floats([at]) * ((end - start) // 4))

    def test_missing_parts_and_strange_files_are_named(self):
        files = made_up_files(self.folder, "squeeze")
        code, _, err = self.run_tool("squeeze", "--offline", "--from",
                                     files[0], files[1])
        self.assertEqual(code, 1)
        self.assertIn("holds its heads 0.0", err)
        code, _, err = self.run_tool("alex", "--offline", "--from", *files)
        self.assertEqual(code, 1)
        self.assertIn(f"{files[0]}: holds nothing for alex", err)
        code, _, err = self.run_tool("alex", "--from", "/no/such.pth")
        self.assertEqual(code, 1)
        self.assertIn("/no/such.pth: No such file", err)

    def test_hosts_that_cannot_be_reached_leave_a_way_out(self):
        code, out, err = self.run_tool(
            "squeeze", "--mirror", self.url, "--source", "official")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("404", err)
        self.assertIn("--from squeezenet1_1-b8a52dc0.pth", err)

    def test_what_is_no_plain_file_is_refused(self):
        path = os.path.join(self.folder, "f\x1b[2J\n")
        os.mkfifo(path)
        code, _, err = self.run_tool("alex", "--offline", "--from", path)
        self.assertEqual(code, 1)
        self.assertTrue(err.endswith(
            "f\\x1b[2J\\x0a: this is not a regular file\n"), err)

    def test_bad_mirrors_are_wrong_usage(self):
        for mirror in ("x", "file:///etc", "http://[", "http://h:x",
                       "\x1b[2J"):
            with self.subTest(mirror):
                with self.assertRaises(SystemExit) as end, \
                        contextlib.redirect_stderr(io.StringIO()) as err:
                    fetch.main(["alex", "--mirror", mirror])
                self.assertEqual(end.exception.code, 2)
                self.assertRegex(err.getvalue(), "--mirror: .* not an addr")
                self.assertNotIn("\x1b", err.getvalue())

    def test_servers_words_are_escaped(self):
        sender = Sender([b"HTTP/1.1 404 \x1b[31mNo\xc2\x85\r\n\r\n"])
        self.addCleanup(sender.close)
        code, _, err = self.run_tool("squeeze", "--source", "official",
                                     "--mirror", sender.url)
        self.assertEqual(code, 1)
        self.assertIn("answers 404 \\x1b[31mNo", err)
        self.assertTrue(err.replace("\n", "").isprintable())

    def test_pip_is_shown_and_ends(self):
        program = os.path.join(self.folder, "pip")
        with open(program, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nprintf 'a\\033b\\377\\n\\nc'\n"
                       "case $* in *wait*) exec sleep 60;; esac\nexit 3\n")
        os.chmod(program, 0o755)
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            said = pypi.run([program], None, 1 << 20)
        self.assertEqual((said, err.getvalue()),
                         ("exit 3", "a\\x1bb\\xff\nc\n"))
        with mock.patch.object(pypi, "DEADLINE_S", .1), \
                contextlib.redirect_stderr(err):
            self.assertEqual(pypi.run([program, "wait"], None, 1 << 20),
                             "it takes longer than 0.1 s")

    def test_signals_end_it_with_a_line(self):
        stop = threading.Event()
        sender = Sender([lambda: b"" if stop.wait(30) else b""])
        self.addCleanup(sender.close)
        self.addCleanup(stop.set)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            process = subprocess.Popen(
                [sys.executable, "-B", fetch.__file__, "squeeze",
                 "--source=official", "--mirror", sender.url, "--into",
                 self.folder], stderr=subprocess.PIPE,
                env={**os.environ, "XDG_CACHE_HOME": self.folder})
            self.assertIn(b"getting", process.stderr.readline())
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
            self.assertEqual(process.returncode, 1)
            self.assertRegex(err, b"^perceptual.*interrupted.*\n$")

    @unittest.skipUnless(DATA, "PERCEPTUAL_TEST_DATA is not set")
    def test_published_files_end_in_the_known_file(self):
        folder = os.path.join(DATA, "weights", "upstream")
        for title in os.listdir(folder):
            with open(os.path.join(folder, title), "rb") as file:
                self.server.files["/" + title] = file.read()
        code, out, err = self.run_tool(
            "squeeze", "--mirror", self.url, "--source", "official",
            "--from", os.path.join(folder, "squeezenet1_1-features.pth"))
        self.assertEqual(code, 0, err)
        with open(os.path.join(DATA, "weights", "squeeze.safetensors"),
                  "rb") as file:
            known = file.read()
        with open(os.path.join(self.into, "squeeze.safetensors"),
                  "rb") as file:
            self.assertEqual(file.read(), known)
        self.assertIn(hashlib.sha256(known).hexdigest(), out)
        self.assertEqual(len(self.server.asked), 2)
        self.assertEqual(os.listdir(os.path.join(
            self.folder, "cache", "gst-perceptual")), [])
        code, out, _ = self.run_tool("squeeze")
        self.assertEqual(code, 0)
        self.assertIn("already there", out)


if __name__ == "__main__":
    unittest.main()
