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
import pprint
import re
import struct
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


def rust(rows):
    return "[" + ", ".join("kvm_cpuid_entry2 { function: %d, index: %d, flags: 1, eax: %d, ebx: %d, ecx: %d, edx: %d, "
                           "padding: [0, 0, 0] }" % tuple(row) for row in rows) + "]\n"


def protobuf(rows):
    return "cpuid {\n" + "".join("  entries {\n    function: %d\n    index: %d\n    eax: %d\n    ebx: %d\n    ecx: %d\n"
                                 "    edx: %d\n  }\n" % tuple(row) for row in rows) + "}\ntsc_khz: 2000000\n"


def libvirt(rows):
    return "<!-- Xeon -->\n<cpudata arch='x86'>\n" + "".join(
        "  <cpuid eax_in='0x%08x' ecx_in='0x%02x' eax='0x%08x' ebx='0x%08x' ecx='0x%08x' edx='0x%08x'/>\n" % tuple(row)
        for row in rows) + "  <msr index='0x10a' edx='0x00000000' eax='0x00000000'/>\n</cpudata>\n"


def kvm_trace(rows):
    return "# tracer: nop\n" + "".join(
        " CPU 0/KVM-4242    [003] d....  1801.%06d: kvm_cpuid: func %x idx %x rax %x rbx %x rcx %x rdx %x, cpuid entry %s\n"
        % (number, *row, "found" if row[2] else "not found, used max basic") for number, row in enumerate(rows))


def xen_cpuid(rows):
    return "Host policy: %u leaves, 2 MSRs\n CPUID:\n  leaf     subleaf  -> eax      ebx      ecx      edx\n" % len(rows) + "".join(
        "  %08x:%08x -> %08x:%08x:%08x:%08x\n" % (leaf, sub or 0xffffffff, *words)
        for leaf, sub, *words in rows) + " MSRs:\n  index    -> value\n  000000ce -> 0000000080000000\n"


def cpucontrol(rows):
    return "".join("cpuid level 0x%x, level_type 0x%x: 0x%.8x 0x%.8x 0x%.8x 0x%.8x\n" % tuple(row) if row[1] else
                   "cpuid level 0x%x: 0x%.8x 0x%.8x 0x%.8x 0x%.8x\n" % (row[0], *row[2:]) for row in rows)


def rust_hex(rows):
    return "[" + ", ".join("kvm_cpuid_entry2 { function: %x, index: %x, flags: 0, eax: %x, ebx: %x, ecx: %x, edx: %x, "
                           "padding: [0, 0, 0] }" % tuple(row) for row in rows) + "]\n"


def go(rows):
    return "[" + " ".join("{Function:%d Index:%d Flags:0 Eax:%d Ebx:%d Ecx:%d Edx:%d Padding:[0 0 0]}" % tuple(row)
                          for row in rows) + "]\n"


def c_source(rows):
    return "static struct kvm_cpuid_entry2 entries[] = {\n" + "".join(
        "\t{ .function = 0x%x, .index = %d, .eax = 0x%x, .ebx = 0x%x, .ecx = 0x%x, .edx = 0x%x },\n" % tuple(row)
        for row in rows) + "};\n"


def yaml(rows):
    return "".join("- leaf: 0x%08x\n  subleaf: %d\n  eax: 0x%08x\n  ebx: 0x%08x\n  ecx: 0x%08x\n  edx: 0x%08x\n" % tuple(row)
                   for row in rows)


def two_lines(rows):
    return "".join("function: 0x%x, index: %x, flags: 0\nkvm support cpuid: eax: %x, ebx: %x, ecx: %x, edx: %x\n"
                   "       host cpuid: eax: 9c4, ebx: c1c, ecx: 64, edx: 0\n\n" % tuple(row) for row in rows)


def intel_notation(rows):
    return "".join("[    0.%06d] vmm: CPUID.(EAX=%XH, ECX=%XH): EAX=%08XH EBX=%08XH ECX=%08XH EDX=%08XH\n" % (number, *row)
                   for number, row in enumerate(rows))


