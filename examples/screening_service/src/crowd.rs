//! How many connections there are, in all and of one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Those who are in.
#[derive(Default)]
pub(crate) struct Crowd {
    most: usize,
    most_of_one: usize,
    guests: Mutex<HashMap<IpAddr, usize>>,
}

/// One who is in, until it is dropped.
pub(crate) struct Guest {
    crowd: Arc<Crowd>,
    from: IpAddr,
}

impl Crowd {
    pub(crate) fn new(most: usize, most_of_one: usize) -> Self {
        Self { most, most_of_one, guests: Mutex::default() }
    }

    /// Lets one in.
    ///
    /// # Errors
    ///
    /// Why not.
    pub(crate) fn enter(self: &Arc<Self>, from: IpAddr) -> Result<Guest, &'static str> {
        let from = household(from);
        let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        if guests.values().sum::<usize>() >= self.most {
            return Err("full");
        }
        let count = guests.entry(from).or_default();
        if *count >= self.most_of_one {
            return Err("full for its address");
        }
        *count += 1;
        Ok(Guest { crowd: Arc::clone(self), from })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut guests = self.crowd.guests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = guests.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                guests.remove(&self.from);
            }
        }
    }
}

/// An address of version 6 counts with all of its network of 64 bits, which one household has.
fn household(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(long) => IpAddr::V6((long.to_bits() >> 64 << 64).into()),
        short => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_let_in_and_few_of_one_address() {
        let crowd = Arc::new(Crowd::new(3, 2));
        let enter = |from: &str| crowd.enter(from.parse().unwrap());
        let (first, _second) = (enter("10.0.0.1").unwrap(), enter("::ffff:10.0.0.1").unwrap());
        assert_eq!(enter("10.0.0.1").err(), Some("full for its address"));
        let _third = enter("2001:db8::1").unwrap();
        assert_eq!(enter("10.0.0.9").err(), Some("full"));
        drop(first);
        let _fourth = enter("2001:db8:0:0:ffff::1").unwrap();
        assert_eq!(crowd.guests.lock().unwrap().len(), 2, "one network of version 6");
    }
}
