#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh HVSPEC PROBES SOURCE FILE: runs the cases of one file, each a shell command and what has to
# come of it. $probes, $source and $ref, the reference probe, are there for the commands, which run in
# a folder of their own that starts empty for each file.
#
#   # about the next case
#   $ hvspec list rule
#   = 2
#   > a line of standard output contains this
#   - no line of standard output contains this
#   ! a line of standard error contains this
#
# A case without "!" has to leave standard error empty; one that exits with 2 has to print nothing
# else than what ">" names.
set -u

absolute() { # path
    case $1 in
    /*) printf '%s' "$1" ;;
    *) printf '%s/%s' "$PWD" "$1" ;;
    esac
}

PATH=$(dirname "$(absolute "$1")"):$PATH
probes=$(absolute "$2")
source=$(absolute "$3")
cases=$(absolute "$4")
ref=$probes/reference/reference-gcc-O2-64.so
export PATH probes source ref
unset HVSPEC_DATA NO_COLOR COLUMNS
export LC_ALL=C

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/here"
cd "$scratch/here" || exit 3

run=0
failed=0
command=
said_out=no
said_error=no
said_code=no

complain() { # what
    printf '%s: %s\n    $ %s\n' "${cases##*/}" "$1" "$command"
    sed 's/^/    > /' "$scratch/out" | head -20
    sed 's/^/    ! /' "$scratch/error" | head -20
    failed=$((failed + 1))
}

# What the case did not say.
finish() {
    if [ -z "$command" ]; then
        return
    fi
    [ $said_code = yes ] || complain "no exit code is expected"
    if [ $said_error = no ] && [ -s "$scratch/error" ]; then
        complain "unexpected words on standard error"
    fi
    if [ $said_out = no ] && [ "$code" = 2 ] && [ -s "$scratch/out" ]; then
        complain "unexpected words on standard output"
    fi
}

while IFS= read -r line; do
    rest=${line#? }
    case $line in
    '$ '*)
        finish
        command=$rest
        said_out=no
        said_error=no
        said_code=no
        run=$((run + 1))
        sh -c "$command" >"$scratch/out" 2>"$scratch/error" </dev/null
        code=$?
        ;;
    '= '*)
        said_code=yes
        [ "$code" = "$rest" ] || complain "exit code $code, not $rest"
        ;;
    '> '*)
        said_out=yes
        grep -qF -e "$rest" "$scratch/out" || complain "missing: $rest"
        ;;
    '- '*)
        said_out=yes
        ! grep -qF -e "$rest" "$scratch/out" || complain "should not be there: $rest"
        ;;
    '! '*)
        said_error=yes
        grep -qF -e "$rest" "$scratch/error" || complain "missing on standard error: $rest"
        ;;
    '' | '#'*) ;;
    *)
        printf '%s: not understood: %s\n' "${cases##*/}" "$line"
        failed=$((failed + 1))
        ;;
    esac
done <"$cases"
finish

printf '%s: %d cases, %d complaints\n' "${cases##*/}" "$run" "$failed"
[ "$run" -gt 0 ] && [ "$failed" -eq 0 ]
