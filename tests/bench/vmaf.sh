#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# perceptual-compare beside VMAF, and ffmpeg's psnr and ssim, on the same files
# in one run: whole processes on both sides, by vmaf.py.
#
#   tests/bench/vmaf.sh [BUILD_FOLDER] [OPTIONS of vmaf.py]
#
# The ffmpeg is the static one of PyPI's package imageio-ffmpeg, which has
# libvmaf, in its own venv in the build folder.  The files are in memory
# (/dev/shm): textures with noise and their x264 encode, once as y4m and once as
# H.264.
#
# Exit 0 done, 1 a tool fails, 2 wrong usage, 77 there is no such ffmpeg.
set -eu
here=$(dirname "$0")
. "$here/build-folder.sh"
venv=$build/vmaf-venv

find_ffmpeg () {
  for packages in "$venv"/lib/python3*/site-packages; do
    for ffmpeg in "$packages"/imageio_ffmpeg/binaries/ffmpeg-*; do
      [ -x "$ffmpeg" ] && return
    done
  done
  return 1
}

if ! find_ffmpeg; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check imageio-ffmpeg ||
    : # said below
  if ! find_ffmpeg; then
    echo "vmaf.sh: imageio-ffmpeg is not available: VMAF is not measured" >&2
    exit 77
  fi
fi
work=$(mktemp -d /dev/shm/perceptual-bench.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
python3 "$here/vmaf.py" --build "$build" --ffmpeg "$ffmpeg" \
  --work "$work" "$@"
