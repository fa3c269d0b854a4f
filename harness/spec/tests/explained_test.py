#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""explained_test.py HVSPEC CC: what `hvspec explain` shows is so: the code that breaks a rule is compiled and
breaks it, and the mended code keeps it. Pieces are put where they belong (FRAMES); what a hypervisor would do is
asked for its table, which is judged (TABLES). Exits 77, skipped, without the compiler."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

PRELUDE = """
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#define HV_NOT_AVAILABLE 0
#define HV_NOT_IMPLEMENTED 2
#define HV_AVAILABLE 1
struct regs { uint32_t eax, ebx, ecx, edx; };
uint32_t picoseconds;
static inline struct regs cpuid(uint32_t leaf) {
    struct regs r = {leaf, 0, 0, 0};
    __asm__ volatile("cpuid" : "+a"(r.eax), "=b"(r.ebx), "+c"(r.ecx), "=d"(r.edx));
    return r;
}
static inline uint32_t cpuid_eax(uint32_t leaf) { return cpuid(leaf).eax; }
static inline uint32_t cpuid_ebx(uint32_t leaf) { return cpuid(leaf).ebx; }
static inline uint32_t cpuid_ecx(uint32_t leaf) { return cpuid(leaf).ecx; }
static inline int detect(uint32_t target) {
    return cpuid_eax(0x40000000) >= target && cpuid_eax(target) != 0;
}
"""
FUNCTION = "bool hv_feature_available(uint32_t target)"
# What stands ahead of pieces that say that it does, and what is called.
AHEAD = {
    "target/nonzero-is-present": "if (cpuid_eax(0x40000000) < target) return false;",
    "target/eax-alone": "if (cpuid_eax(0x40000000) < 0x40000010) return false;",
    "gaps/other-leaves-ignored": "uint32_t max = cpuid_eax(0x40000000);",
    "generic/signature-ignored": "char signature[12]; struct regs base = cpuid(0x40000000);"
                                 "memcpy(signature, &base.ebx, 12);",
    "platform/returns": "uint32_t max = cpuid_eax(0x40000000);",
    "platform/no-fault": "if (cpuid_eax(0x40000000) < 0x40000010) return false;",
}
ONE_LEAF = {"target/eax-alone", "platform/no-fault"}
ANSWERS = "answer: {in: al}\n"
ONE_TARGET = "targets: [0x40000010]\n"
# By rule: what stands around the piece, in which language, and what the manifest says of it.
ASK = """static uint32_t ask(uint32_t leaf) {
    uint32_t eax, ebx, ecx, edx;
CODE
    (void)ebx, (void)ecx, (void)edx;
    return eax;
}
bool hv_feature_available(uint32_t target) { return ask(0x40000000) >= target && ask(target) != 0; }
"""
FRAMES = {
    "target/zero-is-absent": ("c", "int get(uint32_t *khz) {\nCODE\n}\n",
                              "entry: get\narguments: [$out]\nanswer: {in: eax, available: [0], not-available: [-1]}\n"
                              + ONE_TARGET),
    "target/value-intact": ("c", "uint32_t khz_[1]; uint64_t hz_[1];\nbool get(void) {\nuint32_t *khz = khz_; uint64_t *hz = "
                            "hz_;\n(void)hz;\nif (cpuid_eax(0x40000000) < 0x40000010) return false;\n{\nCODE\n}\n}\n",
                            "entry: get\narguments: []\nanswer: {in: al, value: khz_}\n" + ONE_TARGET),
    "target/outcome-named": ("c", "int hv_feature_available(uint32_t target) {\nCODE\n}\n",
                             "answer: {in: eax, available: [1], not-available: [0], not-implemented: [2]}\n"),
    "platform/registers-preserved": ("c", ASK, ANSWERS),
    "platform/subleaf-zero": ("c", ASK, ANSWERS),
    "platform/stack-balanced": ("S", """.globl hv_feature_available
.type hv_feature_available, @function
hv_feature_available:
    push %rbx
    mov $0x40000000, %eax
    xor %ecx, %ecx
    cpuid
    pop %rbx
    cmp %edi, %eax
    jb absent
    mov %edi, %eax
    xor %ecx, %ecx
CODE
    mov $1, %eax
    ret
absent:
    xor %eax, %eax
    ret
.size hv_feature_available, . - hv_feature_available
.section .note.GNU-stack, "", @progbits
""", ANSWERS),
    "platform/own-memory-only": ("c", "CODE\nbool get(uint32_t *khz) {\n*khz = 0;\n"
                                 "if (cpuid_eax(0x40000000) >= 0x40000010) get_khz(khz);\nreturn *khz != 0;\n}\n",
                                 "entry: get\narguments: [$out+252]\n" + ANSWERS + ONE_TARGET),
    "platform/deterministic": ("c", FUNCTION + " {\nif (cpuid_eax(0x40000000) < 0x40000010) return false;\nCODE\n}\n",
                               ANSWERS + ONE_TARGET),
}
# An optimiser may make half a variable the whole of it, which mends the first.
OPTIONS = {"platform/deterministic": "-O0"}
# A hypervisor that prints what it answers; each case stands in it unless the piece has it.
CASES = {
    "case 0:": "host_cpuid(0, eax, ebx, ecx, edx); break;",
    "case 1:": "host_cpuid(1, eax, ebx, ecx, edx); *ecx |= 1u << 31; break;",
    "case 0x16:": "host_cpuid(0x16, eax, ebx, ecx, edx); break;",
    "case 0x40000000:": "*eax = 0x40000010; set_signature(ebx, ecx, edx); break;",
    "case 0x40000003:": "*eax = features; *ebx = scale; break;",
    "case 0x40000010:": "*eax = tsc_khz; break;",
    "default:": "*eax = *ebx = *ecx = *edx = 0; break;",
}
HOST = """#include <stdint.h>
#include <stdio.h>
static const uint32_t highest_basic = 0x16, tsc_khz = 2300000, features = 0x72, scale = 10;
static void host_cpuid(uint32_t leaf, uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx) {
    static const uint32_t known[][4] = {{0x16, 0x756e6547, 0x6c65746e, 0x49656e69},
                                        {0x906ea, 0x800, 0x7ffab223, 0x0f8bfbff}, {0x8fc, 0x8fc, 0x64, 0}};
    const uint32_t *row = known[leaf < 2 ? leaf : 2];
    *eax = row[0]; *ebx = row[1]; *ecx = row[2]; *edx = row[3];
}
static void set_signature(uint32_t *ebx, uint32_t *ecx, uint32_t *edx) {
    *ebx = 0x4b4d564b; *ecx = 0x564b4d56; *edx = 0x4d;
}
static void show(uint32_t leaf, uint32_t subleaf, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx) {
    printf("   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\\n", leaf, subleaf, eax, ebx, ecx, edx);
}
"""
HYPERVISOR = HOST + """
static void answer(uint32_t leaf, uint32_t subleaf, uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx) {
    *eax = *ebx = *ecx = *edx = 0;
    (void)subleaf, (void)highest_basic, (void)tsc_khz, (void)features, (void)scale, (void)set_signature;
    switch (leaf) {
CODE
    }
}
int main(void) {
    uint32_t a, b, c, d;
    puts("CPU:");
    for (uint32_t leaf = 0; leaf < 0x40000100; leaf = leaf == 0x16 ? 0x40000000 : leaf + 1) {
        for (uint32_t subleaf = 0; subleaf < (leaf == 0x40000003 ? 2u : 1u); subleaf++) {
            answer(leaf, subleaf, &a, &b, &c, &d);
            if (leaf < 2 || leaf >= 0x16)
                show(leaf, subleaf, a, b, c, d);
        }
    }
}
"""
PROCESSORS = HOST + """#include <stddef.h>
struct leaf { uint32_t leaf, eax, ebx, ecx, edx; };
static const struct leaf hypervisor_leaves[] = {{0x40000000, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d},
                                                {0x40000001, 0x7afb, 0, 0, 0}};
static struct processor { struct leaf set[2]; } processors[2];
static void set_cpuid(struct processor *processor, const struct leaf *leaf) {
    processor->set[leaf->leaf - 0x40000000] = *leaf;
}
/* What is not set is the host's. */
static void start(const struct processor *each, size_t count) {
    for (size_t p = 0; p < count; p++) {
        printf("CPU %zu:\\n", p);
        for (uint32_t leaf = 0x40000000; leaf < 0x40000002; leaf++) {
            struct leaf of = each[p].set[leaf - 0x40000000];
            if (of.leaf == 0)
                host_cpuid(leaf, &of.eax, &of.ebx, &of.ecx, &of.edx);
            show(leaf, 0, of.eax, of.ebx, of.ecx, of.edx);
        }
    }
}
int main(void) {
    const size_t count = 2, leaves = 2;
    (void)set_signature, (void)highest_basic, (void)tsc_khz, (void)features, (void)scale;
CODE
}
"""
failures = []


