/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/provided.h"

/* What instrumented code calls ahead of what it does, and that has no result: coverage, profiles,
 * and sanitizers that keep to functions (the Linux kernel's KASAN and KCSAN, ThreadSanitizer). All
 * registers stay as they are. */
#define SILENT(name)                                                                               \
    {                                                                                              \
        name, NULL, 0, 0, {                                                                        \
            {"\xc3", 1}, {                                                                         \
                "\xc3", 1                                                                          \
            }                                                                                      \
        }                                                                                          \
    }
const struct guest_provided guest_provided_instrumentation[] = {
    SILENT("__sanitizer_cov_trace_pc"),
    SILENT("__sanitizer_cov_trace_cmp1"),
    SILENT("__sanitizer_cov_trace_cmp2"),
    SILENT("__sanitizer_cov_trace_cmp4"),
    SILENT("__sanitizer_cov_trace_cmp8"),
    SILENT("__sanitizer_cov_trace_const_cmp1"),
    SILENT("__sanitizer_cov_trace_const_cmp2"),
    SILENT("__sanitizer_cov_trace_const_cmp4"),
    SILENT("__sanitizer_cov_trace_const_cmp8"),
    SILENT("__sanitizer_cov_trace_switch"),
    SILENT("__sanitizer_cov_trace_div4"),
    SILENT("__sanitizer_cov_trace_div8"),
    SILENT("__sanitizer_cov_trace_pc_guard"),
    SILENT("__gcov_indirect_call_profiler_v4"),
    SILENT("__gcov_time_profiler"),
    SILENT("__asan_load1_noabort"),
    SILENT("__asan_load2_noabort"),
    SILENT("__asan_load4_noabort"),
    SILENT("__asan_load8_noabort"),
    SILENT("__asan_load16_noabort"),
    SILENT("__asan_loadN_noabort"),
    SILENT("__asan_store1_noabort"),
    SILENT("__asan_store2_noabort"),
    SILENT("__asan_store4_noabort"),
    SILENT("__asan_store8_noabort"),
    SILENT("__asan_store16_noabort"),
    SILENT("__asan_storeN_noabort"),
    SILENT("__asan_handle_no_return"),
    SILENT("__asan_register_globals"),
    SILENT("__asan_unregister_globals"),
    SILENT("__tsan_init"),
    SILENT("__tsan_func_entry"),
    SILENT("__tsan_func_exit"),
    SILENT("__tsan_read1"),
    SILENT("__tsan_read2"),
    SILENT("__tsan_read4"),
    SILENT("__tsan_read8"),
    SILENT("__tsan_read16"),
    SILENT("__tsan_write1"),
    SILENT("__tsan_write2"),
    SILENT("__tsan_write4"),
    SILENT("__tsan_write8"),
    SILENT("__tsan_write16"),
    SILENT("__tsan_volatile_read1"),
    SILENT("__tsan_volatile_read2"),
    SILENT("__tsan_volatile_read4"),
    SILENT("__tsan_volatile_read8"),
    SILENT("__tsan_volatile_write1"),
    SILENT("__tsan_volatile_write2"),
    SILENT("__tsan_volatile_write4"),
    SILENT("__tsan_volatile_write8"),
    SILENT("__tsan_unaligned_read4"),
    SILENT("__tsan_unaligned_read8"),
    SILENT("__tsan_unaligned_write4"),
    SILENT("__tsan_unaligned_write8"),
    SILENT("__llvm_profile_instrument_target"),
    SILENT("__llvm_profile_instrument_memop"),
    SILENT("__cyg_profile_func_enter"),
    SILENT("__cyg_profile_func_exit"),
    {NULL, NULL, 0, 0, {{NULL, 0}, {NULL, 0}}},
};
