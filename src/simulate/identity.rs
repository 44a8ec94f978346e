//! Names and numbers in the clear. They look right and pass their checksums, and are invented: a number is a serial
//! number spread over the space of its kind, so it says nothing about its bearer and no two bearers share one.

use super::draw::{Draw, Key};
use super::names::{AREAS, BANK_WEIGHTS, BANKS, COURTS, GIVEN, PROVINCE, SURNAMES, TRADES, WORDS};
use crate::domain::Day;

const DAYS: u64 = 16_000;
const ORDERS: u64 = 998;
const SPREAD: u64 = 179_424_673;
/// The alphabet of GB 32100-2015.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// How many serial numbers one group of debtors owns.
pub(super) const SERIALS: u64 = 64;
/// The first serial number of parties that many groups share: employers and creditors.
pub(super) const POOL: u64 = 1 << 34;

/// Makes the identifiers of one world.
#[derive(Debug, Clone)]
pub(super) struct Registry {
    key: Key,
    turn: u64,
}

impl Registry {
    pub(super) fn new(key: &Key) -> Self {
        Self { key: key.clone(), turn: key.draw("registry", 0, 0).below(1 << 30) }
    }

    /// A place in the space of a kind of number: serials one apart lie far apart, and as long as there are
    /// fewer serials than places no two meet, because the factor is prime.
    fn spread(&self, serial: u64, space: u64) -> u64 {
        let spread = u128::from(serial) * u128::from(SPREAD) + u128::from(self.turn);
        u64::try_from(spread % u128::from(space)).unwrap_or_default()
    }

    /// A resident number (GB 11643-1999).
    pub(super) fn person(&self, serial: u64) -> String {
        let place = self.spread(serial, AREAS.len() as u64 * DAYS * ORDERS);
        let area = area(place % AREAS.len() as u64).0;
        let place = place / AREAS.len() as u64;
        let birth = Day::new(1950, 1, 1).map(|day| day.plus_days(i32::try_from(place % DAYS).unwrap_or_default()));
        let birth = birth.map(|day| day.to_string().replace('-', "")).unwrap_or_default();
        let body = format!("{area}{birth}{:03}", place / DAYS + 1);
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        let check = "10X98765432".chars().nth((sum % 11) as usize).unwrap_or('X');
        format!("{body}{check}")
    }

    /// A unified social credit code (GB 32100-2015).
    ///
    /// The serial is the organisation code in it, so that the nine characters alone name the same party.
    pub(super) fn company(&self, serial: u64) -> String {
        let place = self.spread(serial, 100_000_000);
        let area = area(self.key.draw("seat", serial, 0).below(AREAS.len() as u64)).0;
        let body = format!("9{}{area}{}", category(serial), organisation_code(place));
        let check = credit_check(&body);
        format!("{body}{check}")
    }

    /// Two or three characters; several people bear one name, as in life.
    pub(super) fn person_name(&self, serial: u64) -> String {
        let mut draw = self.key.draw("name", serial, 0);
        let (surname, first) = (draw.pick(SURNAMES), draw.pick(GIVEN));
        let second = if draw.chance(0.7) { draw.pick(GIVEN) } else { "" };
        format!("{surname}{first}{second}")
    }

    pub(super) fn company_name(&self, serial: u64) -> String {
        let mut draw = self.key.draw("name", serial, 1);
        let city = draw.pick(AREAS).1;
        let (first, second, trade) = (draw.pick(WORDS), draw.pick(WORDS), draw.pick(TRADES));
        format!("{city}{first}{second}{trade}有限公司")
    }
}

/// The kind of registered body: an organisation code has eight digits, so a large world fills
/// several kinds. Half of the first is left free for the parties that groups share.
fn category(serial: u64) -> char {
    match serial {
        ..50_000_000 | POOL.. => '1',
        50_000_000..150_000_000 => '2',
        150_000_000..250_000_000 => '3',
        _ => '9',
    }
}

