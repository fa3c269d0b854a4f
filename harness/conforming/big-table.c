/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Fills a table of 64 MiB of its own for each question, page by page: slow, and allowed. */
#define PAGE 4096u
#define PAGES 16384u

static volatile uint8_t table[PAGES * PAGE];

int hv_feature_available(uint32_t target) {
    const int available = detect(target);
    uint32_t page;

    for (page = 0; page < PAGES; page++)
        table[page * PAGE] = (uint8_t)available;
    return table[(target & 0xffu) * PAGE];
}
