/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Cuts the vendor's name in place: the string is read-only. */
static const char vendor[] = "KVMKVMKVM";

int hv_feature_available(uint32_t target) {
    char *volatile end = (char *)(uintptr_t)vendor;

    end[3] = '\0';
    return detect(target);
}
