/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/probe/probe.h"

#include "emulator/process/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All that decides how the code is called and what its answer means, as a text. */

static void write_place(FILE *stream, const char *what, const struct guest_place *place) {
    fprintf(stream, "%s %d %u %u %u", what, (int)place->kind, place->reg, place->offset,
            place->width);
    if (place->kind == GUEST_MEMORY)
        fprintf(stream, " %" PRIx64, place->address);
    fputc('\n', stream);
}

static void write_numbers(FILE *stream, const char *what, const uint64_t *numbers, size_t count) {
    fputs(what, stream);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, " %" PRIx64, numbers[i]);
    fputc('\n', stream);
}

static void write_setup(FILE *stream, const struct guest_setup *setup) {
    fprintf(stream, "abi %d\nconstructors %d\n", (int)setup->abi, setup->constructors);
    write_numbers(stream, "entry", &setup->entry, 1);
    write_numbers(stream, "before", setup->before, setup->before_count);
    if (setup->resolvers_count > 0)
        write_numbers(stream, "resolvers", setup->resolvers, setup->resolvers_count);
    for (size_t i = 0; i < setup->arguments_count; i++) {
        const struct guest_argument *argument = &setup->arguments[i];

        fprintf(stream, "argument %d %" PRIx64 " '%s' %d\n", (int)argument->kind, argument->number,
                argument->string ? argument->string : "", argument->is_wide);
        write_place(stream, "in", &argument->place);
    }
    write_place(stream, "answer", &setup->answer);
    write_place(stream, "value", &setup->value);
    if (setup->segment)
        write_numbers(stream, "segment", &setup->segment, 1);
    if (setup->may_be_unwritten)
        fputs("may be unwritten\n", stream);
    for (size_t i = 0; i < setup->out_bytes_count; i++)
        fprintf(stream, "out %u %u\n", setup->out_bytes[i].offset, setup->out_bytes[i].value);
    for (size_t i = 0; i < setup->out_targets_count; i++)
        fprintf(stream, "out target %u %u\n", setup->out_targets[i].offset,
                setup->out_targets[i].width);
    for (size_t i = 0; i < setup->stubs_count; i++)
        fprintf(stream, "stub %s %" PRIx64 "\n", setup->stubs[i].name, setup->stubs[i].value);
}

/* Of what was said, what decides which code and memory there is. */
static void write_environment(FILE *stream, const struct probe *probe) {
    static const char *const keys[] = {"data:", "set:", "files:", "member:"};

    for (size_t i = 0; i < probe->setup.permits_count; i++)
        fprintf(stream, "permit %s %d %" PRIx64 "\n", probe->setup.permits[i].name,
                (int)probe->setup.permits[i].permission, probe->setup.permits[i].value);
    for (size_t i = 0; i < probe->statements_count; i++) {
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            if (strncmp(probe->statements[i].text, keys[k], strlen(keys[k])) == 0)
                fprintf(stream, "%s\n", probe->statements[i].text);
        }
    }
}

static void write_process(FILE *stream, const struct process_start *start) {
    fprintf(stream, "process %d '%s' %d\n", start->sysroot != NULL,
            start->output ? start->output : "", start->by_output);
    for (size_t i = 0; i < start->arguments_count; i++)
        fprintf(stream, "argument '%s'\n", start->arguments[i]);
    for (size_t i = 0; i < start->files_count; i++)
        fprintf(stream, "file '%s'\n", start->files[i].path);
}

/* What it decides and what is taken for granted, where that is not the whole of the spec. */
static void write_form(FILE *stream, const struct probe *probe) {
    const struct spec_form *form = &probe->form;
    const struct cpuid_values *signature = &probe->guarantee.signature;

    if (form->maximum_only || form->mask || form->value_bits || form->scale)
        fprintf(stream, "form %d %" PRIx32 " %" PRIx32 " %" PRIx32 "\n", form->maximum_only,
                form->mask, form->value_bits, form->scale);
    if (probe->answer.mask)
        fprintf(stream, "mask %" PRIx64 "\n", probe->answer.mask);
    if (form->exact)
        fprintf(stream, "equals %" PRIx32 "\n", form->equals);
    if (probe->setup.may_be_unwritten)
        fprintf(stream, "unwritten %d\n", (int)probe->answer.unwritten);
    if (probe->guarantee.pins.has_interface)
        fprintf(stream, "interface %" PRIx32 "\n", probe->guarantee.pins.interface);
    for (size_t i = 0; i < probe->guarantee.pins.processor_count; i++) {
        const struct cpuid_values *values = &probe->guarantee.pins.processor[i].values;

        fprintf(stream, "processor %" PRIx32 " %" PRIx32 " %" PRIx32 " %" PRIx32 " %" PRIx32 "\n",
                probe->guarantee.pins.processor[i].leaf, values->eax, values->ebx, values->ecx,
                values->edx);
    }
    if (probe->guarantee.has_signature)
        fprintf(stream, "signature %" PRIx32 " %" PRIx32 " %" PRIx32 "\n", signature->ebx,
                signature->ecx, signature->edx);
}

static void write_call(FILE *stream, const struct probe *probe) {
    const struct probe_answer *answer = &probe->answer;

    fprintf(stream, "mode %d\n", (int)probe->image->mode);
    write_setup(stream, &probe->setup);
    write_environment(stream, probe);
    if (probe->process)
        write_process(stream, probe->process);
    fprintf(stream, "available %d\n", (int)answer->available);
    write_numbers(stream, "available", answer->available_values, answer->available_count);
    write_numbers(stream, "not available", answer->not_available, answer->not_available_count);
    write_numbers(stream, "not implemented", answer->not_implemented,
                  answer->not_implemented_count);
    write_form(stream, probe);
    for (size_t i = 0; i < probe->targets_count; i++)
        fprintf(stream, "target %" PRIx32 "\n", probe->targets[i]);
    for (size_t i = 0; i < probe->exclusions_count; i++)
        fprintf(stream, "exclude %s '%s'\n", rules[probe->exclusions[i].rule].id,
                probe->exclusions[i].reason);
}

bool probe_hash_call(const struct probe *probe, char text[SHA256_TEXT_SIZE]) {
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    bool written = stream != NULL;

    if (stream) {
        write_call(stream, probe);
        written = !ferror(stream);
        written &= memstream_close(stream, &bytes);
    }
    if (written)
        sha256_text(bytes, size, text);
    free(bytes);
    return written;
}

uint64_t probe_budget(const struct probe *probe) {
    return probe->setup.budget ? probe->setup.budget : GUEST_BUDGET_DEFAULT;
}
