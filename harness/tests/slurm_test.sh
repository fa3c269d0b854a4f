#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slurm_test.sh HVSPEC PROBES SCRIPT: a job array on two node daemons, on loopback and with nothing
# outside a folder of its own: its parts make the whole, and both nodes had some. Skipped (77) without
# Slurm, or where its daemons may not be started.
set -u
HVSPEC=$1
probes=$2
script=$3
export HVSPEC
for program in slurmctld slurmd sbatch munged; do
    command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: Slurm's daemons are started as root here"; exit 77; }
scratch=$(mktemp -d) || exit 3
chmod 755 "$scratch"
pids=()
finish() {
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null
    done
    for pid in "${pids[@]}"; do
        wait "$pid" 2>/dev/null
    done
    rm -rf "$scratch"
}
trap finish EXIT
cd "$scratch" || exit 3

fail() {
    echo "$1"
    tail -n 5 ./*.log
    exit 1
}

free_port() { # the first that nobody listens on, from
    local port=$1
    while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        port=$((port + 1))
    done
    echo $port
}

await() { # what, command...
    local what=$1
    shift
    for ((i = 0; i < 150; i++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    fail "$what does not come up"
}

controller_is_up() {
    scontrol ping | grep -q 'is UP'
}

nodes_are_idle() {
    [ "$(sinfo -h -N -t idle -o %N | sort -u | wc -l)" = 2 ]
}

control=$(free_port $((20000 + RANDOM % 8000)))
first=$(free_port $((control + 1)))
second=$(free_port $((first + 1)))
cat >slurm.conf <<END
ClusterName=hvspec
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$scratch/munge.socket
SlurmctldPort=$control
SlurmctldPidFile=$scratch/slurmctld.pid
StateSaveLocation=$scratch/state
SlurmdPidFile=$scratch/slurmd-%n.pid
SlurmdSpoolDir=$scratch/spool-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$first CPUs=1 State=UNKNOWN
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$second CPUs=1 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
END
export SLURM_CONF=$scratch/slurm.conf
mkdir state spool-n1 spool-n2
head -c 1024 /dev/urandom >munge.key
chmod 400 munge.key
munged --force --foreground --socket="$scratch/munge.socket" --key-file="$scratch/munge.key" \
    --pid-file="$scratch/munged.pid" --log-file="$scratch/munged.log" \
    --seed-file="$scratch/munge.seed" >munged-out.log 2>&1 &
pids+=($!)
await "the authentication's socket" test -S munge.socket
slurmctld -c -D >slurmctld.log 2>&1 &
pids+=($!)
await "the controller" controller_is_up
for node in n1 n2; do
    slurmd -D -N $node >slurmd-$node.log 2>&1 &
    pids+=($!)
done
await "the nodes" nodes_are_idle

array() { # range, command...
    local range=$1
    shift
    rm -f part-*
    timeout 60 sbatch --quiet --wait --array="$range" "$script" "$@" || [ $? = 1 ] ||
        fail "sbatch: $?: $(cat part-*.txt)"
}

subject=$probes/broken/64/max-signed.so
"$HVSPEC" sweep "$subject" --stride 0x80003 -q --report json=whole.json >/dev/null
array 1-4 sweep "$subject" --stride 0x80003 -q
"$HVSPEC" merge part-*.json -q --report json=merged.json >/dev/null
cmp whole.json merged.json || fail "the parts of the sweep are not the whole"
ls part-3.sweep >/dev/null || fail "no checkpoint"
"$HVSPEC" audit "$probes/reference/reference-gcc-O2-64.so" -s max/zero --json >whole.json
array 5-6 audit "$probes/reference/reference-gcc-O2-64.so" -s max/zero
"$HVSPEC" merge part-*.json --report json >merged.json
cmp whole.json merged.json || fail "the parts of the audit are not the whole"
for node in n1 n2; do
    grep -q "Launching batch job" slurmd-$node.log || fail "nothing ran on $node"
done
echo "job arrays on two nodes: their parts are the whole"
