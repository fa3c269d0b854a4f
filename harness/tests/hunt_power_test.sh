#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# hunt_power_test.sh HVSPEC PROBES [every]: every probe of PROBES/hunt, each right but for one hidden
# spot, is found by draws alone within a bounded number of runs; what is written lints and, with `check -s`, is red
# again; the same seed finds the same. So is one value of a register of any leaf, in turn, or with
# `every` of every register. A conforming probe yields nothing in as many runs, or a million, with and
# without the presence profile.
set -u

hvspec=$1
probes=$2
every=${3:-}
runs=300000
quiet_runs=${every:+1000000}
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
failed=0
found=0

complain() {
    printf 'hunt: %s\n' "$*"
    failed=$((failed + 1))
}

while IFS='| ' read -r probe abi profile; do
    : "$abi"
    profile=${profile:+--profile $profile}
    out=$scratch/out
    rm -rf "$out" "$out-again"
    "$hvspec" hunt --no-solver "$probes/hunt/$probe" --runs $runs --fail-fast --out "$out" $profile >"$scratch/said"
    code=$?
    if [ $code != 1 ]; then
        complain "$probe: exit code $code after $runs runs: $(tail -1 "$scratch/said")"
        continue
    fi
    found=$((found + 1))
    printf '%-30s %s\n' "$probe" "$(sed -n 's/^found  *\(.*after .*\)/\1/p' "$scratch/said")"
    set -- "$out"/*
    [ $# = 1 ] || complain "$probe: $# files: $*"
    "$hvspec" lint "$1" >/dev/null || complain "$probe: $1 does not lint"
    "$hvspec" check -q "$probes/hunt/$probe" -s "$1" $profile >/dev/null
    [ $? = 1 ] || complain "$probe: $1 is not red again"
    "$hvspec" hunt --no-solver "$probes/hunt/$probe" --runs $runs --fail-fast --out "$out-again" $profile \
        >/dev/null
    diff -r "$out" "$out-again" || complain "$probe: not the same again"
done <"$probes/hunt/list.txt"

places=0
turn=0
for bits in 64 32; do
    for leaf in base target first row_end xen far last next_base basic features structured extended \
        extended_features; do
        for register in eax ebx ecx edx; do
            turn=$((turn + 1))
            # Four registers a leaf: each next leaf has the next one.
            [ -n "$every" ] || [ $((turn % 5)) = 0 ] || continue
            # The vendor of leaf 0 is one that there is: no number is hidden in it.
            case $leaf-$register in basic-e[bcd]x) continue ;; esac
            entry=hidden_${leaf}_$register
            rm -rf "$scratch/out"
            "$hvspec" hunt --no-solver "$probes/hunt/$bits/anywhere.so" --entry "$entry" --runs $runs --fail-fast \
                --out "$scratch/out" >"$scratch/said"
            code=$?
            [ $code = 1 ] || complain "$bits/$entry: exit code $code: $(tail -1 "$scratch/said")"
            places=$((places + 1))
        done
    done
done
printf '%d places\n' "$places"

while read -r probe profile; do
    "$hvspec" hunt --no-solver "$probes/$probe" $profile --runs ${quiet_runs:-$runs} --out "$scratch/none" >"$scratch/said"
    code=$?
    [ $code = 0 ] || complain "$probe: exit code $code: $(cat "$scratch/said")"
    [ -z "$(ls -A "$scratch/none")" ] || complain "$probe: files were left: $(ls -A "$scratch/none")"
    cat "$scratch/said"
done <<END
reference/reference-gcc-O2-64.so
conforming/64/presence-first.so --profile presence
conforming/64/processor-first.so
conforming/64/processor-first.so --profile presence
hunt/64/presence-behind-value.so
END

printf '%d found, %d complaints\n' "$found" "$failed"
[ "$found" -gt 0 ] && [ "$failed" -eq 0 ]
