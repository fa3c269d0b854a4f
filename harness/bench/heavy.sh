#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# heavy.sh HVSPEC PROBES [BUILD...]: what a whole `check -j1` takes of the right styles that cost most, those that
# PROBES/conforming/list.txt calls heavy, or of the builds named as there (64/recursion.so): processor time, how
# often that of the reference, measured in turn with them, the cases that were chosen, and the verdict.
set -u
hvspec=$1
list=$2/conforming/list.txt
reference=$2/reference/reference-gcc-O2-64.so
folder=$2/conforming
shift 2
[ $# -gt 0 ] || mapfile -t builds < <(awk -F' *[|] *' '$4 == "heavy" {print $1}' "$list")
[ $# -eq 0 ] || builds=("$@")
TIMEFORMAT='%U %S'

# Processor time in hundredths of a second; what check says goes to $said.
spent() { # probe
    local times
    times=$({ time "$hvspec" check -j1 "$1" >"$said" 2>&1; } 2>&1)
    awk '{printf "%d\n", ($1 + $2) * 100}' <<<"$times"
}

said=$(mktemp) || exit 3
trap 'rm -f "$said"' EXIT
status=0
printf '%-26s %9s %18s %7s  %s\n' build time 'of the reference' cases verdict
for build in "${builds[@]}"; do
    [ -e "$folder/$build" ] || {
        echo "heavy: $folder/$build is not built" >&2
        exit 2
    }
    base=$(spent "$reference")
    own=$(spent "$folder/$build")
    awk -v build="$build" -v own="$own" -v base="$base" '
        /^[a-z ]+: [0-9]+ rules/ {
            match($0, /[0-9]+ cases/)
            verdict = substr($0, 1, index($0, ":") - 1)
            cases = substr($0, RSTART, RLENGTH - 6)
        }
        END {
            if (verdict == "")
                verdict = "no verdict"
            printf "%-26s %7.1f s %16.1f x %7s  %s\n", build, own / 100, own / (base > 0 ? base : 1), cases, verdict
            exit verdict == "conforms" ? 0 : 1
        }' "$said" || status=1
done
exit $status
