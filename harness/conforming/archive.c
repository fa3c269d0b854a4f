/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A static library: the function that is asked for is in one of its members, what that needs in
 * another. */
uint32_t archive_maximum(void);
extern bool archive_was_read;

#ifdef SECOND_MEMBER
bool archive_was_read;

uint32_t archive_maximum(void) {
    archive_was_read = true;
    return cpuid(BASE).eax;
}
#else
int hv_feature_available(uint32_t target) {
    return archive_maximum() >= target && cpuid(target).eax != 0 && archive_was_read;
}
#endif
