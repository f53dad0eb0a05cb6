//! What may go side by side: neighbours that belong to different users.

/// Parts `all`, in its order, into groups of at most `most`, none of which has two of one owner.
pub(crate) fn groups<T>(all: &[T], most: usize, owner: impl Fn(&T) -> &str) -> impl Iterator<Item = &[T]> {
    let mut rest = all;
    std::iter::from_fn(move || {
        let again = |at: usize| {
            let (before, here) = rest.split_at_checked(at)?;
            let it = owner(here.first()?);
            Some(before.iter().any(|earlier| owner(earlier) == it))
        };
        let end = (1..rest.len().min(most)).find(|at| again(*at) == Some(true)).unwrap_or(rest.len().min(most));
        let (group, others) = rest.split_at_checked(end)?;
        rest = others;
        (!group.is_empty()).then_some(group)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(owners: &str, most: usize) -> Vec<String> {
        let all: Vec<String> = owners.chars().map(String::from).collect();
        groups(&all, most, String::as_str).map(<[String]>::concat).collect()
    }

    #[test]
    fn a_group_has_nobody_twice_and_keeps_the_order() {
        assert_eq!(parted("", 10), [""; 0]);
        assert_eq!(parted("abc", 10), ["abc"]);
        assert_eq!(parted("aabca", 10), ["a", "abc", "a"]);
        assert_eq!(parted("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(parted("abab", 2), ["ab", "ab"]);
    }
}
