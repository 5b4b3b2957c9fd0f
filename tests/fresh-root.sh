#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs the README's two commands in a fresh root of a Debian release, as
# somebody does who has just cloned this:
#
#   sudo tests/fresh-root.sh 12|13|all
#
# What is committed is taken.  Not a part of .ci/run: it fetches half a gigabyte
# for each release and takes a quarter of an hour.  tests/roots.sh says what it
# needs, and what it takes from the environment.
set -eu
cd "$(dirname "$0")/.."
. tests/roots.sh

releases=$(releases_of "${1:-}") || fail "Which release: 12, 13 or all?"
begin_roots

failed=0
for release in $releases; do
  root=$scratch/system
  if make_root "$release" "$root"; then
    git archive HEAD | tar -x -C "$root/src"
    for command in "sh tests/run.sh" "sh examples/demo.sh"; do
      try "$release" "$root" "$command" "$command" || :
    done
  else
    echo "FAILED  Debian $release: the root could not be made"
    failed=1
  fi
  rm -rf --one-file-system "$root"
done
exit "$failed"
