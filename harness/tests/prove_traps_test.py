#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a proof might go wrong: each trap is built, and has to be judged as its first comment says.

proven, refuted, open, or unproven: refuted or open, and never proven. Behind the colon may come options,
up to another colon. A manifest beside it, NAME.yaml, says how it is called. What is "found" too is a
find of a short hunt, which draws no such number and has it from the solver.

usage: prove_traps_test.py HVSPEC SOURCE COMPILER [LEVEL...]
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ALLOWED = {"proven": {0}, "refuted": {1}, "open": {3}, "unproven": {1, 3}}
FLAGS = ["-shared", "-fPIC", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-w"]


def is_found(hvspec, probe, scratch):
    run = subprocess.run([hvspec, "hunt", "--runs", "2000", "--fail-fast", "--out", scratch, probe],
                         capture_output=True, text=True)
    return run.returncode == 1


def called(trap, probe):
    """What to hand to hvspec: the manifest where there is one."""
    manifest = trap.with_suffix(".yaml")
    if not manifest.exists():
        return probe
    copy = probe.with_suffix(".yaml")
    copy.write_text(manifest.read_text().replace("trap.so", probe.name))
    return copy


def main():
    hvspec, source, compiler = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    levels = sys.argv[4:] or ["-O2"]
    traps = sorted((source / "harness/prove/tests/traps").glob("*.c"))
    failed = not traps
    with tempfile.TemporaryDirectory() as scratch:
        for trap in traps:
            wanted, found, options = re.search(r"^/\* (\w+)(, and found)?:(?: (--.*?):)? ",
                                               trap.read_text(), re.M).groups()
            for level in levels:
                probe = Path(scratch) / f"{trap.stem}{level}.so"
                subprocess.run([compiler, *FLAGS, level, "-I", source, "-o", probe, trap],
                               check=True, stderr=subprocess.DEVNULL)
                run = subprocess.run([hvspec, "prove", "--out", scratch, *(options or "").split(),
                                      called(trap, probe)], capture_output=True, text=True)
                if "built without" in run.stdout:
                    print("built without libVEX or Z3: nothing to test")
                    return 77
                if run.returncode not in ALLOWED[wanted]:
                    failed = True
                    print(f"{trap.stem} {level}: to be {wanted}, and is not:\n{run.stdout}"
                          f"{run.stderr}")
                if found and not is_found(hvspec, probe, scratch):
                    failed = True
                    print(f"{trap.stem} {level}: a hunt does not find it")
    print(f"{len(traps)} traps")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
