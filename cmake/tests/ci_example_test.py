#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ci_example_test.py HVSPEC SOURCE PROBES: what examples/ci has a CI system run is run here as that
system would, with a probe that conforms and one that does not: the job ends as the check does, and the
reports are there either way."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not there")
    sys.exit(77)

REPORTS = {"hvspec.xml": "<testsuites", "hvspec.sarif": '"2.1.0"', "hvspec.html": "<!doctype html>",
           "hvspec.svg": "<svg"}


def run(what, script, environment, hvspec, wanted, folder, reports):
    """Runs a job's lines; returns how many things are wrong."""
    environment = {**os.environ, **environment,
                   "PATH": f"{pathlib.Path(hvspec).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder,
                          env=environment, capture_output=True, text=True, check=False)
    wrong = []
    if done.returncode != wanted:
        wrong.append(f"exit code {done.returncode} instead of {wanted}: {done.stderr}")
    for name, words in reports.items():
        path = pathlib.Path(folder, name)
        if not path.exists() or words not in path.read_text(encoding="utf-8"):
            wrong.append(f"{name} is not there, or has no {words}")
    for one in wrong:
        print(f"{what}: {one}")
    return len(wrong)


def main(hvspec, source, probes):
    hvspec = os.path.abspath(hvspec)
    here = pathlib.Path(source, "examples", "ci")
    action = yaml.safe_load((here / "action.yml").read_text(encoding="utf-8"))
    check = next(step for step in action["runs"]["steps"] if step["name"].startswith("Check"))
    head, job = yaml.safe_load_all((here / "template.yml").read_text(encoding="utf-8"))
    wrong = 0
    for name, wanted, words in (("reference/reference-gcc-O2-64.so", 0, "**hvspec: conforms**"),
                                ("broken/64/max-signed.so", 1, "### max/reaches-target")):
        inputs = {"probes": str(pathlib.Path(probes, name).resolve()), "options": "-s max/unsigned"}
        with tempfile.TemporaryDirectory() as folder:
            environment = {"PROBES": inputs["probes"], "OPTIONS": inputs["options"],
                           "GITHUB_STEP_SUMMARY": f"{folder}/summary.md"}
            if set(check["env"]) != {"PROBES", "OPTIONS"}:
                sys.exit(f"the action hands on {list(check['env'])}")
            wrong += run("action.yml", check["run"], environment, hvspec, wanted, folder,
                         {**REPORTS, "summary.md": words})
        with tempfile.TemporaryDirectory() as folder:
            script = "\n".join(job["hvspec"]["script"])
            if not set(re.findall(r"inputs\.(\w+)", script)) <= set(head["spec"]["inputs"]):
                sys.exit("the template uses an input that it does not have")
            script = re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda match: inputs[match[1]], script)
            wrong += run("template.yml", script, {}, hvspec, wanted, folder, REPORTS)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
