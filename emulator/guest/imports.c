/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/*
 * What undefined symbols do when they are called. The C library's mem* and str* run on the host,
 * over memory checked byte range by byte range; they return through the import's own trap.
 */
struct guest_import_function {
    const char *name;
    uint64_t (*run)(struct guest *guest, const struct guest_import_function *function);
    const char *code; /* machine code instead of a trap; NULL: a trap */
    size_t code_size;
};

/* What the host does for the guest counts against the call's budget: an instruction for each unit.
 * False: out of budget. */
static bool guest_import_charge(struct guest *guest, uint64_t units) {
    if (guest->budget >= 0 && units <= (uint64_t)guest->budget) {
        guest->budget -= (int64_t)units;
        return true;
    }
    guest->budget = -1;
    guest_stop(guest, OBSERVATION_OUT_OF_BUDGET, NULL);
    return false;
}

/* `size` bytes at the address that an argument holds; NULL: the call is over. */
static uint8_t *guest_import_bytes(struct guest *guest, unsigned argument, uint64_t size,
                                   bool write) {
    static uint8_t nothing[1];
    uint8_t *bytes;

    if (size == 0)
        return nothing;
    bytes = guest_memory_access(guest, guest_call_argument(guest, argument), size, write);
    return bytes && guest_import_charge(guest, size / 8) ? bytes : NULL;
}

/* One byte of a string; NULL: the call is over, as it is when nothing ends the string. */
static const uint8_t *guest_import_byte(struct guest *guest, uint64_t address) {
    return guest_import_charge(guest, 1) ? guest_memory_access(guest, address, 1, false) : NULL;
}

/* The string's length without its zero, at most `limit`; -1: the call is over. */
static int64_t guest_import_length(struct guest *guest, unsigned argument, uint64_t limit) {
    uint64_t address = guest_call_argument(guest, argument), length = 0;

    while (length < limit) {
        const uint8_t *byte = guest_import_byte(guest, address + length);

        if (!byte)
            return -1;
        if (*byte == 0)
            break;
        length++;
    }
    return (int64_t)length;
}

static uint64_t guest_run_copy(struct guest *guest, const struct guest_import_function *function) {
    uint64_t size = guest_call_argument(guest, 2);
    const uint8_t *from = guest_import_bytes(guest, 1, size, false);
    uint8_t *to = from ? guest_import_bytes(guest, 0, size, true) : NULL;

    (void)function;
    if (to)
        memmove(to, from, size);
    return guest_call_argument(guest, 0);
}

static uint64_t guest_run_set(struct guest *guest, const struct guest_import_function *function) {
    uint64_t size = guest_call_argument(guest, 2);
    uint8_t *to = guest_import_bytes(guest, 0, size, true);

    (void)function;
    if (to)
        memset(to, (int)guest_call_argument(guest, 1), size);
    return guest_call_argument(guest, 0);
}

/* The first difference decides; the result's sign is all that C promises, so it is -1, 0 or 1. */
static uint64_t guest_run_compare(struct guest *guest,
                                  const struct guest_import_function *function) {
    uint64_t size = guest_call_argument(guest, 2);
    const uint8_t *a = guest_import_bytes(guest, 0, size, false);
    const uint8_t *b = a ? guest_import_bytes(guest, 1, size, false) : NULL;
    int order = b ? memcmp(a, b, size) : 0;

    (void)function;
    return (uint64_t)(int64_t)((order > 0) - (order < 0));
}

static uint64_t guest_run_length(struct guest *guest,
                                 const struct guest_import_function *function) {
    bool limited = function->name[3] == 'n'; /* strnlen */
    int64_t length =
        guest_import_length(guest, 0, limited ? guest_call_argument(guest, 1) : UINT64_MAX);

    return length < 0 ? 0 : (uint64_t)length;
}

/* strcmp, strncmp, strcasecmp, strncasecmp */
static uint64_t guest_run_string_compare(struct guest *guest,
                                         const struct guest_import_function *function) {
    uint64_t limit = function->name[3] == 'n' ? guest_call_argument(guest, 2) : UINT64_MAX;
    bool fold = strstr(function->name, "case") != NULL;
    uint64_t a = guest_call_argument(guest, 0), b = guest_call_argument(guest, 1);

    for (uint64_t i = 0; i < limit; i++) {
        const uint8_t *pa = guest_import_byte(guest, a + i);
        const uint8_t *pb = pa ? guest_import_byte(guest, b + i) : NULL;
        int order;

        if (!pb)
            return 0;
        order = fold ? tolower(*pa) - tolower(*pb) : *pa - *pb;
        if (order != 0 || *pa == 0)
            return (uint64_t)(int64_t)((order > 0) - (order < 0));
    }
    return 0;
}

