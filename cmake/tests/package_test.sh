#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# package_test.sh BUILD SOURCE: installs the build into a folder of its own, and lives there as other
# projects do: find_package and ctest, the regression gate, pkg-config, the static library.
set -u

build=$1
source=$2
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C
unset HVSPEC_DATA DESTDIR CTEST_OUTPUT_ON_FAILURE
prefix=$scratch/prefix
failed=0

complain() { # what
    printf 'package: %s\n' "$1"
    tail -n 60 "$scratch/log" | sed 's/^/    /'
    failed=$((failed + 1))
}

# Runs a command; its output is kept for complaints and `says`.
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

expect 0 "install" cmake --install "$build" --prefix "$prefix"

# --- Another project: green, red with the right rule named, green with the regression listed. ---
project=$scratch/detect
cp -R "$source/examples/detect" "$project"
gate() { # code what tests
    expect "$1" "$2" ctest --test-dir "$project/build" --output-on-failure -R "$3"
}
expect 0 "configure" cmake -S "$project" -B "$project/build" -DCMAKE_PREFIX_PATH="$prefix"
expect 0 "build" cmake --build "$project/build"
[ $failed = 0 ] || exit 1
gate 0 "the example conforms" detect/
says "detect/run"
says "detect/max"
says "detect/platform"
[ -s "$project/build/detect.xml" ] || complain "no JUnit report"

# All scenarios are there, and ran once, with the short hunt. What follows is about gates, reports and
# libraries, which a few scenarios without a hunt show as well, in a tenth of the time.
diff -r "$source/scenarios" "$prefix/share/hvspec/scenarios" >"$scratch/log" ||
    complain "not the scenarios that there are"
find "$prefix/share/hvspec/scenarios" -name '*.yaml' | while read -r file; do
    case $file in
    */max/equal-is-in-range.yaml | */max/zero.yaml | */target/zero.yaml | */gaps/zero-just-below.yaml) ;;
    */generic/three-vendors-in-one-boot.yaml | */platform/all-junk.yaml) ;;
    *) rm "$file" ;;
    esac
done
mv "$prefix/bin/hvspec" "$prefix/bin/hvspec-itself"
cat >"$prefix/bin/hvspec" <<'END'
#!/bin/sh
[ "$1" = check ] && set -- "$@" --hunt-runs 0
exec "$(dirname "$0")/hvspec-itself" "$@"
END
chmod 755 "$prefix/bin/hvspec"
gate 0 "the example's own tests" unit

sed -i 's/detect_cpuid(DETECT_BASE) < leaf/detect_cpuid(DETECT_BASE) <= leaf/' "$project/detect.c"
gate 8 "a regression" "max|target|unit"
says "max/reaches-target fail in"
says "gate fails: 0 violations listed in"
says "detect.c:"
grep -q 'detect/max .*Failed' "$scratch/log" || complain "detect/max did not fail"
grep -q 'detect/target .*Passed' "$scratch/log" || complain "detect/target did not pass"

hvspec="$prefix/bin/hvspec"
expect 0 "list the regression" "$hvspec" check "$project/build/detect.yaml" -q \
    --baseline "$project/baseline.txt" --update-baseline
sed -i 's|fail$|fail  # off by one, https://example.org/1|' "$project/baseline.txt"
gate 0 "a listed regression" max

sed -i 's/detect_cpuid(DETECT_BASE) <= leaf/detect_cpuid(DETECT_BASE) < leaf/' "$project/detect.c"
gate 8 "a listed regression that is mended" max
says "no longer happens, so remove the line"

