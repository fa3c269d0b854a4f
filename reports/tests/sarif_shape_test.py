#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sarif_shape_test.py SCHEMA PROGRAM: the SARIF writer's output has the shape that the schema
describes, and the schema refuses the same output with one thing wrong. PROGRAM is sample_report."""
import copy
import json
import subprocess
import sys

try:
    import jsonschema
    jsonschema.Draft202012Validator
except (ImportError, AttributeError):
    print("skipped: python3-jsonschema 4.0 or newer is not there")
    sys.exit(77)

DELETED = object()
RULE = ["runs", 0, "tool", "driver", "rules", 1]
RESULT = ["runs", 0, "results", 0]
PLACE = RESULT + ["locations", 0, "physicalLocation"]
STEP = RESULT + ["codeFlows", 0, "threadFlows", 0, "locations", 0]

# One mistake each: a path in the small sample and what is put there.
MISTAKES = [
    (["version"], "2.1"),
    (["runs"], []),
    (["surplus"], 1),
    (["runs", 0, "results"], DELETED),
    (["runs", 0, "columnKind"], "bytes"),
    (["runs", 0, "properties", "seed"], 1),
    (["runs", 0, "tool", "driver", "name"], DELETED),
    (["runs", 0, "invocations", 0, "executionSuccessful"], DELETED),
    (["runs", 0, "invocations", 0, "exitCode"], 4),
    (["runs", 0, "invocations", 0, "toolExecutionNotifications", 0, "level"], "fatal"),
    (RULE + ["id"], DELETED),
    (RULE + ["id"], "reaches-target"),
    (RULE + ["name"], "reaches-target"),
    (RULE + ["help", "markdown"], DELETED),
    (RULE + ["help", "text"], ""),
    (RULE + ["defaultConfiguration", "level"], "must"),
    (RULE + ["properties", "tags"], ["must", "must"]),
    (RESULT + ["ruleId"], DELETED),
    (RESULT + ["ruleIndex"], -1),
    (RESULT + ["ruleIndex"], "1"),
    (RESULT + ["level"], "none"),
    (RESULT + ["level"], "fatal"),
    (RESULT + ["kind"], "informational"),
    (RESULT + ["kind"], "failed"),
    (RESULT + ["message"], "text"),
    (RESULT + ["locations"], []),
    (RESULT + ["partialFingerprints", "hvspecPlace/v1"], "abc"),
    (PLACE + ["artifactLocation", "uri"], "/hv.c"),
    (PLACE + ["artifactLocation", "uri"], "a b.c"),
    (PLACE + ["artifactLocation", "uri"], "c:hv.c"),
    (PLACE + ["artifactLocation", "uri"], "a%2gb.c"),
    (PLACE + ["artifactLocation", "uri"], "a//b.c"),
    (PLACE + ["artifactLocation", "uriBaseId"], DELETED),
    (PLACE + ["artifactLocation", "uriBaseId"], "%SRCROOT%"),
    (PLACE + ["region", "startLine"], 0),
    (PLACE + ["region", "line"], 31),
    (STEP + ["executionOrder"], 0),
    (STEP + ["importance"], "deciding"),
    (STEP + ["location", "message"], DELETED),
]

# The same in the sample whose gate fails: its second result is listed, its last two are lines.
GATED = [
    (["runs", 0, "results", 1, "suppressions", 0, "kind"], "inBaseline"),
    (["runs", 0, "results", 1, "suppressions", 0, "status"], "listed"),
    (["runs", 0, "results", 1, "suppressions", 0, "justification"], ""),
    (["runs", 0, "results", 1, "suppressions", 0, "location"], DELETED),
    (["runs", 0, "results", 1, "suppressions"], None),
    (["runs", 0, "results", -1, "locations", 0, "physicalLocation", "region", "startLine"], 0),
]


def uneven(document):
    """3.27.23: suppressions are there for all results of a run or for none."""
    results = document["runs"][0]["results"]
    return len({"suppressions" in result for result in results}) > 1


def changed(document, path, value):
    document = copy.deepcopy(document)
    place = document
    for key in path[:-1]:
        place = place[key]
    if value is DELETED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


def main(schema_path, program):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    names = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    documents = {
        name: json.loads(subprocess.run([program, "sarif", name], check=True,
                                        capture_output=True).stdout.decode("utf-8"))
        for name in names
    }
    failures = [f"{name}: {error.json_path}: {error.message}"
                for name, document in documents.items()
                for error in validator.iter_errors(document)]
    failures += [f"accepted although {path} = {value!r}" for path, value in MISTAKES
                 if validator.is_valid(changed(documents["small"], path, value))]
    failures += [f"accepted although {path} = {value!r}" for path, value in GATED
                 if validator.is_valid(changed(documents["gate-fails"], path, value))]
    failures += [f"{name}: suppressions of some results only"
                 for name, document in documents.items() if uneven(document)]
    print(*failures, f"{len(documents)} reports, {len(MISTAKES) + len(GATED)} broken ones", sep="\n")
    return 1 if failures or len(documents) < 4 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
