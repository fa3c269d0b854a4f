/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SCENARIO_PLAN_H
#define HVSPEC_HARNESS_SCENARIO_PLAN_H

#include "harness/scenario/scenario.h"
#include "harness/spec/signatures.h"
#include "harness/yaml/shape.h"

#include <stdint.h>

/*
 * How a scenario file becomes cases; private to the scenario_*.c files. The file is loaded as texts
 * (scenario_yaml.c), the texts become expressions over the matrix keys (scenario_plan.c), the
 * matrix its values (scenario_matrix.c), and every combination of them a case (scenario_expand.c).
 * All steps note their mistakes in the reader and carry on, so that a file's mistakes come at once.
 */
#define SCENARIO_KEYS_MAX 16u        /* matrix keys in one file */
#define SCENARIO_TERMS_MAX 4u        /* variables in one expression */
#define SCENARIO_RANGE_MAX 4096u     /* leaves that one line of `leaves` covers */
#define SCENARIO_LEAVES_MAX 2000000u /* leaves scripted by all cases of one file */
#define SCENARIO_VALUE_TEXT_SIZE 32u /* a matrix value in an id, its terminator included */

/* 1-based; where a mistake is shown. */
struct scenario_place {
    unsigned line, column;
};

/* What a matrix key's values are, which its use decides. */
enum scenario_kind {
    SCENARIO_UNUSED,
    SCENARIO_NUMBER,
    SCENARIO_SIGNATURE, /* used by hypervisor.signature */
    SCENARIO_FILL       /* used where a word such as junk can stand */
};

struct scenario_value {
    uint32_t number;
    char signature[SIGNATURE_SIZE];
    enum cpuid_fill fill;
};

struct scenario_key {
    const char *name;
    const struct yaml_tree *node;
    enum scenario_kind kind;
    struct scenario_value *values; /* no two the same */
    size_t count;
    size_t *slots; /* hash table over the values: index + 1; 0: free */
    size_t slots_count;
    uint64_t drawn; /* numbers taken from the key's random sequence so far */
};

struct scenario_matrix {
    struct scenario_key keys[SCENARIO_KEYS_MAX];
    size_t count;
};

/* A constant plus and minus matrix keys; its value has to fit 32 bits, what lies between not. */
struct scenario_expression {
    const char *text; /* as written */
    struct scenario_place place;
    int64_t constant;
    struct {
        size_t key;
        bool minus;
    } terms[SCENARIO_TERMS_MAX];
    size_t terms_count;
    bool reported; /* a case's value did not fit: said once */
};

/* A register of a leaf: an expression, or what the fill would have there. */
struct scenario_register {
    struct scenario_expression value;
    bool filled;
    enum cpuid_fill fill;
};

/* What `unlisted`, `beyond` and whole leaves can be. */
struct scenario_fill {
    bool varies;                           /* `key` names it */
    size_t key;                            /* a matrix key of SCENARIO_FILL */
    enum cpuid_fill fill;                  /* CPUID_FILL_VALUES: `registers` */
    struct scenario_register registers[4]; /* EAX, EBX, ECX, EDX */
};

/* One line of `leaves`. */
struct scenario_row {
    struct scenario_place place;
    char *key_text; /* owned; what `first` and `last` were parsed from */
    struct scenario_expression first, last;
    bool range;
    bool every_subleaf;
    struct scenario_expression subleaf;
    struct scenario_fill contents;
    bool reported;
};

struct scenario_plan {
    bool present;
    struct scenario_expression maximum;
    bool signature_varies;
    size_t signature_key;
    char signature[SIGNATURE_SIZE];
    bool signature_by_register;
    struct scenario_expression signature_registers[3]; /* EBX, ECX, EDX */
    struct scenario_fill unlisted, beyond;
    struct scenario_row *rows;
    size_t rows_count;
    struct scenario_expression asks[SCENARIO_ASKS_MAX];
    size_t asks_count;
    struct {
        enum outcome outcome;
        struct scenario_place place;
    } expect[SCENARIO_ASKS_MAX];
};

/* One file on its way to cases. */
struct scenario_reader {
    const char *path, *id;
    uint64_t seed;
    struct errors *errors;
    struct scenario_matrix matrix;
    struct scenario_plan plan;
    size_t leaves_count; /* scripted by the cases so far */
    bool failed;
    bool lenient; /* a case that cannot be is left out, and the spec function says what to expect */
};

/* The structures that libcyaml fills; see the tables in scenario_yaml.c. */
struct scenario_texts {
    struct yaml_value title, rules, why, source, breaks, matrix, hypervisor, ask, expect;
};
struct scenario_hypervisor_texts {
    struct yaml_value present, signature, max, leaves, unlisted, beyond;
};
struct scenario_registers_texts {
    struct yaml_value subleaf, eax, ebx, ecx, edx;
};

/* scenario_yaml.c */

/* Fills a scenario whose id and path are set. False with every mistake of the file noted; what was
 * filled then still has to be freed. */
