#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which pickles and archives the fetch tool reads, and which it refuses."""

import contextlib
import gzip
import io
import itertools
import os
import struct
import subprocess
import sys
import tarfile
import tempfile
import tracemalloc
import unittest
import zipfile
from unittest import mock

from pickled import (dictionary, floats, make_legacy, make_zip, name, number,
                     numpy_array, ordered, pickled, storage, tensor, text, tup)

import archives
import pickles
import reader
import unpickle
from refused import Budget, Refused


def read(data, wanted=lambda name: True):
    return pickles.read_tensors(io.BytesIO(data), wanted)


SIX = [1.0, -2.0, 3.5, 0.25, 1e-30, 6.0]


class ReadingTensors(unittest.TestCase):
    def check_six(self, found):
        self.assertEqual(list(found), ["a"])
        self.assertEqual(found["a"].shape, (2, 3))
        self.assertEqual(found["a"].data, floats(SIX))

    def test_zip_file_gives_its_tensors(self):
        tree = ordered([("a", tensor(storage("0", 6), 0, (2, 3), (3, 1)))])
        for how in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            self.check_six(read(make_zip(tree, {"0": floats(SIX)}, how)))

    def test_old_file_gives_its_tensors(self):
        tree = ordered([("a", tensor(storage("77", 6, view=b"N"), 0, (2, 3),
                                     (3, 1)))])
        self.check_six(read(make_legacy(tree, {"77": floats(SIX)})))

    def test_old_file_may_have_views_of_storages(self):
        view = tup(text("v"), number(1), number(6))
        tree = ordered([("a", tensor(storage("s", 8, view=view), 0, (2, 3),
                                     (3, 1)))])
        self.check_six(read(make_legacy(tree, {"s": floats([9, *SIX, 9])})))

    def test_dict_made_from_pairs_as_python_2_wrote_it(self):
        pair = b"](U\x01a" + tensor(storage("0", 6, view=b"N"), 0, (2, 3),
                                    (3, 1)) + b"e"
        tree = name("collections", "OrderedDict") + b"](" + pair + b"e\x85R"
        self.check_six(read(make_legacy(tree, {"0": floats(SIX)})))

    def test_transposed_and_shifted_views_are_put_in_order(self):
        values = [float(i) for i in range(30)]
        tree = ordered([("a", tensor(storage("0", 30), 2, (3, 4), (1, 7)))])
        found = read(make_zip(tree, {"0": floats(values)}))["a"]
        self.assertEqual(found.data, floats(
            [2 + row + 7 * column for row in range(3)
             for column in range(4)]))

    def test_only_wanted_tensors_are_read(self):
        tree = ordered([
            ("a", tensor(storage("0", 6), 0, (2, 3), (3, 1))),
            ("b", tensor(storage("1", 4, "LongStorage"), 0, (4,), (1,)))])
        data = make_zip(tree, {"0": floats(SIX)})
        self.check_six(read(data, lambda name: name == "a"))
        with self.assertRaisesRegex(Refused, "'b' is LongStorage"):
            read(data)

    def test_numpy_arrays_are_read_and_turned(self):
        shape = (2, 3, 4, 5)
        values = [float(i) for i in range(120)]
        tree = dictionary([("Net_0", dictionary([
            ("kernel", numpy_array(shape, floats(values)))]))])
        found = read(pickled(tree))["Net_0.kernel"]
        self.assertEqual(found.shape, shape)
        expected = [values[((r * 3 + c) * 4 + i) * 5 + o]
                    for o, i, r, c in itertools.product(
                        range(5), range(4), range(2), range(3))]
        self.assertEqual(found.transposed((3, 2, 0, 1)).data,
                         floats(expected))


