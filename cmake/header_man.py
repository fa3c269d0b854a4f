#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a page of the manual's section 3 from a C header: its first comment is the description, and
each further one stands above the declarations that it is about.

usage: header_man.py NAME VERSION SUMMARY LIBRARY HEADER.h >NAME.3
"""
import pathlib
import re
import sys

from markdown_man import roff


def sections(text):
    """Pairs of a comment and the declarations below it; the guards are left out."""
    body = text[text.index("extern \"C\""):]
    body = re.sub(r"(?m)^#.*$|^extern \"C\" \{$|^\}$", "", body)
    for comment, code in re.findall(r"(?ms)^/\*(.*?)\*/\n(.*?)(?=^/\*|\Z)", body):
        words = re.sub(r"\n \*", "\n", comment)
        yield " ".join(words.split()), code.strip("\n")


def main(name, version, summary, library, header):
    parts = list(sections(pathlib.Path(header).read_text(encoding="utf-8")))
    include = pathlib.Path(header).name
    print(f'.TH "{name.upper()}" 3 "" "hvspec {version}" "hvspec manual"')
    print(f".SH NAME\n{roff(name)} \\- {roff(summary)}")
    print(f".SH SYNOPSIS\n.nf\n.B #include <{roff(include)}>\n.fi\n.PP")
    print(f"Link with \\fI{roff(library)}\\fR; pkg\\-config knows it as \\fBhvspec\\fR.")
    print(".SH DESCRIPTION")
    for index, (comment, code) in enumerate(parts):
        if index > 0:
            print(".PP")
        print(roff(comment))
        if code:
            print(".PP\n.nf")
            print("\n".join(roff(line) for line in code.split("\n")))
            print(".fi")
    print(".SH SEE ALSO\n.BR hvspec (1),\n.BR hvspec\\-manifest (5)")


if __name__ == "__main__":
    main(*sys.argv[1:])