bool scenario_read(struct scenario *scenario, const struct scenario_set *set, uint64_t seed,
                   struct errors *errors);

/* Notes a mistake in the file and marks the reader as failed. Always false. */
bool scenario_note(struct scenario_reader *reader, struct scenario_place place, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

/* Where a value, or a map's key, starts. */
struct scenario_place scenario_place(const struct yaml_tree *node);
struct scenario_place scenario_key_place(const struct yaml_tree *node);

/* A list's items or, for a single text, that text. */
size_t scenario_texts_count(const struct yaml_value *value);
const char *scenario_text(const struct yaml_value *value, size_t index);
const struct yaml_tree *scenario_text_node(const struct yaml_tree *node, size_t index);

/* scenario_expression.c */

/* A number at *text, decimal or 0x hexadecimal, which is moved behind it. False with a note: none
 * there, or over 32 bits. */
bool scenario_parse_number(struct scenario_reader *reader, struct scenario_place place,
                           const char **text, uint32_t *number);

/* "FIRST..LAST" without blanks around the dots, both included. False with a note. */
bool scenario_parse_range(struct scenario_reader *reader, struct scenario_place place,
                          const char **text, uint32_t *first, uint32_t *last);

/* Parses `text` up to its end and marks the keys it names as numbers. The text has to live as long
 * as the expression. */
bool scenario_expression_parse(struct scenario_reader *reader, struct scenario_place place,
                               const char *text, struct scenario_expression *expression);

/* The value in the case whose key i has the value digits[i]; false: outside 32 bits, noted once,
 * with the case's id. */
bool scenario_expression_value(struct scenario_reader *reader,
                               struct scenario_expression *expression, const size_t *digits,
                               uint32_t *value);

/* scenario_matrix.c */

/* Reads the keys' names only: their values can be read when their uses are known. */
void scenario_matrix_names(struct scenario_reader *reader, const struct yaml_tree *matrix);

/* Index of the key behind "$name", which is `length` bytes without the "$"; used as `kind` from
 * now on. False with a note: no such key, or used as something else already. */
bool scenario_matrix_use(struct scenario_reader *reader, struct scenario_place place,
                         const char *name, size_t length, enum scenario_kind kind, size_t *key);

/* Reads the values; `given` has one struct yaml_value a key. */
void scenario_matrix_values(struct scenario_reader *reader, const struct yaml_value *given);
void scenario_matrix_clear(struct scenario_matrix *matrix);

/* scenario_key.c */

enum scenario_added {
    SCENARIO_ADDED,
    SCENARIO_THERE, /* the key has that value already */
    SCENARIO_FULL   /* SCENARIO_CASES_MAX values, or out of memory */
};
enum scenario_added scenario_key_add(struct scenario_key *key, const struct scenario_value *value);

/* Takes all values from a key. */
void scenario_key_clear(struct scenario_key *key);

/* The key's next random value; a number is in first..last. Draws depend on the seed, the scenario's
 * id, the key's name and how many came before: neither on other keys nor on other files. */
struct scenario_value scenario_key_draw(const struct scenario_reader *reader,
                                        struct scenario_key *key, uint32_t first, uint32_t last);

/* A seed of its own for what `purpose` names in the scenario or case `id`. */
uint64_t scenario_seed(uint64_t seed, const char *id, const char *purpose);

/* How a value reads in a case's id: no character in it needs quoting in a shell. */
void scenario_value_text(enum scenario_kind kind, const struct scenario_value *value,
                         char text[SCENARIO_VALUE_TEXT_SIZE]);

/* "zero", "highest-basic", "base" or "junk". */
bool scenario_fill_parse(const char *word, enum cpuid_fill *fill);
const char *scenario_fill_text(enum cpuid_fill fill);

/* scenario_plan.c */

/* Understands `hypervisor`, `ask` and `expect`. */
void scenario_plan_read(struct scenario_reader *reader, const struct scenario_texts *texts,
                        const struct yaml_tree *root);
void scenario_plan_clear(struct scenario_plan *plan);

/* scenario_expand.c */

/* The id of the case in which key i has the value digits[i]. NULL: out of memory. Caller frees. */
char *scenario_case_id(const struct scenario_reader *reader, const size_t *digits);

/* Fills scenario->cases and holds what the author expects against the spec function. */
void scenario_expand(struct scenario_reader *reader, struct scenario *scenario);

/* scenario_retarget.c */

/* Makes the cases anew for a probe that can be asked for `targets` only. False with a note: out of
 * memory. */
bool scenario_retarget(struct scenario_reader *reader, struct scenario *scenario,
                       const uint32_t *targets, size_t count);

/* Frees a case. */
void scenario_case_clear(struct scenario_case *test);

/* scenario_same.c */

/* Notes the first two cases that differ in nothing but their ids, at `place`. */
void scenario_check_same(struct scenario_reader *reader, const struct scenario *scenario,
                         struct scenario_place place);

#endif