class RefusingFiles(unittest.TestCase):
    def refused(self, data, says):
        with self.assertRaisesRegex(Refused, says):
            read(data)

    def test_pickle_that_asks_for_code_is_refused_and_runs_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = os.path.join(folder, "ran")
            command = text(f"touch {trace}")
            code = text(f"open({trace!r}, 'w')")
            attacks = {
                "os.system": name("os", "system") + command + b"\x85R",
                "posix.system": text("posix") + text("system") + b"\x93"
                + command + b"\x85R",
                "builtins.eval": name("builtins", "eval") + code + b"\x85R",
                "builtins.getattr": name("builtins", "getattr") + b"N\x85R",
                "subprocess.Popen": b"(" + name("subprocess", "Popen")
                + command + b"o",
                "torch.load": name("torch", "load") + command + b"\x85R",
                "torch._utils.os.system":
                    name("torch._utils", "os.system") + command + b"\x85R",
                "pickle.loads": name("pickle", "loads") + b"N\x85R",
                "__main__.read": name("__main__", "read") + b")R",
            }
            for asked, attack in attacks.items():
                says = f"asks for {asked.replace('.', '[.]')}, and only"
                tree = dictionary([("a", attack)])
                with self.subTest(asked):
                    self.refused(pickled(attack), says)
                    self.refused(make_zip(tree, {}), says)
                    self.refused(make_legacy(tree, {}), says)
                    magic = make_legacy(tree, {})[:15]
                    self.refused(magic + pickled(attack), says)
            self.refused(pickled(b"(" + command + b"ios\npopen\n"),
                         "a step INST, which no tensor needs")
            self.assertEqual(os.listdir(folder), [])
            # The same pickle does run where nothing prevents it.
            import pickle
            pickle.loads(pickled(attacks["os.system"]))
            self.assertEqual(os.listdir(folder), ["ran"])

    def test_what_is_allowed_cannot_be_changed(self):
        state = dictionary([("function", b"N")])
        for target in (name("torch._utils", "_rebuild_tensor_v2"),
                       name("torch", "FloatStorage"), storage("0", 1),
                       name("collections", "OrderedDict")):
            self.refused(pickled(target + state + b"b"), "tries to change")
            self.refused(pickled(target + b"N" + state + b"\x86b"),
                         "tries to change")
        self.assertIs(unpickle.ALLOWED["torch._utils._rebuild_tensor_v2"]
                      .function, unpickle.make_tensor)

    def test_allowed_functions_refuse_other_arguments(self):
        rebuild = name("torch._utils", "_rebuild_tensor_v2")
        for arguments in (tup(number(1), number(0), b")", b")"),
                          tup(text("x"), b"N", b"N", b"N"), b")"):
            self.refused(pickled(rebuild + arguments + b"R"), "")
        self.refused(pickled(text("x") + b"Q"), "not a storage")
        self.refused(pickled(tup(text("module"), text("x")) + b"Q"),
                     "not a storage")

    def test_views_beyond_their_storage_are_refused(self):
        for offset, shape, strides in (
                (1, (2, 3), (3, 1)), (0, (2, 3), (4, 1)), (0, (7,), (1,)),
                (0, (2, 3), (0, 1)), (0, (2, 3), (-3, 1))):
            tree = ordered([("a", tensor(storage("0", 6), offset, shape,
                                         strides))])
            self.refused(make_zip(tree, {"0": floats(SIX)}),
                         "reaches beyond")
        for offset, shape, strides in (
                (-1, (2, 3), (3, 1)), (0, (-2, 3), (3, 1)),
                (0, (2, 3), (1,)), (0, (1 << 20, 1 << 20), (1, 1)),
                (0, (1,) * 9, (1,) * 9)):
            tree = ordered([("a", tensor(storage("0", 6), offset, shape,
                                         strides))])
            self.refused(make_zip(tree, {"0": floats(SIX)}), "makes no sense")

    def test_files_cut_anywhere_are_refused(self):
        tree = ordered([("a", tensor(storage("0", 6, view=b"N"), 0, (2, 3),
                                     (3, 1)))])
        for whole in (make_zip(tree, {"0": floats(SIX)}),
                      make_legacy(tree, {"0": floats(SIX)})):
            for length in range(len(whole)):
                with self.assertRaises(Refused):
                    read(whole[:length])

    def test_storages_that_are_missing_or_too_short_are_refused(self):
        tree = ordered([("a", tensor(storage("0", 6), 0, (2, 3), (3, 1)))])
        self.refused(make_zip(tree, {}), "storage '0' is missing")
        self.refused(make_zip(tree, {"0": floats(SIX[:5])}), "another size")
        self.refused(make_legacy(tree, {}), "storage '0' is missing")
        self.refused(make_legacy(tree, {"0": floats(SIX[:5])}),
                     "another size")

    def test_a_dict_inside_itself_is_refused(self):
        self.refused(pickled(b"}q\x00(" + text("x") + b"h\x00u"),
                     "in several places")

    def test_other_files_are_called_what_they_are(self):
        self.refused(b"<!DOCTYPE html>", "web page")
        self.refused(b"", "not a PyTorch file")
        self.refused(pickled(number(5)), "not hold a dict")
        self.refused(pickled(dictionary([("a", numpy_array(
            (2,), bytes(16), "f8"))])), "not little-endian float32")
        self.refused(pickled(dictionary([("a", numpy_array(
            (3,), bytes(8)))])), "do not fit its shape")


