/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TWINS_TESTS_TWINS_FIXTURE_H
#define HVSPEC_HARNESS_TWINS_TESTS_TWINS_FIXTURE_H

#include "base/tests/unit.h"
#include "harness/spec/spec.h"
#include "harness/twins/twins.h"

#include <string.h>

/*
 * A hypervisor like KVM with the leaf 0x40000012 implemented, a probe that spells four numbers and
 * reads one leaf more than it should. Tests change what they are about.
 */
#define TWINS_TARGET 0x40000012u
#define TWINS_MAXIMUM 0x4000001fu
enum { TWINS_CONSTANTS = 4 };

struct twins_fixture {
    struct cpuid_leaf leaves[2];
    struct cpuid_table table;
    struct cpuid_view view;
    struct cpuid_execution trace[6];
    struct observation observation;
    uint32_t constants[TWINS_CONSTANTS];
    struct twin_source source;
    struct twin_list list;
};

static inline void twins_fixture_view(struct twins_fixture *fixture) {
    fixture->view = cpuid_view(&fixture->table, NULL, 0);
}

/* Points into itself, so it is filled in place. */
static inline void twins_fixture_fill(struct twins_fixture *fixture) {
    static const uint32_t read[] = {1,           CPUID_BASE, 0x40000011u, TWINS_TARGET,
                                    0x400000f0u, 0x40000100u};
    static const uint32_t constants[TWINS_CONSTANTS] = {0x4b4d564b, 0x564b4d56, 0x4d, 0x1000};

    memset(fixture, 0, sizeof *fixture);
    fixture->leaves[0] = (struct cpuid_leaf){0x40000005u, 0, true, {0x55, 5, 6, 7}};
    fixture->leaves[1] = (struct cpuid_leaf){TWINS_TARGET, 0, true, {0x12, 1, 2, 3}};
    fixture->table = (struct cpuid_table){.base = {TWINS_MAXIMUM, 0xb0, 0xc0, 0xd0},
                                          .present = true,
                                          .count = 2,
                                          .leaves = fixture->leaves};
    for (size_t i = 0; i < 6; i++)
        fixture->trace[i].leaf = read[i];
    fixture->observation = (struct observation){
        .boot_trace = fixture->trace, .boot_count = 2, .trace = fixture->trace + 2, .count = 4};
    memcpy(fixture->constants, constants, sizeof constants);
    fixture->source = (struct twin_source){.view = &fixture->view,
                                           .target = TWINS_TARGET,
                                           .any_target = true,
                                           .base = &fixture->observation,
                                           .constants = fixture->constants,
                                           .constants_count = TWINS_CONSTANTS,
                                           .seed = 7};
    twins_fixture_view(fixture);
}

static inline void twins_fixture_make(struct twins_fixture *fixture) {
    CU_ASSERT_TRUE_FATAL(twins_make(&fixture->list, &fixture->source));
}

static inline size_t twins_count(const struct twin_list *list, enum twin_kind kind) {
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += list->twins[i].kind == kind;
    return count;
}

static inline bool twins_same_values(struct cpuid_values a, struct cpuid_values b) {
    return a.eax == b.eax && a.ebx == b.ebx && a.ecx == b.ecx && a.edx == b.edx;
}

/* What a twin's run sees. */
static inline struct cpuid_view twin_view(const struct twins_fixture *fixture,
                                          const struct twin *twin) {
    return cpuid_view(fixture->view.table, twin->changes, twin->changes_count);
}

static inline enum outcome twin_outcome(const struct cpuid_view *view, uint32_t target) {
    return spec_outcome(view->maximum, target, cpuid_lookup(view, target, 0).eax);
}

static inline struct cpuid_values all(uint32_t value) {
    return (struct cpuid_values){value, value, value, value};
}

/* Whether a twin of a kind ends in just this change of one leaf. */
static inline bool has(const struct twins_fixture *fixture, enum twin_kind kind,
                       enum cpuid_change_kind change, uint32_t leaf, unsigned registers,
                       struct cpuid_values values) {
    for (size_t i = 0; i < fixture->list.count; i++) {
        const struct twin *twin = &fixture->list.twins[i];
        const struct cpuid_change *last;

        if (twin->kind != kind || twin->changes_count == 0)
            continue;
        last = &twin->changes[twin->changes_count - 1];
        if (last->kind == change && last->first == leaf && last->last == leaf &&
            last->registers == registers && twins_same_values(last->values, values))
            return true;
    }
    return false;
}

#endif
