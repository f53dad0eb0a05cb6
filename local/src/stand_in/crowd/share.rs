//! Dice that fall the same for the same user, each time.

use super::Crowd;

/// What is diced for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dice {
    Created,
    Updated,
    Changed,
    Gone,
    Names,
    Facts,
    Id,
    Key,
    Picture,
}

/// The mixer of `SplitMix64`: each bit of the number moves each bit of the answer.
pub(super) fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

impl Crowd {
    /// What the dice say of a user.
    pub(super) fn dice(&self, number: u64, what: Dice) -> u64 {
        let people = self.seed.wrapping_mul(0xD1B5_4A32_D192_ED03) ^ (what as u64 + 1).rotate_left(56);
        mixed(mixed(people).wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }
}

/// Whether a die falls into a share, 0 to 1, of all cases.
#[expect(clippy::cast_precision_loss, reason = "53 bits are left, which a float holds")]
pub(super) fn is_in(share: f64, die: u64) -> bool {
    ((die >> 11) as f64) < share * 2_f64.powi(53)
}
