/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/*
 * Code that does what a probe must not do: how its call ends, where, and that the guest is as new
 * afterwards. Code lies at 0x1100 in a readable, executable page of its own; 0x3000 is data.
 */
#define AT(offset) (MACHINE_CODE + (offset))
#define ANYWHERE 1u /* where it ends is not asked */
#define STACK_USED_UP "the stack of 512 KiB is used up"

struct hostile {
    const char *what, *hex;
    enum observation_end end;
    const char *name; /* NULL: none is expected */
    uint64_t address; /* end_address */
    uint64_t fault;   /* fault_address */
    unsigned state;
};

static void hostile_check(struct machine *machine, const struct hostile *row,
                          const struct observation *seen) {
    bool right = seen->end == row->end && (row->state == ANYWHERE || seen->state == row->state) &&
                 (row->name ? seen->end_name && strcmp(seen->end_name, row->name) == 0
                            : seen->end_name == NULL) &&
                 (row->address == ANYWHERE || seen->end_address == row->address) &&
                 (row->fault == ANYWHERE || seen->fault_address == row->fault);

    if (!right)
        printf("\n    %s: %s (%s), state %#x, at %#llx, fault %#llx", row->what,
               observation_end_text(seen->end), seen->end_name ? seen->end_name : "-", seen->state,
               (unsigned long long)seen->end_address, (unsigned long long)seen->fault_address);
    CU_ASSERT_TRUE(right);
    CU_ASSERT_TRUE(machine_is_as_new(machine));
}

/* Every row twice, on one guest of its own. */
static void hostile_run(enum image_mode mode, const struct hostile *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct machine machine;

        machine_make(&machine, mode, rows[i].hex);
        if (machine_start(&machine)) {
            for (int again = 0; again < 2; again++) {
                struct observation seen = machine_ask(&machine, MACHINE_CODE);

                hostile_check(&machine, &rows[i], &seen);
            }
        }
        machine_stop(&machine);
    }
}

#define RUN(mode, rows) hostile_run(mode, rows, sizeof(rows) / sizeof((rows)[0]))
#define FORBIDDEN(what, hex, name)                                                                 \
    { what, hex, OBSERVATION_FORBIDDEN, name, AT(0), 0, 0 }

static void test_forbidden(void) {
    static const struct hostile rows[] = {
        FORBIDDEN("hlt", "f4", "hlt"),
        FORBIDDEN("in al, dx", "ec c3", "in"),
        FORBIDDEN("out dx, al", "ee c3", "out"),
        FORBIDDEN("rep insb", "f3 6c c3", "insb"),
        FORBIDDEN("outsb", "6e c3", "outsb"),
        FORBIDDEN("syscall", "0f 05 c3", "syscall"),
        FORBIDDEN("sysenter", "0f 34 c3", "sysenter"),
        FORBIDDEN("int 0x80", "cd 80 c3", "int"),
        FORBIDDEN("int3", "cc c3", "int3"),
        FORBIDDEN("int1", "f1 c3", "int1"),
        FORBIDDEN("iretq", "48 cf", "iretq"),
        FORBIDDEN("vmcall", "0f 01 c1 c3", "vmcall"),
        FORBIDDEN("vmmcall", "0f 01 d9 c3", "vmmcall"),
        FORBIDDEN("vmlaunch", "0f 01 c2 c3", "vmlaunch"),
        FORBIDDEN("rdmsr", "0f 32 c3", "rdmsr"),
        FORBIDDEN("wrmsr", "0f 30 c3", "wrmsr"),
        FORBIDDEN("rdpmc", "0f 33 c3", "rdpmc"),
        FORBIDDEN("cli", "fa c3", "cli"),
        FORBIDDEN("sti", "fb c3", "sti"),
        FORBIDDEN("lgdt [rax]", "0f 01 10 c3", "lgdt"),
        FORBIDDEN("lldt ax", "0f 00 d0 c3", "lldt"),
        FORBIDDEN("mov cr0, rax", "0f 22 c0 c3", "mov cr"),
        FORBIDDEN("mov rax, cr3", "0f 20 d8 c3", "mov cr"),
        FORBIDDEN("mov cr4, rax", "0f 22 e0 c3", "mov cr"),
        FORBIDDEN("mov dr7, rax", "0f 23 f8 c3", "mov dr"),
        FORBIDDEN("invlpg [rax]", "0f 01 38 c3", "invlpg"),
        FORBIDDEN("wbinvd", "0f 09 c3", "wbinvd"),
        FORBIDDEN("xsetbv", "0f 01 d1 c3", "xsetbv"),
        FORBIDDEN("swapgs", "0f 01 f8 c3", "swapgs"),
        {"nop; nop; cli", "90 90 fa c3", OBSERVATION_FORBIDDEN, "cli", AT(2), 0, 0},
    };

    RUN(IMAGE_64, rows);
}

