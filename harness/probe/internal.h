/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_PROBE_INTERNAL_H
#define HVSPEC_HARNESS_PROBE_INTERNAL_H

#include "harness/probe/probe.h"
#include "harness/yaml/tree.h"

/*
 * What probe*.c share. A probe is put together step by step, each of which notes its own errors, so
 * that a manifest's mistakes are all named at once.
 */

/* Where something was said, for messages: a manifest's line, or just the probe's file. */
struct probe_place {
    const char *file;
    unsigned line, column; /* 0: the command line */
    bool data_only;        /* only memory can be meant, no register: for messages */
};

/* Loads `path`, and what `request` adds, into probe->image: ELF, an archive of it, or flat code
 * when `flat` ("16@0x7c00") is given. */
bool probe_load_image(struct probe *probe, const char *path, const char *flat,
                      struct probe_place flat_at, const struct image_request *request,
                      struct errors *errors);

/* instrumented.c. False, with the error noted: a sanitizer's runtime is missing, and the flag to build
 * without is named. */
bool probe_check_instrumented(const struct probe *probe, struct errors *errors);

/* The address of a function of the image, by symbol or "0x..." as the file's own addresses go; of
 * an indirect function its resolver's, which is noted to be one. */
bool probe_find_function(struct probe *probe, const char *text, struct probe_place at,
                         uint64_t *address, struct errors *errors);

/* Where calls start when nobody says so: PROBE_ENTRY_DEFAULT, or "start" in flat code. */
const char *probe_default_entry(const char *flat);

bool probe_set_entry(struct probe *probe, const char *text, struct probe_place at,
                     struct errors *errors);

/* The ABI of C code in the image; GUEST_REGISTERS for 16-bit code, which has none. */
enum guest_abi probe_default_abi(const struct image *image);

/* Notes which functions take the target as 64 bits, and whether the entry was built without a red
 * zone, as far as the debug information tells; to be called when the entry and the arguments are
 * known. False: out of memory. */
bool probe_read_debug(struct probe *probe, struct errors *errors);

/* A place by name, checked against the image's mode. */
bool probe_parse_place(const struct probe *probe, const char *text, struct probe_place at,
                       struct guest_place *place, struct errors *errors);

/* Cuts a number to a place's width. False: it does not fit. Flags hold 0 and 1. */
bool probe_fit_number(const struct guest_place *place, bool negative, uint64_t *number);

/* Allocates the setup's arguments as copies. */
bool probe_set_arguments(struct probe *probe, const struct guest_argument *arguments, size_t count);

/* The probes of a manifest, appended to *probes. */
bool probe_load_manifest(const char *path, const struct probe_options *options, struct probe ***probes, size_t *count,
                         struct errors *errors);

/* Names tell probes apart in reports and baselines. */
bool probe_name_taken(struct probe *const *probes, size_t count, const char *name);

/* Appends; frees the probe and returns false when out of memory. */
bool probe_append(struct probe ***probes, size_t *count, struct probe *probe,
                  struct errors *errors);

/* Adds what the caller said of the code, taking both texts over; `limits`: `limit` has to be there.
 * False: out of memory, also when a text is. */
bool probe_tell(struct probe *probe, char *text, char *limit, bool limits);

/* What the command line says of any probe, and how `trace` loads just this one again; `name` tells
 * the probes of a manifest apart, NULL: there is one. False with errors noted. */
bool probe_take_options(struct probe *probe, const struct probe_options *options, const char *name,
                        struct errors *errors);

/* One --assume WHAT=VALUE (probe/assume.c). */
bool probe_assume(struct probe *probe, const char *given, struct errors *errors);

/* Whether what is assumed leaves what the probe is asked about open. False with a note. */
bool probe_assume_fits(const struct probe *probe, struct errors *errors);

/* The lists of numbers in it, which fit the place of the answer. */
bool probe_read_answer_lists(struct probe *probe, const struct yaml_file *file,
                             const struct yaml_tree *answer, struct errors *errors);

/* The only features that the probe can be asked about. */
bool probe_read_targets(struct probe *probe, const struct yaml_file *file,
                        const struct yaml_tree *list, struct errors *errors);

/* A path that a manifest names, relative to it. The caller frees; NULL: out of memory. */
char *probe_join_path(const char *manifest, const char *file);

/* A whole program (probe_run.c): how it is started, and its answer. */
bool probe_read_run(struct probe *probe, const struct yaml_file *file, const struct yaml_tree *map,
                    struct errors *errors);
bool probe_read_run_answer(struct probe *probe, const struct yaml_file *file,
                           const struct yaml_tree *map, struct errors *errors);
/* What a function's process may read, if it needs one. */
bool probe_read_surroundings(struct probe *probe, const struct yaml_file *file,
                             const struct yaml_tree *map, struct errors *errors);
/* When the code is a library that cannot do without others, has its function called in a process
 * that its own loader starts; to be called when all else is known. */
bool probe_choose_process(struct probe *probe, const char *sysroot, struct errors *errors);
void probe_free_run(struct process_start *start);

/* The characters ahead of a width (":8"), which is left as it is where there is none. */
size_t probe_split_width(const char *text, unsigned *width);

/* Where the entry returns its result, as the debug information has it; NULL: in EAX, or it is not known. */
const char *probe_return_place(const struct probe *probe);

/* Where the answer is when nobody says so: as much of EAX as the function returns, or a floating-point
 * register, as far as the debug information tells. */
bool probe_set_answer_default(struct probe *probe, struct errors *errors);

/* The address of data: SYMBOL, SYMBOL+OFFSET or a number as the file's own addresses go, for
 * `length` characters of the text. `size` receives the symbol's, 0: unknown. False with an error
 * noted. */
bool probe_find_data(const struct probe *probe, const char *text, size_t length,
                     struct probe_place at, uint64_t *address, uint64_t *size,
                     struct errors *errors);

/* Whether a number is among the values. */
bool probe_lists(const uint64_t *values, size_t count, uint64_t number);

/* The answer of -a KIND. */
bool probe_set_answer_kind(struct probe *probe, const char *kind, struct errors *errors);

#endif
