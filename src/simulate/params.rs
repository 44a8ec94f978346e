//! Settings of a simulation, with presets for a district and a province.

use serde::{Deserialize, Serialize};

use super::deal::{QueryCounts, scaled};
use super::names::BANKS;
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::sentence::says;

/// What kind of district to make.
///
/// The defaults follow what was published about Jiangsu around 2017 (sources in [`crate::simulate`]): 43 % of cases
/// without executable property, 34 banks asked in each of about two rounds. [`SimulateParams::district`] is the small
/// district kept in `data/`.
///
/// # Units
///
/// Shares are 0 to 1; rates are expected rows per month of one debtor for whom the source answered.
///
/// # Examples
///
/// ```
/// use wherewithal::simulate::SimulateParams;
///
/// let params = SimulateParams::district().cases(500).seed(3).no_property_share(0.6).banks_asked(10, 2);
/// assert_eq!((params.banks_asked, params.banks_asked_again), (10, 2));
/// let error = params.evasion_share(1.5).check().unwrap_err().to_string();
/// assert!(error.contains("evasion_share"), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SimulateParams {
    /// How many enforcement cases.
    pub cases: u64,
    /// The seed: the same seed and parameters give the same bytes.
    pub seed: u64,
    /// The first day on which a case can be filed.
    pub first_filing: Day,
    /// The last day on which a case can be filed.
    pub last_filing: Day,
    /// The last day of which the court knows anything.
    pub observed_until: Day,
    /// The share of debtors that are companies or other organisations.
    pub company_share: f64,
    /// The share of debtors without executable property.
    pub no_property_share: f64,
    /// The share of debtors with property who hide part of it.
    pub evasion_share: f64,
    /// How many banks are asked when a case is filed.
    pub banks_asked: u32,
    /// How many banks are asked in each later round.
    pub banks_asked_again: u32,
    /// The share of queries that stay without an answer.
    pub no_answer_share: f64,
    /// The share of answers that come weeks late.
    pub late_share: f64,
    /// How many months before filing the flows reach back.
    pub history_months: u32,
    /// Bank transactions per month of history.
    pub transactions_monthly: f64,
    /// Invoices per month of history, for companies.
    pub invoices_monthly: f64,
    /// How many queries of the counted kinds are asked about all cases together; by chance and by the banks asked when
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queries: Option<QueryCounts>,
    /// So many of the 122 courts of Jiangsu; the seven of Wuxi when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub courts: Option<u32>,
    /// What is left of each span of time beyond the least that law and work allow it, 0 to 2: how quickly cases move.
    /// All of it when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<f64>,
    /// Of the cases that end without full payment the share that rest for years. When absent 6 in 100 rest, for 300 to
    /// 1,100 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resting_share: Option<f64>,
}

fn day(year: i32, month: u32, day: u32) -> Day {
    Day::new(year, month, day).unwrap_or(Day::EPOCH)
}

impl Default for SimulateParams {
    fn default() -> Self {
        Self {
            cases: 2_000,
            seed: 1,
            first_filing: day(2015, 1, 5),
            last_filing: day(2018, 6, 29),
            observed_until: day(2019, 6, 30),
            company_share: 0.30,
            no_property_share: 0.43,
            evasion_share: 0.40,
            banks_asked: 34,
            banks_asked_again: 34,
            no_answer_share: 0.05,
            late_share: 0.06,
            history_months: 24,
            transactions_monthly: 6.0,
            invoices_monthly: 4.0,
            queries: None,
            courts: None,
            pace: None,
            resting_share: None,
        }
    }
}

impl SimulateParams {
    /// The small district kept in `data/district/`: fewer banks and thinner flows, to stay a few megabytes.
    ///
    /// ```
    /// use wherewithal::simulate::SimulateParams;
    ///
    /// let district = SimulateParams::district();
    /// assert_eq!((district.cases, district.seed, district.banks_asked), (2_000, 2017, 4));
    /// ```
    pub fn district() -> Self {
        Self {
            seed: 2017,
            banks_asked: 4,
            banks_asked_again: 1,
            history_months: 12,
            transactions_monthly: 0.4,
            invoices_monthly: 0.5,
            ..Self::default()
        }
    }

