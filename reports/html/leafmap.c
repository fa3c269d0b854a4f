/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

#include "emulator/cpuid/table.h"

#include <inttypes.h>

/*
 * A picture of the block of leaves: a row a vendor's range, a column the last digit, the order of
 * reading as numbers. A page has hundreds of them, so what they share is there once: the scales,
 * the legend and each kind's square, which fills a row's run of leaves as a pattern.
 */
#define LEAFMAP_ROWS 16u
#define LEAFMAP_LEAVES (LEAFMAP_ROWS * CPUID_ROW)
#define LEAFMAP_PITCH                                                                              \
    24u /* from one square to the next, like all lengths in units of the view box */
#define LEAFMAP_SIDE 20u
#define LEAFMAP_LEFT 84u /* of the squares; the ranges' names stand before */
#define LEAFMAP_TOP 20u
#define LEAFMAP_WIDTH (LEAFMAP_LEFT + CPUID_ROW * LEAFMAP_PITCH)
#define LEAFMAP_LEGEND (LEAFMAP_TOP + LEAFMAP_ROWS * LEAFMAP_PITCH + 10u)
#define LEAFMAP_HEIGHT (LEAFMAP_LEGEND + 2 * LEAFMAP_PITCH)

enum leafmap_kind {
    LEAFMAP_UNKNOWN, /* not in the table: not drawn */
    LEAFMAP_VALUE,
    LEAFMAP_ZERO,
    LEAFMAP_BEYOND,
    LEAFMAP_JUNK,
    LEAFMAP_ACCUSED, /* of a table only */
    LEAFMAP_KINDS
};

static const struct {
    const char *name, *text;
} leafmap_kinds[LEAFMAP_KINDS] = {
    [LEAFMAP_VALUE] = {"map-value", "within the maximum, EAX set"},
    [LEAFMAP_ZERO] = {"map-zero", "within the maximum, EAX 0"},
    [LEAFMAP_BEYOND] = {"map-beyond", "beyond it, EAX 0"},
    [LEAFMAP_JUNK] = {"map-junk", "beyond it, EAX not 0"},
    [LEAFMAP_ACCUSED] = {"map-accused", "within, and a rule says it is no feature"},
};

static bool leafmap_holds(uint32_t leaf) {
    return leaf >= CPUID_BASE && leaf <= CPUID_BLOCK_LAST;
}

static unsigned leafmap_x(unsigned place) {
    return LEAFMAP_LEFT + place % CPUID_ROW * LEAFMAP_PITCH;
}

static unsigned leafmap_y(unsigned place) {
    return LEAFMAP_TOP + place / CPUID_ROW * LEAFMAP_PITCH;
}

static enum leafmap_kind leafmap_kind(const struct report_leaf *leaf) {
    if (leaf->accused)
        return LEAFMAP_ACCUSED;
    if (leaf->beyond)
        return leaf->eax ? LEAFMAP_JUNK : LEAFMAP_BEYOND;
    return leaf->eax ? LEAFMAP_VALUE : LEAFMAP_ZERO;
}

static void leafmap_sort(const struct report_leaf *leaves, size_t count,
                         enum leafmap_kind kinds[LEAFMAP_LEAVES]) {
    for (unsigned i = 0; i < LEAFMAP_LEAVES; i++)
        kinds[i] = LEAFMAP_UNKNOWN;
    for (size_t i = 0; i < count; i++) {
        const struct report_leaf *leaf = &leaves[i];
        uint32_t first = leaf->first > CPUID_BASE ? leaf->first : CPUID_BASE;

        for (uint32_t k = first; k <= leaf->last && leafmap_holds(k); k++)
            kinds[k - CPUID_BASE] = leafmap_kind(leaf);
    }
}

/* Leaves of one kind side by side, as far as the row goes. */
static unsigned leafmap_run(const enum leafmap_kind kinds[LEAFMAP_LEAVES], unsigned first) {
    unsigned count = 1;

    while ((first + count) % CPUID_ROW != 0 && kinds[first + count] == kinds[first])
        count++;
    return count;
}

/* Whole rows of the same kind from this one on; 0: this one is no whole row. */
static unsigned leafmap_rows(const enum leafmap_kind kinds[LEAFMAP_LEAVES], unsigned first) {
    unsigned rows = 0;

    while (first + rows * CPUID_ROW < LEAFMAP_LEAVES &&
           leafmap_run(kinds, first + rows * CPUID_ROW) == CPUID_ROW &&
           kinds[first + rows * CPUID_ROW] == kinds[first])
        rows++;
    return first % CPUID_ROW == 0 ? rows : 0;
}

