#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# units_32_test.sh SOURCE CC: the tests of the units that need no library, built for a machine of 32
# bits and run: by this machine, or by qemu-i386 where it runs no such program. Skipped without
# either, or where the compiler makes no such code.
set -u
cd "$1" || exit 3
cc=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
run=
failed=0
count=0

echo 'int main(void) { return 42; }' >"$scratch/try.c"
$cc -m32 -o "$scratch/try" "$scratch/try.c" 2>"$scratch/said" || {
    echo "$cc -m32 (Debian package gcc-multilib) does not work: skipped"
    exit 77
}
"$scratch/try" 2>"$scratch/said"
if [ $? != 42 ]; then
    run=$(command -v qemu-i386 || command -v qemu-i386-static)
    [ -n "$run" ] || {
        echo "this machine runs no program of 32 bits, and qemu-i386 (Debian package qemu-user) is not installed: skipped"
        exit 77
    }
fi

# shellcheck disable=SC2089 # the quotes are part of C strings
flags="-m32 -std=c11 -D_GNU_SOURCE -w -I. -Icmake/tests/units_32 -DHVSPEC_VERSION=\"32\" -DHVSPEC_DATA_FOLDER=\"none\""
folders='base emulator/cpuid harness/spec harness/judge harness/dump'
for folder in $folders harness/twins; do # whose own tests take long
    for file in "$folder"/*.c; do
        case $file in */sandbox.c | */sha256.c) continue ;; esac # with a library
        name=$(echo "$file" | tr / -)
        # shellcheck disable=SC2086,SC2090 # several words
        $cc $flags -c -o "$scratch/$name.o" "$file" || exit 1
    done
done
# shellcheck disable=SC2086,SC2090 # several words
$cc $flags -c -o "$scratch/sha256.o" cmake/tests/units_32/sha256.c || exit 1
ar rcs "$scratch/units.a" "$scratch"/*.o
for folder in $folders; do
    for file in "$folder"/tests/*_test.c; do
        case $file in */pool_test.c | */sandbox_test.c | */sha256_test.c) continue ;; esac # processes and libraries, not numbers
        name=$(basename "$file" .c)
        # shellcheck disable=SC2086,SC2090 # several words
        if ! $cc $flags -DHVSPEC_TEST_SOURCE="\"$PWD/$folder/tests\"" -DHVSPEC_TEST_BINARY="\"$scratch\"" \
            -DHVSPEC_TEST_ROOT="\"$PWD\"" -o "$scratch/$name" "$file" "$scratch/units.a" -lm; then
            echo "$file: does not build with 32 bits"
            failed=1
        elif ! $run "$scratch/$name" >"$scratch/said"; then
            cat "$scratch/said"
            echo "$file: fails with 32 bits"
            failed=1
        fi
        count=$((count + 1))
    done
done
echo "$count tests of units with 32 bits${run:+, by $run}"
[ $count -gt 20 ] || failed=1
exit $failed
