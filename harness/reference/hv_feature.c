/* SPDX-License-Identifier: 0BSD */
#include "hv_feature.h"

#if !defined(__x86_64__) && !defined(__i386__)
#error "CPUID is an x86 instruction"
#endif

/*
 * EBX is put aside by hand and left out of the outputs: it holds the GOT's address in 32-bit
 * position-independent code, and RBX does in the large code model, where compilers before GCC 5
 * refuse it as an output. All 64 bits are kept, since CPUID clears the upper half of RBX and the
 * ABI makes it the caller's.
 */
#ifdef __x86_64__
#define HV_CPUID "movq %%rbx, %q1\n\tcpuid\n\txchgq %%rbx, %q1"
#else
#define HV_CPUID "movl %%ebx, %1\n\tcpuid\n\txchgl %%ebx, %1"
#endif

/* The subleaf in ECX is always 0: some leaves answer by subleaf (Xen's 0x40000003), and what the
 * caller left in ECX would pick one by accident. Volatile, because a compiler may otherwise merge
 * or move executions, and a hypervisor may answer anew after a live migration. */
static struct hv_registers hv_cpuid(uint32_t leaf) {
    struct hv_registers out;

    __asm__ __volatile__(HV_CPUID
                         : "=a"(out.eax), "=&r"(out.ebx), "=c"(out.ecx), "=d"(out.edx)
                         : "0"(leaf), "2"(0));
    return out;
}

/* The one place where the mail's two steps are. Static, so that no public function here calls
 * another through a linkage table: whoever overrides one of them must not change what the rest do. */
static enum hv_outcome hv_detect(uint32_t leaf, struct hv_registers *out) {
    /* Step 1. No signed type, no upper bound: 0xffffffff covers every leaf. Above the maximum the
     * leaf is not even read, since processors answer there with data of other leaves. */
    if (hv_cpuid(HV_BASE).eax < leaf)
        return HV_NOT_AVAILABLE;

    /* Step 2. EAX alone decides; the other three may hold anything. */
    *out = hv_cpuid(leaf);
    return out->eax == 0 ? HV_NOT_IMPLEMENTED : HV_AVAILABLE;
}

uint32_t hv_maximum(void) {
    return hv_cpuid(HV_BASE).eax;
}

enum hv_outcome hv_feature_read(uint32_t leaf, struct hv_registers *out) {
    struct hv_registers feature;
    enum hv_outcome outcome = hv_detect(leaf, &feature);

    if (outcome != HV_AVAILABLE)
        feature.eax = feature.ebx = feature.ecx = feature.edx = 0;
    *out = feature;
    return outcome;
}

enum hv_outcome hv_feature(uint32_t leaf) {
    struct hv_registers unused;

    return hv_detect(leaf, &unused);
}

int hv_feature_available(uint32_t leaf) {
    struct hv_registers unused;

    return hv_detect(leaf, &unused) == HV_AVAILABLE;
}

uint32_t hv_feature_value(uint32_t leaf) {
    struct hv_registers feature;

    return hv_detect(leaf, &feature) == HV_AVAILABLE ? feature.eax : 0;
}