static void test_loops(void) {
    static const struct hostile rows[] = {
        {"jmp $", "eb fe", OBSERVATION_OUT_OF_BUDGET, NULL, AT(0), 0, 0},
        {"two blocks", "eb 02 90 90 eb fa", OBSERVATION_OUT_OF_BUDGET, NULL, ANYWHERE, 0, 0},
        {"cpuid; jmp", "0f a2 eb fc", OBSERVATION_OUT_OF_BUDGET, "cpuid", AT(0), 0, 0},
        {"call of itself", "e8 fb ff ff ff", OBSERVATION_STACK_OVERFLOW, STACK_USED_UP, AT(0),
         ANYWHERE, 0},
        {"sub rsp, 0x100; push; call of itself", "48 81 ec 00 01 00 00 50 e8 f3 ff ff ff",
         OBSERVATION_STACK_OVERFLOW, STACK_USED_UP, ANYWHERE, ANYWHERE, 0},
        /* push rax; mov ecx, 10; dec ecx; jne; call of itself */
        {"slow recursion", "50 b9 0a 00 00 00 ff c9 75 fc e8 f1 ff ff ff",
         OBSERVATION_STACK_OVERFLOW, "recursion without end", ANYWHERE, 0, 0},
        {"cpuid; call of itself", "48 83 ec 10 0f a2 e8 f5 ff ff ff", OBSERVATION_STACK_OVERFLOW,
         "recursion without end", AT(4), 0, 0},
        {"sub rsp, 0x60000; jmp $", "48 81 ec 00 00 06 00 eb fe", OBSERVATION_OUT_OF_BUDGET, NULL,
         AT(7), 0, 0},
        {"sub rsp, 0x60000; call; jmp", "48 81 ec 00 00 06 00 e8 02 00 00 00 eb f9 c3",
         OBSERVATION_OUT_OF_BUDGET, NULL, ANYWHERE, 0, 0},
        {"sub rsp, 0x40000; push; cmp [rsp], eax",
         "48 81 ec 00 00 04 00 50 39 04 24 48 81 c4 08 "
         "00 04 00 c3",
         OBSERVATION_RETURNED, NULL, 0, 0, 0},
        {"sub rsp, 0xa0000; push", "48 81 ec 00 00 0a 00 50", OBSERVATION_STACK_OVERFLOW,
         STACK_USED_UP, AT(7), ANYWHERE, 0},
        {"sub rsp, 0x300000; push", "48 81 ec 00 00 30 00 50", OBSERVATION_STACK_OVERFLOW,
         STACK_USED_UP, AT(7), ANYWHERE, 0},
        {"sub rsp, 0x300000; a read in the middle", "48 81 ec 00 00 30 00 8b 84 24 00 00 18 00",
         OBSERVATION_STACK_OVERFLOW, STACK_USED_UP, AT(7), ANYWHERE, 0},
        {"sub rsp, 0x1000000; push", "48 81 ec 00 00 00 01 50", OBSERVATION_STACK_OVERFLOW,
         STACK_USED_UP, AT(7), ANYWHERE, 0},
        {"sub rsp, 0x2000000; push", "48 81 ec 00 00 00 02 50", OBSERVATION_FOREIGN_WRITE, NULL,
         AT(7), ANYWHERE, 0},
        /* A table's index led there, no frame. */
        {"lea rcx, [rsp - 0x200000]; mov byte [rcx], 1", "48 8d 8c 24 00 00 e0 ff c6 01 01 c3",
         OBSERVATION_FOREIGN_WRITE, NULL, AT(8), ANYWHERE, 0},
        {"mov eax, [rsp - 0x200000]", "8b 84 24 00 00 e0 ff c3", OBSERVATION_READ_FAULT, NULL,
         AT(0), ANYWHERE, 0},
        /* mov ecx, -1; mov edi, 0x3000; rep stosb */
        {"rep stosb", "b9 ff ff ff ff bf 00 30 00 00 f3 aa c3", OBSERVATION_FOREIGN_WRITE, NULL,
         AT(10), 0x4000, 0},
        /* mov rcx, -1; mov esi, 0x3000; rep lodsb */
        {"rep lodsb", "48 c7 c1 ff ff ff ff be 00 30 00 00 f3 ac c3", OBSERVATION_READ_FAULT, NULL,
         AT(12), 0x4000, 0},
    };

    RUN(IMAGE_64, rows);
}

