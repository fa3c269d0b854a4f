/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/spec/rules.h"

const struct rule rules[RULES] = {
#define CATALOGUE(...) {__VA_ARGS__}
#define RULE(name, catalogue, judged, factor, judge) [RULE_##name] = catalogue,
#include "harness/spec/rules.def"
#undef CATALOGUE
};

const struct rule_open rules_open[] = {
    {"open/live-migration",
     "Whether an answer may be kept across a live migration, after which another host may answer "
     "otherwise."},
    {"open/further-bases",
     "Further bases at 0x40000100, 0x40000200 and so on, where Xen and KVM sit beside a Hyper-V "
     "interface: the mail knows the one at 0x40000000."},
    {"open/old-kvm-maximum",
     "Old KVM hosts return a maximum of 0 and mean 0x40000001: to the mail, no feature is "
     "available there."},
    {"open/feature-registers",
     "What EBX, ECX and EDX of a feature's leaf mean is up to whoever defines the feature."},
    {"open/beyond-maximum",
     "What a leaf above the maximum returns: nothing is promised, so nothing there is evidence."},
    {"open/presence-bit",
     "Whether bit 31 of ECX of leaf 1 is checked first: common practice, and judged only with "
     "--profile presence."},
};
const size_t rules_open_count = sizeof(rules_open) / sizeof(rules_open[0]);
