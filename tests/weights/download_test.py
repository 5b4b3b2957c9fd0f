#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the fetch tool downloads; the server is our own on 127.0.0.1."""

import hashlib
import itertools
import os
import threading
import time
import unittest
from unittest import mock

from served import Sender, Served

import download


class Downloading(Served):
    def setUp(self):
        super().setUp()
        self.data = bytes(i * i % 251 for i in range(100_000))
        self.sum = hashlib.sha256(self.data).hexdigest()
        self.server.files["/f"] = self.data
        self.path = os.path.join(self.folder, "f")

    def get(self, url="/f", start=None):
        download.download(self.url + url, self.path, start or self.sum,
                          1 << 20, quiet=True)

    def put_part(self, data):
        with open(self.path + ".part", "wb") as file:
            file.write(data)

    def assert_got(self):
        self.assertEqual(os.listdir(self.folder), ["f"])
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), self.data)

    def ranges(self):
        return [asked for _, asked in self.server.asked]

    def test_whole_file_arrives_and_is_not_asked_for_again(self):
        self.get(start=self.sum[:8])
        self.assert_got()
        self.get()
        self.assertEqual(self.ranges(), [None])

    def test_broken_connections_are_resumed_where_they_ended(self):
        self.server.cuts = [30_000, 20_000]
        self.get()
        self.assert_got()
        self.assertEqual(self.ranges(),
                         [None, "bytes=30000-", "bytes=50000-"])

    def test_part_of_an_earlier_run_is_taken_up(self):
        self.put_part(self.data[:60_000])
        self.get()
        self.assert_got()
        self.assertEqual(self.ranges(), ["bytes=60000-"])

    def test_complete_part_needs_no_byte_more(self):
        self.put_part(self.data)
        self.get()
        self.assert_got()
        self.assertEqual(self.ranges(), ["bytes=100000-"])

    def test_damaged_part_is_thrown_away_once(self):
        self.put_part(b"?" * 60_000)
        self.get()
        self.assert_got()
        self.assertEqual(self.ranges(), ["bytes=60000-", None])

    def test_server_without_ranges_sends_all_again(self):
        self.server.ranges = False
        self.put_part(self.data[:60_000])
        self.get()
        self.assert_got()

    def test_wrong_content_is_refused_and_leaves_nothing(self):
        self.server.files["/f"] = b"<html>please log in</html>"
        with self.assertRaisesRegex(
                download.DownloadError, "web page.*SHA-256.*should have"):
            self.get()
        self.assertEqual(os.listdir(self.folder), [])
        self.assertEqual(self.ranges(), [None])

    def test_missing_file_and_closed_port_say_so(self):
        with self.assertRaisesRegex(download.DownloadError, "/g: .*404"):
            self.get("/g")
        with self.assertRaisesRegex(download.DownloadError, "refused"):
            download.download("http://127.0.0.1:1/f", self.path, self.sum,
                              1 << 20, quiet=True)
        self.assertEqual(os.listdir(self.folder), [])

    def test_larger_than_the_file_is_refused(self):
        with self.assertRaisesRegex(
                download.DownloadError,
                "offers 100000 bytes, and the file has at most 99999"):
            download.download(self.url + "/f", self.path, self.sum, 99_999,
                              quiet=True)
        self.put_part(self.data + b"?")
        download.download(self.url + "/f", self.path, self.sum, 100_000,
                          quiet=True)
        self.assert_got()
        self.assertEqual(self.ranges(), [None, None])


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