def compiled(cc, rule, source, made, *options):
    done = subprocess.run([cc, OPTIONS.get(rule, "-O1"), *options, "-o", made, source], capture_output=True, text=True, check=False)
    if done.returncode:
        failures.append(f"{rule}: {done.stderr}")
    return done.returncode == 0


def build(folder, cc, rule, code):
    """The probe, with a manifest that says how it is called. None: it cannot be built."""
    kind, frame, says = FRAMES.get(rule, ("c", None, ANSWERS + (ONE_TARGET if rule in ONE_LEAF else "")))
    if frame:
        text = frame.replace("CODE", code)
    elif "hv_feature_available" in code:
        text = code
    else:
        text = "%s {\n%s\n%s\n}\n" % (FUNCTION, AHEAD.get(rule, ""), code)
    source, probe = folder / f"x.{kind}", folder / "x.yaml"
    source.write_text(PRELUDE + text if kind == "c" else text)
    probe.write_text("probe: x\nfile: x.so\n" + says)
    return probe if compiled(cc, rule, source, folder / "x.so", "-fPIC", "-shared") else None


def table(folder, cc, rule, code):
    """What a hypervisor with this code answers, as a dump."""
    others = "".join(f"{case}\n{text}\n" for case, text in CASES.items() if case not in code)
    text = PROCESSORS.replace("CODE", code) if "set_cpuid" in code else HYPERVISOR.replace("CODE", code + "\n" + others)
    (folder / "x.c").write_text(text)
    if not compiled(cc, rule, folder / "x.c", folder / "x"):
        return None
    dump = folder / "x.txt"
    dump.write_text(subprocess.run([folder / "x"], check=True, capture_output=True, text=True).stdout)
    return dump


