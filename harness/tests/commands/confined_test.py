#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""confined_test.py HVSPEC PROBES: workers that run guest code and write nothing are behind the kernel's
filter while they run it, where `hvspec version` says so; what may read files for them runs no guest code."""
import pathlib
import subprocess
import sys

FILTERED = "2"  # of /proc/PID/status, Seccomp


def children(pid):
    try:
        return [int(each) for each in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def filtered(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    return f"\nSeccomp:\t{FILTERED}\n" in status


def ever_confined(command):
    """Whether a worker is seen behind the filter before the command ends."""
    seen = False
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        while run.poll() is None and not seen:
            seen = any(filtered(child) for child in children(run.pid))
        run.kill()
    return seen


hvspec, probes = sys.argv[1], pathlib.Path(sys.argv[2])
if "filter: on" not in subprocess.run([hvspec, "version"], capture_output=True, text=True, check=True).stdout:
    print("no filter here: skipped")
    sys.exit(77)
reference = str(probes / "reference" / "reference-gcc-O2-64.so")
program = str(probes / "programs" / "reference-dynamic.yaml")
rows = [["check", reference], ["audit", reference], ["sweep", reference]]
if pathlib.Path(program).exists():
    rows += [["check", program]]
failed = [row for row in rows if not ever_confined([hvspec, *row, "-j1"])]
for row in failed:
    print("no worker behind the filter:", *row)
sys.exit(1 if failed else 0)
