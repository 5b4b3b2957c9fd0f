#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds for aarch64 in build-aarch64/ and runs the suites unit, golden and
# element there under qemu's user emulation:
#
#   tests/aarch64.sh [TEST ...]
#
# or only the tests that are named.  Not a part of .ci/run: the first time it
# fetches 300 MB of arm64 packages of Debian 12, of which nothing is installed
# on this machine; they are unpacked in build-aarch64/root.  Needs mmdebstrap,
# gcc-aarch64-linux-gnu, qemu-user, and Linux 6.7 or later, which lets a user
# namespace have its own binfmt_misc.  In the environment:
#
#   DEBIAN_MIRROR         where packages come from; without it, Debian's own
#   PERCEPTUAL_TEST_DATA  as for tests/run.sh
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

for program in mmdebstrap aarch64-linux-gnu-gcc qemu-aarch64; do
  command -v "$program" >/dev/null || {
    echo "There is no $program; apt-get install mmdebstrap" \
      "gcc-aarch64-linux-gnu qemu-user." >&2
    exit 2
  }
done

build=$PWD/build-aarch64
root=$build/root
libraries=/usr/lib/aarch64-linux-gnu
mkdir -p "$build"

if [ ! -d "$root" ]; then
  # What runs on the machine that builds is not needed for the other one.
  include=libc6-dev
  for package in $PACKAGES_BUILD $PACKAGES_TEST \
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good; do
    case $package in
      *-dev | gstreamer1.0-*) include=$include,$package ;;
    esac
  done
  rm -rf "$root.new"
  # shellcheck disable=SC2086
  mmdebstrap --quiet --variant=extract --architectures=arm64 \
    --include="$include" bookworm "$root.new" ${DEBIAN_MIRROR:-}
  # The links that an installation would have made.
  for name in libopenblas.so libopenblas.so.0 pkgconfig/openblas.pc; do
    ln -sr "$root.new$libraries/openblas-pthread/$name" \
      "$root.new$libraries/$name"
  done
  # The linker follows an absolute link out of the root, and takes libm.a.
  find "$root.new$libraries" -type l -lname '/*' | while read -r link; do
    ln -sfr "$root.new$(readlink "$link")" "$link"
  done
  mv "$root.new" "$root"
fi

cat >"$build/cross.ini" <<END
[binaries]
c = ['ccache', 'aarch64-linux-gnu-gcc']
ar = 'aarch64-linux-gnu-ar'
strip = 'aarch64-linux-gnu-strip'
pkgconfig = 'pkg-config'

[built-in options]
c_args = ['--sysroot=$root']
c_link_args = ['--sysroot=$root']

[properties]
needs_exe_wrapper = false
sys_root = '$root'
pkg_config_libdir = ['$root$libraries/pkgconfig',
  '$root/usr/share/pkgconfig']

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
END
command -v ccache >/dev/null || sed -i "s/'ccache', //" "$build/cross.ini"

[ -f "$build/tree/build.ninja" ] ||
  meson setup "$build/tree" --cross-file "$build/cross.ini" -Dtests=enabled
ninja -C "$build/tree"

if [ $# = 0 ]; then
  set -- --suite unit --suite golden --suite element
fi
# In a user namespace of its own the kernel knows what runs programs of
# aarch64, which start one another: no wrapper would see that.  Plugins are
# looked through without GStreamer's scanner, whose path is the other system's.
# shellcheck disable=SC2016
exec unshare --user --map-root-user --mount sh -euc '
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  # ELF, 64 bits, little-endian, a program or a library, for aarch64.
  magic="\\x7fELF\\x02\\x01\\x01"
  zeros="\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
  ones="\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
  magic=$magic$zeros"\\x02\\x00\\xb7\\x00"
  mask=$ones"\\x00\\xff"$ones"\\xfe\\xff\\xff\\xff"
  printf "%s" ":aarch64:M::$magic:$mask:$1:" \
    >/proc/sys/fs/binfmt_misc/register
  export QEMU_LD_PREFIX="$2" GST_REGISTRY_FORK=no
  export GST_PLUGIN_SYSTEM_PATH_1_0="$3/gstreamer-1.0"
  tree=$4
  shift 4
  # As somebody who is not root, as whom tests would become another user.
  exec unshare --user --map-user=1000 --map-group=1000 \
    meson test -C "$tree" --no-rebuild --timeout-multiplier 20 "$@"
' sh "$(command -v qemu-aarch64)" "$root" "$libraries" "$build/tree" "$@"
