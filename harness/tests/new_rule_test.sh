#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# new_rule_test.sh SOURCE CC: follows "A rule" of CONTRIBUTING.md in a copy of the source: a row, a
# scenario and a wrong probe. The rule has to be known everywhere, and to turn red. The other recipes
# (recipes.sh) are followed in the same copy.
set -u

source=$1
cc=$2
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
copy=$scratch/source
export LC_ALL=C
unset HVSPEC_DATA DESTDIR
failed=0

complain() { # what
    printf 'new rule: %s\n' "$1"
    [ ! -f "$scratch/log" ] || tail -n 30 "$scratch/log" | sed 's/^/    /'
    failed=$((failed + 1))
}

expect() { # code what command...
    wanted=$1
    what=$2
    shift 2
    "$@" >"$scratch/log" 2>&1
    code=$?
    [ "$code" = "$wanted" ] || complain "$what: exit code $code, not $wanted"
}

says() { # text
    grep -qF -e "$1" "$scratch/log" || complain "missing: $1"
}

mkdir "$copy" || exit 3
(cd "$source" && tar -cf - --exclude=./.git --exclude='./build*' .) | tar -xf - -C "$copy" || exit 3

. "$source/harness/tests/recipes.sh"
recipes_follow

# --- The row. ---
cat >>"$copy/harness/spec/rules_max.def" <<'END'

RULE(MAX_IS_READ,
     CATALOGUE(
         .id = "max/is-read",
         .level = RULE_MUST,
         .judged_by = "trace",
         .asks = "no answer without a look at the maximum",
         .locator = "detection step 1",
         .text = "Every answer is given after leaf 0x40000000 was read.",
         .why = "An answer that was given without asking is a guess.",
         .breaks = "return false;",
         .fix = "return cpuid_eax(0x40000000) >= target && cpuid_eax(target) != 0;",
         .demands = "leaf 0x40000000 is read",
         .one_run = true),
     JUDGED(.deciding = DECIDING_BASE, .unanswered = UNANSWERED_ALWAYS),
     BY(NONE),
     BY(OWN_RUN, true, !facts->read_base))
END

# --- The scenario. ---
sed 's|^rules: .*|rules: [max/is-read]|; s|^title: .*|title: The maximum is looked at|' \
    "$copy/scenarios/max/zero.yaml" >"$copy/scenarios/max/looked-at.yaml"

# --- The wrong probe. ---
cat >"$scratch/guesses.c" <<'END'
int hv_feature_available(unsigned target);
int hv_feature_available(unsigned target) {
    return target == 0;
}
END
expect 0 "compile the wrong probe" "$cc" -O1 -shared -fPIC -nostdlib "$scratch/guesses.c" -o "$scratch/guesses.so"
expect 0 "compile the reference" "$cc" -O1 -shared -fPIC -nostdlib -fcf-protection=none \
    "$copy/harness/reference/hv_feature.c" -o "$scratch/reference.so"

expect 0 "configure" cmake -S "$copy" -B "$scratch/build" -DCMAKE_BUILD_TYPE=None \
    -DCMAKE_C_FLAGS=-O0 -DBUILD_TESTING=OFF -DHVSPEC_FOLDERS_AT_ONCE=ON
expect 0 "build" cmake --build "$scratch/build" --target hvspec --parallel 2
[ $failed = 0 ] || exit 1

# --- Known everywhere. ---
hvspec=$scratch/build/hvspec
expect 0 "list it" "$hvspec" list rules -r max/is-read
says "max/is-read"
expect 0 "explain it" "$hvspec" explain max/is-read
says "An answer that was given without asking is a guess."
says "max/looked-at"
expect 0 "lint its scenario" "$hvspec" lint "$copy/scenarios/max/looked-at.yaml"
expect 0 "name it to completion scripts" "$hvspec" list rules --names
says "max/is-read"
if command -v python3 >/dev/null; then
    lists="$copy/harness/spec/rule_lists.py"
    expect 1 "lists of rules without it are noticed" python3 "$lists" "$hvspec" "$copy"
    expect 0 "renew the lists" python3 "$lists" "$hvspec" "$copy" --write
    expect 0 "the lists are renewed" python3 "$lists" "$hvspec" "$copy"
    for text in README.md harness/scenario/scenario.schema.json harness/probe/probe.schema.json; do
        grep -qF max/is-read "$copy/$text" || complain "missing in $text"
    done
    for text in README.md harness/probe/probe.schema.json harness/table/table.schema.json; do
        grep -qF hypervisor/signed "$copy/$text" || complain "missing in $text"
    done
fi

# --- Red where it is broken, green where it is not. ---
expect 1 "the wrong probe" "$hvspec" check "$scratch/guesses.so" -s max/looked-at -r max/is-read \
    --report json
says '"id": "max/is-read"'
says '"expected": "leaf 0x40000000 is read; here: '
expect 1 "the wrong probe in a trace" "$hvspec" trace "$scratch/guesses.so" max/looked-at -r max/is-read
says "max/is-read"
expect 0 "the reference" "$hvspec" check "$scratch/reference.so" -s max/looked-at
says "max/is-read"
expect 1 "a sweep" "$hvspec" sweep "$scratch/guesses.so" -q --stride 1000000007 --out "$scratch" \
    --report json
says '"id": "max/is-read"'

recipes_try

[ $failed = 0 ]
