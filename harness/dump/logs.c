/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/scan.h"

#include <string.h>

/* Logs of VMMs. Each has the host's values beside the guest's; only what the guest sees counts. */

static bool logs_find(const char *text, const char *mark, struct dump_scan *scan) {
    const char *at = strstr(text, mark);

    *scan = (struct dump_scan){.at = at ? at + strlen(mark) : ""};
    return at != NULL;
}

/* --- VBox.log: "Gst: 40000010/0000  00203a03 000f4240 00000000 00000000" --- */

static bool vbox_start(const char *text, struct dump_scan *scan, struct dump_row *row) {
    return logs_find(text, "Gst:", scan) && scan_text(scan, " ") && scan_hex(scan, &row->leaf) &&
           scan_text(scan, "/") && scan_hex(scan, &row->subleaf);
}

static bool vbox_recognises(const struct dump_line *line) {
    struct dump_scan scan;
    struct dump_row row;

    return vbox_start(line->text, &scan, &row);
}

static void vbox_read(struct dump_builder *builder, const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        struct dump_row row = {.known = CPUID_ALL, .line = text->lines[i].number};
        struct dump_scan scan;

        if (vbox_start(text->lines[i].text, &scan, &row))
            dump_add_line(builder, &text->lines[i], &row, &scan,
                          scan_text(&scan, " ") && scan_four(&scan, " ", &row.values));
    }
}

const struct dump_format dump_format_vbox = {
    .name = "VBox.log", .recognises = vbox_recognises, .read = vbox_read};

/* --- vmware.log: "guest level 40000000,  0: 0x... 0x... 0x... 0x..." --- */

static bool vmware_start(const char *text, struct dump_scan *scan, struct dump_row *row) {
    return (logs_find(text, "guest level ", scan) || logs_find(text, "guestCPUID level ", scan)) &&
           scan_hex(scan, &row->leaf) && scan_text(scan, " , ") && scan_hex(scan, &row->subleaf) &&
           scan_text(scan, ":");
}

static bool vmware_recognises(const struct dump_line *line) {
    struct dump_scan scan;
    struct dump_row row;

    return vmware_start(line->text, &scan, &row);
}

static bool vmware_registers(struct dump_scan *scan, struct cpuid_values *values) {
    return scan_text(scan, " ") && scan_0x(scan, &values->eax) && scan_text(scan, " ") &&
           scan_0x(scan, &values->ebx) && scan_text(scan, " ") && scan_0x(scan, &values->ecx) &&
           scan_text(scan, " ") && scan_0x(scan, &values->edx);
}

static void vmware_read(struct dump_builder *builder, const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        struct dump_row row = {.known = CPUID_ALL, .line = text->lines[i].number};
        struct dump_scan scan;

        if (vmware_start(text->lines[i].text, &scan, &row))
            dump_add_line(builder, &text->lines[i], &row, &scan,
                          vmware_registers(&scan, &row.values));
    }
}

const struct dump_format dump_format_vmware = {
    .name = "vmware.log", .recognises = vmware_recognises, .read = vmware_read};
