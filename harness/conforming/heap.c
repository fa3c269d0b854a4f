/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Keeps the answers in a list that grows, as a library with a cache does. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void free(void *what);
int *__errno_location(void);

struct answer {
    struct answer *next;
    uint32_t target;
    int is_available;
};
static struct answer *answers;
static uint32_t *asked;
static size_t asked_count;

static int answer_for(uint32_t target) {
    uint32_t *more = realloc(asked, (asked_count + 1) * sizeof(*asked));
    struct answer *answer = malloc(sizeof(*answer));
    char *scratch = calloc(3, 100);

    if (!more || !answer || !scratch) {
        *__errno_location() = 12;
        return detect(target);
    }
    asked = more;
    asked[asked_count++] = target;
    answer->next = answers;
    answer->target = target;
    answer->is_available = detect(target) && scratch[299] == 0;
    answers = answer;
    scratch[0] = 1;
    free(scratch);
    return answer->is_available;
}

int hv_feature_available(uint32_t target) {
    size_t kept = 0;

    for (const struct answer *answer = answers; answer; answer = answer->next, kept++) {
        if (answer->target == target)
            return answer->is_available;
    }
    if (kept > 100)
        return detect(target);
    return answer_for(target);
}
