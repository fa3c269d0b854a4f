#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# merge_searches_test.sh HVSPEC PROBES SCHEMAS: the merged reports of N shards of an audit and of a hunt are
# the whole's in every byte, for several N and any number of workers; what does not belong together
# is refused.
set -u
hvspec=$1
probes=$2
schemas=$3
. "$(dirname "$0")/merge_common.sh"

# Whether JSON is as its schema says, and whether that refuses what is not.
valid() { # schema, report...
    python3 - "$schemas/$1.schema.json" "${@:2}" <<'END' || fail "not as $1.schema.json says"
import copy, json, sys
try:
    import jsonschema
except ImportError:
    sys.exit(0)
schema = json.load(open(sys.argv[1]))
run = json.load(open(sys.argv[1].replace("hunt.", "report.")))
for name in ("example", "source", "step", "instruction", "leaves"):
    if name in schema["$defs"] and schema["$defs"][name] != run["$defs"][name]:
        sys.exit(f"{name} is another one than in a run's report")
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for path in sys.argv[2:]:
    report = json.load(open(path))
    validator.validate(report)
    for key in report:
        wrong = copy.deepcopy(report)
        del wrong[key]
        if key != "shard" and validator.is_valid(wrong):
            sys.exit(f"{path}: taken without {key}")
        wrong = {**report, key: {"no": "such"}}
        if validator.is_valid(wrong):
            sys.exit(f"{path}: taken with {key} wrong")
    if validator.is_valid({**report, "surplus": 1}):
        sys.exit(f"{path}: taken with a surplus key")
END
}

# The parts of `command ...` for several N against the whole.
compare() { # shards, command...
    local shards=$1 whole
    shift
    rm -rf finds
    "$hvspec" "$@" --json >whole.json
    whole=$?
    [ $whole -lt 2 ] || fail "$*: exit code $whole"
    if [ -d finds ]; then
        rm -rf whole.finds
        mv finds whole.finds
    fi
    for n in $shards; do
        local parts=()
        rm -rf finds
        for ((i = n; i >= 1; i--)); do
            "$hvspec" "$@" --json --shard $i/$n -j $((i % 3 + 1)) >part-$i.json
            parts+=("part-$i.json")
        done
        "$hvspec" merge "${parts[@]}" --report json >merged.json
        code=$?
        [ $code = $whole ] || fail "$*, $n shards: exit code $code instead of $whole"
        cmp whole.json merged.json || fail "$*, $n shards: another report"
    done
    valid "$1" whole.json part-1.json
}

audit=("$probes/reference/reference-gcc-O2-64.so" "$probes/conforming/64/error-codes.yaml" -s max/zero)
hunt=(hunt "$probes/broken/64/range-per-vendor.so" --runs 21000 --searches 7 --out finds)
compare "1 3" audit "${audit[@]}"
"$hvspec" audit "${audit[@]}" >whole.txt
"$hvspec" audit "${audit[@]}" --shard 1/2 --json >a1.json
"$hvspec" audit "${audit[@]}" --shard 2/2 --json >a2.json
"$hvspec" merge a1.json a2.json >merged.txt
cmp whole.txt merged.txt || fail "the merged audit is shown in another way"

compare "2" hunt "$probes/hunt/64/gap-branches.so" --runs 60000 --out finds
compare "3" "${hunt[@]}" --fail-fast
compare "2" "${hunt[@]}" --profile presence
compare "1 2 7" "${hunt[@]}"
for file in $(sed -n 's/.*"file": "\(finds[^"]*\)".*/\1/p' whole.json); do
    [ -e "whole.$file" ] || fail "$file is in the report and not in the folder"
    [ -e "$file" ] || fail "$file is in no part's folder"
done
[ "$(ls whole.finds | wc -l)" = "$(grep -c '"code":' whole.json)" ] ||
    fail "files of finds that do not count were left: $(ls whole.finds)"
[ "$(ls whole.finds | wc -l)" -gt 1 ] || fail "no two finds to be merged"

"$hvspec" "${hunt[@]}" --shard 1/2 --json >h1.json
"$hvspec" "${hunt[@]}" --shard 2/2 --json >h2.json
"$hvspec" "${hunt[@]}" --shard 2/2 --seed 2 --json >seed.json
"$hvspec" "${hunt[@]}" --shard 2/2 --rule 'gaps/*' --json >rules.json
"$hvspec" "${hunt[@]}" --shard 2/2 -s max --json >scenarios.json
"$hvspec" "${hunt[@]}" --shard 2/2 --searches 8 --json >searches.json
"$hvspec" "${hunt[@]}" --shard 2/2 --budget 5000 --json >budget.json
"$hvspec" "${hunt[@]}" --shard 2/2 --answer bool --json >bool.json
"$hvspec" "${hunt[@]}" --shard 2/2 --profile presence --json >profile.json
"$hvspec" hunt "$probes/hunt/64/subleaf.so" --runs 21000 --searches 7 --out finds --shard 2/2 \
    --json >probe.json
