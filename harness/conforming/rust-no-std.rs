// SPDX-License-Identifier: GPL-2.0-or-later
//! Rust without its standard library.
#![no_std]

#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::__cpuid_count;

const BASE: u32 = 0x4000_0000;

#[no_mangle]
pub extern "C" fn hv_feature_available(target: u32) -> i32 {
    #[allow(unused_unsafe)]
    let (maximum, value) = unsafe {
        let maximum = __cpuid_count(BASE, 0).eax;
        (maximum, if maximum >= target { __cpuid_count(target, 0).eax } else { 0 })
    };
    (maximum >= target && value != 0) as i32
}
