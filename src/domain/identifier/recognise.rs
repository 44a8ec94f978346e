//! Recognises the kind of an identifier by its form and checks it.
//!
//! The length decides which kinds a number may be, the check which it is. Where no check fits, the fault
//! told is that of the likeliest kind: eighteen characters with a day of birth in them are a resident
//! number with an error, not a credit code with seven.

use super::checksum;
use super::fault::IdentifierFault as Fault;
use super::kind::IdentifierKind as Kind;
use crate::domain::Day;

/// The kind and the canonical form of a plain number; `hyphened` when it was printed like an organisation code.
pub(super) fn any(number: &str, hyphened: bool) -> Result<(Kind, String), Fault> {
    if let Some(position) = number.chars().position(|c| !c.is_ascii_alphanumeric()) {
        return Err(if number.chars().count() > 20 || position == 0 {
            Fault::Form { characters: number.chars().count() }
        } else {
            Fault::Character { position: position + 1 }
        });
    }
    match number.len() {
        0 => Err(Fault::Empty),
        18 => eighteen(number),
        15 => fifteen(number),
        9 if hyphened => as_kind(Kind::OrganisationCode, number),
        8 | 9 | 11 => short(number),
        characters => as_kind(Kind::TaiwanPermit, number).map_err(|_| Fault::Form { characters }),
    }
}

/// Checks a plain number whose kind is declared.
pub(super) fn as_kind(kind: Kind, number: &str) -> Result<(Kind, String), Fault> {
    let characters = number.chars().count();
    let fits = match kind {
        Kind::Resident | Kind::ResidencePermit => return resident(kind, number),
        Kind::CreditCode => return credit(number),
        Kind::OrganisationCode => return checked(kind, number, 9, checksum::organisation),
        Kind::BusinessRegistration => return checked(kind, number, 15, checksum::business),
        Kind::ForeignerPermit => is_foreigner(number),
        Kind::HongKongMacauPermit => return travel_permit(number).ok_or(Fault::Form { characters }),
        Kind::TaiwanPermit => is_taiwan(number),
        Kind::Passport => is_passport(number),
        Kind::ForeignPassport => (5..=20).contains(&characters) && number.bytes().all(|b| b.is_ascii_alphanumeric()),
        Kind::Military => (4..=24).contains(&characters),
    };
    if fits { Ok((kind, number.to_owned())) } else { Err(Fault::Form { characters }) }
}

/// A resident number, a permit of residence or a credit code.
fn eighteen(number: &str) -> Result<(Kind, String), Fault> {
    let by_area = match number.get(..2) {
        Some("81" | "82" | "83") => Kind::ResidencePermit,
        Some(area) if area.starts_with('9') => Kind::ForeignerPermit,
        _ => Kind::Resident,
    };
    let person = resident(by_area, number);
    let fault = match person {
        Ok(found) => return Ok(found),
        Err(fault) => fault,
    };
    // One damaged resident number in 31 fits the check of a credit code: it must look like one, too.
    let letters = number.bytes().take(17).filter(|b| !b.is_ascii_digit()).count();
    if letters > 1 || number.starts_with(['A', 'N', 'Y']) || is_like_a_company(number) {
        let company = credit(number);
        if company.is_ok() || letters > 2 || number.starts_with(['5', '9']) {
            return company;
        }
    }
    Err(fault)
}

/// Whether digits begin like a credit code: department 1, 5 or 9, then an area, and no century of birth after it.
fn is_like_a_company(number: &str) -> bool {
    let province = number.get(2..4).and_then(|digits| digits.parse().ok()).is_some_and(|n: u8| (10..=65).contains(&n));
    let century = matches!(number.get(6..8), Some("18" | "19" | "20"));
    number.starts_with(['1', '5', '9']) && province && !century
}

/// An old resident number, a business licence or a foreigner's card.
fn fifteen(number: &str) -> Result<(Kind, String), Fault> {
    if is_foreigner(number) {
        return Ok((Kind::ForeignerPermit, number.to_owned()));
    }
    resident(Kind::Resident, number).or_else(|fault| as_kind(Kind::BusinessRegistration, number).map_err(|_| fault))
}

fn short(number: &str) -> Result<(Kind, String), Fault> {
    if let Some(found) = travel_permit(number) {
        return Ok(found);
    }
    for kind in [Kind::Passport, Kind::TaiwanPermit] {
        if let Ok(found) = as_kind(kind, number) {
            return Ok(found);
        }
    }
    // One text in eleven fits the check: without its hyphen an organisation code must look like one.
    let digits = number.bytes().take(8).filter(u8::is_ascii_digit).count();
    if number.len() == 9 && (digits == 8 || number.starts_with(['L', 'M']) && digits >= 5) {
        return as_kind(Kind::OrganisationCode, number);
    }
    Err(Fault::Form { characters: number.len() })
}

