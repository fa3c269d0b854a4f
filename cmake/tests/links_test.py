#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""links_test.py FOLDER: each link of a Markdown file in FOLDER to another file leads to one that is there: in
the sources, and where the documents are installed."""
import pathlib
import re
import sys


def main(folder):
    folder, broken, count = pathlib.Path(folder).resolve(), 0, 0
    for file in sorted(folder.rglob("*.md")):
        if any(part.startswith(("build", ".git")) for part in file.relative_to(folder).parts):
            continue
        for place in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8")):
            if "://" in place:
                continue
            count += 1
            if not (file.parent / place).exists():
                broken += 1
                print(f"{file.relative_to(folder)}: {place} is not there")
    print(count, "links,", broken, "broken")
    return 1 if broken or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
