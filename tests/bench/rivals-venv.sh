# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced by rivals.sh and triplets.sh behind build-folder.sh: PyTorch and the
# package lpips in a venv in the build folder, $venv.
venv=$build/rivals-venv

# Imports the module $1, else installs the packages after it and tries again.
need () {
  module=$1
  shift
  "$venv/bin/python" -c "import $module" 2>/dev/null && return
  echo "$script: installing $* into $venv" >&2
  "$venv/bin/pip" install --quiet --disable-pip-version-check \
    --no-cache-dir "$@" >&2 && "$venv/bin/python" -c "import $module" >&2
}

[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
if ! need lpips torch torchvision lpips==0.1.4; then
  echo "$script: PyTorch and lpips are not available: nothing to compare" >&2
  exit 77
fi
