/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sandbox.h"
#include "base/sha256.h"
#include "emulator/decode/disassembly.h"
#include "emulator/guest/guest.h"
#include "emulator/source/source_line.h"
#include "harness/cli/command.h"
#include "harness/cunit/cunit.h"
#include "harness/prove/prove.h"
#include "harness/yaml/shape.h"
#include "harness/yaml/tree.h"
#include "reports/formats.h"

/* A library and the one module that knows it. */
static const struct {
    const char *name, *used_for;
    const char *(*version)(void);
} version_rows[] = {
    {"Unicorn", "runs probes", guest_engine_version},
    {"Capstone", "disassembles them", disassembly_engine_version},
    {"elfutils", "reads ELF files and source lines", source_line_library_version},
    {"CUnit", "registers and runs the tests", cunit_version},
    {"libcyaml", "loads scenarios and manifests", yaml_shape_library_version},
    {"libyaml", "finds their mistakes' lines", yaml_tree_library_version},
    {"jansson", "writes JSON", json_library_version},
    {"nettle", "tells inputs apart by SHA-256", sha256_library_version},
    {"libxml2", "writes XML", junit_library_version},
    {"Z3", "proves, and finds tables that draws do not", prove_solver_version},
    {"seccomp", "shuts workers off from the system", sandbox_library_version},
};

static int version_run(const struct command_line *line) {
    (void)line;
    printf("hvspec %s\n", HVSPEC_VERSION);
    for (size_t i = 0; i < sizeof version_rows / sizeof version_rows[0]; i++)
        printf("  %-8s  %-12s  %s\n", version_rows[i].name, version_rows[i].version(),
               version_rows[i].used_for);
    printf("  workers behind a system call filter: %s\n", sandbox_state());
    return COMMAND_CONFORMS;
}

const struct command command_version = {
    .name = "version",
    .operands = "",
    .summary = "versions of hvspec and of the libraries that it uses",
    .text = "The versions are those of the libraries as loaded: put them into bug reports.",
    .examples = "hvspec version",
    .complete = {COMPLETE_NOTHING, COMPLETE_NOTHING},
    .run = version_run,
};
