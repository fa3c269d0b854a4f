#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# probe_compilers_test.sh SOURCE: compilers of probes are told by the code that they make. One for
# another processor that takes -m64 like x86's is left out, and where this machine is no x86 one,
# cross compilers are taken; a big-endian one is refused. Skipped without them.
set -eu
source=$(CDPATH='' cd -- "$1" && pwd)
for tool in cmake clang x86_64-linux-gnu-gcc; do
    command -v $tool >/dev/null || {
        echo "$tool not found: skipped"
        exit 77
    }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cat >"$scratch/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.25)
project(compilers LANGUAGES C)
include($source/cmake/ProbeBuilds.cmake)
foreach(compiler IN ITEMS "\${HVSPEC_PROBE_GCC}" "\${HVSPEC_PROBE_CLANG}" $scratch/foreign)
    foreach(bits IN ITEMS 64 32 16)
        hvspec_probe_compiler_works("\${compiler}" \${bits} works)
        message(STATUS "compiler \${compiler} \${bits} \${works}")
    endforeach()
endforeach()
END
# It takes the options, and makes code for AArch64.
cat >"$scratch/foreign" <<'END'
#!/bin/sh
for word; do
    shift
    case $word in
    -m64 | -m32 | -m16) ;;
    *) set -- "$@" "$word" ;;
    esac
done
exec clang --target=aarch64-linux-gnu "$@"
END
chmod 755 "$scratch/foreign"

cmake -S "$scratch" -B "$scratch/build" -DHVSPEC_PROBE_CROSS=ON >"$scratch/said" 2>&1 || {
    cat "$scratch/said"
    exit 1
}
failed=0
for wanted in "gcc 64 TRUE" "gcc 32 TRUE" "gcc 16 TRUE" "clang 64 TRUE" "clang 32 TRUE" "foreign 64 FALSE" \
    "foreign 32 FALSE" "foreign 16 FALSE"; do
    grep -q "compiler .*$wanted" "$scratch/said" || {
        echo "not so: $wanted"
        failed=1
    }
done
grep -q "compiler .*/x86_64-linux-gnu-gcc 64" "$scratch/said" || {
    echo "no cross compiler is taken"
    failed=1
}
clang=$(sed -n 's/.*compiler \(.*clang\) 64 TRUE/\1/p' "$scratch/said")
echo 'int x = __x86_64__;' | "$clang" -E -P - | grep -q 'int x = 1' || {
    echo "Clang is not told to make x86 code"
    failed=1
}
! cmake -S "$source" -B "$scratch/big" -DCMAKE_C_COMPILER=clang -DCMAKE_C_COMPILER_TARGET=s390x-linux-gnu \
    -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY -DCMAKE_SYSTEM_NAME=Linux >"$scratch/said" 2>&1 &&
    grep -q 'runs on little-endian machines only' "$scratch/said" || {
    echo "a big-endian host is not refused"
    failed=1
}
[ $failed = 0 ] || cat "$scratch/said"
exit $failed
