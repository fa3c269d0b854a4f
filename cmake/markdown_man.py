#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a page of the manual's section 5 from one of the project's texts in Markdown.

Knows what those texts use: headings, paragraphs, lists, tables, fenced code, and `code`, **bold** and
[links](x) in lines.

usage: markdown_man.py NAME VERSION SUMMARY TEXT.md >NAME.5
"""
import re
import sys


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return re.sub(r"^\.", r"\\&.", text)


def inline(text):
    """A line's marks as fonts."""
    out = []
    for part in re.split(r"(`[^`]*`|\*\*.+?\*\*|\[[^\]]+\]\([^)]+\))", text):
        if part.startswith("`"):
            out.append(f"\\fB{roff(part[1:-1])}\\fR")
        elif part.startswith("**"):
            out.append(f"\\fB{roff(part[2:-2].replace('`', ''))}\\fR")
        elif part.startswith("["):
            out.append(inline(part[1:part.index("]")]))
        else:
            out.append(roff(part))
    return "".join(out)


def cells(line):
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]


def table(lines):
    """A paragraph a row: the first cell stands out, the others follow under their headings."""
    head = cells(lines[0])
    for line in lines[2:]:
        row = cells(line)
        yield ".TP"
        yield inline(row[0]) or "\\&"
        said = [f"{inline(name)}: {inline(cell)}." for name, cell in zip(head[1:-1], row[1:-1]) if cell]
        said += [inline(row[-1])] if row[-1] else []
        yield "\n.br\n".join(said)


def page(lines):
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("```"):
            yield from (".PP", ".RS", ".nf")
            while not lines[at].startswith("```"):
                yield roff(lines[at]) or "\\&"
                at += 1
            at += 1
            yield from (".fi", ".RE")
        elif line.startswith("# "):
            yield ".SH DESCRIPTION"
        elif line.startswith("## "):
            yield f".SH {roff(line[3:].replace('`', '').upper())}"
        elif line.startswith("### "):
            yield f".SS {roff(line[4:].replace('`', ''))}"
        elif line.startswith("|"):
            rows = [line]
            while at < len(lines) and lines[at].startswith("|"):
                rows.append(lines[at])
                at += 1
            yield from table(rows)
        elif re.match(r"[-*] |\d+\. ", line):
            mark, _, rest = line.partition(" ")
            yield f".IP \\(bu 2" if mark in "-*" else f".IP {mark} 4"
            while at < len(lines) and lines[at].startswith("  ") and lines[at].strip():
                rest += " " + lines[at].strip()
                at += 1
            yield inline(rest)
        elif line.strip():
            while at < len(lines) and lines[at].strip() and not re.match(r"```|#|\||[-*] ", lines[at]):
                line += "\n" + lines[at]
                at += 1
            yield ".PP"
            yield "\n".join(inline(part) for part in line.split("\n"))


def main():
    name, version, summary, path = sys.argv[1:]
    with open(path, encoding="utf-8") as text:
        lines = text.read().split("\n")
    print(f'.TH "{name.upper()}" 5 "" "hvspec {version}" "hvspec manual"')
    print(f".SH NAME\n{roff(name)} \\- {roff(summary)}")
    text, after_heading = [], False
    for line in page(lines):
        if not (after_heading and line == ".PP"):  # a heading begins a paragraph by itself
            text.append(line)
        after_heading = line.startswith((".SH", ".SS"))
    print("\n".join(text))
    print(".SH SEE ALSO\n.BR hvspec (1),\n.BR hvspec\\-check (1),\n.BR hvspec\\-lint (1)")


if __name__ == "__main__":
    main()
