//! Text that is in memory, as one block.

use std::io::{BufReader, Read};

use encoding_rs::UTF_8;

use super::block::Block;
use super::survey::settle;
use super::wide::{Wide, marked};

/// All of a text as one block, in the encoding that explains most of its lines; UTF-16 where its first bytes say so.
pub(in crate::ingest) fn block_of(bytes: &[u8]) -> Block {
    let mut text = Vec::new();
    let wide = marked(bytes).map(|charset| Wide::new(BufReader::new(bytes), charset).read_to_end(&mut text));
    // Bytes in memory can always be read.
    let charset = match wide {
        Some(Ok(_)) => {
            settle(&mut text);
            UTF_8
        }
        _ => {
            text = bytes.to_vec();
            settle(&mut text)
        }
    };
    Block::encoded((text, charset), 1, true)
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
            let block = block_of(&bad);
            let decoded = block.decode();
            assert!(decoded.text().starts_with("姓名\n王晓明\n") && decoded.is_bad(2) && !decoded.is_bad(1));
        }
        let (gb, _, _) = GB18030.encode("姓名\r王晓明\r");
        assert_eq!(block_of(&gb).decode().text(), "姓名\n王晓明\n");
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("姓名\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(block_of(&wide).decode().text(), "姓名\r\n");
    }
}
