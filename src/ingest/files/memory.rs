//! Text that is in memory, as one block.

use std::io::{BufReader, Read};

use encoding_rs::{Encoding as Charset, UTF_8};

use super::block::Block;
use super::survey::normalize;
use super::wide::{Wide, marked};

/// All of a text as one block, and its encoding: the one that explains most lines, UTF-16 where the first bytes say so.
pub(in crate::ingest) fn block_of(bytes: &[u8]) -> (Block, &'static Charset) {
    let Some(wide) = marked(bytes) else {
        let mut text = bytes.to_vec();
        let charset = normalize(&mut text);
        return (Block::encoded((text, charset), 1, true), charset);
    };
    let mut text = Vec::new();
    // Bytes in memory can always be read.
    let _ = Wide::new(BufReader::new(bytes), wide).read_to_end(&mut text);
    normalize(&mut text);
    (Block::encoded((text, UTF_8), 1, true), wide)
}

#[cfg(test)]
mod tests {
    use encoding_rs::GB18030;

    use super::*;

    #[test]
    fn one_bad_byte_turns_no_other_line_into_another_encoding() {
        let text = "姓名\n王晓明\n陈静\n".as_bytes();
        let at = text.iter().rposition(|byte| *byte == b'\n').unwrap();
        for bad in [[&text[..at], b"\xff\n"].concat(), [&text[..at - 1], b"\n"].concat()] {
            let (block, charset) = block_of(&bad);
            assert_eq!(charset, UTF_8);
            let decoded = block.decode();
            assert!(decoded.text().starts_with("姓名\n王晓明\n") && decoded.is_bad(2) && !decoded.is_bad(1));
        }
        let (gb, _, _) = GB18030.encode("姓名\r王晓明\r");
        assert_eq!(block_of(&gb).0.decode().text(), "姓名\n王晓明\n");
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("姓名\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(block_of(&wide).0.decode().text(), "姓名\r\n");
        assert_eq!(block_of(&wide).1.name(), "UTF-16LE");
    }
}
