#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds every #include against the table of folders in ARCHITECTURE.md.

A line of the table names a folder and the folders that it may include. These stand on earlier lines,
so that there can be no circle. `<header` on the left is a library that one folder alone may know.

usage: layers_test.py SOURCE
"""
import re
import subprocess
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)
PARTS = ("base", "emulator", "harness", "reports")
APART = re.compile(r"(^|/)tests/|^harness/(bench|broken|conforming|programs|reference|tables-gallery)/")


def read_table(text):
    """The rows of the block that begins with ```layers: folders in order, and who may know libraries."""
    block = re.search(r"^```layers\n(.*?)^```", text, re.M | re.S)
    if not block:
        sys.exit("ARCHITECTURE.md has no block that begins with ```layers")
    folders, libraries = {}, {}
    for line in block[1].splitlines():
        name, _, rest = line.partition(":")
        name, rest = name.strip(), rest.split()
        if name.startswith("<"):
            libraries[name[1:]] = rest
        elif name:
            folders[name] = rest
    return folders, libraries


def files(source):
    """What is compiled into the program, tests and probes left out."""
    for part in PARTS:
        for path in sorted((source / part).rglob("*.[ch]")):
            name = path.relative_to(source).as_posix()
            if not APART.search(name):
                yield name, path.read_text()


def complaints(folders, libraries, sources):
    order = {name: i for i, name in enumerate(folders)}
    used = {name: set() for name in folders}
    for name, allowed in folders.items():
        for other in allowed:
            if order.get(other, len(order)) >= order[name]:
                yield f"{name} may include {other}, which is not above it in the table"
    for name, text in sources:
        folder = name.rpartition("/")[0]
        if folder not in folders:
            yield f"{name}: its folder is not in the table"
            continue
        for own, foreign in INCLUDE.findall(text):
            if own:
                other = own.rpartition("/")[0]
                used[folder].add(other)
                if other not in (folder, *folders[folder]):
                    yield f"{name} includes {own}, but {folder} may not include {other}"
            for prefix, owners in libraries.items():
                if foreign.startswith(prefix) and folder not in owners:
                    yield f"{name} includes <{foreign}>, which only {' and '.join(owners)} may know"
    for name, allowed in folders.items():
        for other in allowed:
            if other not in used[name]:
                yield f"{name} may include {other}, and does not: take it out of the table"


def self_test():
    """Each kind of mistake is seen."""
    table = {"low": [], "high": ["low"]}, {"unicorn": ["low"]}
    good = [("low/a.c", '#include "low/a.h"\n#include <unicorn/unicorn.h>\n'),
            ("high/b.c", '#include "low/a.h"\n')]
    assert not list(complaints(*table, good))
    for bad in ('#include "high/b.h"\n', ):
        assert len(list(complaints(*table, good + [("low/c.c", bad)]))) == 1
    assert len(list(complaints(*table, good + [("high/c.c", "#include <unicorn/x86.h>\n")]))) == 1
    assert len(list(complaints(*table, good + [("new/c.c", "")]))) == 1
    assert len(list(complaints(*table, good[:1]))) == 1
    assert len(list(complaints({"low": ["high"], "high": []}, {},
                               [("low/a.c", '#include "high/b.h"\n')]))) == 1


def main():
    source = Path(sys.argv[1])
    self_test()
    found = list(complaints(*read_table((source / "ARCHITECTURE.md").read_text()), files(source)))
    for line in found:
        print(line)
    sys.exit(1 if found else 0)


main()
