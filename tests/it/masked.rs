//! Cells of a list that hold more than one number, or words beside it.

use wherewithal::screening::Outcome;

use crate::kin::ask;
use crate::listed::record;

#[test]
fn several_numbers_of_a_cell_and_words_around_one_hide_nobody() {
    let (one, other) = ("320205197005050058", "110101198512121230");
    let masked = |number: &str| format!("{}****{}", &number[..10], &number[14..]);
    let starred = |mask: &str| masked(other).replace("****", mask);
    for card in [
        format!("{one}、{other}"),
        format!("护照E12345678 身份证{other}"),
        format!("{}、{}", masked(one), masked(other)),
        format!("身份证号：{}", masked(other)),
        format!("{}（身份证）", masked(other)),
        starred("★★★★"),
        starred("[隐藏]"),
        starred("////"),
    ] {
        let asked = |number: &str| ask(vec![record(1, "张伟", &card)], "王小二", number);
        let answer = asked(other);
        assert!(answer.outcome != Outcome::Clear, "{card}: {answer:?}");
        let shown = answer.hits[0].listed_number.clone().unwrap_or_default();
        assert!(!shown.contains(other) && !shown.contains(one), "{shown}");
        assert_eq!(asked("320106198706150217").outcome, Outcome::Clear, "{card}: somebody of another number and name");
    }
}

/// Nine and three digits of the fifteen tell as much as eleven and three of the eighteen.
#[test]
fn a_mask_of_the_older_number_tells_as_much() {
    let number = "320205197005050058";
    let asked = |card: &str| ask(vec![record(1, "张伟", card)], "王小二", number).outcome;
    assert_eq!(asked("320205700***005"), Outcome::Review);
    assert_eq!(asked("320205700505***"), Outcome::Review);
    assert_eq!(asked("320205701***005"), Outcome::Clear, "of another day");
    assert_eq!(asked("320205700****05"), Outcome::Clear, "too little is shown");
}

/// However little of it may be told, all that a list shows of a number is compared.
#[test]
fn a_number_of_which_nearly_all_is_shown_is_compared_as_shown() {
    let number = "320205197005050058";
    let other = "320205197005051237";
    for (head, tail) in [(14, 3), (13, 4), (11, 6), (3, 14), (16, 1)] {
        let card = format!("{}****{}", &number[..head], &number[18 - tail..]);
        let asked = |name: &str, number: &str| ask(vec![record(1, "张伟国", &card)], name, number);
        for name in ["Kevin Zhang", "Chang Wei-Kuo", "王小二"] {
            let answer = asked(name, number);
            assert_eq!(answer.outcome, Outcome::Review, "{card} {name}: {answer:?}");
            let told = answer.hits[0].listed_number.clone().unwrap_or_default();
            assert!(told.matches(|c: char| c.is_ascii_digit()).count() <= 8, "{told}");
        }
        assert_eq!(asked("张伟国", other).outcome, Outcome::Clear, "{card}: the very name under another number");
    }
}
