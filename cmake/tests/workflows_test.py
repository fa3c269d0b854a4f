#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""workflows_test.py EXAMPLE SOURCE PREFIX: the example's workflow files, as far as they can be tried
without their services: they are YAML of the form that these read, give actions only inputs that they
have, keep every report that is written, and their shell lines make a clean clone of the example green,
and red with a regression in it. PREFIX is an installation of hvspec; what fetches and installs it is
read, not run. Exits 77, skipped, without PyYAML or git."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print("PyYAML (Debian package python3-yaml) not found: skipped")
    sys.exit(77)

# What each action takes, from its action.yml.
INPUTS = {
    "actions/checkout": {"repository", "ref", "token", "path", "fetch-depth", "submodules"},
    "actions/upload-artifact": {"name", "path", "if-no-files-found", "retention-days",
                                "compression-level", "overwrite", "include-hidden-files"},
    "github/codeql-action/upload-sarif": {"sarif_file", "checkout_path", "ref", "sha", "token",
                                          "category", "wait-for-processing"},
}
REQUIRED = {"actions/upload-artifact": {"path"}}
failures = []


def check(what, good, shown=""):
    if not good:
        print("FAIL", what, shown)
        failures.append(what)


def reports_in(command):
    return set(re.findall(r"--report \w+=(\S+)", command))


def github(path):
    """The shell lines after those that install hvspec, and the files that are kept."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    check("github: it runs on pushes and pull requests",  # YAML 1.1 reads "on" as true
          set(document.get("on", document.get(True))) == {"push", "pull_request"})
    (job,) = document["jobs"].values()
    check("github: a runner", job["runs-on"].startswith("ubuntu-"))
    kept, lines, fetched = set(), [], []
    for step in job["steps"]:
        check("github: a step either uses or runs", ("uses" in step) != ("run" in step), step)
        if "run" in step:
            (fetched if "HVSPEC_REPOSITORY" in step["run"] else lines).append(step["run"])
            continue
        name, _, version = step["uses"].partition("@")
        given = set(step.get("with", {}))
        check(f"github: {name} is known", name in INPUTS)
        check(f"github: {name} has a version", re.fullmatch(r"v\d+", version), version)
        check(f"github: inputs of {name}", given <= INPUTS.get(name, set()), given)
        check(f"github: required inputs of {name}", REQUIRED.get(name, set()) <= given, given)
        if "upload" in name:  # or a red check would keep nothing
            check(f"github: {name} runs in any case", step["if"].startswith("always()"))
        kept |= set(step.get("with", {}).get("path", "").split())
        if name.endswith("upload-sarif"):
            kept.add(step["with"]["sarif_file"])
            check("github: it may write findings", job["permissions"]["security-events"] == "write")
            check("github: a file that is not there is no second error",
                  f"hashFiles('{step['with']['sarif_file']}')" in step["if"])
    return fetched, lines, kept


def gitlab(path):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    ((_, job),) = document.items()
    artifacts = job["artifacts"]
    check("gitlab: an image", re.fullmatch(r"debian:\d+", job["image"]), job["image"])
    check("gitlab: reports are kept in any case", artifacts["when"] == "always")
    check("gitlab: JUnit is shown", artifacts["reports"]["junit"].endswith(".xml"))
    return (job["before_script"], job["script"],
            {*artifacts["paths"], artifacts["reports"]["junit"]})


def run(lines, folder, prefix):
    """As the services do: each line by itself, until one fails. Returns the exit code."""
    environment = {**os.environ, "CI": "true", "CMAKE_PREFIX_PATH": str(prefix),
                   "PATH": f"{prefix}/bin:{os.environ['PATH']}"}
    for name in ("CI_NODE_INDEX", "CI_NODE_TOTAL", "HVSPEC_DATA"):
        environment.pop(name, None)
    for line in lines:
        done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", line], cwd=folder, text=True,
                              env=environment, capture_output=True, check=False)
        if done.returncode != 0:
            return done.returncode, done.stdout + done.stderr
    return 0, ""


def clone(example, folder):
    """A repository with the example, and nothing else, at its top."""
    origin = folder / "origin"
    shutil.copytree(example, origin, ignore=shutil.ignore_patterns("build*"))
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@localhost", "-c", "init.defaultBranch=x"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *arguments], cwd=origin, check=True)
    return origin


def try_out(name, lines, kept, origin, folder, prefix):
    work = folder / name
    subprocess.run(["git", "clone", "-q", str(origin), str(work)], check=True)
    written = set().union(*(reports_in(line) for line in lines))
    check(f"{name}: every report that is written is kept", written and written == kept,
          (written, kept))
    code, said = run(lines, work, prefix)
    check(f"{name}: green", code == 0, said)
    for report in written:
        check(f"{name}: {report} is there", (work / report).is_file())
        (work / report).unlink(missing_ok=True)
    source = work / "detect.c"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("(DETECT_BASE) < leaf", "(DETECT_BASE) <= leaf"))
    check(f"{name}: the regression is one", source.read_text(encoding="utf-8") != text)
    code, said = run(lines, work, prefix)
    check(f"{name}: red with a regression", code == 1, (code, said))
    check(f"{name}: and says why", "new        max/reaches-target fail in" in said, said)
    for report in written:
        check(f"{name}: {report} is there when red", (work / report).is_file())


def main(example, source, prefix):
    if not shutil.which("git"):
        print("git not found: skipped")
        return 77
    example, prefix = pathlib.Path(example), pathlib.Path(prefix).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        origin = clone(example, folder)
        for name, read, path in (("github", github, ".github/workflows/hvspec.yml"),
                                 ("gitlab", gitlab, ".gitlab-ci.yml")):
            fetched, lines, kept = read(example / path)
            for line in fetched:
                good = subprocess.run(["bash", "-n", "-c", line], check=False).returncode == 0
                check(f"{name}: a line of shell", good, line)
            installs = "\n".join(fetched)
            check(f"{name}: hvspec is built and installed", "bootstrap" in installs
                  and "cmake --install" in installs)
            for script in re.findall(r"/(bootstrap)\"? check", installs):
                check(f"{name}: {script} is there", (pathlib.Path(source) / script).is_file())
            try_out(name, lines, kept, origin, folder, prefix)
    print("workflows:", len(failures), "failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
