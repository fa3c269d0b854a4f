#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# container_test.sh SOURCE: the Containerfile builds an image, and what is in it works. A quarter of an
# hour, so only where HVSPEC_TEST_CONTAINER says what to build from: an image's name, or, where none can
# be fetched, the root folder of a Debian (`debootstrap --variant=minbase`) whose apt works. By buildah,
# without a daemon, as root or not. 77: not asked for, or buildah is not there.
set -u

source=$1
base=${HVSPEC_TEST_CONTAINER:-}
[ -n "$base" ] || {
    echo "HVSPEC_TEST_CONTAINER names nothing to build from: skipped"
    exit 77
}
command -v buildah >/dev/null || {
    echo "buildah (Debian package) not found: skipped"
    exit 77
}
scratch=$(mktemp -d) || exit 3
export CONTAINERS_STORAGE_CONF="$scratch/storage.conf" BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s/graph"\nrunroot = "%s/run"\n' "$scratch" "$scratch" \
    >"$CONTAINERS_STORAGE_CONF"
# Not from Debian's package, which need not be there.
printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >"$scratch/policy.json"
trap 'buildah rm -a >/dev/null 2>&1; buildah rmi -a -f >/dev/null 2>&1; rm -rf "$scratch"' EXIT

fail() { # what
    printf 'container: %s\n' "$1"
    tail -40 "$scratch/log"
    exit 1
}

if [ -d "$base" ]; then
    tar --one-file-system -C "$base" -cf "$scratch/base.tar" . 2>"$scratch/log" || fail "packing $base"
    container=$(buildah from scratch) &&
        buildah add -q "$container" "$scratch/base.tar" / >"$scratch/log" 2>&1 &&
        buildah commit --signature-policy "$scratch/policy.json" -q "$container" localhost/hvspec-base \
            >"$scratch/log" 2>&1 || fail "an image of $base"
    buildah rm "$container" >/dev/null
    rm -f "$scratch/base.tar"
    base=localhost/hvspec-base
fi
buildah build --signature-policy "$scratch/policy.json" --pull=never --build-arg BASE="$base" -t hvspec \
    -f "$source/Containerfile" "$source" >"$scratch/log" 2>&1 || fail "the build"

entry=$(buildah inspect --type image --format '{{.OCIv1.Config.Entrypoint}}' hvspec)
[ "$entry" = "[hvspec]" ] || fail "its entry point is $entry"
container=$(buildah from --signature-policy "$scratch/policy.json" --pull=never hvspec) || fail "from the image"

expect() { # exit code, what, arguments of hvspec...
    code=$1
    what=$2
    shift 2
    buildah run "$container" -- hvspec "$@" >"$scratch/log" 2>&1
    got=$?
    [ $got = "$code" ] || fail "$what: exit code $got"
}

probes=/usr/share/hvspec/probes
expect 0 "--version" --version
expect 0 "the reference" check -q "$probes/reference-gcc-O2-64.so"
expect 1 "a wrong probe" check -q "$probes/max-signed.so"
grep -q 'max/reaches-target' "$scratch/log" || fail "a wrong probe"
buildah run "$container" -- sh -c 'command -v gcc cmake' >"$scratch/log" && fail "what built it is in it"
buildah images hvspec
