# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gets files over HTTP, with progress, resume and checksum.

A download grows as NAME.part and becomes NAME only when its SHA-256 is the
expected one; a partial download is continued next time.  A server may say and
send what it likes: what comes of it is a file, or a DownloadError.
"""

import functools
import hashlib
import http.client
import os
import re
import signal
import ssl
import stat
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

CHUNK = 1 << 16
# Seconds until an answer has begun, redirects and all.
ANSWER_S = 60
# In each window so many bytes a second have to come.
WINDOW_S = 30
LEAST_RATE = 2048
# For one file, however often it is asked for.
DEADLINE_S = 6 * 3600
REDIRECTS = 5
# So many attempts may bring less than this.
ATTEMPTS = 4
LEAST_GAIN = 1 << 16
PAUSE_S = 0.2


class DownloadError(Exception):
    """The text is for users."""


class Progress:
    """One line on a terminal; silent elsewhere."""

    def __init__(self, name, quiet=False, stream=sys.stderr):
        self.name = name
        self.stream = stream
        self.shown = not quiet and stream.isatty()
        self.started = time.monotonic()
        self.drawn = 0.0
        self.first = None

    def update(self, done, total):
        now = time.monotonic()
        if self.first is None:
            self.first = done
        if not self.shown or (now - self.drawn < 0.2 and done != total):
            return
        self.drawn = now
        rate = (done - self.first) / max(now - self.started, 1e-3)
        text = f"{self.name}: {done / 1e6:.1f}"
        if total:
            text += f" of {total / 1e6:.1f} MB ({100 * done / total:.0f} %)"
            if rate > 0:
                text += f", {(total - done) / rate:.0f} s left"
        else:
            text += " MB"
        self.stream.write(f"\r{text:<70}")
        self.stream.flush()

    def close(self):
        if self.shown and self.drawn:
            self.stream.write("\n")


class Clock:
    """Ends what takes too long, wherever it waits; for the main thread.

    The time-outs of sockets do not: they begin anew with each byte.
    """

    def __enter__(self):
        self.until = time.monotonic() + DEADLINE_S
        self.text = ""
        self.before = signal.signal(signal.SIGALRM, self.ring)
        return self

    def __exit__(self, *_):
        self.stop()
        signal.signal(signal.SIGALRM, self.before)

    def ring(self, *_):
        raise DownloadError(self.text)

    def allow(self, seconds, text):
        """Until the next call; then a DownloadError with this text."""
        left = self.until - time.monotonic()
        if left < seconds:
            seconds, text = left, f"it takes longer than {DEADLINE_S} s"
        self.text = text
        if seconds <= 0:
            self.ring()
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def stop(self):
        signal.setitimer(signal.ITIMER_REAL, 0)


# --- files ------------------------------------------------------------------


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def size_of(path):
    """0 where there is no file; something else than a file is an error."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return 0
    if not stat.S_ISREG(found.st_mode):
        raise DownloadError(f"{path} is not a regular file; remove it")
    return found.st_size


def describe(path):
    with open(path, "rb") as file:
        start = file.read(64).lstrip()
    return " (it is a web page)" if start.startswith(b"<") else ""


# --- one answer -------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def make_opener():
    """Of urllib's ways only those of the web, and proxies.

    Its way with redirects would read their bodies without a limit.  Made once,
    since newer Pythons read all certificates for it.
    """
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler, urllib.request.HTTPHandler,
                    urllib.request.HTTPSHandler,
                    urllib.request.HTTPDefaultErrorHandler,
                    urllib.request.HTTPErrorProcessor,
                    urllib.request.UnknownHandler):
        opener.add_handler(handler())
    return opener


def check_address(url):
    """Raises DownloadError for what is not an address of the web."""
    try:
        parts = urllib.parse.urlsplit(url)
        usable = (parts.scheme in ("http", "https") and bool(parts.hostname)
                  and parts.port != 0)
    except ValueError:
        usable = False
    if not usable:
        raise DownloadError(f"{url[:200]} is not an address that begins "
                            "with http:// or https://")


def follow(url, problem):
    """Where the server sends us; itself where it does not."""
    place = problem.headers.get("Location")
    if problem.code not in (301, 302, 303, 307, 308) or not place:
        return url
    target = urllib.parse.urljoin(url, place)
    check_address(target)
    if url.startswith("https:") and not target.startswith("https:"):
        raise DownloadError(
            f"the server sends us to {target[:200]}, without encryption")
    return target


