//! An application prepared for comparison with a list.

use super::answer::{Application, Birthday};
use super::names::{NameQuery, further_names};
use super::numbers::{NumberKinds, damaged_forms, sound_numbers, undressed, unsound_number};
use crate::domain::{Day, Identifier, ShownNumber};

/// An application, prepared once for all parts of a list.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) application: &'a Application,
    /// The name, unless it is empty.
    pub(super) name: Option<NameQuery>,
    /// Further names in the same cell.
    pub(super) further: Vec<NameQuery>,
    pub(super) sound: Vec<Identifier>,
    /// Numbers that fail their check, as they are written.
    pub(super) unsound: Vec<String>,
    /// The kinds of the sound, checked numbers.
    pub(super) kinds: NumberKinds,
    /// Every number given, in every form it may be written in.
    pub(super) forms: Vec<ShownNumber>,
    /// The forms of numbers that fail their check and are one slip from a right one.
    pub(super) damaged: Vec<ShownNumber>,
    /// The kinds of number that these may be.
    pub(super) damaged_kinds: NumberKinds,
    born_on: Option<Day>,
}

/// Every number, in every form it may be written in; of several in one cell each.
fn forms(texts: &[String], sound: &[Identifier]) -> Vec<ShownNumber> {
    let written = texts.iter().flat_map(|text| match ShownNumber::parse_each(undressed(text)) {
        several if several.len() > 1 => several,
        _ => ShownNumber::forms(undressed(text)),
    });
    let mut forms: Vec<ShownNumber> = written.collect();
    for form in sound.iter().flat_map(|number| ShownNumber::forms(number.canonical())) {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

impl<'a> Asked<'a> {
    pub(super) fn new(application: &'a Application) -> Self {
        let sound = sound_numbers(&application.identifiers);
        let unsound: Vec<_> = application.identifiers.iter().filter_map(|text| unsound_number(text)).collect();
        let damaged: Vec<_> = unsound.iter().flat_map(|written| damaged_forms(written)).collect();
        Self {
            name: Some(NameQuery::new(&application.name)).filter(|query| !query.name.folded().is_empty()),
            further: further_names(&application.name).iter().map(|name| NameQuery::new(name)).collect(),
            unsound,
            damaged_kinds: damaged.iter().map(NumberKinds::told_by).fold(NumberKinds::default(), NumberKinds::or),
            damaged,
            kinds: NumberKinds::from_numbers(&sound),
            forms: forms(&application.identifiers, &sound),
            born_on: application.born_on.or_else(|| sound.iter().find_map(Identifier::born_on)),
            sound,
            application,
        }
    }

    /// Every name in the cell.
    pub(super) fn names(&self) -> impl Iterator<Item = &NameQuery> + Clone {
        self.name.iter().chain(&self.further)
    }

    /// How the days of birth agree: nothing where a side has none, `Err` where they are two people's.
    pub(super) fn birthday(&self, listed: Option<Day>) -> Result<Option<Birthday>, ()> {
        let (Some(own), Some(listed)) = (self.born_on, listed) else { return Ok(None) };
        if own == listed {
            return Ok(Some(Birthday::Same));
        }
        let (a, b) = (own.to_string(), listed.to_string());
        let one_digit = a.chars().zip(b.chars()).filter(|(a, b)| a != b).count() == 1;
        let swapped = || {
            let (year, rest) = b.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            Some(format!("{year}-{day}-{month}"))
        };
        if one_digit || swapped() == Some(a) { Ok(Some(Birthday::OneSlip)) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(identifiers: &[&str], born_on: Option<&str>) -> Application {
        Application {
            application_id: String::new(),
            name: "张伟（曾用名张卫）".to_owned(),
            identifiers: identifiers.iter().map(|text| (*text).to_owned()).collect(),
            born_on: born_on.map(|day| Day::parse(day).unwrap()),
            activity: None,
            on: Day::EPOCH,
        }
    }

    #[test]
    fn days_of_birth_differ_by_one_slip_or_by_more() {
        let application = asked(&[], Some("1987-06-05"));
        let asked = Asked::new(&application);
        for (listed, found) in [
            ("1987-06-05", Ok(Some(Birthday::Same))),
            ("1987-06-15", Ok(Some(Birthday::OneSlip))),
            ("1977-06-05", Ok(Some(Birthday::OneSlip))),
            ("1987-05-06", Ok(Some(Birthday::OneSlip))),
            ("1987-06-16", Err(())),
            ("1988-05-06", Err(())),
        ] {
            assert_eq!(asked.birthday(Day::parse(listed).ok()), found, "{listed}");
        }
        assert_eq!(asked.birthday(None), Ok(None));
    }

    #[test]
    fn a_stated_day_of_birth_goes_before_that_of_the_number() {
        let number = ["11010519491231002X"];
        let day = |text: &str| Day::parse(text).ok();
        let (plain, stated) = (asked(&number, None), asked(&number, Some("1987-06-05")));
        assert_eq!(Asked::new(&plain).birthday(day("1949-12-31")), Ok(Some(Birthday::Same)));
        assert_eq!(Asked::new(&stated).birthday(day("1949-12-31")), Err(()));
        let nobody = asked(&[], None);
        assert_eq!(Asked::new(&nobody).birthday(day("1949-12-31")), Ok(None));
        assert_eq!(Asked::new(&nobody).names().count(), 3, "as written, and each of the two");
    }

    #[test]
    fn a_damaged_number_is_asked_in_both_its_forms() {
        let application = asked(&["110105194912310021"], None);
        let asked = Asked::new(&application);
        assert_eq!((asked.sound.len(), asked.unsound.as_slice()), (0, ["110105194912310021".to_owned()].as_slice()));
        assert_eq!(
            asked.damaged.iter().map(ShownNumber::head).collect::<Vec<_>>(),
            ["110105194912310021", "110105491231002"]
        );
        assert!(asked.damaged_kinds.meets(NumberKinds::told_by(&ShownNumber::parse("1101****0021****").unwrap())));
    }
}
