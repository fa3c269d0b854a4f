/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_BUILD_H
#define HVSPEC_HARNESS_DUMP_BUILD_H

#include "harness/dump/dump.h"
#include "harness/dump/text.h"

/*
 * What readers of formats share: rows come in, tables and processors come out. A header only counts
 * once a row follows it, since files hold headers of other things.
 */
struct dump_builder {
    const char *path; /* for messages */
    struct dump *dump;
    struct errors *errors;
    bool new_table, new_processor; /* the next row begins one */
    unsigned processor;            /* its number */
    size_t current;                /* its index in the last table */
    bool failed;                   /* errors were noted */
};

/* One format. */
struct dump_shape;
struct dump_format {
    const char *name;               /* "cpuid -r" */
    const char *refusal;            /* why it cannot be judged, and what to do; NULL: it is read */
    const struct dump_shape *shape; /* of its lines, which says all; NULL: as follows */
    /* Whether a line is of this format, as no line of another is. The lines behind it follow in
     * memory. */
    bool (*recognises)(const struct dump_line *line);
    void (*read)(struct dump_builder *builder, const struct dump_text *text);
};

/* The next rows are of another processor; one of a number that the table has already is the first
 * of another table. */
void dump_begin_processor(struct dump_builder *builder, unsigned number);

/* The next rows are of this processor of the table, which may have rows already: for dumps in which
 * each row says whose it is. */
void dump_at_processor(struct dump_builder *builder, unsigned number);

/* The next rows are of another table. */
void dump_begin_table(struct dump_builder *builder);

/* Takes a row. */
void dump_add(struct dump_builder *builder, const struct dump_row *row);

/* The same of a line that started as a row: takes it when it is `complete`, else says that what it
 * shows is unknown. `scan` is where its reader has come to. */
struct dump_scan;
void dump_add_line(struct dump_builder *builder, const struct dump_line *line,
                   const struct dump_row *row, struct dump_scan *scan, bool complete);

/* The file ends within something. */
void dump_note_unfinished(struct dump_builder *builder, unsigned line);

/* So many leaves are named, the first in this line, and what they return could not be read. */
void dump_note_lost(struct dump_builder *builder, size_t count, unsigned line);

/* EAX is shown so many times, the first in this line, of a leaf that could not be read. */
void dump_note_stray(struct dump_builder *builder, size_t count, unsigned line);

/* Notes an error, and takes no further rows; that a number fits no register. */
void dump_refuse(struct dump_builder *builder, unsigned line, const char *message);
void dump_refuse_wide(struct dump_builder *builder, unsigned line);

/* Sorts what was read and holds the rows against each other. False with errors noted. */
bool dump_finish(struct dump_builder *builder);

extern const struct dump_format dump_format_aida64, dump_format_cpuid_r, dump_format_firecracker,
    dump_format_fuchsia, dump_format_hwloc, dump_format_julia, dump_format_kvm_json,
    dump_format_libcpuid, dump_format_qmp, dump_format_vbox, dump_format_vmware;
extern const struct dump_format dump_format_cpu_z, dump_format_cpucontrol, dump_format_kcpuid,
    dump_format_kernel_log, dump_format_kvm_trace, dump_format_libvirt, dump_format_columns,
    dump_format_named, dump_format_numbers, dump_format_sde, dump_format_tycho, dump_format_x86info,
    dump_format_xen_cpuid;
extern const struct dump_format dump_format_bytes, dump_format_names_only,
    dump_format_pretty; /* refused */

#endif
