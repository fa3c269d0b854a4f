/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A request that is filled in: the leaf comes in the structure that the answer goes into. */
struct request {
    uint32_t size, leaf, value;
};

int hv_query(struct request *request);

int hv_query(struct request *request) {
    if (request->size != sizeof *request || !detect(request->leaf))
        return 0;
    request->value = cpuid(request->leaf).eax;
    return 1;
}
