//! Long listings against simulated limits, under a clock that stands while nobody waits.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Mutex;

use futures_util::future::join_all;
use tokio::time::sleep;

use super::*;
use crate::provider::limits::Limits;
use crate::provider::pace::{Pace, Told};

/// How a simulated provider counts its ten seconds.
#[derive(Clone, Copy, Debug)]
enum Counted {
    /// From the first request after the last ten seconds.
    FromTheFirst,
    /// By a clock that showed this much of its current ten seconds when all began.
    ByTheClock(Duration),
    /// The last ten seconds of each moment.
    Sliding,
}

struct Provider {
    counted: Counted,
    most: usize,
    began: Instant,
    granted: VecDeque<Instant>,
    refused: usize,
}

impl Provider {
    fn new(counted: Counted, most: usize) -> Self {
        Self { counted, most, began: Instant::now(), granted: VecDeque::new(), refused: 0 }
    }

    /// Grants a request that arrives now, or says how many whole seconds to wait.
    fn ask(&mut self, now: Instant) -> Result<(), u64> {
        match self.counted {
            Counted::FromTheFirst => {
                if self.granted.front().is_some_and(|first| now >= *first + WINDOW) {
                    self.granted.clear();
                }
            }
            Counted::ByTheClock(shown) => {
                let number = |at: Instant| (at - self.began + shown).as_millis() / WINDOW.as_millis();
                if self.granted.front().is_some_and(|first| number(*first) < number(now)) {
                    self.granted.clear();
                }
            }
            Counted::Sliding => {
                while self.granted.front().is_some_and(|first| now >= *first + WINDOW) {
                    self.granted.pop_front();
                }
            }
        }
        if self.granted.len() < self.most {
            self.granted.push_back(now);
            return Ok(());
        }
        self.refused += 1;
        let since = match (self.counted, self.granted.front()) {
            (Counted::ByTheClock(shown), _) => {
                Duration::from_millis(u64::try_from((now - self.began + shown).as_millis() % 10_000).unwrap_or(0))
            }
            (_, first) => first.map_or(Duration::ZERO, |first| now - *first),
        };
        Err(u64::try_from(WINDOW.saturating_sub(since).as_millis().div_ceil(1000)).unwrap_or(10).max(1))
    }
}

/// What a refusal told, in whole seconds.
fn told(seconds: u64) -> Told {
    Told::read(
        &http::HeaderMap::from_iter([(http::header::RETRY_AFTER, seconds.into())]),
        crate::clock::Timestamp::ZERO,
    )
}

/// Sends so many requests, four at a time, each of which takes some 15 to 45 ms to and from the provider.
async fn send(pace: &Pace, provider: &Mutex<Provider>, requests: u64) -> Duration {
    let (began, limits, left) = (Instant::now(), Limits::default(), Mutex::new(requests));
    let on_its_way = |number: u64| Duration::from_millis(7 + number * 7919 % 16);
    let one_after_another = || async {
        loop {
            let number = {
                let mut left = left.lock().unwrap();
                let Some(less) = left.checked_sub(1) else { return };
                *left = less;
                less
            };
            for nth in 1.. {
                let turn = pace.turn(Instant::now() + limits.patience).await.unwrap();
                sleep(on_its_way(number)).await;
                let answer = provider.lock().unwrap().ask(Instant::now());
                sleep(on_its_way(number + 1)).await;
                match answer {
                    Ok(()) => {
                        turn.heed(&Told::default(), None);
                        break;
                    }
                    Err(seconds) => turn.refused(&told(seconds), limits.after_refusal(nth, told(seconds).wait())),
                }
            }
        }
    };
    join_all((0..4).map(|_| one_after_another())).await;
    began.elapsed()
}

fn all_kinds() -> impl Iterator<Item = Counted> {
    let by_the_clock = [0, 2500, 7000, 9900].map(|millis| Counted::ByTheClock(Duration::from_millis(millis)));
    [Counted::FromTheFirst, Counted::Sliding].into_iter().chain(by_the_clock)
}

#[tokio::test(start_paused = true)]
async fn a_long_listing_takes_hardly_longer_than_the_limit_lets_it_and_is_seldom_refused() {
    for counted in all_kinds() {
        let provider = Mutex::new(Provider::new(counted, 100));
        let took = send(&Pace::default(), &provider, 2000).await;
        let refused = provider.lock().unwrap().refused;
        assert!(took <= Duration::from_secs(200).mul_f64(1.03), "{counted:?}: {took:?}");
        assert!((1..=16).contains(&refused), "{counted:?}: {refused} refusals, four side by side");
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_limit_is_kept_as_well() {
    for counted in all_kinds() {
        let provider = Mutex::new(Provider::new(counted, 1000));
        let took = send(&Pace::default(), &provider, 10_000).await;
        let refused = provider.lock().unwrap().refused;
        assert!(took <= Duration::from_secs(100).mul_f64(1.03), "{counted:?}: {took:?}");
        assert!((1..=12).contains(&refused), "{counted:?}: {refused} refusals, four side by side");
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_refuses_nothing_is_never_slowed_down() {
    let provider = Mutex::new(Provider::new(Counted::Sliding, usize::MAX));
    let took = send(&Pace::default(), &provider, 2000).await;
    assert!(took < Duration::from_secs(17), "{took:?}: 500 times 30 ms");
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_grows_is_found_again_and_one_that_shrinks_too() {
    for counted in all_kinds() {
        let (pace, provider) = (Pace::default(), Mutex::new(Provider::new(counted, 60)));
        send(&pace, &provider, 400).await;
        provider.lock().unwrap().most = 600;
        send(&pace, &provider, 8000).await;
        let took = send(&pace, &provider, 3000).await;
        assert!(took < Duration::from_secs(70), "{counted:?}: {took:?}, where the first limit would take 500 s");
        *provider.lock().unwrap() = Provider::new(counted, 100);
        let took = send(&pace, &provider, 1000).await;
        let refused = provider.lock().unwrap().refused;
        assert!(took < Duration::from_secs(115), "{counted:?}: {took:?} for ten windows");
        assert!(refused <= 24, "{counted:?}: {refused} refusals, four side by side");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_room_longer_than_they_have_patience() {
    let (pace, provider) = (Pace::default(), Mutex::new(Provider::new(Counted::FromTheFirst, 60)));
    send(&pace, &provider, 120).await;
    let (began, room) = (Instant::now(), pace.lock().learned.until(Instant::now()).unwrap());
    assert!(pace.turn(room - Duration::from_millis(1)).await.is_none());
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert!(pace.turn(room + WINDOW).await.is_some());
    assert_eq!(Instant::now(), room);
}

/// So many requests are granted at once, then one is refused; how many may be sent at once after that.
fn room_after(granted: usize, is_for_the_rate: bool) -> usize {
    let (mut learned, began) = (Learned::default(), Instant::now());
    (0..granted).for_each(|_| learned.send(began));
    let refused = began + Duration::from_millis(1);
    learned.send(refused);
    learned.refuse(refused, refused, is_for_the_rate);
    let later = began + 2 * WINDOW;
    let room = (0..1000).take_while(|_| {
        let is_open = learned.until(later).is_none();
        learned.send(later);
        is_open
    });
    room.count()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_few_requests_or_for_another_reason_teaches_nothing() {
    assert_eq!(room_after(100, true), 100);
    assert_eq!([room_after(0, true), room_after(49, true), room_after(100, false)], [1000; 3]);
}
