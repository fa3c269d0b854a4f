#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bootstrap_test.sh SOURCE: where bootstrap builds, and the exit codes of what goes wrong ahead of
# that. A CMake that only notes what it was asked for stands in for the real one, and nothing is
# installed: the package manager is a stand-in too.
set -eu

source=$(CDPATH='' cd -- "$1" && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
mkdir "$scratch/bin" "$scratch/tree" "$scratch/tmp"
chmod 777 "$scratch/tmp"
cp "$source/bootstrap" "$scratch/tree/"
for name in apt-get dpkg-query; do
    printf '#!/bin/sh\nexit 0\n' >"$scratch/bin/$name"
done
# What bootstrap asks for is there, and installing it works; CMake does not.
printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>"%s/asked"\nexit 1\n' "$scratch" >"$scratch/bin/cmake"
chmod 755 "$scratch/bin"/*
: >"$scratch/asked"
chmod 666 "$scratch/asked"
failed=0

fail() {
    printf 'FAIL %s\n' "$*"
    failed=1
}

# Runs it, as somebody who may not write everywhere when this is root.
bootstrap() { # expected-code words...
    expected=$1 code=0
    shift
    : >"$scratch/asked"
    if [ "$(id -u)" -eq 0 ]; then
        set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$scratch/tree/bootstrap" "$@"
    else
        set -- "$scratch/tree/bootstrap" "$@"
    fi
    PATH="$scratch/bin:$PATH" TMPDIR="$scratch/tmp" "$@" >"$scratch/said" 2>&1 || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code, not $expected: $*: $(cat "$scratch/said")"
}

asked() { # folder
    grep -q -e "-B $1 " "$scratch/asked" || fail "not built in $1: $(cat "$scratch/asked" "$scratch/said")"
}

if [ "$(id -u)" -eq 0 ] && ! command -v setpriv >/dev/null 2>&1; then
    echo "setpriv (Debian package util-linux) not found: skipped"
    exit 77
fi
# Without sudo, what is missing is named; with a stand-in it is installed.
printf '#!/bin/sh\nshift\nexit 0\n' >"$scratch/bin/sudo"
chmod 755 "$scratch/bin/sudo"

for words in "" "chekc" "check one two"; do
    # shellcheck disable=SC2086 # one word an argument
    bootstrap 2 $words
    grep -q '^usage: bootstrap program' "$scratch/said" || fail "no usage: bootstrap $words"
done

# Packages alone: nothing is built.
bootstrap 0 packages "$scratch/tmp/none"
[ ! -s "$scratch/asked" ] || fail "packages also builds: $(cat "$scratch/asked")"

# The program alone: less to install, no gallery, and what to type next.
printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>"%s/asked"\n' "$scratch" >"$scratch/bin/cmake.good"
chmod 755 "$scratch/bin/cmake.good"
cp "$scratch/bin/cmake" "$scratch/bin/cmake.bad"
cp "$scratch/bin/cmake.good" "$scratch/bin/cmake"
bootstrap 0 program "$scratch/tmp/program"
grep -q -e '-DHVSPEC_GALLERY=OFF' "$scratch/asked" || fail "program: with the gallery"
! grep -q 'installing .*clang' "$scratch/said" || fail "program: installs what only the gallery needs"
grep -q 'installing .*libunicorn-dev' "$scratch/said" || fail "program: does not install libraries"
grep -q 'hvspec check libmine.so' "$scratch/said" || fail "program: does not say what to do next"
cp "$scratch/bin/cmake.bad" "$scratch/bin/cmake"
bootstrap 3 check "$scratch/tmp/program"
grep -q -e '-DHVSPEC_GALLERY=ON' "$scratch/asked" || fail "check: without the gallery"

# A folder that is named, and one that cannot be made: the set-up failed, which is no verdict.
mkdir "$scratch/named"
chmod 777 "$scratch/named"
bootstrap 3 check "$scratch/named"
asked "$scratch/named"
bootstrap 3 check /dev/null/here
grep -q 'build folder /dev/null/here cannot be made' "$scratch/said" || fail "not said what is wrong"

# A tree that may not be written to.
chmod 555 "$scratch/tree"
bootstrap 3 test
grep -q "$scratch/tree cannot be written to" "$scratch/said" || fail "not said that it is read-only"
asked "$scratch/tmp/hvspec-build-[0-9]*"
chmod 777 "$scratch/tree"
bootstrap 3 check
asked "$scratch/tree/build"

# Whatever machine it is, what builds probes is asked for.
for machine in x86_64 aarch64 s390x; do
    printf '#!/bin/sh\necho %s\n' $machine >"$scratch/bin/uname"
    chmod 755 "$scratch/bin/uname"
    bootstrap 3 check
    case $machine in
    x86_64) package=gcc-multilib ;;
    *) package=gcc-x86-64-linux-gnu ;;
    esac
    grep -q "installing .*$package" "$scratch/said" || fail "$machine: $package is not asked for"
    grep -q "installing .*make ninja-build" "$scratch/said" || fail "$machine: make is not asked for"
done

# The main job ends with how many each rule caught, and with what to type next; -v names them.
cat >"$scratch/bin/cmake" <<'END'
#!/bin/sh
case $* in
*broken-table*)
    echo "caught  one.c     64  max/read-first,target/is-read"
    echo "caught  two.c     32  max/read-first"
    echo "2 broken probes, 0 not as expected"
    [ ! -e "${0%/*}/../missed" ]
    ;;
esac
END
printf '#!/bin/sh\ncase $* in *broken*) exit 1 ;; esac\n' >"$scratch/named/hvspec"
chmod 755 "$scratch/bin/cmake" "$scratch/named/hvspec"
bootstrap 0 check "$scratch/named"
grep -q '^    max/read-first  *caught 2$' "$scratch/said" || fail "not counted by rule"
grep -q '2 broken probes, all caught' "$scratch/said" || fail "not counted"
grep -q 'now try yours' "$scratch/said" || fail "does not say what to do next"
! grep -q 'one\.c' "$scratch/said" || fail "names probes without -v"
bootstrap 0 check -v "$scratch/named"
grep -q 'one\.c' "$scratch/said" || fail "-v does not name the probes"
: >"$scratch/missed"
bootstrap 1 check "$scratch/named"
grep -q 'one\.c' "$scratch/said" || fail "does not show what was not caught"
grep -q 'a broken probe was not caught' "$scratch/said" || fail "not said that one was not caught"

# Another release in a chroot: whoever may not make one is told so.
mkdir "$scratch/tree/.ci"
cp "$source/.ci/release" "$scratch/tree/.ci/"
release() { # expected-code words...
    expected=$1 code=0
    shift
    if [ "$(id -u)" -eq 0 ]; then
        set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$scratch/tree/.ci/release" "$@"
    else
        set -- "$scratch/tree/.ci/release" "$@"
    fi
    "$@" >"$scratch/said" 2>&1 || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code, not $expected: $*: $(cat "$scratch/said")"
}
release 77 trixie
grep -q 'only root makes a chroot: skipped' "$scratch/said" || fail "not said why it is skipped"
release 2
grep -q '^release NAME' "$scratch/said" || fail "no usage: release"
release 2 trixie everything
exit $failed
