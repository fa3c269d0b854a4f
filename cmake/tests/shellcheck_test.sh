#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The scripts of the project hold nothing that shellcheck warns of: shellcheck_test.sh SOURCE.
# 77: it is not there (Debian package shellcheck).
set -u

cd "$1" || exit 3
command -v shellcheck >/dev/null || {
    echo "shellcheck (Debian package) not found: skipped"
    exit 77
}
wrong=$(mktemp) || exit 3
trap 'rm -f "$wrong"' EXIT
# shellcheck disable=SC2016 # it is what shellcheck is to see
printf '#!/bin/sh\nrm -rf $1/*\nx=$(ls) y\nfor f in $x; do read a; done <<<$x\n' >"$wrong"
shellcheck -S warning "$wrong" >/dev/null && {
    echo "shellcheck finds nothing in a script that is wrong"
    exit 1
}
{
    printf '%s\n' bootstrap .ci/run .ci/release .ci/release-check .ci/same .ci/foreign
    find cmake emulator examples fuzz harness reports -name '*.sh'
} | xargs shellcheck -S warning
