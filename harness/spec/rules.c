/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/spec/rules.h"

#include "base/glob.h"
#include "base/nearest.h"

#include <stdio.h>
#include <string.h>

#define RULES_SECTION_SIZE 32u

const char *rule_level_text(enum rule_level level) {
    static const char *const texts[] = {
        [RULE_MUST] = "must",
        [RULE_SHOULD] = "should",
        [RULE_INFO] = "info",
    };

    return texts[level];
}

bool rules_fails(enum rule_id rule, bool strict) {
    return rules[rule].level == RULE_MUST || (rules[rule].level == RULE_SHOULD && strict);
}

const char *rules_profile(const char *name) {
    for (int i = 0; i < RULES; i++) {
        if (rules[i].profile && strcmp(rules[i].profile, name) == 0)
            return rules[i].profile;
    }
    return NULL;
}

int rules_find(const char *id) {
    for (int i = 0; i < RULES; i++) {
        if (strcmp(rules[i].id, id) == 0)
            return i;
    }
    return -1;
}

bool rules_match(enum rule_id rule, const char *glob) {
    return glob_match(glob, rules[rule].id);
}

const char *rules_nearest_glob(const char *glob) {
    static char sections[RULES][RULES_SECTION_SIZE];
    const char *globs[2 * RULES];
    size_t count = 0;

    for (size_t i = 0; i < RULES; i++) {
        size_t length = strcspn(rules[i].id, "/");

        if (count > 0 && strncmp(sections[count - 1], rules[i].id, length + 1) == 0)
            continue;
        snprintf(sections[count], sizeof sections[count], "%.*s/*", (int)length, rules[i].id);
        globs[count] = sections[count];
        count++;
    }
    for (size_t i = 0; i < RULES; i++)
        globs[count + i] = rules[i].id;
    return nearest_word(glob, globs, count + RULES);
}

const char *rules_nearest(const char *id) {
    const char *ids[RULES];

    for (size_t i = 0; i < RULES; i++)
        ids[i] = rules[i].id;
    return nearest_word(id, ids, RULES);
}