/* A rectangle of leaves of one kind. Returns how many leaves it covers. */
static unsigned leafmap_rectangle(FILE *stream, const enum leafmap_kind kinds[LEAFMAP_LEAVES],
                                  unsigned first) {
    unsigned rows = leafmap_rows(kinds, first), run = leafmap_run(kinds, first);
    unsigned width = run * LEAFMAP_PITCH;

    fprintf(stream, "M%u %uh%uv%uh-%uz", leafmap_x(first), leafmap_y(first), width,
            (rows > 0 ? rows : 1) * LEAFMAP_PITCH, width);
    return rows > 0 ? rows * CPUID_ROW : run;
}

static void leafmap_squares(FILE *stream, const enum leafmap_kind kinds[LEAFMAP_LEAVES]) {
    for (unsigned kind = LEAFMAP_VALUE; kind < LEAFMAP_KINDS; kind++) {
        bool any = false;

        for (unsigned i = 0; i < LEAFMAP_LEAVES;) {
            if (kinds[i] != kind) {
                i++;
                continue;
            }
            if (!any)
                fprintf(stream, "<path class=\"%s\" d=\"", leafmap_kinds[kind].name);
            any = true;
            i += leafmap_rectangle(stream, kinds, i);
        }
        if (any)
            fputs("\"/>\n", stream);
    }
}

/* A square, for leaves beyond the maximum its diagonals, and a bar for those that are no feature,
 * so that the shape tells as well. */
static void leafmap_pattern(FILE *stream, enum leafmap_kind kind) {
    const char *name = leafmap_kinds[kind].name;

    fprintf(stream,
            "<pattern id=\"%s\" patternUnits=\"userSpaceOnUse\" x=\"%u\" y=\"%u\" "
            "width=\"%u\" height=\"%u\"><path class=\"square %s\" d=\"M.5 .5h%uv%uh-%uz",
            name, LEAFMAP_LEFT, LEAFMAP_TOP, LEAFMAP_PITCH, LEAFMAP_PITCH, name, LEAFMAP_SIDE,
            LEAFMAP_SIDE, LEAFMAP_SIDE);
    if (kind == LEAFMAP_BEYOND || kind == LEAFMAP_JUNK)
        fprintf(stream, "l%u %u", LEAFMAP_SIDE, LEAFMAP_SIDE);
    if (kind == LEAFMAP_JUNK)
        fprintf(stream, "m-%u 0l%u -%u", LEAFMAP_SIDE, LEAFMAP_SIDE, LEAFMAP_SIDE);
    if (kind == LEAFMAP_ACCUSED)
        fprintf(stream, "m0 %uh%u", LEAFMAP_SIDE / 2, LEAFMAP_SIDE);
    fputs("\"/></pattern>\n", stream);
}

static void leafmap_scales(FILE *stream) {
    for (unsigned i = 0; i < CPUID_ROW; i++)
        fprintf(stream, "<text class=\"scale\" x=\"%u\" y=\"%u\">%X</text>",
                leafmap_x(i) + LEAFMAP_SIDE / 2, LEAFMAP_TOP - 6, i);
    for (unsigned i = 0; i < LEAFMAP_ROWS; i++)
        fprintf(stream, "<text class=\"range\" x=\"0\" y=\"%u\">400000%Xx</text>",
                leafmap_y(i * CPUID_ROW) + 15, i);
    fputc('\n', stream);
}

/* A number for each reading. A leaf that is read again keeps its first number, with a sign that
 * there are more; the trace has them all. */
static void leafmap_readings(FILE *stream, const struct report_example *example) {
    for (size_t i = 0; i < example->trace_count; i++) {
        uint32_t leaf = example->trace[i].leaf;
        bool first = true, again = false;

        if (!leafmap_holds(leaf))
            continue;
        for (size_t k = 0; k < example->trace_count; k++) {
            first &= k >= i || example->trace[k].leaf != leaf;
            again |= k > i && example->trace[k].leaf == leaf;
        }
        if (first)
            fprintf(stream,
                    "<circle class=\"reading\" cx=\"%u\" cy=\"%u\" r=\"9\"/>"
                    "<text class=\"order\" x=\"%u\" y=\"%u\">%zu%s</text>\n",
                    leafmap_x(leaf - CPUID_BASE) + LEAFMAP_SIDE / 2,
                    leafmap_y(leaf - CPUID_BASE) + LEAFMAP_SIDE / 2,
                    leafmap_x(leaf - CPUID_BASE) + LEAFMAP_SIDE / 2,
                    leafmap_y(leaf - CPUID_BASE) + 14, i + 1, again ? "+" : "");
    }
}

static void leafmap_frame(FILE *stream, uint32_t target) {
    if (leafmap_holds(target))
        fprintf(stream,
                "<rect class=\"target\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" rx=\"3\"/>\n",
                leafmap_x(target - CPUID_BASE) - 2, leafmap_y(target - CPUID_BASE) - 2,
                LEAFMAP_SIDE + 4, LEAFMAP_SIDE + 4);
}

