# SPDX-License-Identifier: LGPL-2.1-or-later
"""A monitor's page as a browser shows it, against its /state.json.

usage: monitor_page.py PATH-OF-SERVE-MADE-UP
"""

import html.parser
import http.server
import os
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import unittest

import tap
from made_up import MadeUp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")
NASTY = "<b>&\"' </script><script>document.title=1</script>"


class Reader(html.parser.HTMLParser):
    """Texts of the page by what they are."""

    def __init__(self, text):
        super().__init__()
        self.by_id, self.keys, self.counts = {}, [], []
        self.rows, self.tags, self.hidden = {}, {}, set()
        self.chips = []
        self.path = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.setdefault(tag, []).append(attrs)
        if "hidden" in attrs:
            self.hidden.add(attrs.get("id"))
        if tag in ("meta", "link", "img", "br"):
            return
        row = attrs.get("data-sequence")
        self.path.append((tag, attrs))
        if row:
            self.rows[int(row)] = []
        if tag == "td" and self.sequence() is not None:
            self.rows[self.sequence()].append("")
        if "data-key" in attrs:
            self.keys.append([attrs["data-key"], ""])
        if "data-count" in attrs:
            self.counts.append([attrs["data-count"], ""])
        if attrs.get("class") == "active":
            self.chips.append("")

    def sequence(self):
        for _, attrs in self.path:
            if "data-sequence" in attrs:
                return int(attrs["data-sequence"])
        return None

    def handle_endtag(self, tag):
        while self.path and self.path.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for tag, attrs in self.path:
            if "id" in attrs:
                self.by_id[attrs["id"]] = \
                    self.by_id.get(attrs["id"], "") + data
            if "data-key" in attrs:
                self.keys[-1][1] += data
            if "data-count" in attrs:
                self.counts[-1][1] += data
            if attrs.get("class") == "active":
                self.chips[-1] += data
            if tag == "td" and self.sequence() is not None:
                self.rows[self.sequence()][-1] += data


def browse(url, *options):
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu",
             "--enable-logging=stderr", "--hide-scrollbars",
             f"--user-data-dir={profile}", "--virtual-time-budget=8000",
             *options, url],
            capture_output=True, text=True, timeout=240)


def number(value):
    """As the page shows it: four digits."""
    return "\u2013" if value is None else float(f"{value:.4g}")


class PageCase(unittest.TestCase):
    def setUp(self):
        self.monitor = MadeUp()
        self.addCleanup(self.monitor.__exit__, None, None, None)

    def shown(self):
        """The page once its script has worked, without complaints."""
        done = browse(f"http://{self.monitor.address}/", "--dump-dom")
        self.assertNotIn("CONSOLE", done.stderr)
        self.assertIn('data-errors="0"', done.stdout)
        return Reader(done.stdout)

    def read(self, text):
        text = text.split(" ")[0]
        return text if text == "\u2013" else float(text)

    def compare(self, page, state):
        """All that the page shows against what is known."""
        alarmed = any(alert["active"] for stream in state["streams"]
                      for alert in stream["alerts"].values())
        self.assertEqual(page.tags["body"][0]["data-phase"],
                         state["phase"] if not state["healthy"] else
                         "alarmed" if alarmed else "healthy")
        self.assertEqual(page.by_id["name"], state["name"])
        self.assertEqual(page.by_id["state"], state["state"])
        self.assertEqual(page.by_id.get("reason", ""), state["reason"] or "")
        expected, chips = [], []
        for stream in state["streams"]:
            window = stream["window"]
            first, *others = stream["columns"]
            expected.append(["last", number(first["last"])])
            for name, value in (
                    *(("column", column["last"]) for column in others),
                    ("mean", window["mean"]), ("p95", window["p95"]),
                    ("max", window["max"]),
                    ("kbits", stream["kbits"] if state["encoders"] else None),
                    ("lag", stream["lag"]), ("offset", stream["sync_offset"])):
                if value is not None:
                    expected.append([name, number(value)])
            chips += [kind for kind, alert in stream["alerts"].items()
                      if alert["active"]]
        self.assertEqual([[key, self.read(text)] for key, text in page.keys],
                         expected)
        self.assertEqual(page.chips, chips)
        self.compare_alerts(page, state)
        counts = dict.fromkeys(name for name, _ in page.counts)
        for name in counts:
            counts[name] = [int(text) for other, text in page.counts
                            if other == name]
        for name, key in (("pairs measured", "measured"),
                          ("frozen pairs", "frozen"), ("gaps", "gaps"),
                          ("black pairs", "black"), ("late frames", "late")):
            self.assertEqual(counts[name], [s[key] for s in state["streams"]])
        self.assertEqual(counts["reference frames without a partner"],
                         [s["unmatched"]["reference"]
                          for s in state["streams"]])
        for reason, count in state["connections"].items():
            self.assertEqual(counts.get("connections ended: " + reason, [0]),
                             [count])

    def compare_alerts(self, page, state):
        self.assertEqual(list(page.rows),
                         [alert["sequence"] for alert in state["alerts"]])
        for alert in state["alerts"]:
            cells = page.rows[alert["sequence"]]
            self.assertEqual(cells[1], alert["words"])
            self.assertEqual(self.read(cells[-1]), number(alert["value"]))
            lasted = round((alert["end"] or state["now"]) - alert["begin"])
            self.assertEqual(cells[-2], f"{lasted} s" if alert["end"]
                             else f"still, {lasted} s")
            if len(state["streams"]) > 1:
                self.assertEqual(
                    cells[2], "" if alert["kind"] == "lost" else
                    state["streams"][alert["stream"]]["label"])


