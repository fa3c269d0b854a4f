#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# subfolder_test.sh BUILD SOURCE: projects that take hvspec in without installing it: as a subfolder
# and with FetchContent, configured only, and from its build tree, where each argument of
# hvspec_add_probe shows what it does.
set -u

build=$1
source=$2
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C

fail() { # what
    printf 'subfolder: %s\n' "$1"
    sed 's/^/    /' "$scratch/log"
    exit 1
}

cat >"$scratch/hv.c" <<'END'
unsigned hv_feature_available(unsigned leaf) {
    return leaf == 0;
}
END
project() { # how
    cat >"$scratch/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
enable_testing()
$1
add_library(hv SHARED hv.c)
hvspec_add_probe(NAME hv TARGET hv SECTIONS max platform
                 OPTIONS -s max/equal-is-in-range -s platform/all-junk)
END
}

lists() { # how
    echo "hvspec_add_probe(NAME every TARGET hv REPORTS junit)" >>"$scratch/CMakeLists.txt"
    # One after the other in one folder, which knows the compiler and the libraries by then.
    cmake -S "$scratch" -B "$scratch/taken" >"$scratch/log" 2>&1 || fail "$1: does not configure"
    ctest --test-dir "$scratch/taken" -N -V >"$scratch/log" 2>&1 || fail "$1: ctest does not list"
    grep -q 'Total Tests: 11$' "$scratch/log" || fail "$1: not the user's tests, and only those"
    grep -q 'every.xml' "$scratch/log" || fail "$1: a report's name has not its ending"
    [ "$(grep -c 'hvspec" "check"' "$scratch/log")" = 2 ] || fail "$1: the suite runs more than once a probe"
    [ -z "$(find "$scratch/taken" -name list.txt)" ] || fail "$1: the gallery of probes is built, too"
}
project "add_subdirectory($source hvspec EXCLUDE_FROM_ALL)"
lists subfolder
project "include(FetchContent)
FetchContent_Declare(hvspec SOURCE_DIR $source)
FetchContent_MakeAvailable(hvspec)"
lists fetched

project "find_package(hvspec REQUIRED)"
cmake -S "$scratch" -B "$scratch/tree" -Dhvspec_DIR="$build" >"$scratch/log" 2>&1 ||
    fail "does not configure with the build tree"
ctest --test-dir "$scratch/tree" >"$scratch/log" 2>&1 && fail "a probe that always says no is green"
grep -q 'hv/max .*Failed' "$scratch/log" || fail "hv/max did not fail"
grep -q 'hv/platform .*Passed' "$scratch/log" || fail "hv/platform did not pass"

# --- The arguments of hvspec_add_probe, one by one. ---
# Reads the target ahead of the comparison: right answers, another procedure.
cat >"$scratch/eager.c" <<'END'
static unsigned eax(unsigned leaf) {
    unsigned a = leaf, b, c = 0, d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return a;
}

unsigned eager(unsigned leaf) {
    unsigned maximum = eax(0x40000000), value = eax(leaf);

    return maximum >= leaf && value != 0;
}

_Bool eager_bool(unsigned leaf) {
    return eager(leaf);
}
END
cat >"$scratch/eager.yaml" <<'END'
probe: by-manifest
file: arguments/libeager.so
entry: eager
END
printf 'libeager.so:eager max/no-read-beyond * nonstrict  # on purpose\n' >"$scratch/known.txt"
cat >"$scratch/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
enable_testing()
add_compile_options(-g)
find_package(hvspec REQUIRED)
add_library(eager SHARED eager.c)
add_library(object OBJECT eager.c)
hvspec_add_probe(NAME plain TARGET eager ENTRY eager SECTIONS max OPTIONS -s max/zero)
hvspec_add_probe(NAME strict TARGET eager ENTRY eager SECTIONS max STRICT OPTIONS -s max/zero)
hvspec_add_probe(NAME listed TARGET eager ENTRY eager SECTIONS max STRICT BASELINE known.txt
                 OPTIONS -s max/zero)
hvspec_add_probe(NAME manifest MANIFEST eager.yaml SECTIONS max STRICT OPTIONS -s max/zero)
hvspec_add_probe(NAME object TARGET object ENTRY eager_bool ANSWER bool SECTIONS target
                 OPTIONS -s target/zero)
hvspec_add_probe(NAME presence TARGET eager ENTRY eager SECTIONS presence PROFILE presence
                 OPTIONS -s presence/intel-echo)
hvspec_add_probe(NAME every TARGET eager ENTRY eager)
hvspec_add_probe(NAME reports TARGET eager ENTRY eager SECTIONS max gaps
                 REPORTS junit sarif html tap json cunit console REPORT_FOLDER ${CMAKE_BINARY_DIR}/r
                 OPTIONS -s max/zero)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/r)
