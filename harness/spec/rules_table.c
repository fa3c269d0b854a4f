/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/spec/rules.h"

/*
 * The rows of the catalogue. Locators point into the mail: Jun Nakajima, "RE: Use CPUID to
 * communicate with the hypervisor", LKML, 29 Sep 2008. The texts are our reading of it. Code
 * examples use cpuid_eax(leaf), which executes CPUID with ECX = 0.
 */
const struct rule rules[RULES] = {
    [RULE_MAX_READ_FIRST] =
        {.id = "max/read-first",
         .level = RULE_MUST,
         .judged_by = "trace",
         .locator = "detection step 1, first two sentences (the leaf with ten digits there is a "
                    "slip for 0x40000000)",
         .text = "EAX of leaf 0x40000000, the maximum, is read before any hypervisor leaf above "
                 "0x40000000 and before any answer \"available\". An initialisation function "
                 "called earlier in the same boot may have read it.",
         .why = "Without a maximum, whatever an out-of-range leaf returns passes for a feature. "
                "Linux (acrn_get_tsc_khz), tamago and OpenBSD read a feature leaf without asking; "
                "reviewers of FreeBSD pull request 664 asked about it.",
         .breaks = "bool hv_feature_available(uint32_t target) {\n"
                   "    return cpuid_eax(target) != 0;\n"
                   "}",
         .fix = "bool hv_feature_available(uint32_t target) {\n"
                "    if (cpuid_eax(0x40000000) < target)\n"
                "        return false;\n"
                "    return cpuid_eax(target) != 0;\n"
                "}"},
    [RULE_MAX_BELOW_IS_ABSENT] =
        {.id = "max/below-is-absent",
         .level = RULE_MUST,
         .judged_by = "answer",
         .locator = "detection step 1, third sentence",
         .text = "A maximum below the target means that the feature is not available. That "
                 "includes a maximum of 0, one below 0x40000000, and the junk that a machine "
                 "without a hypervisor returns.",
         .why = "Subtracting the base before comparing wraps, so that 0 or 0x1004 passes for a "
                "huge maximum (the shape of Linux's hypervisor_cpuid_base).",
         .breaks = "uint32_t count = cpuid_eax(0x40000000) - 0x40000000; /* 0 wraps */\n"
                   "if (count < target - 0x40000000)\n"
                   "    return false;\n"
                   "return cpuid_eax(target) != 0;",
         .fix = "uint32_t max = cpuid_eax(0x40000000);\n"
                "if (max < target)\n"
                "    return false;\n"
                "return cpuid_eax(target) != 0;"},
    [RULE_MAX_REACHES_TARGET] =
        {.id = "max/reaches-target",
         .level = RULE_MUST,
         .judged_by = "trace, answer",
         .locator = "detection step 1, third sentence, and step 2, first sentence",
         .text = "A maximum equal to the target or above it leads on to step 2. The comparison is "
                 "unsigned, on all 32 bits, and without an upper bound: 0x80000000 and 0xffffffff "
                 "are in range for every target.",
         .why = "Signed comparison (pafish, cpu_write_brand), > for >= (rust-cpuid, display.rs), "
                "equality (nanos 4cb9b059, which failed on AWS c5) and a look at the low byte only "
                "(VMAware, broken by 0x4000000c) all hide features that are there.",
         .breaks = "int32_t max = (int32_t)cpuid_eax(0x40000000);\n"
                   "if (max <= (int32_t)target) /* signed, and equality turned away */\n"
                   "    return false;\n"
                   "return cpuid_eax(target) != 0;",
         .fix = "uint32_t max = cpuid_eax(0x40000000);\n"
                "if (max < target)\n"
                "    return false;\n"
                "return cpuid_eax(target) != 0;"},
    [RULE_MAX_NO_READ_BEYOND] =
        {.id = "max/no-read-beyond",
         .level = RULE_SHOULD,
         .judged_by = "trace",
         .locator = "detection, the order of steps 1 and 2",
         .text = "A target above the maximum is not read, nor is any other hypervisor leaf above "
                 "the maximum.",
         .why = "Nobody promises what such a leaf returns: Intel processors echo the highest basic "
                "leaf, AMD's give zeros, old bhyve repeats 0x40000000. Code that reads it is one "
                "edit away from believing it.",
         .breaks = "uint32_t max = cpuid_eax(0x40000000);\n"
                   "uint32_t eax = cpuid_eax(target); /* whatever max says */\n"
                   "return max >= target && eax != 0;",
         .fix = "uint32_t max = cpuid_eax(0x40000000);\n"
                "if (max < target)\n"
                "    return false;\n"
                "return cpuid_eax(target) != 0;"},
    [RULE_TARGET_IS_READ] =
        {.id = "target/is-read",
         .level = RULE_MUST,
         .judged_by = "trace",
         .locator = "detection step 2, first sentence",
         .text = "The leaf whose EAX decides is exactly the target that was asked for: not a "
                 "masked, rebased or neighbouring one, nor another subleaf, and it is not skipped.",
         .why = "A maximum that covers the target says nothing of the target. FreeBSD pull request "
                "664 met code that took the maximum of one base for the leaves of another; masks "
                "and offsets that fit one vendor's leaves read a neighbour for the next.",
         .breaks = "uint32_t leaf = 0x40000000 | (target & 0x1f); /* 0x40000030 reads 10 */\n"
                   "if (cpuid_eax(0x40000000) < target)\n"
                   "    return false;\n"
                   "return cpuid_eax(leaf) != 0;",
         .fix = "if (cpuid_eax(0x40000000) < target)\n"
                "    return false;\n"
                "return cpuid_eax(target) != 0;"},
    [RULE_TARGET_ZERO_IS_ABSENT] =
        {.id = "target/zero-is-absent",
         .level = RULE_MUST,
         .judged_by = "answer",
         .locator = "detection step 2, second sentence",
         .text = "EAX = 0 in the target means that the feature is not implemented, whatever EBX, "
                 "ECX and EDX hold.",
         .why = "A zero frequency taken at its word divided by zero in FreeBSD's kernel (bug "
                "269767); rust-cpuid hands out Some(0), and Monza accepts it too.",
         .breaks = "if (cpuid_eax(0x40000000) < 0x40000010)\n"
                   "    return -1;\n"
                   "*khz = cpuid_eax(0x40000010); /* zero is passed on as a frequency */\n"
                   "return 0;",
         .fix = "if (cpuid_eax(0x40000000) < 0x40000010)\n"
                "    return -1;\n"
                "*khz = cpuid_eax(0x40000010);\n"
                "return *khz != 0 ? 0 : -1;"},
    [RULE_TARGET_NONZERO_IS_PRESENT] =
        {.id = "target/nonzero-is-present",
         .level = RULE_MUST,
         .judged_by = "answer",
         .locator = "detection step 2, second sentence, the other way round",
         .text = "EAX other than 0 in the target means that the feature is implemented, for every "
                 "32-bit pattern: 1, 0x100, 0x10000, 0x80000000 and 0xffffffff alike.",
         .why = "Sign tests lose the upper half of the values, a result narrowed to a byte loses "
                "0x100, and code that keeps -1 for \"not found\" loses 0xffffffff.",
         .breaks = "int eax = (int)cpuid_eax(target); /* max was checked above */\n"
                   "if (eax <= 0) /* 0x80000000 and more look absent */\n"
                   "    return false;\n"
                   "return true;",
         .fix = "uint32_t eax = cpuid_eax(target); /* max was checked above */\n"
                "if (eax == 0)\n"
                "    return false;\n"
                "return true;"},
    [RULE_TARGET_EAX_ALONE] =
        {.id = "target/eax-alone",
         .level = RULE_MUST,
         .judged_by = "twin",
         .locator = "detection step 2, both sentences: only EAX is named",
         .text = "EBX, ECX and EDX of the target make no difference to availability.",
         .why = "XNU and OpenCore also ask for EBX and so reject ACRN, whose EBX is 0; rumprun and "
                "lscpu look at EBX instead of EAX.",
         .breaks = "struct regs r = cpuid(0x40000010); /* max was checked above */\n"
                   "if (r.eax == 0 || r.ebx == 0) /* ACRN's EBX is 0 */\n"
                   "    return false;\n"
                   "return true;",
         .fix = "struct regs r = cpuid(0x40000010); /* max was checked above */\n"
                "if (r.eax == 0)\n"
                "    return false;\n"
                "return true;"},
    [RULE_TARGET_VALUE_INTACT] =
        {.id = "target/value-intact",
         .level = RULE_MUST,
         .judged_by = "answer",
         .locator = "detection step 2, first sentence: what is got is EAX, whole",
         .text = "A probe that reports the leaf's value reports all 32 bits of EAX as the "
                 "hypervisor gave them. Only for probes that report a value.",
         .why =
             "kHz times 1000 in 32 bits wraps above 4,294,967 kHz, and half of a 64-bit variable "
             "left unset (EDK2, TscTimerLib) adds stack garbage to the value.",
         .breaks = "uint32_t hz = cpuid_eax(0x40000010) * 1000; /* wraps above 4294967 kHz */\n"
                   "if (hz == 0)\n"
                   "    return false;\n"
                   "*khz = hz / 1000;\n"
                   "return true;",
         .fix = "*khz = cpuid_eax(0x40000010);\n"
                "*hz = (uint64_t)*khz * 1000;\n"
                "return *khz != 0;"},
    [RULE_TARGET_OUTCOME_NAMED] =
        {.id = "target/outcome-named",
         .level = RULE_MUST,
         .judged_by = "answer",
         .locator = "detection step 1, third sentence, and step 2, second sentence",
         .text = "A probe that tells \"not available\" from \"not implemented\" names the one that "
                 "the deciding step gives. Only for probes with three outcomes.",
         .why = "The two call for different action: a newer hypervisor, or another setting of this "
                "one. Error codes that are swapped, or -1 compared as an unsigned number, send the "
                "caller down the wrong path.",
         .breaks = "uint32_t max = cpuid_eax(0x40000000);\n"
                   "if (max < target || cpuid_eax(target) == 0)\n"
                   "    return HV_NOT_IMPLEMENTED; /* also when max is too low */\n"
                   "return HV_AVAILABLE;",
         .fix = "if (cpuid_eax(0x40000000) < target)\n"
                "    return HV_NOT_AVAILABLE;\n"
                "if (cpuid_eax(target) == 0)\n"
                "    return HV_NOT_IMPLEMENTED;\n"
                "return HV_AVAILABLE;"},
    [RULE_GAPS_OTHER_LEAVES_IGNORED] =
        {.id = "gaps/other-leaves-ignored",
         .level = RULE_MUST,
         .judged_by = "twin",
         .locator = "last sentence, and detection step 2: only the target is named",
         .text = "No other leaf of 0x40000001-0x400000ff makes a difference: zero or junk below, "
                 "beside or above the target, in its own range or another, changes nothing.",
         .why = "VMware and VirtualBox leave 0x40000001-0x4000000f zero and implement 0x40000010, "
                "ACRN echoes the highest basic leaf there, Hyper-V has zero leaves in between: a "
                "scan that stops at the first gap, or starts at the first leaf, gets all wrong.",
         .breaks = "for (uint32_t leaf = 0x40000001; leaf <= max; leaf++) {\n"
                   "    if (cpuid_eax(leaf) == 0)\n"
                   "        return false; /* a gap below hides the target */\n"
                   "    if (leaf == target)\n"
                   "        return true;\n"
                   "}\n"
                   "return false;",
         .fix = "if (max < target)\n"
                "    return false;\n"
                "return cpuid_eax(target) != 0;"},
    [RULE_GAPS_ORDER_INDEPENDENT] =
        {.id = "gaps/order-independent",
         .level = RULE_MUST,
         .judged_by = "answer",
         .locator = "detection, both steps: they depend on the target alone",
         .text = "Several features asked about in one boot, in any order and repeatedly, each get "
                 "the answer that they get when asked alone.",
         .why = "A static cache with a sentinel (the shape of Linux's kvm_cpuid_base) and a "
                "memoised answer (VMAware) repeat the first question's answer to the second.",
         .breaks = "static int answer = -1; /* one cell for every target */\n"
                   "if (answer < 0)\n"
                   "    answer = detect(target);\n"
                   "return answer != 0;",
         .fix = "static uint32_t max; /* the same for every target */\n"
                "static bool max_read;\n"
                "if (!max_read) {\n"
                "    max = cpuid_eax(0x40000000);\n"
                "    max_read = true;\n"
                "}\n"
                "return max >= target && cpuid_eax(target) != 0;"},
    [RULE_GENERIC_SIGNATURE_IGNORED] =
        {.id = "generic/signature-ignored",
         .level = RULE_MUST,
         .judged_by = "twin",
         .deviates = true,
         .locator = "paragraph before the detection, second sentence",
         .text = "EBX, ECX and EDX of leaf 0x40000000, the vendor's signature, change neither the "
                 "answer nor the leaves that are read: known, unknown, all zero or junk alike. "
                 "Where only the leaves read differ, it is nonstrict.",
         .why = "Most code insists on a vendor and so misses the others' offer. Comparisons also "
                "go wrong by themselves: without the trailing space (libcpuid, \"bhyve bhyve\"), "
                "one register only (hyperprobe), an unknown vendor as an error (cpufetch 193).",
         .breaks = "if (memcmp(signature, \"KVMKVMKVM\\0\\0\\0\", 12) != 0)\n"
                   "    return false; /* the others may offer it too */\n"
                   "if (cpuid_eax(0x40000000) < target)\n"
                   "    return false;\n"
                   "return cpuid_eax(target) != 0;",
         .fix = "if (cpuid_eax(0x40000000) < target)\n"
                "    return false;\n"
                "return cpuid_eax(target) != 0;"},
    [RULE_GENERIC_EVERY_RANGE] =
        {.id = "generic/every-range",
         .level = RULE_MUST,
         .judged_by = "twin",
         .locator = "the list of ranges and the paragraph after it",
         .text = "Leaves of every vendor's range (0x4000001X VMware, 0x4000002X Xen, 0x4000003X "
                 "KVM, and those that the list leaves open) are detected alike, whichever "
                 "hypervisor implements them.",
         .why = "0x40000010 is VMware's leaf, and KVM, ACRN, VirtualBox and Cloud Hypervisor "
                "answer it. Linux, Gramine and EDK2 ask who the vendor is first, so each new "
                "hypervisor needs a patch there.",
         .breaks = "if ((target & 0xf0) > 0x30) /* no vendor beyond KVM is known yet */\n"
                   "    return false;\n"
                   "if (cpuid_eax(0x40000000) < target)\n"
                   "    return false;\n"
                   "return cpuid_eax(target) != 0;",
         .fix = "if (cpuid_eax(0x40000000) < target)\n"
                "    return false;\n"
                "return cpuid_eax(target) != 0;"},
    [RULE_HYPERVISOR_MAX_COVERS_FEATURES] =
        {.id = "hypervisor/max-covers-features",
         .level = RULE_MUST,
         .judged_by = "table",
         .locator = "detection step 1, second sentence",
         .text = "No leaf above the maximum, up to 0x400000ff, is implemented: the maximum is the "
                 "highest input value.",
         .why = "A guest that follows step 1 never looks above the maximum. Old KVM hosts return 0 "
                "there and mean 0x40000001, so their features stay unseen.",
         .breaks = "case 0x40000000:\n"
                   "    *eax = 0x40000001;\n"
                   "    break;\n"
                   "case 0x40000010: /* no guest will look here */\n"
                   "    *eax = tsc_khz;\n"
                   "    break;",
         .fix = "case 0x40000000:\n"
                "    *eax = 0x40000010;\n"
                "    break;\n"
                "case 0x40000010:\n"
                "    *eax = tsc_khz;\n"
                "    break;",
         .about_tables = true},
    [RULE_HYPERVISOR_GAP_RETURNS_ZERO] =
        {.id = "hypervisor/gap-returns-zero",
         .level = RULE_MUST,
         .deviates = true,
         .judged_by = "table",
         .locator = "last sentence",
         .text = "A leaf above 0x40000000 and below the maximum that is not implemented returns "
                 "EAX = 0. Dumps do not say what is implemented: there, a leaf that repeats the "
                 "highest basic leaf, 0x40000000 or another leaf is reported as suspect.",
         .why = "ACRN answers 0x40000001-0x4000000f with the highest basic leaf, and old bhyve "
                "answered every hypervisor leaf with 0x40000000: guests take that for features.",
         .breaks = "default: /* leaves that this hypervisor does not implement */\n"
                   "    host_cpuid(highest_basic, eax, ebx, ecx, edx);\n"
                   "    break;",
         .fix = "default: /* leaves that this hypervisor does not implement */\n"
                "    *eax = *ebx = *ecx = *edx = 0;\n"
                "    break;",
         .about_tables = true},
    [RULE_HYPERVISOR_MAX_IN_BLOCK] =
        {.id = "hypervisor/max-in-block",
         .level = RULE_INFO,
         .judged_by = "table",
         .locator = "detection step 1, second sentence; the list of ranges",
         .text = "The maximum lies in 0x40000000-0x400000ff.",
         .why = "NVMM once passed the host's own EAX on by mistake. A maximum outside the block is "
                "most often such a slip, though the mail forbids none.",
         .breaks = "case 0x40000000:\n"
                   "    host_cpuid(0x40000000, eax, ebx, ecx, edx); /* EAX is the host's */\n"
                   "    set_signature(ebx, ecx, edx);\n"
                   "    break;",
         .fix = "case 0x40000000:\n"
                "    *eax = 0x40000010;\n"
                "    set_signature(ebx, ecx, edx);\n"
                "    break;",
         .about_tables = true},
    [RULE_HYPERVISOR_PRESENT] =
        {.id = "hypervisor/present",
         .level = RULE_SHOULD,
         .judged_by = "table",
         .locator = "ours",
         .text = "Bit 31 of ECX of leaf 1 is set exactly when the block at 0x40000000 is a "
                 "hypervisor's.",
         .why = "Most guests look at the bit first and take a clear one for bare metal, so nothing "
                "that the block offers is found: libkrun (691) answered its leaves with the bit "
                "clear.",
         .breaks = "case 1: /* the host's own bit, which is clear */\n"
                   "    host_cpuid(1, eax, ebx, ecx, edx);\n"
                   "    break;",
         .fix = "case 1:\n"
                "    host_cpuid(1, eax, ebx, ecx, edx);\n"
                "    *ecx |= 1u << 31;\n"
                "    break;",
         .about_tables = true},
    [RULE_HYPERVISOR_SAME_ON_EVERY_PROCESSOR] =
        {.id = "hypervisor/same-on-every-processor",
         .level = RULE_MUST,
         .judged_by = "table",
         .locator = "ours",
         .text = "Every processor of a machine answers 0x40000000 alike, and gives each leaf up to "
                 "the maximum the same EAX.",
         .why = "A guest asks once, on whichever processor it happens to run, and uses the answer "
                "on all. Other registers may name the processor: Xen's 0x40000004 holds its number "
                "in EBX.",
         .breaks = "for (size_t i = 0; i < leaves; i++) /* of the first processor only */\n"
                   "    set_cpuid(&processors[0], &hypervisor_leaves[i]);\n"
                   "start(processors, count);",
         .fix = "for (size_t p = 0; p < count; p++)\n"
                "    for (size_t i = 0; i < leaves; i++)\n"
                "        set_cpuid(&processors[p], &hypervisor_leaves[i]);\n"
                "start(processors, count);",
         .about_tables = true},
    [RULE_HYPERVISOR_SUBLEAF_FREE] =
        {.id = "hypervisor/subleaf-free",
         .level = RULE_INFO,
         .judged_by = "table",
         .locator = "ours",
         .text = "EAX of a feature's leaf does not depend on ECX.",
         .why = "The mail knows no subleaves, and much guest code leaves in ECX what happens to be "
                "there. Xen's 0x40000003 answers by subleaf, so such code sees now one value, now "
                "another.",
         .breaks = "case 0x40000003:\n"
                   "    *eax = subleaf == 0 ? features : scale; /* by what is in ECX */\n"
                   "    break;",
         .fix = "case 0x40000003: /* whatever is in ECX */\n"
                "    *eax = features;\n"
                "    *ebx = scale;\n"
                "    break;",
         .about_tables = true},
    [RULE_PLATFORM_RETURNS] =
        {.id = "platform/returns",
         .level = RULE_MUST,
         .judged_by = "state",
         .locator = "ours",
         .text = "Every call returns within its budget of instructions, whatever the table holds.",
         .why = "Maxima of 0xffffffff are legal, and a loop up to such a maximum takes minutes or, "
                "when its counter wraps, never ends.",
         .breaks = "bool found = false;\n"
                   "for (uint32_t leaf = 0x40000000; leaf <= max; leaf++) /* max = 0xffffffff */\n"
                   "    found |= leaf == target && cpuid_eax(leaf) != 0;\n"
                   "return found;",
         .fix = "if (max < target)\n"
                "    return false;\n"
                "return cpuid_eax(target) != 0;"},
    [RULE_PLATFORM_NO_FAULT] =
        {.id = "platform/no-fault",
         .level = RULE_MUST,
         .judged_by = "state",
         .locator = "ours",
         .text = "No invalid memory access, no exception, and no undefined, privileged, I/O, "
                 "system-call or hypercall instruction.",
         .why = "Detection runs early, where nothing catches a fault: FreeBSD's kernel panicked on "
                "a division by the frequency that a leaf gave as zero (bug 269767).",
         .breaks = "uint32_t khz = cpuid_eax(0x40000010);\n"
                   "uint32_t picoseconds = 1000000000 / khz; /* divides by zero in a gap */\n"
                   "return picoseconds != 0;",
         .fix = "uint32_t khz = cpuid_eax(0x40000010);\n"
                "if (khz == 0)\n"
                "    return false;\n"
                "uint32_t picoseconds = 1000000000 / khz;\n"
                "return picoseconds != 0;"},
    [RULE_PLATFORM_REGISTERS_PRESERVED] =
        {.id = "platform/registers-preserved",
         .level = RULE_MUST,
         .judged_by = "state",
         .locator = "ours",
         .text = "The registers that the ABI makes a function keep come back with all their bits, "
                 "RBX and EBX above all, and so do the control bits of MXCSR and the x87; the "
                 "direction flag is clear and the x87's registers are empty.",
         .why = "CPUID overwrites EBX. Code that saves half of RBX with xchgl crashed callers of "
                "ispc (2504), Halide (6409) and FreeRDP (478).",
         .breaks = "asm volatile(\"xchgl %%ebx, %1\\n\\t\" /* clears the upper half of RBX */\n"
                   "             \"cpuid\\n\\t\"\n"
                   "             \"xchgl %%ebx, %1\"\n"
                   "             : \"=a\"(eax), \"=r\"(ebx), \"=c\"(ecx), \"=d\"(edx)\n"
                   "             : \"0\"(leaf), \"2\"(0));",
         .fix = "asm volatile(\"cpuid\" /* the compiler saves RBX */\n"
                "             : \"=a\"(eax), \"=b\"(ebx), \"=c\"(ecx), \"=d\"(edx)\n"
                "             : \"0\"(leaf), \"2\"(0));"},
    [RULE_PLATFORM_STACK_BALANCED] =
        {.id = "platform/stack-balanced",
         .level = RULE_MUST,
         .judged_by = "state",
         .locator = "ours",
         .text = "The stack pointer comes back where the ABI says, and nothing above the "
                 "function's frame is changed.",
         .why = "Saving EBX with a push is the usual remedy for CPUID's habit; a path that returns "
                "without the pop then returns to EBX. Twelve bytes of signature and a final zero "
                "in a buffer of twelve do the same to the caller's frame.",
         .breaks = "push %rbx\n"
                   "cpuid\n"
                   "test %eax, %eax\n"
                   "jz absent /* returns with RBX still pushed */\n"
                   "pop %rbx",
         .fix = "push %rbx\n"
                "cpuid\n"
                "pop %rbx\n"
                "test %eax, %eax\n"
                "jz absent"},
    [RULE_PLATFORM_OWN_MEMORY_ONLY] =
        {.id = "platform/own-memory-only",
         .level = RULE_MUST,
         .judged_by = "state",
         .locator = "ours",
         .text = "Nothing is written outside the probe's own data, its stack and the buffers that "
                 "it was handed.",
         .why = "A helper that stores four registers through a pointer to three or to one writes "
                "over what the caller keeps next to it.",
         .breaks = "void get_khz(uint32_t *khz) {\n"
                   "    *(uint64_t *)khz = cpuid_eax(0x40000010); /* eight bytes for four */\n"
                   "}",
         .fix = "void get_khz(uint32_t *khz) {\n"
                "    *khz = cpuid_eax(0x40000010);\n"
                "}"},
    [RULE_PLATFORM_DETERMINISTIC] =
        {.id = "platform/deterministic",
         .level = RULE_MUST,
         .judged_by = "twin",
         .locator = "ours",
         .text = "The same table from a fresh start gives the same answer and the same trace. "
                 "Reading a clock or a random source (RDTSC, RDTSCP, RDRAND, RDSEED) is reported "
                 "here.",
         .why = "EDK2's TscTimerLib left half of a 64-bit variable unset, and its zero test read "
                "stack garbage: the answer changes with whatever ran before. So it does with "
                "where the stack lies, and with the upper half of a register that a 32-bit "
                "argument comes in (a function that takes 64 bits says $target:8 in a manifest).",
         .breaks = "uint64_t khz; /* the upper half is never set */\n"
                   "*(uint32_t *)&khz = cpuid_eax(0x40000010);\n"
                   "return khz != 0;",
         .fix = "uint64_t khz;\n"
                "khz = cpuid_eax(0x40000010); /* widened as a whole */\n"
                "return khz != 0;"},
    [RULE_PLATFORM_SUBLEAF_ZERO] =
        {.id = "platform/subleaf-zero",
         .level = RULE_SHOULD,
         .judged_by = "trace",
         .locator = "ours",
         .text = "ECX is 0 when a hypervisor leaf is executed.",
         .why = "Some leaves answer by subleaf (Xen's 0x40000003), and a stale ECX picks one by "
                "accident: FreeBSD's do_cpuid, virt-what and pafish leave ECX as it happens to be.",
         .breaks = "asm volatile(\"cpuid\" /* ECX is whatever it was */\n"
                   "             : \"=a\"(eax), \"=b\"(ebx), \"=c\"(ecx), \"=d\"(edx)\n"
                   "             : \"0\"(leaf));",
         .fix = "asm volatile(\"cpuid\"\n"
                "             : \"=a\"(eax), \"=b\"(ebx), \"=c\"(ecx), \"=d\"(edx)\n"
                "             : \"0\"(leaf), \"2\"(0));"},
    [RULE_PRESENCE_CHECKED_FIRST] =
        {.id = "presence/checked-first",
         .level = RULE_MUST,
         .judged_by = "trace, answer",
         .locator = "ours",
         .text = "With bit 31 of ECX of leaf 1 clear, no hypervisor leaf is read and every feature "
                 "is absent.",
         .why = "Intel processors answer 0x40000000 with the highest basic leaf when there is no "
                "hypervisor: rust-cpuid 52 saw EBX = 4800 and ECX = 100 on an i5-10600K.",
         .breaks = "uint32_t max = cpuid_eax(0x40000000); /* bare metal answers too */\n"
                   "if (max < target)\n"
                   "    return false;\n"
                   "return cpuid_eax(target) != 0;",
         .fix = "if (!(cpuid_ecx(1) & 1u << 31))\n"
                "    return false;\n"
                "uint32_t max = cpuid_eax(0x40000000);\n"
                "if (max < target)\n"
                "    return false;\n"
                "return cpuid_eax(target) != 0;",
         .profile = "presence"},
};

const struct rule_open rules_open[] = {
    {"open/live-migration",
     "Whether an answer may be kept across a live migration, after which another host may answer "
     "otherwise."},
    {"open/further-bases",
     "Further bases at 0x40000100, 0x40000200 and so on, where Xen and KVM sit beside a Hyper-V "
     "interface: the mail knows the one at 0x40000000."},
    {"open/old-kvm-maximum",
     "Old KVM hosts return a maximum of 0 and mean 0x40000001: to the mail, no feature is "
     "available there."},
    {"open/feature-registers",
     "What EBX, ECX and EDX of a feature's leaf mean is up to whoever defines the feature."},
    {"open/beyond-maximum",
     "What a leaf above the maximum returns: nothing is promised, so nothing there is evidence."},
    {"open/presence-bit",
     "Whether bit 31 of ECX of leaf 1 is checked first: common practice, and judged only with "
     "--profile presence."},
};
const size_t rules_open_count = sizeof(rules_open) / sizeof(rules_open[0]);
