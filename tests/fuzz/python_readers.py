#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The fetch tool's readers under arbitrary bytes.

usage: python_readers.py INPUTS [--seed N] [--control] [TARGET...]

Mutates small good files of every kind that is read from strangers: bytes, and
within archives and pickles also what they are packed in.  A reader may give
tensors or say no; anything else ends the run with the input in a file.  So do
inputs that take more than 10 s of processor time, and a process that has grown
beyond 300 MB in the end.  --control plants a fault, which has to be found.

By hand, for an hour: python3 tests/fuzz/python_readers.py 1000000
"""

import argparse
import collections
import gzip
import http.client
import io
import os
import random
import resource
import struct
import sys
import tarfile
import time
import traceback
import unicodedata
import zipfile

sys.path.insert(0, os.path.join(
    os.path.dirname(os.path.realpath(__file__)), "..", "weights"))

from pickled import (dictionary, floats, make_legacy,  # noqa: E402
                     numpy_array, ordered, pickled, storage, tensor)

import download  # noqa: E402
import pickles  # noqa: E402
import reader  # noqa: E402
from printable import JOINERS, printable  # noqa: E402
from refused import Refused  # noqa: E402

MOST_SECONDS = 10
MOST_GROWN_KB = 300 << 10
MOST_MEMORY = 2 << 30

SIX = floats([1, 2, 3, 4, 5, 6])
MEMBER = "lpips/weights/v0.1/alex.pth"
ENDING = "/tree.pkl"

# What means something to pickles, archives and HTTP.
WORDS = [
    b"\x80\x02", b"\x80\x04", b"\x95", b"(", b"t", b"R", b"b", b"Q", b"q\0",
    b"r\xff\xff\xff\xff", b"h\0", b"j\xff\xff\xff\x7f", b"\x94", b"\x93",
    b"X\4\0\0\0abcd", b"X\xff\xff\xff\xff", b"\x8c\x01a", b"\x8e", b"B",
    b"\x8a\xff", b"J\xff\xff\xff\xff", b"K\0", b"N", b".", b"0", b"1", b"2",
    b"}", b"]", b")", b"\x85", b"\x86", b"\x87", b"s", b"u", b"a", b"e",
    b"cos\nsystem\n", b"ctorch\nFloatStorage\n", b"\x81", b"\x82", b"i", b"o",
    b"PK\3\4", b"PK\1\2", b"PK\5\6", b"\x1f\x8b\x08", b"ustar",
    b"GNU.sparse.size", b"\0" * 512, b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: -1\r\n", b"HTTP/1.1 100 C\r\n\r\n", b"Location: \xff\r\n",
    b"\r\n\r\n", b"ffffffff\r\n", b"\x1b[2J", b"\xe2\x80\xae"]
NUMBERS = [struct.pack(form, value) for form in ("<H", "<I", "<Q", ">I")
           for value in (0, 1, 0x7f, 0xff, 0x7fff, 0xffff)] + [
    b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\x80",
    b"\xff" * 7 + b"\x7f", b"\xff" * 8, b"\0" * 7 + b"\x80"]


def trees():
    """Pickles of state dicts, without the file around them."""
    view = [("0.weight", tensor(storage("0", 6, view=b"N"), 0, (2, 3),
                                (3, 1))),
            ("lin0.model.1.weight", tensor(storage("0", 6, view=b"N"), 1,
                                           (1, 5, 1, 1), (5, 1, 1, 1)))]
    yield ordered(view)
    yield dictionary([("state_dict", ordered(view[:1]))])


ARRAY = pickled(dictionary([("VGG_0", dictionary(
    [("Conv_0", dictionary([("kernel", numpy_array((2, 3), SIX)),
                            ("bias", numpy_array((6,), SIX))]))]))]))


def zip_of(members, compression):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


class Mutator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def piece(self, data):
        start = self.random.randrange(len(data) + 1)
        return start, min(len(data), start + self.random.choice(
            (1, 1, 2, 4, 8, 16, 64, 512)))

    def once(self, data, others):
        start, end = self.piece(data)
        kind = self.random.randrange(9)
        if kind == 0 and data:
            at = self.random.randrange(len(data))
            flipped = data[at] ^ 1 << self.random.randrange(8)
            return data[:at] + bytes([flipped]) + data[at + 1:]
        if kind == 1:
            return data[:start] + data[end:]
        if kind == 2:
            return data[:end] + data[start:end] * self.random.choice(
                (1, 2, 50)) + data[end:]
        if kind in (3, 4):
            return data[:start] + self.random.choice(WORDS) + data[start:]
        if kind == 5:
            number = self.random.choice(NUMBERS)
            return data[:start] + number + data[start + len(number):]
        if kind == 6:
            other = self.random.choice(others)
            return data[:start] + other[slice(*self.piece(other))] + data[end:]
        if kind == 7:
            return data[:start]
        return data[:start] + bytes(self.random.randrange(256) for _ in range(
            self.random.randrange(1, 9))) + data[end:]

    def change(self, data, others=None):
        """Half of all layers are left, so that what is in them is reached."""
        for _ in range(self.random.choice((0, 0, 0, 0, 1, 1, 2, 8))):
            data = self.once(data, others or [data])
        return data


class Inputs:
    """Makes an input of each target, mutated within and without."""

    def __init__(self, seed):
        self.mutator = Mutator(seed)
        self.random = self.mutator.random
        self.trees = list(trees())

    def tree(self):
        return self.mutator.change(self.random.choice(self.trees), self.trees)

    def pick(self):
        return self.mutator.change(
            self.random.choice([ARRAY, pickled(self.tree())]),
            [ARRAY, *self.trees])

    def legacy(self):
        return self.mutator.change(make_legacy(self.tree(), {"0": SIX}))

    def zip(self):
        return self.mutator.change(zip_of(
            [("archive/data.pkl", pickled(self.tree())),
             ("archive/byteorder", b"little"),
             ("archive/data/0", SIX)], self.random.choice(
                 (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))))

    def wheel(self):
        return self.mutator.change(zip_of(
            [("lpips/x", b""), (MEMBER, self.legacy())],
            zipfile.ZIP_DEFLATED))

    def sdist(self):
        file = io.BytesIO()
        form = self.random.choice((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))
        with tarfile.open(fileobj=file, mode="w", format=form) as archive:
            entry = tarfile.TarInfo("a" * 120 + ENDING)
            data = self.pick()
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        plain = self.mutator.change(file.getvalue())
        return self.mutator.change(gzip.compress(plain, 1))

    def frames(self):
        out = io.BytesIO()
        reader.send(out, {"member": None, "sha256": "00", "tensors": [
            ["0.weight", [2, 3]]]}, [pickles_tensor()])
        reader.send(out, {"done": True})
        return self.mutator.change(out.getvalue())

    def answer(self):
        return self.mutator.change(self.random.choice((
            b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
            b"HTTP/1.1 206 Part\r\nContent-Range: bytes 3-/6\r\n\r\ndef",
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/g\r\n\r\n")))

    def words(self):
        return self.mutator.change("n\u202e\x1b[2J\\x1b\n\U000e0001".encode())


def pickles_tensor():
    return reader.Tensor((2, 3), SIX)


# --- readers ----------------------------------------------------------------


def check_words(shown):
    """Spaces of other scripts are printable here, unlike for Python."""
    for c in shown:
        if not (c.isprintable() or unicodedata.category(c) == "Zs"
                or c in JOINERS):
            raise AssertionError(f"{c!r} is shown as it is") from None


def read_pickled(data):
    pickles.read_tensors(io.BytesIO(data), lambda name: True)


def read_file(data):
    """As the process of its own reads."""
    out = io.BytesIO()
    reader.serve(io.BytesIO(data), out, {"members": [MEMBER],
                                         "endings": [ENDING]})
    text = out.getvalue()
    while text:
        length, = struct.unpack("<Q", text[:8])
        header = reader.json.loads(text[8:8 + length])
        if "refused" in header:
            raise Refused(header["refused"])
        if "done" in header:
            return
        for _, shape in header["tensors"]:
            length += 4 * reader.math.prod(shape)
        text = text[8 + length:]
    raise AssertionError("it did not say that it was done")


class Memory:
    """Frames from memory."""

    def __init__(self, data):
        self.stream = io.BytesIO(data)

    def read(self, count):
        data = self.stream.read(count)
        if len(data) != count:
            raise reader.Broken
        return data


def read_frames(data):
    try:
        reader.receive_parts(Memory(data))
    except reader.FAULTS:
        raise Refused("broken") from None


class Socket:
    """What http.client reads an answer from."""

    def __init__(self, data):
        self.data = data

    def makefile(self, *_, **__):
        return io.BufferedReader(io.BytesIO(self.data))

    def close(self):
        pass


def read_answer(data):
    """The parts of a download that believe a server least."""
    response = http.client.HTTPResponse(Socket(data), method="GET")
    try:
        response.begin()
        download.continues(response, 3)
        download.length_of(response)
        if "Location" in response.headers:
            problem = download.urllib.error.HTTPError(
                "http://h/", 302, "x", response.headers, None)
            download.follow("https://h/", problem)
        most = 1 << 16
        while most > 0 and (chunk := response.read1(download.CHUNK)):
            most -= len(chunk)
    except Exception as problem:  # as receive_whole()
        text = download.explain(problem)
        check_words(printable(text))
        raise Refused(text) from None


def read_words(data):
    text = data.decode("utf-8", "surrogateescape")
    shown = printable(text)
    shown.encode()
    check_words(shown)
    if shown == text:
        raise Refused("printable")


def read_control(data):
    """A reader with a mistake."""
    if data[:1] == b"\x1f":
        raise ZeroDivisionError("planted")
    raise Refused("")


TARGETS = {
    "pick": read_pickled, "legacy": read_pickled, "zip": read_pickled,
    "wheel": read_file, "sdist": read_file, "frames": read_frames,
    "answer": read_answer, "words": read_words}


def limit_memory():
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, hard))


def try_one(name, read, data):
    """Returns whether the input was taken; raises what must not be."""
    started = time.process_time()
    try:
        read(data)
        taken = True
    except Refused as problem:
        taken = False
        if len(str(problem)) > 1000:
            raise AssertionError("the error is too long") from None
    if time.process_time() - started > MOST_SECONDS:
        raise AssertionError(f"it took more than {MOST_SECONDS} s")
    return taken


def run(count, seed, names, control):
    inputs = Inputs(seed)
    taken, tried, reasons = (collections.Counter() for _ in range(3))
    for number in range(count):
        name = names[number % len(names)]
        data = getattr(inputs, name)()
        read = read_control if control else TARGETS[name]
        try:
            tried[name] += 1
            taken[name] += try_one(name, read, data)
        except BaseException:
            path = f"python-readers-{name}-{number}"
            if not control:
                with open(path, "wb") as file:
                    file.write(data)
            traceback.print_exc()
            print(f"{name}: input {number} of seed {seed} is in {path}")
            return 1
    for name in names:
        print(f"{name}: {tried[name]} inputs, {taken[name]} taken")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", type=int)
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control", action="store_true")
    options = parser.parse_args()
    limit_memory()
    code = run(options.inputs, options.seed, options.targets, options.control)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"largest resident size: {grown >> 10} MB")
    return code or int(grown > MOST_GROWN_KB)


if __name__ == "__main__":
    sys.exit(main())
