//! Cuts of users who came in all kinds of ways.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::provider::clerk::window::Window;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

/// The cuts of users who were made at these moments, and how many questions they took.
fn cut(made: &[i64], windows: u32) -> (Vec<Timestamp>, u32) {
    let (oldest, newest) = (made.iter().min().unwrap(), made.iter().max().unwrap());
    let mut survey = Survey::new(at(*oldest), at(*newest), made.len() as u64, windows);
    let mut questions = 0;
    while let Some(moment) = survey.question() {
        survey.learn(moment, made.iter().filter(|made| **made < moment.millis()).count() as u64);
        questions += 1;
    }
    (survey.cuts(), questions)
}

fn sizes(made: &[i64], cuts: &[Timestamp]) -> Vec<usize> {
    let is_in = |window: &Window, made: i64| {
        window.from.is_none_or(|from| made >= from.millis()) && window.until.is_none_or(|until| made < until.millis())
    };
    let size = |window: &Window| made.iter().filter(|made| is_in(window, **made)).count();
    Window::cut_at(cuts).iter().map(size).collect()
}

#[test]
fn users_who_came_evenly_are_cut_by_one_question_for_each_cut() {
    let made: Vec<i64> = (0..10_000).map(|number| 1_600_000_000_000 + number * 7_919_000).collect();
    let (cuts, questions) = cut(&made, 4);
    assert_eq!((sizes(&made, &cuts), questions), (vec![2500; 4], 3));
}

#[test]
fn users_who_came_ever_faster_are_cut_roughly_evenly() {
    let made: Vec<i64> = (0..10_000_i64).map(|number| (number * 1_000_000_000).isqrt()).collect();
    let (cuts, questions) = cut(&made, 4);
    let sizes = sizes(&made, &cuts);
    assert!(sizes.len() == 4 && sizes.iter().all(|size| (1500..=3500).contains(size)), "{sizes:?}");
    assert!(questions <= 8);
}

#[test]
fn users_who_cannot_be_parted_are_not_cut() {
    assert_eq!(cut(&[5; 1000], 4), (vec![], 0));
    assert_eq!(cut(&[7], 4), (vec![], 0));
    assert_eq!(cut(&[1, 2, 3, 4], 1), (vec![], 0));
}

proptest! {
    #[test]
    fn each_user_is_in_exactly_one_window_and_no_window_is_empty(
        alone in vec(0_i64..2_000_000, 1..200),
        (together, moment) in (0_usize..400, 0_i64..2_000_000),
        windows in 1_u32..7,
    ) {
        let mut made = alone;
        made.extend(std::iter::repeat_n(moment, together));
        let (cuts, questions) = cut(&made, windows);
        let sizes = sizes(&made, &cuts);
        prop_assert!(questions <= 2 * windows);
        prop_assert!(sizes.len() <= windows as usize && sizes.iter().all(|size| *size > 0), "{:?}", sizes);
        prop_assert_eq!(sizes.iter().sum::<usize>(), made.len());
    }

    #[test]
    fn counts_that_contradict_each_other_leave_cuts_in_order(counts in vec(0_u64..2000, 0..20), windows in 1_u32..7) {
        let mut survey = Survey::new(at(10), at(1_000_000), 1000, windows);
        for count in counts {
            let Some(moment) = survey.question() else { break };
            survey.learn(moment, count);
        }
        let cuts = survey.cuts();
        prop_assert!(cuts.is_sorted() && cuts.iter().all(|cut| *cut > at(10)));
    }
}
