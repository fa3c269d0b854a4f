/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "harness/sweep/internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * Checkpoints of sweeps: the first byte chooses whether the rest is the file, or changes of three
 * bytes (where, and to what) to one that is right but for them.
 */
#define CHECKPOINT_SIZE_MAX (1024u * 1024)

static void checkpoint_read(struct sweep *sweep, const uint8_t *bytes, size_t size) {
    struct sweep_options options = *sweep->options;
    struct errors errors = {0};

    options.checkpoint = fuzz_file(bytes, size, ".checkpoint");
    sweep->options = &options;
    sweep->result->next = 0;
    if (sweep_checkpoint_read(sweep, &errors) != errors_none(&errors) ||
        sweep->result->next > sweep->tasks)
        abort();
    errors_clear(&errors);
}

static struct probe *checkpoint_probe(void) {
    static const uint8_t code[] = {0x31, 0xc0, 0xc3}; /* xor eax, eax; ret */
    const struct probe_options options = {.flat = "64@0x1000", .entry = "0x1000"};
    struct errors errors = {0};
    struct probe **probes = NULL, *probe;
    size_t count = 0;

    if (!probe_load(fuzz_file(code, sizeof code, ".checkpoint"), &options, &probes, &count,
                    &errors)) {
        errors_print(&errors, "", stderr);
        abort();
    }
    probe = probes[0];
    free(probes);
    return probe;
}

/* The bytes of a checkpoint that is right; how many. */
static size_t checkpoint_right(const struct sweep *sweep, uint8_t *bytes) {
    struct sweep_options options = *sweep->options;
    struct sweep writer = *sweep;
    struct errors errors = {0};
    size_t size;
    FILE *file;

    options.checkpoint = fuzz_file(bytes, 0, ".checkpoint");
    writer.options = &options;
    if (!sweep_checkpoint_write(&writer, &errors) || !(file = fopen(options.checkpoint, "rb")))
        abort();
    size = fread(bytes, 1, CHECKPOINT_SIZE_MAX, file);
    fclose(file);
    return size;
}

static size_t checkpoint_change(uint8_t *bytes, size_t size, const uint8_t *changes, size_t count) {
    for (size_t i = 0; i + 2 < count; i += 3) {
        size_t at = changes[i] | (size_t)changes[i + 1] << 8;

        if (at < size)
            bytes[at] = changes[i + 2];
        else
            size = at % size + 1; /* cut short */
    }
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static uint8_t changed[CHECKPOINT_SIZE_MAX];
    static struct sweep_axis_result axis;
    static struct probe *probe;
    struct sweep_result result = {.axes = &axis};
    struct sweep_options options = {.axes = {{SWEEP_MAX, 0x40000010}},
                                    .axes_count = 1,
                                    .to = 0xffff,
                                    .stride = 1,
                                    .whole_to = 0xffff};
    struct sweep sweep = {.options = &options, .result = &result};
    size_t right;

    if (size == 0)
        return 0;
    if (!probe)
        probe = checkpoint_probe();
    memset(&axis, 0, sizeof axis);
    sweep.probe = probe;
    sweep.tasks_per_axis = sweep.tasks = sweep_tasks_per_axis(&options);
    if (bytes[0] & 1) {
        checkpoint_read(&sweep, bytes + 1, size - 1);
        return 0;
    }
    right = checkpoint_right(&sweep, changed);
    checkpoint_read(&sweep, changed, checkpoint_change(changed, right, bytes + 1, size - 1));
    return 0;
}
