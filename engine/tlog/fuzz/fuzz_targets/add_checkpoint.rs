//! What is parsed is written in the same bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use readmit_tlog::AddCheckpoint;

fuzz_target!(|text: &str| {
    if let Ok(parsed) = text.parse::<AddCheckpoint>() {
        assert_eq!(parsed.to_string(), text);
    }
});
