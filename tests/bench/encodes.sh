#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The cost of one run with four encodes of a reference, against four runs with
# one: wall time of perceptual-compare from file to report, decoding included,
# in turns on the same machine.
#
#   tests/bench/encodes.sh BUILD [ROUNDS [OPTION...]]
#
# The options go to perceptual-compare: --metric lpips --weights DIR.
set -eu
build=$(cd "$1" && pwd)
rounds=${2:-3}
shift
[ $# -eq 0 ] || shift
compare=$build/examples/compare/perceptual-compare
GST_PLUGIN_PATH=$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}
export GST_PLUGIN_PATH

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
size=${SIZE:-1920x1080}
frames=${FRAMES:-40}
caps="video/x-raw,format=I420,width=${size%x*},height=${size#*x},framerate=25/1"

# All encodes in one pass over the same pictures; the reference is lossless.
gst-launch-1.0 -q videotestsrc num-buffers="$frames" pattern=zone-plate \
  kx2=20 ky2=20 kt=1 ! "$caps" ! tee name=t \
  t. ! queue ! x264enc pass=quant quantizer=0 speed-preset=ultrafast ! \
  matroskamux ! filesink async=false location="$folder/reference.mkv" \
  t. ! queue ! x264enc bitrate=500 speed-preset=veryfast ! \
  matroskamux ! filesink async=false location="$folder/1.mkv" \
  t. ! queue ! x264enc bitrate=1000 speed-preset=veryfast ! \
  matroskamux ! filesink async=false location="$folder/2.mkv" \
  t. ! queue ! x264enc bitrate=2000 speed-preset=veryfast ! \
  matroskamux ! filesink async=false location="$folder/3.mkv" \
  t. ! queue ! x264enc bitrate=4000 speed-preset=veryfast ! \
  matroskamux ! filesink async=false location="$folder/4.mkv"

# seconds COMMAND...: wall time of it, to the hundredth.
seconds() {
  started=$(date +%s%N)
  "$@" >/dev/null
  echo $((($(date +%s%N) - started) / 10000000))
}

together() {
  "$compare" --quiet "$@" "$folder/reference.mkv" "$folder/1.mkv" \
    "$folder/2.mkv" "$folder/3.mkv" "$folder/4.mkv"
}

apart() {
  for number in 1 2 3 4; do
    "$compare" --quiet "$@" "$folder/reference.mkv" "$folder/$number.mkv"
  done
}

sed -n 's/^model name[^:]*: /cpu       /p' /proc/cpuinfo | head -n 1
echo "case      $size, $frames frames, perceptual-compare $*"
together "$@" >"$folder/together"
apart "$@" >"$folder/apart"
cmp "$folder/together" "$folder/apart" || {
  echo "the distances differ" >&2
  exit 1
}
for round in $(seq "$rounds"); do
  one=$(seconds together "$@")
  four=$(seconds apart "$@")
  awk -v round="$round" -v one="$one" -v four="$four" 'BEGIN {
    printf "round %d   together %.2f s  apart %.2f s  ratio %.3f\n",
      round, one / 100, four / 100, one / four }'
done
