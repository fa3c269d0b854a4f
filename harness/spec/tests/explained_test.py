#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""explained_test.py HVSPEC CC: what `hvspec explain` shows is so: the code that breaks a rule is compiled and
breaks it, and the mended code keeps it. Of rules about tables, and of those whose code is a piece without
an answer, nothing is run. Exits 77, skipped, without the compiler."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

PRELUDE = """
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#define HV_NOT_AVAILABLE 0
#define HV_NOT_IMPLEMENTED 2
#define HV_AVAILABLE 1
struct regs { uint32_t eax, ebx, ecx, edx; };
uint32_t picoseconds;
static inline struct regs cpuid(uint32_t leaf) {
    struct regs r = {leaf, 0, 0, 0};
    __asm__ volatile("cpuid" : "+a"(r.eax), "=b"(r.ebx), "+c"(r.ecx), "=d"(r.edx));
    return r;
}
static inline uint32_t cpuid_eax(uint32_t leaf) { return cpuid(leaf).eax; }
static inline uint32_t cpuid_ebx(uint32_t leaf) { return cpuid(leaf).ebx; }
static inline uint32_t cpuid_ecx(uint32_t leaf) { return cpuid(leaf).ecx; }
static inline int detect(uint32_t target) {
    return cpuid_eax(0x40000000) >= target && cpuid_eax(target) != 0;
}
"""
FUNCTION = "bool hv_feature_available(uint32_t target)"
# What stands ahead of pieces that say that it does, and what is called.
AHEAD = {
    "target/nonzero-is-present": "if (cpuid_eax(0x40000000) < target) return false;",
    "target/eax-alone": "if (cpuid_eax(0x40000000) < 0x40000010) return false;",
    "gaps/other-leaves-ignored": "uint32_t max = cpuid_eax(0x40000000);",
    "generic/signature-ignored": "char signature[12]; struct regs base = cpuid(0x40000000);"
                                 "memcpy(signature, &base.ebx, 12);",
    "platform/returns": "uint32_t max = cpuid_eax(0x40000000);",
    "platform/no-fault": "if (cpuid_eax(0x40000000) < 0x40000010) return false;",
}
ONE_LEAF = {"target/eax-alone", "platform/no-fault"}
PIECES = {"target/zero-is-absent", "target/value-intact", "target/outcome-named", "platform/registers-preserved",
          "platform/stack-balanced", "platform/own-memory-only", "platform/deterministic", "platform/subleaf-zero"}
failures = []


def build(folder, cc, rule, code):
    source, made = folder / "x.c", folder / "x.so"
    if "hv_feature_available" in code:
        text = code
    else:
        text = "%s {\n%s\n%s\n}\n" % (FUNCTION, AHEAD.get(rule, ""), code)
    source.write_text(PRELUDE + FUNCTION + ";\n" + text)
    done = subprocess.run([cc, "-O1", "-fPIC", "-shared", "-o", made, source], capture_output=True, text=True,
                          check=False)
    if done.returncode:
        failures.append(f"{rule}: {done.stderr}")
    return made


def broken(hvspec, made, rule, further):
    probe = made
    if rule in ONE_LEAF:
        probe = made.with_suffix(".yaml")
        probe.write_text("probe: x\nfile: x.so\nanswer: {in: al}\ntargets: [0x40000010]\n")
    answer = [] if probe != made else ["-a", "bool"]
    done = subprocess.run([hvspec, "check", "--report", "json", *answer, "-r", rule, "--hunt-runs", "0", *further, probe],
                          capture_output=True, text=True, check=False)
    if done.returncode > 1:
        failures.append(f"{rule}: {done.stderr}{done.stdout[-300:]}")
        return None
    found = {row["id"]: row["verdict"] for row in json.loads(done.stdout)["probes"][0]["rules"]}
    return found.get(rule) in ("fail", "nonstrict")


def explained(hvspec, rule):
    """The two pieces of code: all that stands in the column behind the word."""
    pieces, word = {}, None
    text = subprocess.run([hvspec, "explain", rule], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        word = line[2:13].strip() or word
        pieces.setdefault(word, []).append(line[13:])
    return {word: "\n".join(lines) for word, lines in pieces.items()}


def main():
    hvspec, cc = sys.argv[1:3]
    if not shutil.which(cc):
        print(f"{cc} not found: skipped")
        sys.exit(77)
    rules = subprocess.run([hvspec, "list", "rules", "--names"], check=True, capture_output=True,
                           text=True).stdout.split()
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in rules:
            if name.startswith("hypervisor/") or name in PIECES:
                continue
            profile = ["--profile", "presence"] if name.startswith("presence/") else []
            tried += 1
            code = explained(hvspec, name)
            some = [word for line in code["scenarios"].splitlines()[:2] for word in ("-s", line.split(":")[0])]
            for key, wanted in (("breaks it", True), ("mended", False)):
                made = build(pathlib.Path(folder), cc, name, code[key])
                further = profile + (["--fail-fast"] if wanted else some)
                if made.exists() and broken(hvspec, made, name, further) is not wanted:
                    failures.append(f"{name}: the code that {'breaks' if wanted else 'keeps'} it does not")
                made.unlink(missing_ok=True)
    for failure in failures:
        print(failure)
    print(f"{tried} rules tried")
    sys.exit(1 if failures or tried < 10 else 0)


main()
