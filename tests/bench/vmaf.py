# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times perceptual-compare beside VMAF and ffmpeg's filters; see vmaf.sh.

A row is a whole process from its start to its end: reading, decoding and
measuring.  All have the same processors, as many as threads, and take turns;
the median turn counts.  "wall" is what a user waits for; "cpu" is the time of
all threads, which the load of the machine changes less.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

OURS = "mmd-ssim"
INPUTS = {"y4m": "raw", "mp4": "H.264"}
DECODING = {"ffmpeg": "decoding alone, ffmpeg",
            "gstreamer": "decoding alone, GStreamer"}


def options():
    parser = argparse.ArgumentParser(prog="vmaf.sh")
    for name in ("--build", "--ffmpeg", "--work"):
        parser.add_argument(name, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--size", action="append", metavar="WxH",
                        help="default: 1920x1080 and 3840x2160")
    parser.add_argument("--input", action="append", choices=INPUTS.values(),
                        help="default: both")
    parser.add_argument("--threads", action="append", type=int,
                        help="default: 1 and 2")
    parser.add_argument("--frames", type=int, default=60,
                        help="of a 1920x1080 clip; fewer where they are larger")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def write_files(given, size, frames):
    """The paths (reference, distorted) of each kind of file."""
    paths = {(role, kind): os.path.join(given.work, f"{role}.{kind}")
             for role in ("reference", "distorted") for kind in ("y4m", "mp4")}

    def ffmpeg(*arguments):
        subprocess.run([given.ffmpeg, "-v", "error", "-y", *arguments],
                       stdin=subprocess.DEVNULL, check=True)

    encode = ("-c:v", "libx264", "-preset", "veryfast", "-crf")
    plain = ("-pix_fmt", "yuv420p")
    source = f"testsrc2=size={size}:rate=25,noise=alls=6:allf=t"
    ffmpeg("-f", "lavfi", "-i", source, "-frames:v", str(frames), *plain,
           *encode, "16", paths["reference", "mp4"])
    ffmpeg("-i", paths["reference", "mp4"], *plain, paths["reference", "y4m"])
    ffmpeg("-i", paths["reference", "y4m"], *plain, *encode, "34",
           paths["distorted", "mp4"])
    ffmpeg("-i", paths["distorted", "mp4"], *plain, paths["distorted", "y4m"])
    return {kind: (paths["reference", kind], paths["distorted", kind])
            for kind in ("y4m", "mp4")}


def commands(given, kind, pair, threads):
    """What is timed, by its name in the table."""
    reference, distorted = (os.path.abspath(path) for path in pair)
    n = str(threads)
    inputs = [given.ffmpeg, "-v", "error", "-nostdin",
              "-threads", n, "-i", distorted, "-threads", n, "-i", reference]
    rows = {}
    for name, graph in (("VMAF", f"libvmaf=n_threads={n}"),
                        ("ffmpeg psnr", "psnr"), ("ffmpeg ssim", "ssim")):
        rows[name] = [*inputs, "-filter_complex_threads", n, "-lavfi", graph,
                      "-f", "null", "-"]
    compare = os.path.join(given.build, "examples/compare/perceptual-compare")
    for metric in (OURS, "ssim", "psnr"):
        rows[metric] = [compare, "--quiet", "--metric", metric,
                        "--threads", n, reference, distorted]
    rows[DECODING["ffmpeg"]] = [*inputs, "-map", "0:v", "-map", "1:v",
                                "-f", "null", "-"]
    if kind == "mp4":
        rows[DECODING["gstreamer"]] = ["gst-launch-1.0", "-q"] + [
            word for path in (reference, distorted) for word in
            ("filesrc", f"location={path}", "!", "decodebin", "!", "fakesink")]
    return rows


def run(command, threads):
    """(wall, cpu) seconds of a process and of those that it started."""
    cpus = sorted(os.sched_getaffinity(0))[:threads]
    start = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL,
                             preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"vmaf.py: {' '.join(command)}: exit {child.returncode}")
    return seconds, usage.ru_utime + usage.ru_stime


def print_case(title, rows, times, frames):
    median = {name: [statistics.median(column) for column in zip(*times[name])]
              for name in rows}
    print(f"\n{title}\n")
    print("| whole process | frames/s | ms/frame, wall | ms/frame, cpu "
          "| VMAF's wall / this | VMAF's cpu / this |")
    print("|---|---|---|---|---|---|")
    for name, (wall, cpu) in median.items():
        print(f"| {name} | {frames / wall:.1f} | {1e3 * wall / frames:.1f} "
              f"| {1e3 * cpu / frames:.1f} | {median['VMAF'][0] / wall:.2f} "
              f"| {median['VMAF'][1] / cpu:.2f} |")
    sys.stdout.flush()


def cpu_name():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return "unknown"


def main():
    given = options()
    plugins = os.path.join(os.path.abspath(given.build), "gst")
    os.environ["GST_PLUGIN_PATH"] = os.pathsep.join(
        filter(None, [plugins, os.environ.get("GST_PLUGIN_PATH")]))
    print(f"{cpu_name()}, {len(os.sched_getaffinity(0))} processors, load "
          f"{os.getloadavg()[0]:.1f}, median of {given.rounds}")
    for size in given.size or ["1920x1080", "3840x2160"]:
        width, height = map(int, size.split("x"))
        frames = max(8, min(given.frames,
                            given.frames * 1920 * 1080 // (width * height)))
        for kind, pair in write_files(given, size, frames).items():
            if given.input and INPUTS[kind] not in given.input:
                continue
            for threads in given.threads or [1, 2]:
                rows = commands(given, kind, pair, threads)
                times = {name: [] for name in rows}
                for _ in range(given.rounds):
                    for name, command in rows.items():
                        times[name].append(run(command, threads))
                print_case(f"{size}, {frames} frames, "
                           f"{INPUTS[kind]}, {threads} thread(s)",
                           rows, times, frames)


if __name__ == "__main__":
    main()
