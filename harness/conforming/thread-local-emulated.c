/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Thread-local variables as compilers emulate them where the system has none (-femulated-tls). */
struct emulated {
    uintptr_t size, alignment;
    void *address;
    const void *initial;
};

void *__emutls_get_address(struct emulated *variable);

static const uint32_t initial[40] = {7, 9};
static struct emulated cached = {sizeof initial, 64, NULL, initial};
static struct emulated counted = {sizeof(uint32_t), sizeof(uint32_t), NULL, NULL};

int hv_feature_available(uint32_t target) {
    uint32_t *maximum = __emutls_get_address(&cached), *count = __emutls_get_address(&counted);

    if (((uintptr_t)maximum & 63u) != 0 || maximum[1] != 9 || maximum[39] != 0)
        return 0;
    if ((*count)++ == 0 && maximum[0] == 7)
        maximum[0] = cpuid(BASE).eax;
    return __emutls_get_address(&counted) == count && maximum[0] >= target &&
           cpuid(target).eax != 0;
}
