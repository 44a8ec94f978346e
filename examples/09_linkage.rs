//! Which records of several agencies are the same party, and why.
//!
//! ```sh
//! cargo run --example linkage
//! ```
#![allow(clippy::print_stdout, reason = "a program prints")]

use wherewithal::linkage::{LinkageParams, Records, Waterfalls, link};
use wherewithal::progress::Silent;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut records = Records::new(["name", "number", "born_on", "phone"]);
    records.push("bank-1", ["王晓明", "11010519491231002X", "", "13800000001"])?;
    // The older form of the same number, and the name as Taiwan writes it.
    records.push("tax-9", ["王曉明", "１１０１０５４９１２３１００２", "1949-12-31", ""])?;
    // The same name under another sound number is another person.
    records.push("registry-3", ["王晓明", "440524188001010014", "", ""])?;
    // No number: name, day of birth and telephone speak for the first two.
    records.push("platform-7", ["王晓明", "", "1949-12-31", "13800000001"])?;

    let map = link(&records, &LinkageParams::default(), &Silent)?;
    for (id, party) in records.ids().iter().zip(map.parties()) {
        println!("{id}: party {party}");
    }
    let waterfalls = Waterfalls::new(&records, &map);
    for pair in map.links() {
        println!("{:?}:", pair.decision);
        if let Some(waterfall) = waterfalls.explain(pair.left as usize, pair.right as usize) {
            println!("{}", serde_json::to_string_pretty(&waterfall)?);
        }
    }
    Ok(())
}
