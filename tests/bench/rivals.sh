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
build=build
case ${1:-} in
  '' | -*) ;;
  *) build=$1 && shift ;;
esac
if [ ! -d "$build" ]; then
  echo "rivals.sh: there is no build folder $build" >&2
  exit 2
fi
venv=$build/rivals-venv
here=$(dirname "$0")

# Imports the module $1, else installs the packages after it and tries again.
need () {
  module=$1
  shift
  "$venv/bin/python" -c "import $module" 2>/dev/null && return
  echo "rivals.sh: installing $* into $venv" >&2
  "$venv/bin/pip" install --quiet --disable-pip-version-check \
    --no-cache-dir "$@" >&2 && "$venv/bin/python" -c "import $module" >&2
}

[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
if ! need lpips torch torchvision lpips==0.1.4 || ! need PIL pillow; then
  # The other rivals run what PyTorch exports.
  echo "rivals.sh: PyTorch and lpips are not available: nothing to compare" >&2
  exit 77
fi
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
