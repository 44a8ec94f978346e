//! Reasons why a text is not a sound identifier. No reason repeats the number.

/// Why a text is no sound identifier. It never repeats the number.
///
/// A refused row is counted under its fault, so that a report says what is wrong with a source and a person
/// knows what to ask for: [`Scientific`](Self::Scientific) and [`CutOff`](Self::CutOff) ask for an export
/// as text, [`Hidden`](Self::Hidden) for one without stars.
///
/// ```
/// use wherewithal::domain::{Identifier, IdentifierFault};
///
/// for (text, fault) in [
///     ("", IdentifierFault::Empty),
///     ("3.20106E+17", IdentifierFault::Scientific),
///     ("3201**********0217", IdentifierFault::Hidden),
///     ("000000000", IdentifierFault::Placeholder),
/// ] {
///     assert_eq!(Identifier::parse(text), Err(fault));
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum IdentifierFault {
    /// Nothing is written.
    #[error("found nothing, expected an identifier")]
    Empty,
    /// No known document has this form.
    #[error("found {characters} characters of no known form, expected a known identifier")]
    Form {
        /// How many characters there are, blanks and hyphens not counted.
        characters: usize,
    },
    /// A character that the form does not know.
    #[error("position {position}: found a character that the form does not allow")]
    Character {
        /// Counted from 1, blanks and hyphens not counted.
        position: usize,
    },
    /// A letter that a reader mistakes for a digit, such as O for 0 or I for 1. It is reported, never repaired.
    #[error("position {position}: found a letter that looks like a digit, expected a digit")]
    LookAlike {
        /// Counted from 1, blanks and hyphens not counted.
        position: usize,
    },
    /// The digits of the birth date are no day of the calendar.
    #[error("positions 7 to 14: found no day of the calendar, expected a date of birth")]
    Date,
    /// The check character does not fit: at least one character is wrong.
    #[error("position {position}: found a check character that does not fit the rest")]
    Check {
        /// Counted from 1, blanks and hyphens not counted.
        position: usize,
    },
    /// A number in scientific notation, such as `3.20106E+17`: most of its digits are lost.
    #[error("found a number in scientific notation, expected all its digits: export the column as text")]
    Scientific,
    /// Eighteen digits of which a spreadsheet kept fifteen: the last three are zeros and the check does not fit.
    #[error("found a number whose last digits became zeros, expected all its digits: export the column as text")]
    CutOff,
    /// A number with a decimal point: a program took it for an amount.
    #[error("found a number with decimals, expected an identifier: export the column as text")]
    Fraction,
    /// A number that is partly hidden, such as `3201**********0217`.
    #[error("found a number that is partly hidden, expected all its characters")]
    Hidden,
    /// What stands where no number is known: `000000000`, `111111111`, `123456789`, `无`.
    #[error("found a placeholder, expected an identifier")]
    Placeholder,
    /// A number that begins like a resident's or a unit's and has a character too few or too many.
    #[error("found a number with {characters} characters that begins like one of 18, expected all 18 and no more")]
    Length {
        /// How many characters there are, blanks and hyphens not counted.
        characters: usize,
    },
    /// Several numbers in one text: they name several parties.
    #[error("found several numbers in one cell, expected the number of one party")]
    Several,
}

impl IdentifierFault {
    /// Whether the number is lost, whatever it was: nothing of the text may stand for a party.
    pub(super) const fn is_ruin(self) -> bool {
        matches!(
            self,
            Self::Scientific | Self::CutOff | Self::Fraction | Self::Hidden | Self::Placeholder | Self::Empty
        )
    }
}
