/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/command.h"

static const char *const answer_words[] = {"int", "bool", "value", NULL};
static const char *const profile_words[] = {"presence", NULL};
static const char *const color_words[] = {"auto", "always", "never", NULL};

const struct option_row option_rows[OPTIONS] = {
    [OPTION_ENTRY] = {"entry", 'e', "SYMBOL",
                      "function to call; repeatable, each a probe of its own "
                      "(default: hv_feature_available)",
                      NULL},
    [OPTION_ANSWER] = {"answer", 'a', "KIND",
                       "what the function returns: int, bool or value (default: int; more kinds "
                       "in a manifest)",
                       answer_words},
    [OPTION_FLAT] = {"flat", 0, "MODE@ADDRESS",
                     "the file is flat code of 16, 32 or 64 bits, loaded at ADDRESS", NULL},
    [OPTION_SCENARIOS] = {"scenarios", 's', "PATH",
                          "file, folder, scenario or case id; repeatable (default: all installed)",
                          NULL},
    [OPTION_RULE] = {"rule", 'r', "GLOB", "only these rules; repeatable", NULL},
    [OPTION_EXCLUDE] = {"exclude", 'x', "GLOB", "leave these rules out; repeatable", NULL},
    [OPTION_STRICT] = {"strict", 0, NULL, "\"should\" rules fail the run too", NULL},
    [OPTION_PROFILE] = {"profile", 0, "NAME", "add an opt-in profile: presence", profile_words},
    [OPTION_REPORT] = {"report", 0, "FMT[=FILE]",
                       "write a report; repeatable (FILE - or none: standard output). Formats: "
                       "console, cunit, html, json, junit, sarif, tap",
                       NULL},
    [OPTION_JOBS] = {"jobs", 'j', "N", "worker processes, 1 to 256 (default: the processors)",
                     NULL},
    [OPTION_SHARD] = {"shard", 0, "I/N", "only part I of N, 1 to N", NULL},
    [OPTION_SEED] = {"seed", 0, "N", "for everything drawn at random (default: 1)", NULL},
    [OPTION_BUDGET] = {"budget", 0, "N",
                       "instructions that one call may execute (default: 1000000)", NULL},
    [OPTION_DRY_RUN] = {"dry-run", 0, NULL, "list what would run, and run nothing", NULL},
    [OPTION_FAIL_FAST] = {"fail-fast", 0, NULL, "start nothing more after the first failure", NULL},
    [OPTION_QUIET] = {"quiet", 'q', NULL, "only the last lines", NULL},
    [OPTION_VERBOSE] = {"verbose", 'v', NULL, "more: all examples; twice: all scenarios", NULL},
    [OPTION_COLOR] = {"color", 0, "WHEN",
                      "auto, always or never (default: auto; NO_COLOR is honoured)", color_words},
    [OPTION_JSON] = {"json", 0, NULL, "print JSON", NULL},
    [OPTION_HELP] = {"help", 'h', NULL, "print this help", NULL},
};
