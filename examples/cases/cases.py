#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""cases.py: hvspec's cases, from standard input, against a function in Python."""
import json
import sys


def feature_available(cpuid, target):
    """The function under test: put yours here. cpuid(leaf) returns (eax, ebx, ecx, edx)."""
    return cpuid(0x40000000)[0] >= target and cpuid(target)[0] != 0


def machine(case):
    """What stands in for CPUID in a case."""
    ranges = [tuple(int(leaf[name], 16) for name in ("first", "last", "eax", "ebx", "ecx", "edx"))
              for leaf in case["leaves"]]

    def cpuid(leaf):
        for first, last, *values in ranges:
            if first <= leaf <= last:
                return tuple(values)
        raise LookupError(f"leaf {leaf:#x} has nothing to do with the question")
    return cpuid


def main():
    cases = json.load(sys.stdin)["cases"]
    wrong = 0
    for case in cases:
        cpuid = machine(case)  # one boot
        for question in case["questions"]:
            available = feature_available(cpuid, int(question["target"], 16))
            if available != (question["answer"] == "available"):
                print(f"{case['id']}: {question['target']} is {question['answer']}")
                wrong += 1
    print(f"{len(cases)} cases, {wrong} wrong answers")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