def pack(data, title, entry=None):
    """A zip file of one member; `entry` says what its directory lies about."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(title, data)
        for key, value in (entry or {}).items():
            setattr(archive.getinfo(title), key, value)
    return file.getvalue()


class RefusingSizes(unittest.TestCase):
    """What would fill the memory, the stack or a day is refused early."""

    def refused(self, data, says):
        tracemalloc.start()
        try:
            with self.assertRaisesRegex(Refused, says):
                read(data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertLess(peak, len(data) + (24 << 20))

    def test_lengths_that_are_lies_take_no_memory(self):
        huge = struct.pack("<Q", 1 << 40)
        for step in (b"\x8d", b"\x8e", b"\x95"):
            self.refused(b"\x80\x04" + step + huge, "cut short")
        for step in (b"X", b"B", b"T", b"\x8b"):
            self.refused(b"\x80\x02" + step + b"\xf0\xff\xff\x7f",
                         "cut short")
        for index in (b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff"):
            self.refused(b"\x80\x02Nr" + index + b".", "hold a dict")
            self.refused(b"\x80\x02Nj" + index + b".", "damaged")

    def test_values_nested_without_end_end_nothing(self):
        deep = 20_000
        for value in (b")" + b"\x85" * 10 * deep,
                      b"]" * deep + b"a" * (deep - 1),
                      (b"}" + b"X\1\0\0\0a") * deep + b"N" + b"s" * deep):
            for data, says in ((value, "hold a dict|nested"),
                               (b"}" + value + b"Ns", "not names")):
                with self.assertRaisesRegex(Refused, says):
                    read(pickled(data))

    def test_pickles_without_end_are_given_up(self):
        with mock.patch.object(unpickle, "MOST_STEPS", 1000):
            self.refused(pickled(b"N0" * 600 + b"}"), "more steps")

    def test_names_without_end_are_refused(self):
        self.refused(pickled(dictionary([("0" * 5000, b"N")])),
                     "name is longer")
        self.refused(pickled(b"c" + b"a" * 100_000 + b"\nb\n"), "damaged")

    def test_one_storage_under_many_names_is_counted_each_time(self):
        view = tensor(storage("0", 6), 0, (1,), (1,))
        tree = ordered([(str(i), view) for i in range(20)])
        data = make_zip(tree, {"0": floats(SIX)})
        self.assertEqual(len(read(data)), 20)
        with mock.patch.object(pickles, "Budget", lambda: Budget(19 * 24)):
            self.refused(data, "more than 0 MiB")
        with mock.patch.object(pickles, "MOST_TENSORS", 19):
            self.refused(data, "more than 19 tensors")

    def test_zip_members_are_as_large_as_they_come(self):
        bomb = bytes(32 << 20)
        for title, says in (("a/data.pkl", "cut short|damaged"),
                            ("a/byteorder", "not one of PyTorch's")):
            self.refused(pack(bomb, title, {"file_size": 24}), says)
        self.refused(pack(bomb, "a/data.pkl", {"file_size": 65 << 20}),
                     "larger than any known")
        self.refused(pack(bomb, "a/data.pkl", {
            "compress_type": zipfile.ZIP_LZMA}), "no known archive uses")
        with mock.patch.object(archives, "MOST_MEMBERS", 0):
            self.refused(pack(b"", "a/data.pkl"), "more members")

    def test_numbers_that_say_nothing_are_refused(self):
        long = b"\x8a\xff" + b"\x7f" * 255
        tree = ordered([("a", name("torch._utils", "_rebuild_tensor_v2")
                         + tup(storage("0", 6), long, b")", b")") + b"R")])
        self.refused(make_zip(tree, {"0": floats(SIX)}), "reaches beyond")
        tree = ordered([("a", tensor(storage("0", 6, view=b"N"), 0, (2, 3),
                                     (3, 1)))])
        data = make_legacy(tree, {"0": floats(SIX)})
        lied = data.replace(struct.pack("<q", 6), struct.pack("<q", 1 << 61))
        self.refused(lied, "cut short")


class Archives(unittest.TestCase):
    def make_sdist(self, members):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w:gz",
                          format=tarfile.PAX_FORMAT) as archive:
            for entry, data in members:
                archive.addfile(entry, io.BytesIO(data))
        return io.BytesIO(file.getvalue())

    def entry(self, title, size=0, **fields):
        entry = tarfile.TarInfo(title)
        entry.size = size
        for key, value in fields.items():
            setattr(entry, key, value)
        return entry

    def found(self, members):
        return list(archives.sdist_members(self.make_sdist(members),
                                           ("/tree",)))

    def test_only_plain_files_are_taken_and_nothing_is_unpacked(self):
        with tempfile.TemporaryDirectory() as folder:
            secret = os.path.join(folder, "secret")
            with open(secret, "wb") as file:
                file.write(b"secret")
            found = self.found([
                (self.entry("../../a/tree", 3), b"one"),
                (self.entry(folder + "/tree", 3), b"two"),
                (self.entry("b/tree", type=tarfile.SYMTYPE,
                            linkname=secret), b""),
                (self.entry("c/tree", type=tarfile.LNKTYPE,
                            linkname=secret), b""),
                (self.entry("d/tree", type=tarfile.FIFOTYPE), b""),
                (self.entry("e/tree", pax_headers={
                    "GNU.sparse.map": "8000000000,0",
                    "GNU.sparse.size": "8000000000"}), b"")])
            self.assertEqual([data for _, data in found], [b"one", b"two"])
            self.assertEqual(os.listdir(folder), ["secret"])

    def test_unpacked_bytes_and_members_are_counted(self):
        bomb = io.BytesIO(gzip.compress(bytes(4 << 20)))
        with mock.patch.object(archives, "Budget", lambda: Budget(1 << 20)):
            with self.assertRaisesRegex(Refused, "more than 1 MiB"):
                self.found([(self.entry("a/tree", 2 << 20),
                             bytes(2 << 20))])
        with mock.patch.object(archives, "MOST_MEMBERS", 2):
            with self.assertRaisesRegex(Refused, "more members"):
                self.found([(self.entry(str(i)), b"") for i in range(3)])
        self.assertEqual(list(archives.sdist_members(bomb, ("",))), [])

    def test_wheel_members_are_counted_together(self):
        wheel = io.BytesIO()
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            for title in "ab":
                archive.writestr(title, bytes(600 << 10))
        with mock.patch.object(archives, "Budget", lambda: Budget(1 << 20)):
            with self.assertRaisesRegex(Refused, "more than 1 MiB"):
                list(archives.wheel_members(wheel, ["a", "b"]))


class ReadingInAProcess(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "f")

    def put(self, data):
        with open(self.path, "wb") as file:
            file.write(data)

    def read(self):
        return reader.read_parts(self.path, [], [])

    def refused(self, says):
        with self.assertRaisesRegex(Refused, says):
            self.read()

    @contextlib.contextmanager
    def instead(self, script):
        """Another program takes the place of the process."""
        program = os.path.join(self.folder, "program")
        with open(program, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\n{script}\n")
        os.chmod(program, 0o755)
        with mock.patch.object(sys, "executable", program):
            yield

    def test_what_it_finds_arrives(self):
        tree = ordered([(title, tensor(storage("0", 6), 0, (2, 3), (3, 1)))
                        for title in ("0.weight", "x", "lin0.model.1.weight")])
        self.put(make_zip(tree, {"0": floats(SIX)}))
        part, = self.read()
        self.assertIsNone(part.member)
        self.assertEqual(len(part.sha256), 64)
        self.assertEqual(
            {key: (t.shape, t.data) for key, t in part.tensors.items()},
            dict.fromkeys(("0.weight", "lin0.model.1.weight"),
                          ((2, 3), floats(SIX))))
        self.put(b"<html>")
        self.refused("but a web page")

    def test_what_is_not_a_file_is_refused_at_once(self):
        os.mkfifo(self.path)
        self.refused("not a regular file")
        self.path = self.folder
        self.refused("not a regular file")
        self.path = os.path.join(self.folder, "none")
        with self.assertRaises(FileNotFoundError):
            self.read()

    def test_its_end_is_told(self):
        self.put(b"")
        for script, says in (
                ("kill -SEGV $$", "failed .Segmentation fault"),
                ("kill -XCPU $$", "longer than 120 s"),
                ("exit 7", "failed .exit 7"),
                ("printf 12345678", "failed"),
                ("printf '\\3\\0\\0\\0\\0\\0\\0\\0[]]'", "failed"),
                ("printf '\\2\\0\\0\\0\\0\\0\\0\\0[]'", "failed")):
            with self.subTest(script), self.instead(script):
                self.refused(says)
        with self.instead("exec sleep 60"), \
                mock.patch.object(reader, "WALL_S", .1):
            self.refused("longer than 0.1 s")

    def test_what_it_sends_is_not_believed(self):
        self.put(b"")
        for header in ({"tensors": [["a", [-1]]]}, {"tensors": [["a", 5]]},
                       {"tensors": [["a", [1 << 40]]]}, {"x": 5},
                       {"tensors": [["a", [1 << 20]]] * 3}):
            out = io.BytesIO()
            reader.send(out, {"member": None, "sha256": None, **header})
            frames = os.path.join(self.folder, "frames")
            with open(frames, "wb") as file:
                file.write(out.getvalue())
            with self.subTest(header), self.instead(
                    f"cat {frames}; head -c {12 << 20} /dev/zero"), \
                    mock.patch.object(reader, "Budget",
                                      lambda: Budget(8 << 20)):
                self.refused("makes no sense|failed|more than 8 MiB")

    def test_it_may_not_take_more_than_the_largest_known_file(self):
        code = ("import reader, resource; reader.set_limits()\n"
                "try: bytearray(3 << 30)\n"
                "except MemoryError: print('no')\n"
                "print(resource.getrlimit(resource.RLIMIT_CPU)[0])\n"
                "try: open('w', 'wb', 0).write(b'x')\n"
                "except OSError as problem: print(problem.errno)")
        done = subprocess.run(
            [sys.executable, "-B", "-c", code], cwd=self.folder,
            env={"PYTHONPATH": os.path.dirname(reader.__file__)},
            stdout=subprocess.PIPE, check=True)
        self.assertEqual(done.stdout.split(), [b"no", b"120", b"27"])


if __name__ == "__main__":
    unittest.main()
