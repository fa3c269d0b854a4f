/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/model.h"

#include "base/tests/unit.h"

/* A probe that is modelled: int f(uint32_t target, uint32_t *out), with its value in the buffer. */
static struct guest_argument arguments[2];
static struct guest_setup setup;

static struct probe plain(void) {
    arguments[0] = (struct guest_argument){.kind = GUEST_ARGUMENT_TARGET};
    arguments[1] = (struct guest_argument){.kind = GUEST_ARGUMENT_OUT};
    setup = (struct guest_setup){.arguments = arguments,
                                 .arguments_count = 2,
                                 .answer = {.kind = GUEST_REGISTER, .width = 4},
                                 .value = {.kind = GUEST_OUT, .width = 4}};
    return (struct probe){.setup = setup};
}

static void test_plain_probe_is_modelled(void) {
    struct probe probe = plain();

    CU_ASSERT_PTR_NULL(model_lacks(&probe));
    probe.setup.value.kind = GUEST_NOWHERE;
    CU_ASSERT_PTR_NULL(model_lacks(&probe));
    probe.setup.answer.kind = GUEST_CARRY;
    CU_ASSERT_PTR_NULL(model_lacks(&probe));
}

static void test_places_that_are_not_modelled(void) {
    static const struct guest_place places[] = {
        {.kind = GUEST_FLOAT_X87, .width = 8},
        {.kind = GUEST_FLOAT_XMM, .width = 4},
        {.kind = (enum guest_place_kind)99, .width = 4},
    };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct probe probe = plain();

        probe.setup.answer = places[i];
        CU_ASSERT_PTR_NOT_NULL(model_lacks(&probe));
        probe = plain();
        probe.setup.value = places[i];
        CU_ASSERT_PTR_NOT_NULL(model_lacks(&probe));
    }
}

static void test_arguments_that_are_not_modelled(void) {
    static const enum guest_argument_kind kinds[] = {(enum guest_argument_kind)99};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct probe probe = plain();

        arguments[1].kind = kinds[i];
        CU_ASSERT_PTR_NOT_NULL(model_lacks(&probe));
    }
}

static void test_conventions_that_are_not_modelled(void) {
    static const enum guest_abi abis[] = {GUEST_CDECL16, GUEST_REGPARM16, GUEST_FAR16};
    struct probe probe = plain();

    for (size_t i = 0; i < sizeof abis / sizeof abis[0]; i++) {
        probe.setup.abi = abis[i];
        CU_ASSERT_PTR_NOT_NULL(model_lacks(&probe));
    }
}

static void test_settings_that_are_not_modelled(void) {
    static const uint64_t function = 0x1000;
    struct probe probe = plain();

    probe.setup.may_be_unwritten = true; /* of a register nobody knows whether it was */
    CU_ASSERT_PTR_NOT_NULL(model_lacks(&probe));
    probe.setup.answer.kind = GUEST_OUT;
    CU_ASSERT_PTR_NULL(model_lacks(&probe));
    probe.setup.answer.kind = GUEST_CONTEXT;
    CU_ASSERT_PTR_NOT_NULL(model_lacks(&probe));
    probe = plain();
    probe.is_program = true;
    CU_ASSERT_PTR_NOT_NULL(model_lacks(&probe));
    probe = plain();
    probe.setup.before = probe.setup.resolvers = &function;
    probe.setup.before_count = 1;
    CU_ASSERT_PTR_NULL(model_lacks(&probe));
    probe.setup.resolvers_count = 1;
    CU_ASSERT_PTR_NOT_NULL(model_lacks(&probe));
}

static const struct unit_test tests[] = {
    {"a plain probe is modelled", test_plain_probe_is_modelled},
    {"places that are not modelled", test_places_that_are_not_modelled},
    {"arguments that are not modelled", test_arguments_that_are_not_modelled},
    {"conventions that are not modelled", test_conventions_that_are_not_modelled},
    {"settings that are not modelled", test_settings_that_are_not_modelled},
};

int main(void) {
    return UNIT_RUN(tests);
}