/// GB 11643: 18 characters, or the older 15 digits, which become 18.
fn resident(kind: Kind, number: &str) -> Result<(Kind, String), Fault> {
    let characters = number.len();
    if characters != 18 && !(characters == 15 && kind == Kind::Resident) {
        return Err(Fault::Form { characters });
    }
    let digits = number.get(..17).unwrap_or(number);
    if let Some((at, letter)) = digits.char_indices().find(|(_, c)| !c.is_ascii_digit()) {
        let position = at + 1;
        return Err(if looks_like_a_digit(letter) {
            Fault::LookAlike { position }
        } else {
            Fault::Character { position }
        });
    }
    if characters == 15 {
        return resident_of_fifteen(number);
    }
    if !is_date(digits.get(6..14)) {
        return Err(Fault::Date);
    }
    match number.chars().next_back() {
        found if found == checksum::resident(digits) => Ok((kind, number.to_owned())),
        Some('X' | '0'..='9') | None => Err(Fault::Check { position: 18 }),
        Some(letter) if looks_like_a_digit(letter) => Err(Fault::LookAlike { position: 18 }),
        Some(_) => Err(Fault::Character { position: 18 }),
    }
}

fn resident_of_fifteen(number: &str) -> Result<(Kind, String), Fault> {
    let (area, rest) = number.split_at(6);
    // Permits have had 18 digits from the start: lengthened, this would become somebody else's.
    if area.starts_with(['8', '9']) {
        return Err(Fault::Form { characters: 15 });
    }
    // Orders 996 to 999 may stand for people born before 1900: the century is unknown, so nothing is converted.
    if matches!(number.get(12..), Some("996" | "997" | "998" | "999")) {
        let dated = is_date(Some(&format!("19{}", rest.get(..6).unwrap_or_default())));
        return if dated { Ok((Kind::Resident, number.to_owned())) } else { Err(Fault::Date) };
    }
    let mut long = format!("{area}19{rest}");
    if !is_date(long.get(6..14)) {
        return Err(Fault::Date);
    }
    long.extend(checksum::resident(&long));
    Ok((Kind::Resident, long))
}

/// GB 32100: 18 characters of the 31 that the standard allows.
fn credit(number: &str) -> Result<(Kind, String), Fault> {
    if number.len() != 18 {
        return Err(Fault::Form { characters: number.len() });
    }
    if let Some((at, letter)) = number.char_indices().find(|(_, c)| !checksum::CREDIT_ALPHABET.contains(*c)) {
        let position = at + 1;
        return Err(if looks_like_a_digit(letter) {
            Fault::LookAlike { position }
        } else {
            Fault::Character { position }
        });
    }
    checked(Kind::CreditCode, number, 18, checksum::credit)
}

fn checked(kind: Kind, number: &str, length: usize, check: fn(&str) -> Option<char>) -> Result<(Kind, String), Fault> {
    let wrong_length = Fault::Form { characters: number.chars().count() };
    let (body, last) = number.split_at_checked(length - 1).ok_or(wrong_length)?;
    if last.chars().count() != 1 {
        return Err(wrong_length);
    }
    let expected = check(body).ok_or(wrong_length)?;
    if last.starts_with(expected) { Ok((kind, number.to_owned())) } else { Err(Fault::Check { position: length }) }
}

/// H or M and 8 digits; two more digits in older data count reissues and are not part of the number.
fn travel_permit(number: &str) -> Option<(Kind, String)> {
    let digits = number.strip_prefix(['H', 'M'])?;
    let whole = matches!(digits.len(), 8 | 10) && digits.bytes().all(|b| b.is_ascii_digit());
    whole.then(|| (Kind::HongKongMacauPermit, number.chars().take(9).collect()))
}

fn is_taiwan(number: &str) -> bool {
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let letters = number.bytes().skip(digits).all(|b| b.is_ascii_uppercase());
    letters && matches!((digits, number.len() - digits), (8, 0) | (10, 1))
}

fn is_passport(number: &str) -> bool {
    let digits = number.bytes().rev().take_while(u8::is_ascii_digit).count();
    let head = number.get(..number.len().saturating_sub(digits)).unwrap_or_default();
    match (head, digits) {
        ("E" | "G", 8) | ("D" | "S" | "P", 7 | 8) | ("DE" | "SE" | "PE", 7) => true,
        (head, 7) => head.len() == 2 && head.starts_with('E') && head.bytes().all(|b| b.is_ascii_uppercase()),
        _ => false,
    }
}

fn is_foreigner(number: &str) -> bool {
    let (head, tail) = number.split_at_checked(3).unwrap_or_default();
    let old = tail.len() == 12 && head.bytes().all(|b| b.is_ascii_uppercase());
    let old = old && tail.bytes().all(|b| b.is_ascii_digit());
    old || (number.starts_with('9') && resident(Kind::ForeignerPermit, number).is_ok())
}

fn is_date(digits: Option<&str>) -> bool {
    let part = |at: std::ops::Range<usize>| digits.and_then(|text| text.get(at)?.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(4..6), part(6..8)) else { return false };
    i32::try_from(year).is_ok_and(|year| Day::new(year, month, day).is_some())
}

const fn looks_like_a_digit(letter: char) -> bool {
    matches!(letter, 'O' | 'Q' | 'D' | 'I' | 'L' | 'Z' | 'S' | 'B' | 'G')
}
