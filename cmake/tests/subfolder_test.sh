#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# subfolder_test.sh BUILD SOURCE: projects that take hvspec in without installing it: as a subfolder
# (which is what FetchContent does), configured only, and from its build tree.
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
hvspec_add_probe(NAME hv TARGET hv SECTIONS max platform)
END
}

project "add_subdirectory($source hvspec EXCLUDE_FROM_ALL)"
cmake -S "$scratch" -B "$scratch/sub" >"$scratch/log" 2>&1 || fail "does not configure"
ctest --test-dir "$scratch/sub" -N >"$scratch/log" 2>&1 || fail "ctest does not list"
grep -q 'Total Tests: 3$' "$scratch/log" || fail "not only the user's three tests"

project "find_package(hvspec REQUIRED)"
cmake -S "$scratch" -B "$scratch/tree" -Dhvspec_DIR="$build" >"$scratch/log" 2>&1 ||
    fail "does not configure with the build tree"
ctest --test-dir "$scratch/tree" >"$scratch/log" 2>&1 && fail "a probe that always says no is green"
grep -q 'hv/max .*Failed' "$scratch/log" || fail "hv/max did not fail"
grep -q 'hv/platform .*Passed' "$scratch/log" || fail "hv/platform did not pass"
