//! Medians, ratios and memory, collected into one table for people.

use std::time::Duration;

/// The middle one of them.
pub fn median<T: PartialOrd + Copy>(figures: &[T]) -> T {
    let mut sorted = figures.to_vec();
    sorted.sort_unstable_by(|one, other| one.partial_cmp(other).expect("figures are numbers"));
    sorted[sorted.len() / 2]
}

/// The median of the ratios of each pair: what disturbs the machine for a while disturbs both of a pair.
pub fn ratio(products: &[f64], floors: &[f64]) -> f64 {
    let ratios: Vec<f64> = products.iter().zip(floors).map(|(product, floor)| product / floor).collect();
    median(&ratios)
}

/// A duration as a number for [`ratio`].
pub fn seconds(figures: &[Duration]) -> Vec<f64> {
    figures.iter().map(Duration::as_secs_f64).collect()
}

/// Everything measured, with the limits it must keep.
#[derive(Default)]
pub struct Table(Vec<Line>);

struct Line {
    what: String,
    measured: f64,
    limit: Limit,
    unit: &'static str,
    beside: String,
}

#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
    None,
}

impl Line {
    fn holds(&self) -> bool {
        match self.limit {
            Limit::AtMost(limit) => self.measured <= limit,
            Limit::AtLeast(limit) => self.measured >= limit,
            Limit::None => true,
        }
    }
}

impl Table {
    /// A figure that may not be greater. `beside` tells what it was made of.
    pub fn at_most(&mut self, what: impl Into<String>, measured: f64, limit: f64, unit: &'static str, beside: String) {
        self.add(Line { what: what.into(), measured, limit: Limit::AtMost(limit), unit, beside });
    }

    /// A figure that may not be smaller.
    pub fn at_least(&mut self, what: impl Into<String>, measured: f64, limit: f64, unit: &'static str, beside: String) {
        self.add(Line { what: what.into(), measured, limit: Limit::AtLeast(limit), unit, beside });
    }

    /// A figure without a limit.
    pub fn told(&mut self, what: impl Into<String>, measured: f64, unit: &'static str, beside: String) {
        self.add(Line { what: what.into(), measured, limit: Limit::None, unit, beside });
    }

    fn add(&mut self, line: Line) {
        println!("  {}", render(&line));
        self.0.push(line);
    }

    /// Prints the table; answers whether every limit is kept.
    pub fn print(&self) -> bool {
        println!("\n{:<48} {:>10}  {:<10} {:<4}  measured", "", "figure", "limit", "");
        for line in &self.0 {
            println!("{}", render(line));
        }
        let broken = self.0.iter().filter(|line| !line.holds()).count();
        match broken {
            0 => println!("every limit is kept"),
            _ => println!("{broken} of the limits are BROKEN"),
        }
        broken == 0
    }
}

fn render(line: &Line) -> String {
    let figure = format!("{:.*}{}", if line.measured.abs() < 100.0 { 2 } else { 0 }, line.measured, line.unit);
    let (limit, verdict) = match (line.limit, line.holds()) {
        (Limit::AtMost(limit), holds) => (format!("<= {limit}"), if holds { "ok" } else { "FAIL" }),
        (Limit::AtLeast(limit), holds) => (format!(">= {limit}"), if holds { "ok" } else { "FAIL" }),
        (Limit::None, _) => (String::new(), ""),
    };
    format!("{:<48} {figure:>10}  {limit:<10} {verdict:<4}  {}", line.what, line.beside)
}

/// The most memory this process ever held, in MiB (Linux; 0 elsewhere).
pub fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|kib| kib.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_compared_one_by_one() {
        // The second pair was disturbed as a whole.
        assert_eq!(ratio(&[2.0, 40.0, 2.2], &[1.0, 20.0, 1.0]), 2.0);
        assert_eq!(median(&[3, 1, 2]), 2);
    }

    #[test]
    fn a_broken_limit_is_told() {
        let mut table = Table::default();
        table.at_most("small", 1.0, 1.0, "", String::new());
        table.at_least("great", 0.5, 0.5, "", String::new());
        table.told("just so", 9.0, "", String::new());
        assert!(table.print());
        table.at_least("too small", 0.49, 0.5, "", String::new());
        assert!(!table.print());
    }
}
