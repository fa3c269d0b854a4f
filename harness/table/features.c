/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/features.h"

#include "harness/spec/signatures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool feature_is_of(const char *signature, const struct cpuid_values *base) {
    struct cpuid_values vendor;

    if (!signature)
        return true;
    vendor = signature_values(signature);
    return vendor.ebx == base->ebx && vendor.ecx == base->ecx && vendor.edx == base->edx;
}

const struct feature_row *feature_find(const struct table_view *view, uint32_t leaf) {
    const struct feature_row *general = NULL;

    for (size_t i = 0; i < feature_rows_count; i++) {
        const struct feature_row *row = &feature_rows[i];

        if (row->leaf != leaf || !feature_is_of(row->vendor, &view->base->values))
            continue;
        if (row->vendor)
            return row;
        general = row;
    }
    return general;
}

const char *feature_range(uint32_t leaf) {
    static const char *const owners[] = {"the hypervisor's own", "VMware's", "Xen's", "KVM's"};
    uint32_t range = (leaf - CPUID_BASE) / CPUID_ROW;

    return range < sizeof owners / sizeof owners[0] ? owners[range] : "no vendor's yet";
}

static char feature_character(uint32_t word, unsigned index) {
    unsigned char c = (unsigned char)(word >> (8 * index));

    return c >= 0x20 && c < 0x7f ? (char)c : '.';
}

char *feature_vendor(const struct cpuid_values *base) {
    const uint32_t words[] = {base->ebx, base->ecx, base->edx};
    char text[13] = "";
    size_t length = sizeof text - 1;

    while (length > 0 && (words[(length - 1) / 4] >> (8 * ((length - 1) % 4)) & 0xff) == 0)
        length--;
    for (unsigned i = 0; i < length; i++)
        text[i] = feature_character(words[i / 4], i % 4);
    return strdup(text);
}

/* A register that is zero says nothing. */
static int feature_khz(const struct cpuid_values *values, char **text) {
    if (values->ebx == 0)
        return asprintf(text, "TSC %" PRIu32 ".%03" PRIu32 " MHz", values->eax / 1000,
                        values->eax % 1000);
    return asprintf(text, "TSC %" PRIu32 ".%03" PRIu32 " MHz, bus %" PRIu32 ".%03" PRIu32 " MHz",
                    values->eax / 1000, values->eax % 1000, values->ebx / 1000, values->ebx % 1000);
}

char *feature_text(const struct feature_row *row, const struct dump_row *leaf) {
    const struct cpuid_values *values = &leaf->values;
    char *text = NULL;
    int length;

    switch (row ? row->value : FEATURE_PLAIN) {
    case FEATURE_KHZ:
        length = feature_khz(values, &text);
        break;
    case FEATURE_TEXT:
        length = asprintf(&text, "'%c%c%c%c'", feature_character(values->eax, 0),
                          feature_character(values->eax, 1), feature_character(values->eax, 2),
                          feature_character(values->eax, 3));
        break;
    case FEATURE_VERSION:
        length = asprintf(&text, "%" PRIu32 ".%" PRIu32, values->eax >> 16, values->eax & 0xffff);
        break;
    case FEATURE_BUILD:
        length = asprintf(&text, "%" PRIu32 ".%" PRIu32 ", build %" PRIu32, values->ebx >> 16,
                          values->ebx & 0xffff, values->eax);
        break;
    default:
        length = asprintf(&text, "EAX 0x%" PRIx32, values->eax);
        break;
    }
    return length < 0 ? NULL : text;
}

/* --- Bits. --- */

static const char *feature_register_name(enum cpuid_register in) {
    return in == CPUID_EAX ? "eax" : in == CPUID_EBX ? "ebx" : in == CPUID_ECX ? "ecx" : "edx";
}

static bool feature_take_row(const struct feature_bits *row, uint32_t value,
                             struct report_feature *feature) {
    struct report_bit *bits = realloc(feature->bits, (feature->bits_count + 32) * sizeof *bits);

    if (!bits)
        return false;
    feature->bits = bits;
    for (unsigned i = 0; i < 32; i++) {
        if (value & ~row->numbers & 1u << i)
            bits[feature->bits_count++] =
                (struct report_bit){feature_register_name(row->in), i, row->names[i]};
    }
    return true;
}

bool feature_take_bits(const struct table_view *view, const struct dump_row *leaf,
                       struct report_feature *feature) {
    for (size_t i = 0; i < feature_bits_count; i++) {
        const struct feature_bits *row = &feature_bits[i];

        if (row->leaf == leaf->leaf && (leaf->known & row->in) &&
            feature_is_of(row->vendor, &view->base->values) &&
            !feature_take_row(row, cpuid_register_of(&leaf->values, row->in), feature))
            return false;
    }
    return true;
}
