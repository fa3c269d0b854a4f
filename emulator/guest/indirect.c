/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * Indirect functions (GNU ifunc): a resolver says which function is to be called. Resolvers that
 * look at nothing but the program give the same answer at each boot, and run once, when the guest
 * is made. As soon as one reads a CPUID or a clock, hangs on garbage or writes memory, they all run
 * at each boot, in their order, as a loader that binds all at once runs them: ahead of
 * constructors.
 */

/* What the resolver returned is what is called from now on. */
static void indirect_bind(struct guest *guest, struct guest_indirect *indirect, uint64_t function) {
    const struct guest_region *region;

    indirect->function = function;
    if (indirect->slot == 0)
        return;
    region = guest_memory_region(guest, indirect->slot);
    memcpy(region->host + (indirect->slot - region->address), &function, guest->word);
    if (region->pristine)
        guest_memory_wrote(guest, indirect->slot, guest->word);
}

/* Has each boot find an address in the slot. */
static void indirect_preset(struct guest *guest, const struct guest_indirect *indirect,
                            uint64_t address) {
    const struct guest_region *region = guest_memory_region(guest, indirect->slot);
    uint64_t at = indirect->slot == 0 ? 0 : indirect->slot - region->address;

    if (indirect->slot == 0)
        return;
    memcpy(region->host + at, &address, guest->word);
    if (region->pristine)
        memcpy(region->pristine + at, &address, guest->word);
}

/* Runs one on a processor that offers nothing. True: its answer may differ from boot to boot. One
 * that fails whatever the boot leads nowhere: that is a fault only if it is called. */
static bool indirect_try(struct guest *guest, struct guest_indirect *indirect) {
    static const struct cpuid_table nothing;
    bool varies = false;

    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        const struct guest_job job = {.table = &nothing, .garbage = garbage};
        struct observation seen;
        uint64_t function = 0;

        guest_run(guest, &job, 1, &seen);
        if (seen.end == OBSERVATION_RETURNED)
            function = seen.answer;
        varies |= seen.count > 0 || seen.state & OBSERVATION_CLOCK_READ || guest->dirty.count > 0 ||
                  (garbage > 0 && function != indirect->function);
        indirect->function = function;
        guest_memory_restore(guest);
    }
    return varies;
}

static bool indirect_list(struct guest *guest, struct errors *errors) {
    const struct image *image = guest->image;
    const struct guest_setup *setup = guest->setup;

    guest->indirects =
        calloc(image->indirects_count + setup->resolvers_count + 1, sizeof *guest->indirects);
    if (!guest->indirects)
        return errors_add(errors, NULL, 0, 0, "out of memory for the guest");
    for (size_t i = 0; i < image->indirects_count; i++) {
        const struct image_indirect *indirect = &image->indirects[i];
        const struct guest_region *region = guest_memory_region(guest, indirect->slot);

        if (region && region->is_image &&
            region->address + region->size - indirect->slot >= guest->word)
            guest->indirects[guest->indirects_count++] =
                (struct guest_indirect){.resolver = indirect->resolver, .slot = indirect->slot};
    }
    for (size_t i = 0; i < setup->resolvers_count; i++)
        guest->indirects[guest->indirects_count++].resolver = setup->resolvers[i];
    return true;
}

bool guest_indirect_open(struct guest *guest, struct errors *errors) {
    const struct guest_setup *kept = guest->setup;
    struct guest_setup setup = *kept;
    bool varies = false;

    if (!indirect_list(guest, errors))
        return false;
    setup.arguments_count = setup.resolvers_count = 0;
    setup.answer =
        (struct guest_place){.kind = GUEST_REGISTER, .reg = GUEST_AX, .width = guest->word};
    setup.value = (struct guest_place){0};
    guest->setup = &setup;
    guest_call_watch(guest);
    for (size_t i = 0; i < guest->indirects_count; i++) {
        setup.entry = guest->indirects[i].resolver;
        varies |= indirect_try(guest, &guest->indirects[i]);
        indirect_preset(guest, &guest->indirects[i], guest->indirects[i].function);
    }
    for (size_t i = 0; varies && i < guest->indirects_count; i++)
        indirect_preset(guest, &guest->indirects[i], guest->indirects[i].resolver);
    guest->setup = kept;
    guest->resolving_count = varies ? guest->indirects_count : 0;
    guest_call_watch(guest);
    return true;
}

void guest_indirect_resolved(struct guest *guest, size_t index) {
    uint64_t function = 0;

    engine_read(guest->engine, guest_register_ids(guest)[GUEST_AX], &function);
    indirect_bind(guest, &guest->indirects[index], function);
}

/* Those of the setup come last. */
uint64_t guest_indirect_function(const struct guest *guest, uint64_t function) {
    size_t count = guest->setup->resolvers_count;

    for (size_t i = 0; i < count; i++) {
        if (guest->setup->resolvers[i] == function)
            return guest->indirects[guest->indirects_count - count + i].function;
    }
    return function;
}
