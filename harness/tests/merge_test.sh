#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# merge_test.sh HVSPEC PROBES: the merged reports of N shards are the whole run's in every byte, for
# several N and formats; what does not belong together is refused with a line that says why.
set -u
hvspec=$1
probes=$2
. "$(dirname "$0")/merge_common.sh"
subjects=("$probes/broken/64/max-low-byte.so" "$probes/broken/64/max-equal.so"
          "$probes/reference/reference-gcc-O2-64.so" "$probes/conforming/64/error-codes.yaml")

"$hvspec" check "${subjects[@]}" -s max/zero -s max/unsigned -s target/single-bit -vv --report json=whole.json \
    --report junit=whole.xml --report console >whole.txt
whole=$?
[ $whole = 1 ] || [ $whole = 3 ] || fail "the whole run exits with $whole"

for n in 1 2 3 7; do
    parts=()
    for ((i = n; i >= 1; i--)); do
        "$hvspec" check "${subjects[@]}" -s max/zero -s max/unsigned -s target/single-bit --shard $i/$n -q \
            --report json=part-$n-$i.json >/dev/null
        parts+=("part-$n-$i.json")
    done
    "$hvspec" merge "${parts[@]}" -vv --report json=merged.json --report junit=merged.xml \
        --report console >merged.txt
    code=$?
    [ $code = $whole ] || fail "$n shards: exit code $code instead of $whole"
    for ending in json xml txt; do
        cmp whole.$ending merged.$ending || fail "$n shards: the $ending report differs"
    done
done

# The page of one probe, whose cells each show an example; with causes of what could not be judged, and
# with more examples than rules have room for.
printf 'int hv_feature_available(unsigned target) { __asm__ volatile("vpxorq %%zmm1, %%zmm1, %%zmm1"); return target != 0; }\n' |
    gcc -O2 -shared -fPIC -x c - -o unjudged.so
for subject in "$probes/broken/64/max-low-byte.so" "$probes/broken/64/max-signed.so" "$PWD/unjudged.so"; do
    given=("$subject" -s max -s platform --hunt-runs 0)
    "$hvspec" check "${given[@]}" -q --report json=whole.json --report html=whole.html >/dev/null
    for i in 1 2 3; do
        "$hvspec" check "${given[@]}" --shard $i/3 -q --report json=cells-$i.json >/dev/null
    done
    "$hvspec" merge cells-3.json cells-1.json cells-2.json -q --report json=merged.json --report html=merged.html >/dev/null
    for ending in json html; do
        cmp whole.$ending merged.$ending || fail "one probe, $(basename "$subject"): the $ending report differs"
    done
done
grep -q 'could not be judged: ' cells-1.json || fail "nothing was left unjudged"

# Tables are judged whole in every part, beside probes and alone.
tables=$(dirname "$0")/../tables-gallery
for beside in "" "$probes/reference/reference-gcc-O2-64.so"; do
    # shellcheck disable=SC2206 # none or one
    given=("$tables/bad/acrn.txt" $beside "$tables/good/kvm.txt" "$tables/bad/leaf-repeated.txt" -s max/zero)
    "$hvspec" check "${given[@]}" -v --report json=whole.json --report html=whole.html --report console >whole.txt
    whole=$?
    for i in 1 2; do
        "$hvspec" check "${given[@]}" --shard $i/2 -q --report json=table-$i.json >/dev/null
        [ $? = 1 ] || fail "part $i of tables does not fail"
    done
    "$hvspec" merge table-2.json table-1.json -v --report json=merged.json --report html=merged.html \
        --report console >merged.txt
    [ $? = $whole ] || fail "tables: another exit code than $whole"
    for ending in json html txt; do
        cmp whole.$ending merged.$ending || fail "tables${beside:+ beside a probe}: the $ending report differs"
    done
done
printf 'table: acrn.txt\nfile: %s\nimplements: [0x40000001]\n' "$(realpath "$tables/bad/acrn.txt")" >acrn.yaml
"$hvspec" check "$tables/bad/acrn.txt" --shard 1/2 -q --report json=dump.json >/dev/null
"$hvspec" check acrn.yaml --shard 2/2 -q --report json=declared.json >/dev/null
refuse='another judgement of the same table'
"$hvspec" merge dump.json declared.json 2>&1 | grep -q "$refuse" || fail "merged what a manifest judged otherwise"

