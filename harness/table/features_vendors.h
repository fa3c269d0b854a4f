/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_FEATURES_VENDORS_H
#define HVSPEC_HARNESS_TABLE_FEATURES_VENDORS_H

/* Whose leaves the rows about features speak of, by signature. */
#define HYPER_V "Microsoft Hv"
#define XEN "XenVMMXenVMM"
#define KVM "KVMKVMKVM\0\0\0"
#define ACRN "ACRNACRNACRN"
#define BHYVE "bhyve bhyve "
#define VMWARE "VMwareVMware"

#endif