class StrangeServers(unittest.TestCase):
    """Whatever a server says ends in the file or in one line."""

    def setUp(self):
        folder = Served.make_folder(self)
        self.path = os.path.join(folder, "f")
        self.data = bytes(range(256)) * 512
        self.sum = hashlib.sha256(self.data).hexdigest()
        for name, value in (("PAUSE_S", 0), ("ATTEMPTS", 2)):
            patch = mock.patch.object(download, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def get(self, *answers, url=None):
        sender = Sender(*answers)
        self.addCleanup(sender.close)
        self.asked = sender.asked
        download.download(url or sender.url, self.path, self.sum, 1 << 18,
                          quiet=True)
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), self.data)
        self.assertFalse(os.path.exists(self.path + ".part"))

    def fails(self, says, *answers, **how):
        with self.assertRaisesRegex(download.DownloadError, says):
            self.get(*answers, **how)

    def put_part(self, data):
        with open(self.path + ".part", "wb") as file:
            file.write(data)

    def size_of_part(self):
        return os.path.getsize(self.path + ".part")

    def test_lengths_that_are_no_numbers_are_passed_over(self):
        for length in (b"", b"-5", b"\xb2", b"1e9", b"0x10", b"9" * 5000,
                       b"131072, 131072"):
            with self.subTest(length):
                self.get([OK, b"Content-Length: ", length, b"\r\n\r\n",
                          self.data])
                os.unlink(self.path)

    def test_lengths_beyond_the_file_are_refused(self):
        self.fails("offers 999999999999 bytes",
                   [OK, b"Content-Length: 999999999999\r\n\r\n"])
        self.fails("sends more than 262144 bytes",
                   [OK, b"\r\n", self.data, self.data, b"?"])

    def test_answers_that_are_none_are_told(self):
        for answer in (b"", b"\r\n" * 3, b"SSH-2.0-x\r\n", b"HTTP/1.1\r\n",
                       b"HTTP/1.1 abc d\r\n\r\n", b"HTTP/1.1 99 \r\n\r\n",
                       b"HTTP/1.1 999 \r\n\r\n", OK + b"x" * 70_000,
                       OK + b"a: b\r\n" * 200 + b"\r\n", OK + b"\0: \xff\r\n",
                       b"HTTP/1.1 101 Switch\r\n\r\n", b"\xff" * 1000,
                       b"HTTP/1.1 206 Part\r\n\r\nabc",
                       b"HTTP/1.1 204 None\r\n\r\n"):
            with self.subTest(answer[:30]):
                self.fails("^http://127.0.0.1:[0-9]*/f: .", [answer])

    def test_redirects_to_nonsense_are_told(self):
        for place, says in (
                (b"file:///etc/passwd", "not an address"),
                (b"ftp://127.0.0.1/", "not an address"),
                (b"data:,x", "not an address"), (b"http:///", "answers 302"),
                (b"http://[::1/", "does not|makes no sense"),
                (b"//h:99999/", "not an addr"), (b"//h:0/", "not an addr"),
                (b"", "answers 302"), (b"\xff\xfe://", "answer"),
                (b"http://a b/", "control characters|makes no sense"),
                (b"http://" + b"a" * 300, "makes no sense"),
                (b"g", "more than 5 times"), (b"f", "answers 302")):
            with self.subTest(place[:30]):
                count = itertools.count()

                def target(place=place, count=count):
                    return place + (b"%d" % next(count) if place == b"g"
                                    else b"")

                self.fails(says, [b"HTTP/1.1 302 Found\r\nLocation: ",
                                  target, b"\r\n\r\n"])

    def test_redirects_are_followed_and_their_bodies_left(self):
        self.get([b"HTTP/1.1 301 \r\nLocation: g\r\n"
                  b"Content-Length: 999999999999\r\n\r\n", bytes(1000)],
                 [OK, b"\r\n", self.data])
        self.assertEqual([a.split()[1] for a in self.asked], [b"/f", b"/g"])

    def test_bad_addresses_are_told(self):
        for url in ("", "f", "file:///etc/passwd", "http://", "http:///f",
                    "http://[/", "http://h:x/", "http://h:99999/",
                    "http://" + "a" * 300 + "/"):
            with self.subTest(url):
                self.fails(".", [OK], url=url)

    def test_pieces_that_end_early_are_kept_and_continued(self):
        first = b"8000\r\n" + self.data[:0x8000] + b"\r\n"
        self.get([CHUNKED, first, b"8000\r\n" + self.data[0x8000:0x9000]],
                 [b"HTTP/1.1 206 Part\r\nContent-Range: bytes 36864-\r\n\r\n",
                  self.data[0x9000:]])
        self.assertIn(b"Range: bytes=36864-", self.asked[1])
        os.unlink(self.path)
        for last in (b"x\r\n", b"-1\r\n", b"fffffffff\r\nabc", b""):
            with self.subTest(last):
                self.fails("ended early", [CHUNKED, first, last])
                self.assertGreaterEqual(self.size_of_part(), 0x8000)
                os.unlink(self.path + ".part")

    def test_part_that_cannot_be_continued_starts_anew(self):
        whole = [OK, b"\r\n", self.data]
        for answer in (
                b"HTTP/1.1 206 Part\r\nContent-Range: bytes 5-/9\r\n\r\nabc",
                b"HTTP/1.1 206 Part\r\n\r\nabc",
                b"HTTP/1.1 501 No\r\n\r\n", b"HTTP/1.1 400 No\r\n\r\n",
                b"HTTP/1.1 204 No\r\n\r\n", b"HTTP/1.1 416 No\r\n\r\n"):
            with self.subTest(answer):
                self.put_part(b"?" * 1000)
                self.get([answer], whole)
                self.assertIn(b"Range: bytes=1000-", self.asked[0])
                self.assertNotIn(b"Range", self.asked[1])
                os.unlink(self.path)
        # It is not given up for a server that has nothing instead.
        self.put_part(b"?" * 1000)
        self.fails("answers 503", [b"HTTP/1.1 503 No\r\n\r\n"])
        self.assertEqual(self.size_of_part(), 1000)

    def test_what_came_is_in_the_file_before_the_next_comes(self):
        sizes, came = [], threading.Event()

        def look():
            for _ in range(200):
                if (os.path.exists(self.path + ".part")
                        and self.size_of_part() >= 1000):
                    break
                time.sleep(.01)
            sizes.append(self.size_of_part())
            came.set()
            return b""

        self.get([OK, b"Content-Length: 131072\r\n\r\n", self.data[:1000],
                  look, self.data[1000:]])
        self.assertEqual(sizes, [1000])

    def test_drips_end(self):
        stop = threading.Event()
        self.addCleanup(stop.set)

        def drip(piece):
            return lambda: piece if not stop.wait(.02) else b""

        head = [b"HTTP/1.1 100 Continue\r\n\r\n", drip(b"")] * 10_000
        line = [OK] + [drip(b"x")] * 10_000
        body = [OK, b"\r\n"] + [drip(b"x")] * 10_000
        chunk = [CHUNKED] + [drip(b"0")] * 10_000
        for pieces, limit, says in (
                (head, "ANSWER_S", "does not answer"),
                (line, "ANSWER_S", "does not answer"),
                (body, "WINDOW_S", "less than 2048 bytes per second"),
                (chunk, "WINDOW_S", "less than 2048 bytes per second")):
            with self.subTest(says), mock.patch.object(download, limit, .2):
                self.fails(says, pieces)
        with mock.patch.object(download, "DEADLINE_S", .3):
            self.fails("longer than 0.3 s", body)

    def test_a_byte_with_each_connection_is_not_progress(self):
        self.fails("ended early", [OK, b"Content-Length: 9999\r\n\r\n?"],
                   [b"HTTP/1.1 206 \r\nContent-Length: 9998\r\n"
                    b"Content-Range: bytes 1-\r\n\r\n?"])
        self.assertEqual(len(self.asked), 2)

    def test_encryption_that_fails_is_told(self):
        sender = Sender([b"HTTP/1.1 400 no\r\n\r\n"])
        self.addCleanup(sender.close)
        self.fails("no encrypted connection", [OK],
                   url=sender.url.replace("http:", "https:"))

    def test_what_is_in_the_way_is_told(self):
        os.mkfifo(self.path + ".part")
        self.fails("part is not a regular file", [OK])
        os.unlink(self.path + ".part")
        os.mkfifo(self.path)
        self.fails("f is not a regular file", [OK])
        os.unlink(self.path)
        os.mkdir(self.path)
        self.fails("f is not a regular file", [OK])
        self.path = os.path.join(self.path, "none", "f")
        self.fails("No such file", [OK, b"\r\n", self.data])


if __name__ == "__main__":
    unittest.main()
