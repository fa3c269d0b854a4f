// SPDX-License-Identifier: 0BSD
//! What hvspec runs: the crate's answer as an exit status and a line of output.
use std::process::exit;

fn main() {
    let argument = std::env::args().nth(1).unwrap_or_default();
    let leaf = u32::from_str_radix(argument.trim_start_matches("0x"), 16);

    match leaf.map(detect::feature) {
        Err(error) => {
            eprintln!("detect LEAF: {}", error);
            exit(3)
        }
        Ok(None) => exit(1),
        Ok(Some(eax)) => println!("leaf {}", eax),
    }
}
