/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/twins/twins.h"

#include "base/text.h"
#include "emulator/cpuid/pattern.h"
#include "emulator/cpuid/processors.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TWIN_SIGNED (CPUID_EBX | CPUID_ECX | CPUID_EDX)

/* Appends to a text that may already be full. */
static void twin_print(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void twin_print(char *text, size_t size, const char *format, ...) {
    size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static void twin_print_registers(char *text, size_t size, unsigned registers) {
    static const char *const names[] = {"EAX", "EBX", "ECX", "EDX"};
    const char *separator = "";

    if (registers == CPUID_ALL)
        return;
    for (unsigned i = 0; i < 4; i++) {
        if (!(registers & 1u << i))
            continue;
        twin_print(text, size, "%s%s", separator, names[i]);
        separator = ", ";
    }
    twin_print(text, size, " of ");
}

static void twin_print_leaves(char *text, size_t size, const struct cpuid_change *change) {
    if (change->first == change->last)
        twin_print(text, size, "leaf 0x%x%s", change->first,
                   change->only_subleaf_0 ? " subleaf 0" : "");
    else
        twin_print(text, size, "leaves 0x%x-0x%x", change->first, change->last);
    if (change->first < change->last && change->except >= change->first &&
        change->except <= change->last)
        twin_print(text, size, " but 0x%x", change->except);
}

static void twin_print_values(char *text, size_t size, unsigned registers,
                              const struct cpuid_values *values) {
    const uint32_t all[] = {values->eax, values->ebx, values->ecx, values->edx};
    const char *separator = " ";

    for (unsigned i = 0; i < 4; i++) {
        if (!(registers & 1u << i))
            continue;
        twin_print(text, size, "%s0x%x", separator, all[i]);
        separator = ", ";
    }
}

static void twin_print_change(char *text, size_t size, const struct cpuid_change *change) {
    char signature[TEXT_SIGNATURE_SIZE];
    static const char *const fills[] = {"zero", "the highest basic leaf's", "0x40000000's", "junk"};

    if (change->kind == CPUID_CHANGE_SWAP_ROWS) {
        twin_print(text, size, "ranges 0x400000%xX and 0x400000%xX swapped", change->first,
                   change->last);
        return;
    }
    if (change->kind == CPUID_CHANGE_PROCESSOR) {
        const struct cpuid_model *model = cpuid_model((size_t)change->seed);

        twin_print(text, size, "another processor: %s", model ? model->name : "unknown");
        return;
    }
    if (change->kind == CPUID_CHANGE_FLATTEN) {
        twin_print(text, size, "every subleaf as subleaf 0");
        return;
    }
    twin_print_registers(text, size, change->registers);
    twin_print_leaves(text, size, change);
    if (change->kind == CPUID_CHANGE_FILL && change->fill != CPUID_FILL_VALUES) {
        twin_print(text, size, " = %s", fills[change->fill]);
        return;
    }
    if (change->kind == CPUID_CHANGE_PATTERN && change->seed > 0) {
        twin_print(text, size, " = zero or");
        twin_print_values(text, size, change->registers, &change->values);
        twin_print(text, size, ", by pattern %u of %u", (unsigned)change->seed, CPUID_PATTERNS);
        return;
    }
    twin_print(text, size, change->kind == CPUID_CHANGE_XOR ? " ^=" : " =");
    twin_print_values(text, size, change->registers, &change->values);
    if (change->kind == CPUID_CHANGE_SET && change->first == CPUID_BASE &&
        change->last == CPUID_BASE && (change->registers & TWIN_SIGNED) == TWIN_SIGNED)
        twin_print(
            text, size, ", which is %s",
            text_signature(change->values.ebx, change->values.ecx, change->values.edx, signature));
}

char *twin_describe(const struct twin *twin, char *text, size_t size) {
    text[0] = '\0';
    if (twin->kind == TWIN_AGAIN)
        twin_print(text, size, "nothing: a second fresh start");
    if (twin->kind == TWIN_INTERRUPTED)
        twin_print(
            text, size,
            "everything below the stack pointer (and its red zone) overwritten at each CPUID, "
            "as an interrupt or a signal does");
    if (twin->litter != 0)
        twin_print(text, size,
                   "what the ABI leaves undefined: numbers of the code, of the question and small "
                   "ones lie in registers and dead stack");
    else if (twin->kind == TWIN_GARBAGE)
        twin_print(text, size,
                   "what the ABI leaves undefined in registers, arguments and stack (%u)",
                   twin->garbage);
    if (twin->kind == TWIN_RANGE || twin->kind == TWIN_RANGE_FILLED ||
        twin->kind == TWIN_RANGE_SIGNED || twin->kind == TWIN_COLUMN)
        twin_print(text, size, "asked for 0x%x, ", twin->target);
    for (size_t i = 0; i < twin->changes_count; i++) {
        if (i > 0)
            twin_print(text, size, "; ");
        twin_print_change(text, size, &twin->changes[i]);
    }
    return text;
}
