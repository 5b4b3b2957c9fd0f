#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A monitored stream on this machine alone: a reference and a copy of it go over
# the loopback by RTP, and the copy freezes, turns black, gets noise, is lost
# and comes back.  Says what the page shows meanwhile.  Takes about a minute,
# after building into build-demo/; the log and the last pictures stay in
# demo-output/.
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

OUT=demo-output
BUILD=build-demo
LISTEN=127.0.0.1:9759
REFERENCE=5710
DISTORTED=5712

say() {
  printf '\n%s  %s\n' "$(date +%T)" "$*"
}

# What the series say, in a line.
look() {
  python3 - "http://$LISTEN/metrics" <<'EOF'
import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1], timeout=5) as answer:
    lines = answer.read().decode().splitlines()
values = dict(line.rsplit(" ", 1) for line in lines if line[0] != "#")
values = {name.replace('{monitor="demo"}', "").replace('monitor="demo",', ""):
          value for name, value in values.items()}
active = [name.split('"')[1] for name, value in values.items()
          if name.startswith("perceptual_alert_active") and value == "1"]
last = values.get('perceptual_last_distance{metric="mmd-ssim"}', "absent")
print(f"          up {values['perceptual_up']}, distance {last:.7}, "
      f"frozen pairs {values['perceptual_frozen_pairs_total']}, "
      f"black pairs {values['perceptual_black_pairs_total']}, "
      f"alerts: {', '.join(active) or 'none'}")
EOF
}

# shellcheck disable=SC2086
install_packages $PACKAGES_BUILD $PACKAGES_RUN
[ -d "$BUILD" ] || meson setup "$BUILD" -Dtests=enabled
ninja -C "$BUILD" examples/monitor/perceptual-monitor tests/cli/sender \
  gst/libgstperceptual.so
mkdir -p "$OUT"
GST_PLUGIN_PATH="$PWD/$BUILD/gst"
export GST_PLUGIN_PATH

# Each sender is told by a pipe what to show, and ends with it.
for name in reference copy; do
  rm -f "$OUT/$name.pipe"
  mkfifo "$OUT/$name.pipe"
done
"$BUILD/tests/cli/sender" rtp $REFERENCE <"$OUT/reference.pipe" &
reference=$!
exec 6>"$OUT/reference.pipe"
start_copy() {
  "$BUILD/tests/cli/sender" rtp $DISTORTED <"$OUT/copy.pipe" &
  copy=$!
  exec 7>"$OUT/copy.pipe"
}
start_copy

"$BUILD/examples/monitor/perceptual-monitor" \
  "rtp://127.0.0.1:$REFERENCE?encoding-name=JPEG&payload=26" \
  "rtp://127.0.0.1:$DISTORTED?encoding-name=JPEG&payload=26" \
  --name demo --listen $LISTEN --stall 3s --retry 500ms..2s \
  --alert-above 0.2 --alert-min-duration 500000000 \
  --summary-interval 5000000000 --log "$OUT/monitor.jsonl" &
monitor=$!
trap 'kill $monitor $reference $copy 2>/dev/null || :
  rm -f "$OUT/reference.pipe" "$OUT/copy.pipe"' EXIT

say "The page is at http://$LISTEN/ until this ends.  Both streams are alike:"
sleep 10
look

# @1: what the copy shows; @2: what that looks like on the page
stretch() {
  say "$2"
  echo "$1" >&7
  sleep 5
  look
  echo clean >&7
  sleep 3
}
stretch frozen "The copy freezes.  The page: the curve rises under a span
          'frozen picture', and there are pictures of the worst pair:"
for picture in reference distorted map; do
  python3 - "http://$LISTEN/worst/$picture.jpg" \
    "$OUT/worst-$picture.jpg" <<'EOF'
import sys
import urllib.request

urllib.request.urlretrieve(sys.argv[1], sys.argv[2])
EOF
done
stretch black "The copy turns black.  The page: 'black picture':"
stretch noise "The copy is noise.  The page: the distance is too high, and there
          is no other alert:"

say "The sender of the copy is killed.  The page: no distance, and why:"
kill -KILL $copy
sleep 5
look
say "It is started anew.  The page: measuring, and 'lost' has ended:"
start_copy
sleep 8
look

say "The monitor is told to end:"
kill -TERM $monitor
wait $monitor || :
say "The log is $OUT/monitor.jsonl, the worst pair of the frozen stretch is
          $OUT/worst-*.jpg.  The alerts:"
grep '"type":"alert"' "$OUT/monitor.jsonl" |
  sed 's/.*"kind":"\([a-z]*\)".*"state":"\([a-z]*\)".*/          \1 \2/'
