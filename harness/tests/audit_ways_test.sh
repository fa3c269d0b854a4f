#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# audit_ways_test.sh HVSPEC PROBES HARNESS: mutants that only count in another way, or do without a call
# of a stub, are shown to be equivalent; one whose data is looked at later is not.
set -u
hvspec=$1
probes=$2
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 3

fail() {
    echo "$1"
    exit 1
}

for probe in jump-table.so kernel-object.yaml; do
    "$hvspec" audit -s max -s target -s platform "$probes/conforming/64/$probe" >said || fail "$probe: $(cat said)"
    grep -q ' 0 survived, .* 0 invalid' said || fail "$probe: $(tail -1 said)"
    tail -1 said
done

# Both note whether the target lies in the upper ranges. To one that is a count and nothing else.
write() { # name, what comes of it
    cat >"$1.c" <<END
#include "harness/conforming/probe.h"
static volatile uint32_t noted;
int hv_feature_available(uint32_t target) {
    if ((target >> 4 & 0xfu) > 5)
        noted = 1;
    else
        noted = 2;
    const uint32_t maximum = cpuid(BASE).eax;
    $2
    return maximum >= target && cpuid(target).eax != 0;
}
END
    gcc -O2 -fno-if-conversion -fno-if-conversion2 -ffreestanding -fPIC -shared -nostdlib -I"$harness" \
        "$1.c" -o "$1.so" || exit 3
}
harness=$3
way='goes another way, for some of the few things'
proof='keeps every rule that may kill'
write looks 'if (noted - 1 > 1) return 0;'
"$hvspec" audit -v -s max -s target looks.so >said
code=$?
! grep -q "$way" said || fail "what is looked at is taken for equivalent: $(grep -B2 "$way" said)"
# Where it is looked at and comes to the same all the same, nothing but a proof says so.
if ! grep -q "proven: $proof" said; then
    [ $code = 1 ] || fail "what is looked at: $(tail -1 said)"
    grep -q 'nothing says why' said || fail "no survivor: $(tail -1 said)"
    write counts ''
    "$hvspec" audit -v -s max -s target counts.so >said
    grep -q "$way" said || fail "what is only counted is no reason: $(cat said)"
    echo "what is looked at survives"
    exit 0
fi
[ $code = 0 ] || fail "what is looked at, by proof: $(tail -1 said)"
# Behind a product that no search meets, a wrong answer is none that is proven.
cat >hidden.c <<END
#include "harness/conforming/probe.h"
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    if (base.eax < target)
        return 0;
    if (base.ebx * base.ecx == 0x12345679u)
        return cpuid(target).eax > 0;
    return cpuid(target).eax != 0;
}
END
gcc -O2 -fno-crossjumping -fno-gcse -ffreestanding -fPIC -shared -nostdlib -I"$harness" hidden.c \
    -o hidden.so || exit 3
"$hvspec" audit -v -s max/zero hidden.so >said
grep -q '^survived *condition inverted' said || fail "a wrong answer is no survivor: $(cat said)"
! grep -B1 'proven:' said | grep -q 'cpuid' || fail "another leaf is proven: $(cat said)"
grep -A2 '^equivalent *condition inverted' said | grep -q 'proven:' ||
    fail "both ways are right: $(cat said)"
echo "what is looked at is proven, and what is wrong is not"
