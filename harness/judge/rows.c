/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/judge/rows.h"

const struct judge_row judge_rows[RULES] = {
#define JUDGED(...)                                                                                \
    { __VA_ARGS__ }
#define RULE(name, catalogue, judged, factor, judge) [RULE_##name] = judged,
#include "harness/spec/rules.def"
#undef JUDGED
};
