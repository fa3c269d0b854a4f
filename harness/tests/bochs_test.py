#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bochs_test.py HVSPEC KERNEL: a whole machine in software that is no hypervisor, from boot to verdict.

Bochs boots the capture kernel from a CD. It answers leaf 0x40000000 as a bare Intel or AMD processor does, so that
nothing may be red, and what the dump is has to be said.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # beside the module: the source stays as it is
from qemu_test import imported, judge  # noqa: E402

# Intel's repeats its highest basic leaf, AMD's answers zero: neither is a maximum of the block's.
PROCESSORS = ["corei7_skylake_x", "ryzen"]
TOLD = {"hypervisor/max-in-block": "info"}
TOOLS = ("bochs", "grub-mkrescue", "xorriso", "mformat", "script")
DATA = pathlib.Path("/usr/share/bochs")
MENU = "set timeout=0\nmenuentry capture {\n  multiboot /boot/kernel\n  boot\n}\n"
MACHINE = """megs: 64
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path=cd.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={dump}
display_library: term
sound: driver=dummy, waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
log: {dump}.log
panic: action=fatal
cpu: count=1, ips=50000000, model={model}
"""


def boot(model, dump):
    """The dump's text. Debian's Bochs waits in its debugger, on a terminal, until it is told to go on."""
    pathlib.Path("machine").write_text(MACHINE.format(model=model, dump=dump))
    subprocess.run(["script", "-qc", "bochs -q -f machine -rc go", "/dev/null"], capture_output=True, timeout=300,
                   stdin=subprocess.DEVNULL, check=False)
    return pathlib.Path(dump).read_text() if os.path.exists(dump) else ""


def main(hvspec, kernel):
    lacking = [tool for tool in TOOLS if not shutil.which(tool)]
    if lacking or not (DATA / "VGABIOS-lgpl-latest").exists():
        print("skipped: no", " ".join(lacking or ["BIOS"]),
              "(Debian: bochs bochs-term bochsbios vgabios grub-pc-bin grub-common xorriso mtools)")
        return 77
    if not os.path.exists(kernel):
        print("skipped: no capture kernel, as there is no compiler for 32 bits")
        return 77
    hvspec, kernel, complaints = os.path.abspath(hvspec), os.path.abspath(kernel), []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.makedirs("cd/boot/grub")
        shutil.copy(kernel, "cd/boot/kernel")
        pathlib.Path("cd/boot/grub/grub.cfg").write_text(MENU)
        pathlib.Path("go").write_text("c\n")
        subprocess.run(["grub-mkrescue", "-o", "cd.iso", "cd"], check=True, capture_output=True)
        for model in PROCESSORS:
            dump = f"{model}.txt"
            if "# end of the capture" not in boot(model, dump):
                complaints.append(f"{model}: no whole capture")
                continue
            judge(hvspec, dump, TOLD, complaints, model)
            imported(hvspec, dump, f"{model}.yaml", complaints, model)
        os.chdir("/")
    print("\n".join(complaints + [f"{len(PROCESSORS)} machines, {len(complaints)} complaints"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
