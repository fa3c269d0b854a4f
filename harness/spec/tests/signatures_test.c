/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/spec/signatures.h"

#include <string.h>

static const struct signature *find(const char *name) {
    for (size_t i = 0; i < signatures_count; i++) {
        if (strcmp(signatures[i].name, name) == 0)
            return &signatures[i];
    }
    return NULL;
}

static void check(const char *name, uint32_t ebx, uint32_t ecx, uint32_t edx) {
    const struct signature *signature = find(name);
    struct cpuid_values values;

    CU_ASSERT_PTR_NOT_NULL(signature);
    if (!signature)
        return;
    values = signature_values(signature->bytes);
    CU_ASSERT_EQUAL(values.eax, 0);
    CU_ASSERT_EQUAL(values.ebx, ebx);
    CU_ASSERT_EQUAL(values.ecx, ecx);
    CU_ASSERT_EQUAL(values.edx, edx);
}

/* The constants that guest code and hypervisors publish for these. */
static void test_published_register_values(void) {
    check("KVM", 0x4b4d564b, 0x564b4d56, 0x0000004d);
    check("VMware", 0x61774d56, 0x4d566572, 0x65726177);
    check("Xen", 0x566e6558, 0x65584d4d, 0x4d4d566e);
    check("Hyper-V", 0x7263694d, 0x666f736f, 0x76482074);
    check("bhyve", 0x76796862, 0x68622065, 0x20657679);
    check("VirtualBox minimal", 0, 0, 0);
}

static void test_bytes_above_7f_are_not_sign_extended(void) {
    static const char bytes[SIGNATURE_SIZE] = {'\xff', 0, 0, 0, 0, '\x80'};
    struct cpuid_values values = signature_values(bytes);

    CU_ASSERT_EQUAL(values.ebx, 0xff);
    CU_ASSERT_EQUAL(values.ecx, 0x8000);
}

static void test_rows_are_unique(void) {
    for (size_t i = 0; i < signatures_count; i++) {
        for (size_t j = 0; j < i; j++) {
            CU_ASSERT_STRING_NOT_EQUAL(signatures[i].name, signatures[j].name);
            CU_ASSERT_NOT_EQUAL(memcmp(signatures[i].bytes, signatures[j].bytes, SIGNATURE_SIZE),
                                0);
        }
    }
}

static void test_trailing_spaces_are_kept(void) {
    CU_ASSERT_EQUAL(memcmp(find("bhyve")->bytes, "bhyve bhyve ", SIGNATURE_SIZE), 0);
    CU_ASSERT_EQUAL(memcmp(find("Parallels")->bytes, " lrpepyh  vr", SIGNATURE_SIZE), 0);
    CU_ASSERT_EQUAL(memcmp(find("QNX")->bytes, "QNXQVMBSQG\0\0", SIGNATURE_SIZE), 0);
}

static const struct unit_test tests[] = {
    {"known signatures have the register values that are published",
     test_published_register_values},
    {"bytes above 0x7f are not sign-extended", test_bytes_above_7f_are_not_sign_extended},
    {"no name and no signature is there twice", test_rows_are_unique},
    {"trailing spaces and zero bytes are kept", test_trailing_spaces_are_kept},
};

int main(void) {
    return UNIT_RUN(tests);
}
