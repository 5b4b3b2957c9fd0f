#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The workflow of perceptual-tune on Slurm, on this machine as the only node:
#
#   tests/slurm.sh [BUILD]                       # by default build/
#   SNAKEMAKE=venv/bin/snakemake tests/slurm.sh  # another Snakemake
#
# It needs Debian's slurm-wlm and snakemake (see tests/packages.sh) and no root:
# the daemons run as whoever runs this, with a configuration and ports of their
# own, and end with it.  SLURM_PREFIX is where the packages of Slurm are if they
# were only unpacked.  With Snakemake 8 or later the plugin cluster-generic is
# needed.
set -eu
cd "$(dirname "$0")/.."

BUILD=$(cd "${1:-build}" && pwd)
WORKFLOW=$PWD/examples/tune/workflow
SNAKEMAKE=${SNAKEMAKE:-snakemake}
PREFIX=${SLURM_PREFIX:-}
PATH=$BUILD/examples/tune:$WORKFLOW:$PREFIX/usr/bin:$PREFIX/usr/sbin:$PATH
# A package that was unpacked elsewhere finds neither its libraries nor its
# plugins.
SLURM_LIBRARIES=$PREFIX/usr/lib/x86_64-linux-gnu/slurm-wlm
LD_LIBRARY_PATH=$SLURM_LIBRARIES${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export PATH LD_LIBRARY_PATH
export GST_PLUGIN_PATH="$BUILD/gst"

for program in slurmctld slurmd sbatch squeue "$SNAKEMAKE" perceptual-tune; do
  if ! command -v "$program" >/dev/null; then
    echo "skipped: there is no $program"
    exit 0
  fi
done

scratch=$(mktemp -d)
controller=
node=
# Only processes that were begun here.
finish() {
  code=$?
  [ -z "$node" ] || kill "$node" 2>/dev/null || true
  [ -z "$controller" ] || kill "$controller" 2>/dev/null || true
  wait
  if [ "$code" != 0 ]; then
    tail -n 20 "$scratch"/*.log >&2 || true
  fi
  rm -rf "$scratch"
  exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM

# Two ports that nobody listens at.
ports() {
  python3 - <<'END'
import socket

sockets = [socket.socket() for _ in range(2)]
for one in sockets:
    one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in sockets))
END
}

# shellcheck disable=SC2046
set -- $(ports)
user=$(id -un)
host=$(hostname -s)
memory=$(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
plugins=$(find "$PREFIX"/usr/lib/*/slurm-wlm "$PREFIX"/usr/lib/*/slurm \
  -name auth_none.so -exec dirname {} + 2>/dev/null | head -n 1)
mkdir "$scratch/state" "$scratch/spool"
export SLURM_CONF="$scratch/slurm.conf"
cat >"$SLURM_CONF" <<END
ClusterName=alone
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$1
SlurmdPort=$2
PluginDir=$plugins
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/none
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
MinJobAge=3600
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.pid
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$memory State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END

step=$(find "$PREFIX"/usr/sbin "$PREFIX"/usr/lib -name slurmstepd 2>/dev/null |
  head -n 1)
slurmctld -D -f "$SLURM_CONF" >"$scratch/slurmctld.log" 2>&1 &
controller=$!
slurmd -D -f "$SLURM_CONF" -N "$host" -d "$step" >"$scratch/slurmd.log" 2>&1 &
node=$!

# The node has to register first.
tries=0
until [ "$(sinfo --noheader --format=%T 2>/dev/null)" = idle ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 60 ]; then
    echo "FAILED: the node did not come up" >&2
    exit 1
  fi
  sleep 1
done
echo "ok      one node is up: $(sinfo --version)"

gst-launch-1.0 -q videotestsrc num-buffers=50 pattern=zone-plate kx2=12 ky2=12 \
  kt=3 kxt=1 ! video/x-raw,format=I420,width=96,height=96,framerate=25/1 ! \
  avenc_ffv1 ! matroskamux ! filesink "location=$scratch/clip.mkv"
case $("$SNAKEMAKE" --version) in
  7.*) profile=slurm7 ;;
  *) profile=generic ;;
esac
(cd "$scratch" && "$SNAKEMAKE" -s "$WORKFLOW/Snakefile" \
  --profile "$WORKFLOW/$profile" --latency-wait 10 --config clips=clip.mkv \
  threads=1 options="--encoder x264 --encoder x265 --value 20:40:10" \
  >"$scratch/snakemake.log" 2>&1)
[ "$(wc -l <"$scratch/tune/report.csv")" = 7 ]
echo "ok      a grid by Snakemake $("$SNAKEMAKE" --version)," \
  "profile $profile:" \
  "$(squeue --noheader --states=COMPLETED --format=%i | wc -l) jobs"
[ "$(squeue --noheader --states=COMPLETED --format=%i | wc -l)" = 2 ]
cut -d, -f 2-5,7 "$scratch/tune/report.csv"