static void test_jumps(void) {
    static const struct hostile rows[] = {
        /* mov eax, 0x50000000; jmp rax */
        {"wild jump", "b8 00 00 00 50 ff e0", OBSERVATION_FETCH_FAULT, NULL, 0x50000000, 0x50000000,
         0},
        {"wild call", "b8 00 00 00 50 ff d0", OBSERVATION_FETCH_FAULT, NULL, 0x50000000, 0x50000000,
         0},
        {"push 0x50000000; ret", "68 00 00 00 50 c3", OBSERVATION_FETCH_FAULT, NULL, 0x50000000,
         0x50000000, OBSERVATION_STACK_MOVED},
        {"ret to data", "68 00 30 00 00 c3", OBSERVATION_FETCH_FAULT, NULL, 0x3000, 0x3000,
         OBSERVATION_STACK_MOVED},
        {"jump to data", "b8 00 30 00 00 ff e0", OBSERVATION_FETCH_FAULT, NULL, 0x3000, 0x3000, 0},
        {"jmp 0", "31 c0 ff e0", OBSERVATION_FETCH_FAULT, NULL, 0, 0, 0},
        /* mov rax, 0x8000000000001040; jmp rax */
        {"no canonical address", "48 b8 40 10 00 00 00 00 00 80 ff e0", OBSERVATION_FETCH_FAULT,
         NULL, 0x8000000000001040, 0x8000000000001040, 0},
        {"jmp to the page's last byte", "e9 fa 0e 00 00", OBSERVATION_FETCH_FAULT, NULL, ANYWHERE,
         0x2000, 0},
        {"code on the stack", "c6 04 24 c3 ff e4", OBSERVATION_FETCH_FAULT, NULL, ANYWHERE,
         ANYWHERE, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        machine_put(&machine, HAND_CODE + IMAGE_PAGE - 1, "b8");
        if (machine_start(&machine)) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            hostile_check(&machine, &rows[i], &seen);
        }
        machine_stop(&machine);
    }
}

static void test_memory(void) {
    static const struct hostile rows[] = {
        {"read of 0", "90 90 8b 04 25 00 00 00 00 c3", OBSERVATION_READ_FAULT, NULL, AT(2), 0, 0},
        {"write of 0", "90 90 89 04 25 00 00 00 00 c3", OBSERVATION_FOREIGN_WRITE, NULL, AT(2), 0,
         0},
        {"write to its own code", "c6 05 f9 ff ff ff 90 c3", OBSERVATION_FOREIGN_WRITE, NULL, AT(0),
         AT(0), 0},
        {"read behind the data", "8b 04 25 fe 3f 00 00 c3", OBSERVATION_READ_FAULT, NULL, AT(0),
         ANYWHERE, 0},
        /* mov rax, 0x8000000000003000; mov eax, [rax] */
        {"no canonical address", "48 b8 00 30 00 00 00 00 00 80 8b 00 c3", OBSERVATION_READ_FAULT,
         NULL, AT(10), 0x8000000000003000, 0},
    };

    RUN(IMAGE_64, rows);
}

