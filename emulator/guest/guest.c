/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <stdlib.h>
#include <string.h>

static bool guest_check_place(const struct guest *guest, const struct guest_place *place,
                              const char *what, struct errors *errors) {
    if (place->kind != GUEST_OUT || guest->uses_out)
        return true;
    return errors_add(errors, guest->image->path, 0, 0,
                      "the %s is in the out buffer, but no argument passes it: add $out to the "
                      "arguments",
                      what);
}

static bool guest_check_setup(struct guest *guest, struct errors *errors) {
    const struct guest_setup *setup = guest->setup;
    const struct guest_convention *abi = guest_convention(setup->abi);

    for (size_t i = 0; i < setup->arguments_count; i++) {
        enum guest_argument_kind kind = setup->arguments[i].kind;

        guest->uses_out |= kind == GUEST_ARGUMENT_OUT || kind == GUEST_ARGUMENT_RESULT;
        guest->uses_callback |= kind == GUEST_ARGUMENT_CALLBACK;
        guest->uses_context |= kind == GUEST_ARGUMENT_CONTEXT;
        /* System V psABI for i386: "it removes that address from the stack". */
        guest->pops_result |= kind == GUEST_ARGUMENT_RESULT && setup->abi == GUEST_CDECL32;
    }
    if (setup->abi != GUEST_REGISTERS && abi->mode != guest->image->mode)
        return errors_add(errors, guest->image->path, 0, 0,
                          "the ABI does not fit %u-bit code: see `abi` in the manifest",
                          (unsigned)guest->image->mode);
    if (setup->arguments_count > GUEST_ARGUMENTS_MAX && guest_abi_is_c(setup->abi))
        return errors_add(errors, guest->image->path, 0, 0, "more than %u arguments",
                          GUEST_ARGUMENTS_MAX);
    if (guest->uses_context && guest->image->mode == IMAGE_16)
        return errors_add(errors, guest->image->path, 0, 0, "16-bit code is given no context");
    return guest_check_place(guest, &setup->answer, "answer", errors) &&
           guest_check_place(guest, &setup->value, "value", errors);
}

/* As a loader does, then what the manifest names. */
static bool guest_list_calls(struct guest *guest, struct errors *errors) {
    const struct guest_setup *setup = guest->setup;
    size_t constructors = setup->constructors ? guest->image->constructors_count : 0;

    guest->calls = calloc(guest->resolving_count + constructors + setup->before_count + 1,
                          sizeof *guest->calls);
    if (!guest->calls)
        return errors_add(errors, NULL, 0, 0, "out of memory for the guest");
    for (size_t i = 0; i < guest->resolving_count; i++)
        guest->calls[guest->calls_count++] = guest->indirects[i].resolver;
    for (size_t i = 0; i < constructors; i++)
        guest->calls[guest->calls_count++] = guest->image->constructors[i];
    for (size_t i = 0; i < setup->before_count; i++)
        guest->calls[guest->calls_count++] = setup->before[i];
    return true;
}

static bool guest_open_engine(struct guest *guest, struct errors *errors) {
    if (!guest_room(errors))
        return false;
    guest->engine = engine_open(guest->image->mode, false, errors);
    if (!guest->engine)
        return false;
    guest->word = (unsigned)guest->image->mode / 8;
    guest->back_size = guest_convention(guest->setup->abi)->word;
    if (guest->back_size == 0)
        guest->back_size = guest->word;
    guest->disassembly = disassembly_open(guest->image->mode);
    if (!guest->disassembly)
        return errors_fail(errors, "Capstone does not start");
    guest->code.blocks = calloc(GUEST_BLOCKS, sizeof *guest->code.blocks);
    guest->trace.list = malloc(GUEST_TRACE_MAX * sizeof *guest->trace.list);
    if (!guest->code.blocks || !guest->trace.list)
        return errors_add(errors, NULL, 0, 0, "out of memory for the guest");
    return true;
}

/* Segment state that differs from the engine's reset: thread pointers, and CS in 16-bit code. */
static bool guest_set_segments(struct guest *guest, struct errors *errors) {
    uint64_t thread = guest->layout.thread;
    uint16_t selector = (uint16_t)(guest->layout.code_base >> 4);
    bool accepts = true;

    if (guest->image->mode == IMAGE_64) {
        accepts = engine_write(guest->engine, ENGINE_FS_BASE, &thread);
        /* Kernels keep the canary behind %gs. */
        accepts = accepts && engine_write(guest->engine, ENGINE_GS_BASE,
                                          guest->setup->segment ? &guest->setup->segment : &thread);
    } else if (guest->image->mode == IMAGE_16) {
        static const enum engine_register ids[] = {ENGINE_CS, ENGINE_DS, ENGINE_ES, ENGINE_SS};

        for (size_t i = 0; i < 4 && accepts; i++)
            accepts = engine_write(guest->engine, ids[i], &selector);
    }
    accepts = accepts && guest_control_set(guest);
    guest_control_read(guest, &guest->control);
    guest_system_read(guest, &guest->system);
    accepts = accepts && engine_read(guest->engine, ENGINE_EFLAGS, &guest->flags);
    /* Interrupts are on where a function is called: code turns them off, and on again. */
    guest->flags |= GUEST_FLAGS_INTERRUPTS;
    accepts = accepts && engine_write(guest->engine, ENGINE_EFLAGS, &guest->flags);
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES && accepts; garbage++) {
        guest_vectors_fill(guest, garbage);
        guest->states[garbage] = engine_state_new(guest->engine);
        accepts =
            guest->states[garbage] && engine_state_save(guest->engine, guest->states[garbage]);
    }
    return accepts ||
           errors_fail(errors, "the engine refuses segments: %s", engine_error(guest->engine));
}