"$hvspec" "${hunt[@]}" --json >plain.json
sed 's/"hvspec": "[^"]*"/"hvspec": "0.0.1"/' h2.json >version.json
sed 's/"interrupted": false/"interrupted": true/' h2.json >cut.json
sed 's/"number": 4/"number": 5/' h2.json >number.json
"$hvspec" merge h1.json h2.json >/dev/null
[ $? = 1 ] || fail "two halves of a hunt are not merged"
refused "part 2 of 2 is missing" h1.json
refused "part 1 of 2 is there twice, see h1.json" h1.json h1.json
refused "another seed" h1.json seed.json
refused "other rules" h1.json rules.json
refused "another set of scenarios" h1.json scenarios.json
refused "another number of searches" h1.json searches.json
refused "another probe" h1.json probe.json
refused "another budget of instructions" h1.json budget.json
refused "the probe is called in another way" h1.json bool.json
refused "another profile" h1.json profile.json
refused "another version of hvspec" h1.json version.json
refused "this part was stopped ahead of its end" h1.json cut.json
refused "'searches' is not as it should be" h1.json number.json
refused "this report is of a whole run, not of a shard" plain.json
refused "the report of a hunt is not written as cunit; its formats: console" h1.json h2.json \
    --report cunit
refused "the report of an audit is not written as junit; its formats: console" a1.json a2.json \
    --report junit

# Parts give the whole's report in every format.
reports() { # name, formats...
    for format in "${@:2}"; do
        printf -- '--report %s=%s.%s ' $format $1 $format
    done
}
of_hunt="junit sarif html tap" of_audit="html sarif markdown"
# shellcheck disable=SC2046 # several words
{
    "$hvspec" "${hunt[@]}" $(reports whole $of_hunt) >/dev/null
    "$hvspec" merge h1.json h2.json $(reports merged $of_hunt) >/dev/null
    "$hvspec" audit "${audit[@]}" $(reports audited $of_audit) >/dev/null
    "$hvspec" merge a1.json a2.json $(reports joined $of_audit) >/dev/null
}
for format in $of_hunt; do
    cmp whole.$format merged.$format || fail "a merged hunt is another one as $format"
done
for format in $of_audit; do
    cmp audited.$format joined.$format || fail "a merged audit is another one as $format"
done

one=("$probes/reference/reference-gcc-O2-64.so" -s max/zero --json)
"$hvspec" audit "${one[@]}" --shard 1/2 >b1.json
"$hvspec" audit "${one[@]}" --shard 2/2 >b2.json
"$hvspec" audit "${one[@]}" --shard 3/3 --rule 'max/*' >third.json
"$hvspec" audit "${one[@]}" --shard 2/2 --budget 5000 >budget.json
"$hvspec" audit "${one[@]}" --shard 2/2 --answer bool >bool.json
sed 's/"seed": 1/"seed": 2/' b2.json >seed.json
sed '0,/"selected": true/s//"selected": false/' b2.json >rules.json
sed 's/"thorough": false/"thorough": true/' b2.json >thorough.json
sed -E 's/("scenarios_sha256": ")[0-9a-f]{8}/\100000000/' a2.json >scenarios.json
sed -E 's/("sha256": ")[0-9a-f]{8}/\100000000/' b2.json >probe.json
sed '/"shard": {/,/},/d' b2.json >plain.json
sed 's/"version": "[^"]*"/"version": "0.0.1"/' a2.json >version.json
refused "part 2 of 2 is missing" b1.json
refused "part 1 of 2 is there twice, see b1.json" b1.json b1.json
refused "another seed" b1.json seed.json
refused "other rules" b1.json rules.json
refused "--thorough in one of them only" b1.json thorough.json
refused "another set of scenarios" a1.json scenarios.json
refused "another number of probes" a1.json b1.json
refused "another probe" b1.json probe.json
refused "another budget of instructions" b1.json budget.json
refused "the probe is called in another way" b1.json bool.json
refused "a part of 3, where b1.json is a part of 2" b1.json third.json
refused "this audit is of another version of hvspec, 0.0.1" version.json
refused "this is no audit's report" b1.json h1.json
refused "this report is of a whole run, not of a shard" plain.json
echo "merged audits and hunts are the whole's"
