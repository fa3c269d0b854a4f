/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A static library: the function that is asked for is in one of its members, what that needs in another. */
uint32_t archive_maximum(void);
extern uint32_t archive_reads;

#ifdef SECOND_MEMBER
uint32_t archive_reads;

uint32_t archive_maximum(void) {
    archive_reads++;
    return cpuid(BASE).eax;
}
#else
int hv_feature_available(uint32_t target) {
    return archive_maximum() >= target && cpuid(target).eax != 0 && archive_reads != 0;
}
#endif
