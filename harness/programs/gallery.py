#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""gallery.py HVSPEC SOURCE COMPILER [-j N] [-s SCENARIOS]... [NAME...]

Makes programs of the galleries' probes, wrong ones and right ones, each with a `main` around it and the C library of this
system, and holds what is said of each program against the gallery's own table, which its tests hold the function against:
the same rules are broken, but for those that are about a function that is called. What a mistake does from the second
question of a boot on no program shows, for each is asked once: of those nothing else must be said. Without names, all that take a target
and return an int."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ENTRY = "hv_feature_available"

# Rules that are judged of a program otherwise than of its function, and why that is right.
OTHERWISE = {
    "platform-rdtscp": {"platform/deterministic"},  # a program may read the clock: its C library does
    "platform-pops-too-much": {"platform/no-fault"},  # its caller, main, dies of it
    # A program's stack begins in one place, where this one is always wrong.
    "platform-stack-page": {"platform/deterministic", "max/reaches-target"},
}
NO_PROGRAM = {"thread-local-descriptors"}  # its code is for shared objects alone

def rows(path):
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            yield [field.strip() for field in line.split("|")]


def listed(field):
    return set() if field == "-" else set(field.split(","))


def takes_questions(name, fail):
    """Whether a mistake needs several questions in one boot to show."""
    return "gaps/order-independent" in fail or name.startswith("later-")


def gallery(source):
    """File, its compiler flags, the rules that it breaks, those of "should", and whether it must break them."""
    for name, modes, entry, options, fail, nonstrict, _ in rows(source / "harness/broken/expected.txt"):
        if modes != "32" and entry == ENTRY and options == "int":
            yield (source / "harness/broken" / name, [], listed(fail), listed(nonstrict),
                   not takes_questions(name, listed(fail)))
    for row in rows(source / "harness/conforming/builds.txt"):
        name, modes, form, flags, nonstrict, speed = row[:6]
        path = source / "harness/conforming" / name
        if (path.stem not in NO_PROGRAM and modes in ("both", "64") and form == "so" and path.suffix == ".c" and speed != "slow"
                and not path.with_suffix(".yaml").exists() and (len(row) < 7 or row[6] in ("any", "gcc"))):
            yield path, [] if flags == "-" else flags.split(), set(), listed(nonstrict), True


def differences(arguments, folder, path, flags, fail, nonstrict, must):
    """What is said of the program and not of the function, or the reverse; a text each."""
    program = folder / path.stem
    built = subprocess.run([arguments.compiler, "-O2", "-g", "-w", f"-I{arguments.source}", *flags, path,
                            arguments.source / "harness/programs/main.c", "-o", program, "-lm"],
                           capture_output=True, text=True, check=False)
    if built.returncode != 0:
        return [f"it cannot be built: {built.stderr.splitlines()[0] if built.stderr else '?'}"]
    manifest = folder / f"{path.stem}.yaml"
    manifest.write_text(f"probe: {path.stem}\nrun: [./{path.stem}, $target]\n")
    command = [arguments.hvspec, "check", manifest, "-j1", "--report", "json=-", "-q", "--hunt-runs", "0"]
    for scenarios in arguments.scenarios or []:
        command += ["-s", scenarios]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        return [f"exit code {run.returncode}: {run.stderr.strip()}"]
    verdicts = {rule["id"]: rule["verdict"] for rule in json.loads(run.stdout)["probes"][0]["rules"]}
    applies = {rule for rule, verdict in verdicts.items() if verdict != "not-applicable"}
    said, otherwise = [], OTHERWISE.get(path.stem, set())
    for word, wanted in (("fail", fail), ("nonstrict", nonstrict)):
        found = {rule for rule, verdict in verdicts.items() if verdict == word} - otherwise
        wanted = wanted - otherwise
        said += [f"{rule}: no {word}, as the function's" for rule in sorted((wanted & applies) - found) if must]
        said += [f"{rule}: {word}, unlike the function's" for rule in sorted(found - wanted)]
    return said


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hvspec", type=os.path.abspath)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("compiler")
    parser.add_argument("-j", dest="jobs", type=int, default=1)
    parser.add_argument("-s", dest="scenarios", action="append")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_intermixed_args()
    chosen = [row for row in gallery(arguments.source) if not arguments.names or row[0].stem in arguments.names]
    if len(chosen) < max(1, len(arguments.names)):
        print("no such probe among", *arguments.names)
        return 2
    bad = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as workers:
        for row, said in zip(chosen, workers.map(lambda row: differences(arguments, pathlib.Path(folder), *row), chosen)):
            name = row[0].stem
            bad += bool(said)
            print("FAIL" if said else "ok  ", name, *said, sep="\n     " if said else "  ", flush=True)
    print(f"{len(chosen)} programs, {bad} judged unlike their functions")
    return 1 if bad else 0


sys.exit(main())
