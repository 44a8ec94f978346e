//! Words that no feature may contain, since a score must not rest on what they name.

/// Words that no feature's name, column or English label may contain (PIPL art. 28; 征信业管理条例 art. 14; and what
/// population statistics would tempt to use).
const WORDS: &[&str] = &[
    "age",
    "birth",
    "birthday",
    "birthdate",
    "birthplace",
    "blood",
    "born",
    "degree",
    "disability",
    "disabled",
    "disease",
    "education",
    "educational",
    "ethnic",
    "ethnicity",
    "faith",
    "female",
    "gender",
    "gene",
    "genes",
    "genetic",
    "health",
    "hukou",
    "illness",
    "male",
    "medical",
    "pregnancy",
    "pregnant",
    "race",
    "religion",
    "religious",
    "school",
    "schooling",
    "sex",
    "university",
];

/// The same in Chinese labels.
const PHRASES: &[&str] = &[
    "性别", "年龄", "年纪", "出生", "生日", "民族", "种族", "宗教", "信仰", "健康", "疾病", "病史", "残疾", "怀孕",
    "学历", "学位", "教育", "户籍", "户口", "籍贯", "血型", "基因",
];

/// The first word in `text` for what a score about a person must not rest on (sex, age, ethnicity, religion, health,
/// education, household origin), words being runs of letters.
///
/// ```
/// # use wherewithal::features::forbidden_word;
/// assert_eq!(forbidden_word("income_age_years"), Some("age"));
/// assert_eq!(forbidden_word("deposits_average"), None);
/// ```
pub fn forbidden_word(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphabetic());
    words
        .find_map(|word| WORDS.iter().find(|forbidden| **forbidden == word).copied())
        .or_else(|| PHRASES.iter().find(|phrase| text.contains(**phrase)).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_not_parts_of_words() {
        assert_eq!(forbidden_word("income_age_years"), Some("age"));
        assert_eq!(forbidden_word("Sex of the debtor"), Some("sex"));
        assert_eq!(forbidden_word("被执行人年龄"), Some("年龄"));
        assert_eq!(forbidden_word("deposits_average_mortgage_fen"), None);
        assert_eq!(forbidden_word("账户存续天数"), None);
    }
}
