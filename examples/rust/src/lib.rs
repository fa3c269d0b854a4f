// SPDX-License-Identifier: 0BSD
//! Which of a hypervisor's features are there, by CPUID.
use std::arch::x86_64::{CpuidResult, __cpuid_count};
use std::sync::atomic::{AtomicU64, Ordering};

/// An instruction that every x86-64 processor has; `unsafe` only to older compilers.
#[allow(unused_unsafe)]
fn cpuid(leaf: u32) -> CpuidResult {
    unsafe { __cpuid_count(leaf, 0) }
}

/// EAX of leaf 0x40000000, read once; the bit above it says that it was.
fn maximum() -> u32 {
    static KNOWN: AtomicU64 = AtomicU64::new(0);
    let mut known = KNOWN.load(Ordering::Relaxed);

    if known == 0 {
        known = 1 << 32 | u64::from(cpuid(0x4000_0000).eax);
        KNOWN.store(known, Ordering::Relaxed);
    }
    known as u32
}

/// EAX of a feature's leaf, 0x40000001 to 0x400000ff; `None` where the hypervisor does not have it.
pub fn feature(leaf: u32) -> Option<u32> {
    if leaf > maximum() {
        return None;
    }
    Some(cpuid(leaf).eax).filter(|&eax| eax != 0)
}
