/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/permit.h"

#include <string.h>

/* A clock or random read must not make the report differ from run to run: the guest gets a counter
 * that starts afresh at each boot. */
static uint64_t guest_tick(struct guest *guest) {
    return ++guest->clock_ticks * 1000ull;
}

/* RDTSC and RDTSCP (whose ECX names the processor), and RDPRU. */
static void guest_answer_clock(struct guest *guest, bool names_processor) {
    uint64_t ticks = guest_tick(guest), zero = 0;
    const enum engine_register *ids = guest_register_ids(guest);

    engine_write(guest->engine, ids[GUEST_AX], &ticks);
    engine_write(guest->engine, ids[GUEST_DX], &zero);
    if (names_processor)
        engine_write(guest->engine, ids[GUEST_CX], &zero);
}

void guest_set_due_flags(struct guest *guest) {
    const struct guest_flags *due = &guest->again.flags;
    uint64_t flags = 0;

    engine_read(guest->engine, ENGINE_EFLAGS, &flags);
    flags = (flags & ~due->mask) | (due->flags & due->mask);
    engine_write(guest->engine, ENGINE_EFLAGS, &flags);
    guest->again.flags.mask = 0;
}

/* RDRAND and RDSEED: any register, of the operand's width. Encoded as [66] [REX] 0F C7 ModRM. CF
 * says that a number was there, and the other arithmetic flags are cleared. */
static void guest_answer_random(struct guest *guest, const uint8_t *bytes, unsigned length) {
    uint8_t rex = guest->word == 8 && length >= 4 && (bytes[length - 4] & 0xf0) == 0x40
                      ? bytes[length - 4]
                      : 0;
    unsigned reg = (bytes[length - 1] & 7u) | (rex & 1u) << 3;
    bool overridden = length > 3 && memchr(bytes, 0x66, length - 3) != NULL;
    bool narrow = !(rex & 8) && overridden != (guest->word == 2);
    uint64_t value = guest_tick(guest), old = 0;
    enum engine_register id = guest_register_ids(guest)[reg];

    if (narrow) {
        engine_read(guest->engine, id, &old);
        value = (old & ~0xffffull) | (value & 0xffff);
    }
    engine_write(guest->engine, id, &value);
    guest->again.flags = (struct guest_flags){.mask = GUEST_FLAGS_ARITHMETIC, .flags = 1};
}

/* Notes the read, and has the engine stopped and started again behind it: the way to skip an
 * instruction that works in every mode. VIA's XSTORE, whose answer is memory, is left to the
 * engine, which lacks it. */
static void guest_read_clock(struct guest *guest, uint64_t address, const uint8_t *bytes,
                             unsigned length, const char *name) {
    if (guest->seen.clock_address == 0)
        guest->seen.clock_address = address;
    guest->seen.state |= OBSERVATION_CLOCK_READ;
    if (strcmp(name, "rdrand") == 0 || strcmp(name, "rdseed") == 0)
        guest_answer_random(guest, bytes, length);
    else if (strncmp(name, "rd", 2) == 0)
        guest_answer_clock(guest, strcmp(name, "rdtscp") == 0);
    else
        return;
    guest_go_on_at(guest, address + length);
}

/* Raises the exception that the engine does not, when the memory is not aligned. */
static void guest_check_access(struct guest *guest, uint64_t address,
                               const struct disassembly_access *access) {
    const uint64_t at = guest_access_address(guest, access);
    uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX];
    size_t available;

    if (at % access->alignment == 0)
        return;
    available = guest_memory_code(guest, address, bytes);
    guest->seen.end_address = address;
    guest->seen.fault_address = at;
    guest_stop(guest, OBSERVATION_UNDEFINED,
               disassembly_mnemonic(guest->disassembly, bytes, available, address));
}

static void guest_meet_forbidden(struct guest *guest, uint64_t address, const uint8_t *bytes,
                                 size_t available, unsigned length) {
    const char *name = guest_permit_told(
        disassembly_mnemonic(guest->disassembly, bytes, available, address), bytes, available);

    if (guest_permits(guest, name, address, bytes, length))
        return;
    guest->seen.end_address = address;
    guest_stop(guest, OBSERVATION_FORBIDDEN, name);
}

static void guest_on_aligned(void *data, uint64_t address, uint32_t size) {
    const struct guest_special *special = data;
    struct guest *guest = special->guest;

    (void)size;
    guest->code.instruction = address;
    if (guest->seen.end == OBSERVATION_RETURNED)
        guest_check_access(guest, address, &special->access);
}

/* A block that faults again and again has a hook on each instruction. */
static void guest_special_note_plain(struct guest *guest, uint64_t address) {
    const struct guest_region *region = guest_memory_region(guest, address);

    if (region && !(region->permissions & ENGINE_MAY_WRITE))
        guest->specials.plain[address % GUEST_PLAIN] = address + 1;
}

/* How a call ends that is about to execute an instruction of a class; OBSERVATION_RETURNED: not by
 * that. What Capstone does not know is not run, since nobody could say what it did. */