def four_numbers(rows):
    return "".join("cpuid(0x%08x, 0x%x) = %08x %08x %08x %08x\n" % tuple(row) for row in rows)


def cpuid_d(rows):
    return "CPU 0:\n" + "".join("CPUID %08x:%02x = %08x %08x %08x %08x | ................\n" % tuple(row) for row in rows)


def sde(rows):
    return "# Leaf Subleaf => EAX EBX ECX EDX\n" + "".join("%08x %08x => %08x %08x %08x %08x\n" % tuple(row) for row in rows)


def csv(processors):
    return "cpu,leaf,subleaf,eax,ebx,ecx,edx\n" + "".join(
        "%d,0x%08x,0x%x,0x%08x,0x%08x,0x%08x,0x%08x\n" % (number, *row)
        for number, rows in enumerate(processors) for row in rows)


def markdown(rows):
    return "| Leaf | Subleaf | EAX | EBX | ECX | EDX |\n|---|---|---|---|---|---|\n" + "".join(
        "| 0x%08x | 0x%x | 0x%08x | 0x%08x | 0x%08x | 0x%08x |\n" % tuple(row) for row in rows)


def tasks(processors):
    """A trace of several processors, whose lines take turns."""
    rows = [(place, number, row) for number, rows in enumerate(processors) for place, row in enumerate(rows)]
    return "".join("       CPU %d/KVM-%d  [%03d]  1801.%06d: kvm_cpuid:            func %x idx %x rax %x rbx %x rcx %x rdx %x, "
                   "cpuid entry found\n" % (number, 4242 + number, place % 8, place, *row)
                   for place, number, row in sorted(rows))


def headings(processors):
    return "".join(f"=== vCPU {number} ===\n" + "".join(
        "leaf 0x%08x subleaf 0x%x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n" % tuple(row) for row in rows)
        for number, rows in enumerate(processors))


def strace(rows):
    return "ioctl(13, KVM_SET_CPUID2, {nent=%d, entries=[" % len(rows) + ", ".join(
        "{function=%d, index=%d, flags=0, eax=%#x, ebx=%#x, ecx=%#x, edx=%#x}" % tuple(row) for row in rows) + "]}) = 0\n"


def prefixed(processors):
    return "".join("[CPU%d] leaf %08x.%x: eax=%08x ebx=%08x ecx=%08x edx=%08x\n" % (number, *row)
                   for number, rows in enumerate(processors) for row in rows)


def lists(processors):
    return json.dumps({"0x%08x" % leaf: words for leaf, *words in processors[0]}, indent=1) \
        if len(processors) == 1 else None


def vmx(processors):
    """Masks of a bit each."""
    return "".join('cpuid.%X.%s = "%s"\n' % (leaf, name, ":".join(f"{word:032b}"[i:i + 4] for i in range(0, 32, 4)))
                   for leaf, *words in processors[0] for name, word in zip(("eax", "ebx", "ecx", "edx"), words)) \
        if len(processors) == 1 else None


def without_subleaves(text):
    """A format that never shows one."""
    def write(processors):
        if any(row[1] for rows in processors for row in rows):
            return None
        return text([[(leaf, *words) for leaf, _, *words in rows] for rows in processors])
    return write


def x86info(processors):
    return "".join(f"CPU #{number}\n" + "".join("eax in: 0x%08x, eax = %08x ebx = %08x ecx = %08x edx = %08x\n" % row
                                               for row in rows) + "\n" for number, rows in enumerate(processors, 1))


def cpu_z(processors):
    return "".join(f"CPU Thread {number}\n\tAPIC ID\t\t{number}\n\tCPUID\t\t\t\n"
                   + "".join("\t0x%08X\t\t0x%08X\t0x%08X\t0x%08X\t0x%08X\n" % row for row in rows)
                   + "\n\tMSR 0x0000001B\t\t0x00000000\t0xFEE00900\n" for number, rows in enumerate(processors))


def kcpuid(processors):
    return "".join("0x%08x: EAX=0x%08x, EBX=0x%08x, ECX=0x%08x, EDX=0x%08x\n" % row
                   for row in processors[0]) if len(processors) == 1 else None


