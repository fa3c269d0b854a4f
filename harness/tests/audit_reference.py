#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The suite audited on builds of the reference probe.

audit_reference.py HVSPEC FOLDER REPORT GCC CLANG: on a few builds, no mutant survives and every one
turns only rules red whose text describes what was changed. Rows of REPORT that are not what is found
any more are told, which is no failure.
audit_reference.py --write HVSPEC FOLDER REPORT GCC CLANG: the same on all builds, and writes REPORT.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ALL = [f"reference-{compiler}-{level}-{bits}.so" for compiler in ("gcc", "clang")
       for level in ("O0", "O1", "O2", "O3", "Os") for bits in (64, 32)]
FEW = ["reference-gcc-O2-64.so", "reference-gcc-Os-32.so", "reference-clang-O2-64.so"]

# The reference's code decides three times: whether the maximum reaches the target, whether EAX of
# the target is 0, and, where the compiler left it, whether the outcome is "available". A decision
# that is wrong breaks what the mail says of it; a maximum taken for higher than it is also has the
# target read beyond it.
STEP_1 = {"max/below-is-absent", "max/reaches-target", "max/no-read-beyond"}
STEP_2 = {"target/zero-is-absent", "target/nonzero-is-present"}
ANSWER = {"max/below-is-absent"} | STEP_2
DECISIONS = [STEP_1, STEP_2, ANSWER]
# A leaf that is changed is often none of the block's any more, but one of the processor's.
OUTSIDE = "generic/processor-ignored"
# CPUID with another leaf: one that stands for the maximum, or one that stands for the target.
LEAVES = [STEP_1 | STEP_2 | {"max/read-first", "target/is-read", "gaps/other-leaves-ignored",
                             "generic/every-range", OUTSIDE}]
# Another register of CPUID's results, or of what the caller had in it, takes part in a decision, is
# a leaf, or is put back as one that belongs to the caller.
REGISTERS = [STEP_1 | STEP_2 | {"target/is-read", "target/eax-alone", "generic/signature-ignored", OUTSIDE,
                                "platform/registers-preserved", "platform/deterministic"}]
# Whatever the code does may go missing; what it has not cannot: state between questions, a value
# that is reported, outcomes with names, a look at the presence bit.
ANYTHING_OF = {"max/read-first", "target/is-read", "target/eax-alone", "gaps/other-leaves-ignored",
               "generic/signature-ignored", "generic/every-range", OUTSIDE, "platform/returns",
               "platform/no-fault", "platform/registers-preserved", "platform/stack-balanced",
               "platform/own-memory-only", "platform/deterministic", "platform/subleaf-zero"}
ANYTHING = [STEP_1 | STEP_2 | ANYTHING_OF]
MAY_TURN_RED = {
    "removed": ANYTHING,
    "condition inverted": DECISIONS,
    "condition strictness": DECISIONS,
    "condition sign": DECISIONS,
    "immediate": ANYTHING,
    "operands swapped": DECISIONS,
    "narrowed to 8 bits": DECISIONS,
    "narrowed to 16 bits": DECISIONS,
    "leaf": LEAVES,
    "register": REGISTERS,
}
# What each kind of change has to turn red somewhere.
MUST_TURN_RED = {
    "removed": {"max/reaches-target", "target/is-read", "platform/subleaf-zero"},
    "condition inverted": STEP_1 | STEP_2,
    "condition strictness": {"max/reaches-target"},  # equality is in range
    "condition sign": {"max/reaches-target"},        # 0x80000000 and more are
    "immediate": {"max/read-first"},                 # of 0x40000000
    "operands swapped": STEP_1,
    "narrowed to 8 bits": {"max/below-is-absent", "target/nonzero-is-present"},
    "narrowed to 16 bits": {"max/below-is-absent", "target/nonzero-is-present"},
    "leaf": {"max/read-first", "target/is-read"},
    "register": {"target/eax-alone", "generic/signature-ignored"},
}

HEAD = """# The suite audited on the reference probe

Every one-change mutant of the machine code, in all builds: gcc and clang, -O0 to -O3 and -Os, 64 and 32
bits. Written by `cmake --build build --target audit-reference` (about five minutes); a test repeats some of
it. Compilers: {compilers}.

"""


def version(compiler):
    return subprocess.run([compiler, "--version"], capture_output=True, text=True,
                          check=True).stdout.splitlines()[0]


def wrong_attributions(audit):
    """Mutants that accuse a rule which says nothing about what was changed, and kinds of changes
    that accuse too little."""
    seen = {change["name"]: set() for change in audit["changes"]}
    for name in seen.keys() ^ MAY_TURN_RED.keys():
        yield f"{name}: a change that this test, or the audit, does not know"
    for probe in audit["probes"]:
        for mutant in probe["mutants"]:
            red = set(mutant["rules"])
            seen[mutant["change"]] |= red
            if not any(red <= group for group in MAY_TURN_RED.get(mutant["change"], [])):
                yield (f"{probe['probe']}: {mutant['change']}, {mutant['before']} -> "
                       f"{mutant['after']} at line {mutant['line']} turns {sorted(red)} red")
    for name, rules in MUST_TURN_RED.items():
        for rule in rules - seen.get(name, set()):
            yield f"{name}: no mutant turns {rule} red"


def stale_rows(table, report, compilers):
    """Rows of the probes' table that REPORT has otherwise."""
    if f"Compilers: {compilers}." not in report:
        print(f"rows not compared: here is {compilers}")
        return
    for row in table.splitlines():
        if row.startswith("| `reference-") and row not in report.splitlines():
            yield f"not in the report any more (target audit-reference writes it anew): {row}"


def main(write, hvspec, folder, report, *compilers):
    hvspec, report = os.path.abspath(hvspec), pathlib.Path(report).resolve()
    versions = ", ".join(version(compiler) for compiler in compilers)
    builds = [build for build in (ALL if write else FEW) if (pathlib.Path(folder) / build).exists()]
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [hvspec, "audit", "-q", "--report", f"json={scratch}/audit.json", "--report",
             f"markdown={scratch}/audit.md", *builds], cwd=folder, check=False)
        audit = json.loads(pathlib.Path(f"{scratch}/audit.json").read_text())
        table = pathlib.Path(f"{scratch}/audit.md").read_text()
    failures = [] if done.returncode == 0 else [f"hvspec audit: exit code {done.returncode}"]
    failures += wrong_attributions(audit)
    failures += [f"{probe['probe']}: some mutants are invalid" for probe in audit["probes"]
                 if probe["counts"]["invalid"] > 0]
    if write:
        report.write_text(HEAD.format(compilers=versions) + table)
    else:
        print(*stale_rows(table, report.read_text(), versions), sep="\n")
    for failure in failures:
        print(failure)
    print(f"{len(builds)} builds, {len(failures)} failures")
    return 1 if failures or not builds else 0


if __name__ == "__main__":
    WRITE = sys.argv[1] == "--write"
    sys.exit(main(WRITE, *sys.argv[2 if WRITE else 1:]))
