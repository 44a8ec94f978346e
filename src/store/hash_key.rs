//! The hash that decides the bucket of a party and the order of results.
//!
//! Results are in the order of this hash, not of the pseudonyms, so that the results of buckets put one
//! behind the other are the results of the whole, however many buckets there are.

use crate::domain::mixed;

/// Where a party stands in the order of buckets and of results.
///
/// A mixed copy of the number, one for each number: parties spread evenly whatever their numbers
/// look like, and the order of keys is one order for any number of buckets.
///
/// # References
///
/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
///
/// ```
/// use wherewithal::store::hash_key;
///
/// // Neighbours are torn apart, and no two parties share a key.
/// let keys: std::collections::BTreeSet<u64> = (0..1_000).map(hash_key).collect();
/// assert_eq!(keys.len(), 1_000);
/// assert!(hash_key(1).abs_diff(hash_key(2)) > 1 << 32);
/// ```
pub fn hash_key(entity_id: i64) -> u64 {
    mixed(entity_id.cast_unsigned())
}

/// The bucket of a party among `buckets`: the range of keys is cut into as many ranges of one length.
///
/// ```
/// use wherewithal::store::bucket;
///
/// // Where four buckets become two, each takes over two neighbours.
/// assert!((0..1000).all(|party| bucket(party, 4) / 2 == bucket(party, 2)));
/// ```
///
/// The result is below `buckets`; `buckets` is at least 1.
pub fn bucket(entity_id: i64, buckets: u32) -> u32 {
    let bucket = (u128::from(hash_key(entity_id)) * u128::from(buckets)) >> 64;
    u32::try_from(bucket).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_spread_evenly_and_buckets_follow_the_order_of_places() {
        let mut counts = [0; 8];
        let mut parties: Vec<i64> = (0..8000).collect();
        parties.iter().for_each(|party| counts[bucket(*party, 8) as usize] += 1);
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
        parties.sort_by_key(|party| hash_key(*party));
        assert!(parties.is_sorted_by_key(|party| bucket(*party, 8)));
        parties.dedup_by_key(|party| hash_key(*party));
        assert_eq!(parties.len(), 8000);
    }
}
