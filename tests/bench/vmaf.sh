#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The element beside VMAF on the same frames in one run: a 1920x1080 clip and
# its x264 encode as raw y4m files in memory (/dev/shm).  VMAF is libvmaf in
# the static ffmpeg of PyPI's package imageio-ffmpeg, in its own venv.
#
#   tests/bench/vmaf.sh [BUILD_FOLDER] [THREADS] [FRAMES]
set -eu
build=${1:-build}
threads=${2:-2}
frames=${3:-60}
venv=$build/vmaf-venv
work=$(mktemp -d /dev/shm/perceptual-bench.XXXXXX)
trap 'rm -rf "$work"' EXIT INT TERM

if ! ls "$venv"/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-* \
  >/dev/null 2>&1; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet imageio-ffmpeg || {
    echo "vmaf.sh: imageio-ffmpeg is not available: VMAF is not measured" >&2
    exit 77
  }
fi
ffmpeg=$(ls "$venv"/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*)

"$ffmpeg" -v error -f lavfi \
  -i "testsrc2=size=1920x1080:rate=25,noise=alls=6:allf=t" \
  -frames:v "$frames" -pix_fmt yuv420p "$work/reference.y4m"
"$ffmpeg" -v error -i "$work/reference.y4m" -c:v libx264 -crf 34 \
  -preset veryfast "$work/encode.mp4"
"$ffmpeg" -v error -i "$work/encode.mp4" -pix_fmt yuv420p \
  "$work/distorted.y4m"

# Wall time of libvmaf's filter with everything decoded beforehand.  Twice
# each, in turns, and the better one counts: the machines are noisy.
now () { date +%s.%N; }
vmaf_best=1e9
ours_best=1e9
for round in 1 2 3; do
  start=$(now)
  "$ffmpeg" -v error -nostdin -i "$work/distorted.y4m" \
    -i "$work/reference.y4m" -lavfi "libvmaf=n_threads=$threads" -f null -
  vmaf_best=$(awk -v a="$vmaf_best" -v s="$start" -v e="$(now)" \
    'BEGIN { d = e - s; print d < a ? d : a }')
  GST_PLUGIN_PATH=$build/gst "$build/tests/bench/bench-element" \
    --reference "$work/reference.y4m" --distorted "$work/distorted.y4m" \
    --pairs "$frames" --threads "$threads" >"$work/ours.json"
  ours=$(sed 's/.*"element_seconds":\([0-9.]*\).*/\1/' "$work/ours.json")
  ours_best=$(awk -v a="$ours_best" -v b="$ours" \
    'BEGIN { print b < a ? b : a }')
done
cat "$work/ours.json"
awk -v v="$vmaf_best" -v o="$ours_best" -v n="$frames" -v t="$threads" \
  -v cpu="$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
  'BEGIN {
    printf "%-10s %12s\n", "1920x1080", "frames/s"
    printf "%-10s %12.1f\n", "VMAF", n / v
    printf "%-10s %12.1f\n", "mmd-ssim", 1 / o
    printf "ratio %.2f, %d threads, %s\n", (1 / o) / (n / v), t, cpu
  }'
