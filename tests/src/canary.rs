//! Finds what must never be written: secrets and personal values, as they are and in the usual disguises.

mod disguise;

use std::io;
use std::sync::{Arc, Mutex};

use self::disguise::Form;

/// Values that must not occur in what a program writes.
#[derive(Debug, Clone)]
pub struct Canaries {
    forms: Vec<Form>,
}

impl Canaries {
    /// Watches for these values. They are long enough (8 bytes) not to occur by accident.
    pub fn new<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Self {
        let forms = values.into_iter().flat_map(|value| {
            let value = value.as_ref();
            assert!(value.len() >= 8, "{value:?} is too short to be a canary");
            disguise::forms(value)
        });
        Self { forms: forms.collect() }
    }

    /// Each occurrence, in words: which canary, in which form, in which line.
    pub fn leaks<T: AsRef<str>>(&self, lines: impl IntoIterator<Item = T>) -> Vec<String> {
        let mut leaks = Vec::new();
        for (number, line) in lines.into_iter().enumerate() {
            let line = line.as_ref();
            let readings = disguise::readings(line);
            for form in self.forms.iter().filter(|form| form.occurs_in(&readings)) {
                leaks.push(format!("line {}: {form}: {line}", number + 1));
            }
        }
        leaks
    }

    /// Fails the test if one of the values occurs, plain, in base64 (at any offset), in hex, percent-encoded or
    /// escaped as JSON.
    #[track_caller]
    pub fn assert_silent<T: AsRef<str>>(&self, lines: impl IntoIterator<Item = T>) {
        let leaks = self.leaks(lines);
        assert!(leaks.is_empty(), "what must not be written was:\n{}", leaks.join("\n"));
    }
}

/// Keeps what is written to it; clones write to the same place. Give `move || written.clone()` to the tracing
/// subscriber as its writer.
#[derive(Debug, Clone, Default)]
pub struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    /// The lines so far.
    pub fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap();
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};
    use serde_json::json;

    use super::*;

    const SECRET: &str = "whsec_é \"x\"@|y";

    fn leaks(line: &str) -> bool {
        !Canaries::new([SECRET]).leaks([line]).is_empty()
    }

    #[test]
    fn a_plain_value_is_found_and_its_absence_is_silence() {
        let found = Canaries::new(["first@one.example", SECRET]).leaks(["nothing", &format!("a {SECRET} b")]);
        assert_eq!(found, [format!("line 2: {SECRET:?} as it is: a {SECRET} b")]);
        Canaries::new([SECRET]).assert_silent(["whsec_", "é \"x\"@|y", ""]);
    }

    #[test]
    fn base64_is_found_at_every_offset_and_in_both_alphabets() {
        for before in ["", "a", "ab", "abc", "abcd"] {
            for after in ["", "z", "zz", "zzz"] {
                let body = format!("{before}{SECRET}{after}");
                assert!(leaks(&format!("body={}", BASE64.encode(body.as_bytes()))), "{body}");
                assert!(leaks(&BASE64URL.encode(body.as_bytes())), "{body}");
            }
        }
    }

    #[test]
    fn hex_is_found_in_both_cases() {
        assert!(leaks(&HEXLOWER.encode(SECRET.as_bytes())));
        assert!(leaks(&HEXUPPER.encode(SECRET.as_bytes())));
    }

    #[test]
    fn percent_encoding_is_found_strict_lax_and_as_a_form() {
        assert!(leaks("/?s=whsec_%C3%A9%20%22x%22%40%7Cy"));
        assert!(leaks("/?s=whsec_%c3%a9%20%22x%22@|y&t=1"));
        assert!(leaks("s=whsec_%C3%A9+%22x%22%40%7Cy"));
    }

    #[test]
    fn json_escapes_are_found_once_and_twice_and_as_ascii() {
        let once = json!({"message": SECRET}).to_string();
        assert!(leaks(&once));
        assert!(leaks(&json!({"message": once}).to_string()));
        assert!(leaks(r#"{"m":"whsec_\u00e9 \u0022x\u0022\u0040|y"}"#));
        assert!(leaks(&format!("{SECRET:?}")));
    }

    #[test]
    fn a_tracing_subscriber_writes_into_it() {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || tracing::info!(secret = SECRET, "hello"));
        assert_eq!(written.lines().len(), 1);
        assert!(!Canaries::new([SECRET]).leaks(written.lines()).is_empty());
    }

    #[test]
    #[should_panic(expected = "what must not be written was")]
    fn a_leak_fails_the_test() {
        Canaries::new([SECRET]).assert_silent([SECRET]);
    }
}
