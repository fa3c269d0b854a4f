#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# language_test.sh HVSPEC EXAMPLES LANGUAGE: the example in another language has a gate. It is green, red after a
# regression of one line that names its rule, green again with a baseline that lists it, and red once it is mended. Exit status 77, skipped,
# without that language's compiler.
set -e
hvspec=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$2/$3/." "$work"
cd "$work"

case $3 in
rust) command=cargo source=src/lib.rs ;;
go) command=go source=cpuid/cpuid.go ;;
esac
if ! command -v "$command" >/dev/null || [ "$(uname -m)" != x86_64 ]; then
    echo "no $command for x86-64 here: skipped"
    exit 77
fi
# Nothing is fetched, and nothing is left outside the folder.
export CARGO_NET_OFFLINE=true GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local GOCACHE="$work/cache" CGO_ENABLED=0

build() {
    case $command in
    cargo) cargo build --release -q ;;
    go) go build -o detect . ;;
    esac
}

# Some scenarios, so that it takes seconds.
gate() {
    "$hvspec" check detect.yaml --target 0x40000010 -s max/equal-is-in-range -s target/zero -q --hunt-runs 0 \
        --baseline baseline.txt "$@" >report 2>&1
}

expect() {
    status=0
    gate || status=$?
    [ "$status" -eq "$1" ] || {
        cat report
        echo "$3: exit $status, not $1, $2"
        exit 1
    }
}

build
expect 0 'as it comes' "$3"
sed 's/leaf > maximum/leaf >= maximum/' "$source" >changed
mv changed "$source"
build
expect 1 'with the maximum compared wrongly' "$3"
grep -q max/reaches-target report
gate --update-baseline
expect 0 'with that listed' "$3"
grep -q max/reaches-target baseline.txt
sed 's/leaf >= maximum/leaf > maximum/' "$source" >changed
mv changed "$source"
build
expect 1 'mended, and still listed' "$3"
grep -q max/reaches-target report
