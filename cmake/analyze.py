#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""analyze.py BUILD TOP [FILE...]: GCC's analyzer and clang-tidy's bugprone checks over every source of the program, or
over these.

Ends with 1 where one of them finds what is not argued below. Takes a quarter of an hour of one processor;
cmake --build build --target analyze.
"""
import json
import os
import re
import shlex
import subprocess
import sys

# What is not asked, since it finds nothing here but itself.
GCC = [
    "-fanalyzer",
    "-Wno-analyzer-malloc-leak",  # loses whatever is owned through a structure's pointer
    "-Wno-analyzer-fd-leak",
]
TIDY = [
    "bugprone-*",
    "-bugprone-easily-swappable-parameters",  # a matter of taste
    "-bugprone-narrowing-conversions",  # the compiler's -Wconversion, more loosely
    "-bugprone-reserved-identifier",  # _GNU_SOURCE
    "-bugprone-implicit-widening-of-multiplication-result",  # of small constants
    "-bugprone-sizeof-expression",  # arrays of pointers are sorted by the size of a pointer
]

# File, warning, why it is none. `good` there is false when memory is out: what notes an error returns false.
ARGUED = {
    ("base/errors.c", "double-free"): "the message and the copy of the file's name are two",
    ("emulator/image/constructors.c", "null-dereference"): "`ok` is false without memory",
    ("emulator/image/load.c", "null-dereference"): "`ok` is false without memory",
    ("emulator/image/relocate.c", "null-dereference"): "the check ahead refuses a type without a row",
    ("emulator/process/memory.c", "null-dereference"): "callers ask for an address in an arena",
    ("emulator/process/stub.c", "null-argument"): "the strings are there by then",
    ("harness/baseline/file.c", "use-of-uninitialized-value"): "as many columns as words are set, two at least",
    ("harness/bench/bench.c", "null-dereference"): "no probes without memory",
    ("harness/cli/new.c", "null-argument"): "a file's path is set",
    ("harness/hunt/searches.c", "possible-null-argument"): "of no bytes then",
    ("harness/merge/audit.c", "null-dereference"): "`good` is false without memory",
    ("harness/merge/check.c", "null-dereference"): "`good` is false without memory",
    ("harness/probe/assume.c", "null-dereference"): "the shape of manifests admits no other key",
    ("harness/probe/said.c", "double-free"): "two texts",
    ("harness/scenario/expand.c", "null-dereference"): "a case has a table",
    ("harness/sweep/report.c", "null-dereference"): "each note ends with a line's end",
    ("harness/symbolic/guess.c", "shift-count-overflow"): "what a sign is repeated of has a bit, and what is joined less than all",
    ("harness/symbolic/state.c", "possible-null-argument"): "checked in the line ahead",
    ("harness/cli/sweep.c", "bugprone-not-null-terminated-result"): "a piece of a line, counted",
    ("harness/probe/assume.c", "bugprone-not-null-terminated-result"): "a name, counted",
    ("emulator/image/coff_object.c", "bugprone-branch-clone"): "two names of one number",
    ("emulator/image/coff_program.c", "bugprone-branch-clone"): "two names of one number",
    ("fuzz/coff.c", "bugprone-suspicious-include"): "the same target on other seeds",
    ("harness/spec/rules_table.c", "bugprone-macro-parentheses"): "an initializer",
    ("emulator/source/source_line.c", "bugprone-branch-clone"): "whether it could be written is nobody's any more",
}
WARNING = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+):\d+: warning: (?P<text>.*) "
                     r"\[(?:-Wanalyzer-)?(?P<name>[a-z-]+)(?:,[^\]]*)?\]$", re.MULTILINE)


def sources(build, top):
    """The commands that compile the program's own sources: not tests, not code under test."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as stream:
        commands = {entry["file"]: entry for entry in json.load(stream)}
    for path in sorted(commands):
        name = os.path.relpath(path, top)
        if re.match(r"(base|emulator|harness|reports|fuzz)/.*\.c$", name) and not re.search(
                r"/(tests|broken|conforming|reference|programs|capture)/", name):
            yield name, commands[path]


def gcc(entry):
    words = shlex.split(entry["command"])
    while os.path.basename(words[0]) == "ccache":
        words = words[1:]
    words[words.index("-o") + 1] = os.devnull
    words = [word for word in words if word != "-Werror"] + GCC + ["-O1", "-fdiagnostics-plain-output"]
    return subprocess.run(words, cwd=entry["directory"], stderr=subprocess.PIPE, text=True, check=False).stderr


def tidy(entry, build):
    words = ["clang-tidy", "-p", build, "--quiet", "--checks=-*," + ",".join(TIDY), entry["file"]]
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout


def main():
    build, top = (os.path.realpath(argument) for argument in sys.argv[1:3])
    wanted = {os.path.relpath(os.path.realpath(path), top) for path in sys.argv[3:]}
    found = count = 0
    for name, entry in sources(build, top):
        if wanted and name not in wanted:
            continue
        count += 1
        for match in WARNING.finditer(gcc(entry) + tidy(entry, build)):
            place = os.path.relpath(match["file"], top)
            if (place, match["name"]) not in ARGUED:
                print(f"{place}:{match['line']}: {match['text']} [{match['name']}]", flush=True)
                found += 1
    print(f"{count} files, {found} findings that are not argued")
    return 1 if found or not count else 0


sys.exit(main())
