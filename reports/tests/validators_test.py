#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""validators_test.py PROGRAM FOLDER: pages and SARIF files of all sample reports are taken by others'
validators: html-validate, and Microsoft's SARIF Multitool, which know more than the schema. They are
looked for in FOLDER, where `cmake --build build --target validators` puts them, and in the PATH. 77:
neither is there. Of the Multitool errors count; its warnings want what a report cannot know (a web
address of the tool, a line in a file without lines)."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

# Which sets of its rules html-validate goes by. One is left out: the filter acts while one types.
RULES = {"root": True, "extends": ["html-validate:standard", "html-validate:a11y"],
         "rules": {"wcag/h32": "off"}}


def tool(folder, local, name):
    path = folder / "node_modules" / local
    if path.exists():
        path.chmod(path.stat().st_mode | 0o100)
        return str(path)
    return shutil.which(name)


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120,
                          env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
    return done.returncode, done.stdout + done.stderr


def write(program, kind, folder):
    names = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    for name in names:
        text = subprocess.run([program, kind, name], check=True, capture_output=True).stdout
        (folder / f"{name}.{kind}").write_bytes(text)
    return [str(folder / f"{name}.{kind}") for name in names]


def check_pages(validate, program, folder):
    """What is wrong with the pages, and with the validator if it takes a wrong one."""
    (folder / ".htmlvalidate.json").write_text(json.dumps(RULES), encoding="utf-8")
    pages = write(program, "html", folder)
    code, said = run([validate, *pages])
    failures = [said] if code != 0 else []
    wrong = folder / "wrong.html"
    wrong.write_text(pathlib.Path(pages[0]).read_text(encoding="utf-8").replace(
        "</main>", "<p id=\"matrix\"><div></div></p></main>"), encoding="utf-8")
    if run([validate, str(wrong)])[0] == 0:
        failures.append("html-validate takes a page with an id twice and a div in a p")
    return failures, len(pages)


def sarif_errors(validate, files):
    code, said = run([validate, "validate", *files])
    return [line for line in said.splitlines() if ": error " in line] or (
        [said] if code != 0 else [])


def check_sarif(validate, program, folder):
    files = write(program, "sarif", folder)
    failures = sarif_errors(validate, files)
    document = json.loads(pathlib.Path(files[0]).read_text(encoding="utf-8"))
    document["runs"][0]["results"][0]["ruleIndex"] = 1000
    wrong = folder / "wrong.sarif"
    wrong.write_text(json.dumps(document), encoding="utf-8")
    if not sarif_errors(validate, [str(wrong)]):
        failures.append("the Multitool takes a result of a rule that is not there")
    return failures, len(files)


def main(program, folder):
    folder = pathlib.Path(folder)
    found = {
        check_pages: tool(folder, ".bin/html-validate", "html-validate"),
        check_sarif: tool(folder, "@microsoft/sarif-multitool-linux/Sarif.Multitool",
                          "Sarif.Multitool"),
    }
    failures, counts = [], []
    for check, path in found.items():
        if not path:
            print(f"{check.__name__}: no validator there: `cmake --build build --target validators`"
                  " fetches it from npm")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            wrong, count = check(path, program, pathlib.Path(scratch))
            failures += wrong
            counts.append(count)
    print(*failures, f"{len(counts)} validators, {sum(counts)} files", sep="\n")
    if not counts:
        return 77
    return 1 if failures or min(counts) < 4 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
