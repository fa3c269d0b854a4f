#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""terminal_test.py HVSPEC PROBES: what a check looks like on a terminal: colours unless NO_COLOR says
otherwise, prose that fits narrow and wide ones, a progress line that is gone in the end, and only
where a run takes over a second; and pipes that are closed early."""
import fcntl
import os
import pathlib
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

failures = []
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def check(what, good, shown=""):
    print("ok  " if good else "FAIL", what, "" if good else repr(shown)[:2000])
    if not good:
        failures.append(what)


def on_terminal(command, columns=100, **environment):
    """Runs with all three streams on a terminal. Returns what it shows and the exit code."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    known = {key: value for key, value in os.environ.items()
             if key not in ("NO_COLOR", "COLUMNS", "TERM")}
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, close_fds=True,
                               env={**known, "TERM": "xterm", **environment})
    os.close(child)
    shown = b""
    while True:
        try:
            data = os.read(parent, 65536)
        except OSError:  # Linux says so when the other end has closed
            break
        if not data:
            break
        shown += data
    os.close(parent)
    return shown.decode("utf-8").replace("\r\n", "\n"), process.wait(60)


def colours(command):
    shown, code = on_terminal(command)
    check("a terminal gets colours", code == 1 and COLOUR.search(shown), shown)
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        shown, _ = on_terminal(command, **{name: value})
        check(f"{name}={value}: none", "\x1b" not in shown, shown)
    shown, _ = on_terminal(command, NO_COLOR="")
    check("an empty NO_COLOR does not count", COLOUR.search(shown), shown)
    shown, _ = on_terminal([*command, "--color", "never"])
    check("--color never: none", "\x1b" not in shown, shown)
    piped = subprocess.run(command, capture_output=True, text=True, check=False)
    check("a pipe gets none", "\x1b" not in piped.stdout + piped.stderr, piped.stdout)
    shown, _ = on_terminal([*command, "--color", "always"], NO_COLOR="1")
    check("--color always outdoes NO_COLOR", COLOUR.search(shown), shown)


def prose(shown, label):
    """The lines of a wrapped sentence: the label's and those that go on below it."""
    lines = COLOUR.sub("", shown).splitlines()
    first = next(i for i, line in enumerate(lines) if line.strip().startswith(label))
    count = 1
    while lines[first + count].startswith(" " * 15) and lines[first + count][15] != " ":
        count += 1
    return lines[first:first + count]


def widths(command):
    texts = set()
    for columns in (40, 60, 100, 200):
        shown, _ = on_terminal(command, columns=columns)
        lines = prose(shown, "requirement")
        check(f"{columns} columns: a requirement fits", max(map(len, lines)) <= columns, lines)
        check(f"{columns} columns: and uses them", len(lines) == 1 or
              max(map(len, lines)) > columns - 16, lines)
        texts.add(" ".join(" ".join(lines).split()))
    check("the words are the same in every width", len(texts) == 1, texts)
    for columns, widest in ((64, 62), (80, 76)):
        shown, _ = on_terminal(command, columns=columns)
        rows = [line for line in COLOUR.sub("", shown).splitlines()
                if re.match(r"  (rule|max/|target/|platform/)", line) and "," not in line]
        check(f"{columns} columns: the table fits", len(rows) > 10
              and max(map(len, rows)) <= widest, rows)
    shown, _ = on_terminal(command, columns=0)
    check("no width at all: no wrapping", len(prose(shown, "requirement")) == 1, shown)
    shown, code = on_terminal([command[0], "list", "rules"], columns=40)
    check("lists are narrow as well", code == 0 and
          max(len(COLOUR.sub("", line)) for line in shown.splitlines()) <= 60, shown)


def errors_whole(program):
    """FILE:LINE:COLUMN: what is wrong, which editors and log viewers jump to, is one line in any width."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "x.yaml")
        file.write_text("title: A scenario\nrules: [max/no-such-rule-anywhere]\n", encoding="utf-8")
        shown, code = on_terminal([program, "lint", str(file)], columns=40)
    check("40 columns: an error stays one line", code == 2 and
          all(line.startswith("hvspec: ") for line in shown.splitlines()) and len(shown) > 80, shown)


def eighty_columns(program, probes):
    """Whatever is put on a screen of the usual width stays within it; only single words, such as a
    case's id, may be longer. A command that is broken over lines is the same to a shell."""
    broken = str(probes / "broken/64/max-low-byte.so")
    for command in (["check", broken, "-s", "max/zero", "-s", "max/unsigned", "-v"], ["check", broken, "-s", "max/zero", "-q"],
                    ["list", "rules"], ["list", "scenarios"], ["list", "probes"], ["list", "signatures"],
                    ["list", "rules", "--coverage", "-v"], ["trace", broken, "max/zero"],
                    ["trace", broken, "max/unsigned:max=0x80000000,target=0x40000010"],
                    ["explain", "max/reaches-target"], ["explain", "attribution"], ["help", "check"]):
        shown, _ = on_terminal([program, *command], columns=80)
        lines = COLOUR.sub("", shown[shown.rfind("\r\x1b[K") + 1:]).splitlines()
        wide = [line for line in lines if len(line) > 80 and len(line.split()) > 2]
        check(f"80 columns: {' '.join(command[:3])} fits", len(lines) > 2 and not wide, wide[:3])
        check(f"80 columns: {' '.join(command[:3])} ends no line with blanks",
              all(line == line.rstrip() for line in lines), [line for line in lines if line != line.rstrip()][:3])
    with tempfile.TemporaryDirectory() as folder:  # the name of one of these ends where the line does
        files = [pathlib.Path(folder) / ("p" * length) / "a.so" for length in range(1, 61)]
        for file in files:
            file.parent.mkdir()
            shutil.copy(broken, file)
        shown, _ = on_terminal([program, "check", *map(str, files), "-s", "max/zero", "--hunt-runs", "0", "-q"], columns=80)
    lines = COLOUR.sub("", shown).splitlines()
    wide = [line for line in lines if len(line) > 80 and len(line.split()) > 1]
    check("80 columns: a file's name of any length fits", not wide, wide[:3])
    command = [program, "check", "-e", "hv_feature_available", "-a", "int", "--seed", "1", broken, "-s", "max/unsigned"]
    rerun = {}
    for columns in (60, 1000):
        lines = COLOUR.sub("", on_terminal(command, columns=columns)[0]).splitlines()
        first = next(i for i, line in enumerate(lines) if line.startswith("  rerun"))
        last = first
        while lines[last].endswith(" \\"):
            last += 1
        text = "\n".join([lines[first][len("  rerun"):], *lines[first + 1:last + 1]])
        rerun[columns] = subprocess.run(["sh", "-c", f"set -- {text}\nprintf '%s|' \"$@\""], check=False,
                                        capture_output=True, text=True).stdout
        check(f"{columns} columns: the command to rerun is broken where it is too long", (last > first) == (columns == 60),
              lines[first:last + 1])
    check("and says the same either way", rerun[60] == rerun[1000] and "trace|" in rerun[60], rerun)


