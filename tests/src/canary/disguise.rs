//! The forms a value takes on its way through encoders, and the readings of a line that undo them.

use std::fmt;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER};

/// One value in one encoding.
#[derive(Debug, Clone)]
pub(super) struct Form {
    value: String,
    encoding: &'static str,
    text: String,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.value, self.encoding)
    }
}

impl Form {
    /// Whether it is in one of the readings of a line. Hex counts in any case.
    pub(super) fn occurs_in(&self, readings: &[String]) -> bool {
        readings.iter().any(|reading| match self.encoding {
            HEX => reading.to_ascii_lowercase().contains(&self.text),
            _ => reading.contains(&self.text),
        })
    }
}

const HEX: &str = "in hex";

/// The value as it is, in hex, and in base64 as it looks in the middle of something longer.
pub(super) fn forms(value: &str) -> Vec<Form> {
    let form = |encoding, text| Form { value: value.to_owned(), encoding, text };
    let mut forms = vec![form("as it is", value.to_owned()), form(HEX, HEXLOWER.encode(value.as_bytes()))];
    for offset in 0..3 {
        for alphabet in [BASE64_NOPAD, BASE64URL_NOPAD] {
            let mut bytes = vec![0; offset];
            bytes.extend_from_slice(value.as_bytes());
            let encoded = alphabet.encode(&bytes);
            // The characters that hold bits of this value only: those at the edges mix with the neighbours.
            let (first, last) = ((8 * offset).div_ceil(6), 8 * bytes.len() / 6);
            let inner = encoded.chars().take(last).skip(first).collect();
            forms.push(form("in base64", inner));
        }
    }
    forms
}

/// The line as it is, with percent-encoding undone (as a path and as a form), and with the escapes of JSON undone
/// once and twice.
pub(super) fn readings(line: &str) -> Vec<String> {
    let path = percent_decoded(line);
    let form = percent_decoded(&line.replace('+', " "));
    let json = unescaped(line);
    let nested = unescaped(&json);
    vec![line.to_owned(), path, form, json, nested]
}

fn percent_decoded(line: &str) -> String {
    let mut rest = line.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = tail.get(..2).filter(|_| byte == b'%').and_then(hex_byte);
        bytes.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(digits, 16).ok()
}

fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let mut tail = escape.chars();
        match tail.next() {
            Some('u') => {
                let digits = escape.get(1..5).unwrap_or_default();
                let unit = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                text.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = escape.get(5..).unwrap_or_default();
                continue;
            }
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some(plain) => text.push(plain),
            None => {}
        }
        rest = tail.as_str();
    }
    text.push_str(rest);
    text
}
