#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Tries what tests/packages-root.sh has installed: every package, as its users
# do.  Ends at the first thing that is not as it should be.
set -eux
cd "$(mktemp -d)"

# The programs, by the element in its package.
for bits in 0 40; do
  gst-launch-1.0 -q videotestsrc num-buffers=10 ! \
    video/x-raw,format=I420,width=160,height=120 ! \
    videobalance brightness=0.$bits ! tee name=t ! queue ! y4menc ! \
    filesink location="$bits.y4m" \
    t. ! queue ! jpegenc ! matroskamux ! filesink location="$bits.mkv"
done
perceptual-compare --format json --also psnr 0.y4m 40.y4m >report.json
perceptual-compare --quiet 0.y4m 0.y4m | grep -qx 0
code=0
perceptual-compare --quiet --fail-above 0.0001 0.y4m 40.y4m || code=$?
[ "$code" = 3 ]
perceptual-judge --version
perceptual-monitor --version
perceptual-tune list --encoders >/dev/null
perceptual-fetch-weights --help >/dev/null
gst-inspect-1.0 perceptualdistance | grep -q 'Default: 0, "mmd-ssim"'

# The library, by its header and pkg-config.
cat >example.c <<'END'
#include <perceptual.h>

int
main (void)
{
  g_print ("%s\n", perceptual_version ());
  return perceptual_metric_find ("mmd-ssim", NULL) == NULL;
}
END
# shellcheck disable=SC2046
gcc -Wall -Werror -o example example.c \
  $(pkg-config --cflags --libs perceptual-1.0)
./example | grep -qx "$(dpkg-query -W -f '${Version}' libperceptual0)"

# The Python package, and the messages of the element from Python.
python3 - <<'END'
import json
import numpy
import perceptual

a = numpy.arange(64 * 64 * 3, dtype=numpy.uint32).astype(numpy.uint8)
a = a.reshape(64, 64, 3)
metric = perceptual.Metric()
assert metric(a, a) == 0 and metric(a, a // 2) > .001
report = perceptual.compare("0.y4m", "40.y4m", also=["psnr"])
assert report == json.load(open("report.json"))
assert report["results"][0]["pairs"] == 10
END
example=$(dpkg -L python3-perceptual | grep 'messages.py')
python3 "$example" 0.mkv 40.mkv | tail -n 1 | grep '^10 pairs'

# What is read.
for page in man1/perceptual-compare.1 man1/perceptual-fetch-weights.1 \
  man1/perceptual-judge.1 man1/perceptual-monitor.1 man1/perceptual-tune.1 \
  man7/perceptualdistance.7; do
  [ -s "/usr/share/man/$page.gz" ] ||
    dpkg-query -L perceptual-tools gstreamer1.0-perceptual | grep -q "$page"
done
dpkg-query -L perceptual-tools | grep -q bash-completion/completions/perceptual
for program in compare judge monitor tune; do
  dpkg-query -L perceptual-tools | grep -q "schemas/$program.schema.json"
done

# The service runs a program that is there, by a template that is complete.
unit=$(dpkg-query -L perceptual-tools | grep '/perceptual-monitor@.service$')
program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")
[ -x "$program" ]
! grep '@[a-z_]*@' "$unit"

# Nothing is left behind but what belongs to the user.
packages=$(dpkg-query -W -f '${Package} ' 'libperceptual*' '*-perceptual' \
  'perceptual-*')
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get -q purge -y $packages
! find / -xdev -path /proc -prune -o -path /src -prune -o -path /tmp -prune \
  -o -path /root -prune -o -name '*perceptual*' -print | grep .
