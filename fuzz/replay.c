/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * replay RUNS SEED...: runs a target without libFuzzer, so that any compiler's build does: every
 * seed (a file, or all files of a folder) as it is, then RUNS changes of each, the same every time.
 * Says how many runs there were.
 */
#define REPLAY_SIZE_MAX (256u * 1024)
#define REPLAY_CHANGES_MAX 6u

static uint64_t replay_state = 0x9e3779b97f4a7c15u;
static size_t replay_runs;

/* xorshift64*, by Vigna */
static uint64_t replay_draw(void) {
    replay_state ^= replay_state >> 12;
    replay_state ^= replay_state << 25;
    replay_state ^= replay_state >> 27;
    return replay_state * 0x2545f4914f6cdd1d;
}

/* Numbers that readers count, add and compare with. */
static void replay_put_number(uint8_t *bytes, size_t size, size_t at) {
    static const uint64_t numbers[] = {0,          1,          0x7f,       0x80,
                                       0xff,       0x7fff,     0xffff,     0x7fffffff,
                                       0x80000000, 0xffffffff, UINT64_MAX, INT64_MAX};
    uint64_t number = numbers[replay_draw() % (sizeof numbers / sizeof numbers[0])];
    size_t width = (size_t)1 << replay_draw() % 4;

    if (width > size - at)
        width = size - at;
    memcpy(bytes + at, &number, width);
}

/* A piece from elsewhere in the input, put in at a place; the size then. */
static size_t replay_repeat(uint8_t *bytes, size_t size, size_t at) {
    size_t from = (size_t)(replay_draw() % size), length = 1 + (size_t)(replay_draw() % 64);
    uint8_t piece[64];

    if (length > size - from)
        length = size - from;
    if (size + length > REPLAY_SIZE_MAX)
        return size;
    memcpy(piece, bytes + from, length);
    memmove(bytes + at + length, bytes + at, size - at);
    memcpy(bytes + at, piece, length);
    return size + length;
}

static size_t replay_change(uint8_t *bytes, size_t size) {
    size_t at = (size_t)(replay_draw() % size), length;

    switch (replay_draw() % 6) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << replay_draw() % 8);
        return size;
    case 1:
        bytes[at] = (uint8_t)replay_draw();
        return size;
    case 2:
        replay_put_number(bytes, size, at);
        return size;
    case 3: /* cut out */
        length = 1 + (size_t)(replay_draw() % 64);
        if (length >= size - at)
            return at > 0 ? at : 1;
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length;
    case 4: /* cut short */
        return at > 0 ? at : 1;
    default:
        return replay_repeat(bytes, size, at);
    }
}

static void replay_run(const uint8_t *bytes, size_t size) {
    uint8_t *copy =
        malloc(size ? size : 1); /* of the right size, so that a sanitizer sees its end */

    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    replay_runs++;
}

static void replay_seed(const char *path, unsigned long runs) {
    static uint8_t seed[REPLAY_SIZE_MAX], bytes[REPLAY_SIZE_MAX];
    FILE *file = fopen(path, "rb");
    size_t size;

    if (!file) {
        perror(path);
        exit(2);
    }
    size = fread(seed, 1, sizeof seed, file);
    fclose(file);
    replay_run(seed, size);
    for (unsigned long i = 0; size > 0 && i < runs; i++) {
        size_t changed = size;

        memcpy(bytes, seed, size);
        for (unsigned change = 0; change < 1 + i % REPLAY_CHANGES_MAX; change++)
            changed = replay_change(bytes, changed);
        replay_run(bytes, changed);
    }
}

static int replay_is_seed(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static void replay_seeds(const char *path, unsigned long runs) {
    struct dirent **entries = NULL;
    struct stat status;
    int count;

    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        replay_seed(path, runs);
        return;
    }
    count = scandir(path, &entries, replay_is_seed, alphasort);
    for (int i = 0; i < count; i++) {
        char *name;

        if (asprintf(&name, "%s/%s", path, entries[i]->d_name) < 0)
            abort();
        replay_seeds(name, runs);
        free(name);
        free(entries[i]);
    }
    free(entries);
}

int main(int count, char **arguments) {
    unsigned long runs = count > 1 ? strtoul(arguments[1], NULL, 10) : 0;

    for (int i = 2; i < count; i++)
        replay_seeds(arguments[i], runs);
    printf("%zu runs\n", replay_runs);
    return replay_runs > 0 ? 0 : 2; /* nothing ran */
}
