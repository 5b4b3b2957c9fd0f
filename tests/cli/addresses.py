# SPDX-License-Identifier: LGPL-2.1-or-later
"""Inputs by other names than a file's path: file: URIs, and playlists, which
have other files and addresses read.

usage: addresses.py PATH-OF-PERCEPTUAL-COMPARE
"""

import http.server
import os
import pathlib
import subprocess
import threading

import clips
import tap
from compare_case import PROGRAM, CompareCase, compare

HLS = """#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXTINF:2.0,
{0}
#EXT-X-ENDLIST
"""
DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"
 mediaPresentationDuration="PT2S" minBufferTime="PT1S"
 profiles="urn:mpeg:dash:profile:isoff-on-demand:2011">
<Period><AdaptationSet mimeType="video/mp4"><Representation id="1"
 bandwidth="100000" width="64" height="48" codecs="avc1.4d401e">
<BaseURL>{0}</BaseURL></Representation></AdaptationSet></Period></MPD>
"""


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder, and keeps what it is asked for."""

    def __init__(self, folder):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=str(folder))

            def log_message(self, form, *values):
                self.server.asked.append(self.path)

        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def uri(self, name):
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"


def has(element):
    return subprocess.run(["gst-inspect-1.0", "--exists", element],
                          check=False).returncode == 0


class Addresses(CompareCase):
    @classmethod
    def make_inputs(cls):
        clips.y4m(cls.folder / "a b.y4m", range(16, 216, 20))
        clips.y4m(cls.folder / "b.y4m", [clips.GREY] * 10)
        (cls.folder / "empty").write_bytes(b"")
        (cls.folder / "inner").mkdir()

    def uri(self, name):
        return pathlib.Path(self.path(name)).as_uri()

    def write(self, name, text, place):
        path = self.folder / name
        path.write_text(text.format(place))
        return path

    # --- file: URIs ---------------------------------------------------------

    def test_file_uri_is_measured_as_the_path_is(self):
        [by_path] = self.report(self.path("a b.y4m"),
                                self.path("b.y4m"))["results"]
        [by_uri] = self.report(self.uri("a b.y4m"),
                               self.uri("b.y4m"))["results"]
        self.assertEqual(by_uri["distorted"], self.uri("b.y4m"))
        self.assertEqual(by_uri["worst"], by_path["worst"])
        self.assertEqual(by_uri["pairs"], 10)

    def test_file_uri_has_the_problems_that_the_path_has(self):
        for name, words in (("inner", "this is a folder"),
                            ("empty", "the file is empty"),
                            ("none", "No such file or directory")):
            with self.subTest(name):
                self.fails([f"{self.uri(name)}: {words}"],
                           self.path("b.y4m"), self.uri(name))

    def test_file_uri_of_a_pipe_is_read_as_the_pipe_is(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        with subprocess.Popen(
                [PROGRAM, "--quiet", self.path("b.y4m"), self.uri("fifo")],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            with open(fifo, "wb") as pipe:
                pipe.write((self.folder / "b.y4m").read_bytes())
            self.assertEqual(process.communicate(timeout=60), (b"0\n", b""))
        self.assertEqual(process.returncode, 0)

    def test_a_pipe_by_two_names_is_named_twice(self):
        fifo = self.folder / "twice"
        os.mkfifo(fifo)
        self.refused(["is named twice"], self.path("twice"), self.uri("twice"))

    # --- playlists ----------------------------------------------------------

    def assert_hidden(self, kind, path):
        done = self.fails([f"{path}: it is {kind} under the name of something "
                           "else", "--allow-playlists"],
                          self.path("b.y4m"), path)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_playlist_under_another_name_has_nothing_read(self):
        if not has("hlsdemux") or not has("dashdemux"):
            self.skipTest("hlsdemux or dashdemux is missing")
        with Server(self.folder) as server:
            place = server.uri("secret")
            for kind, text in (("an HLS playlist", HLS),
                               ("a DASH playlist", DASH)):
                path = self.write("film.mp4", text, place)
                self.assert_hidden(kind, path)
                self.assert_hidden(kind, self.uri("film.mp4"))
                self.write("film.mp4", text, self.uri("b.y4m"))
                self.assert_hidden(kind, path)
            self.assertEqual(server.asked, [])
            server.shutdown()

    def want_a_client(self):
        if "PERCEPTUAL_TEST_SANITIZED" in os.environ:
            self.skipTest("libproxy throws what ASan cannot follow")
        if not has("hlsdemux") or not has("souphttpsrc"):
            self.skipTest("hlsdemux or souphttpsrc is missing")

    def test_playlist_from_a_server_is_wanted_by_its_name_alone(self):
        self.want_a_client()
        with Server(self.folder) as server:
            self.write("film.mp4", HLS, server.uri("secret"))
            self.write("film.m3u8", HLS, server.uri("secret"))
            self.assert_hidden("an HLS playlist", server.uri("film.mp4"))
            self.assertNotIn("/secret", " ".join(server.asked))
            compare(self.path("b.y4m"), server.uri("film.m3u8"))
            self.assertIn("/secret", server.asked)
            server.shutdown()

    def test_playlist_under_any_name_is_read_with_the_option(self):
        self.want_a_client()
        with Server(self.folder) as server:
            compare("--allow-playlists", self.path("b.y4m"),
                    self.write("film.mp4", HLS, server.uri("secret")))
            self.assertIn("/secret", server.asked)
            server.shutdown()


tap.main()
