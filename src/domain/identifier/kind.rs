//! Kinds of documents that name a party.

use serde::{Deserialize, Serialize};

/// What kind of document a number belongs to.
///
/// A list tags documents without a check character under their kind, so that a passport and a travel permit
/// of the same characters are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// Resident identity number (公民身份号码), GB 11643-1999, 18 digits or the older 15.
    Resident,
    /// Residence permit of people from Hong Kong, Macau and Taiwan (港澳台居民居住证): areas 81, 82 and 83.
    ResidencePermit,
    /// Permanent residence card of foreigners (外国人永久居留身份证), old and 2023 form.
    ForeignerPermit,
    /// Unified social credit code (统一社会信用代码), GB 32100-2015.
    CreditCode,
    /// Organisation code (组织机构代码), GB 11714-1997.
    OrganisationCode,
    /// The 15 digits of a business licence before 2015 (营业执照注册号).
    BusinessRegistration,
    /// Travel permit of people from Hong Kong and Macau (回乡证).
    HongKongMacauPermit,
    /// Travel permit of people from Taiwan (台胞证).
    TaiwanPermit,
    /// Passport of the People's Republic.
    Passport,
    /// Passport of another state; it has no check and is recognised only when its kind is declared.
    ForeignPassport,
    /// Military document (军官证, 士兵证): free text, recognised only when its kind is declared.
    Military,
}

impl IdentifierKind {
    /// The code in files and in what is hashed.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::ResidencePermit => "residence_permit",
            Self::ForeignerPermit => "foreigner_permit",
            Self::CreditCode => "credit_code",
            Self::OrganisationCode => "organisation_code",
            Self::BusinessRegistration => "business_registration",
            Self::HongKongMacauPermit => "hong_kong_macau_permit",
            Self::TaiwanPermit => "taiwan_permit",
            Self::Passport => "passport",
            Self::ForeignPassport => "foreign_passport",
            Self::Military => "military",
        }
    }

    /// Whether the number belongs to a natural person.
    ///
    /// ```
    /// # use wherewithal::domain::IdentifierKind;
    /// assert!(IdentifierKind::Resident.is_person() && !IdentifierKind::CreditCode.is_person());
    /// ```
    pub const fn is_person(self) -> bool {
        !matches!(self, Self::CreditCode | Self::OrganisationCode | Self::BusinessRegistration)
    }

    /// Whether the number carries a check character, so that damage shows.
    pub(crate) const fn is_checked(self) -> bool {
        matches!(
            self,
            Self::Resident
                | Self::ResidencePermit
                | Self::CreditCode
                | Self::OrganisationCode
                | Self::BusinessRegistration
        )
    }
}
