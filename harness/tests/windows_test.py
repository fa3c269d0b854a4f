#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""windows_test.py HVSPEC SOURCE [PART/PARTS]: wrong and right probes built for Windows and UEFI, as COFF
objects and PE images, get the verdicts that their rows state, which their ELF builds get too. With what
compilers there are: MinGW's, and Clang's for the two windows targets; 77 without any. What a compiler
refuses (GNU's indirect functions, assembly for one format) is counted. PARTS: every so many of them."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

COMMON = ["-O2", "-g", "-ffreestanding", "-fno-stack-protector", "-w"]
BUILDS = [
    # name, compiler and flags, ending, bits
    ("mingw-object", ["x86_64-w64-mingw32-gcc", "-c"], ".o", 64),
    ("mingw-image", ["x86_64-w64-mingw32-gcc", "-shared", "-nostdlib"], ".dll", 64),
    ("mingw-object-32", ["i686-w64-mingw32-gcc", "-c"], ".o", 32),
    ("mingw-image-32", ["i686-w64-mingw32-gcc", "-shared", "-nostdlib"], ".dll", 32),
    ("clang-object", ["clang", "--target=x86_64-unknown-windows", "-gdwarf", "-c"], ".obj", 64),
    ("clang-object-32", ["clang", "--target=i686-unknown-windows", "-gdwarf", "-c"], ".obj", 32),
]


def rows(path):
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            yield [field.strip() for field in line.split("|")]


def listed(field):
    return set() if field == "-" else set(field.split(","))


def probes(source):
    """(file, bits, options of check, rules that fail, rules that are nonstrict)"""
    folder = source / "harness/broken"
    for file, modes, entry, options, fail, nonstrict, _ in rows(folder / "expected.txt"):
        if options != "manifest" and file.endswith(".c"):
            more = {"int": [], "value": ["-a", "value"], "presence": ["--profile", "presence"]}[options]
            for bits in (64, 32) if modes == "both" else (int(modes),):
                yield folder / file, bits, ["-e", entry, *more], listed(fail), listed(nonstrict)
    folder = source / "harness/conforming"
    for file, modes, form, flags, nonstrict, speed, _ in rows(folder / "builds.txt"):
        plain = form in ("so", "o") and flags == "-" and speed == "usual" and file.endswith(".c")
        if plain and not (folder / file).with_suffix(".yaml").exists():
            for bits in (64, 32) if modes == "both" else (int(modes),):
                yield folder / file, bits, [], set(), listed(nonstrict)


def examine(hvspec, source, folder, number, build, probe):
    """What is wrong, "" for nothing, None where it cannot be built."""
    name, command, ending, _ = build
    file, _, options, fail, nonstrict = probe
    output = pathlib.Path(folder) / f"{number}{ending}"
    made = subprocess.run([*command, *COMMON, f"-I{source}", str(file), "-o", str(output)],
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        return None
    run = subprocess.run([hvspec, "check", "-j1", "-q", "--report", "json", *options, str(output)],
                         capture_output=True, text=True, check=False)
    output.unlink()
    if run.returncode not in (0, 1):
        return f"{name} {file.name}: exit code {run.returncode}: {run.stderr.strip()}"
    verdicts = json.loads(run.stdout)["probes"][0]["rules"]
    for what, wanted in (("fail", fail), ("nonstrict", nonstrict)):
        found = {rule["id"] for rule in verdicts if rule["verdict"] == what}
        if found != wanted:
            return f"{name} {file.name}: {what}: {sorted(found)} instead of {sorted(wanted)}"
    return ""


def main(hvspec, source, part="1/1"):
    first, step = (int(number) for number in part.split("/"))
    builds = [build for build in BUILDS if shutil.which(build[1][0])]
    if not any("mingw" in build[0] for build in builds):
        print("no MinGW here (gcc-mingw-w64): its builds are left out")
    if not builds:
        return 77
    jobs = [(build, probe) for probe in probes(pathlib.Path(source)) for build in builds
            if build[3] == probe[1]][first - 1::step]
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda job: examine(hvspec, source, folder, *job),
                                ((i, *job) for i, job in enumerate(jobs))))
    wrong = [result for result in results if result]
    refused = [f"{job[0][0]} {job[1][0].name}" for job, result in zip(jobs, results) if result is None]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{len(jobs)} builds, {len(refused)} refused by the compiler, {len(wrong)} wrong")
    if "-v" in sys.argv:
        print(*refused, sep="\n")
    return 1 if wrong or len(refused) * 4 > len(jobs) else 0


if __name__ == "__main__":
    sys.exit(main(*[argument for argument in sys.argv[1:] if argument != "-v"]))
