# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # what is said to be set below
#
# What the tests of `merge` share; sourced with $hvspec set. Works in a folder of its own that goes with
# the test.
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 3

fail() {
    echo "$1"
    exit 1
}

refused() { # words, reports...
    local words=$1
    shift
    "$hvspec" merge "$@" >out 2>error
    [ $? = 2 ] || fail "not refused: $words"
    [ ! -s out ] || fail "refused, and yet there is a report: $words"
    grep -qF -e "$words" error || fail "no word of '$words': $(cat error)"
    [ "$(wc -l <error)" = 1 ] || fail "more than a line: $(cat error)"
}
