//! Clerk's limit: a window of requests.

use std::time::{Duration, Instant};

/// So many requests in ten seconds, counted from the first one.
#[derive(Debug)]
pub(crate) struct Window {
    most: u32,
    began: Instant,
    used: u32,
}

const WINDOW: Duration = Duration::from_secs(10);

impl Window {
    pub(crate) fn new(most: u32, now: Instant) -> Self {
        Self { most, began: now, used: 0 }
    }

    pub(crate) fn most(&self) -> u32 {
        self.most
    }

    /// Takes one request, or says how many seconds to wait.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), u64> {
        let passed = now.saturating_duration_since(self.began);
        if passed >= WINDOW {
            self.began = now;
            self.used = 0;
        }
        if self.used < self.most {
            self.used += 1;
            return Ok(());
        }
        Err(WINDOW.saturating_sub(passed).as_millis().div_ceil(1000).try_into().unwrap_or(10).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_refuses_until_it_has_passed() {
        let start = Instant::now();
        let mut window = Window::new(2, start);
        assert_eq!(window.take(start), Ok(()));
        assert_eq!(window.take(start), Ok(()));
        assert_eq!(window.take(start + Duration::from_millis(6500)), Err(4));
        assert_eq!(window.take(start + WINDOW), Ok(()));
    }
}
