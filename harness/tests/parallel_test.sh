#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# parallel_test.sh HVSPEC PROBES: GNU parallel over ssh to two names of this machine, through an ssh
# server of its own that listens on loopback only: the parts, brought back from there, make the whole.
# Skipped (77) without GNU parallel, rsync or an ssh server.
set -u
hvspec=$1
probes=$2
PATH=$PATH:/usr/sbin:/sbin
for program in parallel rsync sshd ssh ssh-keygen; do
    command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
parallel --version 2>/dev/null | grep -q 'GNU parallel' || { echo "skipped: another parallel"; exit 77; }
scratch=$(mktemp -d) || exit 3
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    rm -rf "$scratch"
}
trap finish EXIT
mkdir "$scratch/here"
cd "$scratch/here" || exit 3

fail() {
    echo "$1"
    tail -n 5 "$scratch/sshd.log"
    exit 1
}

port=$((28000 + RANDOM % 4000))
while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    port=$((port + 1))
done
ssh-keygen -q -t ed25519 -N '' -f "$scratch/host" || exit 3
ssh-keygen -q -t ed25519 -N '' -f "$scratch/user" || exit 3
cp "$scratch/user.pub" "$scratch/authorized"
cat >"$scratch/sshd.conf" <<END
ListenAddress 127.0.0.1:$port
HostKey $scratch/host
AuthorizedKeysFile $scratch/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
Subsystem sftp internal-sftp
END
cat >"$scratch/ssh.conf" <<END
Host near far
    HostName 127.0.0.1
    Port $port
    IdentityFile $scratch/user
    IdentitiesOnly yes
    UserKnownHostsFile $scratch/known
    StrictHostKeyChecking no
    LogLevel ERROR
END
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
"$(command -v sshd)" -D -e -f "$scratch/sshd.conf" 2>"$scratch/sshd.log" &
server=$!
for ((i = 0; ; i++)); do
    ssh -F "$scratch/ssh.conf" near true 2>"$scratch/first.log" && break
    [ $i -lt 50 ] || fail "no ssh to this machine: $(cat "$scratch/first.log")"
    sleep 0.1
done

# Without a shared folder: the probe goes there, the reports come back, and nothing stays.
cp "$probes/broken/64/max-signed.so" libhv.so
"$hvspec" sweep libhv.so --stride 0x80003 -q --report json=whole >/dev/null
parallel --will-cite --ssh "ssh -F $scratch/ssh.conf" -S 1/near,1/far --workdir "$scratch/there" \
    --basefile libhv.so --return {}.json --cleanup --joblog log \
    "$hvspec" sweep libhv.so --stride 0x80003 -q --shard {}/4 --report json={}.json ::: 1 2 3 4 >/dev/null
"$hvspec" merge ./*.json -q --report json=merged >/dev/null
cmp whole merged || fail "the parts of the sweep are not the whole"
for host in near far; do
    grep -q "$host" log || fail "nothing ran on $host: $(cat log)"
done
# shellcheck disable=SC2010 # names that are ours
[ -z "$(ls "$scratch/there" | grep -v '^sweep-.*yaml$')" ] || fail "left there: $(ls "$scratch/there")"

# With one.
rm -f ./*.json
"$hvspec" check libhv.so -s max/unsigned -q --report json=whole >/dev/null
parallel --will-cite --ssh "ssh -F $scratch/ssh.conf" -S 1/near,1/far --workdir . \
    "$hvspec" check libhv.so -s max/unsigned -q --shard {}/5 --report json={}.json ::: $(seq 5) >/dev/null
"$hvspec" merge ./*.json -q --report json=merged >/dev/null
cmp whole merged || fail "the parts of the check are not the whole"
echo "GNU parallel over ssh: the parts are the whole"
