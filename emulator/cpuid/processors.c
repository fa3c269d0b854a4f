/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/cpuid/processors.h"

#include "emulator/cpuid/processor.h"

/*
 * Feature bits, by Intel's Software Developer's Manual, volume 2A, and AMD's Architecture
 * Programmer's Manual, volume 3: those that announce no instruction, or one that the emulator
 * executes (all its versions, for user-level code). The processor of processor.h has none beyond
 * them.
 */
static const struct cpuid_features {
    uint32_t leaf, subleaf;
    enum cpuid_register reg;
    uint32_t bits;
} cpuid_features[] = {
    /* SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, and what only kernels and monitors use: DTES64,
     * DS-CPL, VMX, SMX, EIST, TM2, CNXT-ID, SDBG, xTPR, PDCM, PCID, DCA, x2APIC, TSC-deadline. Bit
     * 31 is the table's. */
    {0x01, 0, CPUID_ECX, 0x813eeff5},
    {0x07, 0, CPUID_EBX, 0x02109686}, /* TSC_ADJUST, SGX, SMEP, ERMS, INVPCID, PQM, PQE, SMAP, PT */
    {0x07, 0, CPUID_ECX, 0x00010004}, /* UMIP, LA57 */
    {0x07, 0, CPUID_EDX, 0xfc008410}, /* FSRM, MD_CLEAR, hybrid, IBRS and what follows it */
    {0x07, 1, CPUID_EAX, 0x00001c00}, /* fast REP instructions */
    {0x07, 1, CPUID_EBX, 0},
    {0x07, 1, CPUID_ECX, 0},
    {0x07, 1, CPUID_EDX, 0},
    /* LAHF, CmpLegacy, SVM, ExtApic, prefetches, OSVW, IBS, TCE, topology, counters */
    {0x80000001, 0, CPUID_ECX, 0x15ca071f},
    /* All of leaf 1's, SYSCALL, no-execute, FFXSR, pages of 1 GiB, 64-bit mode */
    {0x80000001, 0, CPUID_EDX, 0x279bfbff},
    {0x80000008, 0, CPUID_EBX, 0xfffffce6},
    {0xc0000001, 0, CPUID_EDX, 0}, /* VIA's cryptography */
};

uint32_t cpuid_feature_bits(uint32_t leaf, uint32_t subleaf, enum cpuid_register reg) {
    for (size_t i = 0; i < sizeof cpuid_features / sizeof cpuid_features[0]; i++) {
        const struct cpuid_features *row = &cpuid_features[i];

        if (row->leaf == leaf && row->reg == reg && (leaf != 7 || row->subleaf == subleaf))
            return row->bits;
    }
    return leaf == 7 && subleaf > 0 ? 0 : UINT32_MAX;
}

const struct cpuid_model *cpuid_model(size_t index) {
    const struct {
        const struct cpuid_model *models;
        size_t count;
    } groups[] = {{cpuid_models_intel, cpuid_models_intel_count},
                  {cpuid_models_amd, cpuid_models_amd_count},
                  {cpuid_models_others, cpuid_models_others_count}};

    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (index < groups[i].count)
            return &groups[i].models[index];
        index -= groups[i].count;
    }
    return NULL;
}

/* NULL: it has no such row. */
static const struct cpuid_values *cpuid_model_row(const struct cpuid_model *model, uint32_t leaf,
                                                  uint32_t subleaf) {
    for (size_t i = 0; i < model->count; i++) {
        const struct cpuid_leaf *row = &model->leaves[i];

        if (row->leaf == leaf && (row->every_subleaf || row->subleaf == subleaf))
            return &row->values;
    }
    return NULL;
}

/* The highest leaf of the range that a leaf lies in, as the range's first leaf says. */
static uint32_t cpuid_model_last(const struct cpuid_model *model, uint32_t leaf) {
    const uint32_t first = leaf & 0xffff0000u;
    const struct cpuid_values *row = cpuid_model_row(model, first, 0);

    return row ? row->eax : 0;
}

struct cpuid_values cpuid_model_lookup(const struct cpuid_model *model, uint32_t leaf,
                                       uint32_t subleaf) {
    const struct cpuid_values *row;
    struct cpuid_values values = {0};

    if (leaf > cpuid_model_last(model, leaf)) {
        if (!model->echoes)
            return values;
        leaf = cpuid_model_last(model, 0);
    }
    row = cpuid_model_row(model, leaf, subleaf);
    if (row)
        values = *row;
    values.eax &= cpuid_feature_bits(leaf, subleaf, CPUID_EAX);
    values.ebx &= cpuid_feature_bits(leaf, subleaf, CPUID_EBX);
    values.ecx &= cpuid_feature_bits(leaf, subleaf, CPUID_ECX);
    values.edx &= cpuid_feature_bits(leaf, subleaf, CPUID_EDX);
    return values;
}

static bool cpuid_lists(const uint32_t *leaves, size_t count, uint32_t leaf) {
    for (size_t i = 0; i < count; i++) {
        if (leaves[i] == leaf)
            return true;
    }
    return false;
}

/* Intel SDM, volume 2A, CPUID; AMD APM, volume 3, appendix E. On the others ECX means nothing, and
 * right code leaves there what it likes. */
bool cpuid_has_subleaves(uint32_t leaf) {
    static const uint32_t leaves[] = {
        0x4,  0x7,  0xb,  0xd,  0xf,  0x10, 0x12, 0x14, 0x17, 0x18,       0x1a,       0x1b,
        0x1d, 0x1e, 0x1f, 0x20, 0x23, 0x24, 0x27, 0x28, 0x29, 0x8000001d, 0x80000020, 0x80000026,
    };

    return cpuid_lists(leaves, sizeof leaves / sizeof leaves[0], leaf);
}

bool cpuid_counts_subleaves(uint32_t leaf) {
    static const uint32_t leaves[] = {0x04, 0x0b, 0x0d, 0x0f, 0x10, 0x12, 0x14,       0x17,
                                      0x18, 0x1b, 0x1d, 0x1f, 0x20, 0x23, 0x8000001d, 0x80000026};

    return cpuid_lists(leaves, sizeof leaves / sizeof leaves[0], leaf);
}

/* Leaf 2 says how often it has to be asked; the others, how far their range goes. */
static const struct {
    uint32_t leaf, mask, least, most;
} cpuid_bounds[] = {{0x00, UINT32_MAX, 1, 0x24},
                    {0x02, 0xff, 1, 1},
                    {0x80000000u, UINT32_MAX, 0x80000004u, 0x80000028u},
                    {0xc0000000u, UINT32_MAX, 0xc0000000u, 0xc0000006u}};

uint32_t cpuid_bounded_eax(uint32_t leaf, uint32_t wanted) {
    for (size_t i = 0; i < sizeof cpuid_bounds / sizeof cpuid_bounds[0]; i++) {
        const uint32_t mask = cpuid_bounds[i].mask, least = cpuid_bounds[i].least;
        const uint32_t most = cpuid_bounds[i].most;

        if (cpuid_bounds[i].leaf == leaf && ((wanted & mask) < least || (wanted & mask) > most))
            wanted = (wanted & ~mask) | (least + wanted % (most - least + 1));
    }
    return wanted;
}
