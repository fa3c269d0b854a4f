/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include <stdio.h>
#include <string.h>

/* Why a process ended as it did, in its own words where it has some, and in ours where something
 * was kept from it. */

void process_keep_complaint(struct process *process, const uint8_t *bytes, uint64_t size) {
    struct process_state *state = &process->state;
    uint64_t room = sizeof state->complaint - state->complaint_size;

    size = size < room ? size : room;
    memcpy(state->complaint + state->complaint_size, bytes, size);
    state->complaint_size += size;
}

void process_complaint(const struct process *process, char text[PROCESS_NAME_MAX]) {
    const struct process_state *state = &process->state;
    const size_t folder = strlen(process->files.folder);
    size_t used = 0;

    for (size_t i = 0; i < state->complaint_size && used < PROCESS_COMPLAINT_SHOWN; i++) {
        char byte = state->complaint[i];
        bool within = folder > 0 && state->complaint_size - i > folder &&
                      memcmp(state->complaint + i, process->files.folder, folder) == 0 &&
                      state->complaint[i + folder] == '/';
        bool blank = byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';

        if (within) {
            i += folder; /* and the slash */
            continue;
        }
        if (blank && (used == 0 || text[used - 1] == ' '))
            continue;
        text[used++] = blank ? ' ' : byte > ' ' && byte < 0x7f ? byte : '?';
    }
    while (used > 0 && text[used - 1] == ' ')
        used--;
    text[used] = '\0';
}

/* Whether its loader found the libraries of another system than it was built for. */
static bool complains_of_system(const char *words) {
    return (strstr(words, ": version `") && strstr(words, "' not found")) ||
           strstr(words, "cannot open shared object file");
}

void process_name_end(const struct process *process, char text[PROCESS_NAME_MAX]) {
    char complaint[PROCESS_NAME_MAX], call[40];
    FILE *stream = fmemopen(text, PROCESS_NAME_MAX, "w");
    const char *joint = process->end_name[0] ? "; " : "";

    text[0] = '\0';
    if (!stream)
        return;
    fputs(process->end_name, stream);
    if (process->end == OBSERVATION_NOT_STARTED && complains_of_system(process->end_name))
        fputs("; sysroot names the system that it was built for", stream);
    if (process->end != OBSERVATION_NOT_STARTED && process->end != OBSERVATION_UNRESOLVED) {
        process_complaint(process, complaint);
        if (complaint[0])
            fprintf(stream, "%sit wrote: %s", joint, complaint);
        joint = complaint[0] ? "; " : joint;
        if (process->state.refused)
            fprintf(stream, "%ssystem call refused: %s", joint,
                    process_system_name(process, process->state.refused - 1, call, sizeof call));
    }
    fclose(stream);
    text[PROCESS_NAME_MAX - 1] = '\0';
}
