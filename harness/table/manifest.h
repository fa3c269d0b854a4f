/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_MANIFEST_H
#define HVSPEC_HARNESS_TABLE_MANIFEST_H

#include "emulator/cpuid/table.h"
#include "base/errors.h"
#include "harness/spec/rules.h"
#include "harness/yaml/tree.h"

/* What the author of a hypervisor says of a table: its name, its dump, what is implemented. */

/* A rule that a manifest leaves out. */
struct table_exclusion {
    enum rule_id rule;
    char *reason;
};

struct table_manifest {
    unsigned line, column; /* in the manifest's file */
    char *name, *path;     /* of the dump */
    bool declared;         /* it says what is implemented */
    uint32_t *implements;
    size_t implements_count;
    struct table_exclusion *exclusions;
    size_t exclusions_count;
};

/* Those of one file. */
struct table_manifests {
    struct table_manifest *list;
    size_t count;
};

/* Reads a manifest, or a list of them. False with every mistake noted; clear it either way. */
bool table_manifests_load(const char *path, struct table_manifests *manifests,
                          struct errors *errors);
void table_manifests_clear(struct table_manifests *manifests);

/* Whether a YAML file is about tables, as other manifests are about probes; the same of a file that
 * is not read yet, from its name and content. */
bool table_manifest_recognises(const struct yaml_tree *root);
bool table_is_manifest(const char *path);

/* Whether a file's name says that it is YAML, and whether such a file lists rows of a dump. */
bool table_is_yaml(const char *path);
bool table_is_rows(const char *path);

#endif
