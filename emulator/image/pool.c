/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/pool.h"

#include "base/sha256.h"
#include "emulator/image/names.h"

#include <stdlib.h>
#include <string.h>

#define POOL_TAKEN_MAX 1024u /* objects in one link */

static bool pool_fail(const struct image_pool *pool, const char *message) {
    return errors_add(pool->errors, pool->path, 0, 0, "%s", message);
}

static void candidate_free(struct image_candidate *candidate) {
    if (candidate->file.elf)
        elf_end(candidate->file.elf);
    free(candidate->file.rewritten);
    free(candidate->owned);
    free(candidate->member);
    free(candidate->shown);
}

void image_pool_free(struct image_pool *pool) {
    for (size_t i = 0; i < pool->count; i++)
        candidate_free(&pool->candidates[i]);
    for (size_t i = 0; i < pool->archives_count; i++)
        free(pool->archives[i]);
    free(pool->candidates);
    free(pool->exports);
    free(pool->taken);
    free(pool->archives);
}

static bool pool_export(struct image_pool *pool, size_t candidate,
                        const struct image_entry *entry) {
    unsigned bind = GELF_ST_BIND(entry->symbol.st_info);

    if (bind == STB_LOCAL || entry->section == SHN_UNDEF || !entry->name[0])
        return true;
    if (!image_grow((void **)&pool->exports, pool->exports_count, sizeof *pool->exports))
        return pool_fail(pool, "out of memory");
    pool->exports[pool->exports_count++] = (struct image_export){
        .name = entry->name,
        .candidate = candidate,
        .is_weak = bind == STB_WEAK,
        .is_function = GELF_ST_TYPE(entry->symbol.st_info) == STT_FUNC ||
                       GELF_ST_TYPE(entry->symbol.st_info) == STT_GNU_IFUNC ||
                       GELF_ST_TYPE(entry->symbol.st_info) == STT_NOTYPE,
    };
    return true;
}

/* Calls `visit` for every symbol of a candidate that others may see. */
static bool pool_each_symbol(struct image_pool *pool, size_t index,
                             bool (*visit)(struct image_pool *, size_t,
                                           const struct image_entry *)) {
    const struct image_file *file = &pool->candidates[index].file;
    unsigned wanted = file->header.e_type == ET_REL ? SHT_SYMTAB : SHT_DYNSYM;

    for (size_t i = 1; i < file->sections_count; i++) {
        struct image_symbol_table table;
        GElf_Shdr section;

        if (!image_file_section(file, i, &section))
            return false;
        if (section.sh_type != wanted || section.sh_size == 0)
            continue;
        if (!image_symbols_open(file, i, &table))
            return false;
        for (size_t k = 1; k < table.count; k++) {
            struct image_entry entry;

            if (!image_symbols_get(file, &table, k, &entry) || !visit(pool, index, &entry))
                return false;
        }
    }
    return true;
}

static bool pool_note_taken(struct image_pool *pool, size_t index) {
    if (pool->candidates[index].is_taken)
        return true;
    if (pool->taken_count == POOL_TAKEN_MAX)
        return pool_fail(pool, "more than 1024 objects need each other: link them first (ld -r)");
    if (!image_grow((void **)&pool->taken, pool->taken_count, sizeof *pool->taken))
        return pool_fail(pool, "out of memory");
    pool->taken[pool->taken_count++] = index;
    pool->candidates[index].is_taken = true;
    return true;
}

bool image_pool_take(struct image_pool *pool, struct image_candidate *candidate) {
    struct image_file *file = &candidate->file;
    struct errors quiet = {0};
    bool done;

    file->path = candidate->shown ? candidate->shown : pool->path;
    file->image = pool->image;
    file->errors = pool->errors;
    if (!file->bytes ||
        !image_grow((void **)&pool->candidates, pool->count, sizeof *pool->candidates)) {
        candidate_free(candidate);
        return file->bytes ? pool_fail(pool, "out of memory") : false;
    }
    /* Archives hold more than code for x86: what is none is told only if it is asked for. */
    if (candidate->is_library)
        file->errors = &quiet;
    done = image_file_open(file) && (!candidate->is_library || file->header.e_type == ET_REL);
    errors_clear(&quiet);
    file->errors = pool->errors;
    if (!done && !candidate->is_library) {
        candidate_free(candidate);
        return false;
    }
    if (!done) { /* its name is still known */
        if (file->elf)
            elf_end(file->elf);
        file->elf = NULL;
        file->sections_count = 0;
    }
    pool->candidates[pool->count++] = *candidate;
    if (done && !pool_each_symbol(pool, pool->count - 1, pool_export))
        return false;
    return candidate->is_library || pool_note_taken(pool, pool->count - 1);
}

