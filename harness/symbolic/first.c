/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/internal.h"

#include <string.h>

/* What bytes hold that nothing has written. */

int64_t machine_tls_size(const struct machine *machine) {
    const struct image *image = machine->options.image;
    size_t alignment = image->tls_alignment > 1 ? image->tls_alignment : 1;

    return (int64_t)((image->tls_memory_size + alignment - 1) / alignment * alignment);
}

term_id machine_goroutine(struct machine *machine) {
    return term_binary(machine->terms, TERM_ADD, machine->bases[MACHINE_CONTEXT],
                       term_number(machine->terms, machine->word, GUEST_CONTEXT_SIZE));
}

int64_t machine_tls_below(const struct machine *machine) {
    const bool is_go = guest_convention(machine->options.setup->abi)->is_go;
    const int64_t size = machine_tls_size(machine) + (int64_t)machine->options.image->tls_outside;

    return size == 0 && is_go ? machine->word / 8 : size;
}

static term_id machine_number_byte(struct machine *machine, uint8_t byte) {
    return term_number(machine->terms, 8, byte);
}

static struct machine_cell machine_thread_byte(struct machine *machine, int64_t offset) {
    const struct image *image = machine->options.image;
    int64_t from = offset + machine_tls_size(machine), word = machine->word / 8;
    int64_t canary = machine->word == 64 ? 0x28 : 0x14;
    const uint8_t *bytes;
    size_t available = 0;

    if (offset < 0 && offset >= -word && guest_convention(machine->options.setup->abi)->is_go)
        return (struct machine_cell){machine_goroutine(machine), (uint8_t)(offset + word)};
    if (offset < 0) {
        bytes = image_bytes(image, image->tls_start, &available);
        return (struct machine_cell){
            machine_number_byte(machine, bytes && from >= 0 && (uint64_t)from < image->tls_file_size
                                             ? bytes[from]
                                             : 0),
            0};
    }
    if (offset < word)
        return (struct machine_cell){machine->bases[MACHINE_THREAD], (uint8_t)offset};
    if (offset >= canary && offset < canary + word)
        return (struct machine_cell){machine->canary, (uint8_t)(offset - canary)};
    return (struct machine_cell){machine_garbage(machine, 8), 0};
}

static struct machine_cell machine_string_byte(struct machine *machine, int64_t offset) {
    size_t index = (size_t)offset / (GUEST_STRING_MAX + 1),
           at = (size_t)offset % (GUEST_STRING_MAX + 1);
    const struct guest_setup *setup = machine->options.setup;
    const char *text =
        index < setup->arguments_count && setup->arguments[index].kind == GUEST_ARGUMENT_STRING
            ? setup->arguments[index].string
            : "";

    return (struct machine_cell){
        machine_number_byte(machine, at < strlen(text) ? (uint8_t)text[at] : 0), 0};
}

static struct machine_cell machine_start_byte(struct machine *machine, int64_t offset) {
    static const char name[] = GUEST_START_NAME;
    const int64_t at = 2 * GUEST_START_ENVIRONMENT;

    if (offset < machine->word / 8)
        return (struct machine_cell){
            term_binary(machine->terms, TERM_ADD, machine->bases[MACHINE_START],
                        term_number(machine->terms, machine->word, (uint64_t)at)),
            (uint8_t)offset};
    return (struct machine_cell){
        machine_number_byte(machine, offset >= at && offset < at + (int64_t)sizeof name
                                         ? (uint8_t)name[offset - at]
                                         : 0),
        0};
}

/* Data that is defined elsewhere and that nobody gave is taken for zero, as in the emulator, and
 * that is said. */
static void machine_assume_zero(struct machine *machine, uint64_t address) {
    if (image_is_known_at(machine->options.image, address))
        return;
    for (size_t i = 0; i < machine->assumed_count; i++) {
        if (machine->assumed[i] == address)
            return;
    }
    if (machine->assumed_count < MACHINE_ASSUMED_MAX)
        machine->assumed[machine->assumed_count++] = address;
}

size_t machine_assumed(const struct machine *machine, const uint64_t **addresses) {
    *addresses = machine->assumed;
    return machine->assumed_count;
}

/* What a byte holds that nothing has written. */
struct machine_cell machine_first_byte(struct machine *machine, enum machine_space space,
                                       int64_t offset) {
    const uint8_t *bytes;
    size_t available;

    switch (space) {
    case MACHINE_STATIC:
        machine_assume_zero(machine, (uint64_t)offset);
        bytes = image_bytes(machine->options.image, (uint64_t)offset, &available);
        return (struct machine_cell){machine_number_byte(machine, bytes ? *bytes : 0), 0};
    case MACHINE_THREAD:
        return machine_thread_byte(machine, offset);
    case MACHINE_STRINGS:
        return machine_string_byte(machine, offset);
    case MACHINE_START:
        return machine_start_byte(machine, offset);
    case MACHINE_CONTEXT:
        return (struct machine_cell){machine_number_byte(machine, 0), 0};
    default:
        return (struct machine_cell){machine_garbage(machine, 8), 0};
    }
}
