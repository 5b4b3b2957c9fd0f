#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lpips of many small triplets in memory, a reference and two distorted images
# each, beside PyTorch with the package lpips in batches, on the same images
# and threads in one run.  PyTorch is in the venv of rivals.sh (about 6 GB).
#
#   tests/bench/triplets.sh [BUILD_FOLDER] [OPTIONS of triplets.py]
#
# Exit 0 done, 1 the distances differ or a tool fails, 2 wrong usage, 77 there
# is no PyTorch or there are no weights.
set -eu
here=$(dirname "$0")
. "$here/build-folder.sh"
. "$here/rivals-venv.sh"
exec "$venv/bin/python" "$here/triplets.py" --build "$build" "$@"