bool image_pool_read(struct image_pool *pool, const char *path, bool is_library) {
    struct image_candidate candidate = {.is_library = false};

    candidate.owned = image_read_file(path, &candidate.file.size, pool->errors);
    if (!candidate.owned)
        return false;
    if (!is_library)
        sha256_text(candidate.owned, candidate.file.size, pool->image->sha256);
    if (image_is_archive(candidate.owned, candidate.file.size)) {
        if (!image_grow((void **)&pool->archives, pool->archives_count, sizeof *pool->archives)) {
            free(candidate.owned);
            return pool_fail(pool, "out of memory");
        }
        pool->archives[pool->archives_count++] = candidate.owned;
        return image_archive_read(pool, path, candidate.owned, candidate.file.size);
    }
    candidate.shown = strdup(path);
    candidate.file.bytes = candidate.owned;
    return image_pool_take(pool, &candidate);
}

/* --- The member that was asked for. --- */

static bool pool_found(struct image_pool *pool, size_t index) {
    struct image_candidate *candidate = &pool->candidates[index];

    if (!candidate->file.elf) /* why not is told now */
        return image_file_open(&candidate->file) &&
               image_fail(&candidate->file, "the member is no relocatable object");
    pool->image->member = strdup(candidate->member);
    if (!pool->image->member)
        return pool_fail(pool, "out of memory");
    return pool_note_taken(pool, index);
}

static bool pool_choose_member(struct image_pool *pool, const char *member) {
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->candidates[i].member && strcmp(pool->candidates[i].member, member) == 0)
            return pool_found(pool, i);
    }
    return errors_add(pool->errors, pool->path, 0, 0,
                      "the archive has no member '%s' (ar t lists them)", member);
}

/* The exported function of that name, as linkers or people write it; exports_count: none, or
 * several, which is told. */
static bool pool_choose_entry(struct image_pool *pool, const char *entry) {
    size_t found = pool->exports_count;

    for (size_t i = 0; i < pool->exports_count; i++) {
        const struct image_export *candidate = &pool->exports[i];

        if (strcmp(candidate->name, entry) == 0 && candidate->is_function)
            return pool_found(pool, candidate->candidate);
        if (!candidate->is_function || image_name_is_fragment(candidate->name) ||
            !image_name_is(candidate->name, entry))
            continue;
        if (found < pool->exports_count && pool->exports[found].candidate != candidate->candidate)
            return errors_add(pool->errors, pool->path, 0, 0,
                              "'%s' may be %s or %s: name one of them, or the member", entry,
                              pool->exports[found].name, candidate->name);
        found = i;
    }
    if (found < pool->exports_count)
        return pool_found(pool, pool->exports[found].candidate);
    return errors_add(pool->errors, pool->path, 0, 0,
                      "no member of the archive defines a function '%s' (nm -A lists them)", entry);
}

bool image_pool_choose(struct image_pool *pool, const char *entry, const char *member) {
    if (member)
        return pool_choose_member(pool, member);
    if (!entry)
        return pool_fail(pool, "an archive: name the function to call, or a member (member:)");
    return pool_choose_entry(pool, entry);
}

/* --- What is needed. --- */

static int pool_compare_exports(const void *a, const void *b) {
    const struct image_export *left = a, *right = b;
    int names = strcmp(left->name, right->name);

    if (names != 0)
        return names;
    if (left->is_weak != right->is_weak)
        return left->is_weak ? 1 : -1;
    return (left->candidate > right->candidate) - (left->candidate < right->candidate);
}

/* Takes the first file that defines an undefined symbol, unless one that defines it is taken. */
static bool pool_need(struct image_pool *pool, size_t index, const struct image_entry *entry) {
    size_t low = 0, high = pool->exports_count, first;

    (void)index;
    if (entry->section != SHN_UNDEF || GELF_ST_BIND(entry->symbol.st_info) != STB_GLOBAL)
        return true;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(pool->exports[middle].name, entry->name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    first = low;
    for (; low < pool->exports_count && strcmp(pool->exports[low].name, entry->name) == 0; low++) {
        if (pool->candidates[pool->exports[low].candidate].is_taken)
            return true;
    }
    return low == first || pool_note_taken(pool, pool->exports[first].candidate);
}

bool image_pool_complete(struct image_pool *pool) {
    if (pool->exports_count)
        qsort(pool->exports, pool->exports_count, sizeof *pool->exports, pool_compare_exports);
    for (size_t i = 0; i < pool->taken_count; i++) {
        if (!pool_each_symbol(pool, pool->taken[i], pool_need))
            return false;
    }
    return true;
}