def illumos(processors):
    return "".join("do_cpuid: cpuid leaf=0x%08x, eax=0x%08x, ebx=0x%08x, ecx=0x%08x, edx=0x%08x\n" % row
                   for row in processors[0]) if len(processors) == 1 else None


def keys(row, leaf="leaf", subleaf="subleaf"):
    return dict(zip((leaf, subleaf, "eax", "ebx", "ecx", "edx"), row))


def rust_above(rows):
    return "".join("0x%08x/%d:\nCpuidResult { eax: %d, ebx: %d, ecx: %d, edx: %d }\n" % tuple(row) for row in rows)


def rust_pairs(rows):
    return "[" + ", ".join("(%d, %d, CpuidResult { eax: %d, ebx: %d, ecx: %d, edx: %d })" % tuple(row)
                           for row in rows) + "]\n"


def rust_map(processors):
    return "{" + ", ".join("%d: CpuidResult { eax: %d, ebx: %d, ecx: %d, edx: %d }" % row
                           for row in processors[0]) + "}\n" if len(processors) == 1 else None


def python_sorted(rows):
    """The leaf stands behind its registers."""
    return pprint.pformat([keys(row) for row in rows]) + "\n"


def yaml_sorted(rows):
    return "".join("".join(f"{'- ' if key == 'eax' else '  '}{key}: {value}\n"
                           for key, value in sorted(keys(row, "function", "index").items())) for row in rows)


def yaml_below(rows):
    return "machine: a\ncpuid:\n" + "".join(
        "  - {leaf: 0x%x, subleaf: %d, eax: 0x%x, ebx: 0x%x, ecx: 0x%x, edx: 0x%x}\n" % tuple(row) for row in rows)


def signed_java(rows):
    return "".join("CpuId[leaf=%d, subleaf=%d, eax=%d, ebx=%d, ecx=%d, edx=%d]\n"
                   % (*row[:2], *(word - (word >> 31 << 32) for word in row[2:])) for row in rows)


def cpp_groups(rows):
    return "".join("leaf 0x%04x'%04x, subleaf %d: eax = %s, ebx = %s, ecx = %s, edx = %s\n" % (
        row[0] >> 16, row[0] & 0xffff, row[1], *("%04x'%04x" % (word >> 16, word & 0xffff) for word in row[2:]))
        for row in rows)


def ini(processors):
    return "".join("[0x%08x]\neax = 0x%x\nebx = 0x%x\necx = 0x%x\nedx = 0x%x\n" % row
                   for row in processors[0]) if len(processors) == 1 else None


def kotlin_map(processors):
    return "{" + ", ".join("%d=Regs(eax=%d, ebx=%d, ecx=%d, edx=%d)" % row for row in processors[0]) + "}\n" \
        if len(processors) == 1 else None


def php(processors):
    return "Array\n(\n" + "".join("    [%d] => Array\n        (\n            [eax] => %d\n            [ebx] => %d\n"
                                  "            [ecx] => %d\n            [edx] => %d\n        )\n\n" % row
                                  for row in processors[0]) + ")\n" if len(processors) == 1 else None


def input_output(rows):
    return "".join("in: eax=%08x ecx=%08x out: eax=%08x ebx=%08x ecx=%08x edx=%08x\n" % tuple(row) for row in rows)


def data_frame(rows):
    return "         leaf  subleaf  eax  ebx  ecx  edx\n" + "".join("%d  %d  %d  %d  %d  %d  %d\n" % (number, *row)
                                                                 for number, row in enumerate(rows))


def groups(rows):
    """A leaf with the rows of its subleaves."""
    leaves = {}
    for leaf, *rest in rows:
        leaves.setdefault(leaf, []).append(rest)
    return leaves.items()


def json_below(rows):
    return json.dumps({"0x%08x" % leaf: {str(sub): dict(zip(("eax", "ebx", "ecx", "edx"), words)) for sub, *words in rest}
                       for leaf, rest in groups(rows)}, indent=2)


