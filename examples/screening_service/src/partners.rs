//! Who may ask, what, and how often.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use wherewithal::screening::Activities;

use crate::Fault;
use crate::secret::KeyHasher;
use crate::settings::PartnerSettings;

/// Somebody whose key is known.
pub(crate) struct Partner {
    pub(crate) name: String,
    pub(crate) owns_list: bool,
    activities: BTreeSet<String>,
    hash: blake3::Hash,
    rate: DefaultDirectRateLimiter,
}

impl Partner {
    fn new(settings: &PartnerSettings, activities: &Activities) -> Result<Self, Fault> {
        let name = settings.name.clone();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 40 || !name.chars().all(is_plain) {
            return Err("partners.name: expected up to 40 letters, digits, hyphens".into());
        }
        let hash = blake3::Hash::from_hex(&settings.key_hash)
            .map_err(|_| format!("partner {name}: key_hash: expected 64 hexadecimal digits"))?;
        if let Some(unknown) = settings.activities.iter().find(|activity| activities.label(activity).is_none()) {
            return Err(format!("partner {name}: activities: {unknown:?}: the rules know no such activity").into());
        }
        let quota = Quota::per_second(settings.per_second).allow_burst(settings.at_once);
        let rate = RateLimiter::direct(quota);
        let activities = settings.activities.iter().cloned().collect();
        Ok(Self { name, owns_list: settings.owns_list, activities, hash, rate })
    }

    /// Whether it may ask about an activity.
    pub(crate) fn may_ask(&self, activity: &str) -> bool {
        self.activities.contains(activity)
    }

    /// Counts a request.
    ///
    /// # Errors
    ///
    /// How long to wait when there were too many.
    pub(crate) fn count(&self) -> Result<(), Duration> {
        self.rate.check().map_err(|early| early.wait_time_from(DefaultClock::default().now()))
    }
}

/// Everybody who may ask.
pub(crate) struct Partners {
    hasher: KeyHasher,
    all: Vec<Arc<Partner>>,
}

impl Partners {
    /// Checks what was set.
    ///
    /// # Errors
    ///
    /// When two have one name or one key, or a setting is none.
    pub(crate) fn new(hasher: KeyHasher, settings: &[PartnerSettings], activities: &Activities) -> Result<Self, Fault> {
        let mut all: Vec<Arc<Partner>> = Vec::new();
        for one in settings {
            let partner = Partner::new(one, activities)?;
            if all.iter().any(|other| other.name == partner.name || other.hash == partner.hash) {
                return Err(format!("partner {}: another one has its name or its key", partner.name).into());
            }
            all.push(Arc::new(partner));
        }
        Ok(Self { hasher, all })
    }

    /// Whose key it is. All are compared, each in constant time.
    pub(crate) fn find(&self, key: &str) -> Option<Arc<Partner>> {
        let hash = self.hasher.hash(key);
        self.all
            .iter()
            .fold(None, |found, partner| if partner.hash == hash { Some(Arc::clone(partner)) } else { found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(name: &str, key: &str, activities: &[&str]) -> PartnerSettings {
        PartnerSettings {
            name: name.to_owned(),
            key_hash: KeyHasher::new(b"pepper").hash(key).to_hex().to_string(),
            activities: activities.iter().map(|text| (*text).to_owned()).collect(),
            owns_list: false,
            per_second: 1.try_into().unwrap(),
            at_once: 2.try_into().unwrap(),
        }
    }

    fn partners(settings: &[PartnerSettings]) -> Result<Partners, String> {
        let activities = Activities::standard().unwrap();
        Partners::new(KeyHasher::new(b"pepper"), settings, &activities).map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_key_names_its_partner_and_its_rights() {
        let known = partners(&[settings("bank", "one", &["loan"]), settings("rail", "two", &["g_train"])]).unwrap();
        assert!(known.find("three").is_none() && known.find("").is_none());
        let rail = known.find("two").unwrap();
        assert_eq!(rail.name, "rail");
        assert!(rail.may_ask("g_train") && !rail.may_ask("loan") && !rail.may_ask(""));
    }

    #[test]
    fn more_than_allowed_have_to_wait() {
        let bank = partners(&[settings("bank", "one", &["loan"])]).unwrap().find("one").unwrap();
        assert_eq!((bank.count(), bank.count()), (Ok(()), Ok(())));
        let wait = bank.count().unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let fault = |settings: &[PartnerSettings]| partners(settings).err().unwrap();
        assert!(fault(&[settings("bank", "one", &["laon"])]).contains("no such activity"));
        assert!(fault(&[settings("bank", "one", &[]), settings("rail", "one", &[])]).contains("name or its key"));
        assert!(fault(&[settings("a\nb", "one", &[])]).contains("letters"));
        let short = PartnerSettings { key_hash: "00".to_owned(), ..settings("bank", "one", &[]) };
        assert!(fault(&[short]).contains("64 hexadecimal digits"));
    }
}