/* strcpy, strncpy */
static uint64_t guest_run_string_copy(struct guest *guest,
                                      const struct guest_import_function *function) {
    bool limited = function->name[3] == 'n';
    uint64_t limit = limited ? guest_call_argument(guest, 2) : UINT64_MAX;
    int64_t length = guest_import_length(guest, 1, limit);
    uint64_t size = limited ? limit : (uint64_t)length + 1;
    const uint8_t *from = length < 0 ? NULL : guest_import_bytes(guest, 1, (uint64_t)length, false);
    uint8_t *to = from ? guest_import_bytes(guest, 0, size, true) : NULL;

    if (to) {
        memmove(to, from, (size_t)length);
        memset(to + length, 0, size - (uint64_t)length);
    }
    return guest_call_argument(guest, 0);
}

/* memchr, strchr */
static uint64_t guest_run_find(struct guest *guest, const struct guest_import_function *function) {
    bool is_string = function->name[0] == 's';
    uint64_t address = guest_call_argument(guest, 0);
    uint8_t wanted = (uint8_t)guest_call_argument(guest, 1);
    uint64_t limit = is_string ? UINT64_MAX : guest_call_argument(guest, 2);

    for (uint64_t i = 0; i < limit; i++) {
        const uint8_t *byte = guest_import_byte(guest, address + i);

        if (!byte)
            return 0;
        if (*byte == wanted)
            return address + i;
        if (is_string && *byte == 0)
            return 0;
    }
    return 0;
}

static uint64_t guest_run_smashed(struct guest *guest,
                                  const struct guest_import_function *function) {
    guest_stop(guest, OBSERVATION_STACK_SMASHED, function->name);
    return 0;
}

static uint64_t guest_run_unresolved(struct guest *guest,
                                     const struct guest_import_function *function) {
    (void)function;
    guest_stop(guest, OBSERVATION_UNRESOLVED, NULL);
    return 0;
}

