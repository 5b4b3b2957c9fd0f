# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads files of strangers in a process of its own.

That process has the file as its standard input and may not use more memory,
time or files than the largest known file needs.  It sends what it found
through a pipe: frames of a length, a JSON object and the tensors' numbers.
What comes is checked again, for the process has read the stranger's bytes.
"""

import collections
import hashlib
import io
import json
import math
import os
import re
import resource
import select
import signal
import stat
import struct
import subprocess
import sys
import tarfile
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from archives import is_wheel, sdist_members, wheel_members  # noqa: E402
from pickles import DAMAGES, read_tensors  # noqa: E402
from refused import Budget, Refused  # noqa: E402
from unpickle import Tensor, check_shape  # noqa: E402

MOST_MEMORY = 2 << 30
CPU_S = 120
WALL_S = 300
MOST_HEADER = 16 << 20
MOST_TEXT = 300

HEAD = re.compile(r"^(?:module\.)?lin(\d)\.model\.1\.weight$", re.ASCII)
FEATURE = re.compile(
    r"^(?:module\.)?(?:features\.)?(\d{1,4}(?:\.\w+)*)$", re.ASCII)
KERNEL = re.compile(r"^(\w+)\.Conv_(\d{1,4})\.(kernel|bias)$", re.ASCII)

# A pickled file: its name in an archive or None, its SHA-256, its tensors.
Part = collections.namedtuple("Part", "member sha256 tensors")


def wanted(name):
    return bool(HEAD.match(name) or FEATURE.match(name) or KERNEL.match(name))


# --- the process ------------------------------------------------------------


def set_limits():
    for kind, most in ((resource.RLIMIT_AS, MOST_MEMORY),
                       (resource.RLIMIT_CPU, CPU_S),
                       (resource.RLIMIT_FSIZE, 0),
                       (resource.RLIMIT_CORE, 0),
                       (resource.RLIMIT_NOFILE, 32)):
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(kind, (most, most))


def read_stream(stream, member):
    tensors = read_tensors(stream, wanted)
    digest = None
    if any(map(HEAD.match, tensors)):
        # Their version depends on the file.
        stream.seek(0)
        digest = hashlib.sha256()
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
        digest = digest.hexdigest()
    return Part(member, digest, tensors)


def read_file(file, members, endings):
    """Yields the parts of a file or a package's archive."""
    start = file.read(2)
    file.seek(0)
    archive = None
    if start == b"PK" and is_wheel(file):
        archive = wheel_members(file, members)
    elif start == b"\x1f\x8b":
        archive = sdist_members(file, tuple(endings))
    if archive is None:
        yield read_stream(file, None)
        return
    for name, data in archive:
        yield read_stream(io.BytesIO(data), name)


def send(stream, header, tensors=()):
    text = json.dumps(header).encode("ascii")
    stream.write(struct.pack("<Q", len(text)) + text)
    for tensor in tensors:
        stream.write(tensor.data)
    stream.flush()


def describe(problem):
    if isinstance(problem, Refused):
        return str(problem)[:MOST_TEXT]
    if isinstance(problem, MemoryError):
        return f"it takes more than {MOST_MEMORY >> 30} GiB of memory to read"
    return f"it is damaged ({str(problem)[:MOST_TEXT]})"


def serve(file, out, request):
    try:
        for part in read_file(file, request["members"], request["endings"]):
            send(out, {"member": part.member, "sha256": part.sha256,
                       "tensors": [[name, tensor.shape] for name, tensor
                                   in part.tensors.items()]},
                 part.tensors.values())
        answer = {"done": True}
    except (Refused, MemoryError, tarfile.TarError, *DAMAGES) as problem:
        answer = {"refused": describe(problem)}
    send(out, answer)


# --- who starts it ----------------------------------------------------------


def open_regular(path):
    """Opens a file of which it is certain that reading it does not wait."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused("this is not a regular file")
    return os.fdopen(handle, "rb")


class Broken(Exception):
    """The process did not keep to the frames."""


# What becomes of frames that are none.
FAULTS = (Broken, ValueError, LookupError, TypeError, AttributeError)


class Late(Broken):
    """It took too long."""


class Frames:
    """What the process sends, until a time."""

    def __init__(self, pipe, seconds):
        self.handle = pipe.fileno()
        self.until = time.monotonic() + seconds

    def read(self, count):
        data = bytearray()
        while len(data) < count:
            left = self.until - time.monotonic()
            if left <= 0 or not select.select([self.handle], [], [], left)[0]:
                raise Late
            piece = os.read(self.handle, min(count - len(data), 1 << 20))
            if not piece:
                raise Broken
            data += piece
        return bytes(data)


def receive_part(frames, header, budget):
    tensors = {}
    for name, shape in header["tensors"]:
        shape = check_shape(tuple(shape))
        budget.take(4 * math.prod(shape))
        tensors[str(name)] = Tensor(
            shape, frames.read(4 * math.prod(shape)))
    return Part(header["member"], header["sha256"], tensors)


def receive_parts(frames):
    budget, parts = Budget(), []
    while True:
        length, = struct.unpack("<Q", frames.read(8))
        if length > MOST_HEADER:
            raise Broken
        header = json.loads(frames.read(length))
        if header.get("done"):
            return parts
        if "refused" in header:
            raise Refused(header["refused"])
        parts.append(receive_part(frames, header, budget))


def describe_end(code):
    if code == -signal.SIGXCPU:
        return f"reading it takes longer than {CPU_S} s"
    if code < 0:
        return f"reading it failed ({signal.strsignal(-code)})"
    return f"reading it failed (exit {code})"


def read_parts(path, members, endings):
    """The parts of a file, read by a process of its own.

    members: the files of a wheel that are wanted; endings: how the names of
    those of a source package end.  Raises Refused or OSError.
    """
    request = json.dumps({"members": members, "endings": endings})
    with open_regular(path) as file, subprocess.Popen(
            [sys.executable, "-I", "-B", os.path.realpath(__file__), request],
            stdin=file, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL) as process:
        try:
            return receive_parts(Frames(process.stdout, WALL_S))
        except Late:
            raise Refused(f"reading it takes longer than {WALL_S} s") from None
        except FAULTS:
            process.stdout.close()  # it ends where it has more to say
            raise Refused(describe_end(process.wait(WALL_S))) from None
        finally:
            process.kill()


if __name__ == "__main__":
    set_limits()
    with os.fdopen(0, "rb") as source, os.fdopen(1, "wb") as target:
        serve(source, target, json.loads(sys.argv[1]))
