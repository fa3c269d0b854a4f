#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""coverage_test.py DATA COMPILER BROKEN_TABLE ARGUMENT...: runs every broken probe, the probes that
conform and the audit of the reference (broken_table --coverage), which has to leave no hole, and
holds what each rule turned out to be good for against DATA, which `hvspec list rules --coverage`
shows. A scenario that is newer than DATA is no failure, so that adding one takes no other edit; the
command says which those are. Other compilers make other probes: then only holes are looked for.

coverage_test.py --write DATA ... writes DATA anew.

coverage_test.py --names DATA HVSPEC measures nothing, and only demands that DATA knows the rules that
probes are judged by, under the names that they have now."""
import json
import pathlib
import subprocess
import sys
import tempfile


def version(compiler):
    return subprocess.run([compiler, "--version"], capture_output=True, text=True,
                          check=True).stdout.splitlines()[0]


def without(data, scenarios):
    """The data without what these scenarios show."""
    data = json.loads(json.dumps(data))
    data["scenarios"] = [one for one in data["scenarios"] if one["id"] not in scenarios]
    for rule in data["rules"]:
        rule["scenarios"] = {key: one for key, one in rule["scenarios"].items()
                             if key not in scenarios}
    return data


def differences(kept, found):
    """What is not as DATA has it, a line each."""
    new = {one["id"] for one in found["scenarios"]} - {one["id"] for one in kept["scenarios"]}
    if new:
        print(f"newer than the data: {', '.join(sorted(new))}")
    old, fresh = kept, without(found, new)
    for key in old:
        if key in ("rules", "audits") or old[key] == fresh.get(key):
            continue
        yield f"{key}: {old[key]} became {fresh.get(key)}"
    if not new and old["audits"] != fresh["audits"]:
        yield f"audits: {old['audits']} became {fresh['audits']}"
    for one, other in zip(old["rules"], fresh["rules"], strict=True):
        for key in one:
            if new and key in ("mutants", "mutants_alone"):
                continue
            if one[key] != other[key]:
                yield f"{one['id']}: {key} differs"


def main(write, data, compiler, *command):
    made_with = version(compiler)
    with tempfile.TemporaryDirectory() as folder:
        output = data if write else f"{folder}/coverage.json"
        done = subprocess.run([*command, "1/1", "--coverage", output, made_with], check=False)
        if done.returncode != 0 or write:
            return done.returncode
        found = json.loads(pathlib.Path(output).read_text())
    kept = json.loads(pathlib.Path(data).read_text())
    if kept["made_with"] != [made_with]:
        print(f"not compared: made with {kept['made_with']}, here is {made_with}")
        return 0
    failures = list(differences(kept, found))
    for failure in failures:
        print(f"{data}: {failure}")
    if failures:
        print("the rules' coverage has changed: cmake --build BUILD --target coverage")
    return 1 if failures else 0


def names(data, hvspec):
    """Whether DATA is of an older catalogue: a rule was added, removed or renamed since."""
    listed = subprocess.run([hvspec, "list", "rules", "--json"], capture_output=True, text=True,
                            check=True).stdout
    now = {rule["id"] for rule in json.loads(listed)["rules"]}
    kept = {rule["id"] for rule in json.loads(pathlib.Path(data).read_text())["rules"]}
    for rule in sorted(now ^ kept):
        print(f"{data}: {rule}: {'not measured yet' if rule in now else 'no longer a rule'}")
    if now != kept:
        print("the measured data is older than the rules: cmake --build BUILD --target coverage")
    return 1 if not now or now != kept else 0


if __name__ == "__main__":
    if sys.argv[1] == "--names":
        sys.exit(names(*sys.argv[2:]))
    WRITE = sys.argv[1] == "--write"
    sys.exit(main(WRITE, *sys.argv[2 if WRITE else 1:]))
