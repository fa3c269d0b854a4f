#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cases_example_test.py HVSPEC SOURCE: `list cases --json` is as its schema says and gives every case, and
the examples in other languages find a right function right and a wrong one wrong on them."""
import json
import pathlib
import shutil
import subprocess
import sys

failures = []


def check(what, good, shown=""):
    print("ok  " if good else "FAIL", what, "" if good else repr(shown)[:500])
    if not good:
        failures.append(what)


def main(program, source):
    source = pathlib.Path(source)
    text = subprocess.run([program, "list", "cases", "--json"], check=True, capture_output=True, text=True).stdout
    cases = json.loads(text)["cases"]
    names = subprocess.run([program, "list", "scenarios", "--names", "-v"], check=True, capture_output=True,
                           text=True).stdout.split()
    check("every case is there, in order", [case["id"] for case in cases] == names, len(cases))
    try:
        import jsonschema
        schema = json.loads((source / "harness/scenario/cases.schema.json").read_text(encoding="utf-8"))
        few = {"cases": cases[::40]}
        jsonschema.Draft202012Validator(schema).validate(few)
        few["cases"][0]["leaves"][0]["eax"] = 1
        check("the schema refuses numbers", list(jsonschema.Draft202012Validator(schema).iter_errors(few)) != [])
    except ImportError:
        print("jsonschema (Debian package python3-jsonschema) not found: the schema is not held against")
    for name, runner in (("cases.py", sys.executable), ("cases.mjs", shutil.which("node"))):
        if not runner:
            print(f"{name}: node (Debian package nodejs) not found: skipped")
            continue
        example = source / "examples/cases" / name
        done = subprocess.run([runner, example], input=text, capture_output=True, text=True, check=False)
        check(f"{name}: its function is right", done.returncode == 0 and done.stdout ==
              f"{len(cases)} cases, 0 wrong answers\n", done.stdout[-300:] + done.stderr[-300:])
        wrong = pathlib.Path.cwd() / f"wrong-{name}"
        wrong.write_text(example.read_text(encoding="utf-8").replace(">= target", "> target"), encoding="utf-8")
        done = subprocess.run([runner, wrong], input=text, capture_output=True, text=True, check=False)
        check(f"{name}: a maximum that has to be above the target is found", done.returncode == 1 and
              "max/reaches:" in done.stdout or "is available" in done.stdout, done.stdout[-300:] + done.stderr[-300:])
        wrong.unlink()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
