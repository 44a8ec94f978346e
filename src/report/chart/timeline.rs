//! The timeline of one debtor: what was known when.
//!
//! One lane for each table. A dot stands on the day on which the court learnt something, and a line reaches
//! back over the days on which it happened: the distance between the two is how late the answer came.

use minijinja::Value;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::frame::{Area, BLUE, Caption, Drawn, INK, LINE, NARROW, SOFT, SPAN, WIDE, letters, picture, unit, width};
use crate::domain::Day;
use crate::error::Result;
use crate::profile::{DebtorProfile, Moment, TimeScale};
use crate::report::phrasebook::Phrasebook;

/// Height of the two days named and of the ticks.
const HEAD: i32 = 116;
/// Height of one lane with its name.
const LANE: i32 = 76;
/// Room for half a dot at either end.
const EDGE: f64 = 18.0;

/// One lane per table, oldest first; a dot where something was learnt, a line over the events that it tells of.
struct Timeline<'a> {
    scale: TimeScale,
    lanes: Vec<(String, Vec<&'a Moment>)>,
    named: Vec<(Day, String)>,
}

/// The timeline for a desk and for a telephone; of the two the page shows the one that fits.
pub(in super::super) fn timeline(profile: &DebtorProfile, phrases: &Phrasebook) -> Result<[Value; 2]> {
    let Some(timeline) = Timeline::new(profile, phrases) else { return Ok([Value::from(""), Value::from("")]) };
    let drawn = |(id, width): (&str, u32)| {
        let caption = Caption { id: id.to_owned(), title: phrases.word("timeline", "title") };
        let rows = i32::try_from(timeline.lanes.len()).unwrap_or_default();
        let size = (width, (HEAD + rows * LANE).unsigned_abs());
        picture(size, (&caption, &phrases.word("timeline", "told")), |area| timeline.draw(area, f64::from(width)))
    };
    Ok([drawn(("c-timeline", WIDE))?, drawn(("c-timeline-narrow", NARROW))?])
}

impl<'a> Timeline<'a> {
    fn new(profile: &'a DebtorProfile, phrases: &Phrasebook) -> Option<Self> {
        let scale = TimeScale::from_profile(profile)?;
        let mut lanes: Vec<(String, Vec<&Moment>)> = Vec::new();
        for moment in &profile.timeline {
            let label = moment.label.text(phrases.language());
            match lanes.iter_mut().find(|lane| lane.0 == label) {
                Some(lane) => lane.1.push(moment),
                None => lanes.push((label.to_owned(), vec![moment])),
            }
        }
        let filed = profile.cases.iter().map(|case| case.filed_on).filter(|day| scale.days().contains(day)).min();
        let filed = filed.map(|day| (day, format!("{} {day}", phrases.word("timeline", "filed"))));
        let as_of = profile.as_of.map(|day| (day, day.to_string()));
        Some(Self { scale, lanes, named: as_of.into_iter().chain(filed).collect() })
    }

    fn draw(&self, area: &Area<'_>, across: f64) -> Drawn {
        let bottom = HEAD + LANE * i32::try_from(self.lanes.len()).unwrap_or_default();
        let at = |day: Day| EDGE + self.scale.position(day) * (across - 2.0 * EDGE);
        let mut free = across;
        for (day, text) in ticks(&self.scale).into_iter().rev() {
            let x = at(day);
            area.draw(&PathElement::new([(unit(x), HEAD - 12), (unit(x), bottom)], LINE.stroke_width(2)))?;
            let half = width(&text) / 2.0;
            if x + half <= free && x >= half {
                area.draw(&Text::new(text, (unit(x), HEAD - 28), letters(SOFT, HPos::Center)))?;
                free = x - half - 24.0;
            }
        }
        for (row, (day, text)) in (0..).zip(&self.named) {
            let (x, y) = (at(*day), 18 + row * 34);
            area.draw(&PathElement::new([(unit(x), y + 16), (unit(x), bottom)], SOFT.stroke_width(3)))?;
            let side = if x + width(text) > across { HPos::Right } else { HPos::Left };
            area.draw(&Text::new(text.as_str(), (unit(x), y), letters(INK, side)))?;
        }
        for (row, lane) in (0..).zip(&self.lanes) {
            draw_lane(area, lane, (HEAD + row * LANE, &at))?;
        }
        Ok(())
    }
}

fn draw_lane(area: &Area<'_>, lane: &(String, Vec<&Moment>), (top, at): (i32, &dyn Fn(Day) -> f64)) -> Drawn {
    let (label, moments) = lane;
    let (text, line) = (top + 22, top + 54);
    area.draw(&Text::new(label.as_str(), (0, text), letters(INK, HPos::Left)))?;
    for moment in moments {
        let (from, to) = (unit(at(moment.first_on)), unit(at(moment.last_on)));
        area.draw(&PathElement::new([(from, line), (to, line)], SPAN.stroke_width(8)))?;
    }
    // The number of records stands above its dot where there is room for it.
    let mut free = width(label) + 16.0;
    for moment in moments {
        let (x, count) = (at(moment.known_by()), moment.records.to_string());
        let radius = 8.0 + 2.0 * (moment.records.max(1) as f64).log10();
        area.draw(&Circle::new((unit(x), line), unit(radius) + 2, WHITE.filled()))?;
        area.draw(&Circle::new((unit(x), line), unit(radius), BLUE.filled()))?;
        let half = width(&count) / 2.0;
        if moment.records > 1 && x - half >= free {
            area.draw(&Text::new(count, (unit(x), text), letters(SOFT, HPos::Center)))?;
            free = x + half + 8.0;
        }
    }
    Ok(())
}

/// The first days of years in a long history, of months in a short one, oldest first.
fn ticks(scale: &TimeScale) -> Vec<(Day, String)> {
    let (first, last) = scale.days().into_inner();
    let months = last.days_since(first) / 30;
    let step: u32 = match months {
        ..=8 => 1,
        9..=16 => 2,
        17..=26 => 3,
        _ => 12,
    };
    let mut ticks = Vec::new();
    for year in first.year()..=last.year() {
        for month in (1..=12u32).step_by(usize::try_from(step).unwrap_or(12)) {
            if let Some(day) = Day::new(year, month, 1).filter(|day| scale.days().contains(day)) {
                let text = if step == 12 { year.to_string() } else { format!("{year}-{month:02}") };
                ticks.push((day, text));
            }
        }
    }
    ticks
}