def broken(hvspec, subject, rule, further):
    done = subprocess.run([hvspec, "check", "--report", "json", "-r", rule, *further, subject],
                          capture_output=True, text=True, check=False)
    if not done.stdout:
        failures.append(f"{rule}: {done.stderr}")
        return None
    found = {row["id"]: row["verdict"] for row in json.loads(done.stdout)["probes"][0]["rules"]}
    return {"pass": False, "fail": True, "nonstrict": True, "info": True}.get(found.get(rule))


def explained(hvspec, rule):
    """The two pieces of code: all that stands in the column behind the word."""
    pieces, word = {}, None
    text = subprocess.run([hvspec, "explain", rule], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        word = line[2:13].strip() or word
        pieces.setdefault(word, []).append(line[13:])
    return {word: "\n".join(lines) for word, lines in pieces.items()}


def main():
    hvspec, cc = sys.argv[1:3]
    if not shutil.which(cc):
        print(f"{cc} not found: skipped")
        sys.exit(77)
    rules = subprocess.run([hvspec, "list", "rules", "--names"], check=True, capture_output=True,
                           text=True).stdout.split()
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in rules:
            tried += 1
            about_tables = name.startswith("hypervisor/")
            code = explained(hvspec, name)
            some = [word for line in code["scenarios"].splitlines()[:2] for word in ("-s", line.split(":")[0])]
            for key, wanted in (("breaks it", True), ("mended", False)):
                subject = (table if about_tables else build)(pathlib.Path(folder), cc, name, code[key])
                further = [] if about_tables else ["--hunt-runs", "0"] + (["--fail-fast"] if wanted else some)
                if name.startswith("presence/"):
                    further += ["--profile", "presence"]
                if subject and broken(hvspec, subject, name, further) is not wanted:
                    failures.append(f"{name}: the code that {'breaks' if wanted else 'keeps'} it does not")
    for failure in failures:
        print(failure)
    print(f"{tried} rules tried")
    sys.exit(1 if failures or tried != len(rules) or tried < 10 else 0)


main()
