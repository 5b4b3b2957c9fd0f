# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# Fresh roots of Debian releases for the scripts that try something in them.
# Sourced; needs root, mmdebstrap and unshare.  In the environment:
#
#   DEBIAN_MIRROR         where packages come from; without it, Debian's own
#   FRESH_ROOT_DIR        where roots are made; without it, TMPDIR or /tmp
#   PERCEPTUAL_TEST_DATA  the folder is shown to the root
#
# Everything is mounted in a mount namespace of its own, which ends with the
# last program in it, so nothing stays mounted whatever ends the script.

fail() {
  echo "$1" >&2
  exit 2
}

# releases_of WORD: prints the releases that somebody asks for.
releases_of() {
  case $1 in
    12 | 13) echo "$1" ;;
    all) echo "12 13" ;;
    *) return 1 ;;
  esac
}

# begin_roots: sets scratch, which goes with the script.
begin_roots() {
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
}

# make_root RELEASE FOLDER: Debian with apt and nothing else, and /src.
make_root() {
  case $1 in
    12) suite=bookworm ;;
    13) suite=trixie ;;
  esac
  # shellcheck disable=SC2086
  mmdebstrap --quiet --variant=apt "$suite" "$2" ${DEBIAN_MIRROR:-} ||
    return 1
  mkdir "$2/src" "$2/data"
  # Names are resolved as outside.
  cp /etc/resolv.conf /etc/hosts "$2/etc/"
}

# in_root FOLDER COMMAND: in /src of the root, which sees its own processes
# alone.
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
    fi
    exec chroot "$root" env -u TMPDIR HOME=/root sh -c "cd /src && $2"
  ' sh "$1" "$2" "${PERCEPTUAL_TEST_DATA:-}" &
  # Interrupts come to the shell at once, not when the command has ended; and
  # unshare, which hears no other signal, takes all in there with it.
  command=$!
  trap 'kill -KILL "$command"; wait "$command" || :; exit 130' INT TERM HUP
  code=0
  wait "$command" || code=$?
  trap 'exit 130' INT TERM HUP
  return "$code"
}

# try RELEASE FOLDER NAME COMMAND: the end of what it said, and how it went;
# sets failed if it did not go well.
try() {
  echo "--- Debian $1: $3"
  if in_root "$2" "$4" >"$scratch/said" 2>&1; then
    tail -n 5 "$scratch/said"
    echo "ok      Debian $1: $3"
  else
    tail -n 200 "$scratch/said"
    echo "FAILED  Debian $1: $3"
    # shellcheck disable=SC2034
    failed=1
    return 1
  fi
}
