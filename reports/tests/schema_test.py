#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""schema_test.py SCHEMA PROGRAM: the JSON writer's output satisfies the schema, and the schema
refuses the same output with one thing wrong. PROGRAM is sample_report."""
import copy
import json
import subprocess
import sys

try:
    import jsonschema
    jsonschema.Draft202012Validator
except (ImportError, AttributeError):
    print("skipped: python3-jsonschema 4.0 or newer is not there")
    sys.exit(77)

# Fields whose object is a map from rule to verdict, so that none of its keys is required.
MAPS = {"verdicts"}

# The same in the sample with a baseline.
GATE_MISTAKES = [(["gate", "lines", 0, "state"], "listed")]

# Fields that only a report with a baseline has.
OPTIONAL = {"gate", "listed"}

# Values that no field of the type may be replaced with.
WRONG = {str: 5, bool: "yes", int: -1, list: {}, dict: []}

# One mistake each, made by hand: a path in a sample and the value put there.
SWEEP_MISTAKES = [
    (["probes", 0, "sweeps"], []),
    (["probes", 0, "sweeps", 0, "what"], "ebx"),
    (["probes", 0, "sweeps", 0, "to"], 4294967295),
    (["probes", 0, "sweeps", 0, "stride"], 0),
    (["probes", 0, "sweeps", 0, "verdict"], "pass"),
    (["probes", 0, "sweeps", 1, "unjudged_first"], 7),
    (["probes", 0, "sweeps", 0, "rules", 0, "last"], "ffffffff"),
]
MISTAKES = [
    (["seed"], 9007199254740992),
    (["seed"], "12"),
    (["summary", "exit_code"], 4),
    (["summary", "rules", "pass"], 1.5),
    (["probes", 0, "verdict"], "nonstrict"),
    (["probes", 0, "sha256"], "abc"),
    (["probes", 0, "rules", 0, "verdict"], "passed"),
    (["probes", 0, "rules", 0, "level"], "may"),
    (["probes", 0, "rules", 0, "id"], "read-first"),
    (["probes", 0, "cpuid_sites", 0, "address"], "1040"),
    (["probes", 0, "cpuid_sites", 0, "address"], "0x01040"),
    (["probes", 0, "rules", 1, "violation_examples", 0, "target"], "0x10"),
    (["probes", 0, "rules", 1, "violation_examples", 0, "target"], "0x4000001G"),
    (["probes", 0, "scenarios", 1, "verdicts", "max/read-first"], "ok"),
    (["probes", 0, "scenarios", 1, "verdicts", "readfirst"], "pass"),
    (["probes", 0, "notes", 0], None),
]


def places(value, path=()):
    """Every place in a document, with one element standing for each array."""
    yield path, value
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], path + (key,))
    elif isinstance(value, list) and value:
        longest = max(range(len(value)), key=lambda i: len(json.dumps(value[i])))
        yield from places(value[longest], path + (longest,))


def parent(document, path):
    for key in path[:-1]:
        document = document[key]
    return document


def broken(document, mistakes, within=()):
    """Copies of the document with one thing wrong (below a key of `within`, if any), each with a
    line that says what."""
    for path, value in places(document):
        if within and not set(within) & set(path):
            continue
        if type(value) in WRONG and path:
            changed = copy.deepcopy(document)
            parent(changed, path)[path[-1]] = WRONG[type(value)]
            yield f"{path} = {WRONG[type(value)]!r}", changed
        if not isinstance(value, dict):
            continue
        changed = copy.deepcopy(document)
        parent(changed, path + ("x",))["surplus"] = "pass"
        yield f"{path} has a surplus key", changed
        for key in value if not MAPS & set(path) else ():
            if key in OPTIONAL and path[:1] != ("gate",):
                continue
            changed = copy.deepcopy(document)
            del parent(changed, path + (key,))[key]
            yield f"{path} lacks {key}", changed
    for path, value in mistakes:
        changed = copy.deepcopy(document)
        parent(changed, path)[path[-1]] = value
        yield f"{path} = {value!r}", changed


def main(schema_path, program):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []
    names = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    documents = {
        name: json.loads(subprocess.run([program, "json", name], check=True,
                                        capture_output=True).stdout.decode("utf-8"))
        for name in names
    }
    for name, document in documents.items():
        failures += [f"{name}: {error.json_path}: {error.message}"
                     for error in validator.iter_errors(document)]
    refused = 0
    for what, document in [*broken(documents["small"], MISTAKES),
                           *broken(documents["swept"], SWEEP_MISTAKES, ["sweeps"]),
                           *broken(documents["gate-fails"], GATE_MISTAKES, ["gate"])]:
        if validator.is_valid(document):
            failures.append(f"accepted although {what}")
        refused += 1
    print(*failures, f"{len(documents)} reports, {refused} broken ones", sep="\n")
    return 1 if failures or refused < 100 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
