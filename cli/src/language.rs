//! The language that a command speaks.

use std::ffi::OsString;

use wherewithal::domain::Language;

/// The language that the variables of the locale ask for: Chinese where they name it, else English.
pub(crate) fn of_the_system() -> Language {
    by_locale(|name| std::env::var(name).ok())
}

/// The first of the variables that is set and not empty decides, as everywhere.
fn by_locale(variable: impl Fn(&str) -> Option<String>) -> Language {
    let mut set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).filter(|value| !value.is_empty());
    match set.next() {
        Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Language::Zh,
        _ => Language::En,
    }
}

/// The language that the arguments ask for, also where they are wrong otherwise.
pub(crate) fn of_the_arguments(arguments: &[OsString]) -> Option<Language> {
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let after =
        texts.windows(2).filter_map(|pair| matches!(pair, ["--lang", _]).then(|| pair.last()).flatten().copied());
    let joined = texts.iter().filter_map(|text| text.strip_prefix("--lang="));
    after.chain(joined).find_map(|code| parse(code).ok())
}

/// A language by its code.
pub(crate) fn parse(code: &str) -> Result<Language, String> {
    match code {
        "zh" => Ok(Language::Zh),
        "en" => Ok(Language::En),
        _ => Err("expected zh or en".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, by_locale};

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let with = |pairs: &[(&str, &str)]| {
            by_locale(|name| pairs.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(with(&[]), Language::En);
        assert_eq!(with(&[("LANG", "zh_CN.UTF-8")]), Language::Zh);
        assert_eq!(with(&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")]), Language::Zh);
        assert_eq!(with(&[("LC_ALL", "C.UTF-8"), ("LANG", "zh_CN.UTF-8")]), Language::En);
        assert_eq!(with(&[("LC_MESSAGES", "zh_TW"), ("LANG", "en_GB.UTF-8")]), Language::Zh);
    }
}
