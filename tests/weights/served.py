# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server on 127.0.0.1 for the tests of downloads."""

import http.server
import os
import socket
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(
    os.path.dirname(os.path.realpath(__file__)), "..", "..", "weights"))


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        server = self.server
        asked = self.headers.get("Range")
        server.asked.append((self.path, asked))
        data = server.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        first = int(asked[6:-1]) if asked and server.ranges else 0
        if first > 0 and first >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range",
                             f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        body = data[first:]
        if server.cuts:
            body = body[:server.cuts.pop(0)]
        self.wfile.write(body)


class Served(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        self.server.files = {}
        self.server.asked = []
        self.server.cuts = []
        self.server.ranges = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        thread = threading.Thread(target=self.server.serve_forever,
                                  kwargs={"poll_interval": 0.02})
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.folder = self.make_folder()

    def make_folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name


class Sender(threading.Thread):
    """Answers each connection with the next pieces of bytes, and closes it.

    A piece may also be a function of no arguments, which gives bytes or makes
    it wait.  The last answer is given again and again.
    """

    def __init__(self, *answers):
        super().__init__(daemon=True)
        self.answers = list(answers)
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/f"
        self.start()

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                self.answer(peer)

    def answer(self, peer):
        pieces = self.answers[0]
        if len(self.answers) > 1:
            del self.answers[0]
        try:
            self.asked.append(peer.recv(65536))
            for piece in pieces:
                peer.sendall(piece() if callable(piece) else piece)
            # What is asked for is read before it closes, or it would be a
            # reset.
            peer.shutdown(socket.SHUT_WR)
            peer.recv(65536)
        except OSError:
            pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join()