#define GUEST_CODE(bytes) NULL, bytes, sizeof(bytes) - 1
#define GUEST_HOST(function) function, NULL, 0
static const struct guest_import_function guest_functions[] = {
    {"memcpy", GUEST_HOST(guest_run_copy)},
    {"memmove", GUEST_HOST(guest_run_copy)},
    {"__memcpy_chk", GUEST_HOST(guest_run_copy)},
    {"__memmove_chk", GUEST_HOST(guest_run_copy)},
    {"__memset_chk", GUEST_HOST(guest_run_set)},
    {"memset", GUEST_HOST(guest_run_set)},
    {"memcmp", GUEST_HOST(guest_run_compare)},
    {"bcmp", GUEST_HOST(guest_run_compare)},
    {"memchr", GUEST_HOST(guest_run_find)},
    {"strlen", GUEST_HOST(guest_run_length)},
    {"strnlen", GUEST_HOST(guest_run_length)},
    {"strcmp", GUEST_HOST(guest_run_string_compare)},
    {"strncmp", GUEST_HOST(guest_run_string_compare)},
    {"strcasecmp", GUEST_HOST(guest_run_string_compare)},
    {"strncasecmp", GUEST_HOST(guest_run_string_compare)},
    {"strcpy", GUEST_HOST(guest_run_string_copy)},
    {"strncpy", GUEST_HOST(guest_run_string_copy)},
    {"strchr", GUEST_HOST(guest_run_find)},
    {"__stack_chk_fail", GUEST_HOST(guest_run_smashed)},
    {"__stack_chk_fail_local", GUEST_HOST(guest_run_smashed)},
    {"abort", GUEST_HOST(guest_run_smashed)},
    /* What compilers call in kernels: they return, or jump where a register says. */
    {"__fentry__", GUEST_CODE("\xc3")},
    {"mcount", GUEST_CODE("\xc3")},
    {"__x86_return_thunk", GUEST_CODE("\xc3")},
    {"__x86_indirect_thunk_rax", GUEST_CODE("\xff\xe0")},
    {"__x86_indirect_thunk_rcx", GUEST_CODE("\xff\xe1")},
    {"__x86_indirect_thunk_rdx", GUEST_CODE("\xff\xe2")},
    {"__x86_indirect_thunk_rbx", GUEST_CODE("\xff\xe3")},
    {"__x86_indirect_thunk_rbp", GUEST_CODE("\xff\xe5")},
    {"__x86_indirect_thunk_rsi", GUEST_CODE("\xff\xe6")},
    {"__x86_indirect_thunk_rdi", GUEST_CODE("\xff\xe7")},
    {"__x86_indirect_thunk_r8", GUEST_CODE("\x41\xff\xe0")},
    {"__x86_indirect_thunk_r9", GUEST_CODE("\x41\xff\xe1")},
    {"__x86_indirect_thunk_r10", GUEST_CODE("\x41\xff\xe2")},
    {"__x86_indirect_thunk_r11", GUEST_CODE("\x41\xff\xe3")},
    {"__x86_indirect_thunk_r12", GUEST_CODE("\x41\xff\xe4")},
    {"__x86_indirect_thunk_r13", GUEST_CODE("\x41\xff\xe5")},
    {"__x86_indirect_thunk_r14", GUEST_CODE("\x41\xff\xe6")},
    {"__x86_indirect_thunk_r15", GUEST_CODE("\x41\xff\xe7")},
    {"__x86_indirect_thunk_eax", GUEST_CODE("\xff\xe0")},
    {"__x86_indirect_thunk_ecx", GUEST_CODE("\xff\xe1")},
    {"__x86_indirect_thunk_edx", GUEST_CODE("\xff\xe2")},
    {"__x86_indirect_thunk_ebx", GUEST_CODE("\xff\xe3")},
    {"__x86_indirect_thunk_ebp", GUEST_CODE("\xff\xe5")},
    {"__x86_indirect_thunk_esi", GUEST_CODE("\xff\xe6")},
    {"__x86_indirect_thunk_edi", GUEST_CODE("\xff\xe7")},
};
static const struct guest_import_function guest_unresolved = {NULL,
                                                              GUEST_HOST(guest_run_unresolved)};

bool guest_provides(const char *name) {
    for (size_t i = 0; i < sizeof guest_functions / sizeof guest_functions[0]; i++) {
        if (strcmp(guest_functions[i].name, name) == 0)
            return true;
    }
    return false;
}

static const struct guest_stub *guest_stub_find(const struct guest *guest, const char *name) {
    for (size_t i = 0; i < guest->setup->stubs_count; i++) {
        if (strcmp(guest->setup->stubs[i].name, name) == 0)
            return &guest->setup->stubs[i];
    }
    return NULL;
}

static const struct guest_import_function *guest_function_find(const char *name) {
    for (size_t i = 0; i < sizeof guest_functions / sizeof guest_functions[0]; i++) {
        if (strcmp(guest_functions[i].name, name) == 0)
            return &guest_functions[i];
    }
    return &guest_unresolved;
}

bool guest_imports_map(struct guest *guest, uint8_t *code, struct errors *errors) {
    static const char trap[] = "\x0f\xa2\xc3"; /* cpuid; ret */
    const struct image *image = guest->image;

    guest->imports = calloc(image->imports_count + 1, sizeof *guest->imports);
    if (!guest->imports)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    memset(code, 0xcc, image->import_area_size);
    for (size_t i = 0; i < image->imports_count; i++) {
        const struct guest_import_function *function = guest_function_find(image->imports[i].name);
        uint8_t *at = code + (image->imports[i].address - image->import_area);

        guest->imports[i] = function;
        if (function->code && !guest_stub_find(guest, function->name))
            memcpy(at, function->code, function->code_size);
        else
            memcpy(at, trap, sizeof trap - 1);
    }
    return true;
}

void guest_import_call(struct guest *guest, size_t index) {
    const struct guest_import_function *function = guest->imports[index];
    const char *name = guest->image->imports[index].name;
    const struct guest_stub *stub = guest_stub_find(guest, name);
    uint64_t result = stub ? stub->value : function->run ? function->run(guest, function) : 0;

    if (guest->end == OBSERVATION_UNRESOLVED)
        guest->end_name = name;
    uc_reg_write(guest->uc, guest_register_ids(guest)[GUEST_AX], &result);
}
