#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pages_test.sh HVSPEC FOLDER SOURCE: the generated man pages and completion scripts name every option of
# every command, formatters and shells take them without a warning, and bash completes with them.
set -u

PATH=$(dirname "$1"):$PATH
folder=$2
source=$3
failed=0
checked=0

complain() {
    echo "pages: $*"
    failed=$((failed + 1))
}

# What `hvspec help COMMAND` lists is what the pages have to name.
options_of() { # command
    hvspec help "$1" | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p'
}

bash_script=$folder/bash-completion/completions/hvspec
zsh_script=$folder/zsh/site-functions/_hvspec
fish_script=$folder/fish/vendor_completions.d/hvspec.fish

check_man() { # page
    local warnings

    [ -s "$1" ] || complain "$1 is missing"
    if command -v groff >/dev/null; then
        warnings=$(groff -ww -man -z -Tutf8 "$1" 2>&1)
        [ -z "$warnings" ] || complain "groff: $1: $warnings"
    fi
    if command -v mandoc >/dev/null; then
        # A page that is generated has no date of its own.
        warnings=$(mandoc -Tlint -Wwarning "$1" 2>&1 | grep -v 'missing date')
        [ -z "$warnings" ] || complain "mandoc: $1: $warnings"
    fi
}

check_man "$folder/man/man1/hvspec.1"

# Section 3 is the header's: every function of it is there.
if command -v python3 >/dev/null; then
    check_man "$folder/man/man3/libhvspec.3"
    for function in $(sed -n 's/^[a-z].*[ *]\(hvspec_[a-z_]*\)(.*/\1/p' "$source/harness/api/hvspec.h"); do
        checked=$((checked + 1))
        grep -qF "$function(" "$folder/man/man3/libhvspec.3" || complain "libhvspec.3 does not tell $function"
    done
fi

# Section 5 is made by a Python; where there is one, the pages name every key of a manifest.
if command -v python3 >/dev/null; then
    for page in hvspec-manifest hvspec-scenario; do
        check_man "$folder/man/man5/$page.5"
        grep -qF "${page//-/\\-} (5)" "$folder/man/man1/hvspec.1" || complain "hvspec.1 does not name $page"
    done
    for key in $(sed -n 's/^| `\([a-z]*\)` |.*/\1/p' "$source/harness/MANIFEST.md"); do
        checked=$((checked + 1))
        grep -qF "\\fB$key\\fR" "$folder/man/man5/hvspec-manifest.5" ||
            complain "hvspec-manifest.5 does not name $key"
    done
fi
for command in $(hvspec help --names); do
    page=$folder/man/man1/hvspec-$command.1
    check_man "$page"
    grep -qF "hvspec\\-$command (1)" "$folder/man/man1/hvspec.1" ||
        complain "hvspec.1 does not name $command"
    options=$(options_of "$command")
    [ -n "$options" ] || complain "hvspec help $command lists no option"
    for option in $options; do
        checked=$((checked + 1))
        grep -qF -- "\\fB${option//-/\\-}\\fR" "$page" || complain "$page does not name $option"
        sed -n "/^    $command)/,/;;/p" "$bash_script" | grep -qF -- "$option " ||
            complain "bash does not know $command $option"
        sed -n "/^    $command)/,/;;/p" "$zsh_script" | grep -qF -- "$option" ||
            complain "zsh does not know $command $option"
        grep -F "__hvspec_command $command'" "$fish_script" | grep -qF -- " -l ${option#--} " ||
            complain "fish does not know $command $option"
    done
done

bash -n "$bash_script" || complain "bash: syntax"
if command -v zsh >/dev/null; then
    zsh -n "$zsh_script" || complain "zsh: syntax"
fi
if command -v fish >/dev/null; then
    fish -n "$fish_script" || complain "fish: syntax"
    [ -z "$(fish -c "source $fish_script" 2>&1)" ] || complain "fish: the script does not load"
fi

# What bash offers for a line: its words, then the one being typed.
# shellcheck source=/dev/null
. "$bash_script"
offer() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _hvspec hvspec "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
    echo " ${COMPREPLY[*]} "
}

expect() { # word yes|no line...
    local word=$1 want=$2 got=no
    shift 2

    [[ $(offer "$@") == *" $word "* ]] && got=yes
    checked=$((checked + 1))
    [ "$got" = "$want" ] || complain "bash: '$word' offered: $got; for: $*: $(offer "$@")"
}

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 3
touch probe.so

expect check yes hvspec ''
expect check yes hvspec ch
expect list no hvspec ch
expect probe.so yes hvspec check ''
expect --strict yes hvspec check --
expect --json no hvspec check --
expect --json yes hvspec list rules --
expect bool yes hvspec check -a ''
expect int yes hvspec check --answer = ''
expect value yes hvspec check --answer = va
expect int no hvspec check --answer = va
expect presence yes hvspec check --profile ''
expect junit yes hvspec check --report j
expect cunit yes hvspec check --report ''
expect probe.so yes hvspec check --report json = pr
expect max/read-first yes hvspec check -r max/
expect max/read-first yes hvspec explain max/
expect gaps/order-independent no hvspec explain max/
expect max/zero yes hvspec check -s max/z
expect max/zero yes hvspec trace probe.so max/z
expect presence/amd-zeros yes hvspec trace probe.so presence/
expect probe.so yes hvspec trace p
expect rules yes hvspec list ''
expect signatures yes hvspec list s
expect rules no hvspec list probes ''
expect probe.so yes hvspec list probes ''
expect trace yes hvspec help tr
expect fish yes hvspec help --completion ''
expect scenario yes hvspec new ''
expect probe.so no hvspec check --jobs ''
expect probe.so no hvspec version ''

echo "pages: $checked checks, $failed failures"
[ "$checked" -gt 0 ] && [ "$failed" -eq 0 ]
