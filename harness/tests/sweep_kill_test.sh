#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sweep_kill_test.sh HVSPEC PROBE: a sweep that is killed at random moments and started again gives
# the result of one that is not, byte for byte; Ctrl-C ends within a second and proves nothing.
set -u
hvspec=$1
probe=$2
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 3
sweep=("$hvspec" sweep "$probe" --stride 307 --report json -q)

fail() {
    echo "$1"
    exit 1
}

"${sweep[@]}" -j 2 >whole.json
whole=$?
[ $whole = 1 ] || fail "the uninterrupted sweep exits with $whole, not 1"

RANDOM=1
kills=0
while :; do
    "${sweep[@]}" -j 1 --checkpoint state >parts.json &
    child=$!
    # A checkpoint is written every second. Every other time an interrupt comes first, so that some
    # kills hit the last one.
    (
        sleep "$((RANDOM % 2)).$((RANDOM % 7 + 3))"
        if [ $((kills % 2)) = 1 ]; then
            kill -INT $child
            sleep 0.0$((RANDOM % 10))
        fi
        kill -KILL $child
    ) 2>/dev/null &
    killer=$!
    wait $child 2>/dev/null
    code=$?
    wait $killer
    if [ $code = 0 ] || [ $code = 1 ]; then
        break
    fi
    kills=$((kills + 1))
    [ $kills -lt 100 ] || fail "no end after $kills kills"
done
[ $kills -ge 3 ] || fail "it was over after $kills kills, which shows nothing: sweep more values"
[ $code = $whole ] || fail "exit code $code instead of $whole"
cmp whole.json parts.json || fail "another result after $kills kills"

# One that could go on for minutes. Its memory stays as it is.
resident() { # kilobytes of a process and its children
    cat /proc/"$1"/status $(sed 's|\([0-9]*\) |/proc/\1/status |g' /proc/"$1"/task/"$1"/children) |
        awk '/^VmRSS/ {sum += $2} END {print sum}'
}

"$hvspec" sweep "$probe" -q -j 2 --what eax >stopped.txt &
child=$!
sleep 0.5
early=$(resident $child)
sleep 1.5
late=$(resident $child)
before=$(date +%s%N)
kill -INT $child
wait $child
code=$?
took=$((($(date +%s%N) - before) / 1000000))
[ $code = 3 ] || fail "exit code $code after an interrupt"
[ $took -lt 1000 ] || fail "the end took $took ms"
grep -q partial stopped.txt || fail "not marked as partial"
! grep -q proven stopped.txt || fail "a partial result is said to be a proof"
[ "$early" -gt 1000 ] || fail "no memory seen: $early"
[ $((late - early)) -lt 2048 ] || fail "memory grew from $early to $late KiB"
echo "$kills kills, same result; interrupted in $took ms; $early KiB, later $late KiB"
