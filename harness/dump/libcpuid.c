/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/scan.h"

#include <string.h>

/*
 * libcpuid's raw data: "basic_cpuid[1]=A B C D", the index in decimal, the values in hexadecimal.
 * It asks no hypervisor's leaf, so there is nothing to judge in it; but the reader is told so.
 */
static const struct {
    const char *name;
    uint32_t leaf;
    bool by_subleaf; /* the index is a subleaf */
} libcpuid_lists[] = {
    {"basic_cpuid[", 0, false},
    {"ext_cpuid[", 0x80000000u, false},
    {"intel_fn4[", 4, true},
    {"intel_fn11[", 0xb, true},
    {"intel_fn12h[", 0x12, true},
    {"intel_fn14h[", 0x14, true},
    {"amd_fn8000001dh[", 0x8000001du, true},
};

static bool libcpuid_start(const char *text, struct dump_scan *scan, struct dump_row *row) {
    for (size_t i = 0; i < sizeof libcpuid_lists / sizeof libcpuid_lists[0]; i++) {
        const char *at = strstr(text, libcpuid_lists[i].name);
        uint32_t index;

        *scan = (struct dump_scan){.at = at ? at + strlen(libcpuid_lists[i].name) : ""};
        if (!scan_decimal(scan, &index) || !scan_text(scan, "]="))
            continue;
        row->leaf = libcpuid_lists[i].leaf + (libcpuid_lists[i].by_subleaf ? 0 : index);
        row->subleaf = libcpuid_lists[i].by_subleaf ? index : 0;
        return true;
    }
    return false;
}

static bool libcpuid_recognises(const struct dump_line *line) {
    struct dump_scan scan;
    struct dump_row row;

    return libcpuid_start(line->text, &scan, &row);
}

static void libcpuid_read(struct dump_builder *builder, const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        struct dump_row row = {.known = CPUID_ALL, .line = text->lines[i].number};
        struct dump_scan scan;

        if (libcpuid_start(text->lines[i].text, &scan, &row))
            dump_add_line(builder, &text->lines[i], &row, &scan,
                          scan_four(&scan, " ", &row.values));
    }
}

const struct dump_format dump_format_libcpuid = {
    .name = "libcpuid raw", .recognises = libcpuid_recognises, .read = libcpuid_read};
