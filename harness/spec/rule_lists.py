#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the lists of rules in texts and schemas against the catalogue, or renews them.

README.md has a table between <!-- rules --> and <!-- /rules -->; schemas have an "enum" whose first
item is the catalogue's first id, or the first one about tables.

usage: rule_lists.py HVSPEC SOURCE [--write]
"""
import json
import re
import subprocess
import sys
from pathlib import Path

SCHEMAS = {  # and which rules each names
    "harness/scenario/scenario.schema.json": lambda rule: True,
    "harness/probe/probe.schema.json": lambda rule: True,
    "harness/table/table.schema.json": lambda rule: rule["about"] == "hypervisors",
}


def table(rules):
    lines = ["| rule | level | it asks |", "|---|---|---|"]
    lines += [f"| `{rule['id']}` | {rule['level']} | {rule['asks']} |" for rule in rules]
    return "\n".join(lines)


def with_table(text, rules):
    return re.sub(r"(<!-- rules -->\n).*?(\n<!-- /rules -->)",
                  lambda found: found[1] + table(rules) + found[2], text, flags=re.S)


def with_enums(text, rules):
    """Every list that begins with the first of these rules holds all of them."""

    def renewed(found):
        indent = found[2]
        return found[1] + f",\n{indent}".join(json.dumps(rule["id"]) for rule in rules) + found[3]

    return re.sub(r'("enum": \[\n( +))"%s"[^\]]*?(\n *\])' % re.escape(rules[0]["id"]), renewed, text)


def main():
    hvspec, source = sys.argv[1], Path(sys.argv[2])
    write = sys.argv[3:] == ["--write"]
    rules = json.loads(subprocess.run([hvspec, "list", "rules", "--json"], check=True,
                                      capture_output=True).stdout)["rules"]
    renewals = [("README.md", with_table, rules)]
    renewals += [(name, with_enums, list(filter(takes, rules))) for name, takes in SCHEMAS.items()]
    stale = 0
    for name, renew, listed in renewals:
        text = (source / name).read_text()
        renewed = renew(text, listed)
        if not all(rule["id"] in renewed for rule in listed):
            sys.exit(f"{name}: no list of rules is found in it")
        if renewed == text:
            continue
        if write:
            (source / name).write_text(renewed)
        else:
            print(f"{name}: its list of rules is not the catalogue's: cmake --build BUILD --target "
                  "rule-lists renews it")
            stale += 1
    sys.exit(1 if stale else 0)


main()