def progress(program, probes):
    many = sorted(str(path) for path in (probes / "reference").glob("reference-*-O[23s]-??.so"))
    many = many[:8]  # two seconds or more
    shown, code = on_terminal([program, "check", "-q", "-j1", *many])
    check("a long run shows how far it is", code == 0 and
          re.search(r"\r\d+ of \d+ cases, \d+ s left ", shown), shown)
    check("and wipes it away at the end", shown.rfind("s left") < shown.rfind("\r\x1b[K"), shown)
    check("and is drawn some times a second, not for every case", shown.count(" left ") < 400,
          shown.count(" left "))
    check("what stays is the report", "s left" not in shown[shown.rfind("\r\x1b[K"):], shown)
    began = time.monotonic()
    shown, _ = on_terminal([program, "check", "-q", "-s", "max/zero", many[0]])
    check("a short one shows nothing", "left" not in shown or time.monotonic() - began > 1, shown)
    command = [program, "check", "-q", "-j1", *many]
    piped = subprocess.run(command, capture_output=True, text=True, check=False)
    check("nor does one in a pipe", piped.stderr == "" and "left" not in piped.stdout, piped.stderr)


def hunt_progress(program, probes):
    command = [program, "check", "-q", "-j1", "-s", "max/zero", "--no-solver", "--hunt-runs", "2500000",
               str(probes / "reference/reference-gcc-O2-64.so")]
    shown, code = on_terminal(command)
    check("a long short hunt shows how far it is", code == 0 and
          re.search(r"\r\d+ of 2500000 runs of the short hunt, \d+ s left ", shown), shown)
    check("and wipes it away", "s left" not in shown[shown.rfind("\r\x1b[K"):], shown)


def sweep_progress(program, probes):
    command = [program, "sweep", str(probes / "reference/reference-gcc-O2-64.so"), "-j1", "--stride",
               "699"]
    shown, code = on_terminal(command)
    check("a sweep shows its rate and the time left", code == 0 and
          re.search(r"\r\d+ of \d+ values, \d+ a second, \d+:\d\d:\d\d left ", shown), shown)
    check("and wipes them away", " left " not in shown[shown.rfind("\r\x1b[K"):], shown)


def closed_pipes(program, probes):
    broken = str(probes / "broken/64/max-signed.so")
    for command in (["check", "-v", broken], ["check", "--report=json", broken], ["list", "scenarios", "-v"],
                    ["list", "rules", "--json"], ["explain", "*"], ["help", "check"]):
        reader = subprocess.Popen([program, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        reader.stdout.read(1)
        reader.stdout.close()
        error = reader.stderr.read()
        reader.wait(60)
        check(f"{command[0]} {command[1]}, closed early: no noise", error == b"", error)


def nobody_reads(program, probes):
    """Whatever runs in a process of its own: that there is no reader is no crash of it."""
    broken = str(probes / "broken/64/max-signed.so")
    for command in (["trace", broken, "max/unsigned"], ["check", broken, "-s", "max/unsigned"]):
        unread, written = os.pipe()
        os.close(unread)
        done = subprocess.run([program, *command], stdout=written, stderr=subprocess.PIPE, check=False)
        os.close(written)
        check(f"{command[0]}, read by nobody: ended by SIGPIPE, no noise",
              done.returncode == -signal.SIGPIPE and done.stderr == b"", (done.returncode, done.stderr))


def main(program, probes):
    program, probes = os.path.abspath(program), pathlib.Path(probes).resolve()
    command = [program, "check", "-s", "max/unsigned", str(probes / "broken/64/max-signed.so")]
    colours(command)
    widths(command)
    errors_whole(program)
    eighty_columns(program, probes)
    progress(program, probes)
    hunt_progress(program, probes)
    sweep_progress(program, probes)
    closed_pipes(program, probes)
    nobody_reads(program, probes)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
