#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# deb_test.sh BUILD PROBE: packs the build, and runs what was packed. 77: not a Debian system.
# With HVSPEC_TEST_CHROOT naming the root of a clean Debian (`debootstrap --variant=minbase`), as root,
# the package is installed and tried there as well, its dependencies fetched by apt-get.
set -u

build=$1
probe=$2
command -v dpkg-deb >/dev/null && command -v dpkg-shlibdeps >/dev/null || exit 77
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C
unset HVSPEC_DATA DESTDIR

fail() { # what
    printf 'deb: %s\n' "$1"
    sed 's/^/    /' "$scratch/log"
    exit 1
}

# Without what packs, it is said what to install.
cpack=$(command -v cpack)
(cd "$build" && PATH=/nowhere "$cpack" -G DEB -B "$scratch/none") >"$scratch/log" 2>&1
grep -q 'install the packages dpkg-dev' "$scratch/log" || fail "not said what packing needs"
(cd "$build" && cpack -G DEB -B "$scratch") >"$scratch/log" 2>&1 || fail "cpack"
set -- "$scratch"/hvspec_*.deb
[ $# = 1 ] && [ -f "$1" ] || fail "not one package"

# Debian's own checker, where it is; reasons against what it says are in cmake/debian/lintian-overrides.
if command -v lintian >/dev/null; then
    lintian --allow-root --fail-on error,warning "$1" >"$scratch/log" 2>&1 || fail "lintian"
fi

dpkg-deb -f "$1" Depends >"$scratch/log" || fail "no dependencies"
for library in libc6 libcapstone libdw libelf libjansson libnettle libunicorn libxml2 libcunit; do
    grep -q "$library" "$scratch/log" || fail "does not depend on $library"
done

dpkg-deb -I "$1" shlibs >"$scratch/log" 2>&1 && grep -q '^libhvspec [0-9]* hvspec (= ' "$scratch/log" ||
    fail "does not say which library it offers"
dpkg-deb -I "$1" triggers >"$scratch/log" 2>&1 && grep -q 'activate-noawait ldconfig' "$scratch/log" ||
    fail "the library is not told to ldconfig"

dpkg-deb -c "$1" >"$scratch/log" || fail "contents"
for file in bin/hvspec share/hvspec/scenarios/max/zero.yaml share/hvspec/report.schema.json \
    share/man/man1/hvspec.1.gz share/man/man1/hvspec-check.1.gz \
    share/bash-completion/completions/hvspec share/hvspec/probes/reference-gcc-O2-64.so \
    share/hvspec/reference/hv_feature.c include/hvspec.h share/doc/hvspec/copyright \
    share/doc/hvspec/changelog.gz share/doc/hvspec/README.md share/doc/hvspec/examples/detect/detect.c \
    share/lintian/overrides/hvspec; do
    grep -qF " ./usr/$file" "$scratch/log" || fail "$file is missing"
done
examples=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$build/CMakeCache.txt")/examples
for file in $(cd "$examples" && find . -type f); do
    grep -qF " ./usr/share/doc/hvspec/examples/${file#./}" "$scratch/log" || fail "of the examples, $file is missing"
done
grep -q "$scratch\|$build" "$scratch/log" && fail "a path of this machine"
grep -qE ' \./usr/share/man/.*\.[0-9]$' "$scratch/log" && fail "a manual page that is not compressed"

dpkg-deb -x "$1" "$scratch/root" || fail "cannot be unpacked"
"$scratch/root/usr/bin/hvspec" --version >"$scratch/log" 2>&1 || fail "--version"
for library in Unicorn Capstone CUnit elfutils; do
    grep -q "$library  *[0-9][0-9.]*[0-9]" "$scratch/log" || fail "--version does not tell $library's"
done
"$scratch/root/usr/bin/hvspec" check "$probe" -q -s max/zero >"$scratch/log" 2>&1 ||
    fail "the packed program"

[ -n "${HVSPEC_TEST_CHROOT:-}" ] || exit 0
cp "$1" "$HVSPEC_TEST_CHROOT/hvspec.deb" && cp /etc/resolv.conf "$HVSPEC_TEST_CHROOT/etc/"
chroot "$HVSPEC_TEST_CHROOT" sh -c 'apt-get -q update
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install /hvspec.deb &&
    hvspec --version && hvspec list probes && hvspec lint /usr/share/hvspec/scenarios &&
    hvspec check -q /usr/share/hvspec/probes/reference-gcc-O2-64.so' >"$scratch/log" 2>&1 ||
    fail "installed in the chroot"
chroot "$HVSPEC_TEST_CHROOT" hvspec check -q /usr/share/hvspec/probes/max-signed.so \
    >"$scratch/log" 2>&1
[ $? = 1 ] && grep -q 'max/reaches-target' "$scratch/log" || fail "a broken probe in the chroot"
