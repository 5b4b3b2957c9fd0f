# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times lpips beside PyTorch, ONNX Runtime and OpenVINO; see rivals.sh.

Each tool loads its network and its images once and then takes turns with the
others (turns.py); the best turn counts.

The rivals have an advantage: their images are float tensors before the clock
starts, whereas ours starts at bytes; and each runs two forms in every turn, of
which the faster counts: PyTorch by channels (NCHW) and by pixels (NHWC), those
that run an exported graph one that takes the images one after the other and one
that takes both at once.
"""

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
from importlib import util

from lpips_network import (TOLERANCE, add_options, build_network, sha256,
                           weights_folder, weights_path)
from turns import (SKIP, Contender, Trouble, cpu_name, print_rows, serve,
                   versions)

TOOLS = {
    "exact": {
        "ours": "ours",
        "torch": "PyTorch+lpips",
        "onnxruntime": "ONNX Runtime",
        "openvino": "OpenVINO f32",
    },
    "fast": {
        "ours": "ours, fast",
        "exact": "ours, exact",
        "openvino": "OpenVINO bf16",
    },
}
WORKS = ["alex:1920x1080", "squeeze:1920x1080", "vgg:960x540"]
FORMS = ["each", "both"]
PACKAGES = ("torch", "lpips", "onnxruntime", "openvino", "onnx")
# How much precision=fast may differ, relative to the exact distance.
FAST_TOLERANCE = 0.01


# --- pictures ---------------------------------------------------------------


def read_ppm(path):
    """The samples as an array (height, width, 3) of bytes."""
    import numpy
    from PIL import Image
    return numpy.asarray(Image.open(path))


def write_pictures(paths, size, folder):
    """Writes two PPM files of `size`; returns their paths."""
    import numpy
    from PIL import Image
    width, height = size
    written = []
    for which in range(2):
        if paths:
            image = Image.open(paths[which]).convert("RGB")
            image = image.resize(size, Image.Resampling.BICUBIC)
        else:
            random = numpy.random.default_rng(which)
            y, x, c = numpy.ogrid[:height, :width, :3]
            wave = (numpy.sin(x * 0.03 + c) * numpy.cos(y * 0.05 - c) * 50
                    + numpy.sin((x + 2 * y) * 0.21) * 20)
            noise = random.normal(0, 12 if which else 4, wave.shape)
            image = Image.fromarray(
                (128 + wave + noise).clip(0, 255).astype("uint8"))
        path = os.path.join(folder, f"{which}-{width}x{height}.ppm")
        image.save(path)
        written.append(path)
    return written


# --- the rivals' networks ---------------------------------------------------


def load_tensors(reference, distorted):
    """The two images as (1, 3, height, width) from -1 to 1."""
    import torch
    return [torch.from_numpy(read_ppm(path).copy()).permute(2, 0, 1)[None]
            .float().div(127.5).sub(1).contiguous()
            for path in (reference, distorted)]


def make_export(job):
    """Writes the network as ONNX graphs, one for each of FORMS; there is
    nothing to run afterwards."""
    import lpips
    import torch

    class Each(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, reference, distorted):
            return self.network(reference, distorted)

    class Both(Each):
        def forward(self, reference, distorted):
            net = self.network
            taps = net.net.forward(
                net.scaling_layer(torch.cat([reference, distorted])))
            total = 0
            for tap, head in zip(taps, net.lins):
                tap = lpips.normalize_tensor(tap)
                total = total + head((tap[:1] - tap[1:]) ** 2).mean(
                    [2, 3], keepdim=True)
            return total

    network = build_network(job["backbone"], job["weights"])
    images = tuple(load_tensors(job["reference"], job["distorted"]))
    for form, module in zip(FORMS, (Each, Both)):
        # The newer exporter's graph of alex gave NaN (torch 2.15).
        torch.onnx.export(
            module().eval(), images, job["graph"] % form, dynamo=False,
            input_names=["reference", "distorted"],
            output_names=["distance"])
    return {}


# --- processes that run one rival -------------------------------------------


def make_torch(job):
    import torch
    torch.set_num_threads(job["threads"])

    def make(order):
        network = build_network(job["backbone"], job["weights"])
        network = network.to(memory_format=order)
        images = [image.contiguous(memory_format=order) for image
                  in load_tensors(job["reference"], job["distorted"])]

        def run():
            with torch.inference_mode():
                return network(*images).item()

        return run

    return {"NCHW": make(torch.contiguous_format),
            "NHWC": make(torch.channels_last)}


def make_onnxruntime(job):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    feed = dict(zip(("reference", "distorted"), load_arrays(job)))

    def make(form):
        session = onnxruntime.InferenceSession(
            job["graph"] % form, options, providers=["CPUExecutionProvider"])
        return lambda: session.run(None, feed)[0].item()

    return {form: make(form) for form in FORMS}


def make_openvino(job):
    import openvino
    core = openvino.Core()
    settings = {
        "INFERENCE_PRECISION_HINT":
            "bf16" if job["precision"] == "fast" else "f32",
        "INFERENCE_NUM_THREADS": job["threads"],
        "PERFORMANCE_HINT": "LATENCY",
    }
    feed = dict(zip(("reference", "distorted"), load_arrays(job)))

    def make(form):
        model = core.compile_model(
            core.read_model(job["graph"] % form), "CPU", settings)
        request = model.create_infer_request()
        return lambda: request.infer(feed)["distance"].item()

    return {form: make(form) for form in FORMS}


def load_arrays(job):
    import numpy
    return [(read_ppm(job[name]).transpose(2, 0, 1)[None]
             / numpy.float32(127.5) - 1).astype(numpy.float32, order="C")
            for name in ("reference", "distorted")]


def fastest(seconds, distances):
    """What a turn tells of its runs, by form."""
    form = min(seconds, key=seconds.get)
    return {"seconds": seconds[form], "form": form,
            "distance": distances[form], "forms": seconds}


# --- the comparison ---------------------------------------------------------


def summary(contender, turns):
    best = min(turns, key=lambda turn: turn["seconds"])
    entry = {"seconds_best": best["seconds"],
             "seconds_median": statistics.median(
                 turn["seconds"] for turn in turns),
             "distance": best["distance"], "turns": turns}
    if "form" in best:
        entry["form"] = best["form"]
    if "kernels" in contender.hello:
        entry["kernels"] = contender.hello["kernels"]
    return entry


def start(tool, job, bench):
    if tool in ("ours", "exact"):
        precision = job["precision"] if tool == "ours" else "exact"
        command = [bench, "--metric", "lpips", "--turns",
                   "--option", "backbone=" + job["backbone"],
                   "--option", "weights=" + job["weights"],
                   "--option", "precision=" + precision,
                   "--threads", str(job["threads"]),
                   "--reference", job["reference"],
                   "--distorted", job["distorted"]]
    else:
        command = [sys.executable, os.path.abspath(__file__), "--serve", tool,
                   json.dumps(job)]
    return Contender(command, job["threads"])


def missing_tools(bench):
    """Why a tool cannot take part, by tool."""
    missing = {}
    if not os.access(bench, os.X_OK):
        missing["ours"] = f"not built: there is no {bench}"
    for tool, module in (("onnxruntime", "onnxruntime"),
                         ("openvino", "openvino")):
        if not util.find_spec(module) or not util.find_spec("onnx"):
            missing[tool] = "not installed"
    return missing


def compare(job, tools, bench, rounds):
    """What each tool measured of one work, and who fell out."""
    contenders, turns, failed = {}, {}, {}
    graphs = [tool for tool in tools if tool in ("onnxruntime", "openvino")]
    try:
        if graphs:
            start("export", job, bench).close()
    except Trouble as trouble:
        failed = {tool: f"no graph: {trouble}" for tool in graphs}
    for tool in tools:
        try:
            if tool not in failed:
                contenders[tool] = start(tool, job, bench)
        except Trouble as trouble:
            failed[tool] = str(trouble)
    for _ in range(rounds):
        for tool, contender in contenders.items():
            try:
                if tool not in failed:
                    turns.setdefault(tool, []).append(contender.turn())
            except Trouble as trouble:
                failed[tool] = str(trouble)
    for contender in contenders.values():
        contender.close()
    return {tool: summary(contenders[tool], turns[tool])
            for tool in contenders if tool in turns}, failed


def run_work(work, args, weights, folder, missing):
    backbone, size = re.fullmatch(r"(\w+):(\d+x\d+)", work).groups()
    size = tuple(int(side) for side in size.split("x"))
    reference, distorted = write_pictures(args.images, size, folder)
    job = {"backbone": backbone, "weights": weights, "threads": args.threads,
           "reference": reference, "distorted": distorted,
           "precision": args.precision,
           "graph": os.path.join(folder, backbone + "-%s.onnx")}
    tools = [tool for tool in TOOLS[args.precision] if tool not in missing]
    load = os.getloadavg()[0]
    measured, failed = compare(job, tools, args.bench, args.rounds)
    result = {"backbone": backbone, "width": size[0], "height": size[1],
              "load_before": load, "failed": failed, "tools": measured}
    ours = measured.get("ours")
    for entry in measured.values():
        if ours:
            entry["ratio"] = entry["seconds_best"] / ours["seconds_best"]
            entry["ratio_median"] = \
                entry["seconds_median"] / ours["seconds_median"]
    result["same_work"] = same_work(args.precision, measured)
    return result


def same_work(precision, tools):
    """Whether the distances are near enough.  Written so that a NaN fails,
    also against itself."""
    if precision == "fast":
        exact = tools.get("exact")
        for entry in tools.values() if exact else []:
            entry["error"] = 100 * abs(
                entry["distance"] / exact["distance"] - 1)
        return "ours" not in tools or not exact \
            or tools["ours"]["error"] <= 100 * FAST_TOLERANCE
    distances = [entry["distance"] for entry in tools.values()]
    return all(abs(a - b) <= TOLERANCE for a in distances for b in distances)


# --- telling ----------------------------------------------------------------


def print_table(report):
    names = TOOLS[report["precision"]]
    columns = list(names)
    print("%-22s" % "" + "".join("%16s" % names[tool] for tool in columns))
    for result in report["works"]:
        print("{backbone} {width}x{height}  (load average {load_before:.2f}"
              " before)".format(**result))
        print_rows((
                ("seconds_best", "  seconds per pair", "%.3f"),
                ("ratio", "  time against ours", "%.2fx"),
                ("seconds_median", "  median of turns", "%.3f"),
                ("ratio_median", "  median against ours", "%.2fx"),
                ("distance", "  distance", "%.9f"),
                ("error", "  off by", "%.3f %%"),
                ("form", "  form", "%s")),
            [result["tools"].get(tool, {}) for tool in columns], 16)
        for tool, why in result["failed"].items():
            print(f"  {names[tool]}: {why}")
        if not result["same_work"]:
            most = TOLERANCE if report["precision"] == "exact" else \
                f"{100 * FAST_TOLERANCE:.0f} %"
            print(f"  THE DISTANCES DIFFER by more than {most}: this is"
                  " not the same work")
    for tool, why in report["missing"].items():
        print(f"{names.get(tool, tool)}: {why}")
    print(f"{report['cpu']}, {report['threads']} threads, best of"
          f" {report['rounds']} turns; load average"
          f" {report['load'][0]:.2f} before, {report['load'][1]:.2f} after")
    print("images: " + report["images"])
    print(", ".join(f"{name} {version}"
                    for name, version in report["versions"].items()))


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="rivals.sh", description="Times lpips beside other tools.")
    add_options(parser)
    parser.add_argument("--precision", choices=list(TOOLS), default="exact",
                        help="fast: beside OpenVINO in bfloat16 and ours"
                        " exact")
    parser.add_argument("--work", action="append", metavar="BACKBONE:WxH",
                        help="repeatable; default " + " ".join(WORKS))
    parser.add_argument("--images", nargs=2, metavar=("REF", "DIST"),
                        help="scaled to each work's size; default the first"
                        " frames of carphone in $PERCEPTUAL_TEST_DATA/media,"
                        " else waves with noise")
    args = parser.parse_args()
    args.work = args.work or WORKS
    for work in args.work:
        if not re.fullmatch(r"(alex|squeeze|vgg):[1-9]\d*x[1-9]\d*", work):
            parser.error(f"{work} is not a work such as {WORKS[0]}")
    if args.threads < 1 or args.rounds < 1:
        parser.error("--threads and --rounds count from 1")
    args.bench = os.path.join(args.build, "tests", "bench", "bench-metric")
    return args


def find_images(args):
    """Sets args.images; returns what to call them."""
    media = os.path.join(
        os.environ.get("PERCEPTUAL_TEST_DATA", os.devnull), "media")
    found = [os.path.join(media, f"carphone_{which}_000.png")
             for which in ("ref", "dist")]
    if not args.images and all(os.path.exists(path) for path in found):
        args.images = found
    if not args.images:
        return "synthetic waves with noise"
    return " and ".join(os.path.basename(path) for path in args.images) \
        + ", scaled up or down to each size (bicubic)"


def main():
    if sys.argv[1:2] == ["--serve"]:
        make, job = globals()["make_" + sys.argv[2]], json.loads(sys.argv[3])
        serve(lambda: make(job), fastest)
        return 0
    args = parse_arguments()
    weights = os.path.abspath(args.weights or weights_folder())
    works, hashes = [], {}
    for work in args.work:
        path = weights_path(weights, work.split(":")[0])
        if os.path.exists(path):
            hashes[os.path.basename(path)] = sha256(path)
            works.append(work)
        else:
            print(f"rivals.sh: no {path}: {work} is left out (--weights DIR,"
                  " see docs/weights.md)", file=sys.stderr)
    if not works:
        return SKIP
    missing = missing_tools(args.bench)
    report = {"cpu": cpu_name(), "threads": args.threads,
              "precision": args.precision,
              "rounds": args.rounds, "images": find_images(args),
              "versions": versions(PACKAGES), "weights_sha256": hashes,
              "missing": missing, "works": []}
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=args.build) as folder:
        for work in works:
            report["works"].append(run_work(
                work, args, weights, folder, missing))
    report["load"] = [before, os.getloadavg()[0]]
    print_table(report)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)
            file.write("\n")
    if not all(result["same_work"] and "ours" not in result["failed"]
               for result in report["works"]):
        return 1
    measured = {tool for result in report["works"]
                for tool in result["tools"]} - {"ours", "exact"}
    return 0 if measured else SKIP


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        print(f"rivals.sh: {trouble}", file=sys.stderr)
        sys.exit(1)
