#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# merge_sweep_test.sh HVSPEC PROBES SCHEMA: the merged reports of a sweep's N shards are the whole
# sweep's in every byte, for several N and formats; what does not belong together is refused.
set -u
hvspec=$1
probes=$2
schema=$3
. "$(dirname "$0")/merge_common.sh"

# One without a failure, one that fails from a value on, one with far more ranges than are kept, one
# that gives no answer for most values, and one that cannot be judged, on one register and on thirty.
printf 'int outside(int);\nint hv_feature_available(int leaf) {return outside(leaf);}\n' |
    gcc -O2 -c -x c - -o undefined.o || exit 3
shards="1 2 3 7"
while read -r probe options; do
    read -ra sweep <<<"$probe $options"
    "$hvspec" sweep "${sweep[@]}" --report json=whole.json --report junit=whole.xml \
        --report html=whole.html --report cunit=whole.cunit --report console >whole.txt
    whole=$?
    for n in $shards; do
        parts=()
        for ((i = n; i >= 1; i--)); do
            "$hvspec" sweep "${sweep[@]}" --shard $i/$n -q --report json=part-$n-$i.json >/dev/null
            parts+=("part-$n-$i.json")
        done
        "$hvspec" merge "${parts[@]}" --report json=merged.json --report junit=merged.xml \
            --report html=merged.html --report cunit=merged.cunit --report console >merged.txt
        code=$?
        [ $code = $whole ] || fail "$probe, $n shards: exit code $code instead of $whole"
        for ending in json xml html cunit txt; do
            cmp whole.$ending merged.$ending || fail "$probe, $n shards: the $ending report differs"
        done
    done
    if python3 -c 'import jsonschema' 2>/dev/null; then
        for report in whole.json part-3-2.json; do
            python3 -c 'import json, sys, jsonschema
jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))' \
                "$schema" "$report" || fail "$probe: $report is not as the schema says"
        done
    fi
    shards=3
done <<END
$probes/reference/reference-gcc-O2-64.so --stride 0x40003
$probes/broken/64/max-signed.so --stride 0x40003
$probes/broken/32/target-low-byte.so --stride 0x80 --from 1 --to 0x3ffff
$probes/broken/64/max-after-target.so --stride 0x400003 --target each-range --strict
$probes/broken/64/max-equal.so --stride 0x400003 --target each-range --beyond zero
$probes/broken/64/platform-loop-to-maximum.so --what max --to 0x40000fff --stride 0xff3
undefined.o --stride 0x1000003
END

one=("$hvspec" sweep "$probes/reference/reference-gcc-O2-64.so" -q --stride 0x100003)
"${one[@]}" --shard 1/2 --report json=a1.json >/dev/null
"${one[@]}" --shard 2/2 --report json=a2.json >/dev/null
"${one[@]}" --shard 3/3 --report json=third.json >/dev/null
"${one[@]}" --shard 2/2 --what max --report json=what.json >/dev/null
"${one[@]}" --shard 2/2 --from 1 --report json=from.json >/dev/null
"${one[@]}" --shard 2/2 --stride 0x100004 --report json=stride.json >/dev/null
"${one[@]}" --shard 2/2 --signature TCGTCGTCGTCG --report json=signature.json >/dev/null
"${one[@]}" --shard 2/2 --strict --report json=strict.json >/dev/null
"${one[@]}" --shard 2/2 --budget 5000 --report json=budget.json >/dev/null
"${one[@]}" --shard 2/2 --answer bool --report json=bool.json >/dev/null
"${one[@]}" --report json=plain.json >/dev/null
"$hvspec" sweep "$probes/broken/64/max-signed.so" -q --stride 0x100003 --shard 2/2 \
    --report json=probe.json >/dev/null
"$hvspec" check "$probes/reference/reference-gcc-O2-64.so" -q -s max/zero --shard 2/2 \
    --report json=check.json >/dev/null
sed 's/"hvspec": "[^"]*"/"hvspec": "0.0.1"/' a2.json >version.json
sed 's/"from": "0x8/"from": "0x9/' a2.json >hole.json
sed 's/"values": \([0-9]*\),/"values": 1,/' a2.json >partial.json
sed 's/"what": "max"/"what": "ebx"/' a2.json >register.json
"$hvspec" merge a2.json a1.json -q >/dev/null || fail "two halves are not merged"
refused "part 2 of 2 is missing" a1.json
refused "part 1 of 2 is there twice, see a1.json" a1.json a1.json
refused "a part of 3, where a1.json is a part of 2" a1.json third.json
refused "another sweep (registers, targets, values or table)" a1.json what.json
refused "another sweep (registers, targets, values or table)" a1.json from.json
refused "another sweep (registers, targets, values or table)" a1.json stride.json
refused "another sweep (registers, targets, values or table)" a1.json signature.json
refused "--strict in one of them only" a1.json strict.json
refused "this report is of a whole run, not of a shard" plain.json
refused "another probe" a1.json probe.json
refused "another budget of instructions" a1.json budget.json
refused "the probe is called in another way" a1.json bool.json
refused "one is of sweep, and one is not" a1.json check.json
refused "another version of hvspec" a1.json version.json
refused "the reports contradict themselves" a1.json hole.json
refused "this part was stopped ahead of its end" a1.json partial.json
refused "this is no report of hvspec" a1.json register.json
echo "merged sweeps are the whole's"