    /// The 122 courts of Jiangsu in 2017: 707,861 cases filed in the year, [`QueryCounts::JIANGSU_2017`] asked about
    /// them, observed for a year more.
    ///
    /// Cases closed in 2017 are partly those of the year before: [`SimulateParams::jiangsu_2016`].
    ///
    /// # References
    ///
    /// 中国江苏网, 25 January 2018. How many rows the other tables have is not published and follows in proportion.
    ///
    /// ```
    /// use wherewithal::simulate::{QueryCounts, SimulateParams};
    ///
    /// let year = SimulateParams::jiangsu_2017();
    /// assert_eq!(year.cases, 707_861);
    /// assert_eq!(year.queries, Some(QueryCounts::JIANGSU_2017));
    /// ```
    pub fn jiangsu_2017() -> Self {
        Self {
            cases: 707_861,
            seed: 2017,
            first_filing: day(2017, 1, 1),
            last_filing: day(2017, 12, 31),
            observed_until: day(2018, 12, 31),
            transactions_monthly: 3.25,
            invoices_monthly: 2.0,
            queries: Some(QueryCounts::JIANGSU_2017),
            courts: Some(122),
            ..Self::default()
        }
    }

    /// The year before [`SimulateParams::jiangsu_2017`], against which it has grown: 572,610 cases filed in 2016, most
    /// of them closed in it, many of the others in 2017.
    ///
    /// It is thin, for counting alone: one bank is asked about each case and no flows are told. Nothing should be
    /// learnt from it.
    ///
    /// # References
    ///
    /// Derived from the growth that 中国江苏网, 25 January 2018, gives for 2017: 23.62 % of cases received, 32.53 % of cases
    /// closed. Pace and resting cases are set so that about 421,018 are closed in the year, and in 2017 so many that
    /// both years together close about 557,975 in it.
    pub fn jiangsu_2016() -> Self {
        Self {
            cases: 572_610,
            seed: 2016,
            first_filing: day(2016, 1, 1),
            last_filing: day(2016, 12, 31),
            observed_until: day(2017, 12, 31),
            banks_asked: 1,
            banks_asked_again: 1,
            history_months: 1,
            transactions_monthly: 0.0,
            invoices_monthly: 0.0,
            queries: Some(QueryCounts { bank: 572_610, ..QueryCounts::default() }),
            courts: Some(122),
            pace: Some(0.05),
            resting_share: Some(0.1),
            ..Self::default()
        }
    }

    /// So many times as many cases and counted queries, rounded to whole ones.
    ///
    /// ```
    /// use wherewithal::simulate::SimulateParams;
    ///
    /// let tenth = SimulateParams::jiangsu_2017().scaled(0.1);
    /// assert_eq!(tenth.cases, 70_786);
    /// assert_eq!(tenth.queries.map(|queries| queries.bank), Some(4_271_130));
    /// ```
    #[must_use]
    pub fn scaled(mut self, times: f64) -> Self {
        self.cases = scaled(self.cases, times);
        self.queries = self.queries.map(|queries| queries.scaled(times));
        self
    }

    /// Sets how many of the 122 courts of Jiangsu there are; see [`SimulateParams::courts`].
    #[must_use]
    pub fn courts(mut self, courts: u32) -> Self {
        self.courts = Some(courts);
        self
    }

    setters! {
        cases: u64,
        seed: u64,
        evasion_share: f64,
        no_property_share: f64,
    }

    /// Sets how many banks are asked at filing and in each later round.
    ///
    /// Where queries are counted ([`SimulateParams::queries`]) the total decides instead.
    #[must_use]
    pub fn banks_asked(mut self, first: u32, again: u32) -> Self {
        self.banks_asked = first;
        self.banks_asked_again = again;
        self
    }

    setters! {
        transactions_monthly: f64,
    }

