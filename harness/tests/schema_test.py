#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the schemas that editors use against hvspec's own readers: what one takes the other takes,
and what one refuses the other refuses, but for mistakes that no schema can express.

schema_test.py HVSPEC SOURCE BUILD
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing} (Debian: python3-jsonschema, python3-yaml)")
    sys.exit(77)

# Bad scenarios that are right as far as a schema can see.
BEYOND_A_SCHEMA = {
    "ask_base": "what an expression comes to",
    "base_as_leaf": "keys of leaves are expressions",
    "basic_leaf_by_word": "keys of leaves are expressions",
    "draw_nothing": "matrix values have a language of their own",
    "draw_without_end": "matrix values have a language of their own",
    "duplicate_key": "gone when a YAML reader hands the map over",
    "duplicate_leaf_key": "gone when a YAML reader hands the map over",
    "leaf_twice": "what an expression comes to",
    "not_present_elsewhere": "keys that depend on others' values",
    "octal": "010 is the number 10 to YAML",
    "outcome_disagrees": "the spec function",
    "outcome_disagrees_on_zero": "the spec function",
    "outcomes_miscounted": "two lists of one length",
    "range_backwards": "matrix values have a language of their own",
    "range_step_zero": "matrix values have a language of their own",
    "range_too_long": "what an expression comes to",
    "range_without_effect": "what an expression comes to",
    "same_case": "what an expression comes to",
    "signature_too_long": "bytes, not characters",
    "sum_below_zero": "what an expression comes to",
    "sum_over_32_bits": "what an expression comes to",
    "too_few_to_draw": "matrix values have a language of their own",
    "too_many_cases": "how many combinations there are",
    "too_many_values": "matrix values have a language of their own",
    "two_kinds": "what a key is used for",
    "undefined_key": "keys that the author chooses",
    "undefined_key_without_matrix": "keys that the author chooses",
    "unknown_list": "matrix values have a language of their own",
    "unused_key": "keys that the author chooses",
}

# Bad manifests: a line added to a good one, or put in place of the line with the same key.
BAD_MANIFESTS = [
    "probe: ''",
    "probe: two words",
    "assume: {signature: ''}",
    "assume: {signature: thirteen bytes}",
    "assume: {sinature: KVM}",
    "assume: {processor: ''}",
    "assume: {processor: 0x15}",
    "assume: {processor: 0x15=1/2/3/4/5}",
    "assume: {processor: 0x15=0  0x16=0}",
    "assume: {processor: 1=0 2=0 3=0 4=0 5=0 6=0 7=0 8=0 9=0}",
    "decides: max",
    "answer: {mask: 0}",
    "answer: {mask: {place: 1}}",
    "answer: {value: eax, scale: 0}",
    "answer: {unwritten: absent}",
    "answer: {callback: 13}",
    "arguments: [$target, {out: {0: [256]}}]\nanswer: {in: out+0}",
    "arguments: [$target, {uot: {0: 1}}]",
    "set: {hv: text}",
    "entyr: f",
    "abi: fastcall",
    "arguments: [$target, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]",
    "arguments: [$target, $out+]",
    "set: {hv: $target}",
    "arguments: [$tagret]",
    "registers: {edi: $target}\nabi: sysv64",
    "registers: {edi: $target}\narguments: [$target]",
    "targets: []",
    "targets: [0x40000000]",
    "targets: [0x40000010, 0x40000010]",
    "answer: {inn: eax}",
    "answer: {available: maybe}",
    "answer: {not-available: []}",
    "answer: {in: out+}",
    "constructors: yes",
    "stubs: {printk: zero}",
    "exclude: {max/nothing: because}",
    "exclude: {max/read-first: ' '}",
    "budget: 0",
    "budget: 1000000001",
    "flat: 8@0",
    "run: [./program, $target]",
    "files: {os-release: os-release}",
]


# The same of a table's.
BAD_TABLES = [
    "table: ''",
    "table: two words",
    "table: a#2",
    "file: ''",
    "file: '-'",
    "entry: f",
    "implements: 0x40000001",
    "implements: [0x40000000]",
    "implements: [0x40000100]",
    "implements: [0x40000001, 0x40000001]",
    "implements: [one]",
    "exclude: {max/read-first: because}",
    "exclude: {hypervisor/present: ' '}",
]


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as hvspec and the editors' YAML server read it."""


CoreLoader.yaml_implicit_resolvers = {}
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), "tf")
CoreLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile("^([-+]?[0-9]+|0x[0-9a-fA-F]+)$"), "-+0123456789")
CoreLoader.add_constructor(
    "tag:yaml.org,2002:int",
    lambda loader, node: int(node.value, 16 if node.value.startswith("0x") else 10))


