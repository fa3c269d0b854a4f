/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/spec/signatures.h"

/* Twelve bytes each, so no terminator; shorter ones are padded with zero bytes by the language.
 * Trailing spaces belong to the signature. Two products with the same bytes share a row. */
const struct signature signatures[] = {
    {"KVM", "KVMKVMKVM"}, /* also Cloud Hypervisor, Firecracker, crosvm */
    {"VMware", "VMwareVMware"},
    {"Xen", "XenVMMXenVMM"},
    {"Hyper-V", "Microsoft Hv"},
    {"ACRN", "ACRNACRNACRN"},
    {"VirtualBox", "VBoxVBoxVBox"},
    {"VirtualBox minimal", ""}, /* its "minimal" paravirtualisation provider: twelve zero bytes */
    {"bhyve", "bhyve bhyve "},
    {"QEMU TCG", "TCGTCGTCGTCG"},
    {"NVMM", "___ NVMM ___"},
    {"OpenBSD vmm", "OpenBSDVMM58"},
    {"kvmtool", "LKVMLKVMLKVM"},
    {"KVM as Hyper-V", "Linux KVM Hv"},
    {"Jailhouse", "Jailhouse"},
    {"QNX", "QNXQVMBSQG"},
    {"HAXM", "HAXMHAXMHAXM"},
    {"Unisys s-Par", "UnisysSpar64"},
    {"iKGT", "EVMMEVMMEVMM"},
    {"LMHS", "SRESRESRESRE"},
    {"FEX-Emu", "FEXIFEXIEMU"},
    {"NoirVisor", "NoirVisor ZT"},
    {"Parallels", " lrpepyh  vr"}, /* "prl hyperv  " with each register's bytes reversed */
    {"Parallels, in order", "prl hyperv  "},
};
const size_t signatures_count = sizeof signatures / sizeof signatures[0];

static uint32_t signature_word(const char bytes[4]) {
    const unsigned char *byte = (const unsigned char *)bytes;

    return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

struct cpuid_values signature_values(const char bytes[SIGNATURE_SIZE]) {
    return (struct cpuid_values){
        .ebx = signature_word(bytes),
        .ecx = signature_word(bytes + 4),
        .edx = signature_word(bytes + 8),
    };
}
