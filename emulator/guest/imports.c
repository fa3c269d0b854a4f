/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/provided.h"

#include <stdlib.h>
#include <string.h>

/*
 * What undefined symbols do when they are called: what is provided (guest/provided.h), what a stub
 * says, or the call's end. Host functions return through the import's own trap.
 */
static const struct guest_provided *const guest_provided_all[] = {
    guest_provided_strings, guest_provided_searches,   guest_provided_heap,
    guest_provided_runtime, guest_provided_arithmetic, guest_provided_instrumentation,
    guest_provided_code,
};

static uint64_t guest_run_unresolved(struct guest *guest, const struct guest_provided *function) {
    (void)function;
    guest_stop(guest, OBSERVATION_UNRESOLVED, NULL);
    return 0;
}

static const struct guest_provided guest_unresolved = {
    NULL, guest_run_unresolved, 0, 0, {{NULL, 0}, {NULL, 0}}};

/* Code that the linker's own words lead to, behind the imports: see enum image_helper. */
static const struct guest_provided_code guest_helpers[IMAGE_HELPERS][2] = {
    [IMAGE_HELPER_ZERO] = {{"\x31\xc0\xc3", 3}, {"\x31\xc0\xc3", 3}},
    /* mov 8(%rax), %rax; ret; mov 4(%eax), %eax; ret */
    [IMAGE_HELPER_TLS] = {{"\x48\x8b\x40\x08\xc3", 5}, {"\x8b\x40\x04\xc3", 4}},
};

static const struct guest_stub *guest_stub_find(const struct guest_setup *setup, const char *name) {
    for (size_t i = 0; i < setup->stubs_count; i++) {
        if (strcmp(setup->stubs[i].name, name) == 0)
            return &setup->stubs[i];
    }
    return NULL;
}

static const struct guest_provided *guest_function_find(const char *name) {
    for (size_t i = 0; i < sizeof guest_provided_all / sizeof *guest_provided_all; i++) {
        for (const struct guest_provided *row = guest_provided_all[i]; row->name; row++) {
            if (strcmp(row->name, name) == 0)
                return row;
        }
    }
    return &guest_unresolved;
}

bool guest_provides(const char *name) {
    return guest_function_find(name) != &guest_unresolved;
}

bool guest_code_provided(enum image_mode mode, size_t index, struct guest_code *code) {
    for (size_t i = 0; i < sizeof guest_provided_all / sizeof *guest_provided_all; i++) {
        for (const struct guest_provided *row = guest_provided_all[i]; row->name; row++) {
            const struct guest_provided_code *own = &row->code[mode != IMAGE_64];

            if (!own->bytes || index-- > 0)
                continue;
            *code = (struct guest_code){row->name, own->bytes, own->size};
            return true;
        }
    }
    return false;
}

bool guest_takes_memory(const char *name) {
    for (const struct guest_provided *row = guest_provided_heap; row->name; row++) {
        if (strcmp(row->name, name) == 0)
            return true;
    }
    return false;
}

static const struct guest_provided_code *guest_code_of(const struct image *image,
                                                       const struct guest_setup *setup,
                                                       const struct guest_provided *function) {
    bool is_wide = image->mode == IMAGE_64;
    bool own = setup->abi == GUEST_MS64 && function->code[2].bytes;
    const struct guest_provided_code *code = &function->code[own ? 2 : is_wide ? 0 : 1];

    return code->bytes && !guest_stub_find(setup, function->name) ? code : NULL;
}

const uint8_t *guest_code_at(const struct image *image, const struct guest_setup *setup,
                             uint64_t address, size_t *available) {
    uint64_t offset = address - image->import_area, at = offset % IMAGE_IMPORT_SIZE;
    size_t index = (size_t)(offset / IMAGE_IMPORT_SIZE), helper = index - image->imports_count;
    const struct guest_provided_code *code = NULL;

    if (offset >= image->import_area_size)
        return NULL;
    if (index < image->imports_count)
        code = guest_code_of(image, setup, guest_function_find(image->imports[index].name));
    else if (image->helpers != 0 && helper < IMAGE_HELPERS)
        code = &guest_helpers[helper][image->mode != IMAGE_64];
    if (!code || at >= code->size)
        return NULL;
    *available = code->size - (size_t)at;
    return (const uint8_t *)code->bytes + at;
}

bool guest_imports_map(struct guest *guest, uint8_t *code, struct errors *errors) {
    static const char trap[] = "\x0f\xa2\xc3"; /* cpuid; ret */
    const struct image *image = guest->image;

    guest->imports = calloc(image->imports_count + 1, sizeof *guest->imports);
    if (!guest->imports)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    memset(code, 0xcc, image->import_area_size);
    for (size_t i = 0; i < image->imports_count; i++) {
        const struct guest_provided *function = guest_function_find(image->imports[i].name);
        const struct guest_provided_code *own = guest_code_of(image, guest->setup, function);
        uint8_t *at = code + (image->imports[i].address - image->import_area);

        guest->imports[i] = function;
        memcpy(at, own ? own->bytes : trap, own ? own->size : sizeof trap - 1);
    }
    for (size_t i = 0; i < IMAGE_HELPERS && image->helpers != 0; i++)
        memcpy(code + (image->helpers - image->import_area) + i * IMAGE_IMPORT_SIZE,
               guest_helpers[i][guest->word != 8].bytes, guest_helpers[i][guest->word != 8].size);
    return true;
}

void guest_import_call(struct guest *guest, size_t index) {
    const struct guest_provided *function = guest->imports[index];
    const char *name = guest->image->imports[index].name;
    const struct guest_stub *stub = guest_stub_find(guest->setup, name);
    uint64_t result = stub ? stub->value : function->run ? function->run(guest, function) : 0;

    guest->seen.provided++;
    if (guest->seen.end == OBSERVATION_UNRESOLVED)
        guest->seen.end_name = name;
    engine_write(guest->engine, guest_register_ids(guest)[GUEST_AX], &result);
    if (stub && guest->word == 4) { /* the upper half of 64 bits, where the function returns them */
        result >>= 32;
        engine_write(guest->engine, guest_register_ids(guest)[GUEST_DX], &result);
    }
}
