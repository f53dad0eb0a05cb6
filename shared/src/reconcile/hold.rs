//! A lease in hand: since when it counts, and when it has to be given up.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// A lease that was not renewed for so long counts as lost: soon it is anybody's.
const UNRENEWED: Duration = Duration::from_secs(45);

/// Repeats `beat`, which says when it asked for the renewal that it got; ends when the last one is too long ago, in the
/// middle of a beat that hangs, too.
///
/// A renewal counts from its request on: how long its answer took nobody else waits for.
pub(super) async fn hold<Beat: Future<Output = Option<Instant>>>(mut since: Instant, mut beat: impl FnMut() -> Beat) {
    while let Ok(renewed) = timeout_at(since + UNRENEWED, beat()).await {
        since = renewed.unwrap_or(since);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::{sleep, timeout};

    use super::*;
    use crate::clock::instant;

    /// After how many seconds a lease is given up whose renewals are answered after so many seconds each, and then never.
    async fn given_up_after(answers: &[u64]) -> u64 {
        let began = instant();
        let mut answers = answers.iter();
        let beat = || {
            let answer = answers.next();
            async move {
                sleep(Duration::from_secs(15)).await;
                let asked = instant();
                match answer {
                    Some(after) => sleep(Duration::from_secs(*after)).await,
                    None => pending().await,
                }
                Some(asked)
            }
        };
        hold(began, beat).await;
        began.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_is_given_up_before_it_runs_out_however_slow_the_answers_are() {
        assert_eq!(given_up_after(&[]).await, 45);
        assert_eq!(given_up_after(&[0]).await, 15 + 45);
        assert_eq!(given_up_after(&[20]).await, 15 + 45);
        assert_eq!(given_up_after(&[0, 9]).await, 30 + 45);
        // Renewed at the 15th second; the next answer would come in time only for whoever forgets to look.
        assert_eq!(given_up_after(&[20, 20, 0]).await, 15 + 45);
    }

    #[tokio::test(start_paused = true)]
    async fn beats_without_a_renewal_do_not_count_and_renewals_hold_for_ever() {
        let (began, quarter) = (instant(), Duration::from_secs(15));
        let refused = || async {
            sleep(quarter).await;
            None
        };
        hold(began, refused).await;
        assert_eq!(began.elapsed(), UNRENEWED);
        let renewing = || async {
            sleep(quarter).await;
            Some(instant())
        };
        assert!(timeout(Duration::from_secs(86_400), hold(instant(), renewing)).await.is_err());
    }
}
