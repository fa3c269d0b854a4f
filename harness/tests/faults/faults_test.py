#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""faults_test.py HVSPEC FAULTS REFERENCE BROKEN POINTS [COMMAND...]: memory, files, processes and
disks that fail under check, audit, hunt, sweep and merge.

Each command first runs undisturbed. Then, for each kind of failure, its calls of that kind are failed
one at a time, and from one on, at POINTS places spread over them. Whatever fails, a run ends as the
undisturbed one did, with the same reports, or says why not on standard error and exits with 3; it does
not crash, does not hang, and is never green with less than all judged."""
import os
import subprocess
import sys
import tempfile

HVSPEC, FAULTS, REFERENCE, BROKEN = (os.path.abspath(path) for path in sys.argv[1:5])
POINTS = int(sys.argv[5])
ONLY = sys.argv[6:]
TIMEOUT = 120  # seconds of one run

# Reports are files, so that an undisturbed run's can be compared byte for byte.
CASES = ["-s", "max/zero", "-s", "target/zero"]
COMMANDS = {
    "check": ["check", *CASES, "-j2", REFERENCE, "--report", "json=r.json", "--report", "html=r.html"],
    "check-broken": ["check", *CASES, "-j2", BROKEN, "--report", "json=r.json"],
    "audit": ["audit", *CASES, "-j2", REFERENCE, "--report", "json=r.json"],
    "hunt": ["hunt", "-s", "max/zero", "-j2", "--searches", "2", "--runs", "2000", "--json", REFERENCE],
    "sweep": ["sweep", "-j2", "--from", "0x40000000", "--to", "0x40000fff", REFERENCE,
              "--report", "json=r.json"],
    "sweep-broken": ["sweep", "-j2", "--from", "0x40000000", "--to", "0x40000fff", "--checkpoint",
                     "check.point", BROKEN, "--report", "json=r.json"],
    "merge": ["merge", "one.json", "two.json", "--report", "json=r.json"],
}
KEPT = {"one.json", "two.json", "count"}
LEFT = {"check.point"}  # says when it was written
# One of these is in what a run with exit code 3 says.
SAID = (b"hvspec: ", b"could not judge", b"could not be judged", b"\"unjudged\"")
# Failures that a run has to overcome: they are none, but the way that system calls are.
OVERCOME = {"eintr", "short"}
KINDS = ["memory", "map", "short", "space", "eintr", "files", "fork", "kill"]


def run(arguments, folder, fault=None, count=None):
    """The exit code (negative: a signal; None: it hung), standard error and the reports."""
    environment = dict(os.environ, LC_ALL="C")
    for name in os.listdir(folder):
        if name not in KEPT:
            os.remove(os.path.join(folder, name))
    if fault:
        environment.update(LD_PRELOAD=FAULTS, HVSPEC_FAULT=fault)
    if count:
        environment["HVSPEC_FAULT_COUNT"] = count
    try:
        done = subprocess.run([HVSPEC, *arguments], cwd=folder, env=environment, timeout=TIMEOUT,
                              stdin=subprocess.DEVNULL, capture_output=True)
    except subprocess.TimeoutExpired:
        return None, b"", {}
    reports = {"standard output": done.stdout}
    for name in os.listdir(folder):
        if name not in KEPT and name not in LEFT:
            with open(os.path.join(folder, name), "rb") as stream:
                reports[name] = stream.read()
    return done.returncode, done.stderr, reports


def spread(count, points):
    """Places from the first call to the last, denser ahead, where a run sets itself up."""
    if count <= points:
        return list(range(1, count + 1))
    places = {1 + int((count - 1) * (i / (points - 1)) ** 2) for i in range(points)}
    return sorted(places)


def judge(code, errors, reports, good):
    """What is wrong with a run; None: nothing."""
    if code is None:
        return "it hangs"
    if code < 0 or code > 3:
        return f"it ends by a signal or with {code}"
    if code == good[0] and reports == good[2]:
        return None
    if code != 3:
        return f"it exits with {code}" + ("" if reports == good[2] else " and other reports")
    said = errors + reports.get("standard output", b"")
    return None if any(word in said for word in SAID) else "it exits with 3 and says nothing"


def test(name, folder):
    arguments = COMMANDS[name]
    good = run(arguments, folder)
    wrong, runs = [], 0
    if good[0] not in (0, 1) or len(good[2]) < 1:
        return [f"{name}: undisturbed it exits with {good[0]}: {good[1].decode()}"], 1
    for kind in KINDS:
        counted = os.path.join(folder, "count")
        run(arguments, folder, kind, counted)
        with open(counted, encoding="ascii") as stream:
            calls = int(stream.read())
        if kind == "kill":
            calls = POINTS  # of children, which nobody counts
        for place in spread(calls, POINTS):
            for suffix in ("", ":all"):
                if kind in OVERCOME and suffix:
                    if kind == "eintr":
                        continue  # a call that is interrupted every time is no machine's
                fault = f"{kind}:{place}{suffix}"
                code, errors, reports = run(arguments, folder, fault)
                complaint = judge(code, errors, reports, good)
                if not complaint and kind in OVERCOME and code == 3:
                    complaint = "it does not overcome that: " + errors.decode(errors="replace")
                runs += 1
                if complaint:
                    wrong.append(f"{name}, {fault}: {complaint}")
    print(f"{name}: {runs} runs, {len(wrong)} wrong", flush=True)
    return wrong, runs


def main():
    wrong, runs = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for part, name in ((1, "one.json"), (2, "two.json")):
            subprocess.run([HVSPEC, "check", *CASES, "--shard", f"{part}/2", REFERENCE, "--report",
                            f"json={name}"], cwd=folder, check=False, capture_output=True)
        for name in COMMANDS:
            if not ONLY or name in ONLY:
                found, count = test(name, folder)
                wrong += found
                runs += count
    for line in wrong:
        print(line)
    print(f"{runs} failures injected, {len(wrong)} wrong")
    return 1 if wrong else 0


sys.exit(main())
