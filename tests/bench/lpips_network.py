# SPDX-License-Identifier: LGPL-2.1-or-later
"""PyTorch's network of the package lpips with the weights of our files, and
what the programs that measure it have in common."""

import argparse
import hashlib
import json
import os
import re
import struct

from turns import Trouble

BACKBONES = ["alex", "squeeze", "vgg"]
# Agreement with the reference implementation that the project promises.
TOLERANCE = 1e-5


def add_options(parser):
    """Those of every program that measures the network in turns."""
    parser.add_argument("--build", default="build", help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=2, metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N",
                        help="turns of each tool")
    parser.add_argument("--weights", metavar="DIR",
                        help="folder with BACKBONE.safetensors; default"
                        " $PERCEPTUAL_TEST_DATA/weights, else where"
                        " weights/fetch.py puts them")
    parser.add_argument("--json", metavar="FILE")


def weights_folder():
    """The tests' folder, else the one that weights/fetch.py fills."""
    data = os.environ.get("PERCEPTUAL_TEST_DATA")
    if data:
        return os.path.join(data, "weights")
    home = os.environ.get("XDG_DATA_HOME") or os.path.expanduser(
        "~/.local/share")
    return os.path.join(home, "gst-perceptual", "weights")


def weights_path(folder, backbone):
    return os.path.join(folder, backbone + ".safetensors")


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_safetensors(path):
    """The tensors of a file with float32 tensors only, by name."""
    import numpy
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise Trouble(f"{path}: {name} is not float32")
        start, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(
            data[start:end], "<f4").reshape(entry["shape"]).copy()
    return tensors


def build_network(backbone, weights):
    """The package's own LPIPS with every tensor taken from our file."""
    import lpips
    import torch
    network = lpips.LPIPS(net=backbone, pretrained=False, pnet_rand=True,
                          verbose=False)
    tensors = read_safetensors(weights_path(weights, backbone))
    state = network.state_dict()
    for name in state:
        layer = re.fullmatch(r"net\.slice\d+\.(.*)", name)
        head = re.fullmatch(r"lins?\.?(\d)\.model\.1\.weight", name)
        if layer:
            tensor = tensors["features." + layer[1]]
        elif head:
            tensor = tensors[f"lin.{head[1]}.weight"].reshape(1, -1, 1, 1)
        elif name.startswith("scaling_layer."):
            continue
        else:
            raise Trouble(f"lpips has a tensor {name} that is not known here")
        state[name] = torch.from_numpy(tensor)
    network.load_state_dict(state)
    return network.eval()
