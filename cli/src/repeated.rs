//! How many things are called like another one.

/// How many of the ids say what an earlier one said.
pub(crate) fn repeated<'i>(ids: impl Iterator<Item = &'i str>) -> usize {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    ids.len() - ids.chunk_by(|a, b| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::repeated;

    #[test]
    fn all_but_the_first_of_a_name_are_counted() {
        assert_eq!(repeated(["b", "a", "b", "b", "c"].into_iter()), 2);
        assert_eq!(repeated(std::iter::empty()), 0);
    }
}