static void test_exceptions(void) {
    static const struct hostile rows[] = {
        {"ud2", "90 0f 0b c3", OBSERVATION_UNDEFINED, "ud2", AT(1), 0, 0},
        {"div ecx of 0", "31 c9 f7 f1 c3", OBSERVATION_UNDEFINED, "div", AT(2), 0, 0},
        {"push 0x100; popfq; nop", "68 00 01 00 00 9d 90 90 c3", OBSERVATION_UNDEFINED, "nop",
         ANYWHERE, 0, 0},
        {"mov ds, 0x33", "b8 33 00 00 00 8e d8 c3", OBSERVATION_UNDEFINED, "mov", AT(5), 0, 0},
        {"retf to nothing", "6a 00 50 48 cb", OBSERVATION_UNDEFINED, "retfq", AT(3), 0, 0},
        {"sixteen bytes", "66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90 c3",
         OBSERVATION_UNDEFINED, "more than fifteen bytes", AT(0), 0, 0},
        {"fifteen bytes", "66 66 66 66 66 66 66 66 66 66 66 66 66 66 90 c3", OBSERVATION_RETURNED,
         NULL, 0, 0, 0},
        {"rdpid", "f3 0f c7 f8 c3", OBSERVATION_UNSUPPORTED, "rdpid", AT(0), 0, 0},
        {"xgetbv of another register", "b9 02 00 00 00 0f 01 d0 c3", OBSERVATION_UNSUPPORTED,
         "xgetbv", AT(5), 0, 0},
        {"popcnt of nothing's memory", "31 c9 f3 0f b8 01 c3", OBSERVATION_READ_FAULT, NULL, AT(2),
         0, 0},
        {"vaddps ymm", "c5 fc 58 c0 c3", OBSERVATION_UNSUPPORTED, "vaddps", AT(0), 0, 0},
        /* the engine runs these as the older ones of two operands, or as emms */
        {"vsubsd", "90 c5 fb 5c d9 c3", OBSERVATION_UNSUPPORTED, "vsubsd", AT(1), 0, 0},
        {"vpor", "c5 e9 eb c1 c3", OBSERVATION_UNSUPPORTED, "vpor", AT(0), 0, 0},
        {"vzeroupper", "31 c0 c5 f8 77 c3", OBSERVATION_UNSUPPORTED, "vzeroupper", AT(2), 0, 0},
        {"serialize", "0f 01 e8 c3", OBSERVATION_UNSUPPORTED, "serialize", AT(0), 0, 0},
    };

    RUN(IMAGE_64, rows);
}

/* What kernels and boot code execute by right is named with the key that permits it. */
static void test_advice(void) {
    static const struct {
        const char *hex, *word, *advice;
    } rows[] = {
        {"fa c3", "cli", "allow"},
        {"fb c3", "sti", "allow"},
        {"0f 01 cb c3", "stac", "allow"},
        {"0f 01 ca c3", "clac", "allow"},
        {"0f 20 c0 c3", "cr", "allow"},
        {"0f 23 f8 c3", "dr", "ignore"},
        {"0f 30 c3", "wrmsr", "ignore"},
        {"0f 32 c3", "rdmsr", "0"},
        {"e4 80 c3", "in", "0"},
        {"e6 80 c3", "out", "ignore"},
        {"6c c3", "ins", "ignore"},
        {"f3 6e c3", "outs", "ignore"},
        {"cd 10 c3", "int", "ignore"},
        {"f4 c3", "hlt", "ignore"},
        {"0f 01 38 c3", "invlpg", "ignore"},
        {"0f 09 c3", "wbinvd", "ignore"},
        {"0f 01 d1 c3", "xsetbv", "ignore"},
        {"0f 01 c1 c3", "vmcall", "0"},
        {"66 0f 01 cc c3", "tdcall", "0"},
        {"f3 0f 01 d9 c3", "vmgexit", "ignore"},
        {"66 0f ae f0 c3", "tpause", "ignore"},
        {"f2 0f ae f0 c3", "umwait", "ignore"},
        {"0f 01 c6 c3", "wrmsrns", "ignore"},
        {"0f c7 2f c3", "xsaves", "ignore"},
        {"48 0f c7 1f c3", "xrstors", "ignore"},
        {"0f 01 c4 c3", "vmxoff", "ignore"},
        {"66 0f c7 37 c3", "vmclear", "ignore"},
        {"0f 79 c1 c3", "vmwrite", "ignore"},
        {"66 0f 38 80 07 c3", "invept", "ignore"},
        {"0f 01 dd c3", "clgi", "ignore"},
        {"0f 01 cf c3", "encls", "ignore"},
    };
    const char *const *names;
    size_t count = guest_permit_names(&names);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *word = "", *advice;
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        if (machine_start(&machine)) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            CU_ASSERT_EQUAL(seen.end, OBSERVATION_FORBIDDEN);
            advice = guest_permit_advice(seen.end_name, &word);
            CU_ASSERT_PTR_NOT_NULL_FATAL(advice);
            CU_ASSERT_STRING_EQUAL(word, rows[i].word);
            CU_ASSERT_STRING_EQUAL(advice, rows[i].advice);
        }
        machine_stop(&machine);
    }
    for (size_t i = 0; i < count; i++) { /* each advice can be followed */
        const char *word, *advice = guest_permit_advice(names[i], &word);

        CU_ASSERT_PTR_NOT_NULL_FATAL(advice);
        CU_ASSERT_TRUE(guest_permit_can(word, *advice == 'a'   ? GUEST_ALLOWS
                                              : *advice == 'i' ? GUEST_IGNORES
                                                               : GUEST_ANSWERS));
    }
}

