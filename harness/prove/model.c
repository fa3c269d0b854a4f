/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/prove/model.h"

/*
 * What is modelled is listed, and everything else is not: a kind of place or of argument that
 * manifests learn later leaves rules open until somebody has modelled it.
 */
static bool model_has_place(const struct guest_place *place) {
    switch (place->kind) {
    case GUEST_NOWHERE:
    case GUEST_CARRY:
    case GUEST_ZERO:
    case GUEST_OUT:
    case GUEST_REGISTER:
    case GUEST_MEMORY:
    case GUEST_CALLBACK:
    case GUEST_CONTEXT:
        return true;
    default:
        return false;
    }
}

/* Where it is known whether an answer was written. */
static bool model_watches(const struct guest_place *place) {
    return place->kind == GUEST_OUT || place->kind == GUEST_MEMORY || place->kind == GUEST_CALLBACK;
}

static bool model_has_convention(enum guest_abi abi) {
    switch (abi) {
    case GUEST_SYSV64:
    case GUEST_MS64:
    case GUEST_GO64:
    case GUEST_CDECL32:
    case GUEST_REGPARM32:
    case GUEST_STDCALL32:
    case GUEST_FASTCALL32:
    case GUEST_THISCALL32:
    case GUEST_REGISTERS:
        return true;
    default:
        return false;
    }
}

static bool model_has_argument(const struct guest_argument *argument) {
    switch (argument->kind) {
    case GUEST_ARGUMENT_OUT:
    case GUEST_ARGUMENT_RESULT:
    case GUEST_ARGUMENT_TARGET:
    case GUEST_ARGUMENT_CONTEXT:
    case GUEST_ARGUMENT_CALLBACK:
    case GUEST_ARGUMENT_NUMBER:
    case GUEST_ARGUMENT_STRING:
        return true;
    default:
        return false;
    }
}

/* What of a function's resolvers is called ahead of the first question. */
static bool model_resolves_before(const struct guest_setup *setup) {
    for (size_t i = 0; i < setup->before_count; i++) {
        for (size_t k = 0; k < setup->resolvers_count; k++) {
            if (setup->before[i] == setup->resolvers[k])
                return true;
        }
    }
    return false;
}

const char *model_lacks(const struct probe *probe) {
    const struct guest_setup *setup = &probe->setup;

    if (probe->is_program || probe->process || setup->process)
        return "code that runs in a process of its own is not followed";
    if (model_resolves_before(setup))
        return "an indirect function that is called before the first question is not followed";
    if (!model_has_place(&setup->answer) || setup->answer.kind == GUEST_NOWHERE)
        return "where it gives its answer is not modelled";
    if (!model_has_place(&setup->value))
        return "where it reports the value is not modelled";
    if (setup->may_be_unwritten && !model_watches(&setup->answer))
        return "an answer that may be left unwritten is not modelled there";
    if (!model_has_convention(setup->abi))
        return "how it is called is not modelled";
    for (size_t i = 0; i < setup->arguments_count; i++) {
        if (!model_has_argument(&setup->arguments[i]))
            return "a kind of argument that it takes is not modelled";
    }
    return NULL;
}
