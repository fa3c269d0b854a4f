/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

/*
 * The least that a scripted CPUID costs in Unicorn: the image mapped, one hook that writes four
 * registers, and nothing checked. Once with a uc_emu_start for each call, once with a loop in guest
 * code that calls again and again and reports each answer through the hook.
 */
#define BARE_STACK 0x60000000u /* a page */
#define BARE_LOOP 0x61000000u  /* a page of code */
#define BARE_EXIT 0x62000000u  /* never mapped: where calls return to */
#define BARE_REPORT 0x4fffffffu

struct bare {
    uc_engine *uc;
    uint64_t entry;
    uint8_t *stack, *loop;
    const struct probe *probe;
    size_t call, calls, wrong;
    uint64_t loop_end;
};

static int bare_on_cpuid(uc_engine *uc, void *data) {
    static const int ids[] = {UC_X86_REG_RAX, UC_X86_REG_RBX, UC_X86_REG_RCX, UC_X86_REG_RDX};
    struct bare *bare = data;
    uint64_t leaf = 0, answer = 0, out[4] = {0};
    void *pointers[] = {&out[0], &out[1], &out[2], &out[3]};

    uc_reg_read(uc, UC_X86_REG_RAX, &leaf);
    if ((uint32_t)leaf == BARE_REPORT) {
        uc_reg_read(uc, UC_X86_REG_RCX, &answer);
        bare->wrong += ((uint32_t)answer != 0) != bench_expects(bare->call);
        out[0] = ++bare->call < bare->calls;
    } else {
        out[0] = (uint32_t)leaf == CPUID_BASE ? bench_maximum(bare->call) : BENCH_TARGET_EAX;
    }
    uc_reg_write_batch(uc, (int *)ids, pointers, 4);
    return 1;
}

static bool bare_map(struct bare *bare) {
    const struct image *image = bare->probe->image;

    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if (uc_mem_map_ptr(bare->uc, segment->address, segment->size, UC_PROT_READ | UC_PROT_EXEC,
                           segment->bytes) != UC_ERR_OK)
            return false;
    }
    return uc_mem_map_ptr(bare->uc, BARE_STACK, IMAGE_PAGE, UC_PROT_READ | UC_PROT_WRITE,
                          bare->stack) == UC_ERR_OK &&
           uc_mem_map_ptr(bare->uc, BARE_LOOP, IMAGE_PAGE, UC_PROT_READ | UC_PROT_EXEC,
                          bare->loop) == UC_ERR_OK;
}

static void bare_write_loop(struct bare *bare) {
    /* mov edi, TARGET; mov rax, ENTRY; call rax; mov ecx, eax; mov eax, REPORT; cpuid;
       test eax, eax; jnz to the start */
    uint8_t code[] = {0xbf, 0, 0, 0, 0,    0x48, 0xb8, 0,    0,    0,
                      0,    0, 0, 0, 0,    0xff, 0xd0, 0x89, 0xc1, 0xb8,
                      0,    0, 0, 0, 0x0f, 0xa2, 0x85, 0xc0, 0x75, 0};
    const uint32_t target = BENCH_TARGET, report = BARE_REPORT;

    memcpy(code + 1, &target, sizeof target);
    memcpy(code + 7, &bare->entry, sizeof bare->entry);
    memcpy(code + 20, &report, sizeof report);
    code[sizeof code - 1] = (uint8_t)(0x100 - sizeof code);
    memcpy(bare->loop, code, sizeof code);
    bare->loop_end = BARE_LOOP + sizeof code;
}

static void bare_close(void *state) {
    struct bare *bare = state;

    if (bare->uc)
        uc_close(bare->uc);
    free(bare->stack);
    free(bare->loop);
    free(bare);
}

static void *bare_open(const struct bench_subject *subject, char *why, size_t size) {
    struct bare *bare = calloc(1, sizeof *bare);
    uc_hook hook;

    if (!bare)
        return NULL;
    bare->probe = subject->probe;
    bare->entry = subject->probe->setup.entry;
    bare->stack = aligned_alloc(IMAGE_PAGE, IMAGE_PAGE);
    bare->loop = aligned_alloc(IMAGE_PAGE, IMAGE_PAGE);
    if (bare->stack && bare->loop) {
        bare_write_loop(bare);
        if (uc_open(UC_ARCH_X86, UC_MODE_64, &bare->uc) == UC_ERR_OK && bare_map(bare) &&
            uc_hook_add(bare->uc, &hook, UC_HOOK_INSN, (void *)bare_on_cpuid, bare, 1, 0,
                        UC_X86_INS_CPUID) == UC_ERR_OK)
            return bare;
    }
    snprintf(why, size, "the engine does not start");
    bare_close(bare);
    return NULL;
}

static void bare_set(struct bare *bare, uint64_t stack) {
    uint64_t target = BENCH_TARGET;

    uc_reg_write(bare->uc, UC_X86_REG_RSP, &stack);
    uc_reg_write(bare->uc, UC_X86_REG_RDI, &target);
}

static struct bench_count bare_run(void *state, size_t calls) {
    struct bare *bare = state;
    const uint64_t back = BARE_EXIT, at = IMAGE_PAGE / 2 - sizeof back;

    bare->wrong = 0;
    for (bare->call = 0; bare->call < calls; bare->call++) {
        uint64_t answer = 0;

        memcpy(bare->stack + at, &back, sizeof back);
        bare_set(bare, BARE_STACK + at);
        if (uc_emu_start(bare->uc, bare->entry, BARE_EXIT, 0, 0) != UC_ERR_OK)
            bare->wrong++;
        uc_reg_read(bare->uc, UC_X86_REG_RAX, &answer);
        bare->wrong += ((uint32_t)answer != 0) != bench_expects(bare->call);
    }
    return (struct bench_count){calls, bare->wrong};
}

static struct bench_count batched_run(void *state, size_t calls) {
    struct bare *bare = state;

    bare->call = bare->wrong = 0;
    bare->calls = calls;
    bare_set(bare, BARE_STACK + IMAGE_PAGE / 2);
    if (uc_emu_start(bare->uc, BARE_LOOP, bare->loop_end, 0, 0) != UC_ERR_OK || bare->call != calls)
        bare->wrong++;
    return (struct bench_count){calls, bare->wrong};
}

const struct bench_method bench_bare = {
    .name = "bare",
    .what = "uc_emu_start for each call, minimal hook, nothing checked",
    .calls = 200000,
    .open = bare_open,
    .run = bare_run,
    .close = bare_close,
};

const struct bench_method bench_batched = {
    .name = "batched",
    .what = "the same in a loop of guest code, one uc_emu_start",
    .calls = 400000,
    .open = bare_open,
    .run = batched_run,
    .close = bare_close,
};