/* What the engine runs and the processor refuses, or takes for another instruction. */
static void test_encodings(void) {
#define LOCKED OBSERVATION_UNDEFINED, "lock where none may be"
#define VECTOR OBSERVATION_UNSUPPORTED, "an instruction with a vector prefix"
    static const struct hostile rows_64[] = {
        {"lock cpuid", "90 f0 0f a2 c3", LOCKED, AT(1), 0, 0},
        {"lock rdtsc", "f0 0f 31 c3", LOCKED, AT(0), 0, 0},
        {"lock xor eax, eax", "f0 31 c0 c3", LOCKED, AT(0), 0, 0},
        {"lock inc [0x3000]", "f0 ff 04 25 00 30 00 00 c3", OBSERVATION_RETURNED, NULL, 0, 0, 0},
        {"cpuid with VEX", "90 c5 f8 a2 c3", VECTOR, AT(1), 0, 0},
        {"cpuid with VEX of three bytes", "c4 e1 78 a2 c3", VECTOR, AT(0), 0, 0},
        {"rdtsc with VEX", "c5 f8 31 c3", VECTOR, AT(0), 0, 0},
        {"wrmsr with VEX", "c5 f8 30 c3", VECTOR, AT(0), 0, 0},
        {"mov cr4 with VEX", "c5 f8 22 e0 c3", VECTOR, AT(0), 0, 0},
        {"mov dr7 with VEX", "c5 f8 23 f8 c3", VECTOR, AT(0), 0, 0},
        {"clts with VEX", "c5 f8 06 c3", VECTOR, AT(0), 0, 0},
        {"syscall with VEX", "c5 f8 05 c3", VECTOR, AT(0), 0, 0},
        {"kmovw", "c5 f8 92 c8 c3", OBSERVATION_UNSUPPORTED, "kmovw", AT(0), 0, 0},
        {"pcmpestri", "66 0f 3a 61 c2 0c c3", OBSERVATION_UNSUPPORTED, "pcmpestri", AT(0), 0, 0},
        {"extrq", "66 0f 78 c0 04 04 c3", OBSERVATION_UNSUPPORTED, "extrq", AT(0), 0, 0},
        {"femms", "0f 0e c3", OBSERVATION_UNSUPPORTED, "an instruction of 3DNow!", AT(0), 0, 0},
        {"movlpd between registers", "66 0f 12 c2 c3", OBSERVATION_UNDEFINED,
         "an instruction with a prefix that it must not have", AT(0), 0, 0},
        /* Done in the engine's place; shl [0x70000000], 1 is the engine's own. */
        {"shl of nothing", "d1 24 25 00 00 00 70 c3", OBSERVATION_READ_FAULT, NULL, AT(0),
         0x70000000, 0},
        {"shl of nothing by cl", "d3 24 25 00 00 00 70 c3", OBSERVATION_READ_FAULT, NULL, AT(0),
         0x70000000, 0},
        {"shl of the code", "d1 24 25 00 11 00 00 c3", OBSERVATION_FOREIGN_WRITE, NULL, AT(0),
         0x1100, 0},
        {"shl of the code by cl", "d3 24 25 00 11 00 00 c3", OBSERVATION_FOREIGN_WRITE, NULL, AT(0),
         0x1100, 0},
        {"shl of the data by cl", "d3 24 25 00 30 00 00 c3", OBSERVATION_RETURNED, NULL, 0, 0, 0},
        {"blsi of nothing", "c4 e2 78 f3 1c 25 00 00 00 70 c3", OBSERVATION_READ_FAULT, NULL, AT(0),
         0x70000000, 0},
        {"bextr with XOP", "8f ea 78 10 c0 01 00 00 00 c3", OBSERVATION_UNSUPPORTED,
         "an instruction with XOP", AT(0), 0, 0},
        {"rex, 66, mov", "48 66 b8 34 12 c3", OBSERVATION_UNSUPPORTED,
         "rex ahead of another prefix", AT(0), 0, 0},
        {"push es", "06 c3", OBSERVATION_UNDEFINED, "an opcode that 64-bit mode has no more", AT(0),
         0, 0},
        {"unknown", "90 0f 04 c3", OBSERVATION_UNSUPPORTED, "unknown instruction", AT(1), 0, 0},
        {"a conditional jump around it", "31 c0 74 02 0f 04 c3", OBSERVATION_RETURNED, NULL, 0, 0,
         0},
    };
    static const struct hostile rows_32[] = {
        {"lock cpuid", "f0 0f a2 c3", LOCKED, AT(0), 0, 0},
        {"cpuid with VEX", "c5 f8 a2 c3", VECTOR, AT(0), 0, 0},
        {"wrmsr with VEX", "c5 f8 30 c3", VECTOR, AT(0), 0, 0},
    };
    static const struct hostile rows_16[] = {
        {"lock cpuid", "f0 0f a2 c3", LOCKED, AT(0), 0, 0},
        {"cpuid with VEX", "c5 f8 a2 c3", OBSERVATION_UNDEFINED,
         "a vector prefix where none may be", AT(0), 0, 0},
    };

    RUN(IMAGE_64, rows_64);
    RUN(IMAGE_32, rows_32);
    RUN(IMAGE_16, rows_16);
}

