#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long proofs take: for each build of the reference beside the sweep of all 2^32 values of each of two
registers for one feature, and as questions and leaves that are walked over grow.

usage: prove_bench.py HVSPEC SOURCE PROBES COMPILER

Times are processor time, so that other work on the machine counts little. A sweep of both registers is
measured on one part of 8,192, on one worker and without what starting takes, and multiplied.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PARTS = 8192
NOTHING = 1000000  # parts so small that one takes as long as starting
WALKS = (16, 32, 64, 128, 255)
QUESTIONS = (1, 2, 4, 8)
COUNTS = r"^(\w+): .*\((\d+) paths?, (\d+) quer"

WALK = """#include "harness/conforming/probe.h"
int hv_feature_available(uint32_t target) {{
    const uint32_t maximum = cpuid(BASE).eax;
    uint32_t odd = 0;
    for (uint32_t leaf = BASE + 1; leaf <= BASE + {count} && leaf <= maximum; leaf++)
        odd += cpuid(leaf).ebx & 1;
    return odd > 255 ? 0 : detect(target);
}}
"""
# It counts its calls, so that questions are followed one by one.
KEEPS = """#include "harness/conforming/probe.h"
static uint32_t asked, last;
int hv_feature_available(uint32_t target) {
    last = asked++ * target ^ last;
    return last == 0x13579bdf && asked > 1000000 ? 0 : detect(target);
}
"""


def run(*command):
    before = os.times()
    done = subprocess.run(command, capture_output=True, text=True)
    after = os.times()
    return (after.children_user - before.children_user + after.children_system -
            before.children_system), done.stdout + done.stderr


def proof(hvspec, scratch, probe, *options):
    seconds, text = run(hvspec, "prove", "--out", scratch, *options, str(probe))
    found = re.search(COUNTS, text, re.M)
    if not found:
        sys.exit(f"{probe}: {text.strip()[-300:]}")
    return seconds, found.group(1), int(found.group(2)), int(found.group(3))


def swept(hvspec, scratch, probe, parts):
    seconds, text = run(hvspec, "sweep", "-q", "-j1", "--shard", f"1/{parts}", "--out", scratch,
                        str(probe))
    if f"part 1 of {parts} holds" not in text:
        sys.exit(f"{probe}: {text.strip()[-300:]}")
    return seconds


def build(compiler, source, scratch, name, text):
    (scratch / f"{name}.c").write_text(text)
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-nostdlib", "-ffreestanding", "-I", source,
                    "-o", scratch / f"{name}.so", scratch / f"{name}.c"], check=True)
    return scratch / f"{name}.so"


def main():
    hvspec, source, probes, compiler = sys.argv[1], *map(Path, sys.argv[2:4]), sys.argv[4]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        print("| build | proof s | verdict | paths | queries | sweep s | ratio |\n"
              "|---|--:|---|--:|--:|--:|--:|")
        for probe in sorted((probes / "reference").glob("reference-*.so")):
            seconds, verdict, paths, queries = proof(hvspec, folder, probe)
            sweep = (swept(hvspec, folder, probe, PARTS) -
                     swept(hvspec, folder, probe, NOTHING)) * PARTS
            print(f"| {probe.stem} | {seconds:.2f} | {verdict} | {paths} | {queries} | "
                  f"{sweep:.0f} | {sweep / seconds:.0f} |", flush=True)
        for what, rows in (("leaves walked over", WALKS), ("questions in a boot", QUESTIONS)):
            print(f"\n| {what} | proof s | verdict | paths | queries |\n|--:|--:|---|--:|--:|")
            for count in rows:
                walks = rows is WALKS
                probe = build(compiler, source, scratch, f"{'walk' if walks else 'keeps'}-{count}",
                              WALK.format(count=count) if walks else KEEPS)
                options = () if walks else ("--questions", str(count))
                seconds, verdict, paths, queries = proof(hvspec, folder, probe, *options)
                print(f"| {count} | {seconds:.2f} | {verdict} | {paths} | {queries} |", flush=True)


if __name__ == "__main__":
    main()