def with_text_keys(value):
    """JSON's keys are text; YAML's need not be."""
    if isinstance(value, dict):
        return {str(key): with_text_keys(item) for key, item in value.items()}
    return [with_text_keys(item) for item in value] if isinstance(value, list) else value


def main(hvspec, source, build):
    failures = []
    schemas = {}
    for name in ("scenario", "probe", "table"):
        schema = json.loads((source / f"harness/{name}/{name}.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        schemas[name] = jsonschema.Draft7Validator(schema)

    def schema_takes(name, path):
        try:
            return schemas[name].is_valid(with_text_keys(yaml.load(path.read_text(), CoreLoader)))
        except yaml.YAMLError:
            return False

    def lint_takes(path):
        done = subprocess.run([hvspec, "lint", path], capture_output=True, check=False)
        if done.returncode not in (0, 2):
            failures.append(f"{path}: hvspec lint ended with {done.returncode}")
        return done.returncode == 0

    def expect(name, path, good, schema_blind=False, linted=False):
        if (linted or lint_takes(path)) != good:
            failures.append(f"{path}: hvspec lint {'refuses' if good else 'takes'} it")
        if schema_takes(name, path) != (good or schema_blind):
            failures.append(f"{path}: the schema {'refuses' if good or schema_blind else 'takes'} it")

    listed = subprocess.run([hvspec, "list", "rules", "--names"], capture_output=True, text=True,
                            check=True).stdout.split()
    for name, known in (("scenario", schemas["scenario"].schema["definitions"]["rule"]["enum"]),
                        ("probe", schemas["probe"].schema["definitions"]["probe"]["properties"]
                         ["exclude"]["propertyNames"]["enum"])):
        if known != listed:
            failures.append(f"{name}.schema.json: its rules are not those of hvspec list rules")
    if (schemas["table"].schema["definitions"]["table"]["properties"]["exclude"]["propertyNames"]["enum"]
            != [rule for rule in listed if rule.startswith("hypervisor/")]):
        failures.append("table.schema.json: its rules are not those about tables")

    scenarios = sorted((source / "scenarios").rglob("*.yaml"))
    # Those of the folders beside conforming are copies of its own, and not all compiled in the ordinary run.
    manifests = sorted(path for path in (build / "probes").rglob("*.yaml")
                       if not any(part.startswith("conforming-") for part in path.parts))
    bad = sorted((source / "harness/tests/lint").glob("*.yaml"))
    # One run for all that are right: which one is not is asked only where there is one.
    together = subprocess.run([hvspec, "lint", *scenarios, *manifests], capture_output=True, check=False)
    for name, paths in (("scenario", scenarios), ("probe", manifests)):
        for path in paths:
            expect(name, path, True, linted=together.returncode == 0)
    for path in bad:
        expect("scenario", path, False, path.stem in BEYOND_A_SCHEMA)
    for stem in BEYOND_A_SCHEMA.keys() - {path.stem for path in bad}:
        failures.append(f"BEYOND_A_SCHEMA names {stem}, which is not there")

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        good = pathlib.Path("good.yaml")
        code = build / "probes/reference/reference-gcc-O2-64.so"
        lines = ["probe: good", f"file: {code}"]
        good.write_text("\n".join(lines) + "\n")
        expect("probe", good, True)
        for number, change in enumerate(BAD_MANIFESTS):
            key = change.split(":")[0]
            path = pathlib.Path(f"bad-{number}.yaml")
            kept = [line for line in lines if line.split(":")[0] != key]
            path.write_text("\n".join(kept + [change]) + "\n")
            expect("probe", path, False)
        table = source / "harness/tables-gallery/good/kvm.txt"
        lines = ["table: good", f"file: {table}", "implements: []", "exclude: {}"]
        good.write_text("\n".join(lines) + "\n")
        expect("table", good, True)
        good.write_text("- " + "\n  ".join(lines) + "\n")
        expect("table", good, True)
        for number, change in enumerate(BAD_TABLES):
            key = change.split(":")[0]
            path = pathlib.Path(f"bad-table-{number}.yaml")
            kept = [line for line in lines if line.split(":")[0] != key]
            path.write_text("\n".join(kept + [change]) + "\n")
            expect("table", path, False)
        for arguments, schema in ((["scenario", "new/one"], "scenario"),
                                  (["probe", "new/two", str(code)], "probe")):
            subprocess.run([hvspec, "new", *arguments], check=True, capture_output=True)
            expect(schema, pathlib.Path(arguments[1] + ".yaml"), True)

    for failure in failures:
        print(failure)
    print(f"{len(scenarios)} scenarios, {len(manifests)} manifests, {len(bad)} bad scenarios, "
          f"{len(BAD_MANIFESTS) + len(BAD_TABLES)} bad manifests: {len(failures)} failures")
    return 1 if failures or not scenarios or not manifests or not bad else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(),
                  pathlib.Path(sys.argv[3]).resolve()))
