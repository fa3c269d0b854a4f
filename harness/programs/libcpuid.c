/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Whom libcpuid takes the machine for. */
#include <libcpuid/libcpuid.h>
#include <stdio.h>

int main(void) {
    static const char *const names[] = {[HYPERVISOR_NONE] = "none",
                                        [HYPERVISOR_BHYVE] = "bhyve",
                                        [HYPERVISOR_HYPERV] = "Hyper-V",
                                        [HYPERVISOR_KVM] = "KVM",
                                        [HYPERVISOR_PARALLELS] = "Parallels",
                                        [HYPERVISOR_QEMU] = "QEMU",
                                        [HYPERVISOR_VIRTUALBOX] = "VirtualBox",
                                        [HYPERVISOR_VMWARE] = "VMware",
                                        [HYPERVISOR_XEN] = "Xen"};
    struct cpu_raw_data_t raw;
    struct cpu_id_t data;
    hypervisor_vendor_t vendor;

    if (!cpuid_present() || cpuid_get_raw_data(&raw) < 0 || cpu_identify(&raw, &data) < 0) {
        fprintf(stderr, "%s\n", cpuid_error());
        return 2;
    }
    vendor = cpuid_get_hypervisor(&raw, &data);
    puts(vendor == HYPERVISOR_UNKNOWN ? "unknown" : names[vendor]);
    return 0;
}
