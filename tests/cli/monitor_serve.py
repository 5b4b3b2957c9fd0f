# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a monitor's web server answers, and to whom.

usage: monitor_serve.py PATH-OF-SERVE-MADE-UP FOLDER-OF-WHAT-IS-SHIPPED
"""

import json
import pathlib
import re
import resource
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import schemas
import tap
from made_up import MadeUp

SHIPPED = pathlib.Path(sys.argv[2])
RULES = SHIPPED / "perceptual.rules.yml"
RULES_TEST = (pathlib.Path(__file__).parent.parent / "examples" / "monitor"
              / "perceptual.rules.test.yml")
PROMTOOL = shutil.which("promtool")
OPEN = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"
NASTY = r'a"} 1\n# TYPE b\\ <script>alert(1)</script>'


def raw(address, data, timeout=10):
    """What comes back for bytes, until the other end closes."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout) as link:
        link.sendall(data)
        answer = b""
        while part := link.recv(65536):
            answer += part
    return answer


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.monitor = MadeUp()
        cls.monitor.tell("pictures")

    @classmethod
    def tearDownClass(cls):
        cls.monitor.__exit__(None, None, None)

    def test_each_place_has_its_type(self):
        for path, kind, begin in (
                ("/", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
                ("/metrics", "text/plain; version=0.0.4; charset=utf-8",
                 b"# HELP perceptual_build_info"),
                ("/state.json", "application/json", b'{"schema":1'),
                ("/chart.svg", "image/svg+xml", b"<?xml"),
                ("/chart.svg?width=narrow", "image/svg+xml", b"<?xml"),
                ("/worst/reference.jpg", "image/jpeg", b"\xff\xd8\xff"),
                ("/worst/distorted.jpg", "image/jpeg", b"\xff\xd8\xff"),
                ("/worst/map.jpg?n=3", "image/jpeg", b"\xff\xd8\xff"),
                ("/healthz", "text/plain; charset=utf-8", b"measuring\n"),
                ("/monitor.js", "text/javascript; charset=utf-8", b"// "),
                ("/monitor.css", "text/css; charset=utf-8", b":root"),
                ("/icon.svg", "image/svg+xml", b"<svg")):
            with self.subTest(path):
                response, body = self.monitor.ask(path)
                self.assertEqual(response.status, 200)
                self.assertEqual(response.getheader("Content-Type"), kind)
                self.assertEqual(body[:len(begin)], begin)

    def test_pictures_are_not_mixed_up(self):
        bodies = {self.monitor.ask(f"/worst/{name}.jpg")[1]
                  for name in ("reference", "distorted", "map")}
        self.assertEqual(len(bodies), 3)

    def test_head_tells_the_size_alone(self):
        for path in ("/", "/metrics", "/chart.svg", "/healthz"):
            with self.subTest(path):
                full, body = self.monitor.ask(path)
                response, nothing = self.monitor.ask(path, "HEAD")
                self.assertEqual(response.status, full.status)
                self.assertEqual(nothing, b"")
                self.assertEqual(int(response.getheader("Content-Length")),
                                 len(body))

    def test_other_methods_are_refused(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
            with self.subTest(method):
                response, _ = self.monitor.ask("/metrics", method)
                self.assertEqual(response.status, 405)
                self.assertEqual(response.getheader("Allow"), "GET, HEAD")

    def test_a_body_is_refused(self):
        answer = raw(self.monitor.address,
                     b"GET / HTTP/1.1\r\nHost: localhost\r\n"
                     b"Content-Length: 100000000\r\n\r\n")
        self.assertIn(b" 413 ", answer.splitlines()[0])

    def test_what_is_not_there_is_404(self):
        for path in ("/nothing", "/metrics/", "/worst/other.jpg", "/worst/",
                     "/../../etc/passwd", "/%2e%2e/etc/passwd", "//",
                     "/index.html", "/state.json%20"):
            with self.subTest(path):
                self.assertIn(self.monitor.ask(path)[0].status, (400, 404))

    def test_foreign_names_are_refused(self):
        port = self.monitor.port
        for host, status in (
                (f"127.0.0.1:{port}", 200), (f"localhost:{port}", 200),
                ("localhost", 200), (f"[::1]:{port}", 200),
                (f"evil.example:{port}", 403), ("evil.example", 403),
                ("10.0.0.1", 403), (f"localhost.evil.example:{port}", 403)):
            for path in ("/metrics", "/state.json", "/worst/map.jpg", "/"):
                with self.subTest(host=host, path=path):
                    response, body = self.monitor.ask(path, Host=host)
                    self.assertEqual(response.status, status)
                    self.assertEqual(b"perceptual" in body and status == 403,
                                     False)
        for head in (b"GET /metrics HTTP/1.1\r\n\r\n",
                     b"GET /metrics HTTP/1.0\r\n\r\n"):
            line = raw(self.monitor.address, head).splitlines()[0]
            self.assertRegex(line, rb" 40[03] ")

    def test_pages_of_others_may_not_read_it(self):
        for path in ("/", "/state.json", "/metrics", "/chart.svg", "/nothing"):
            with self.subTest(path):
                response, _ = self.monitor.ask(path,
                                               Origin="http://evil.example")
                names = [name.lower() for name, _ in response.getheaders()]
                self.assertFalse(
                    [n for n in names if n.startswith("access-control")])
                self.assertEqual(response.getheader("X-Content-Type-Options"),
                                 "nosniff")
                self.assertEqual(
                    response.getheader("Cross-Origin-Resource-Policy"),
                    "same-origin")
                policy = response.getheader("Content-Security-Policy")
                self.assertIn("default-src 'none'" if path == "/chart.svg"
                              else "default-src 'self'", policy)
                if path != "/chart.svg":
                    self.assertNotIn("unsafe", policy)

    def test_too_long_requests_are_refused(self):
        for head in (b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\n",
                     b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "
                     + b"a" * 200000 + b"\r\n"):
            try:
                answer = raw(self.monitor.address, head + b"\r\n")
            except ConnectionError:
                answer = b""
            if answer:
                self.assertRegex(answer.splitlines()[0], rb" 4(13|14|31) ")
        self.assertEqual(self.monitor.ask("/healthz")[0].status, 200)

    def test_rubbish_does_not_bring_it_down(self):
        for data in (b"\r\n\r\n", b"\0" * 1000, b"GET",
                     b"GET / HTTP/9.9\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
                     b"GET / HTTP/1.1\r\nHost: localhost\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n"):
            host, port = self.monitor.address.rsplit(":", 1)
            with socket.create_connection((host, int(port))) as link:
                link.sendall(data)
        self.assertEqual(self.monitor.ask("/healthz")[0].status, 200)

    def test_points_after_a_number(self):
        self.assertNotIn("points", self.monitor.state())
        schemas.assert_narrow(self, "monitor", self.monitor.state("?since=297"))
        points = self.monitor.state("?since=0")["points"]
        self.assertEqual([p["sequence"] for p in points],
                         list(range(1, 301)))
        self.assertEqual([p["sequence"] for p in
                          self.monitor.state("?since=297")["points"]],
                         [298, 299, 300])
        self.assertEqual(self.monitor.state("?since=300")["points"], [])
        self.assertEqual(
            self.monitor.state("?since=18446744073709551615")["points"], [])
        for wrong in ("x", "-1", "1.5", "18446744073709551616", ""):
            with self.subTest(wrong):
                response, _ = self.monitor.ask("/state.json?since=" + wrong)
                self.assertEqual(response.status, 400)

    def test_the_chart_is_drawn_once_a_second(self):
        first = self.monitor.ask("/chart.svg")[1]
        self.assertEqual(self.monitor.ask("/chart.svg")[1], first)
        width = re.search(rb'width="(\d+)(px)?"', first)[1]
        self.assertEqual(width, b"1040")
        narrow = self.monitor.ask("/chart.svg?width=narrow")[1]
        self.assertEqual(re.search(rb'width="(\d+)(px)?"', narrow)[1], b"360")
        for word in (b"frozen picture", b"above the threshold",
                     b"no connection", b"mmd-ssim"):
            self.assertIn(word, first)

    def test_the_page_tells_its_state_without_scripts(self):
        text = self.monitor.ask("/")[1].decode()
        self.assertRegex(text, r'id="state"[^>]*>measuring<')
        self.assertIn("<b>0.0123</b> mmd-ssim", text)
        self.assertIn("<noscript>", text)
        self.assertNotRegex(text, r"<script[^>]*>[^<]")
        self.assertNotRegex(text, r"\son\w+=|style=|https?://")


class Changes(unittest.TestCase):
    def setUp(self):
        self.monitor = MadeUp()

    def tearDown(self):
        self.monitor.__exit__(None, None, None)

    def test_without_pictures_they_are_404(self):
        self.assertEqual(self.monitor.ask("/worst/map.jpg")[0].status, 404)
        self.assertIsNone(self.monitor.state()["worst"])
        self.monitor.tell("pictures")
        self.assertEqual(self.monitor.state()["worst"]["distance"], .25)

    def test_health_is_503_while_no_pairs_come(self):
        self.assertEqual(self.monitor.ask("/healthz")[0].status, 200)
        self.monitor.tell("lose")
        response, body = self.monitor.ask("/healthz")
        self.assertEqual(response.status, 503)
        self.assertEqual(body, b"waiting 8 s, reference lost\n")
        self.monitor.tell("find")
        self.assertEqual(self.monitor.ask("/healthz")[0].status, 200)

    def test_counters_stay_where_gauges_go(self):
        before = self.monitor.series()
        self.monitor.tell("count", "lose")
        lost = self.monitor.series()
        self.monitor.tell("find")
        after = self.monitor.series()
        gone = {re.match(r"\w+", key)[0] for key in before.keys() - lost.keys()}
        self.assertEqual(gone, {
            "perceptual_last_distance", "perceptual_window_distance",
            "perceptual_measure_lag_seconds", "perceptual_sync_offset_seconds",
            "perceptual_sync_confidence_ratio"})
        self.assertEqual(before.keys(), after.keys())
        counters = [key for key in before
                    if re.match(r"\w+_(total|count|bucket)\{", key)]
        self.assertGreater(len(counters), 40)
        for key in counters:
            self.assertGreaterEqual(float(lost[key]), float(before[key]), key)
            self.assertGreaterEqual(float(after[key]), float(lost[key]), key)
        self.assertEqual(lost['perceptual_up{monitor="studio 1"}'], "0")
        self.assertEqual(after['perceptual_up{monitor="studio 1"}'], "1")

    def test_nasty_names_stay_what_they_are(self):
        self.monitor.tell("name " + NASTY, "streams 2", "label " + NASTY,
                          "reason " + NASTY)
        plain = 'a"} 1\n# TYPE b\\ <script>alert(1)</script>'
        state = self.monitor.state()
        self.assertEqual(state["name"], plain)
        self.assertEqual(state["reason"], plain)
        self.assertEqual(state["streams"][0]["label"], plain)
        escaped = r'a\"} 1\\x0a# TYPE b\\ <script>alert(1)</script>'
        self.assertIn(
            f'perceptual_up{{monitor="{escaped}",encoder="{escaped}"}}',
            self.monitor.series())
        page = self.monitor.ask("/")[1].decode()
        self.assertNotIn("<script>", page)
        self.assertIn("&lt;script&gt;alert(1)", page)
        chart = self.monitor.ask("/chart.svg")[1]
        self.assertNotIn(b"<script", chart)

    def test_open_metrics_where_it_is_liked(self):
        self.monitor.tell("streams 3")
        response, body = self.monitor.ask("/metrics", Accept=OPEN)
        self.assertEqual(
            response.getheader("Content-Type"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8")
        text = body.decode()
        self.assertTrue(text.endswith("\n# EOF\n"))
        self.assertNotIn("_created", text)
        self.assertEqual(
            {key: float(value) for key, value in
             self.monitor.series(Accept=OPEN).items()},
            {key: float(value) for key, value in
             self.monitor.series().items()})
        families = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M)
        self.assertEqual(len(families), len(set(families)))
        for name, kind in families:
            self.assertFalse(name.endswith(("_total", "_info")), name)
            samples = re.findall(rf"^({name}\w*)\{{", text, re.M)
            suffixes = {"counter": {"_total"}, "gauge": {""}, "info": {"_info"},
                        "histogram": {"_bucket", "_sum", "_count"}}[kind]
            self.assertTrue(suffixes <= {s[len(name):] for s in samples}, name)

    @unittest.skipUnless(PROMTOOL, "no promtool")
    def test_promtool_has_nothing_to_say(self):
        for lines in ([], ["streams 3"], ["lose"],
                      ["streams 1", "name " + NASTY]):
            self.monitor.tell(*lines)
            done = subprocess.run(
                [PROMTOOL, "check", "metrics"],
                input=self.monitor.ask("/metrics")[1], capture_output=True,
                timeout=60)
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (0, b"", b""), lines)


class Shipped(unittest.TestCase):
    def names(self):
        """All names of series that a monitor has."""
        with MadeUp() as monitor:
            monitor.tell("streams 2")
            return {re.match(r"\w+", key)[0] for key in monitor.series()}

    def test_only_series_that_exist_are_asked_for(self):
        names = self.names()
        dashboard = json.loads(
            (SHIPPED / "grafana-dashboard.json").read_text())
        asked = [target["expr"] for panel in dashboard["panels"]
                 for target in panel["targets"]]
        asked += re.findall(r"expr:(.*?)(?=\n {6}- |\n {8}\w|\Z)",
                            RULES.read_text(), re.S)
        self.assertGreater(len(asked), 30)
        for text in asked:
            text = re.sub(r"monitor:\w+:\w+", "", text)
            for name in re.findall(r"\b(?:perceptual|process)_\w+", text):
                self.assertIn(name, names, text)

    def test_panels_do_not_lie_over_each_other(self):
        dashboard = json.loads(
            (SHIPPED / "grafana-dashboard.json").read_text())
        taken = set()
        for panel in dashboard["panels"]:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(cells & taken, panel["title"])
            self.assertLessEqual(max(x for x, _ in cells), 23)
            taken |= cells
        self.assertEqual(len({p["id"] for p in dashboard["panels"]}),
                         len(dashboard["panels"]))

    @unittest.skipUnless(PROMTOOL, "no promtool")
    def test_rules_are_right_and_fire_when_they_should(self):
        with tempfile.TemporaryDirectory() as folder:
            for file in (RULES, RULES_TEST):
                shutil.copy(file, folder)
            for words in (["check", "rules", RULES.name],
                          ["test", "rules", RULES_TEST.name]):
                done = subprocess.run([PROMTOOL, *words], cwd=folder,
                                      capture_output=True, text=True,
                                      timeout=120)
                self.assertEqual(done.returncode, 0,
                                 done.stdout + done.stderr)
                self.assertIn("SUCCESS", done.stdout)


class Crowds(unittest.TestCase):
    """Slow clients, and many of them."""

    @staticmethod
    def ends(link, seconds):
        """Seconds until the other end closes a link that trickles."""
        begun = time.monotonic()
        link.settimeout(.1)
        while time.monotonic() - begun < seconds:
            try:
                link.sendall(b"a")
                if not link.recv(1000):
                    return time.monotonic() - begun
            except socket.timeout:
                pass
            except ConnectionError:
                return time.monotonic() - begun
        return None

    def link(self, monitor):
        link = socket.create_connection(("127.0.0.1", monitor.port), 30)
        self.addCleanup(link.close)
        link.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        return link

    @staticmethod
    def go_on(waiting, link, event, answers):
        part = b""
        try:
            if event == selectors.EVENT_WRITE:
                link.sendall(b"GET /metrics HTTP/1.1\r\n"
                             b"Host: localhost\r\n\r\n")
                waiting.modify(link, selectors.EVENT_READ)
                return
            part = link.recv(65536)
        except ConnectionError:
            answers[link] = b""
        answers[link] += part
        if not part:
            waiting.unregister(link)
            link.close()

    def test_one_that_trickles_is_cut(self):
        with MadeUp("127.0.0.1:0", "1500") as monitor:
            lasted = self.ends(self.link(monitor), 20)
            self.assertIsNotNone(lasted)
            self.assertGreater(lasted, 1)

    def test_slow_ones_do_not_hold_up_others(self):
        # They would be cut after 20 s, but in 4 s if others wait.
        with MadeUp("127.0.0.1:0", "20000") as monitor:
            slow = [self.link(monitor) for _ in range(16)]
            time.sleep(.5)
            begun = time.monotonic()
            self.assertEqual(monitor.ask("/metrics")[0].status, 200)
            waited = time.monotonic() - begun
            self.assertLess(waited, 15)
            # And then there is room again.
            begun = time.monotonic()
            for _ in range(20):
                self.assertEqual(monitor.ask("/healthz")[0].status, 200)
            self.assertLess(time.monotonic() - begun, 15)
            self.assertEqual(len(slow), 16)

    def test_a_thousand_scrapes_at_once_are_answered(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < 1100:
            self.skipTest("too few files may be open")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1100), hard))
        with MadeUp() as monitor, selectors.DefaultSelector() as waiting:
            whole = len(monitor.ask("/metrics")[1])
            monitor.tell("hang")  # which is not the clients' fault
            answers = {}
            for _ in range(1000):
                link = socket.socket()
                link.setblocking(False)
                link.connect_ex(("127.0.0.1", monitor.port))
                waiting.register(link, selectors.EVENT_WRITE)
                answers[link] = b""
            end = time.monotonic() + 60
            while waiting.get_map() and time.monotonic() < end:
                for key, event in waiting.select(1):
                    self.go_on(waiting, key.fileobj, event, answers)
            left = len(waiting.get_map())
            for link in answers:
                link.close()
            self.assertEqual(left, 0)
            # On a machine that is too busy for this client some may be cut.
            served = [answer for answer in answers.values() if answer]
            self.assertGreater(len(served), 900)
            for answer in served:
                head, body = answer.split(b"\r\n\r\n", 1)
                self.assertIn(b" 200 ", head.splitlines()[0])
                self.assertEqual(len(body), whole)
            self.assertEqual(monitor.ask("/healthz")[0].status, 200)

    def test_one_that_left_early_is_no_trouble(self):
        with MadeUp() as monitor:
            for _ in range(100):
                link = self.link(monitor)
                link.sendall(b"a\r\n\r\n")
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                b"\1\0\0\0\0\0\0\0")
                link.close()
            self.assertEqual(monitor.ask("/healthz")[0].status, 200)


class Starts(unittest.TestCase):
    def test_a_taken_port_is_told(self):
        with MadeUp() as monitor:
            done = subprocess.run([sys.argv[1], monitor.address],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertIn(monitor.address, done.stderr)
            self.assertIn("another program has that port", done.stderr)

    def test_it_answers_by_the_newer_protocol(self):
        try:
            monitor = MadeUp("[::1]:0")
        except (ValueError, IndexError):
            self.skipTest("no IPv6 here")
        with monitor:
            self.assertEqual(monitor.ask("/healthz")[0].status, 200)
            self.assertEqual(
                monitor.ask("/healthz", Host="evil.example")[0].status, 403)


tap.main()
