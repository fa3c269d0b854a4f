// SPDX-License-Identifier: GPL-2.0-or-later
//! A Rust library with its standard library in it: a map on the heap, a count of each thread, a lock.
#![allow(unused_unsafe)] // only older compilers ask for it
use std::arch::x86_64::__cpuid_count;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Mutex, Once};

static START: Once = Once::new();
static LEAVES: Mutex<Option<HashMap<u32, u32>>> = Mutex::new(None);
thread_local!(static ASKED: Cell<u32> = Cell::new(0));

#[no_mangle]
pub extern "C" fn rust_has_feature(target: u32) -> i32 {
    START.call_once(|| {
        let mut leaves = HashMap::new();
        leaves.insert(0x4000_0000, unsafe { __cpuid_count(0x4000_0000, 0) }.eax);
        *LEAVES.lock().unwrap() = Some(leaves);
    });
    ASKED.with(|asked| asked.set(asked.get() + 1));
    let maximum = LEAVES.lock().unwrap().as_ref().unwrap()[&0x4000_0000];
    if maximum < target {
        return 0;
    }
    (unsafe { __cpuid_count(target, 0) }.eax != 0) as i32
}