def ask(url, have):
    """Opens url from byte `have` on; raises HTTPError and many more."""
    headers = {"User-Agent": "perceptual-fetch-weights",
               "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    opener = make_opener()
    for _ in range(REDIRECTS + 1):
        check_address(url)
        request = urllib.request.Request(url, headers=headers)
        try:
            return opener.open(request, timeout=ANSWER_S)
        except urllib.error.HTTPError as problem:
            problem.close()
            target = follow(url, problem)
            if target == url:
                raise
            url = target
    raise DownloadError(f"the server sends us on more than {REDIRECTS} times")


def continues(response, have):
    return response.status == 206 and response.headers.get(
        "Content-Range", "").startswith(f"bytes {have}-")


def ask_for_rest(url, have):
    """The answer, and the byte that it begins with: `have` or 0."""
    if have:
        try:
            response = ask(url, have)
            if continues(response, have):
                return response, have
            if response.status == 200:
                return response, 0
            response.close()
        except urllib.error.HTTPError as problem:
            if problem.code == 416:
                raise
    # What cannot be continued starts anew.
    response = ask(url, 0)
    if response.status != 200:
        response.close()
        raise DownloadError(f"the server answers {response.status}")
    return response, 0


def length_of(response):
    length = response.headers.get("Content-Length", "").strip()
    if ("Transfer-Encoding" in response.headers
            or not re.fullmatch("[0-9]{1,18}", length)):
        return None
    return int(length)


class Window:
    """Watches that enough bytes come."""

    def __init__(self, clock):
        self.clock = clock
        self.left = 0

    def count(self, came):
        self.left -= came
        if self.left <= 0:
            self.left = WINDOW_S * LEAST_RATE
            self.clock.allow(WINDOW_S, "the server sends less than "
                             f"{LEAST_RATE} bytes per second")


def receive_body(response, part, have, total, most, clock, progress):
    """Returns the size of `part` then; each piece is written as it comes."""
    window = Window(clock)
    window.count(0)
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if have else os.O_TRUNC)
    handle = os.open(part, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
    with os.fdopen(handle, "wb", buffering=0) as file:
        while total is None or have < total:
            chunk = response.read1(CHUNK)
            if not chunk:
                break
            have += len(chunk)
            if have > most:
                raise DownloadError(f"the server sends more than {most} "
                                    "bytes, which no such file has")
            try:
                file.write(chunk)
            except OSError as problem:
                raise DownloadError(f"{part}: {problem.strerror}") from None
            window.count(len(chunk))
            progress.update(have, total)
    return have


def receive(url, part, most, clock, progress):
    """Gets what is missing of `part`; returns whether it is complete then."""
    have = size_of(part)
    clock.allow(ANSWER_S, "the server does not answer")
    try:
        response, have = ask_for_rest(url, have)
    except urllib.error.HTTPError as problem:
        if problem.code == 416 and have:
            # Nothing is missing from what is there; the checksum tells the
            # rest.
            return True
        raise
    with response:
        length = length_of(response)
        total = None if length is None else have + length
        if (total or 0) > most:
            raise DownloadError(f"the server offers {total} bytes, and the "
                                f"file has at most {most}")
        have = receive_body(response, part, have, total, most, clock,
                            progress)
    return total is None or have >= total


# --- a whole file -----------------------------------------------------------


def explain(problem):
    if isinstance(problem, urllib.error.URLError):
        problem = problem.reason
    if isinstance(problem, ssl.SSLCertVerificationError):
        return ("the server's certificate is not trusted: "
                f"{problem.verify_message}")
    if isinstance(problem, ssl.SSLError):
        return f"no encrypted connection ({problem.reason or problem})"
    if isinstance(problem, http.client.IncompleteRead):
        return "the connection ended early"
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    return str(problem)[:200] or type(problem).__name__


def receive_whole(url, part, most, clock, progress):
    attempts = ATTEMPTS
    while True:
        before = size_of(part)
        try:
            if receive(url, part, most, clock, progress):
                return
            problem = "the connection ended early"
        except DownloadError:
            raise
        except urllib.error.HTTPError as error:
            raise DownloadError(f"the server answers {error.code} "
                                f"{str(error.reason)[:80]}") from None
        except (OSError, http.client.HTTPException) as error:
            problem = explain(error)
        except Exception as error:  # urllib can fail in any way it likes
            raise DownloadError(
                f"the server's answer makes no sense ({explain(error)})"
            ) from None
        finally:
            clock.stop()
        after = size_of(part)
        if after < before + LEAST_GAIN:
            attempts -= 1
            # If nothing ever came, more attempts are in vain.
            if attempts == 0 or after == 0:
                raise DownloadError(problem)
        time.sleep(PAUSE_S)


def get(url, path, sha256_start, most, progress):
    if size_of(path) and sha256_of(path).startswith(sha256_start):
        return
    part = path + ".part"
    if size_of(part) > most:
        os.unlink(part)
    with Clock() as clock:
        # A resumed download may have been damaged, so try once more from the
        # start.
        for resumed in (size_of(part) > 0, False):
            receive_whole(url, part, most, clock, progress)
            found = sha256_of(part)
            if found.startswith(sha256_start):
                os.replace(part, path)
                return
            stranger = describe(part)
            os.unlink(part)
            if not resumed:
                break
    raise DownloadError(
        f"what came{stranger} has SHA-256 {found} and should have "
        f"{sha256_start}{'...' if len(sha256_start) < 64 else ''}")


def download(url, path, sha256_start, most, quiet=False):
    """Gets `url` into `path`; its SHA-256 must start with sha256_start.

    A file already there with that sum is left as it is.  most: bytes that the
    file may have.  To be called by the main thread.  Raises DownloadError.
    """
    progress = Progress(os.path.basename(path), quiet)
    try:
        get(url, path, sha256_start, most, progress)
    except DownloadError as problem:
        raise DownloadError(f"{url}: {problem}") from None
    except OSError as problem:
        raise DownloadError(
            f"{problem.filename or path}: {problem.strerror or problem}"
        ) from None
    finally:
        progress.close()
