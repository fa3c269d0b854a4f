#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""interrupt_test.py HVSPEC PROBES: a check that is interrupted, or whose reports do not fit on the
disk, says what was not written, exits 3, and leaves each report file complete or as it was, nothing
beside it, and no worker."""
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import xml.dom.minidom

failures = []


def check(what, good, shown=""):
    print("ok  " if good else "FAIL", what, "" if good else shown)
    if not good:
        failures.append(what)


def leftovers(folder):
    """What stands in the folder beside the reports: half-written files."""
    return [path.name for path in folder.iterdir() if "hvspec-" in path.name]


def workers(parent):
    """The processes of a group, the program's own among them; its children belong to nobody when
    it has ended."""
    return subprocess.run(["pgrep", "-g", str(parent)], capture_output=True, text=True).stdout.split()


def start(program, probes, folder, *options, **more):
    many = sorted((probes / "reference").glob("reference-*.so"))
    return subprocess.Popen([program, "check", "-j2", *options, *many], cwd=folder, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0, **more)


def interrupted(program, probes, folder, number, formats):
    old = folder / "old.json"
    old.write_text("as it was")
    reports = [f"--report={name}={name}.out" for name in formats]
    process = start(program, probes, folder, *reports, "--report=json=old.json",
                    "--baseline=new.txt", "--update-baseline")
    deadline = time.monotonic() + 60
    while len(workers(process.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)  # until it is at work, which takes some seconds in all
    process.send_signal(number)
    out, error = process.communicate(timeout=60)
    name = f"{number.name}, {'+'.join(formats)}"
    check(f"{name}: exits 3", process.returncode == 3, process.returncode)
    check(f"{name}: says so", "hvspec: interrupted" in error, error)
    for path in [f"{form}.out" for form in formats] + ["old.json", "new.txt"]:
        check(f"{name}: {path} is said to be missing", f"hvspec: {path}: not written" in error, error)
    check(f"{name}: no report", not list(folder.glob("*.out")) and not (folder / "new.txt").exists())
    check(f"{name}: the old file stays", old.read_text() == "as it was")
    check(f"{name}: nothing beside it", leftovers(folder) == [], leftovers(folder))
    check(f"{name}: no worker is left", workers(process.pid) == [])


def whole_or_absent(folder):
    """Every report that is there is complete."""
    for path in folder.glob("*.out"):
        if path.name.startswith("json") or path.name.startswith("sarif"):
            json.loads(path.read_text())
        elif path.name.startswith("junit") or path.name.startswith("cunit"):
            xml.dom.minidom.parseString(path.read_bytes())
        elif path.name.startswith("html"):
            assert path.read_text().endswith("</html>\n")
    return True


def killed_at_any_time(program, probes, folder, formats):
    """Signals while reports are being written: what is there is whole."""
    seen, done, wait = set(), 0, 0
    while done < 3 and wait < 60000:  # until it is through before the signal comes, also when slow
        for path in folder.glob("*.out"):
            path.unlink()
        process = subprocess.Popen(
            [program, "check", "-q", "-s", "max/zero",
             *[f"--report={name}={name}.out" for name in formats],
             str(probes / "broken/64/max-signed.so")], cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(wait / 1000)
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=60)
        seen.add(process.returncode)
        check(f"SIGTERM after {wait} ms: reports are whole or absent", whole_or_absent(folder))
        done += process.returncode in (0, 1)
        if process.returncode in (0, 1):
            check(f"SIGTERM after {wait} ms: all are there",
                  len(list(folder.glob("*.out"))) == len(formats), error)
        if process.returncode != -signal.SIGTERM:  # ahead of the handler nothing was begun
            check(f"SIGTERM after {wait} ms: nothing beside them", leftovers(folder) == [])
        wait += max(4, wait // 8)
    check("some were ended and some were not", len(seen) > 1, seen)


def ended(program, probes, command, number, words):
    """A search that is ended at any time says so: its exit code is its verdict's, or 3 with a line, once it catches
    signals."""
    seen, wait = 0, 20
    while seen < 3 and wait < 30000:  # until it is at work when the signal comes, also when slow
        process = subprocess.Popen([program, command, str(probes / "reference/reference-gcc-O2-64.so")], text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(wait / 1000)
        process.send_signal(number)
        _, error = process.communicate(timeout=60)
        good = process.returncode in (0, -number) or (process.returncode == 3 and words in error)
        check(f"{command}, {number.name} after {wait} ms", good, (process.returncode, error))
        seen += process.returncode == 3
        if process.returncode == 0:
            break
        wait += max(10, wait // 4)
    check(f"{command}, {number.name}: was ended at work", seen > 0)


def full_disk(program, probes, folder, formats):
    """A limit on the size of files stands for the disk: each format fails in the middle."""
    limit = 2000

    def low():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = subprocess.run(
        [program, "check", "-q", "-j1", "-s", "max/unsigned",
         *[f"--report={name}={name}.out" for name in formats],
         str(probes / "broken/64/max-signed.so")], cwd=folder, text=True, capture_output=True,
        preexec_fn=low, check=False)
    check("full: exits 3", process.returncode == 3, process.returncode)
    for name in formats:
        check(f"full: {name} is said", f"hvspec: {name}.out: cannot write the report: File too large"
              in process.stderr, process.stderr)
    check("full: no report", not list(folder.glob("*.out")))
    check("full: nothing beside it", leftovers(folder) == [], leftovers(folder))
    check("full: the verdict is said all the same", "does not conform: " in process.stdout)


def tiny_disk(program, probes, folder):
    """A real one, where mounting is allowed."""
    mount = folder / "disk"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(mount)],
                      capture_output=True, check=False).returncode != 0:
        print("--   no file system may be mounted here: the tiny disk is left out")
        return
    try:
        (mount / "page.html").write_text("as it was")
        process = subprocess.run(
            [program, "check", "-q", "-s", "max/zero", "--report=html=disk/page.html",
             "--report=tap=small.out", str(probes / "reference/reference-gcc-O2-64.so")],
            cwd=folder, text=True, capture_output=True, check=False)
        check("disk: exits 3", process.returncode == 3, process.returncode)
        check("disk: says so", "disk/page.html: cannot write the report: No space left on device"
              in process.stderr, process.stderr)
        check("disk: the old file stays", (mount / "page.html").read_text() == "as it was")
        check("disk: nothing beside it", leftovers(mount) == [], leftovers(mount))
        check("disk: the report elsewhere is there", (folder / "small.out").exists())
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def worker_killed(program, probes, folder):
    """What ends a worker from outside is no crash of the emulator, and is told as what it was; a check
    can do without its hunt."""
    for command, words in (
            (["hunt", "--runs", "4000000", "--searches", "1"], "; what it found before is in "),
            (["check", "--hunt-runs", "40000000"], "; --hunt-runs 0 leaves the hunt out")):
        search_killed([program, *command, "-j1", "--no-solver"], probes, folder, words)


def search_killed(command, probes, folder, words):
    process = subprocess.Popen(
        [*command, str(probes / "reference/reference-gcc-O2-64.so")], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0)
    deadline = time.monotonic() + 60
    while len(workers(process.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    for worker in workers(process.pid):
        if int(worker) != process.pid:
            os.kill(int(worker), signal.SIGKILL)
    _, error = process.communicate(timeout=60)
    check("a worker is killed: exits 3", process.returncode == 3, process.returncode)
    check("a worker is killed: says by what", re.search(
        r"search \d+ of a hunt was lost: the worker process was killed by signal 9.*" + words, error), error)


def main(program, probes):
    program, probes = os.path.abspath(program), pathlib.Path(probes).resolve()
    formats = ["json", "junit", "sarif", "tap", "html", "console"]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with tempfile.TemporaryDirectory() as folder:
            interrupted(program, probes, pathlib.Path(folder), number, formats)
    with tempfile.TemporaryDirectory() as folder:
        interrupted(program, probes, pathlib.Path(folder), signal.SIGINT, ["cunit"])
    for part, *more in ((killed_at_any_time, formats + ["cunit"]), (full_disk, formats[:5]),
                        (tiny_disk,), (worker_killed,)):
        with tempfile.TemporaryDirectory() as folder:
            part(program, probes, pathlib.Path(folder), *more)
    ended(program, probes, "audit", signal.SIGTERM, "hvspec: interrupted: the report holds what was found so far")
    ended(program, probes, "prove", signal.SIGTERM, "hvspec: interrupted: nothing is proven, and no report is written")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
