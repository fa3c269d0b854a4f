#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sweep_kill_test.sh HVSPEC PROBE: a sweep that is killed at random moments and started again gives
# the result of one that is not, byte for byte; Ctrl-C ends at once and proves nothing.
set -u
hvspec=$1
probe=$2
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 3

fail() {
    echo "$1"
    exit 1
}

# Waits for a checkpoint that is younger than `mark`, as long as the sweep runs.
await_checkpoint() { # pid
    while [ ! state -nt mark ] && kill -0 "$1"; do
        sleep 0.1
    done
}

# Kills a sweep again and again until it gets to its end; `kills` is how often that took.
kill_until_done() { # stride
    local sweep=("$hvspec" sweep "$probe" --stride "$1" --report json -q) whole child killer code
    "${sweep[@]}" -j 2 >whole.json
    whole=$?
    [ $whole = 1 ] || fail "the uninterrupted sweep exits with $whole, not 1"
    rm -f state
    kills=0
    while :; do
        touch mark
        "${sweep[@]}" -j 1 --checkpoint state >parts.json &
        child=$!
        # A checkpoint is written every second: behind a first one it has got on, however busy the
        # machine is. Every third time it may come to none. Every other time an interrupt comes
        # first, so that some kills hit the last one.
        (
            [ $((kills % 3)) = 1 ] || await_checkpoint $child
            sleep 0.$((RANDOM % 9 + 1))
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
    [ $code = $whole ] || fail "exit code $code instead of $whole"
    cmp whole.json parts.json || fail "another result after $kills kills"
}

# So many values that one worker takes some seconds, whatever the machine and what else it does.
RANDOM=1
stride=599
kill_until_done $stride
while [ $kills -lt 3 ]; do
    [ $stride -gt 10 ] || fail "it is over after $kills kills, which shows nothing"
    stride=$((stride / 2))
    kill_until_done $stride
done

# One that could go on for minutes. Its memory stays as it is.
resident() { # kilobytes of a process and its children
    # shellcheck disable=SC2046 # a file each
    cat /proc/"$1"/status $(sed 's|\([0-9]*\) |/proc/\1/status |g' /proc/"$1"/task/"$1"/children) |
        awk '/^VmRSS/ {sum += $2} END {print sum}'
}

formats="json junit tap sarif html cunit"
reports=()
for format in $formats; do
    reports+=(--report "$format=stopped.$format")
done
rm -f state
touch mark
"$hvspec" sweep "$probe" -q -j 2 --what eax --checkpoint state "${reports[@]}" >stopped.txt &
child=$!
await_checkpoint $child 2>/dev/null
early=$(resident $child)
for _ in 1 2; do
    touch mark
    await_checkpoint $child 2>/dev/null
done
late=$(resident $child)
before=$(date +%s%N)
kill -INT $child
wait $child
code=$?
took=$((($(date +%s%N) - before) / 1000000))
[ $code = 3 ] || fail "exit code $code after an interrupt"
[ $took -lt 10000 ] || fail "the end took $took ms" # of minutes; a busy machine takes its time
for format in txt $formats; do
    grep -q partial stopped.$format || fail "not marked as partial: $format"
    ! grep -q proven stopped.$format || fail "a partial result is said to be a proof: $format"
done
grep -q '<error message="partial' stopped.junit || fail "no error in JUnit's XML"
grep -q '^not ok 1 ' stopped.tap || fail "TAP is green"
grep -q '"executionSuccessful": false' stopped.sarif || fail "SARIF says that all went well"
grep -q '"exit_code": 3' stopped.json || fail "another exit code in the JSON"
[ "$early" -gt 1000 ] || fail "no memory seen: $early"
[ $((late - early)) -lt 2048 ] || fail "memory grew from $early to $late KiB"
echo "$kills kills, same result; interrupted in $took ms; $early KiB, later $late KiB"
