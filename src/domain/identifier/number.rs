//! The type of a checked identifier.

use std::fmt;

use super::checksum;
use super::fault::IdentifierFault;
use super::kind::IdentifierKind;
use super::{recognise, whole, written};
use crate::domain::dress::undressed;
use crate::domain::{Day, masked_number};

/// A number that names a party and passed every check its form has.
///
/// Neither `Debug` nor `Display` shows the number: both write it masked. [`Identifier::canonical`] alone gives it in
/// clear, for a keyed pseudonym or a comparison.
///
/// # Properties
///
/// Reading is forgiving about dress (full-width digits, a small x, blanks, hyphens, quotes, the apostrophe and the
/// `="…"` of spreadsheets) and strict about content: nothing is ever repaired, because a broken resident number has
/// about seventeen valid numbers one edit away. Unknown area codes and old years of birth are no fault: areas are
/// abolished, and people were born in 1880. What stands where no number is known (`000000000`) is none.
///
/// # Examples
///
/// ```
/// use wherewithal::domain::{Identifier, IdentifierFault, IdentifierKind};
///
/// let number = Identifier::parse("１１０１０５ 19491231 002x")?;
/// assert_eq!(number.kind(), IdentifierKind::Resident);
/// assert_eq!(number.canonical(), "11010519491231002X");
/// assert_eq!(format!("{number}"), "1101**********002X");
///
/// assert_eq!(Identifier::parse("110105491231002")?, number); // the older 15 digits
/// assert_eq!(Identifier::parse("1101O519491231002X"), Err(IdentifierFault::LookAlike { position: 5 }));
/// # Ok::<(), IdentifierFault>(())
/// ```
///
/// # References
///
/// GB 11643-1999, GB 32100-2015, GB 11714-1997.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    kind: IdentifierKind,
    canonical: String,
}

impl Identifier {
    /// Reads a number of any kind that its form reveals.
    ///
    /// # Errors
    ///
    /// The first [`IdentifierFault`] of the likeliest form.
    pub fn parse(text: &str) -> Result<Self, IdentifierFault> {
        Self::of_undressed(&undressed(text))
    }

    /// Reads a text without dress; a label before a sound number, as in `身份证号：…`, and a mark behind it say nothing, nor
    /// do words glued to a number that passes its check. What ruins a number ruins it behind a label, too.
    pub(super) fn of_undressed(text: &str) -> Result<Self, IdentifierFault> {
        Self::of_plain(text).or_else(|fault| {
            // Stars at an end hide characters: fifteen digits before them are no older number.
            let is_all = |bare: &str, number: &Self| {
                fault != IdentifierFault::Hidden || number.canonical.len() == 18 && written::plain(bare).len() == 18
            };
            let bares = [(written::unlabelled(text), false), (written::without_words(text), true)];
            let mut ruin = None;
            for (bare, is_checked) in bares {
                let Some(bare) = bare else { continue };
                match Self::of_plain(&undressed(bare)) {
                    Ok(number) if (!is_checked || number.kind.is_checked()) && is_all(bare, &number) => {
                        return Ok(number);
                    }
                    Err(found) if written::is_ruin(found, (text, bare)) => ruin = ruin.or(Some(found)),
                    _ => {}
                }
            }
            Err(if fault.is_ruin() { fault } else { ruin.unwrap_or(fault) })
        })
    }

    fn of_plain(text: &str) -> Result<Self, IdentifierFault> {
        let plain = written::plain(text);
        if let Some(fault) = whole::fault(text).or_else(|| whole::placeholder(&plain)) {
            return Err(fault);
        }
        let (kind, canonical) =
            recognise::any(&plain, written::has_final_hyphen(text)).map_err(|fault| match fault {
                IdentifierFault::Check { position: 18 } if whole::is_cut_off(&plain) => IdentifierFault::CutOff,
                _ if whole::is_crossed_out(&plain) => IdentifierFault::Hidden,
                fault => fault,
            })?;
        Ok(Self { kind, canonical })
    }

