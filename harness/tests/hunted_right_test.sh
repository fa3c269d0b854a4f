#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# hunted_right_test.sh HVSPEC PROBES EVERY [NAME...]: the short hunt of check finds nothing against the right
# probes of PROBES/conforming: each EVERYth of its list, and those of the names.
set -u
hvspec=$1
folder=$2/conforming
every=$3
shift 3
names="${*:-none}"
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
failed=0
count=0
line=0
while read -r build _; do
    line=$((line + 1))
    style=${build#*/}
    [ $((line % every)) = 0 ] || [[ " $names " = *" ${style%.*} "* ]] || continue
    # One scenario: its cases are not what this is about.
    "$hvspec" check "$folder/$build" -s max/zero --hunt-runs 300000 >"$scratch/said" 2>&1
    code=$?
    grep -q 'a short hunt beside the cases' "$scratch/said" || code=3
    count=$((count + 1))
    [ $code = 0 ] && continue
    failed=$((failed + 1))
    echo "$build: exit code $code"
    cat "$scratch/said"
done <"$folder/list.txt"
echo "$count right probes hunted, $failed accused"
[ $count -gt 0 ] && [ $failed = 0 ]
