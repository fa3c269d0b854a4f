#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""readme_test.py HVSPEC SOURCE PROBES: README.md as somebody reads it who types what it shows. Every command
line in it is run here, or stands below with what runs it; what it shows of outputs is what comes out, but
for counts; every option that it names is one. Exits 77, skipped, without gcc."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Command lines, as far as they go, that are run elsewhere, or ask for what need not be there.
ELSEWHERE = {
    "./bootstrap ": "package/bootstrap, and .ci/release",
    "cmake -S . -B build -G Ninja": "this build",
    "cpuid -r": "harness/dump/tests has what it writes",
    "qemu-system-x86_64 -kernel hvspec-capture-kernel": "commands/qemu",
}
# Options in the text that are not hvspec's.
OTHERS = {"--build", "--target", "--install"}
MINE = """
#include <stdint.h>
static uint32_t maximum;
static uint32_t ask(uint32_t leaf) {
    uint32_t a = leaf, b, c = 0, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return a;
}
void my_init(void) { maximum = ask(0x40000000); }
int my_feature(uint32_t leaf, uint32_t *value) {
    uint32_t eax;
    if (leaf > maximum) return 0;
    eax = ask(leaf);
    if (eax == 0) return -19;
    *value = eax;
    return 1;
}
int my_has_feature(uint32_t leaf) { return ask(0x40000000) >= leaf && ask(leaf) != 0; }
"""
SIGNED = """
#include <stdbool.h>
#include <stdint.h>

static inline uint32_t cpuid_eax(uint32_t leaf) {
    uint32_t a = leaf, b, c = 0, d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return a;
}

bool hv_feature_available(uint32_t target);
"""
failures = []


def check(what, good, shown=""):
    print("ok  " if good else "FAIL", what, "" if good else shown)
    if not good:
        failures.append(what)


def plain(text):
    """Text without what a width, a compiler or one more scenario changes."""
    return " ".join(re.sub(r"\d[\d.]*", "#", text).split())


def indented(text):
    """The lines of code, without their comments: indented further than the paragraph around them."""
    lines, fenced = [], False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and re.match(r" {4,}\S", line):
            lines.append(re.sub(r"\s+#\s.*", "", line).strip())
    return lines


def run(command, folder):
    environment = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}", "LC_ALL": "C"}
    for name in ("HVSPEC_DATA", "COLUMNS", "NO_COLOR"):
        environment.pop(name, None)
    return subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder, env=environment,
                          capture_output=True, text=True, check=False)


def compile_library(source, folder, name):
    pathlib.Path(folder, f"{name}.c").write_text(source, encoding="utf-8")
    subprocess.run(["gcc", "-O2", "-g", "-shared", "-fPIC", "-o", f"lib{name}.so", f"{name}.c"], cwd=folder,
                   check=True)


def commands(text, folder):
    """Types them in their order, in a folder that has what the reader has."""
    lines = indented(text)
    first = lines.index("probe: mine")
    pathlib.Path(folder, "mine.yaml").write_text(
        "\n".join(lines[first:first + lines[first:].index("arguments: [$target, $out]") + 1]), encoding="utf-8")
    tried = 0
    for line in lines:
        if not re.match(r"(\./|build/)?(hvspec|bootstrap|cmake|cpuid|qemu\S*|ctest|git) ", line):
            continue
        if any(line.startswith(start) for start in ELSEWHERE):
            continue
        done = run(line, folder)
        # What this machine's own hypervisor answers is not ours to judge.
        expected = (0, 1, 2) if line.startswith("hvspec capture") else (0,)
        check(f"$ {line}", done.returncode in expected, done.stdout + done.stderr)
        tried += 1
    check("most are tried", tried >= 8, tried)


def options(text, folder):
    """`hvspec COMMAND --option` in sentences: the command has it; `--option` alone: some command has it."""
    known = {name: run(f"hvspec help {name}", folder).stdout
             for name in re.findall(r"^  ([a-z]+) +[a-z]", run("hvspec help", folder).stdout, re.M)}
    every = "".join(known.values())
    for code in re.findall(r"`([^`\n]+)`", text):
        words = code.split()
        ours = words[0] == "hvspec" and len(words) > 1
        if ours:
            check(f"`{code}`: a command", words[1] in known, sorted(known))
        helped = known.get(words[1], "") if ours else every
        for word in words:
            option = re.match(r"--[a-z-]+", word)
            if option and option[0] not in OTHERS and not words[0].startswith(("cmake", "./", "gcc")):
                check(f"`{code}`: {option[0]} is an option", re.search(rf"{option[0]}\b", helped))


def shown_failure(text, folder):
    fence = re.search(r"```\n(fail max/reaches-target.*?)```", text, re.S)[1]
    code = re.search(r"\(`(int32_t max.*?)`\)", text, re.S)[1]
    lines = re.findall(r"^ +>? +(\d+)  ?(.*)$", fence.split("  cpuid ")[0].split("source ")[1], re.M)
    body = "\n".join(line for _, line in lines)
    check("what is shown is the code that is told", plain(code.split(";")[0]) in plain(body), body)
    source = SIGNED + body + "\n        return false;\n    return cpuid_eax(target) != 0;\n}\n"
    compile_library(source, folder, "hv")
    command = re.search(r"`(hvspec check -a bool libhv.so)`", text)[1]
    said = run(command, folder).stdout
    for label in ("requirement", "locator", "question", "expected", "observed"):
        entry = re.search(rf"^  {label} .*?(?=^  [a-z])", fence, re.M | re.S)[0]
        check(f"the failure's {label}", plain(entry) in plain(said), said[-3000:])
    for line in (fence.splitlines()[0], fence.splitlines()[-1]):
        check(f"'{line.split()[0]}' as shown", plain(line.split(":max=")[0]) in plain(said), said[-3000:])


def shown_table(text, folder, source):
    fence = re.search(r"```\n(acrn\.txt: .*?)```", text, re.S)[1]
    shutil.copy(source / "harness/tables-gallery/bad/acrn.txt", folder)
    said = plain(run("hvspec check --guests acrn.txt", folder).stdout)
    for line in fence.splitlines():
        check(f"a table: {line.strip()[:60]}", plain(line) in said, said)


def main(program, source, probes):
    if not shutil.which("gcc"):
        print("gcc not found: skipped")
        return 77
    program, source = pathlib.Path(program).resolve(), pathlib.Path(source).resolve()
    text = (source / "README.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        build = pathlib.Path(folder, "build")
        build.mkdir()
        build.joinpath("hvspec").symlink_to(program)
        build.joinpath("probes").symlink_to(pathlib.Path(probes).resolve())
        # `build/hvspec` is the program itself; `hvspec` leaves out the hunt, which takes longer than all else.
        wrapper = pathlib.Path(folder, "bin", "hvspec")
        wrapper.parent.mkdir()
        wrapper.write_text('#!/bin/sh\n[ "$1" = check ] && set -- "$@" --hunt-runs 0\n'
                           f'exec "{program}" "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
        compile_library(MINE, folder, "mine")
        commands(text, folder)
        options(text, folder)
        shown_failure(text, folder)
        shown_table(text, folder, source)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
