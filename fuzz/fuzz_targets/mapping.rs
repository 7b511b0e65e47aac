//! Runs [`fuzz::mapping`] on what libFuzzer thinks of.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::mapping(data));
