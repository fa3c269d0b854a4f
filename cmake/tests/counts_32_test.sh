#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# counts_32_test.sh SOURCE CC: counts that can reach 2^32 have 64 bits on hosts whose pointers have 32,
# and whatever prints reports and sweeps prints them as such. Skipped where the compiler makes no such
# code. All else of the program is code that such a host's compiler takes, too.
set -u
cd "$1" || exit 3
cc=$2
# shellcheck disable=SC2089 # the quotes are part of a C string
flags="-m32 -std=c11 -D_GNU_SOURCE -DHVSPEC_VERSION=\"1\" -I. -fsyntax-only"
failed=0

if ! echo '#include <stdio.h>' | $cc -m32 -fsyntax-only -x c - 2>/dev/null; then
    echo "$cc -m32 (Debian package gcc-multilib) does not work: skipped"
    exit 77
fi
# shellcheck disable=SC2086,SC2090 # several words
$cc $flags cmake/tests/counts_32.c || failed=1
for file in reports/*.c reports/*/*.c harness/sweep/*.c; do
    # shellcheck disable=SC2046,SC2086,SC2090
    $cc $flags $(pkg-config --cflags libxml-2.0 jansson) -Wall -Werror=format "$file" || failed=1
done
needs=$(pkg-config --cflags unicorn capstone libelf libdw libcyaml yaml-0.1 jansson libxml-2.0 cunit)
for folder in base emulator/* reports/* harness/*; do
    case $folder in # a host's own processor, what is not the program's, and probes
    */compare | */broken | */conforming | */reference | */tests | */bench | */programs | */capture) continue ;;
    esac
    for file in "$folder"/*.c; do
        [ -e "$file" ] && set -- "$@" "$file"
    done
done
shift 2
# shellcheck disable=SC2086,SC2090
$cc $flags -DHVSPEC_DATA_FOLDER=\"none\" -w $needs "$@" || failed=1
[ $# -gt 300 ] || failed=1
exit $failed
