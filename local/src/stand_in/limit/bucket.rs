//! Auth0's limit: a bucket of tokens.

use std::time::Instant;

/// A bucket of `burst` tokens that gets `per_second` back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many requests may come at once.
    pub burst: u32,
    /// How many tokens return each second.
    pub per_second: f64,
}

#[derive(Debug)]
pub(crate) struct Bucket {
    rate: Rate,
    tokens: f64,
    seen: Instant,
}

/// What the headers of a limited answer say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) granted: bool,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Seconds until the next token.
    pub(crate) reset_in: u32,
}

impl Bucket {
    pub(crate) fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, tokens: f64::from(rate.burst), seen: now }
    }

    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes a token if there is one.
    pub(crate) fn take(&mut self, now: Instant) -> Level {
        let passed = now.saturating_duration_since(self.seen).as_secs_f64();
        self.seen = now;
        self.tokens = (self.tokens + passed * self.rate.per_second).min(f64::from(self.rate.burst));
        let granted = self.tokens >= 1.0;
        if granted {
            self.tokens -= 1.0;
        }
        let lacking = (1.0 - self.tokens).max(0.0);
        let wait = lacking / self.rate.per_second.max(f64::MIN_POSITIVE);
        Level {
            granted,
            limit: self.rate.burst,
            remaining: whole(self.tokens.floor()),
            reset_in: whole(wait.ceil()).clamp(1, 3600),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn whole(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_refills_slowly() {
        let start = Instant::now();
        let mut bucket = Bucket::new(Rate { burst: 2, per_second: 2.0 }, start);
        assert_eq!(bucket.take(start).remaining, 1);
        assert!(bucket.take(start).granted);
        let empty = bucket.take(start);
        assert_eq!((empty.granted, empty.reset_in), (false, 1));
        assert!(bucket.take(start + Duration::from_millis(600)).granted);
    }
}
