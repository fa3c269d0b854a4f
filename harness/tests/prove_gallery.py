#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a proof comes to on every bundled probe.

Each broken probe has to be refuted, and none of the rules that harness/broken/expected.txt says it
breaks may be proven. Each conforming probe, and each build of the reference, has to be proven.
harness/prove/gallery.txt lists those that are something else, and why. Prints how many are what.

usage: prove_gallery.py HVSPEC SOURCE PROBES [PART/PARTS]
"""
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SECONDS = 20  # for one probe
OUTLASTED = "one question to the solver outlasted --time"  # where Z3 looks at no clock


def rows(path):
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield [field.strip() for field in line.split("|")]


class Probe:
    """`breaks`: the must-rules that it breaks; None: it is right."""

    def __init__(self, path, options, breaks, name):
        self.path, self.options, self.breaks, self.name = path, options, breaks, name


def broken(source, probes):
    """Every broken probe in each mode that it is built for."""
    for file, modes, entry, options, fails, _, *_ in rows(source / "harness/broken/expected.txt"):
        name = file.rsplit(".", 1)[0]
        for mode in ("64", "32") if modes == "both" else (modes,):
            path = probes / "broken" / mode / f"{name}.so"
            call = ["-e", entry, "-a", "value" if options == "value" else "int"]
            if options == "manifest":
                path, call = path.with_suffix(".yaml"), []
            if options == "presence":
                call += ["--profile", "presence"]
            yield Probe(path, call, [] if fails == "-" else fails.split(","), f"broken/{name}")


def right(probes):
    """Every conforming probe, and every build of the reference that is called as C code is."""
    for folder in ("conforming", "reference"):
        for name, abi, *_ in rows(probes / folder / "list.txt"):
            if folder == "reference" and (abi not in ("sysv64", "cdecl32") or name.endswith(".yaml")):
                continue  # a manifest has to say how it is called, or has several probes
            yield Probe(probes / folder / name, [], None, f"{folder}/{Path(name).stem}")


def prove(hvspec, probe, scratch):
    try:
        run = subprocess.run([hvspec, "prove", "--time", str(SECONDS), "--out", scratch, *probe.options,
                              str(probe.path)], capture_output=True, text=True, timeout=3 * SECONDS)
    except subprocess.TimeoutExpired:
        return 3, {"": "open"}, f"{OUTLASTED}: the time is up"
    verdicts = dict((rule, verdict) for verdict, rule in
                    re.findall(r"^(proven|refuted|open) +(\S+/\S+) ", run.stdout, re.M))
    return run.returncode, verdicts, run.stdout + run.stderr


VERDICTS = {0: "proven", 1: "refuted", 3: "open"}


def expectations(source):
    """By probe: the verdict, and the reasons, where it is not what such a probe is to be."""
    return {name: (verdict, reasons[0].split(" / ") if reasons else [])
            for name, verdict, *reasons in rows(source / "harness/prove/gallery.txt")}


def surprises(probe, code, text, expected):
    """Where the verdict is not the very one that is listed."""
    usual = "proven" if probe.breaks is None else "refuted"
    verdict, reasons = expected.get(probe.name, (usual, []))
    allowed = {usual, "open"} if verdict == "slow" else {verdict}
    if OUTLASTED in text and verdict != "slow":
        yield OUTLASTED
    late = code == 3 and "the time is up" in text  # on a machine that is busy with something else
    if VERDICTS[code] not in allowed and not late:
        yield f"{VERDICTS[code]}, and not {verdict}: harness/prove/gallery.txt"
    elif verdict == "open" and not late and not any(f"because {why}" in " ".join(text.split())
                                                    for why in reasons):
        yield f"open, but not because {' or '.join(reasons)}"


def complaints(probe, code, verdicts, text, expected):
    if code not in (0, 1, 3) or not verdicts:
        yield f"exit {code}: {text.strip()[-300:]}"
    elif probe.breaks is not None:
        for rule in probe.breaks:
            if verdicts.get(rule) == "proven":
                yield f"{rule} is broken, and proven"
        if probe.breaks and code == 0:
            yield "it is broken, and proven"
    elif code == 1:
        yield "it is right, and refuted"
    if code in VERDICTS and verdicts:
        yield from surprises(probe, code, text, expected)


def main():
    hvspec, source, probes = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    part, parts = map(int, sys.argv[4].split("/")) if len(sys.argv) > 4 else (1, 1)
    if subprocess.run([hvspec, "prove", "--out", tempfile.gettempdir(), "-q",
                       str(probes / "reference/reference-gcc-O2-64.so")],
                      capture_output=True, text=True).stdout.find("built without") >= 0:
        print("built without libVEX or Z3: nothing to test")
        return 77
    expected = expectations(source)
    gallery = {"broken": list(broken(source, probes)), "right": list(right(probes))}
    failed = False
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, all_of in gallery.items():
            some = all_of[part - 1::parts]
            counts = {0: 0, 1: 0, 3: 0}
            for probe, result in zip(some, pool.map(lambda p: prove(hvspec, p, scratch), some)):
                counts[result[0]] = counts.get(result[0], 0) + 1
                for complaint in complaints(probe, *result, expected):
                    print(f"{probe.path}: {complaint}")
                    failed = True
            print(f"{name}: {len(some)} probes, {counts[0]} proven, {counts[1]} refuted, "
                  f"{counts[3]} open")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
