/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/sharp.h"

/* What a question meets. */
struct sharp_sight {
    uint32_t maximum, target;
    struct cpuid_values base, values; /* of BASE and of the target */
    bool below, above;                /* another leaf of the block, on that side, returns zero */
    bool several;                     /* questions */
};

static bool sharp_in_range(const struct sharp_sight *sight) {
    return sight->maximum >= sight->target;
}

static bool sharp_maximum_equal(const struct sharp_sight *sight) {
    return sight->maximum == sight->target;
}

static bool sharp_maximum_right_below(const struct sharp_sight *sight) {
    return sight->maximum == sight->target - 1;
}

static bool sharp_maximum_none(const struct sharp_sight *sight) {
    return sight->maximum == 0;
}

static bool sharp_maximum_junk(const struct sharp_sight *sight) {
    return sight->maximum != 0 && sight->maximum < CPUID_BASE;
}

static bool sharp_maximum_base(const struct sharp_sight *sight) {
    return sight->maximum == CPUID_BASE;
}

static bool sharp_maximum_signed(const struct sharp_sight *sight) {
    return sight->maximum > INT32_MAX;
}

static bool sharp_maximum_far(const struct sharp_sight *sight) {
    return sight->maximum > CPUID_BLOCK_LAST && sight->maximum <= INT32_MAX;
}

static bool sharp_junk_beyond(const struct sharp_sight *sight) {
    return !sharp_in_range(sight) && sight->values.eax != 0;
}

static bool sharp_gap(const struct sharp_sight *sight) {
    return sharp_in_range(sight) && sight->values.eax == 0;
}

static bool sharp_gap_in_eax_alone(const struct sharp_sight *sight) {
    return sharp_gap(sight) && (sight->values.ebx | sight->values.ecx | sight->values.edx) != 0;
}

static bool sharp_there(const struct sharp_sight *sight) {
    return sharp_in_range(sight) && sight->values.eax != 0;
}

static bool sharp_value_signed(const struct sharp_sight *sight) {
    return sharp_there(sight) && sight->values.eax > INT32_MAX;
}

static bool sharp_value_without_low_byte(const struct sharp_sight *sight) {
    return sharp_there(sight) && (sight->values.eax & 0xff) == 0;
}

static bool sharp_value_without_low_half(const struct sharp_sight *sight) {
    return sharp_there(sight) && (sight->values.eax & 0xffff) == 0;
}

static bool sharp_value_of_one_bit(const struct sharp_sight *sight) {
    return sharp_there(sight) && (sight->values.eax & (sight->values.eax - 1)) == 0;
}

static bool sharp_value_alone(const struct sharp_sight *sight) {
    return sharp_there(sight) && (sight->values.ebx | sight->values.ecx | sight->values.edx) == 0;
}

static bool sharp_unsigned_vendor(const struct sharp_sight *sight) {
    return sharp_there(sight) && (sight->base.ebx | sight->base.ecx | sight->base.edx) == 0;
}

static bool sharp_gap_below(const struct sharp_sight *sight) {
    return sharp_there(sight) && sight->below;
}

static bool sharp_gap_above(const struct sharp_sight *sight) {
    return sharp_there(sight) && sight->above;
}

static bool sharp_several(const struct sharp_sight *sight) {
    return sight->several;
}

static bool (*const sharp_ways[])(const struct sharp_sight *) = {
    sharp_maximum_equal,
    sharp_maximum_right_below,
    sharp_maximum_none,
    sharp_maximum_junk,
    sharp_maximum_base,
    sharp_maximum_signed,
    sharp_maximum_far,
    sharp_junk_beyond,
    sharp_gap,
    sharp_gap_in_eax_alone,
    sharp_value_signed,
    sharp_value_without_low_byte,
    sharp_value_without_low_half,
    sharp_value_of_one_bit,
    sharp_value_alone,
    sharp_unsigned_vendor,
    sharp_gap_below,
    sharp_gap_above,
    sharp_several,
};
#define SHARP_WAYS (sizeof sharp_ways / sizeof sharp_ways[0])
_Static_assert(SHARP_WAYS <= SHARP_KINDS_MAX, "a bit for each");

static struct sharp_sight sharp_see(const struct scenario_case *test) {
    const struct cpuid_view view = cpuid_view(&test->table, NULL, 0);
    struct sharp_sight sight = {.maximum = view.maximum,
                                .target = test->asks[0],
                                .base = cpuid_lookup(&view, CPUID_BASE, 0),
                                .values = cpuid_lookup(&view, test->asks[0], 0),
                                .several = test->asks_count > 1};

    for (uint32_t leaf = CPUID_BASE + 1; leaf <= CPUID_BLOCK_LAST; leaf++) {
        bool is_gap = leaf <= sight.maximum && cpuid_lookup(&view, leaf, 0).eax == 0;

        sight.below |= is_gap && leaf < sight.target;
        sight.above |= is_gap && leaf > sight.target;
    }
    return sight;
}

uint32_t sharp_kinds(const struct scenario_case *test) {
    const struct sharp_sight sight = sharp_see(test);
    uint32_t kinds = 0;

    for (size_t i = 0; i < SHARP_WAYS; i++)
        kinds |= (uint32_t)sharp_ways[i](&sight) << i;
    return kinds;
}
