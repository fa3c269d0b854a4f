/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The function is chosen when the library is loaded (a GNU indirect function). */
static bool detect_plain(uint32_t target) {
    return detect(target);
}

__attribute__((used)) static bool (*choose(void))(uint32_t) {
    return detect_plain;
}

static bool detect_chosen(uint32_t target) __attribute__((ifunc("choose")));

int hv_feature_available(uint32_t target) {
    return detect_chosen(target);
}
