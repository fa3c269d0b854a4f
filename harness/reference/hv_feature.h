/* SPDX-License-Identifier: 0BSD */
#ifndef HV_FEATURE_H
#define HV_FEATURE_H

#if defined(__KERNEL__) && defined(__linux__)
#include <linux/types.h>
#else
#include <stdint.h>
#endif

/*
 * Asks the hypervisor, through CPUID, whether it implements a feature: "RE: Use CPUID to
 * communicate with the hypervisor", Jun Nakajima, LKML, 29 September 2008.
 *
 * A feature is named by its leaf, 0x40000001 to 0x400000ff. It belongs to whoever defined it
 * (0x4000001X VMware, 0x4000002X Xen, 0x4000003X KVM, and so on), but any hypervisor may implement
 * it, so the vendor's signature is never looked at.
 *
 * Everything here may be called at any time on any processor that has CPUID, keeps no state and
 * needs no library. Where the code may run without a hypervisor, ask CPUID.1:ECX[31] first: bare
 * metal answers these leaves with data of its own, which the mail does not speak of.
 */
#define HV_BASE 0x40000000u      /* leaf: the hypervisor's maximum leaf in EAX */
#define HV_LEAF_LAST 0x400000ffu /* the last leaf that a feature can have */

/* The mail's two ways to say no, and its one to say yes. Compare with the names: none of the
 * numbers is meant to be used as a truth value. */
enum hv_outcome {
    HV_AVAILABLE = 1,
    HV_NOT_AVAILABLE = 2,  /* step 1: the maximum leaf is below the feature's */
    HV_NOT_IMPLEMENTED = 3 /* step 2: EAX of the feature's leaf is zero */
};

/* What CPUID returned: 32 bits each, meaning and units defined by whoever defined the leaf (EAX of
 * 0x40000010, for instance, is the TSC's frequency in kHz). */
struct hv_registers {
    uint32_t eax, ebx, ecx, edx;
};

#ifdef __cplusplus
extern "C" {
#endif

/* The highest leaf that the hypervisor answers, any 32-bit value: to be compared unsigned. */
uint32_t hv_maximum(void);

/* Nonzero: the feature is available. This is all that most callers need. */
int hv_feature_available(uint32_t leaf);

/* The same with the reason. */
enum hv_outcome hv_feature(uint32_t leaf);

/* Detects the feature and hands over its registers. `out` is never null; it is all zero unless the
 * feature is available. */
enum hv_outcome hv_feature_read(uint32_t leaf, struct hv_registers *out);

/* EAX of an available feature, as the hypervisor gave it; 0: the feature is not available. */
uint32_t hv_feature_value(uint32_t leaf);

#ifdef __cplusplus
}
#endif

#endif
