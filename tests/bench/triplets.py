# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times lpips of many small triplets beside PyTorch; see triplets.sh.

A triplet is a reference and two distorted images, as data sets of human
judgements have them (2AFC).  Both tools measure all of them in two ways:

- each reference once: ours as perceptual-judge does it, in groups, by
  perceptual_metric_compare_many(); PyTorch by one pass of the package's network
  over all images of a batch of triplets and by its heads on what comes out;
- as pairs, two for each triplet: ours by the Python package; PyTorch by the
  package lpips as it is, which looks at each reference twice.

The tools take turns (turns.py).  PyTorch has an advantage: its images are float
tensors before the clock starts, whereas ours are bytes; and of its batches and
its two orders in memory, channel by channel (NCHW) and pixel by pixel (NHWC,
"channels last"), the best counts, for the best turn and for the median each.
"""

import argparse
import functools
import json
import os
import re
import statistics
import sys
import tempfile

from lpips_network import (BACKBONES, TOLERANCE, add_options, build_network,
                           sha256, weights_folder, weights_path)
from turns import (SKIP, Contender, Trouble, cpu_name, print_rows, serve,
                   versions)

TOOLS = {"ours": "ours", "torch": "PyTorch+lpips"}
WAYS = {"once": "each reference once", "pairs": "as pairs"}
# Triplets, or pairs, that PyTorch takes at once.
BATCHES = [10, 50, 125, 250, 500]
ORDERS = ["NCHW", "NHWC"]
# What perceptual-judge takes at once: examples/judge/data/folder.c.
GROUP_TRIPLETS = 64
GROUP_PIXELS = 4 << 20
LIBRARY = os.path.join("metric", "libperceptual.so.0")


# --- images -----------------------------------------------------------------


def make_triplets(n, size):
    """Waves, no two alike, each beside two copies with noise: an array (n, 3,
    height, width, 3) of bytes."""
    import numpy
    width, height = size
    random = numpy.random.default_rng(1)
    y, x, c = numpy.ogrid[:height, :width, :3]
    triplets = numpy.empty((n, 3, height, width, 3), "uint8")
    for triplet in triplets:
        across, down, slant = random.uniform(0.02, 0.4, 3)
        wave = 128 + (numpy.sin(x * across + c) * numpy.cos(y * down - c) * 50
                      + numpy.sin((x + 2 * y) * slant) * 20)
        for image, noise in zip(triplet, (4, *random.uniform(5, 30, 2))):
            grain = random.normal(0, noise, wave.shape)
            image[...] = (wave + grain).clip(0, 255)
    return triplets


# --- the tools' processes ---------------------------------------------------


def import_package(build):
    """The package in examples/python with the library of the build."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.join(here, "..", "..", "examples", "python"))
    os.environ["PERCEPTUAL_LIBRARY"] = os.path.join(
        os.path.abspath(build), LIBRARY)
    import perceptual
    return perceptual


def as_pairs(triplets):
    """The references, each twice, and the distorted images."""
    return triplets[:, [0, 0]].reshape(-1, *triplets.shape[2:]), \
        triplets[:, 1:].reshape(-1, *triplets.shape[2:])


def group_of(triplets):
    """What the C library takes of a few triplets, and the arrays that own its
    memory."""
    from perceptual import image, library
    n = len(triplets)
    references, kept = image.views(list(triplets[:, 0]))
    distorted, others = image.views(list(as_pairs(triplets)[1]))
    return ((library.Image * n)(*references), n,
            (library.Image * (2 * n))(*distorted), 2, 0,
            (library.Result * (2 * n))()), kept + others


