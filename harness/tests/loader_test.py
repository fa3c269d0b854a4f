#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of kinds that compilers and linkers make seldom: each is built here, and is judged, or refused by name.

usage: loader_test.py HVSPEC COMPILER
"""
import subprocess
import sys
import tempfile
from pathlib import Path

CPUID = """
typedef unsigned u32;
static inline u32 eax(u32 leaf) {
    u32 a = leaf, b, c = 0, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return a;
}
"""
DETECT = CPUID + """
static u32 base = 0x40000000;
u32 *base_at = &base;
int hv_feature_available(u32 target) { return eax(*base_at) >= target && eax(target) != 0; }
"""
PLAIN = CPUID + """
int hv_feature_available(u32 target) { return eax(0x40000000) >= target && eax(target) != 0; }
"""
LARGE = CPUID + """
u32 noted[30000];
int hv_feature_available(u32 target) {
    noted[29999] = eax(0x40000000);
    return noted[29999] >= target && eax(target) != 0;
}
"""
TABLE = CPUID + """
struct row { u32 leaf, step; };
#define ROW(name, ...) static const struct row name \\
    __attribute__((section("hv_rows"), used, aligned(8))) = {__VA_ARGS__}
ROW(first, 0x40000000, 1);
extern const struct row __start_hv_rows[], __stop_hv_rows[];
int hv_feature_available(u32 target) {
    for (const struct row *row = __start_hv_rows; row < __stop_hv_rows; row++)
        if (row->step == 1 ? eax(row->leaf) < target : row->leaf != 8)
            return 0;
    return __stop_hv_rows - __start_hv_rows == 2 && eax(target) != 0;
}
"""
NEEDS = CPUID + """
extern u32 other_base;
u32 other_eax(u32 leaf);
int hv_feature_available(u32 target) { return other_eax(other_base) >= target && eax(target) != 0; }
"""
OTHER = CPUID + """
u32 other_base = 0x40000000;
u32 other_eax(u32 leaf) { return eax(leaf); }
"""
CHOSEN = CPUID + """
u32 other_base = 0x40000000;
static u32 plain(u32 leaf) { return eax(leaf); }
static u32 (*choose(void))(u32) { return plain; }
u32 other_eax(u32 leaf) __attribute__((ifunc("choose")));
"""
DATA = "__thread unsigned other_count; unsigned other_base = 0x40000000;"
ANDROID_RELA, RELA = 0x60000011, 7
SHARED = ["-O2", "-fPIC", "-shared", "-nostdlib"]
OBJECT = ["-O2", "-fno-pic", "-c"]

failed = []


class Bench:
    def __init__(self, hvspec, compiler, folder):
        self.hvspec, self.compiler, self.folder = hvspec, compiler, folder

    def build(self, name, source, *flags):
        code = self.folder / (name + ".s" if source.startswith("#s") else name + ".c")
        code.write_text(source)
        subprocess.run([self.compiler, *flags, "-o", name, code.name], cwd=self.folder, check=True)
        return self.folder / name

    def link(self, first, *others):
        manifest = self.folder / "linked.yaml"
        manifest.write_text(f"probe: linked\nfile: {first}\nfiles: [{', '.join(others)}]\n")
        return manifest

    def check(self, what, probe, code, *words):
        run = subprocess.run([self.hvspec, "check", "-q", "-s", "max/zero", "-j", "1", "--hunt-runs", "0", str(probe)],
                             capture_output=True, text=True)
        said = run.stdout + run.stderr
        if run.returncode != code or any(word not in said for word in words):
            print(f"{what}: exit {run.returncode}, to be {code} with {words}:\n{said}")
            failed.append(what)
        if code == 2 and len(run.stderr.splitlines()) != 1:
            print(f"{what}: more than one line:\n{run.stderr}")
            failed.append(what)


def alone(bench, bits):
    """Files that are probes by themselves."""
    bench.check(f"large commons {bits}",
                bench.build("large.o", LARGE, *OBJECT, bits, *(["-mcmodel=medium"] if bits == "-m64" else []),
                            "-fcommon"), 0)
    table = bench.build("table.o", TABLE + "ROW(last, 8, 2);", *OBJECT, bits)
    bench.check(f"borders of a section {bits}", table, 0)


def many_sections(bench):
    sections = "".join(f'.section .data.s{i},"aw"\n.byte 0\n' for i in range(65300))
    code = bench.build("detect.s", DETECT, *OBJECT, "-S").read_text()
    bench.check("many sections", bench.build("many.o", "#s\n" + sections + code, "-c"), 0)


def refused(bench):
    packed = bench.build("packed.so", DETECT, *SHARED)
    tag = packed.read_bytes().replace(RELA.to_bytes(8, "little"), ANDROID_RELA.to_bytes(8, "little"))
    packed.write_bytes(tag)
    bench.check("Android's packed relocations", packed, 2, "packed relocations", "--pack-dyn-relocs")
    whole = bench.build("whole.so", DETECT, *SHARED, "-g")
    subprocess.run(["objcopy", "--only-keep-debug", whole, whole.with_suffix(".debug")], check=True)
    bench.check("debug information alone", whole.with_suffix(".debug"), 2, "debug information alone")
    wide = bench.build("wide.o", PLAIN, "-O0", "-c", "-fno-pic", "-fno-asynchronous-unwind-tables")
    subprocess.run(["objcopy", "-O", "elf32-i386", wide, bench.folder / "narrow.o"], check=True)
    bench.check("64-bit code in a file for i386", bench.folder / "narrow.o", 2, "64-bit code in a 32-bit ELF file")
    bench.check("x32", bench.build("x32.o", "int hv_feature_available(unsigned t) { return t != 0; }", "-O2", "-c",
                                   "-mx32"), 2, "x32 ABI")


def companions(bench, bits):
    """One file of a probe in one form and the other in another."""
    for first, flags in (("needs.o", OBJECT), ("needs.so", SHARED)):
        bench.build(first, NEEDS, *flags, bits)
    for other, flags in (("other.o", OBJECT), ("other.so", SHARED)):
        bench.build(other, OTHER, *flags, bits)
    subprocess.run(["ar", "rcs", "libother.a", "other.o"], cwd=bench.folder, check=True)
    for first in ("needs.o", "needs.so"):
        for other in ("other.o", "other.so", "libother.a"):
            bench.check(f"{first} with {other} {bits}", bench.link(first, other), 0, "conforms")
    bench.build("chosen.so", CHOSEN, *SHARED, bits)
    bench.check(f"an indirect function of a shared object {bits}", bench.link("needs.so", "chosen.so"), 0)
    bench.check(f"the same, called by an object {bits}", bench.link("needs.o", "chosen.so"), 2,
                "'other_eax', an indirect function")
    bench.build("data.so", DATA, *SHARED, bits)
    bench.check(f"a lacking function {bits}", bench.link("needs.o", "data.so"), 3, "other_eax")
    bench.build("program", OTHER + "void _start(void) {}", "-O2", "-static", "-nostdlib", "-fno-pie", bits)
    bench.check(f"a program {bits}", bench.link("needs.o", "program"), 2, "give the objects")


def main():
    hvspec, compiler = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(hvspec, compiler, Path(folder))
        for bits in ("-m64", "-m32"):
            alone(bench, bits)
            companions(bench, bits)
        many_sections(bench)
        refused(bench)
        bench.build("64.o", OTHER, *OBJECT)
        bench.build("32.o", NEEDS, *OBJECT, "-m32")
        bench.check("two modes", bench.link("32.o", "64.o"), 2, "different modes")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
