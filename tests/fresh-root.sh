#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs the README's two commands in a fresh root of a Debian release, as
# somebody does who has just cloned this:
#
#   sudo tests/fresh-root.sh 12|13|all
#
# What is committed is taken.  Not a part of .ci/run: it fetches half a gigabyte
# for each release and takes a quarter of an hour.  Needs root, mmdebstrap and
# unshare.  In the environment:
#
#   DEBIAN_MIRROR         where packages come from; without it, Debian's own
#   FRESH_ROOT_DIR        where the root is made; without it, TMPDIR or /tmp
#   PERCEPTUAL_TEST_DATA  as for tests/run.sh; the folder is shown to the root
#
# Everything is mounted in a mount namespace of its own, which ends with the
# last program in it, so nothing stays mounted whatever ends this script.
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "$1" >&2
  exit 2
}

[ $# = 1 ] || fail "Which release: 12, 13 or all?"
case $1 in
  12 | 13) releases=$1 ;;
  all) releases="12 13" ;;
  *) fail "Which release: 12, 13 or all?" ;;
esac
[ "$(id -u)" = 0 ] || fail "This needs root."
for program in mmdebstrap unshare; do
  command -v "$program" >/dev/null ||
    fail "There is no $program; apt-get install mmdebstrap util-linux."
done

scratch=$(mktemp -d "${FRESH_ROOT_DIR:-${TMPDIR:-/tmp}}/fresh-root-XXXXXX")
# Never into what is mounted: --one-file-system is for the case that somebody
# else mounted something there.
trap 'rm -rf --one-file-system "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

suite_of() {
  case $1 in
    12) echo bookworm ;;
    13) echo trixie ;;
  esac
}

# make_root RELEASE: Debian with apt and nothing else, and the source tree.
make_root() {
  # shellcheck disable=SC2086
  mmdebstrap --quiet --variant=apt "$(suite_of "$1")" "$scratch/system" \
    ${DEBIAN_MIRROR:-} || return 1
  mkdir "$scratch/system/src" "$scratch/system/data"
  git archive HEAD | tar -x -C "$scratch/system/src"
  # Names are resolved as outside.
  cp /etc/resolv.conf /etc/hosts "$scratch/system/etc/"
}

# in_root COMMAND: in /src of the root, which sees its own processes alone.
in_root() {
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child sh -euc '
    root=$1
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    mount --bind "$root/dev/pts/ptmx" "$root/dev/ptmx"
    if [ -n "$3" ]; then
      mount --bind "$3" "$root/data"
      mount -o remount,bind,ro "$root/data"
      export PERCEPTUAL_TEST_DATA=/data
    else
      unset PERCEPTUAL_TEST_DATA
    fi
    exec chroot "$root" env -u TMPDIR HOME=/root sh -c "cd /src && $2"
  ' sh "$scratch/system" "$1" "${PERCEPTUAL_TEST_DATA:-}" &
  # Interrupts come to the shell at once, not when the command has ended; and
  # unshare, which hears no other signal, takes all in there with it.
  command=$!
  trap 'kill -KILL "$command"; wait "$command" || :; exit 130' INT TERM HUP
  code=0
  wait "$command" || code=$?
  trap 'exit 130' INT TERM HUP
  return "$code"
}

# try RELEASE COMMAND: the end of what it said, and how it went.
try() {
  echo "--- Debian $1: $2"
  if in_root "$2" >"$scratch/said" 2>&1; then
    tail -n 5 "$scratch/said"
    echo "ok      Debian $1: $2"
  else
    tail -n 200 "$scratch/said"
    echo "FAILED  Debian $1: $2"
    failed=1
  fi
}

failed=0
for release in $releases; do
  if make_root "$release"; then
    try "$release" "sh tests/run.sh"
    try "$release" "sh examples/demo.sh"
  else
    echo "FAILED  Debian $release: the root could not be made"
    failed=1
  fi
  rm -rf --one-file-system "$scratch/system"
done
exit "$failed"