    /// Reads a number whose kind the source declares.
    ///
    /// # Errors
    ///
    /// The first [`IdentifierFault`] found.
    ///
    /// # Examples
    ///
    /// A foreign passport has no form that tells it from other texts; where the source says that a column
    /// holds passports, it is read.
    ///
    /// ```
    /// # use wherewithal::domain::{Identifier, IdentifierKind};
    /// let passport = Identifier::parse_as(IdentifierKind::ForeignPassport, "C01X00T47")?;
    /// assert_eq!(passport.canonical(), "C01X00T47");
    /// assert!(Identifier::parse("C01X00T47").is_err());
    /// # Ok::<(), wherewithal::domain::IdentifierFault>(())
    /// ```
    pub fn parse_as(kind: IdentifierKind, text: &str) -> Result<Self, IdentifierFault> {
        let text = undressed(text);
        let plain = written::plain(&text);
        if plain.is_empty() {
            return Err(IdentifierFault::Empty);
        }
        if let Some(fault) = whole::fault(&text).or_else(|| whole::placeholder(&plain)) {
            return Err(fault);
        }
        let (kind, canonical) = recognise::as_kind(kind, &plain)?;
        Ok(Self { kind, canonical })
    }

    /// What kind of document it is.
    pub const fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// The one form in which equal numbers are equal texts, in clear. Resident numbers have 18 characters here, unless
    /// the 15 digits do not tell the century (orders 996 to 999).
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The day of birth that a resident number or permit of 18 characters says.
    ///
    /// ```
    /// # use wherewithal::domain::{Day, Identifier};
    /// assert_eq!(Identifier::parse("11010519491231002X")?.born_on(), Day::new(1949, 12, 31));
    /// assert_eq!(Identifier::parse("91350100M000100Y43")?.born_on(), None);
    /// # Ok::<(), wherewithal::domain::IdentifierFault>(())
    /// ```
    pub fn born_on(&self) -> Option<Day> {
        let is_said = matches!(self.kind, IdentifierKind::Resident | IdentifierKind::ResidencePermit);
        let digits = self.canonical.get(6..14).filter(|_| is_said && self.canonical.len() == 18)?;
        Day::parse_with(digits, "%Y%m%d")
    }

    pub(super) fn into_canonical(self) -> String {
        self.canonical
    }

    /// The number with its middle hidden.
    pub fn masked(&self) -> String {
        masked_number(&self.canonical)
    }

