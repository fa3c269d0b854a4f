/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/signs.h"

#include "emulator/decode/disassembly.h"

/* What a function that fails does with registers that its convention passes nothing in. */
static const char *const convention_registers[] = {"EAX", "ECX", "EDX", "EBX", "ESP", "EBP",
                                                   "ESI", "EDI", "R8",  "R9",  "R10", "R11"};

/* Where the target is among the arguments; false: it is passed in another way. */
static bool target_index(const struct guest_setup *setup, size_t *index) {
    for (*index = 0; *index < setup->arguments_count; ++*index) {
        if (setup->arguments[*index].kind == GUEST_ARGUMENT_TARGET)
            return true;
    }
    return false;
}

static unsigned passed_in(const struct guest_convention *convention, size_t count) {
    unsigned registers = 0;

    for (size_t i = 0; i < count && i < convention->registers_count; i++)
        registers |= 1u << convention->registers[i];
    return registers;
}

static bool say_other(const struct disassembly_entry *entry, const struct guest_setup *setup,
                      size_t index, FILE *stream) {
    const struct guest_convention *own = guest_convention(setup->abi);
    unsigned passed = passed_in(own, setup->arguments_count);

    if (entry->read & passed)
        return false;
    for (unsigned abi = 0; abi < GUEST_ABIS; abi++) {
        const struct guest_convention *other = guest_convention(abi);
        unsigned reg = index < other->registers_count ? other->registers[index] : 0;

        if (!guest_abi_is_c(abi) || other->mode != own->mode || index >= other->registers_count ||
            !(entry->read & 1u << reg))
            continue;
        fprintf(
            stream,
            "hint: the code reads %s, in which %s passes nothing, and %s the target: is it called "
            "so? Say abi: %s in a manifest",
            convention_registers[reg], own->name, other->name, other->name);
        return true;
    }
    return false;
}

static bool say_wide(const struct disassembly_entry *entry, const struct guest_setup *setup,
                     size_t index, FILE *stream) {
    const struct guest_convention *own = guest_convention(setup->abi);

    if (own->mode != IMAGE_64 || index >= own->registers_count || setup->arguments[index].is_wide ||
        !(entry->read_wide & 1u << own->registers[index]))
        return false;
    fputs("hint: the code reads all 64 bits of the target's register, whose upper half is "
          "undefined when "
          "32 are passed: does it take 64 bits? Say arguments: [$target:8] in a manifest, in its "
          "order",
          stream);
    return true;
}

/* A number of two words has its upper half behind the lower one; so has a pair of arguments. */
static bool say_two_words(const struct disassembly_entry *entry, const struct guest_setup *setup,
                          size_t index, FILE *stream) {
    const struct guest_convention *own = guest_convention(setup->abi);

    if (own->mode != IMAGE_32 || own->registers_count > 0 || setup->arguments[index].is_wide ||
        index + 1 != setup->arguments_count || !(entry->words & 1u << index) ||
        !(entry->words & 1u << (index + 1)))
        return false;
    fputs("hint: the code reads the word behind the target, where nothing is passed: does it take "
          "64 bits? Say arguments: [$target:8] in a manifest; or another argument, in its order",
          stream);
    return true;
}

static bool say_popped(const struct disassembly_entry *entry, const struct guest_setup *setup,
                       FILE *stream) {
    const struct guest_convention *own = guest_convention(setup->abi);
    bool result = setup->arguments_count > 0 && setup->arguments[0].kind == GUEST_ARGUMENT_RESULT;

    if (own->mode != IMAGE_32 || own->pops || result || entry->popped == 0)
        return false;
    fprintf(
        stream,
        "hint: the code takes %u bytes off the stack when it returns: does it take its arguments? "
        "Say "
        "abi: %s in a manifest; or $result, ahead of its arguments, where it returns a structure",
        entry->popped, entry->read & 1u << 1 ? "fastcall32" : "stdcall32"); /* ECX */
    return true;
}

bool signs_say_convention(const struct signs *signs, const struct probe *probe, FILE *stream) {
    const struct guest_setup *setup = &probe->setup;
    struct disassembly_entry entry;
    struct disassembly *disassembly;
    size_t index;

    if (!signs->fails || probe->is_program || !guest_abi_is_c(setup->abi) ||
        !target_index(setup, &index))
        return false;
    disassembly = disassembly_open(probe->image->mode);
    if (!disassembly)
        return false;
    disassembly_entry(disassembly, probe->image, setup->entry, &entry);
    disassembly_close(disassembly);
    return say_other(&entry, setup, index, stream) || say_wide(&entry, setup, index, stream) ||
           say_popped(&entry, setup, stream) || say_two_words(&entry, setup, index, stream);
}
