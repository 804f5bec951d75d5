//! What is parsed is written in the same bytes, entry by entry.

#![no_main]

use libfuzzer_sys::fuzz_target;
use readmit_tlog::EntryBundle;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(bundle) = EntryBundle::from_bytes(bytes.to_vec()) {
        assert_eq!(bundle.as_bytes(), bytes);
        assert_eq!(bundle.entries().count(), bundle.width());
        assert_eq!(EntryBundle::new(bundle.entries()), Ok(bundle));
    }
});