    /// Checks every parameter.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] naming the first parameter out of range.
    ///
    /// [`generate`](super::generate), [`World::new`](super::World::new) and [`SimulateParams::write`] call
    /// it.
    ///
    /// ```
    /// use wherewithal::simulate::SimulateParams;
    ///
    /// assert!(SimulateParams::default().check().is_ok());
    /// assert!(SimulateParams::default().courts(123).check().is_err()); // the province has 122
    /// ```
    pub fn check(&self) -> Result<()> {
        // Beyond this the invented numbers would begin to repeat.
        const MOST_CASES: u64 = 8_000_000;
        if !(1..=MOST_CASES).contains(&self.cases) {
            return Err(Error::setting("cases", self.cases, says!("1 to {MOST_CASES}", MOST_CASES)));
        }
        if let Some(courts) = self.courts.filter(|courts| !(1..=122).contains(courts)) {
            return Err(Error::setting("courts", courts, "1 to 122"));
        }
        let days = [self.first_filing, self.last_filing, self.observed_until];
        if !days.is_sorted() {
            let found = days.map(|day| day.to_string()).join(", ");
            return Err(Error::setting("days", found, "first_filing ≤ last_filing ≤ observed_until"));
        }
        for (name, share) in [
            ("company_share", self.company_share),
            ("no_property_share", self.no_property_share),
            ("evasion_share", self.evasion_share),
            ("no_answer_share", self.no_answer_share),
            ("late_share", self.late_share),
            ("resting_share", self.resting_share.unwrap_or_default()),
        ] {
            if !(0.0..=1.0).contains(&share) {
                return Err(Error::setting(name, share, "a share from 0 to 1"));
            }
        }
        for (name, rate) in
            [("transactions_monthly", self.transactions_monthly), ("invoices_monthly", self.invoices_monthly)]
        {
            if !(0.0..=1000.0).contains(&rate) {
                return Err(Error::setting(name, rate, "a rate from 0 to 1000"));
            }
        }
        for (name, banks) in [("banks_asked", self.banks_asked), ("banks_asked_again", self.banks_asked_again)] {
            if banks as usize > BANKS.len() {
                return Err(Error::setting(name, banks, says!("at most {}", [BANKS.len()])));
            }
        }
        if let Some(pace) = self.pace.filter(|pace| !(0.0..=2.0).contains(pace)) {
            return Err(Error::setting("pace", pace, "0 to 2"));
        }
        if !(1..=120).contains(&self.history_months) {
            return Err(Error::setting("history_months", self.history_months, "1 to 120"));
        }
        self.check_queries()
    }

    /// Every counted query must have room in a round, and its answer must be known in the end.
    fn check_queries(&self) -> Result<()> {
        const MOST: u64 = 1_000;
        let Some(counts) = self.queries else { return Ok(()) };
        let most = counts.bank.max(counts.registry).max(counts.police).max(counts.real_estate);
        if most / MOST > self.cases {
            return Err(Error::setting("queries", most, says!("at most {MOST} of a kind for each case", MOST)));
        }
        let after = self.observed_until.days_since(self.last_filing);
        if after < 100 {
            return Err(Error::setting(
                "observed_until",
                after,
                "100 days after the last filing, to know every answer",
            ));
        }
        Ok(())
    }

    setters! {
        first_filing: Day,
        last_filing: Day,
        observed_until: Day,
        company_share: f64,
        no_answer_share: f64,
        late_share: f64,
        history_months: u32,
        invoices_monthly: f64,
    }

    /// Sets [`SimulateParams::queries`].
    #[must_use]
    pub fn queries(mut self, queries: impl Into<Option<QueryCounts>>) -> Self {
        self.queries = queries.into();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_out_of_range_and_survives_a_round_trip() {
        let params = SimulateParams::district();
        params.check().unwrap();
        let text = serde_json::to_string(&params).unwrap();
        assert_eq!(serde_json::from_str::<SimulateParams>(&text).unwrap(), params);
        assert!(serde_json::from_str::<SimulateParams>("{\"case\": 1}").is_err());
        assert!(params.clone().cases(0).check().unwrap_err().to_string().starts_with("cases: found 0"));
        assert!(params.clone().evasion_share(f64::NAN).check().is_err());
        let mut year = SimulateParams::jiangsu_2017().scaled(0.5);
        year.check().unwrap();
        assert_eq!((year.cases, year.queries.unwrap().bank), (353_931, 21_355_650));
        year.observed_until = year.last_filing;
        assert!(year.check().unwrap_err().to_string().starts_with("observed_until"));
        assert!(params.clone().banks_asked(500, 2).check().unwrap_err().to_string().contains("banks_asked"));
    }
}
