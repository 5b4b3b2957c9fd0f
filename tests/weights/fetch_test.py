#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The fetch tool: which pickles it reads and refuses, how it downloads, and
what it writes.  Files are built here opcode by opcode; the server is our own
on 127.0.0.1."""

import contextlib
import hashlib
import http.server
import io
import itertools
import json
import os
import struct
import sys
import tempfile
import threading
import unittest
import zipfile

WEIGHTS = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                       "..", "..", "weights")
sys.path.insert(0, WEIGHTS)
sys.dont_write_bytecode = True

import download  # noqa: E402
import fetch  # noqa: E402
import pickles  # noqa: E402

DATA = os.environ.get("PERCEPTUAL_TEST_DATA")


# --- pickles, opcode by opcode ----------------------------------------------


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def number(value):
    return b"J" + struct.pack("<i", value)


def tup(*items):
    return b"(" + b"".join(items) + b"t"


def name(module, item):
    return f"c{module}\n{item}\n".encode()


def dictionary(items):
    return b"}(" + b"".join(text(k) + v for k, v in items) + b"u"


def pickled(body):
    return b"\x80\x02" + body + b"."


def storage(key, count, kind="FloatStorage", view=None):
    items = [text("storage"), name("torch", kind), text(key), text("cpu"),
             number(count)]
    if view is not None:
        items.append(view)
    return tup(*items) + b"Q"


def tensor(store, offset, shape, strides):
    return (name("torch._utils", "_rebuild_tensor_v2")
            + tup(store, number(offset), tup(*map(number, shape)),
                  tup(*map(number, strides)), b"\x89",
                  name("collections", "OrderedDict") + b")R") + b"R")


def ordered(items):
    """An OrderedDict with the attribute that state dicts have."""
    return (name("collections", "OrderedDict") + b")R("
            + b"".join(text(k) + v for k, v in items) + b"u"
            + dictionary([("_metadata", b"}")]) + b"b")


def floats(values):
    return struct.pack(f"<{len(values)}f", *values)


def make_zip(tree, storages, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled(tree))
        archive.writestr("archive/version", "3\n")
        for key, data in storages.items():
            archive.writestr(f"archive/data/{key}", data)
    return file.getvalue()


def make_legacy(tree, storages):
    magic = b"\x8a\x0a" + pickles.MAGIC.to_bytes(10, "little")
    return (pickled(magic) + pickled(number(1001))
            + pickled(dictionary([("little_endian", b"\x88")]))
            + pickled(tree)
            + pickled(b"](" + b"".join(map(text, storages)) + b"e")
            + b"".join(struct.pack("<q", len(data) // 4) + data
                       for data in storages.values()))


def numpy_array(shape, data, kind="f4", order="<"):
    make = (name("numpy.core.multiarray", "_reconstruct")
            + tup(name("numpy", "ndarray"), tup(number(0)), b"C\x01b") + b"R")
    dtype = (name("numpy", "dtype") + tup(text(kind), b"\x89", b"\x88") + b"R"
             + tup(number(3), text(order), b"N", b"N", b"N", number(-1),
                   number(-1), number(0)) + b"b")
    raw = b"B" + struct.pack("<I", len(data)) + data
    return make + tup(number(1), tup(*map(number, shape)), dtype, b"\x89",
                      raw) + b"b"


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
        with self.assertRaisesRegex(pickles.Refused, "'b' is LongStorage"):
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
        with self.assertRaisesRegex(pickles.Refused, says):
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
                "os.popen": b"(" + command + b"ios\npopen\n",
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
        self.assertIs(pickles.ALLOWED["torch._utils._rebuild_tensor_v2"]
                      .function, pickles.make_tensor)

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
                with self.assertRaises(pickles.Refused):
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


# --- downloading ------------------------------------------------------------


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
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name


class Downloading(Served):
    def setUp(self):
        super().setUp()
        self.data = bytes(i * i % 251 for i in range(100_000))
        self.sum = hashlib.sha256(self.data).hexdigest()
        self.server.files["/f"] = self.data
        self.path = os.path.join(self.folder, "f")

    def get(self, url="/f", start=None):
        download.download(self.url + url, self.path, start or self.sum,
                          quiet=True)

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
                              quiet=True)
        self.assertEqual(os.listdir(self.folder), [])


# --- the command ------------------------------------------------------------


def made_up_files(folder, backbone):
    """Files like the official ones, with our own numbers."""
    entry = fetch.load_manifest()["backbones"][backbone]
    trees = {"features": [], "0.1": [], "0.0": []}
    storages = {part: {} for part in trees}
    for at, (title, known) in enumerate(entry["tensors"].items()):
        shape = known["shape"]
        part = "features"
        if title.startswith("lin"):
            part = "0.0" if "v0.0" in title else "0.1"
            title = f"lin{title.split('.')[-2]}.model.1.weight"
            shape = [1, *shape, 1, 1]
        count = 1
        for size in shape:
            count *= size
        trees[part].append((title, tensor(
            storage(str(at), count, view=b"N"), 0, shape,
            pickles.contiguous_strides(shape))))
        storages[part][str(at)] = floats([at]) * count
    paths = []
    for part in trees:
        paths.append(os.path.join(folder, f"{backbone}-v{part}.pth"))
        with open(paths[-1], "wb") as file:
            file.write(make_legacy(ordered(trees[part]), storages[part]))
    return paths


class Command(Served):
    def run_tool(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        os.environ["XDG_CACHE_HOME"] = os.path.join(self.folder, "cache")
        self.into = os.path.join(self.folder, "into")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = fetch.main([*arguments, "--into", self.into])
        return code, out.getvalue(), err.getvalue()

    def test_own_numbers_are_written_only_when_accepted(self):
        files = made_up_files(self.folder, "squeeze")
        code, out, err = self.run_tool("squeeze", "--offline", "--from",
                                       *files)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("64 tensors are not the published ones", err)
        self.assertFalse(os.path.exists(self.into))

        code, out, err = self.run_tool(
            "squeeze", "--offline", "--accept-unknown", "--from", *files)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("(not a known file)", out)
        with open(os.path.join(self.into, "squeeze.safetensors"),
                  "rb") as file:
            length, = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
            body = file.read()
        entry = fetch.load_manifest()["backbones"]["squeeze"]
        self.assertEqual(header.pop("__metadata__"), entry["metadata"])
        self.assertEqual(
            {n: t["shape"] for n, t in header.items()},
            {n: t["shape"] for n, t in entry["tensors"].items()})
        for at, title in enumerate(entry["tensors"]):
            start, end = header[title]["data_offsets"]
            self.assertEqual(body[start:end],
                             floats([at]) * ((end - start) // 4))

    def test_missing_parts_and_strange_files_are_named(self):
        files = made_up_files(self.folder, "squeeze")
        code, _, err = self.run_tool("squeeze", "--offline", "--from",
                                     files[0], files[1])
        self.assertEqual(code, 1)
        self.assertIn("holds its heads 0.0", err)
        code, _, err = self.run_tool("alex", "--offline", "--from", *files)
        self.assertEqual(code, 1)
        self.assertIn(f"{files[0]}: holds nothing for alex", err)
        code, _, err = self.run_tool("alex", "--from", "/no/such.pth")
        self.assertEqual(code, 1)
        self.assertIn("/no/such.pth: No such file", err)

    def test_hosts_that_cannot_be_reached_leave_a_way_out(self):
        code, out, err = self.run_tool(
            "squeeze", "--mirror", self.url, "--source", "official")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("404", err)
        self.assertIn("--from squeezenet1_1-b8a52dc0.pth", err)

    @unittest.skipUnless(DATA, "PERCEPTUAL_TEST_DATA is not set")
    def test_published_files_end_in_the_known_file(self):
        folder = os.path.join(DATA, "weights", "upstream")
        for title in os.listdir(folder):
            with open(os.path.join(folder, title), "rb") as file:
                self.server.files["/" + title] = file.read()
        code, out, err = self.run_tool(
            "squeeze", "--mirror", self.url, "--source", "official",
            "--from", os.path.join(folder, "squeezenet1_1-features.pth"))
        self.assertEqual(code, 0, err)
        with open(os.path.join(DATA, "weights", "squeeze.safetensors"),
                  "rb") as file:
            known = file.read()
        with open(os.path.join(self.into, "squeeze.safetensors"),
                  "rb") as file:
            self.assertEqual(file.read(), known)
        self.assertIn(hashlib.sha256(known).hexdigest(), out)
        self.assertEqual(len(self.server.asked), 2)
        self.assertEqual(os.listdir(os.path.join(
            self.folder, "cache", "gst-perceptual")), [])
        code, out, _ = self.run_tool("squeeze")
        self.assertEqual(code, 0)
        self.assertIn("already there", out)


if __name__ == "__main__":
    unittest.main()