@unittest.skipUnless(CHROMIUM, "no chromium")
class Page(PageCase):
    def test_it_shows_what_the_state_says(self):
        self.monitor.tell("pictures")
        page = self.shown()
        self.compare(page, self.monitor.state())
        self.assertNotIn("worst", page.hidden)
        sources = [img.get("src", "") for img in page.tags["img"]]
        self.assertEqual(
            [s.split("/")[-1].split("?")[0] for s in sources],
            ["chart.svg", "reference.jpg", "distorted.jpg", "map.jpg"])
        self.assertIn("now=", sources[0])

    def test_several_encoders_have_a_card_each(self):
        self.monitor.tell("streams 3")
        page = self.shown()
        self.compare(page, self.monitor.state())
        self.assertEqual(len(page.tags["article"]), 3)
        self.assertIn("worst", page.hidden)

    def test_a_lost_stream_has_no_values(self):
        self.monitor.tell("lose", "name " + NASTY, "reason " + NASTY)
        page = self.shown()
        self.compare(page, self.monitor.state())
        self.assertEqual(page.keys, [["last", "\u2013"]])
        self.assertEqual(page.by_id["state"], "waiting 8 s, reference lost")
        self.assertEqual(len(page.tags["script"]), 1)

    def test_names_are_shown_in_printable_characters(self):
        self.monitor.tell(r"name a\n\342\200\256b\033[2J")
        self.assertEqual(self.monitor.state()["name"], "a\n\u202eb\x1b[2J")
        page = self.shown()
        self.assertEqual(page.by_id["name"], r"a\x0a\u202eb\x1b[2J")

    def test_it_fits_a_desk_and_a_telephone(self):
        self.monitor.tell("pictures")
        for width, height in ((1280, 1400), (390, 2000)):
            with tempfile.TemporaryDirectory() as folder:
                shot = os.path.join(folder, "shot.png")
                done = browse(f"http://{self.monitor.address}/",
                              f"--window-size={width},{height}",
                              f"--screenshot={shot}")
                self.assertNotIn("CONSOLE", done.stderr)
                with open(shot, "rb") as file:
                    data = file.read()
            self.assertEqual(struct.unpack(">II", data[16:24]),
                             (width, height))
            # A blank page of this size has 5 kB.
            self.assertGreater(len(data), 20000)


class Relay(http.server.BaseHTTPRequestHandler):
    """Hands requests on, the state so many times; then it is as if the monitor
    were gone."""

    monitor = None
    most = 1000
    before = b""  # of the script
    asked = 0

    def do_GET(self):
        if self.path.startswith("/state.json"):
            type(self).asked += 1
            if self.asked > self.most:
                self.close_connection = True
                return
        response, body = self.monitor.ask(self.path)
        if self.path == "/monitor.js":
            body = self.before + body
        self.send_response(response.status)
        self.send_header("Content-Type", response.getheader("Content-Type"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@unittest.skipUnless(CHROMIUM, "no chromium")
class Polls(PageCase):
    def relayed(self, **settings):
        """Returns the page after some seconds, and how often it asked."""
        relay = type("Own", (Relay,), dict(monitor=self.monitor, **settings))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), relay)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            done = browse(f"http://127.0.0.1:{server.server_port}/",
                          "--dump-dom")
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
        return Reader(done.stdout), relay.asked

    def test_it_says_itself_that_there_is_no_answer(self):
        page, asked = self.relayed(most=2)
        self.assertNotIn("silence", page.hidden)
        seconds = re.fullmatch(r"no answer for (\d+) s", page.by_id["silence"])
        self.assertIsNotNone(seconds, page.by_id["silence"])
        self.assertGreaterEqual(int(seconds[1]), 3)
        self.assertIn("data-silent", page.tags["body"][0])
        # It went on asking, and shows what it knew last.
        self.assertGreater(asked, 3)
        self.assertEqual(page.by_id["state"], "measuring")

    def test_it_asks_rarely_while_it_is_not_seen(self):
        page, asked = self.relayed()
        self.assertGreater(asked, 3)
        self.assertIn("silence", page.hidden)
        page, asked = self.relayed(
            before=b"Object.defineProperty(document, 'hidden',"
                   b"{ get: function () { return true; } });\n")
        self.assertLess(asked, 3)
        # Which is no silence.
        self.assertIn("silence", page.hidden)


# The program behind it is tested under sanitizers by monitor_serve.py.
if "PERCEPTUAL_TEST_SANITIZED" in os.environ:
    tap.skip_all("sanitizers are on")
tap.main()