/* True when the engine was stopped only to be started again, at guest->again.address. */
static bool guest_goes_on(struct guest *guest, enum engine_end ended) {
    bool goes_on = guest->again.wanted && (ended == ENGINE_STOPPED || guest->again.redirected) &&
                   guest->seen.end == OBSERVATION_RETURNED;

    if (guest->specials.full)
        guest_special_clear(guest);
    if (guest->again.flags.mask)
        guest_set_due_flags(guest);
    if (goes_on && guest->again.retranslates)
        engine_forget(guest->engine, guest->again.address, guest->again.address + IMAGE_PAGE);
    guest->again.repairs = guest->again.repairs && goes_on;
    guest->again.wanted = guest->again.retranslates = guest->again.redirected = false;
    return goes_on;
}

static void guest_emulate(struct guest *guest) {
    uint64_t start = guest->layout.trap;

    guest->batch.in_call = false;
    for (;;) {
        enum engine_end ended = engine_run(guest->engine, start, guest->layout.exit);

        start = guest->again.address;
        if (guest_goes_on(guest, ended) ? guest_repair(guest, &start)
                                        : guest_missing(guest, ended, &start))
            continue;
        start = guest->layout.trap;
        if (!guest->batch.in_call || !guest_resume(guest, ended))
            return;
    }
}

struct guest *guest_new(const struct image *image, const struct guest_setup *setup,
                        struct errors *errors) {
    struct guest *guest = calloc(1, sizeof *guest);

    if (!guest) {
        errors_add(errors, NULL, 0, 0, "out of memory for the guest");
        return NULL;
    }
    guest->image = image;
    guest->setup = setup;
    guest_call_list_set(guest);
    if (!guest_check_setup(guest, errors) || !guest_open_engine(guest, errors) ||
        !guest_memory_map(guest, errors) || !guest_set_segments(guest, errors) ||
        !guest_hooks_add(guest, errors) || !guest_undefined_open(guest, errors) ||
        !guest_indirect_open(guest, errors) || !guest_list_calls(guest, errors)) {
        guest_free(guest);
        return NULL;
    }
    guest_reset(guest);
    return guest;
}

void guest_free(struct guest *guest) {
    if (!guest)
        return;
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++)
        engine_state_free(guest->states[garbage]);
    engine_close(guest->engine);
    guest_memory_free(guest);
    guest_undefined_close(guest);
    disassembly_close(guest->disassembly);
    free(guest->code.blocks);
    free(guest->trace.list);
    free(guest->calls);
    free(guest->indirects);
    free(guest);
}

/* How many of the jobs fit the trace buffer, whole boots only. */
static size_t guest_jobs_that_fit(const struct guest_job *jobs, size_t count) {
    size_t boots = 0;

    if (count <= GUEST_BOOT_JOBS)
        return count;
    for (size_t i = 0; i <= GUEST_BOOT_JOBS; i++) {
        if (!jobs[i].continues)
            boots = i;
    }
    return boots ? boots : GUEST_BOOT_JOBS;
}

size_t guest_run(struct guest *guest, const struct guest_job *jobs, size_t count,
                 struct observation *observations) {
    count = guest_jobs_that_fit(jobs, count);
    guest->batch.jobs = jobs;
    guest->batch.observations = observations;
    guest->batch.jobs_count = count;
    guest->batch.job = 0;
    guest->trace.count = 0;
    guest->seen.end = OBSERVATION_RETURNED;
    guest->batch.is_continued = jobs[0].continues;
    guest->batch.starts_over = false;
    if (guest->batch.is_continued)
        guest_boot_go_on(guest);
    else
        guest_boot(guest);
    guest_emulate(guest);
    for (size_t i = guest->batch.job; i < count; i++)
        observations[i] = (struct observation){.end = OBSERVATION_HARNESS_FAILURE,
                                               .end_name = "the batch ended early"};
    guest->batch.jobs = NULL;
    return guest->batch.starts_over ? 0 : count;
}

void guest_reset(struct guest *guest) {
    guest_memory_restore(guest);
    guest_stack_reset(guest);
    guest_context_load(guest, 0);
}

const char *guest_engine_version(void) {
    return engine_version();
}
