//! How results look: tables with lines as wide as a terminal, or aligned columns where a program reads on.

use std::io::{self, IsTerminal, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, presets};
use dialoguer::console::Term;

/// How a table is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// For a person at a terminal of so many columns.
    Terminal(u16),
    /// Aligned, a row a line, whatever its length.
    Plain,
}

const UNDERLINED: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

impl Look {
    /// As it suits stdout.
    pub(crate) fn of_stdout() -> Self {
        match Term::stdout().size_checked() {
            Some((_, columns)) if io::stdout().is_terminal() => Self::Terminal(columns),
            _ => Self::Plain,
        }
    }

    /// Draws a table; nothing where there are no rows.
    pub(crate) fn table<const N: usize>(
        self,
        header: [&str; N],
        rows: &[[String; N]],
        out: &mut impl Write,
    ) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut table = Table::new();
        table.set_header(header).add_rows(rows);
        if let Self::Terminal(columns) = self {
            table.load_style(UNDERLINED).set_content_arrangement(ContentArrangement::Dynamic).set_width(columns);
            // An id that is broken in two cannot be copied.
            table.column_iter_mut().take(1).for_each(|column| {
                column.set_constraint(ColumnConstraint::ContentWidth);
            });
        } else {
            table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        }
        for line in table.lines() {
            writeln!(out, "{}", line.strip_prefix(' ').unwrap_or(&line).trim_end())?;
        }
        Ok(())
    }
}

/// A text of somebody else's, safe to show: a terminal obeys control characters.
pub(crate) fn shown(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(look: Look) -> String {
        let rows = [["3".to_owned(), "missing".to_owned()], ["1".to_owned(), "a long one, in many words".to_owned()]];
        let mut out = Vec::new();
        let drawn = look.table(["n", "cause"], &rows, &mut out);
        drawn.map(|()| String::from_utf8_lossy(&out).into_owned()).unwrap_or_default()
    }

    #[test]
    fn in_a_pipe_each_row_is_a_line_of_aligned_columns() {
        let lines = drawn(Look::Plain);
        assert_eq!(lines.lines().count(), 3, "{lines}");
        let places: Vec<_> = lines.lines().map(|line| line.find(['c', 'm', 'a'])).collect();
        assert!(places.iter().all(Option::is_some) && !lines.contains('─'), "{lines}");
    }

    #[test]
    fn on_a_terminal_no_line_is_wider_than_it() {
        let lines = drawn(Look::Terminal(24));
        assert!(lines.lines().count() > 3 && lines.lines().all(|line| line.chars().count() <= 24), "{lines}");
    }

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        assert_eq!(shown("Ada\u{1b}[2J é\n"), "Ada\\u{1b}[2J é\\n");
    }
}