/* Memory that vector instructions want aligned; rsp is 8 above a multiple of 16. */
static void test_alignment(void) {
    static const struct hostile rows_64[] = {
        {"movaps [rsp - 0x10], xmm0", "90 0f 29 44 24 f0 c3", OBSERVATION_UNDEFINED, "movaps",
         AT(1), ANYWHERE, 0},
        {"movaps [rsp - 0x18], xmm0", "90 0f 29 44 24 e8 c3", OBSERVATION_RETURNED, NULL, 0, 0, 0},
        {"movups [rsp - 0x10], xmm0", "90 0f 11 44 24 f0 c3", OBSERVATION_RETURNED, NULL, 0, 0, 0},
        {"movdqa xmm0, [0x3008]", "66 0f 6f 04 25 08 30 00 00 c3", OBSERVATION_UNDEFINED, "movdqa",
         AT(0), 0x3008, 0},
        {"movdqa xmm0, [0x3010]", "66 0f 6f 04 25 10 30 00 00 c3", OBSERVATION_RETURNED, NULL, 0, 0,
         0},
        /* mov ecx, 3; mov edx, 0x3000; pxor xmm0, [rdx + rcx * 4 + 4], then + 5 */
        {"pxor with an index", "b9 03 00 00 00 ba 00 30 00 00 66 0f ef 44 8a 04 66 0f ef 44 8a 05",
         OBSERVATION_UNDEFINED, "pxor", AT(16), 0x3011, 0},
        /* mov edx, 0x3020; 1: movaps xmm0, [rdx]; sub edx, 8; jmp 1b */
        {"in a loop", "ba 20 30 00 00 0f 28 02 83 ea 08 eb f8", OBSERVATION_UNDEFINED, "movaps",
         AT(5), 0x3018, 0},
        {"cmpxchg16b [0x3008]", "48 0f c7 0c 25 08 30 00 00 c3", OBSERVATION_UNDEFINED,
         "cmpxchg16b", ANYWHERE, 0, 0},
        {"fxsave [0x3008]", "0f ae 04 25 08 30 00 00 c3", OBSERVATION_UNDEFINED, "fxsave", ANYWHERE,
         0, 0},
        {"of nothing", "66 0f 6f 04 25 08 00 00 00 c3", OBSERVATION_UNDEFINED, "movdqa", AT(0), 8,
         0},
    };
    static const struct hostile rows_32[] = {
        {"movaps [esp - 0x10], xmm0", "0f 29 44 24 f0 c3", OBSERVATION_UNDEFINED, "movaps", AT(0),
         ANYWHERE, 0},
        {"movaps [esp - 0x1c], xmm0", "0f 29 44 24 e4 c3", OBSERVATION_RETURNED, NULL, 0, 0, 0},
        {"movdqa xmm0, [0x3008]", "66 0f 6f 05 08 30 00 00 c3", OBSERVATION_UNDEFINED, "movdqa",
         AT(0), 0x3008, 0},
    };

    RUN(IMAGE_64, rows_64);
    RUN(IMAGE_32, rows_32);
}

/* An address that is cut to 32 bits leads nowhere: the stack, the place to return to, the thread's
 * block and the out buffer lie above 4 GiB. In flat code they may lie below. */
