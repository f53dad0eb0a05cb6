//! Identifiers that look drawn, and lead back to the number they were made of.

use super::Crowd;
use super::share::Dice;

/// An odd number, and the one that undoes the multiplication by it.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
const INVERSE: u64 = inverse(FACTOR);

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// By Newton: each round doubles the bits that are right.
const fn inverse(odd: u64) -> u64 {
    let mut it = odd;
    let mut round = 0;
    while round < 5 {
        it = it.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(it)));
        round += 1;
    }
    it
}

/// The two ways in which the providers spell identifiers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Id {
    /// 24 hexadecimal digits, as the subjects of Auth0's own database have.
    Hex,
    /// 27 letters and digits, as Clerk's have.
    Base62,
}

impl Id {
    /// The identifier of a number, behind a prefix.
    pub(crate) fn of(self, prefix: &str, crowd: &Crowd, number: u64) -> String {
        let spread = (number.wrapping_mul(FACTOR) ^ key(crowd)).wrapping_mul(FACTOR);
        let rest = crowd.dice(number, Dice::Id);
        let mut text = String::with_capacity(prefix.len() + 27);
        text.push_str(prefix);
        match self {
            Self::Hex => {
                hex(&mut text, spread, 16);
                hex(&mut text, rest, 8);
            }
            Self::Base62 => {
                base62(&mut text, spread, 11);
                base62(&mut text, rest, 11);
                base62(&mut text, rest ^ spread.rotate_left(32), 5);
            }
        }
        text
    }

    /// The number that an identifier behind `prefix` was made of.
    pub(crate) fn number(self, prefix: &str, crowd: &Crowd, id: &str) -> Option<u64> {
        let digits = id.strip_prefix(prefix)?;
        let spread = match self {
            Self::Hex => u64::from_str_radix(digits.get(..16)?, 16).ok()?,
            Self::Base62 => digits.get(..11)?.bytes().try_fold(0_u64, |sum, byte| {
                let digit = BASE62.iter().position(|other| *other == byte)?;
                sum.checked_mul(62)?.checked_add(digit as u64)
            })?,
        };
        let number = (spread.wrapping_mul(INVERSE) ^ key(crowd)).wrapping_mul(INVERSE);
        (number < crowd.count && self.of(prefix, crowd, number) == id).then_some(number)
    }
}

fn key(crowd: &Crowd) -> u64 {
    crowd.dice(0, Dice::Key)
}

/// The lowest digits of a number.
pub(crate) fn hex(text: &mut String, number: u64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = u32::try_from(number >> (4 * place) & 15).unwrap_or_default();
        text.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
}

fn base62(text: &mut String, number: u64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = usize::try_from(number / 62_u64.pow(place) % 62).ok();
        text.push(digit.and_then(|digit| BASE62.get(digit)).map_or('0', |byte| char::from(*byte)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_leads_back_to_its_number_and_no_other_one_does() {
        let crowd = Crowd { seed: 3, ..Crowd::of(10_000_000) };
        for number in [0, 1, 2, 1_000_000, 9_999_999] {
            for (id, prefix) in [(Id::Hex, "auth0|"), (Id::Base62, "user_")] {
                let text = id.of(prefix, &crowd, number);
                assert_eq!(id.number(prefix, &crowd, &text), Some(number), "{text}");
                assert_eq!(id.number(prefix, &Crowd { seed: 4, ..crowd }, &text), None);
                assert_eq!(id.number(prefix, &crowd, &format!("{text}0")), None);
                assert_eq!(id.number(prefix, &Crowd::of(0), &text), None);
            }
        }
        assert_eq!(Id::Base62.number("user_", &crowd, "user_ünï"), None);
        assert_eq!(Id::Base62.of("user_", &crowd, 5).len(), 32);
        assert_eq!(Id::Hex.of("auth0|", &crowd, 5).len(), 30);
    }
}
