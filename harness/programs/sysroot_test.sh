#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sysroot_test.sh HVSPEC PROGRAMS SYSROOT: programs and libraries for i386, built here, with the loader and the C
# library of Debian's own i386, which lie in SYSROOT: the right ones conform, each wrong one fails its rule. Skipped
# (77), with a word, where they were not built or there is no SYSROOT.
set -eu

hvspec=$1
programs=$2
sysroot=$3

skip() {
    echo "$*: skipped"
    exit 77
}

[ -d "$sysroot" ] || skip "no $sysroot, which harness/programs/sysroot.sh makes"
[ -x "$programs/reference-dynamic-32" ] || skip "no programs for i386 (package gcc-multilib)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

check() { # exit code, then what is checked
    wanted=$1 code=0
    shift
    "$hvspec" check --sysroot "$sysroot" -q --hunt-runs 0 -s max/unsigned "$@" >"$scratch/out" 2>&1 || code=$?
    if [ "$code" -ne "$wanted" ]; then
        cat "$scratch/out"
        echo "$*: exit code $code, not $wanted"
        exit 1
    fi
}

check 0 "$programs/reference-dynamic-32.yaml"
check 1 "$programs/max-signed-32.yaml"
grep -q max/reaches-target "$scratch/out"
check 0 "$programs/library-32.so" -e library_has_feature
check 1 "$programs/library-wrong-32.so" -e library_has_feature
grep -q max/reaches-target "$scratch/out"