static void leafmap_key(FILE *stream, enum leafmap_kind kind) {
    unsigned place = kind - LEAFMAP_VALUE, x = place % 2 * (LEAFMAP_WIDTH / 2);
    unsigned y = LEAFMAP_LEGEND + place / 2 * LEAFMAP_PITCH;

    fprintf(stream,
            "<path class=\"%s\" transform=\"translate(%d %u)\" d=\"M%u %uh%uv%uh-%uz\"/>"
            "<text class=\"key\" x=\"%u\" y=\"%u\">%s</text>\n",
            leafmap_kinds[kind].name, (int)x + 2 - (int)LEAFMAP_LEFT, y - LEAFMAP_TOP, LEAFMAP_LEFT,
            LEAFMAP_TOP, LEAFMAP_PITCH, LEAFMAP_PITCH, LEAFMAP_PITCH, x + LEAFMAP_PITCH + 4, y + 15,
            leafmap_kinds[kind].text);
}

/* What every map has. */
static void leafmap_legend(FILE *stream) {
    for (unsigned kind = LEAFMAP_VALUE; kind <= LEAFMAP_JUNK; kind++)
        leafmap_key(stream, kind);
}

/* The same in words, with what lies outside the picture. */
static void leafmap_caption(FILE *stream, const struct report_example *example) {
    const char *separator = " Read in this order: ";

    fprintf(stream,
            "<figcaption>Leaf map. Framed: the target <code>0x%08" PRIx32
            "</code>. Maximum: <code>0x%08" PRIx32 "</code>.",
            example->target, example->maximum);
    for (size_t i = 0; i < example->trace_count; i++) {
        fprintf(stream, "%s%zu. <code>0x%08" PRIx32 "</code>", separator, i + 1,
                example->trace[i].leaf);
        separator = ", ";
    }
    fprintf(stream, "%s</figcaption>\n", example->trace_count > 0 ? "." : " No leaf was read.");
}

static void leafmap_open(FILE *stream, unsigned height) {
    fprintf(stream,
            "<figure class=\"leafmap\">\n<svg viewBox=\"0 0 %u %u\" role=\"img\" "
            "aria-label=\"Leaf map: leaves 0x40000000 to 0x400000ff\">\n",
            LEAFMAP_WIDTH, height);
    fputs("<use href=\"#map\"/>", stream);
}

void html_leafmap(FILE *stream, const struct report_example *example) {
    enum leafmap_kind kinds[LEAFMAP_LEAVES];

    if (example->leaves_count == 0)
        return;
    leafmap_sort(example->leaves, example->leaves_count, kinds);
    leafmap_open(stream, LEAFMAP_HEIGHT);
    leafmap_squares(stream, kinds);
    leafmap_readings(stream, example);
    leafmap_frame(stream, example->target);
    fputs("</svg>\n", stream);
    leafmap_caption(stream, example);
    fputs("</figure>\n", stream);
}

void html_leafmap_of_table(FILE *stream, const struct report_probe *table) {
    enum leafmap_kind kinds[LEAFMAP_LEAVES];
    bool accused = false, unknown = false;

    leafmap_sort(table->leaves, table->leaves_count, kinds);
    for (unsigned i = 0; i < LEAFMAP_LEAVES; i++) {
        accused |= kinds[i] == LEAFMAP_ACCUSED;
        unknown |= kinds[i] == LEAFMAP_UNKNOWN;
    }
    leafmap_open(stream, LEAFMAP_HEIGHT + (accused ? LEAFMAP_PITCH : 0));
    leafmap_squares(stream, kinds);
    if (accused)
        leafmap_key(stream, LEAFMAP_ACCUSED);
    leafmap_frame(stream, table->maximum);
    fprintf(stream,
            "</svg>\n<figcaption>Leaf map. %s the maximum <code>0x%08" PRIx32 "</code>.%s"
            "</figcaption>\n</figure>\n",
            leafmap_holds(table->maximum) ? "Framed:" : "Outside of it:", table->maximum,
            unknown ? " What is not drawn is not in the dump." : "");
}

void html_leafmap_shared(FILE *stream) {
    fputs("<svg class=\"leafmap shared\" aria-hidden=\"true\"><defs>\n", stream);
    for (unsigned kind = LEAFMAP_VALUE; kind < LEAFMAP_KINDS; kind++)
        leafmap_pattern(stream, kind);
    fputs("<g id=\"map\">", stream);
    leafmap_scales(stream);
    leafmap_legend(stream);
    fputs("</g></defs></svg>\n", stream);
}
