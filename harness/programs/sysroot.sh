#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sysroot.sh ARCHITECTURE FOLDER PACKAGE...: Debian's packages of another architecture, with all that they
# need, laid out in a folder for `sysroot:` in a manifest, from the mirror that this machine's apt has.
# Nothing is installed, and what apt knows of this machine stays as it is. Some 25 MB for i386.
#
#     harness/programs/sysroot.sh i386 build/sysroot/i386 systemd virt-what util-linux
#
# The tests programs/real-32 and programs/sysroot ask for that one.
#
# A folder that is there stays as it is. Exit code 77, with a word: no apt, or it cannot be fetched.
set -eu

skip() {
    echo "sysroot: $*: skipped" >&2
    exit 77
}

if [ $# -lt 3 ]; then
    sed -n '4,$s/^# \{0,1\}//p' "$0" | sed '/^$/q' >&2
    exit 2
fi
architecture=$1 folder=$2
shift 2
[ ! -d "$folder" ] || exit 0
for tool in apt-get dpkg-deb; do
    command -v $tool >/dev/null || skip "$tool is not installed"
done

mkdir -p "$(dirname "$folder")"
scratch=$(mktemp -d "$folder.XXXXXX")
scratch=$(cd "$scratch" && pwd) # apt counts other paths from its own folders
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/lists/partial" "$scratch/archives/partial" "$scratch/root"
: >"$scratch/status"

foreign() { # what apt-get is asked
    apt-get -q -y -o APT::Architecture="$architecture" -o APT::Architectures::="$architecture" \
        -o APT::Sandbox::User=root -o Dir::State="$scratch" -o Dir::State::status="$scratch/status" \
        -o Dir::State::lists="$scratch/lists" -o Dir::Cache="$scratch" -o Dir::Cache::archives="$scratch/archives" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@"
}

# A list that is stale or cannot be had matters only when a package cannot be fetched, which is said then.
foreign update >"$scratch/log" 2>&1 || true
foreign --no-install-recommends --download-only install "$@" >"$scratch/log" 2>&1 || {
    tail -3 "$scratch/log" >&2
    skip "the packages of $architecture cannot be fetched"
}
for package in "$scratch"/archives/*.deb; do
    dpkg-deb --extract "$package" "$scratch/root"
done
mv -T "$scratch/root" "$folder" 2>/dev/null || [ -d "$folder" ] # somebody else was quicker