def make_ours(job):
    import numpy
    perceptual = import_package(job["build"])
    from perceptual import library
    metric = perceptual.Metric(
        "lpips", threads=job["threads"], backbone=job["backbone"],
        weights=job["weights"])
    triplets = numpy.load(job["images"])
    pixels = triplets[0].size // 3
    step = max(1, min(GROUP_TRIPLETS, GROUP_PIXELS // pixels))
    # The package takes several images for a reference only where that is
    # the only one, so this calls the library's function itself.
    groups = [group_of(group) for group in numpy.split(
        triplets, range(step, len(triplets), step))]
    references, distorted = as_pairs(triplets)

    def once():
        found = []
        for arguments, _ in groups:
            library.call("perceptual_metric_compare_many", metric._metric,
                         *arguments)
            found += [result.distance for result in arguments[-1]]
        return found

    return {"once": once,
            "pairs": lambda: metric(references, distorted).tolist()}


def distances_of(network, batch):
    """Two for each triplet of a batch, whose images follow each other."""
    import lpips
    taps = network.net.forward(network.scaling_layer(batch))
    total = 0
    for tap, head in zip(taps, network.lins):
        tap = lpips.normalize_tensor(tap).unflatten(0, (-1, 3))
        difference = (tap[:, :1] - tap[:, 1:]) ** 2
        total = total + head(difference.flatten(0, 1)).mean([2, 3])
    return total


def torch_runs(network, triplets, batches, order):
    """By way and batch; the triplets are (n, 3, 3, height, width)."""
    import torch
    memory_format = torch.channels_last if order == "NHWC" \
        else torch.contiguous_format
    network = network.to(memory_format=memory_format)
    images, references, distorted = (
        tensor.contiguous(memory_format=memory_format)
        for tensor in (triplets.flatten(0, 1), *as_pairs(triplets)))

    def once(size):
        found = []
        for batch in images.split(3 * size):
            found += distances_of(network, batch).flatten().tolist()
        return found

    def pairs(size):
        found = []
        for batch in zip(references.split(size), distorted.split(size)):
            found += network(*batch).flatten().tolist()
        return found

    def run(way, size):
        with torch.inference_mode():
            return way(size)

    return {(way.__name__, size): functools.partial(run, way, size)
            for way in (once, pairs) for size in batches}


def make_torch(job):
    import numpy
    import torch
    torch.set_num_threads(job["threads"])
    # From -1 to 1.
    triplets = torch.from_numpy(numpy.load(job["images"])).movedim(4, 2) \
        .float().div(127.5).sub(1)
    runs = {}
    for order in ORDERS:
        network = build_network(job["backbone"], job["weights"])
        for (way, size), run in torch_runs(
                network, triplets, job["batches"], order).items():
            runs[f"{way} {size} {order}"] = run
    return runs


def tell(seconds, distances):
    return {"seconds": seconds, "distances": distances}


# --- the comparison ---------------------------------------------------------


def start(tool, job):
    command = [sys.executable, os.path.abspath(__file__), "--serve", tool,
               json.dumps(job)]
    try:
        return Contender(command, job["threads"])
    except Trouble as trouble:
        raise Trouble(f"{TOOLS[tool]}: {trouble}") from None


def worst_difference(answers):
    """Of any distance from ours of each reference once; NaN where one is."""
    import numpy
    with_ours = answers["ours"]["distances"]["once"]
    return float(max(
        (numpy.abs(numpy.subtract(distances, with_ours)).max()
         for answer in answers.values()
         for distances in answer["distances"].values()),
        key=lambda worst: numpy.inf if numpy.isnan(worst) else worst))


def take_turns(job, rounds):
    """The seconds of each run of each tool, and the worst difference of each
    round."""
    contenders, seconds, worst = {}, {tool: {} for tool in TOOLS}, []
    try:
        for tool in TOOLS:
            contenders[tool] = start(tool, job)
        for _ in range(rounds):
            answers = {tool: contender.turn()
                       for tool, contender in contenders.items()}
            worst.append(worst_difference(answers))
            for tool, answer in answers.items():
                for run, taken in answer["seconds"].items():
                    seconds[tool].setdefault(run, []).append(taken)
    finally:
        for contender in contenders.values():
            contender.close()
    return seconds, worst


def summary(runs, way):
    """Of one tool's turns of one way, over all of its batches."""
    best, median = {}, {}
    for run, taken in runs.items():
        name, _, batch = run.partition(" ")
        if name == way:
            best[batch] = min(taken)
            median[batch] = statistics.median(taken)
    entry = {"best": min(best.values()), "median": min(median.values())}
    if list(best) != [""]:
        entry["batch"] = min(best, key=best.get)
        entry["batch_median"] = min(median, key=median.get)
        entry["batches"] = {batch: {"best": best[batch],
                                    "median": median[batch]}
                            for batch in best}
    return entry


def run_backbone(backbone, args, weights, images):
    job = {"backbone": backbone, "weights": weights, "threads": args.threads,
           "images": images, "build": args.build, "batches": args.batch}
    load = os.getloadavg()[0]
    seconds, worst = take_turns(job, args.rounds)
    columns = {f"{tool} {way}": summary(seconds[tool], way)
               for tool in TOOLS for way in WAYS}
    ours = columns["ours once"]
    for entry in columns.values():
        entry["ratio"] = entry["best"] / ours["best"]
        entry["ratio_median"] = entry["median"] / ours["median"]
    return {"backbone": backbone, "load_before": load, "columns": columns,
            "turns": seconds, "worst_differences": worst,
            # Written so that a NaN fails.
            "same_work": all(one <= TOLERANCE for one in worst)}


# --- telling ----------------------------------------------------------------


def print_table(report):
    columns = [f"{tool} {way}" for tool in TOOLS for way in WAYS]
    for names in ([name for name in TOOLS.values() for _ in WAYS],
                  [way for _ in TOOLS for way in WAYS.values()]):
        print("%-22s" % "" + "".join("%21s" % name for name in names))
    for result in report["works"]:
        print("{backbone}  (load average {load_before:.2f} before)"
              .format(**result))
        print_rows((
                ("best", "  seconds, best turn", "%.3f"),
                ("ratio", "  against the first", "%.2fx"),
                ("batch", "  in batches of", "%s"),
                ("median", "  median of turns", "%.3f"),
                ("ratio_median", "  against the first", "%.2fx"),
                ("batch_median", "  in batches of", "%s")),
            [result["columns"][column] for column in columns], 21)
        print("  distances differ by %.1e at most"
              % max(result["worst_differences"]))
        if not result["same_work"]:
            print(f"  THE DISTANCES DIFFER by more than {TOLERANCE}: this is"
                  " not the same work")
    print("{triplets} triplets of {width}x{height}".format(**report))
    print(f"{report['cpu']}, {report['threads']} threads, ours with"
          f" {report['kernels']}, {report['rounds']} turns; load average"
          f" {report['load'][0]:.2f} before, {report['load'][1]:.2f} after")
    print(", ".join(f"{name} {version}"
                    for name, version in report["versions"].items()))


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="triplets.sh",
        description="Times lpips of many small triplets beside PyTorch.")
    add_options(parser)
    parser.add_argument("--backbone", action="append", choices=BACKBONES,
                        help="repeatable; default alex and squeeze")
    parser.add_argument("--triplets", type=int, default=1000, metavar="N")
    parser.add_argument("--size", default="64x64", metavar="WxH")
    parser.add_argument("--batch", action="append", type=int, metavar="N",
                        help="triplets or pairs that PyTorch takes at once;"
                        " repeatable, the best counts; default "
                        + " ".join(map(str, BATCHES)))
    args = parser.parse_args()
    args.backbone = args.backbone or ["alex", "squeeze"]
    args.batch = args.batch or BATCHES
    if not re.fullmatch(r"[1-9]\d*x[1-9]\d*", args.size):
        parser.error(f"--size {args.size} is not a size such as 64x64")
    if min(args.threads, args.rounds, args.triplets, *args.batch) < 1:
        parser.error("--threads, --rounds, --triplets and --batch count from"
                     " 1")
    args.batch = sorted({min(size, args.triplets) for size in args.batch})
    return args


def find_weights(args, folder):
    """The backbones whose weights are there, with the files' hashes."""
    found = {}
    for backbone in args.backbone:
        path = weights_path(folder, backbone)
        if os.path.exists(path):
            found[backbone] = sha256(path)
        else:
            print(f"triplets.sh: no {path}: {backbone} is left out (--weights"
                  " DIR, see docs/weights.md)", file=sys.stderr)
    return found


def main():
    if sys.argv[1:2] == ["--serve"]:
        make, job = globals()["make_" + sys.argv[2]], json.loads(sys.argv[3])
        serve(lambda: make(job), tell)
        return 0
    args = parse_arguments()
    weights = os.path.abspath(args.weights or weights_folder())
    found = find_weights(args, weights)
    if not found:
        return SKIP
    library = os.path.join(args.build, LIBRARY)
    if not os.path.exists(library):
        raise Trouble(f"not built: there is no {library}")
    import numpy
    width, height = map(int, args.size.split("x"))
    report = {"cpu": cpu_name(), "threads": args.threads,
              "kernels": import_package(args.build).kernel_level(),
              "rounds": args.rounds, "triplets": args.triplets,
              "width": width, "height": height,
              "versions": versions(("torch", "lpips", "numpy")),
              "weights_sha256": found, "works": []}
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=args.build) as folder:
        images = os.path.join(folder, "triplets.npy")
        numpy.save(images, make_triplets(args.triplets, (width, height)))
        for backbone in found:
            report["works"].append(
                run_backbone(backbone, args, weights, images))
    report["load"] = [before, os.getloadavg()[0]]
    print_table(report)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)
            file.write("\n")
    return 0 if all(result["same_work"] for result in report["works"]) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        print(f"triplets.sh: {trouble}", file=sys.stderr)
        sys.exit(1)
