#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# field_test.sh HVSPEC FIELD PROBES PROBE...: the table and the badge in reports/field are what the program writes of
# the probes that come with it. Some scenarios show all that the table tells; how many cases and runs there were is
# left to the target that makes it (field). Exits 77, skipped, where there are no probes.
set -eu

hvspec=$1
field=$2
cd "$3"
shift 3
[ -e "$1" ] || exit 77
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

set +e
"$hvspec" check -q "$@" -s max/unsigned -s target/low-byte-or-word-zero -s gaps/first-leaf-zero \
    -s gaps/all-zero-below --report markdown="$scratch/README.md" >/dev/null
[ $? = 1 ] || exit 1
set -e
"$hvspec" check -q "$1" -s max/zero --report badge="$scratch/badge.svg" >/dev/null
grep '^|' "$field/README.md" >"$scratch/kept"
grep '^|' "$scratch/README.md" >"$scratch/now"
[ "$(wc -l <"$scratch/now")" -eq $(($# + 2)) ]
diff "$scratch/kept" "$scratch/now"
[ "$(head -n 1 "$field/README.md" | cut -d: -f2)" = "$(head -n 1 "$scratch/README.md" | cut -d: -f2)" ]
cmp "$field/badge.svg" "$scratch/badge.svg"
