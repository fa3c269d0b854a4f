#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How rare a value may be for a plain check to meet it, by the place that it stands in.

rarity.py HVSPEC GCC PAGE [WIDTH...]: builds right probes but for one value in 2^WIDTH, picked by a hash,
of one register, checks each without the solver, which knows what no draw meets, and writes PAGE. Several
hashes for each cell: a share is told, not luck.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HASHES = 4
WIDTHS = (10, 12, 14)
# Place: what is hashed, and when; `max` is read from BASE, `at` the target's values once in range.
PLACES = {
    "maximum at the target or above": ("BASE", "max", "!(max < target)"),
    "maximum below the target": ("BASE", "max", "max < target"),
    "EAX of the target": ("target", "eax", "!(max < target)"),
    "EBX of the target": ("target", "ebx", "!(max < target)"),
    "EDX of the target": ("target", "edx", "!(max < target)"),
    "EBX of 0x40000000": ("BASE", "ebx", "1"),
    "EDX of 0x40000000": ("BASE", "edx", "1"),
    "EAX of the leaf below the target": ("target - 1", "eax", "target > BASE + 1"),
    "EDX of leaf 1": ("1", "edx", "1"),
}
PROBE = """
typedef unsigned u32;
#define BASE 0x40000000u
typedef struct {{ u32 eax, ebx, ecx, edx; }} regs;
static regs cpuid(u32 leaf) {{
    regs r;
    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(0));
    return r;
}}
int hv_feature_available(u32 target) {{
    u32 max = cpuid(BASE).eax, right = max < target ? 0 : cpuid(target).eax != 0;
    if ({when}) {{
        u32 h = {what};
        h = (h ^ {salt}u) * 0x85ebca6bu;
        h = (h ^ h >> 13) * 0xc2b2ae35u;
        if ((h ^ h >> 16) >> {shift} == {pick}u)
            return !right;
    }}
    return right;
}}
"""


def is_met(hvspec, compiler, folder, place, width, number):
    """Whether a plain check finds the probe wrong; None: it came to nothing."""
    leaf, register, when = PLACES[place]
    what = "max" if register == "max" else f"cpuid({leaf}).{register}"
    source = folder / "probe.c"
    source.write_text(PROBE.format(when=when, what=what, salt=hex(0x9e3779b9 * (number + 1) & 0xffffffff),
                                   shift=32 - width, pick=(0x5bd1e995 >> number) % (1 << width)))
    probe = folder / "probe.so"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", probe, source], check=True)
    run = subprocess.run([hvspec, "check", "-q", "--no-solver", probe], capture_output=True, text=True, check=False)
    return {0: False, 1: True}.get(run.returncode)


def cell(hvspec, compiler, folder, place, width):
    met = [is_met(hvspec, compiler, folder, place, width, number) for number in range(HASHES)]
    if None in met:
        sys.exit(f"{place}, one in 2^{width}: a check came to nothing")
    print(f"{place}: one in {1 << width}: {sum(met)} of {HASHES}", flush=True)
    return f"{sum(met)} of {HASHES}"


def main():
    hvspec, compiler, page = sys.argv[1:4]
    widths = [int(width) for width in sys.argv[4:]] or WIDTHS
    version = subprocess.run([hvspec, "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    os.environ.pop("HVSPEC_SEED", None)
    with tempfile.TemporaryDirectory() as name:
        rows = [(place, [cell(hvspec, compiler, pathlib.Path(name), place, width) for width in widths])
                for place in PLACES]
    lines = ["# How rare a value a check meets", "",
             f"Written by `cmake --build build --target rarity`, hvspec {version}. Probes that are right but for one value in so",
             f"many of one register, picked by a hash ({HASHES} hashes a cell): how many of them a plain `hvspec check` finds, by its",
             "cases' twins and the draws of its short hunt alone (`--no-solver`). The solver behind them, `hvspec prove` and",
             "`hvspec hunt` know rarer ones; a value that stands in the code is met wherever it is.", "",
             "| one value in | " + " | ".join(str(1 << width) for width in widths) + " |",
             "|---" * (len(widths) + 1) + "|"]
    lines += [f"| {place} | " + " | ".join(cells) + " |" for place, cells in rows]
    pathlib.Path(page).write_text("\n".join(lines) + "\n")


main()
