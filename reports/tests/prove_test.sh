#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# prove_test.sh PROGRAM: Perl's prove reads what the TAP writer writes and agrees on what failed.
# PROGRAM is sample_report. Exits 77, skipped, where there is no prove.
set -eu

program=$1
command -v prove >/dev/null 2>&1 || {
    echo "prove (Debian package perl) not found: skipped"
    exit 77
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
failures=0

check() { # sample, prove's exit: 0 passed, 1 failed, 255 bailed out; a line of its summary
    touch "$1"
    exit=0
    prove --norc --exec "$program tap" "$1" >out 2>&1 || exit=$?
    if [ "$exit" -ne "$2" ] || ! grep -q "$3" out || grep -q "Parse errors" out; then
        echo "$1: prove exits $exit, and not $2 with \"$3\":"
        cat out
        failures=1
    fi
}

check small 1 'Tests: 6 Failed: 1'
check hostile 1 'Tests: 12 Failed: 5'
check conforming 0 '^Result: PASS$'
check gate-fails 1 'Tests: 8 Failed: 3'
check gate-holds 0 '^Result: PASS$'
check empty 255 'no rule was exercised'

# As a file: prove before Test::Harness 3.48 (Debian 12 has 3.44) reads no version above 13.
TAP_VERSION=13 "$program" tap conforming >file.tap
prove --norc file.tap || failures=1
exit $failures