static enum observation_end guest_class_ends(enum disassembly_class class) {
    switch (class) {
    case DISASSEMBLY_FORBIDDEN:
        return OBSERVATION_FORBIDDEN;
    case DISASSEMBLY_UNDEFINED:
        return OBSERVATION_UNDEFINED;
    case DISASSEMBLY_MISTAKEN:
    case DISASSEMBLY_UNKNOWN:
        return OBSERVATION_UNSUPPORTED;
    default:
        return OBSERVATION_RETURNED;
    }
}

/* Fires ahead of an instruction that was found to need care; code that writes itself may have put
 * another one there since. */
static void guest_on_special(void *data, uint64_t address, uint32_t size) {
    struct guest *guest = data;
    uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX];
    struct disassembly_access access;
    struct disassembly_missing missing;
    size_t available;
    enum disassembly_class class;
    enum observation_end end;
    unsigned length;

    guest->code.instruction = address;
    if (guest->specials.plain[address % GUEST_PLAIN] == address + 1)
        return;
    available = guest_memory_code(guest, address, bytes);
    if (available == 0 || guest->seen.end != OBSERVATION_RETURNED)
        return;
    class = disassembly_classify(guest->disassembly, bytes, available, address, &length);
    end = guest_class_ends(class);
    /* Of one that it lacks it has not read all: see missing.c. */
    if (end == OBSERVATION_RETURNED && size <= DISASSEMBLY_INSTRUCTION_MAX && size != length &&
        !disassembly_missing(guest->disassembly, bytes, available, address, &missing))
        end = OBSERVATION_UNSUPPORTED; /* the engine takes it for another instruction */
    if (end == OBSERVATION_FORBIDDEN) {
        guest_meet_forbidden(guest, address, bytes, available, length);
    } else if (end != OBSERVATION_RETURNED) {
        guest->seen.end_address = address;
        guest_stop(guest, end, disassembly_mnemonic(guest->disassembly, bytes, available, address));
    } else if (class == DISASSEMBLY_REPAIRED) {
        guest->again.repairs = true;
        guest_go_on_at(guest, address);
    } else if (class == DISASSEMBLY_CLOCK) {
        guest_read_clock(guest, address, bytes, length,
                         disassembly_mnemonic(guest->disassembly, bytes, available, address));
    } else if (disassembly_aligned_access(guest->disassembly, bytes, available, address, &access)) {
        guest_check_access(guest, address, &access);
    } else {
        guest_special_note_plain(guest, address);
    }
}

static void guest_on_comparison(void *data, uint64_t address, uint32_t size) {
    const struct guest_special *special = data;

    (void)size;
    guest_compared_note(special->guest, address, &special->comparison);
}

static engine_on_code *guest_special_callback(const struct guest_special *special) {
    return special->comparison.width > 0   ? guest_on_comparison
           : special->access.alignment > 0 ? guest_on_aligned
                                           : guest_on_special;
}

/* Whether both are hooks of the same kind on the same code. */
static bool guest_special_is_same(const struct guest_special *a, const struct guest_special *b) {
    return a->first == b->first && a->last == b->last &&
           (a->comparison.width > 0) == (b->comparison.width > 0);
}

static bool guest_special_hook(struct guest *guest, const struct guest_special *wanted) {
    struct guest_special *special = &guest->specials.list[guest->specials.count];
    const bool is_plain = wanted->comparison.width == 0 && wanted->access.alignment == 0;

    for (size_t i = 0; i < guest->specials.count; i++) {
        if (guest_special_is_same(&guest->specials.list[i], wanted))
            return false;
    }
    if (guest->specials.count == GUEST_SPECIALS_MAX) {
        guest->specials.full = true;
        return true;
    }
    *special = *wanted;
    special->guest = guest;
    special->hook =
        engine_hook_code(guest->engine, guest_special_callback(special),
                         is_plain ? (void *)guest : (void *)special, wanted->first, wanted->last);
    if (!special->hook) {
        guest_stop(guest, OBSERVATION_HARNESS_FAILURE, "the engine refuses a hook");
        return false;
    }
    guest->specials.count++;
    return true;
}

bool guest_special_add(struct guest *guest, uint64_t first, uint64_t last) {
    return guest_special_hook(guest, &(struct guest_special){.first = first, .last = last});
}

bool guest_special_align(struct guest *guest, uint64_t address,
                         const struct disassembly_access *access) {
    return guest_special_hook(
        guest, &(struct guest_special){.first = address, .last = address, .access = *access});
}

bool guest_special_compare(struct guest *guest, uint64_t address,
                           const struct disassembly_comparison *comparison) {
    return guest_special_hook(
        guest,
        &(struct guest_special){.first = address, .last = address, .comparison = *comparison});
}

/* Forgets them all, and the blocks with them, so that those that run again add theirs again. */
void guest_special_clear(struct guest *guest) {
    for (size_t i = 0; i < guest->specials.count; i++)
        engine_hook_remove(guest->engine, guest->specials.list[i].hook);
    guest->specials.count = 0;
    guest->specials.full = false;
    memset(guest->code.blocks, 0, GUEST_BLOCKS * sizeof *guest->code.blocks);
    guest->code.blocks_count = 0;
}
