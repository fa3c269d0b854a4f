/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/features.h"
#include "harness/table/features_vendors.h"

/* What leaves mean, by who defines them. Data: a further leaf is a further row, with its source. */
#define TLFS "Hypervisor Top-Level Functional Specification, \"Feature and interface discovery\""
#define XEN_H "Xen, xen/include/public/arch-x86/cpuid.h"
#define KVM_RST "Linux, Documentation/virt/kvm/x86/cpuid.rst"

const struct feature_row feature_rows[] = {
    {NULL, 0x40000010u, FEATURE_KHZ, "timing: the TSC's and the bus's frequency",
     "VMware, Mechanisms to determine if software is running in a VMware virtual machine; taken up "
     "by "
     "QEMU (vmware-cpuid-freq), ACRN, Cloud Hypervisor and VirtualBox"},
    {KVM, 0x40000001u, FEATURE_PLAIN, "KVM's paravirtual features, hints in EDX", KVM_RST},
    {HYPER_V, 0x40000001u, FEATURE_TEXT, "Hyper-V's interface", TLFS},
    {HYPER_V, 0x40000002u, FEATURE_BUILD, "Hyper-V's version", TLFS},
    {HYPER_V, 0x40000003u, FEATURE_PLAIN, "Hyper-V's features and privileges", TLFS},
    {HYPER_V, 0x40000004u, FEATURE_PLAIN, "Hyper-V's recommendations", TLFS},
    {HYPER_V, 0x40000005u, FEATURE_PLAIN, "Hyper-V's limits", TLFS},
    {HYPER_V, 0x40000006u, FEATURE_PLAIN, "hardware features that Hyper-V uses", TLFS},
    {HYPER_V, 0x40000007u, FEATURE_PLAIN, "Hyper-V's processor management, for the root", TLFS},
    {HYPER_V, 0x40000008u, FEATURE_PLAIN, "Hyper-V's shared virtual memory", TLFS},
    {HYPER_V, 0x40000009u, FEATURE_PLAIN, "Hyper-V's features for nested hypervisors", TLFS},
    {HYPER_V, 0x4000000au, FEATURE_PLAIN, "Hyper-V's features of nested virtualization", TLFS},
    {HYPER_V, 0x4000000cu, FEATURE_PLAIN, "Hyper-V's isolation of virtual machines", TLFS},
    {XEN, 0x40000001u, FEATURE_VERSION, "Xen's version", XEN_H},
    {XEN, 0x40000002u, FEATURE_PLAIN, "Xen's hypercall pages", XEN_H},
    {XEN, 0x40000003u, FEATURE_PLAIN, "Xen's time, by subleaf", XEN_H},
    {XEN, 0x40000004u, FEATURE_PLAIN, "Xen's features for HVM guests", XEN_H},
    {XEN, 0x40000005u, FEATURE_PLAIN, "Xen's features for PV guests", XEN_H},
    {ACRN, 0x40000001u, FEATURE_PLAIN, "ACRN's features", "Linux, arch/x86/include/asm/acrn.h"},
    {BHYVE, 0x40000001u, FEATURE_PLAIN, "bhyve's features", "FreeBSD, sys/amd64/vmm/x86.h"},
};
const size_t feature_rows_count = sizeof feature_rows / sizeof feature_rows[0];
