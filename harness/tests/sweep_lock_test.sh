#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sweep_lock_test.sh HVSPEC PROBE: two sweeps do not work with one checkpoint at a time; a lock does not
# outlive its process, however that ends, and of many that start at once each gives the whole result or
# none.
set -u
hvspec=$1
probe=$2
scratch=$(mktemp -d) || exit 3
child=
finish() {
    [ -z "$child" ] || kill -KILL "$child" 2>/dev/null
    rm -rf "$scratch"
}
trap finish EXIT
cd "$scratch" || exit 3

fail() {
    echo "$1"
    exit 1
}

# Starts a sweep of some minutes, and waits until it has the lock and has written a checkpoint.
long=("$hvspec" sweep "$probe" -q -j 1 --what eax --checkpoint state)
start() {
    touch mark
    "${long[@]}" >said 2>&1 &
    child=$!
    for ((i = 0; i < 600; i++)); do
        [ ! state -nt mark ] || return 0
        kill -0 $child 2>/dev/null || break
        sleep 0.1
    done
    fail "no new checkpoint: $(cat said)"
}

refused() { # words, sweep...
    timeout 20 "${@:2}" >out 2>error
    [ $? = 2 ] || fail "not refused: $1"
    [ ! -s out ] || fail "refused, and yet there is a report"
    grep -qF -e "$1" error || fail "no word of '$1': $(cat error)"
    [ "$(wc -l <error)" = 1 ] || fail "more than a line: $(cat error)"
}

start
refused "state: another sweep (process $child) works with this checkpoint" "${long[@]}"
refused "./state: another sweep (process $child) works with" "${long[@]}" --checkpoint ./state
refused "another sweep" "${long[@]}" --stride 7
kill -0 $child || fail "the first sweep did not go on: $(cat said)"
"$hvspec" sweep "$probe" -q --to 99 --checkpoint other >/dev/null || fail "another file is locked too"

# A kill leaves a file, and no lock.
kill -KILL $child
wait $child 2>/dev/null
[ -e state.hvspec-lock ] || fail "nothing was left behind, which shows nothing"
start
kill -INT $child
wait $child
[ $? = 3 ] || fail "an interrupted sweep does not end with 3: $(cat said)"
child=
grep -q partial said || fail "not marked as partial: $(cat said)"
[ ! -e state.hvspec-lock ] || fail "a sweep that ends leaves its lock behind"

# Many at once: whoever is not refused gives the whole result.
short=("$hvspec" sweep "$probe" -j 1 --stride 0x40003)
"${short[@]}" --report json >whole.json || fail "the sweep alone fails"
refusals=0
for round in 1 2 3 4 5; do
    rm -f state
    pids=()
    for i in 1 2 3 4 5 6; do
        "${short[@]}" --checkpoint state --report json >part-$i.json 2>error-$i &
        pids+=($!)
    done
    for i in 1 2 3 4 5 6; do
        wait "${pids[i - 1]}"
        case $? in
        0) cmp whole.json part-$i.json || fail "round $round: another result" ;;
        2)
            grep -q 'another sweep' error-$i || fail "round $round: $(cat error-$i)"
            refusals=$((refusals + 1))
            ;;
        *) fail "round $round: $(cat error-$i)" ;;
        esac
    done
    [ ! -e state.hvspec-lock ] || fail "round $round leaves a lock behind"
    "${short[@]}" --checkpoint state --report json >again.json || fail "round $round: no whole checkpoint"
    cmp whole.json again.json || fail "round $round: another result in the checkpoint"
done
[ $refusals -gt 0 ] || fail "none of thirty was refused, which shows nothing"

# What cannot be locked is not used.
mkdir odd.hvspec-lock
refused "odd.hvspec-lock: cannot lock the checkpoint: Is a directory" "${long[@]}" --checkpoint odd
echo "one at a time; $refusals of thirty were refused"
