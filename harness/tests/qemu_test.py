#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""qemu_test.py HVSPEC KERNEL: a real hypervisor's table, from the kernel that writes it to the verdict.

QEMU's own emulation boots the capture kernel (no virtualization is needed), whose dump comes over the serial port and
is judged and imported. With KVM, where /dev/kvm can be opened, the same of KVM.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

# What -cpu says, and what must be red: rule to verdict. All others pass, or have nothing to go by.
EMULATED = [
    ("qemu64", {}),
    ("Skylake-Client", {}),
    ("EPYC", {}),
    ("max", {}),
    ("qemu64,-hypervisor", {"hypervisor/present": "nonstrict"}),
    ("qemu64,tcg-cpuid=off", {"hypervisor/max-in-block": "info"}),
]
VIRTUALIZED = [("host", {}), ("host,-hypervisor", {"hypervisor/present": "nonstrict"})]
NEVER_RED = ("pass", "not-exercised")


def boot(kernel, accelerator, cpu, dump):
    run = subprocess.run(["qemu-system-x86_64", "-accel", accelerator, "-cpu", cpu, "-kernel", kernel, "-display", "none",
                          "-serial", f"file:{dump}", "-monitor", "none", "-no-reboot", "-net", "none"],
                         capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
    text = open(dump).read() if os.path.exists(dump) else ""
    return text if "# end of the capture" in text else f"no whole capture (exit code {run.returncode}): {run.stderr}"


def judge(hvspec, dump, wanted, complaints, name):
    run = subprocess.run([hvspec, "check", "--report", "json", dump], capture_output=True, text=True)
    if run.returncode != (1 if "fail" in wanted.values() else 0):
        complaints.append(f"{name}: exit code {run.returncode}: {run.stderr}")
        return
    subject, = json.loads(run.stdout)["probes"]
    red = {rule["id"]: rule["verdict"] for rule in subject["rules"] if rule["verdict"] not in NEVER_RED}
    if red != wanted:
        complaints.append(f"{name}: {red} instead of {wanted}")
    judged = [rule["id"] for rule in subject["rules"] if rule["cases"] > 0]
    if "hypervisor/max-covers-features" not in judged:
        complaints.append(f"{name}: nothing above the maximum was captured")


def imported(hvspec, dump, scenario, complaints, name):
    for arguments in (["import", dump, "-o", scenario], ["lint", "-q", scenario]):
        run = subprocess.run([hvspec, *arguments], capture_output=True, text=True)
        if run.returncode != 0:
            complaints.append(f"{name}: {arguments[0]}: exit code {run.returncode}: {run.stderr}")


def main(hvspec, kernel):
    if not shutil.which("qemu-system-x86_64"):
        print("skipped: no qemu-system-x86_64 (Debian: qemu-system-x86)")
        return 77
    if not os.path.exists(kernel):
        print("skipped: no capture kernel, as there is no compiler for 32 bits")
        return 77
    runs = [("tcg", *row) for row in EMULATED]
    if os.access("/dev/kvm", os.R_OK | os.W_OK):
        runs += [("kvm", *row) for row in VIRTUALIZED]
    else:
        print("/dev/kvm cannot be opened: KVM's table is not judged")
    complaints = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (accelerator, cpu, wanted) in enumerate(runs):
            dump, scenario = f"{folder}/{number}.txt", f"{folder}/{number}.yaml"
            text = boot(kernel, accelerator, cpu, dump)
            if "CPU 0:" not in text:
                complaints.append(f"{accelerator}, {cpu}: {text}")
                continue
            judge(hvspec, dump, wanted, complaints, f"{accelerator}, {cpu}")
            imported(hvspec, dump, scenario, complaints, f"{accelerator}, {cpu}")
    print("\n".join(complaints + [f"{len(runs)} machines, {len(complaints)} complaints"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
