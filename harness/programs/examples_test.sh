#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# examples_test.sh HVSPEC EXAMPLE: what an example's page says, in a copy of it: it builds, its gate holds; with the
# one change that the page names the gate fails and names the rule; with that listed it holds again, and fails once it is
# mended. Skipped (77), with a word, where its compiler is not there.
set -eu

hvspec=$1
example=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

skip() {
    echo "$*: skipped"
    exit 77
}

case $(basename "$example") in
rust)
    source=src/lib.rs
    command -v cargo >/dev/null || skip "no cargo (package cargo)"
    build() { CARGO_HOME=$scratch/home cargo build -q --release --offline; }
    ;;
go)
    source=cpuid/cpuid.go
    command -v go >/dev/null || skip "no go (package golang-go)"
    build() { HOME=$scratch/home GOCACHE=$scratch/cache GOFLAGS=-buildvcs=false go build -o detect .; }
    ;;
*)
    echo "examples_test: no example '$example' with a gate" >&2
    exit 2
    ;;
esac

cp -R "$example" "$scratch/copy"
cd "$scratch/copy"
rm -rf target detect

# A few scenarios: the whole suite is for who uses the example.
gate() { # exit code, then options
    wanted=$1 code=0
    shift
    "$hvspec" check detect.yaml -q --hunt-runs 0 -s max/unsigned -s max/equal-is-in-range -s target/zero \
        --baseline baseline.txt "$@" >out 2>&1 || code=$?
    if [ "$code" -ne "$wanted" ]; then
        cat out
        echo "exit code $code, not $wanted"
        exit 1
    fi
}

replace() { # text, other text
    sed "s/leaf $1 maximum/leaf $2 maximum/" "$source" >edited
    ! cmp -s edited "$source" || {
        echo "no 'leaf $1 maximum' in $source"
        exit 1
    }
    cp edited "$source"
    build
}

build
gate 0
replace '>' '>='
gate 1
grep -q max/reaches-target out
gate 0 --update-baseline
grep -q max/reaches-target baseline.txt
gate 0
replace '>=' '>'
gate 1
grep -q max/reaches-target out
