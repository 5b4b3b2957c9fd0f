#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lpips beside PyTorch with the package lpips, ONNX Runtime and OpenVINO on the
# same images and threads in one run.  The rivals come from PyPI into their own
# venv in the build folder (about 6 GB, most of it PyTorch's libraries for
# GPUs, which it does not load without).
#
#   tests/bench/rivals.sh [BUILD_FOLDER] [OPTIONS of rivals.py]
#
# Exit 0 done, 1 the distances differ or ours fails, 2 wrong usage, 77 there
# are no rivals or no weights.
set -eu
here=$(dirname "$0")
. "$here/build-folder.sh"
. "$here/rivals-venv.sh"

if ! need PIL pillow; then
  echo "rivals.sh: pillow is not available: there are no pictures" >&2
  exit 77
fi
# The other rivals run what PyTorch exports.
if need onnx onnx; then
  need onnxruntime onnxruntime \
    || echo "rivals.sh: ONNX Runtime is not available: not measured" >&2
  need openvino openvino \
    || echo "rivals.sh: OpenVINO is not available: not measured" >&2
else
  echo "rivals.sh: onnx is not available: ONNX Runtime and OpenVINO are not" \
    "measured" >&2
fi
exec "$venv/bin/python" "$here/rivals.py" --build "$build" "$@"
