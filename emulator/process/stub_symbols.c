/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/stub.h"

#include <stdlib.h>
#include <string.h>

/*
 * The stub's symbols. Among them is what hvspec provides to code that is called alone, such as the
 * hooks of instrumentation, that machine code or plain data can stand for. A program's symbols go
 * ahead of all libraries', so each is found only once a loader has missed it: until then no bucket
 * of the hash table leads to it.
 */
#define STUB_BUCKETS 128u
#define STUB_SYMBOLS_MAX ((STUB_HASH - STUB_SYMBOLS) / sizeof(Elf64_Sym))
#define STUB_CODE (STUB_TEXT + 0x100u)
#define STUB_PROVIDED_DATA (STUB_DATA + 0x400u)
#define STUB_SECTION 1u /* any: it is defined */

/* System V's table of symbols. */
struct stub_hash {
    uint32_t buckets_count, symbols_count;
    uint32_t buckets[STUB_BUCKETS], chains[STUB_SYMBOLS_MAX];
};
_Static_assert(sizeof(struct stub_hash) <= STUB_HASH_SIZE, "the hash table has no room");

static uint32_t stub_bucket(const char *name) {
    uint32_t hash = 0;

    for (; *name; name++) {
        hash = (hash << 4) + (uint8_t)*name;
        hash = (hash ^ (hash >> 24 & 0xf0)) & 0xfffffff;
    }
    return hash % STUB_BUCKETS;
}

bool stub_open(struct stub_builder *builder, const struct process_machine *machine) {
    const struct stub_hash hash = {.buckets_count = STUB_BUCKETS, .symbols_count = 1};

    *builder = (struct stub_builder){.machine = machine,
                                     .bytes = calloc(1, STUB_SIZE),
                                     .strings_size = 1,
                                     .symbols_count = 1,
                                     .code = STUB_CODE,
                                     .data = STUB_PROVIDED_DATA,
                                     .tls = STUB_PROVIDED_DATA};
    if (builder->bytes)
        memcpy(builder->bytes + STUB_HASH, &hash, sizeof hash);
    return builder->bytes != NULL;
}

uint32_t stub_string(struct stub_builder *builder, const char *text) {
    uint32_t at = builder->strings_size;
    size_t size = strlen(text) + 1;

    if (size > STUB_TEXT - STUB_STRINGS - at) {
        builder->full = true;
        return 0;
    }
    memcpy(builder->bytes + STUB_STRINGS + at, text, size);
    builder->strings_size += (uint32_t)size;
    return at;
}

size_t stub_symbol_size(const struct process_machine *machine) {
    return machine->mode == IMAGE_32 ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym);
}

static void stub_put_symbol(const struct stub_builder *builder, uint32_t index,
                            const Elf64_Sym *symbol) {
    const Elf32_Sym narrow = {.st_name = symbol->st_name,
                              .st_value = (Elf32_Addr)symbol->st_value,
                              .st_info = symbol->st_info,
                              .st_shndx = symbol->st_shndx};
    const size_t size = stub_symbol_size(builder->machine);

    memcpy(builder->bytes + STUB_SYMBOLS + index * size,
           builder->machine->mode == IMAGE_32 ? (const void *)&narrow : symbol, size);
}

/* The name of a symbol that is defined; NULL: it is not. */
static const char *stub_defined(const struct process_machine *machine, const uint8_t *stub,
                                uint32_t index) {
    const size_t size = stub_symbol_size(machine);
    const uint8_t *at = stub + STUB_SYMBOLS + index * size;
    Elf64_Sym wide;
    Elf32_Sym narrow;
    uint32_t name;

    memcpy(&narrow, at, sizeof narrow);
    memcpy(&wide, at, size < sizeof wide ? size : sizeof wide);
    name = machine->mode == IMAGE_32 ? narrow.st_name : wide.st_name;
    if ((machine->mode == IMAGE_32 ? narrow.st_shndx : wide.st_shndx) == SHN_UNDEF)
        return NULL;
    return (const char *)stub + STUB_STRINGS + name;
}

uint32_t stub_symbol(struct stub_builder *builder, const char *name, unsigned type,
                     uint64_t value) {
    const bool defined = value != 0 || type == STT_TLS;
    const Elf64_Sym symbol = {.st_name = stub_string(builder, name),
                              .st_info = ELF64_ST_INFO(STB_GLOBAL, type),
                              .st_shndx = defined ? STUB_SECTION : SHN_UNDEF,
                              .st_value = value};
    uint32_t index = builder->symbols_count;

    if (index == STUB_SYMBOLS_MAX) {
        builder->full = true;
        return 0;
    }
    stub_put_symbol(builder, index, &symbol);
    builder->symbols_count++;
    memcpy(builder->bytes + STUB_HASH + offsetof(struct stub_hash, symbols_count),
           &builder->symbols_count, sizeof builder->symbols_count);
    return index;
}

static void stub_put(struct stub_builder *builder, uint32_t *at, uint32_t end, const void *bytes,
                     size_t size) {
    if (size > end - *at) {
        builder->full = true;
        return;
    }
    memcpy(builder->bytes + *at, bytes, size);
    *at += (uint32_t)(size + 7) & ~7u;
}

void stub_provided(struct stub_builder *builder) {
    static const char *const thread_local[] = {"__sancov_lowest_stack"};
    struct guest_code code;
    const char *name;
    uint64_t value;

    for (size_t i = 0; guest_code_provided(builder->machine->mode, i, &code); i++) {
        stub_symbol(builder, code.name, STT_FUNC, builder->code);
        stub_put(builder, &builder->code, STUB_DATA - 8, code.bytes, code.size);
    }
    for (size_t i = 0; (name = image_data_provided(i, &value)) != NULL; i++) {
        stub_symbol(builder, name, STT_OBJECT, builder->data);
        stub_put(builder, &builder->data, STUB_SIZE - 8, &value, sizeof value);
    }
    for (size_t i = 0; i < sizeof thread_local / sizeof *thread_local; i++) {
        stub_symbol(builder, thread_local[i], STT_TLS, builder -> tls_size);
        builder->tls_size += 8;
    }
}

/* Whether the bucket leads there. */
static bool stub_is_found(const struct stub_hash *hash, uint32_t bucket, uint32_t index) {
    for (uint32_t i = hash->buckets[bucket]; i != 0; i = hash->chains[i]) {
        if (i == index)
            return true;
    }
    return false;
}

bool process_stub_provide(const struct process_machine *machine, uint8_t *stub, const char *name,
                          uint64_t *first, size_t *size) {
    const uint32_t bucket = stub_bucket(name);
    struct stub_hash hash;

    memcpy(&hash, stub + STUB_HASH, sizeof hash);
    for (uint32_t i = 1; i < hash.symbols_count; i++) {
        const char *defined = stub_defined(machine, stub, i);

        if (!defined || strcmp(defined, name) != 0)
            continue;
        if (stub_is_found(&hash, bucket, i))
            return false;
        hash.chains[i] = hash.buckets[bucket];
        hash.buckets[bucket] = i;
        memcpy(stub + STUB_HASH, &hash, sizeof hash);
        *first = STUB_HASH;
        *size = sizeof hash;
        return true;
    }
    return false;
}
