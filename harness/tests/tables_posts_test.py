#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tables_posts_test.py HVSPEC POSTS: each dump in the folder gets what its verdicts.txt says, and no table more."""
import json
import os
import subprocess
import sys


def leaves(text):
    """"01-03 10" as a set of numbers."""
    found = set()
    for part in text.split():
        if part != "-":
            first, _, last = part.partition("-")
            found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def read(path):
    """Of each file: its tables by name, each with the fields of its line; or the words of its refusal."""
    files = {}
    for line in open(path):
        if line.startswith("#"):
            continue
        name, rest = line.strip().split(None, 1)
        tables = files.setdefault(name.partition("#")[0], {})
        tables[name] = rest.removeprefix("refused: ") if rest.startswith("refused: ") else \
            [field.strip() for field in rest.split("|")]
    return files


def complain(table, wanted):
    """What of the report's table is not as wanted."""
    form, processors, maximum, zero, features, rules = wanted
    top = int(table["maximum"], 16)
    zeros = {leaf & 0xff for entry in table["leaves"] if int(entry["eax"], 16) == 0
             for leaf in range(int(entry["first"], 16), min(int(entry["last"], 16), top) + 1)}
    broken = [f"{rule['verdict']} {rule['id']}" for rule in table["rules"] if rule["verdict"] not in ("pass", "not-exercised")]
    found = {
        "format": (table["arch"], form),
        "processors": (int(table["entry"].split()[0]), int(processors)),
        "maximum": (table["maximum"], maximum),
        "zero leaves": (zeros, leaves(zero.removeprefix("zero"))),
        "features": ({int(feature["leaf"], 16) & 0xff for feature in table["features"]},
                     leaves(features.removeprefix("features"))),
        "rules": (", ".join(broken) or "none", "none" if rules == "nothing" else rules),
        "something that could fail": (not any("nothing that could fail" in note for note in table["notes"]), rules != "nothing"),
    }
    return [f"{table['name']}: {what} {got}, not {due}" for what, (got, due) in found.items() if got != due]


def judge(hvspec, path, tables):
    name = os.path.basename(path)
    run = subprocess.run([hvspec, "check", "-q", path, "--report", "json"], capture_output=True, text=True)
    refusal = tables.get(name)
    if isinstance(refusal, str):
        right = run.returncode == 2 and refusal in run.stderr and run.stderr.count("\n") == 1 and not run.stdout
        return [] if right else [f"{name}: exit code {run.returncode}, {run.stderr}"]
    nothing = any(wanted[-1] == "nothing" for wanted in tables.values())
    if run.returncode != (2 if nothing else 0):
        return [f"{name}: exit code {run.returncode}, {run.stderr}"]
    subjects = {table["name"]: table for table in json.loads(run.stdout)["probes"]}
    if list(subjects) != list(tables):
        return [f"{name}: tables {list(subjects)}, not {list(tables)}"]
    return [complaint for key, wanted in tables.items() for complaint in complain(subjects[key], wanted)]


def main(hvspec, posts):
    files = read(os.path.join(posts, "verdicts.txt"))
    present = {name for name in os.listdir(posts) if name != "verdicts.txt"}
    complaints = [f"{name}: no verdict, or no file" for name in sorted(present ^ set(files))]
    for name in sorted(present & set(files)):
        complaints += judge(hvspec, os.path.join(posts, name), files[name])
    print("\n".join(complaints + [f"{len(files)} posts, {len(complaints)} complaints"]))
    return 1 if complaints or not files else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