# --- The example of a hypervisor's table: green, red with the leaf named, green with it listed. ---
table=$scratch/table
cp -R "$source/examples/table" "$table"
table_gate() { # code what
    expect "$1" "$2" ctest --test-dir "$table/build" --output-on-failure -R vmm/hypervisor
}
expect 0 "configure the table" cmake -S "$table" -B "$table/build" -DCMAKE_PREFIX_PATH="$prefix"
table_gate 0 "the table conforms"
find "$prefix/share/hvspec/guests" -name '*.so' ! -name 'target-e*' -exec rm {} + # all, once, are enough
[ -s "$table/build/vmm-hypervisor.xml" ] || complain "no JUnit report of the table"
sed -i 's/0x40000005 0x00: eax=0x00000000/0x40000005 0x00: eax=0x000008fc/' "$table/capture.txt"
table_gate 8 "a gap that is not zero"
says "hypervisor/gap-returns-zero"
says "0x40000005"
expect 0 "list the gap" "$hvspec" check "$table/vmm.yaml" -q -r 'hypervisor/*' \
    --baseline "$table/baseline.txt" --update-baseline
table_gate 0 "a listed gap"

# --- The example's workflow files, whose shell lines run in a clean clone of it. ---
if command -v python3 >/dev/null; then
    python3 "$(dirname "$0")/workflows_test.py" "$source/examples/detect" "$source" "$prefix" \
        >"$scratch/log" 2>&1
    case $? in
    0 | 77) tail -n 1 "$scratch/log" ;;
    *) complain "the workflow files" ;;
    esac
fi

# --- Tried out without any code of one's own. ---
expect 0 "list the probes that come with it" "$hvspec" list probes --names
says "reference-gcc-O2-64.so"
expect 0 "the reference that comes with it" \
    "$hvspec" check -q "$prefix/share/hvspec/probes/reference-gcc-O2-64.so" -s max/zero
[ -s "$prefix/share/hvspec/reference/hv_feature.c" ] || complain "no reference to copy"
if command -v python3 >/dev/null; then
    expect 0 "the links of what is installed to read" \
        python3 "$source/cmake/tests/links_test.py" "$prefix/share/doc/hvspec"
fi

# --- The libraries. ---
cat >"$scratch/user.c" <<'END'
#include <hvspec.h>
#include <stdio.h>

/* Names that libhvspec uses inside must not meet ours. */
int report_clear(void);
int report_clear(void) {
    return 7;
}

int main(int count, char **arguments) {
    static const char *const rules[] = {"max/*", NULL};
    const struct hvspec_options options = {.rules = rules};
    struct hvspec_result *result = hvspec_check(arguments[count - 1], &options);
    int outcome = (int)hvspec_outcome(result);

    fputs(hvspec_errors(result), stderr);
    printf("%s %zu %d\n", hvspec_version(), hvspec_probes_count(result), report_clear());
    hvspec_free(result);
    return outcome;
}
END
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name hvspec.pc)")
export PKG_CONFIG_PATH
expect 0 "link the shared library" sh -c "cc -o '$scratch/shared' '$scratch/user.c' \
    \$(pkg-config --cflags --libs hvspec) -Wl,-rpath,\$(pkg-config --variable=libdir hvspec)"
expect 0 "link the static library" sh -c "cc -o '$scratch/static' '$scratch/user.c' \
    \$(pkg-config --cflags hvspec) '$(find "$prefix" -name libhvspec.a)' \
    \$(pkg-config --static --libs-only-l hvspec | sed 's/-lhvspec//')"
for way in shared static; do
    HVSPEC_DATA=$prefix/share/hvspec
    [ $way = static ] && export HVSPEC_DATA
    expect 0 "run with the $way library" "$scratch/$way" "$project/build/detect.yaml"
    says " 1 7"
    expect 2 "no such file" "$scratch/$way" "$scratch/none.so"
    says "none.so"
done
nm -D --defined-only "$(find "$prefix" -name libhvspec.so)" >"$scratch/log"
says "hvspec_check@@HVSPEC_1"
nm -D --defined-only "$(find "$prefix" -name libhvspec.so)" | grep -v ' [TA] hvspec_\| HVSPEC_1$' \
    >"$scratch/log" && complain "the shared library exports more than its interface"
nm -g --defined-only "$(find "$prefix" -name libhvspec.a)" | grep ' [A-Z] ' | grep -v ' hvspec_' \
    >"$scratch/log" && complain "the static library exports more than its interface"

[ $failed = 0 ]
