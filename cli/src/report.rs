//! How a run is told: a line of JSON for machines, a few lines for people.

use std::io::{self, Write};

use serde_json::Value;

/// Prints a run's answer.
pub(crate) fn print(answer: &Value, json: bool, out: &mut impl Write) -> io::Result<()> {
    if json {
        return writeln!(out, "{answer}");
    }
    let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
    writeln!(out, "{} users at the provider", number("listed"))?;
    section("differs", answer.get("counts"), out)?;
    section("written", answer.get("outcomes"), out)?;
    if number("failures") > 0 {
        writeln!(out, "{} users failed: run it again", number("failures"))?;
    }
    let in_step = answer.get("inStep").and_then(Value::as_bool) == Some(true);
    writeln!(out, "{}", if in_step { "in step" } else { "not in step" })
}

fn section(title: &str, counts: Option<&Value>, out: &mut impl Write) -> io::Result<()> {
    for (name, count) in counts.and_then(Value::as_object).into_iter().flatten() {
        writeln!(out, "  {title:<8} {name:<20} {count}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_read_what_differs_and_why_and_machines_one_line() {
        let answer =
            json!({"listed": 5, "counts": {"missing": 2}, "outcomes": {"created": 2}, "failures": 0, "inStep": true});
        let told = |json| {
            let mut out = Vec::new();
            let printed = print(&answer, json, &mut out);
            printed.map(|()| String::from_utf8_lossy(&out).into_owned()).unwrap_or_default()
        };
        let lines =
            "5 users at the provider\n  differs  missing              2\n  written  created              2\nin step\n";
        assert_eq!(told(false), lines);
        assert_eq!(told(true).lines().count(), 1);
    }
}