END
cmake -S "$scratch" -B "$scratch/arguments" -Dhvspec_DIR="$build" >"$scratch/log" 2>&1 ||
    fail "the arguments do not configure"
ctest --test-dir "$scratch/arguments" -N >"$scratch/log" 2>&1
for section in max target gaps generic platform; do
    grep -q " every/$section\$" "$scratch/log" || fail "no test every/$section by default"
done
ctest --test-dir "$scratch/arguments" -E every -V >"$scratch/log" 2>&1
ends() { # test Passed|Failed
    grep -q " $1 \.\.* *\**$2" "$scratch/log" || fail "$1 is not $2"
}
ends plain/build Passed
ends plain/run Passed
ends strict/run Passed
ends plain/max Passed
ends strict/max Failed
ends listed/max Passed
ends manifest/max Failed
ends object/target Passed
ends presence/presence Failed
ends reports/max Passed
grep -q 'by-manifest: ' "$scratch/log" || fail "MANIFEST: its name for the probe is not used"
grep -q 'gate holds: ' "$scratch/log" || fail "BASELINE: no gate"
grep -q 'source.* eager.c:[0-9]' "$scratch/log" || fail "sources are not named from the project's top"
for report in xml sarif html tap json cunit.xml txt; do
    [ -s "$scratch/arguments/r/reports.$report" ] || fail "REPORTS: no reports.$report"
done
grep -q 'max/read-first' "$scratch/arguments/r/reports.xml" &&
    grep -q 'gaps/order-independent' "$scratch/arguments/r/reports.xml" ||
    fail "REPORTS: not of all sections"
grep -q 'part 1 of 1' "$scratch/log" && fail "the whole is called a part"
# One section alone runs what it needs; a run that judged nothing is no pass.
printf 'file: nothing.so\n' >"$scratch/eager.yaml"
ctest --test-dir "$scratch/arguments" -R manifest/max >"$scratch/log" 2>&1
ends manifest/run Failed
grep -q 'manifest/max .*Not Run' "$scratch/log" || fail "a section is judged without a run"

# --- hvspec_add_table: a test of tables alone. ---
cp "$source/harness/tables-gallery/good/kvm.txt" "$source/harness/tables-gallery/bad/acrn.txt" \
    "$source/harness/tables-gallery/bad/leaf-repeated.txt" "$scratch"
printf 'acrn.txt hypervisor/gap-returns-zero * fail  # on purpose\n' >"$scratch/known.txt"
cat >"$scratch/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
enable_testing()
find_package(hvspec REQUIRED)
hvspec_add_table(NAME good FILES kvm.txt REPORTS junit OPTIONS --guests)
hvspec_add_table(NAME bad FILES kvm.txt acrn.txt)
hvspec_add_table(NAME known FILES acrn.txt BASELINE known.txt)
hvspec_add_table(NAME lax FILES leaf-repeated.txt)
hvspec_add_table(NAME strict FILES leaf-repeated.txt STRICT)
END
cmake -S "$scratch" -B "$scratch/tables" -Dhvspec_DIR="$build" >"$scratch/log" 2>&1 ||
    fail "the tables do not configure"
ctest --test-dir "$scratch/tables" -V >"$scratch/log" 2>&1
ends good/hypervisor Passed
ends bad/hypervisor Failed
ends known/hypervisor Passed
ends lax/hypervisor Passed
ends strict/hypervisor Failed
[ -s "$scratch/tables/good-hypervisor.xml" ] || fail "REPORTS: no report of a table"

# What is wrong with a call is said when it is configured.
refuses() { # arguments, words
    cat >"$scratch/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
enable_testing()
find_package(hvspec REQUIRED)
add_library(archive STATIC hv.c)
hvspec_add_probe($1)
END
    cmake -S "$scratch" -B "$scratch/arguments" -Dhvspec_DIR="$build" >"$scratch/log" 2>&1 &&
        fail "accepted: $1"
    tr -s '\n ' ' ' <"$scratch/log" | grep -q "$2" || fail "$1: not told: $2"
}
refuses "TARGET archive" "needs NAME"
refuses "NAME hv" "needs TARGET or MANIFEST"
refuses "NAME hv TARGET missing" "no target missing"
refuses "NAME hv TARGET archive" "make it a SHARED, MODULE or OBJECT library"
refuses "NAME hv TARGET archive RULES max" "does not know: RULES"
