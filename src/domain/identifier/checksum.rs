//! Computes check characters. Every function takes the number without its check character and
//! returns `None` when the number has a character that its form does not allow.

const RESIDENT: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CREDIT: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// The 31 characters of a unified social credit code: no I, O, S, V, Z.
pub(super) const CREDIT_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// GB 11643-1999, ISO 7064 MOD 11-2 over 17 digits.
pub(super) fn resident(body: &str) -> Option<char> {
    let sum = weighted(body, &RESIDENT, |c| c.to_digit(10))?;
    "10X98765432".chars().nth(index(sum % 11))
}

/// GB 32100-2015 over 17 characters.
pub(super) fn credit(body: &str) -> Option<char> {
    let sum = weighted(body, &CREDIT, |c| CREDIT_ALPHABET.find(c).and_then(|i| u32::try_from(i).ok()))?;
    CREDIT_ALPHABET.chars().nth(index((31 - sum % 31) % 31))
}

/// GB 11714-1997 over 8 characters.
pub(super) fn organisation(body: &str) -> Option<char> {
    let sum = weighted(body, &ORGANISATION, |c| if c.is_ascii_lowercase() { None } else { c.to_digit(36) })?;
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

/// Business licences before 2015, ISO 7064 MOD 11,10 over 14 digits.
pub(super) fn business(body: &str) -> Option<char> {
    if body.len() != 14 {
        return None;
    }
    let rest = body.chars().try_fold(10, |rest, c| {
        let sum = (c.to_digit(10)? + rest) % 10;
        Some(if sum == 0 { 10 } else { sum } * 2 % 11)
    })?;
    char::from_digit((11 - rest) % 10, 10)
}

fn weighted(body: &str, weights: &[u32], value: impl Fn(char) -> Option<u32>) -> Option<u32> {
    if body.len() != weights.len() {
        return None;
    }
    body.chars().zip(weights).try_fold(0, |sum, (c, weight)| Some(sum + value(c)? * weight))
}

fn index(remainder: u32) -> usize {
    usize::try_from(remainder).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        assert_eq!(resident("11010519491231002"), Some('X'));
        assert_eq!(resident("44052418800101001"), Some('4'));
        assert_eq!(credit("91110000600037341"), Some('L'));
        assert_eq!(credit("91350100M000100Y4"), Some('3'));
        assert_eq!(organisation("60003734"), Some('1'));
        assert_eq!(organisation("58073473"), Some('9'));
    }

    #[test]
    fn answers_nothing_for_what_is_not_of_the_form() {
        assert_eq!(resident("1101051949123100"), None);
        assert_eq!(resident("1101051949123100A"), None);
        assert_eq!(credit("9111000060003734I"), None);
        assert_eq!(organisation("6000373a"), None);
        assert_eq!(business("1101051949123"), None);
    }
}