/// The last character of a credit code whose first 17 are `body`.
fn credit_check(body: &str) -> char {
    let mut weight = 1;
    let mut sum = 0;
    for symbol in body.bytes() {
        sum += weight * ALPHABET.iter().position(|other| *other == symbol).unwrap_or_default();
        weight = weight * 3 % 31;
    }
    char::from(ALPHABET.get((31 - sum % 31) % 31).copied().unwrap_or(b'0'))
}

/// Nine characters of GB 11714: eight digits and their check.
fn organisation_code(number: u64) -> String {
    let digits = format!("{:08}", number % 100_000_000);
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    match 11 - sum % 11 {
        10 => format!("{digits}X"),
        11 => format!("{digits}0"),
        check => format!("{digits}{check}"),
    }
}

/// An area's code and name.
fn area(at: u64) -> (&'static str, &'static str) {
    usize::try_from(at).ok().and_then(|at| AREAS.get(at)).copied().unwrap_or_default()
}

/// A case number (案号) and its court.
pub(super) fn case_number(year: i32, court: (&str, &str), serial: u64) -> String {
    format!("（{year}）{}执{serial}号", court.0)
}

pub(super) fn court(draw: &mut Draw) -> (&'static str, &'static str) {
    draw.pick(COURTS)
}

/// The courts of a world: those of Wuxi, or so many of the province's.
pub(super) fn courts(n: Option<u32>) -> &'static [(&'static str, &'static str)] {
    match n.and_then(|n| usize::try_from(n).ok()) {
        Some(n) => PROVINCE.get(..n.min(PROVINCE.len())).unwrap_or(PROVINCE),
        None => COURTS,
    }
}

/// A bank, by how many people keep an account there.
pub(super) fn bank(draw: &mut Draw) -> &'static str {
    if draw.chance(0.08) {
        return draw.pick(BANKS);
    }
    let banks: Vec<(&'static str, u32)> = BANKS.iter().copied().zip(BANK_WEIGHTS.iter().copied()).collect();
    draw.weighted(&banks)
}

/// The number of the `nth` thing of a kind that a party has: account, policy, unit, plate.
pub(super) fn item(prefix: &str, serial: u64, nth: usize) -> String {
    format!("{prefix}{serial:07}{nth:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_pass_their_checksums_and_do_not_repeat() {
        let registry = Registry::new(&Key::new(3));
        let mut seen = std::collections::BTreeSet::new();
        for serial in 0..5_000 {
            let person = registry.person(serial);
            let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
            let value = |c: char| if c == 'X' { 10 } else { c.to_digit(10).unwrap() };
            let sum: u32 = person.chars().zip(weights).map(|(c, weight)| value(c) * weight).sum();
            assert_eq!(sum % 11, 1, "{person}");
            assert_eq!(person.len(), 18);
            let company = registry.company(serial);
            assert!(company.ends_with(credit_check(&company[..17])) && company.len() == 18, "{company}");
            assert!(seen.insert(person) && seen.insert(company));
        }
    }

    #[test]
    fn numbers_of_a_large_world_do_not_repeat() {
        let registry = Registry::new(&Key::new(3));
        let mut seen = std::collections::BTreeSet::new();
        let shared = POOL..POOL + 500;
        let far = (0..4u64).flat_map(|turn| (0..400).map(move |nth| 79_869_000 + turn * 100_000_000 + nth));
        for serial in shared.chain(far.filter(|serial| *serial < 350_000_000)) {
            assert!(seen.insert(registry.company(serial)), "{serial}");
        }
    }

    #[test]
    fn codes_follow_the_standards() {
        assert_eq!(credit_check("91110000600037341"), 'L');
        assert_eq!(credit_check("91350100M000100Y4"), '3');
        assert_eq!(organisation_code(60_003_734), "600037341");
        assert_eq!(organisation_code(58_073_473), "580734739");
    }
}
