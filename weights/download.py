# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gets files over HTTP, with progress, resume and checksum.

A download grows as NAME.part and becomes NAME only when its SHA-256 is the
expected one; a partial download is continued next time.
"""

import hashlib
import http.client
import os
import sys
import time
import urllib.error
import urllib.request

CHUNK = 1 << 20
TIMEOUT_S = 20
ATTEMPTS = 4
# Larger than any known file; an endless answer must not fill the disk.
MOST_BYTES = 1 << 30


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


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def receive(url, part, progress):
    """Appends to `part` what is missing of it; returns whether it is complete
    then."""
    have = os.path.getsize(part) if os.path.exists(part) else 0
    headers = {"User-Agent": "perceptual-fetch-weights",
               "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(url, headers=headers)
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as problem:
        if problem.code == 416 and have:
            # Nothing is missing from what is there; the checksum tells the
            # rest.
            return True
        raise
    with response:
        if response.status != 206:
            have = 0
        elif not response.headers.get(
                "Content-Range", "").startswith(f"bytes {have}-"):
            raise DownloadError("the server answered with another part")
        length = response.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else None
        if (total or 0) > MOST_BYTES:
            raise DownloadError(f"the server offers {total} bytes")
        with open(part, "ab" if have else "wb") as file:
            while chunk := response.read(CHUNK):
                file.write(chunk)
                have += len(chunk)
                if have > MOST_BYTES:
                    raise DownloadError("the server's answer does not end")
                progress.update(have, total)
    return total is None or have >= total


def receive_whole(url, part, progress):
    attempts = ATTEMPTS
    while True:
        before = os.path.getsize(part) if os.path.exists(part) else 0
        try:
            if receive(url, part, progress):
                return
            problem = "the connection ended early"
        except urllib.error.HTTPError as error:
            raise DownloadError(
                f"the server answers {error.code} {error.reason}") from None
        except urllib.error.URLError as error:
            problem = str(error.reason)
        except (OSError, http.client.HTTPException) as error:
            problem = str(error) or type(error).__name__
        after = os.path.getsize(part) if os.path.exists(part) else 0
        if after <= before:
            attempts -= 1
            # If nothing ever came, more attempts are in vain.
            if attempts == 0 or after == 0:
                raise DownloadError(problem)
        time.sleep(0.2)


def describe(path):
    with open(path, "rb") as file:
        start = file.read(64).lstrip()
    return " (it is a web page)" if start.startswith(b"<") else ""


def download(url, path, sha256_start, quiet=False):
    """Gets `url` into `path`; its SHA-256 must start with sha256_start.

    A file already there with that sum is left as it is.  Raises
    DownloadError.
    """
    if os.path.exists(path) and sha256_of(path).startswith(sha256_start):
        return
    part = path + ".part"
    progress = Progress(os.path.basename(path), quiet)
    try:
        # A resumed download may have been damaged, so try once more from the
        # start.
        for resumed in (os.path.exists(part), False):
            receive_whole(url, part, progress)
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
    except DownloadError as problem:
        raise DownloadError(f"{url}: {problem}") from None
    finally:
        progress.close()
