//! Medians, ratios and memory, printed for people.

use std::time::Duration;

/// The middle one.
pub fn median(figures: &[Duration]) -> Duration {
    let mut sorted = figures.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

/// Prints the two medians and the median of the ratios of each pair; says whether it is within `at_most`.
pub fn pair(what: &str, product: &[Duration], floor: &[Duration], at_most: u32) {
    let mut ratios: Vec<u128> =
        product.iter().zip(floor).map(|(ours, bare)| ours.as_micros() * 100 / bare.as_micros().max(1)).collect();
    ratios.sort_unstable();
    let ratio = ratios[ratios.len() / 2];
    let verdict = if ratio <= u128::from(at_most) * 100 { "within" } else { "OVER" };
    println!(
        "{what:<28} product {:>9.1?}  floor {:>9.1?}  ratio {}.{:02}  ({verdict} {at_most})",
        median(product),
        median(floor),
        ratio / 100,
        ratio % 100,
    );
}

/// The most memory this process ever held, in MiB (Linux; 0 elsewhere).
pub fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|kib| kib.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