one=$probes/reference/reference-gcc-O2-64.so
"$hvspec" check "$one" -s max/zero --shard 1/2 -q --report json=a1.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/2 -q --report json=a2.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/3 -q --report json=third.json >/dev/null
"$hvspec" check "$one" -s max/unsigned --shard 2/2 -q --report json=scenarios.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/2 -q --seed 2 --report json=seed.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/2 -q --strict --report json=strict.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/2 -q -r 'max/*' --report json=rules.json >/dev/null
"$hvspec" check "$probes/broken/64/max-low-byte.so" -s max/zero --shard 2/2 -q \
    --report json=probe.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/2 -q --budget 5000 --report json=budget.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/2 -q -a bool --report json=bool.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/2 -q -a value --report json=value.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/2 -q --profile presence --report json=profile.json >/dev/null
"$hvspec" check "$one" -s max/zero --shard 2/2 -q -a int --budget 100000 --report json=said.json >/dev/null
# Manifests that call the same function in other ways.
manifest() { # name, line...
    printf 'probe: libhv\nfile: %s\nentry: hv_feature_available\n' "$one" >"$1.yaml"
    printf '%s\n' "${@:2}" >>"$1.yaml"
    "$hvspec" check "$1.yaml" -s max/zero --shard "$([ "$1" = first ] && echo 1 || echo 2)/2" -q \
        --report json="$1.json" >/dev/null
}
ask='arguments: [$target]'
manifest first "$ask"
manifest same "$ask" 'abi: sysv64'
manifest number 'arguments: [$target, 7]'
manifest wide 'arguments: [$target:8]'
manifest answer "$ask" 'answer: {in: eax, available: [1]}'
manifest before "$ask" 'before: [hv_feature_value]'
manifest stub "$ask" 'stubs: {printk: 0}'
manifest targets "$ask" 'targets: [0x40000010, 0x40000020]'
manifest excluded "$ask" 'exclude: {max/no-read-beyond: "on purpose"}'
"$hvspec" check "$one" -s max/zero -q --report json=plain.json >/dev/null
sed 's/"hvspec": "[^"]*"/"hvspec": "0.0.1"/' a2.json >version.json
sed 's/"cases": 1,/"cases": 0,/' a2.json >counts.json
sed 's/"0x/"0y/' a2.json >hex.json
sed 's/"left_out": 0/"left_out": 3/' a2.json >left.json
sed 's/"hunt": null/"hunt": {"wanted": 5, "runs": 5, "finds": 0, "solver": false}/' a2.json >hunt.json
head -c 1000 a2.json >cut.json
echo '[]' >array.json
"$hvspec" merge a1.json a2.json -q >/dev/null || fail "two halves are not merged"
refused "part 2 of 2 is missing" a1.json
refused "part 1 of 2 is there twice, see a1.json" a1.json a1.json
refused "a part of 3, where a1.json is a part of 2" a1.json third.json
refused "another set of scenarios" a1.json scenarios.json
refused "another seed" a1.json seed.json
refused "--strict in one of them only" a1.json strict.json
refused "other rules" a1.json rules.json
refused "another probe" a1.json probe.json
refused "other cases left out" a1.json left.json
refused "another --hunt-runs" a1.json hunt.json
refused "another profile" a1.json profile.json
refused "another budget of instructions (--budget, or the manifest's)" a1.json budget.json
for other in bool value; do
    refused "the probe is called in another way (--answer, --flat, or the manifest)" a1.json $other.json
done
refused "another set of scenarios" first.json targets.json # each target has cases of its own
for other in number wide answer before stub; do
    refused "the probe is called in another way" first.json $other.json
done
refused "called in another way" first.json excluded.json
"$hvspec" merge a1.json said.json -q >/dev/null || fail "defaults that are said are not merged"
"$hvspec" merge first.json same.json -q >/dev/null || fail "the same manifest is not merged"
refused "another version of hvspec" a1.json version.json
refused "this report is of a whole run, not of a shard" plain.json
refused "cannot be read as JSON" a1.json cut.json
refused "this is no report of hvspec" a1.json array.json
refused "this is no report of hvspec" a1.json hex.json
refused "CUnit's own XML" a1.json a2.json --report cunit
echo "merged reports are the whole's"
