#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs what is missing, builds into build/, runs every test, and ends with
# the line "N passed, N failed, N skipped".  Exits with 0 when none failed.
#
# Tests that need data which the project may not ship look for it in the
# folder named by PERCEPTUAL_TEST_DATA, and are skipped without it.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/packages.sh

# Nothing ran, which is one failure.
give_up() {
  echo "$1" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

# shellcheck disable=SC2086
install_packages $PACKAGES_BUILD $PACKAGES_RUN $PACKAGES_TEST ||
  give_up "Packages are missing."
if [ ! -f build/build.ninja ]; then
  meson setup build -Dtests=enabled || give_up "The build has no setup."
elif [ ! -d build/tests ]; then
  # It was made when what the tests need was not there.
  meson configure build -Dtests=enabled || give_up "The build has no setup."
fi
ninja -C build || give_up "The build failed."

rm -f build/meson-logs/testlog.*
meson test -C build --no-rebuild
code=$?

/usr/bin/python3 tests/count.py build/meson-logs
counted=$?
[ "$code" = 0 ] && [ "$counted" = 0 ]