    /// The check character that belongs to the number `body`, which is written without it, for the four checked forms.
    ///
    /// ```
    /// # use wherewithal::domain::{Identifier, IdentifierKind};
    /// assert_eq!(Identifier::check_character(IdentifierKind::CreditCode, "91350100M000100Y4"), Some('3'));
    /// ```
    pub fn check_character(kind: IdentifierKind, body: &str) -> Option<char> {
        match kind {
            IdentifierKind::Resident | IdentifierKind::ResidencePermit => checksum::resident(body),
            IdentifierKind::CreditCode => checksum::credit(body),
            IdentifierKind::OrganisationCode => checksum::organisation(body),
            IdentifierKind::BusinessRegistration => checksum::business(body),
            _ => None,
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({})", self.kind, self.masked())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::IdentifierFault as Fault;
    use super::IdentifierKind as Kind;
    use super::*;
    use crate::domain::PartyKind;

    fn read(text: &str) -> (Kind, String) {
        let number = Identifier::parse(text).unwrap();
        (number.kind(), number.canonical().to_owned())
    }

    #[test]
    fn reads_the_published_numbers() {
        assert_eq!(read("11010519491231002X").0, Kind::Resident);
        assert_eq!(read("440524188001010014").0, Kind::Resident, "a birth in 1880 is no fault");
        assert_eq!(Identifier::parse("110105194912310021"), Err(Fault::Check { position: 18 }));
        assert_eq!(read("91110000600037341L").0, Kind::CreditCode);
        assert_eq!(read("91350100m000100y43").0, Kind::CreditCode);
        assert_eq!(read("60003734-1"), (Kind::OrganisationCode, "600037341".into()));
        assert_eq!(read("58073473-9").0, Kind::OrganisationCode);
    }

    #[test]
    fn credit_codes_may_begin_with_letters() {
        for body in ["N2320200MC0001234", "A1110000MA0012345", "Y1320200MB0A12345"] {
            let code = format!("{body}{}", checksum::credit(body).unwrap());
            assert_eq!(read(&code), (Kind::CreditCode, code.clone()));
        }
    }

    #[test]
    fn fifteen_digits_become_eighteen() {
        // Lengthened, a number of these areas would be the permit of somebody else.
        for permit in ["910105491231002", "810000900101001"] {
            assert!(Identifier::parse(permit).is_err(), "{permit}");
        }
        assert_eq!(read("110105491231002").1, "11010519491231002X");
        assert_eq!(read("110105491231999").1, "110105491231999", "the century is unknown");
        assert_eq!(Identifier::parse("110105491331002"), Err(Fault::Date));
        let licence = format!("32020000000000{}", checksum::business("32020000000000").unwrap());
        assert_eq!(read(&licence).0, Kind::BusinessRegistration);
    }

    #[test]
    fn abolished_and_unknown_areas_are_kept() {
        // 320202 and 320203 (now 320213), 310103 (now 310101), and an area that never was.
        for area in ["320202", "320203", "310103", "659999", "000000"] {
            let body = format!("{area}19870615{:03}", 21);
            let number = format!("{body}{}", checksum::resident(&body).unwrap());
            assert_eq!(read(&number), (Kind::Resident, number.clone()));
            assert_eq!(read(&format!("{area}870615021")).1, number, "the older form leads to the same number");
        }
    }

    #[test]
    fn reads_permits_and_passports() {
        assert_eq!(read("H1234567801"), (Kind::HongKongMacauPermit, "H12345678".into()));
        assert_eq!(read("m12345678").0, Kind::HongKongMacauPermit);
        assert_eq!(read("12345678").0, Kind::TaiwanPermit);
        assert_eq!(read("0123456701（A）").1, "0123456701A");
        for passport in ["E12345678", "EA1234567", "G12345678", "D1234567", "SE1234567", "PE1234567"] {
            assert_eq!(read(passport).0, Kind::Passport, "{passport}");
        }
        assert_eq!(read("USA123456789012").0, Kind::ForeignerPermit);
        let body = "81000019900101001";
        assert_eq!(read(&format!("{body}{}", checksum::resident(body).unwrap())).0, Kind::ResidencePermit);
        let body = "91112419810803002";
        assert_eq!(read(&format!("{body}{}", checksum::resident(body).unwrap())).0, Kind::ForeignerPermit);
        assert!(Identifier::parse("C01X00T47").is_err(), "foreign passports only when declared");
        assert_eq!(Identifier::parse_as(Kind::ForeignPassport, "c01x00t47").unwrap().canonical(), "C01X00T47");
        assert!(Identifier::parse_as(Kind::Military, "军字第0012345号").is_ok());
    }

    #[test]
    fn says_what_is_wrong_and_repairs_nothing() {
        assert_eq!(Identifier::parse(" - "), Err(Fault::Empty));
        assert_eq!(Identifier::parse("查无开户信息"), Err(Fault::Form { characters: 6 }));
        assert_eq!(Identifier::parse("11010519491331002X"), Err(Fault::Date));
        assert_eq!(Identifier::parse("1101051949123l002X"), Err(Fault::LookAlike { position: 14 }));
        assert_eq!(Identifier::parse("9111O000600037341L"), Err(Fault::LookAlike { position: 5 }));
        assert_eq!(Identifier::parse("91110000600037342L"), Err(Fault::Check { position: 18 }));
        assert_eq!(Identifier::parse("1101051949*231002X"), Err(Fault::Character { position: 11 }));
    }

    #[test]
    fn a_kind_has_one_code() {
        for kind in [Kind::Resident, Kind::HongKongMacauPermit, Kind::ForeignPassport, Kind::BusinessRegistration] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }

    #[test]
    fn a_resident_number_says_the_day_of_birth() {
        let born = |text: &str| Identifier::parse(text).unwrap().born_on();
        assert_eq!(born("110105491231002"), Day::new(1949, 12, 31));
        assert_eq!(born("91350100M000100Y43"), None);
    }

    #[test]
    fn never_shows_the_number() {
        let number = Identifier::parse("11010519491231002X").unwrap();
        assert_eq!(format!("{number:?} {number}"), "Resident(1101**********002X) 1101**********002X");
        let fault = Identifier::parse("110105194912310021").unwrap_err();
        assert!(!format!("{fault:?} {fault}").contains("1949"));
    }

    proptest! {
        /// Single-character errors and swaps of neighbours never pass the resident check.
        #[test]
        fn a_broken_resident_number_never_passes(order in 0u32..1000, at in 0usize..17, other in 0u32..10) {
            let body = format!("32020519870615{order:03}");
            let whole = format!("{body}{}", checksum::resident(&body).unwrap());
            let mut wrong: Vec<char> = whole.chars().collect();
            wrong[at] = char::from_digit(other, 10).unwrap();
            let wrong: String = wrong.into_iter().collect();
            prop_assert_eq!(Identifier::parse(&wrong).is_ok(), wrong == whole);
            let mut swapped: Vec<char> = whole.chars().collect();
            swapped.swap(at, at + 1);
            let swapped: String = swapped.into_iter().collect();
            prop_assert_eq!(Identifier::parse(&swapped).is_ok(), swapped == whole);
        }

        /// Whatever is read is read again, alike, from its canonical form; nothing panics.
        #[test]
        fn canonical_is_a_fixed_point(text in "[0-9A-Za-z０-９ -]{0,20}|\\PC{0,24}") {
            if let Ok(number) = Identifier::parse(&text) {
                let again = Identifier::parse_as(number.kind(), number.canonical());
                prop_assert_eq!(again, Ok(number));
            }
        }
    }

    #[test]
    fn kinds_of_persons_and_of_checked_numbers() {
        let firms = [Kind::CreditCode, Kind::OrganisationCode, Kind::BusinessRegistration];
        let persons =
            [Kind::Resident, Kind::ResidencePermit, Kind::ForeignerPermit, Kind::TaiwanPermit, Kind::Military];
        assert!(firms.iter().all(|kind| !kind.is_person() && kind.is_checked()));
        assert!(persons.iter().all(|kind| kind.is_person()));
        assert_eq!(persons.map(Kind::is_checked), [true, true, false, false, false]);
        for code in [("person", Some(PartyKind::Person)), ("organisation", Some(PartyKind::Organisation)), ("x", None)]
        {
            assert_eq!(PartyKind::from_code(code.0), code.1);
        }
        for (kind, body) in [(Kind::OrganisationCode, "60003734"), (Kind::ResidencePermit, "81000019900101001")] {
            let number = format!("{body}{}", Identifier::check_character(kind, body).unwrap());
            assert_eq!(Identifier::parse_as(kind, &number).unwrap().kind(), kind);
        }
        assert_eq!(Identifier::check_character(Kind::Passport, "E1234567"), None);
    }

    #[test]
    fn a_declared_kind_has_its_length() {
        for (kind, length, is_read) in [
            (Kind::ForeignPassport, 4, false),
            (Kind::ForeignPassport, 5, true),
            (Kind::ForeignPassport, 20, true),
            (Kind::ForeignPassport, 21, false),
            (Kind::Military, 3, false),
            (Kind::Military, 4, true),
            (Kind::Military, 24, true),
            (Kind::Military, 25, false),
        ] {
            let text: String = "AC2".chars().cycle().take(length).collect();
            assert_eq!(Identifier::parse_as(kind, &text).is_ok(), is_read, "{kind:?} {length}");
        }
        assert_eq!(Identifier::parse_as(Kind::Passport, " "), Err(Fault::Empty));
        assert_eq!(Identifier::parse_as(Kind::Passport, "E99999999").unwrap().canonical(), "E99999999");
        assert_eq!(Identifier::parse_as(Kind::Passport, "3.2E+17"), Err(Fault::Scientific));
    }

    #[test]
    fn the_likeliest_form_decides_what_is_said() {
        for (text, found) in [
            ("A234567890123456789é", Err(Fault::Character { position: 20 })),
            ("A2345678901234567890é", Err(Fault::Form { characters: 21 })),
            ("1101051949123100Z2", Err(Fault::LookAlike { position: 17 })),
            ("1101051949123100K2", Err(Fault::Character { position: 17 })),
            ("11010519491231002L", Err(Fault::LookAlike { position: 18 })),
            ("11010519491231002K", Err(Fault::Character { position: 18 })),
            ("9135010KM000100Y43", Err(Fault::Check { position: 18 })),
            ("9135010VM000100Y43", Err(Fault::Character { position: 8 })),
            ("USA12345678901", Err(Fault::Form { characters: 14 })),
            ("60003734-2", Err(Fault::Check { position: 9 })),
            ("600037342", Err(Fault::Check { position: 9 })),
            ("6000373A1", Err(Fault::Form { characters: 9 })),
        ] {
            assert_eq!(Identifier::parse(text).map(|number| number.kind()), found, "{text}");
        }
    }
}
