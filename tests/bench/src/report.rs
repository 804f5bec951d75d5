//! What was promised, beside what was measured.

/// A figure that was promised, and what came of it.
pub struct Target {
    pub what: String,
    /// Whether the figure must be at least the limit, or at most.
    pub at_least: bool,
    pub limit: f64,
    pub measured: f64,
}

impl Target {
    pub fn at_least(what: impl Into<String>, limit: f64, measured: f64) -> Self {
        Self { what: what.into(), at_least: true, limit, measured }
    }

    pub fn at_most(what: impl Into<String>, limit: f64, measured: f64) -> Self {
        Self { what: what.into(), at_least: false, limit, measured }
    }

    /// What could not be measured is not met.
    pub fn is_met(&self) -> bool {
        if self.at_least { self.measured >= self.limit } else { self.measured <= self.limit }
    }
}

/// Prints each target beside what was measured.
pub fn targets(targets: &[Target]) {
    println!("\n== targets");
    println!("{:<66} {:>12} {:>12}", "", "target", "measured");
    for target in targets {
        let sign = if target.at_least { ">=" } else { "<=" };
        let met = match (target.measured.is_nan(), target.is_met()) {
            (true, _) => "NOT MEASURED",
            (false, true) => "met",
            (false, false) => "NOT MET",
        };
        let limit = format!("{sign} {}", number(target.limit));
        println!("{:<66} {limit:>12} {:>12}  {met}", target.what, number(target.measured));
    }
}

/// Ratios with two digits, rates with none.
fn number(value: f64) -> String {
    if value.is_nan() {
        "-".to_owned()
    } else if value < 1000.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_not_met() {
        assert!(Target::at_least("", 2.0, 2.0).is_met());
        assert!(!Target::at_least("", 2.0, 1.9).is_met());
        assert!(Target::at_most("", 1.2, 1.1).is_met());
        assert!(!Target::at_most("", 1.2, f64::NAN).is_met());
        assert!(!Target::at_least("", 2.0, f64::NAN).is_met());
    }
}
