/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_LIST_H
#define HVSPEC_HARNESS_CLI_LIST_H

#include "harness/cli/coverage.h"
#include "harness/cli/line_run.h"
#include "reports/console/page.h"

/*
 * What `hvspec list` found, for people (command_list.c) and as JSON (command_list_json.c).
 */
enum list_kind { LIST_RULES, LIST_SCENARIOS, LIST_CASES, LIST_PROBES, LIST_SIGNATURES, LIST_KINDS };

struct list {
    enum list_kind kind;
    struct run_options options;
    struct run_inputs inputs;   /* rules selected, scenarios, probes; as far as the kind has them */
    bool *scenarios;            /* by index in the set: listed */
    bool selected[RULES];       /* rules listed */
    bool open;                  /* with what the mail leaves open */
    size_t count;               /* of things listed */
    struct coverage *coverage;  /* of the rules; NULL: not asked for */
    size_t scenarios_elsewhere; /* that need a profile which was not asked for */
};

/* What tells a probe's answers apart: "yes or no", "three outcomes". */
const char *list_answer_text(const struct probe *probe);

const char *list_abi_text(const struct probe *probe);

/* Twelve bytes as text, with \xNN for what is not printable. */
#define LIST_SIGNATURE_SIZE 49u
struct signature;
char *list_signature_text(const struct signature *signature, char text[LIST_SIGNATURE_SIZE]);

/* Prints what the rules are good for; from 1 with what the numbers count, from 2 with case ids. */
void list_print_coverage(const struct list *list, struct page *page, int verbosity);

/* The listed scenarios' cases, everything worked out (list_cases.c). NULL: out of memory. */
struct json_t *list_json_expanded(const struct list *list);

/* Prints the list as JSON. False with an error noted: out of memory. */
bool list_print_json(const struct list *list, bool with_cases, struct errors *errors);

#endif
