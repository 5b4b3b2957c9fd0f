# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced by the scripts beside it: takes the build folder from the arguments
# into $build, and the script's name into $script.
script=${0##*/}
build=build
case ${1:-} in
  '' | -*) ;;
  *) build=$1 && shift ;;
esac
if [ ! -d "$build" ]; then
  echo "$script: there is no build folder $build" >&2
  exit 2
fi
