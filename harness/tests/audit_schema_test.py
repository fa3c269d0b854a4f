#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""audit_schema_test.py HVSPEC SCHEMA PROBES: what an audit writes as JSON satisfies the published
schema, adds up, and is the same for any number of workers; the schema refuses the same report with
one thing wrong, and one that a signal cut short is complete as far as it goes."""
import copy
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

try:
    import jsonschema
    jsonschema.Draft202012Validator
except (ImportError, AttributeError):
    print("skipped: python3-jsonschema 4.0 or newer is not there")
    sys.exit(77)

# One mistake each, made by hand: a path in the report and the value put there.
MISTAKES = [
    (["format"], "hvspec-audit/1"),
    (["seed"], -1),
    (["seed"], "12"),
    (["thorough"], "no"),
    (["scenarios_sha256"], "abc"),
    (["changes"], []),
    (["rules", 0, "level"], "may"),
    (["probes", 0, "instructions"], 0),
    (["probes", 0, "counts", "killed"], -1),
    (["probes", 0, "mutants", 0, "fate"], "dead"),
    (["probes", 0, "mutants", 0, "address"], "1040"),
    (["probes", 0, "mutants", 0, "line"], 0),
    (["probes", 0, "mutants", 0, "rules"], ["max"]),
]


def audit(hvspec, *arguments):
    done = subprocess.run([hvspec, "audit", "--json", *arguments], capture_output=True, check=False)
    return done.returncode, done.stdout


def objects(value, path=()):
    """Every object in a report and where it is."""
    if isinstance(value, dict):
        yield path
        for key, item in value.items():
            yield from objects(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value[:3]):
            yield from objects(item, (*path, index))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def refuses(validator, report, failures):
    """One field too few or too many anywhere, and the mistakes above."""
    for path in list(objects(report)):
        for key in at(report, path):
            bad = copy.deepcopy(report)
            del at(bad, path)[key]
            if validator.is_valid(bad):
                failures.append(f"{path} may lack {key}")
        bad = copy.deepcopy(report)
        at(bad, path)["unknown"] = 1
        if validator.is_valid(bad):
            failures.append(f"{path} may have an unknown field")
    for path, value in MISTAKES:
        bad = copy.deepcopy(report)
        at(bad, path[:-1])[path[-1]] = value
        if validator.is_valid(bad):
            failures.append(f"{path} may be {value}")


def adds_up(report, failures):
    """What a schema cannot say."""
    changes = [change["name"] for change in report["changes"]]
    rules = [rule["id"] for rule in report["rules"]]
    for probe in report["probes"]:
        fates = [mutant["fate"] for mutant in probe["mutants"]]
        for fate, count in probe["counts"].items():
            if fates.count(fate) != count:
                failures.append(f"{probe['probe']}: {count} {fate}, but {fates.count(fate)} listed")
        order = [(mutant["instruction"], changes.index(mutant["change"]))
                 for mutant in probe["mutants"]]
        if order != sorted(order):
            failures.append(f"{probe['probe']}: not in order")
        for mutant in probe["mutants"]:
            if not set(mutant["rules"]) <= set(rules):
                failures.append(f"unknown rules: {mutant['rules']}")
            if mutant["instruction"] >= probe["instructions"]:
                failures.append("an instruction that is not there")


def has_children(process):
    """Workers start when the audit can be interrupted."""
    return pathlib.Path(f"/proc/{process}/task/{process}/children").read_text() != ""


def main(hvspec, schema_path, probes):
    schema = json.loads(pathlib.Path(schema_path).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []
    probe = f"{probes}/reference/reference-gcc-O2-64.so"

    code, whole = audit(hvspec, "-j2", probe)
    if code != 0:
        failures.append(f"{probe}: exit code {code}")
    if audit(hvspec, "-j1", probe)[1] != whole:
        failures.append("one worker finds something else than two")
    code, weak = audit(hvspec, "-s", "max/zero", probe, f"{probes}/reference/reference-gcc-O2-32.so")
    if code != 1:
        failures.append(f"too few scenarios: exit code {code}")
    for text in (whole, weak):
        report = json.loads(text)
        for error in validator.iter_errors(report):
            failures.append(f"{list(error.absolute_path)}: {error.message[:200]}")
        adds_up(report, failures)
    if not any(mutant["fate"] == "survived" for mutant in json.loads(weak)["probes"][0]["mutants"]):
        failures.append("nothing survives on too few scenarios")
    refuses(validator, json.loads(whole), failures)

    with tempfile.TemporaryDirectory() as folder:
        cut = subprocess.Popen([hvspec, "audit", "--thorough", "-j1", "--report",
                                f"json={folder}/cut.json", "--report", f"html={folder}/cut.html",
                                probe], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True)
        while cut.poll() is None and not has_children(cut.pid):
            time.sleep(0.05)
        time.sleep(1)
        os.killpg(cut.pid, signal.SIGINT)  # as a terminal does: the workers get it as well
        shown, said = cut.communicate()
        if sorted(os.listdir(folder)) != ["cut.html", "cut.json"]:
            failures.append(f"cut: left {os.listdir(folder)}")
        report = json.loads(pathlib.Path(f"{folder}/cut.json").read_text())
        if not pathlib.Path(f"{folder}/cut.html").read_text().endswith("</html>\n"):
            failures.append("cut: half a page")
    for error in validator.iter_errors(report):
        failures.append(f"cut: {list(error.absolute_path)}: {error.message[:200]}")
    adds_up(report, failures)
    if not report["interrupted"] or cut.returncode != 3 or b"interrupted" not in said:
        failures.append(f"cut: exit code {cut.returncode}, {said}")
    if report["probes"] and report["probes"][0]["counts"]["undone"] == 0:
        failures.append("cut, but nothing is undone")
    if report["probes"] and b"not run" not in shown:
        failures.append("cut: the console does not say so")

    for failure in failures:
        print(failure)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