def yaml_map_below(rows):
    return "cpuid:\n" + "".join("  0x%08x:\n" % leaf + "".join(
        "    %d: {eax: 0x%x, ebx: 0x%x, ecx: 0x%x, edx: 0x%x}\n" % tuple(row) for row in rest)
        for leaf, rest in groups(rows))


def lines_below(rows):
    return "".join("CPUID leaf %08Xh\n" % leaf + "".join(
        "    subleaf %d: EAX=%08X EBX=%08X ECX=%08X EDX=%08X\n" % tuple(row) for row in rest)
        for leaf, rest in groups(rows))


def php_var_dump(rows):
    return "array(%d) {\n" % len(rows) + "".join(
        "  [%d]=>\n  array(6) {\n" % number + "".join(f'    ["{key}"]=>\n    int({value})\n' for key, value in keys(row).items())
        + "  }\n" for number, row in enumerate(rows)) + "}\n"


def toml_dotted(rows):
    return "[cpuid]\n" + "".join('"%x.%x" = [0x%x, 0x%x, 0x%x, 0x%x]\n' % tuple(row) for row in rows)


def coloured(rows):
    return "".join("\x1b[1mCPUID.%XH:ECX=%d\x1b[0m EAX = %08XH, EBX = %08XH, ECX = %08XH, EDX = %08XH\n" % tuple(row)
                   for row in rows)


def camel_case(rows):
    return json.dumps([{"leafIndex": row[0], "subLeafIndex": row[1], "registers": dict(zip(("EAX", "EBX", "ECX", "EDX"),
                                                                                         row[2:]))} for row in rows])


def one_by_one(rows):
    return "".join("$ cpuid -1 -r -l 0x%x\nCPU:\n   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n"
                   % (row[0], *row) for row in rows if row[1] == 0) if not any(row[1] for row in rows) else None


def numbers(write):
    """Without names only what answers as a hypervisor is taken for a table."""
    def whole(rows):
        maximum, signature, _, _ = next(row for row in rows if row[0] == 0x40000000)[-4:]
        return write(rows) if maximum >> 8 == 0x400000 or signature >> 24 else None
    whole.__name__ = write.__name__
    return whole


@numbers
def python_pairs(rows):
    return pprint.pformat({tuple(row[:2]): tuple(row[2:]) for row in rows}) + "\n"


@numbers
def python_tuples(rows):
    return "[" + ", ".join("(%d, %d, %d, %d, %d, %d)" % tuple(row) for row in rows) + "]\n"


@numbers
def python_lines(rows):
    return "".join("(0x%08x, %d, 0x%x, 0x%x, 0x%x, 0x%x)\n" % tuple(row) for row in rows)


@numbers
def json_lists(rows):
    return json.dumps([list(row) for row in rows], indent=1)


@numbers
def c_positions(rows):
    return "static const uint32_t table[][6] = {\n" + "".join(
        "\t{ 0x%xu, %d, 0x%xu, 0x%xu, 0x%xu, 0x%xu }, /* line %d */\n" % (*row, number)
        for number, row in enumerate(rows)) + "};\n"


@numbers
def bare_lines(rows):
    return "".join("[   12.%06d] vmm: %08x:%x -> %08x %08x %08x %08x\n" % (number, *row)
                   for number, row in enumerate(rows))


@numbers
def bare_bytes(rows):
    """With the same as characters, which may look like digits."""
    return "".join("%08x %08x %08x %08x %08x %08x  |%s|\n" % (*row, "".join(
        chr(byte) if 32 <= byte < 127 and byte != 124 else "." for byte in struct.pack("<4I", *row[2:]))) for row in rows)


@numbers
def bare_blocks(rows):
    """A leaf on a line of its own, its subleaves below it."""
    return "".join(("0x%08x:\n" % row[0] if row[1] == 0 else "") + "  %d: 0x%x 0x%x 0x%x 0x%x\n" % tuple(row[1:])
                   for row in rows)


def go_map(rows):
    return "map[" + " ".join("%d:[%d %d %d %d]" % row for row in rows) + "]\n"