static void test_high_addresses(void) {
    static const struct hostile rows[] = {
        {"sub esp, 8; push rax; pop rax; add esp, 8", "83 ec 08 50 58 83 c4 08 c3",
         OBSERVATION_FOREIGN_WRITE, NULL, AT(3), ANYWHERE, 0},
        {"mov ecx, esp; mov eax, [rcx]", "89 e1 8b 01 c3", OBSERVATION_READ_FAULT, NULL, AT(2),
         ANYWHERE, 0},
        {"pop rax; mov eax, eax; jmp rax", "58 89 c0 ff e0", OBSERVATION_FETCH_FAULT, NULL,
         ANYWHERE, ANYWHERE, 0},
        /* mov ecx, fs:[0]; mov eax, [rcx + 0x28] */
        {"the thread's block", "64 8b 0c 25 00 00 00 00 8b 41 28 c3", OBSERVATION_READ_FAULT, NULL,
         AT(8), ANYWHERE, 0},
        {"mov [esi], eax", "67 89 06 c3", OBSERVATION_FOREIGN_WRITE, NULL, AT(0), ANYWHERE, 0},
        {"mov [rsi], eax", "89 06 c3", OBSERVATION_RETURNED, NULL, 0, 0, 0},
    };

    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i / 2].hex);
        machine.arguments[1].kind = GUEST_ARGUMENT_OUT;
        machine.setup.arguments_count = 2;
        machine.hand.image.is_flat = i % 2;
        if (machine_start(&machine)) {
            struct observation seen = machine_ask(&machine, MACHINE_CODE);

            if (i % 2 == 0)
                hostile_check(&machine, &rows[i / 2], &seen);
            else
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
        }
        machine_stop(&machine);
    }
}

/* 32-bit code: the data is at 0x3000 again, the first argument at [ESP + 4]. */
static void test_32_bit(void) {
    static const struct hostile rows[] = {
        FORBIDDEN("hlt", "f4", "hlt"),
        FORBIDDEN("in eax, dx", "ed c3", "in"),
        FORBIDDEN("sysenter", "0f 34 c3", "sysenter"),
        FORBIDDEN("int 0x80", "cd 80 c3", "int"),
        FORBIDDEN("into", "ce c3", "into"),
        FORBIDDEN("iretd", "cf", "iretd"),
        FORBIDDEN("vmcall", "0f 01 c1 c3", "vmcall"),
        FORBIDDEN("mov cr0, eax", "0f 22 c0 c3", "mov cr"),
        FORBIDDEN("lgdt", "0f 01 10 c3", "lgdt"),
        {"jmp $", "eb fe", OBSERVATION_OUT_OF_BUDGET, NULL, AT(0), 0, 0},
        {"wild jump", "b8 00 00 00 50 ff e0", OBSERVATION_FETCH_FAULT, NULL, 0x50000000, 0x50000000,
         0},
        {"push 0x50000000; ret", "68 00 00 00 50 c3", OBSERVATION_FETCH_FAULT, NULL, 0x50000000,
         0x50000000, OBSERVATION_STACK_MOVED},
        {"call of itself", "e8 fb ff ff ff", OBSERVATION_STACK_OVERFLOW, "recursion without end",
         AT(0), 0, 0},
        {"lea ecx, [esp - 0x200000]; mov byte [ecx], 1", "8d 8c 24 00 00 e0 ff c6 01 01 c3",
         OBSERVATION_FOREIGN_WRITE, NULL, AT(7), ANYWHERE, 0},
        {"sub esp, 0x300000; push", "81 ec 00 00 30 00 50", OBSERVATION_STACK_OVERFLOW,
         STACK_USED_UP, AT(6), ANYWHERE, 0},
        {"write to its own code", "c6 05 00 11 00 00 90 c3", OBSERVATION_FOREIGN_WRITE, NULL, AT(0),
         AT(0), 0},
        {"read of 0", "a1 00 00 00 00 c3", OBSERVATION_READ_FAULT, NULL, AT(0), 0, 0},
        {"ud2", "0f 0b", OBSERVATION_UNDEFINED, "ud2", AT(0), 0, 0},
        {"mov ds, 0x33", "b8 33 00 00 00 8e d8 c3", OBSERVATION_UNDEFINED, "mov", AT(5), 0, 0},
        {"mov ss, 0", "31 c0 8e d0 c3", OBSERVATION_UNDEFINED, "mov", AT(2), 0, 0},
        {"far jump to no segment", "ea 00 11 00 00 33 00", OBSERVATION_UNDEFINED, "ljmp", AT(0), 0,
         0},
        {"far jump to its own segment", "ea 07 11 00 00 08 00 c3", OBSERVATION_RETURNED, NULL, 0, 0,
         0},
    };

    RUN(IMAGE_32, rows);
}

