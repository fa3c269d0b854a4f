#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tables_gallery_test.py HVSPEC GALLERY: each table of the gallery breaks exactly the rules that it names.

A table names them in its head: "# rules: fail hypervisor/gap-returns-zero, info hypervisor/max-in-block", or "none";
"# note: ..." is a text that the notes of its report hold. Each is judged as it stands and written anew in the other
formats, by this file's own writers, and must fare alike in all of them.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

ROW = re.compile(r"^ +0x([0-9a-f]{8}) 0x([0-9a-f]{2}): eax=0x([0-9a-f]{8}) ebx=0x([0-9a-f]{8}) "
                 r"ecx=0x([0-9a-f]{8}) edx=0x([0-9a-f]{8})$")


def read(path):
    """The head's fields, and the rows of each processor."""
    fields, processors = {}, []
    for line in open(path):
        head = re.match(r"# (rules|note): (.*)$", line)
        row = ROW.match(line)
        if head:
            fields[head[1]] = head[2]
        elif line.startswith("CPU"):
            processors.append([])
        elif row:
            processors[-1].append([int(word, 16) for word in row.groups()])
        elif not line.startswith("#"):
            raise SystemExit(f"{path}: not understood: {line}")
    return fields, processors


def aida64(processors):
    lines = []
    for number, rows in enumerate(processors):
        lines.append(f"------[ CPUID Registers / Logical CPU #{number} ]------\n")
        lines += [f"CPUID {leaf:08X}: {a:08X}-{b:08X}-{c:08X}-{d:08X}"
                  + (f" [SL {sub:02X}]" if leaf == 0x40000003 else "") + " "
                  for leaf, sub, a, b, c, d in rows]
    lines += [f"------[ MSR Registers / Logical CPU #{number} ]------\nMSR 0000001B: 0000-0000-FEE0-0900 [S200]"
              for number, _ in enumerate(processors)]
    return "\r\n".join(lines) + "\r\n"


def instlatx64(processors):
    return "".join(f"CPU#{number:03} AffMask: 0x{1 << number:016x}\n"
                   + "".join("CPUID %08X: %08X-%08X-%08X-%08X [SL %02X]\n" % (leaf, *words, sub)
                             for leaf, sub, *words in rows)
                   for number, rows in enumerate(processors))


def alone(write):
    """A format that shows one processor only."""
    return lambda processors: write(processors[0]) if len(processors) == 1 else None


def kvm(rows):
    keys = ("function", "index", "eax", "ebx", "ecx", "edx")
    return json.dumps({"cpuid": [dict(zip(keys, row), flags=1, padding=[0, 0, 0]) for row in rows]})


def qmp(rows):
    keys = ("leaf", "subleaf", "eax", "ebx", "ecx", "edx")
    return json.dumps({"return": {"cpuid": [dict(reversed(list(zip(keys, row)))) for row in rows]}}, indent=1)


def firecracker(rows):
    return json.dumps({"guest_cpu_config": {"kvm_capabilities": [], "cpuid_modifiers": [
        {"leaf": hex(leaf), "subleaf": hex(sub), "flags": 1, "modifiers": [
            {"register": name, "bitmap": f"0b{word:032b}"} for name, word in zip(("eax", "ebx", "ecx", "edx"), words)]}
        for leaf, sub, *words in rows]}}, indent=2)


def fuchsia(rows):
    return "#define DEFINE_CPUID_VALUES(leaf, subleaf, eax, ebx, ecx, edx)\n" + "".join(
        "DEFINE_CPUID_VALUES(0x%08x, 0x%02x, 0x%08x, 0x%08x, 0x%08x, 0x%08x)\n" % tuple(row) for row in reversed(rows))


def julia(rows):
    return "push!( _mockdb, (Dict(\n" + "".join(
        "    ((0x%08x, 0x%08x) => (0x%08x, 0x%08x, 0x%08x, 0x%08x)),\n" % tuple(row) for row in rows) + ")))\n"


def vbox(rows):
    return "".join("00:00:06.49 Gst: %08x/%04x  %08x %08x %08x %08x\n"
                   "00:00:06.49 Hst:                00000834 00001068 00000064 00000000\n" % tuple(row) for row in rows)


def vmware(rows):
    host = "2021-02-25T07:57:28.054+09:00| vmx| I005: guest vs. host CPUID *host level 40000001,  0: " + "0x00000001 " * 4
    return "".join("2021-02-25T07:57:28.054+09:00| vmx| I005: guest vs. host CPUID guest level %08x, %2x: "
                   "0x%08x 0x%08x 0x%08x 0x%08x\n" % tuple(row) + host + "\n" for row in rows)


FORMATS = {"AIDA64": aida64, "InstLatx64": instlatx64} | {
    write.__name__: alone(write) for write in (kvm, qmp, firecracker, fuchsia, julia, vbox, vmware)}


def judge(hvspec, path):
    """The broken rules with their verdicts, and the notes."""
    run = subprocess.run([hvspec, "check", "--report", "json", path], capture_output=True, text=True)
    if run.returncode not in (0, 1):
        raise SystemExit(f"{path}: exit code {run.returncode}: {run.stderr}")
    subject, = json.loads(run.stdout)["probes"]
    broken = {f"{rule['verdict']} {rule['id']}" for rule in subject["rules"]
              if rule["verdict"] not in ("pass", "not-exercised")}
    fails = any(verdict.startswith("fail ") for verdict in broken)
    if run.returncode != fails:
        raise SystemExit(f"{path}: exit code {run.returncode} with {sorted(broken)}")
    return broken, " ".join(subject["notes"])


def main(hvspec, gallery):
    complaints, judged, seen = [], 0, set()
    tables = sorted(glob.glob(os.path.join(gallery, "*", "*.txt")))
    with tempfile.TemporaryDirectory() as folder:
        for path in tables:
            fields, processors = read(path)
            rules = fields["rules"]
            wanted = set() if rules == "none" else set(rules.split(", "))
            copies = {"as it stands": path}
            seen |= {rule.split(" ")[1] for rule in wanted}
            if os.path.basename(os.path.dirname(path)) != ("bad" if wanted else "good"):
                complaints.append(f"{path}: in the wrong folder")
            for name, write in FORMATS.items():
                text = write(processors)
                if text is not None:
                    copies[name] = os.path.join(folder, "dump")
                    with open(copies[name], "w") as file:
                        file.write(text)
                    broken, notes = judge(hvspec, copies[name])
                    if broken != wanted:
                        complaints.append(f"{path} as {name}: {sorted(broken)} instead of {rules}")
                    judged += 1
            broken, notes = judge(hvspec, path)
            judged += 1
            if broken != wanted:
                complaints.append(f"{path}: {sorted(broken)} instead of {rules}")
            if fields.get("note", "") not in notes:
                complaints.append(f"{path}: no note '{fields['note']}'")
    listed = subprocess.run([hvspec, "list", "rules", "--names", "-r", "hypervisor/*"], capture_output=True, text=True)
    for rule in set(listed.stdout.split()) - seen:
        complaints.append(f"no table breaks {rule}")
    print("\n".join(complaints + [f"{len(tables)} tables, {judged} verdicts, {len(complaints)} complaints"]))
    return 1 if complaints or not tables else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
