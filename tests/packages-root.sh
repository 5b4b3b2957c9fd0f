#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds the Debian packages from what `meson dist` packs, looks at them with
# lintian, and installs and tries them in a fresh root that has nothing else:
#
#   sudo tests/packages-root.sh 12|13|all [FOLDER]
#
# What is committed is taken; packages go to FOLDER, if there is one.  Not a
# part of .ci/run: it fetches some hundred megabytes for each release.
# tests/roots.sh says what it needs, and what it takes from the environment;
# meson and what the build needs have to be here, too.
set -eu
cd "$(dirname "$0")/.."
. tests/roots.sh

releases=$(releases_of "${1:-}") || fail "Which release: 12, 13 or all?"
into=${2:-}
begin_roots

# pack: the archive that a release has.
pack() {
  meson setup "$scratch/pack" -Dtests=disabled &&
    meson dist -C "$scratch/pack" --no-tests --formats xztar
}

echo "--- meson dist"
if ! pack >"$scratch/said" 2>&1; then
  tail -n 50 "$scratch/said"
  fail "The archive could not be made."
fi
archive=$(echo "$scratch"/pack/meson-dist/*.tar.xz)
echo "ok      $(basename "$archive")"

BUILD="export DEBIAN_FRONTEND=noninteractive &&
  apt-get -q update &&
  apt-get -q install -y --no-install-recommends lintian fakeroot &&
  tar -xf archive.tar.xz && cd gst-perceptual-* &&
  apt-get -q build-dep -y --no-install-recommends . &&
  dpkg-buildpackage -us -uc"
LINTIAN="lintian --fail-on error,warning --tag-display-limit 0 *.changes"
INSTALL="export DEBIAN_FRONTEND=noninteractive &&
  apt-get -q update &&
  apt-get -q install -y --no-install-recommends /src/*.deb &&
  apt-get -q install -y --no-install-recommends gcc libc6-dev pkg-config \\
    gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good \\
    gir1.2-gstreamer-1.0 python3-gi"

failed=0
for release in $releases; do
  root=$scratch/system
  clean=$scratch/clean
  if make_root "$release" "$root" && make_root "$release" "$clean"; then
    cp "$archive" "$root/src/archive.tar.xz"
    cp tests/try-packages.sh "$clean/src/"
    if try "$release" "$root" "dpkg-buildpackage" "$BUILD"; then
      try "$release" "$root" "lintian" "$LINTIAN" || :
      cp "$root"/src/*.deb "$clean/src/"
      rm -f "$clean"/src/*-dbgsym_*.deb
      if try "$release" "$clean" "the packages are installed" "$INSTALL"; then
        try "$release" "$clean" "the packages work" "sh try-packages.sh" || :
      fi
      if [ -n "$into" ]; then
        mkdir -p "$into/$release"
        cp "$root"/src/*.deb "$into/$release/"
      fi
    fi
  else
    echo "FAILED  Debian $release: the root could not be made"
    failed=1
  fi
  rm -rf --one-file-system "$root" "$clean"
done
exit "$failed"
