/// A name with all but its first character hidden, at most six stars.
///
/// ```
/// # use wherewithal::domain::masked_name;
/// assert_eq!(masked_name("王小明"), "王**");
/// assert_eq!(masked_name(""), "*");
/// ```
pub fn masked_name(name: &str) -> String {
    let mut characters = name.trim().chars();
    let first = characters.next();
    let hidden = characters.count().clamp(1, 6);
    first.into_iter().chain(std::iter::repeat_n('*', hidden)).collect()
}

/// A number with its middle hidden: the first four and the last four characters stay when it is twelve or longer, else
/// only the last quarter.
///
/// ```
/// # use wherewithal::domain::masked_number;
/// assert_eq!(masked_number("11010519491231002X"), "1101**********002X");
/// assert_eq!(masked_number("12345678"), "******78");
/// assert_eq!(masked_number("123"), "***");
/// ```
pub fn masked_number(number: &str) -> String {
    let characters: Vec<char> = number.trim().chars().collect();
    let n = characters.len();
    let (head, tail) = if n >= 12 { (4, 4) } else { (0, n / 4) };
    characters.iter().enumerate().map(|(i, c)| if i < head || i >= n - tail { *c } else { '*' }).collect()
}