FORMATS = {"AIDA64": aida64, "InstLatx64": instlatx64, "CSV": csv, "tasks": tasks, "headings": headings,
           "prefixed": prefixed, "go_map": without_subleaves(alone(numbers(go_map)))} | {
    write.__name__: alone(write) for write in (
        kvm, qmp, firecracker, fuchsia, julia, vbox, vmware, rust, protobuf, libvirt, kvm_trace, xen_cpuid, cpucontrol,
        rust_hex, go, c_source, yaml, two_lines, intel_notation, four_numbers, cpuid_d, sde, markdown, strace, rust_above,
        rust_pairs, python_sorted, yaml_sorted, yaml_below, signed_java, cpp_groups, python_pairs, python_tuples,
        python_lines, json_lists, c_positions, bare_lines, bare_bytes, bare_blocks,
        json_below, yaml_map_below, lines_below, php_var_dump, toml_dotted, coloured, camel_case,
        input_output, data_frame, one_by_one)} | {
    write.__name__: without_subleaves(write) for write in (x86info, cpu_z, kcpuid, illumos, lists, vmx, rust_map, ini,
                                                           kotlin_map, php)}


def judge(hvspec, paths):
    """Of each table, in order: the broken rules with their verdicts, and the notes."""
    run = subprocess.run([hvspec, "check", "--report", "json", *paths], capture_output=True, text=True)
    if run.returncode not in (0, 1, 2) or not run.stdout:
        raise SystemExit(f"{paths}: exit code {run.returncode}: {run.stderr}")
    subjects, silent = [], False
    for subject in json.loads(run.stdout)["probes"]:
        broken = {f"{rule['verdict']} {rule['id']}" for rule in subject["rules"]
                  if rule["verdict"] not in ("pass", "not-exercised")}
        subjects.append((broken, " ".join(subject["notes"])))
        silent |= all(rule["level"] == "info" or rule["verdict"] == "not-exercised" for rule in subject["rules"])
    fails = any(verdict.startswith("fail ") for broken, _ in subjects for verdict in broken)
    if run.returncode != (1 if fails else 2 if silent else 0) or len(subjects) != len(paths):
        raise SystemExit(f"{paths}: exit code {run.returncode} with {subjects}")
    return subjects


def write_copies(folder, processors):
    """The table in each format that can hold it."""
    paths = []
    for name, write in FORMATS.items():
        text = write(processors)
        if text is not None:
            paths.append(os.path.join(folder, name))
            with open(paths[-1], "w") as file:
                file.write(text)
    return paths


def main(hvspec, gallery):
    complaints, judged, seen = [], 0, set()
    tables = sorted(glob.glob(os.path.join(gallery, "good", "*.txt")) + glob.glob(os.path.join(gallery, "bad", "*.txt")))
    for path in tables:
        fields, processors = read(path)
        rules = fields["rules"]
        wanted = set() if rules == "none" else set(rules.split(", "))
        seen |= {rule.split(" ")[1] for rule in wanted}
        if os.path.basename(os.path.dirname(path)) != ("bad" if wanted else "good"):
            complaints.append(f"{path}: in the wrong folder")
        with tempfile.TemporaryDirectory() as folder:
            paths = [path, *write_copies(folder, processors)]
            for copy, (broken, notes) in zip(paths, judge(hvspec, paths)):
                judged += 1
                if broken != wanted:
                    complaints.append(f"{path} as {os.path.basename(copy)}: {sorted(broken)} instead of {rules}")
                if copy == path and fields.get("note", "") not in notes:
                    complaints.append(f"{path}: no note '{fields['note']}'")
    listed = subprocess.run([hvspec, "list", "rules", "--names", "-r", "hypervisor/*"], capture_output=True, text=True)
    for rule in set(listed.stdout.split()) - seen:
        complaints.append(f"no table breaks {rule}")
    print("\n".join(complaints + [f"{len(tables)} tables, {judged} verdicts, {len(complaints)} complaints"]))
    return 1 if complaints or not tables else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