/* Real-mode code, at 0x1100 in segment 0. */
static void test_16_bit(void) {
    static const struct hostile rows[] = {
        FORBIDDEN("hlt", "f4", "hlt"),
        FORBIDDEN("int 0x10", "cd 10 c3", "int"),
        FORBIDDEN("in al, dx", "ec c3", "in"),
        FORBIDDEN("cli", "fa c3", "cli"),
        FORBIDDEN("lgdt", "0f 01 16 00 30 c3", "lgdt"),
        FORBIDDEN("mov cr0, eax", "0f 22 c0 c3", "mov cr"),
        {"jmp $", "eb fe", OBSERVATION_OUT_OF_BUDGET, NULL, AT(0), 0, 0},
        {"push 0xf800; ret", "68 00 f8 c3", OBSERVATION_FETCH_FAULT, NULL, 0xf800, 0xf800,
         OBSERVATION_STACK_MOVED},
        {"jmp 0xf800", "b8 00 f8 ff e0", OBSERVATION_FETCH_FAULT, NULL, 0xf800, 0xf800, 0},
        {"call of itself", "e8 fd ff", OBSERVATION_STACK_OVERFLOW, "the stack of 12 KiB is used up",
         AT(0), ANYWHERE, 0},
        /* push 0x5000; push 0; retf */
        {"far return to nothing", "68 00 50 68 00 00 cb", OBSERVATION_FETCH_FAULT, NULL, 0x50000,
         0x50000, ANYWHERE},
        {"mov ss, 0x1234; ret", "b8 34 12 8e d0 c3", OBSERVATION_READ_FAULT, NULL, ANYWHERE,
         ANYWHERE, 0},
        {"ud2", "0f 0b", OBSERVATION_UNDEFINED, "ud2", AT(0), 0, 0},
    };

    RUN(IMAGE_16, rows);
}

/* The harness's own pages are no way out: they end a call as any other memory would. All but the
 * trap's entry for the call's own garbage, where a jump is a return that pops nothing. */
static void test_harness_pages(void) {
    enum { PAGES = 15, ENTRY = IMAGE_PAGE / GUEST_GARBAGES };
    static const struct {
        enum image_mode mode;
        bool is_flat;
        uint64_t base;   /* the trap's page... */
        const char *hex; /* ...and what jumps to where the argument says in it */
    } rows[] = {
        /* mov rax, 0x1767f0000; add rax, rdi; jmp rax */
        {IMAGE_64, false, 0x1767f0000, "48 b8 00 00 7f 76 01 00 00 00 48 01 f8 ff e0"},
        {IMAGE_64, true, 0x767f0000, "48 b8 00 00 7f 76 00 00 00 00 48 01 f8 ff e0"},
        /* mov eax, 0x767f0000; add eax, [esp + 4]; jmp eax */
        {IMAGE_32, false, 0x767f0000, "b8 00 00 7f 76 03 44 24 04 ff e0"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        machine.hand.image.is_flat = rows[i].is_flat;
        machine.setup.entry = MACHINE_CODE;
        if (!machine_start(&machine))
            continue;
        for (uint32_t at = 0; at < PAGES * IMAGE_PAGE; at++) {
            unsigned garbage = at / 5 % GUEST_GARBAGES;
            struct observation seen;

            if (at % ENTRY >= 24) /* the code of an entry, and of a page */
                continue;
            seen = machine_ask_with(&machine, at, garbage);
            if (at == garbage * ENTRY) {
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.state, OBSERVATION_STACK_MOVED);
            } else {
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_FETCH_FAULT);
                CU_ASSERT_EQUAL(seen.fault_address, rows[i].base + at);
            }
        }
        machine_stop(&machine);
    }
}

static const struct unit_test tests[] = {
    {"What a probe must not execute is not executed", test_forbidden},
    {"Endless loops and recursion end", test_loops},
    {"Jumps out of the code end", test_jumps},
    {"Reads and writes of nothing end", test_memory},
    {"Processor exceptions end", test_exceptions},
    {"what permits an instruction", test_advice},
    {"Encodings that the processor refuses end", test_encodings},
    {"Memory that is not aligned ends", test_alignment},
    {"Addresses cut to 32 bits end", test_high_addresses},
    {"32-bit code", test_32_bit},
    {"16-bit code", test_16_bit},
    {"The harness's own pages", test_harness_pages},
};

int main(void) {
    return UNIT_RUN(tests);
}
