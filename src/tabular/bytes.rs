//! Unpacks and decodes the bytes of a table file and tells its format by how it begins, not by its name.
//!
//! | first bytes | read as |
//! |---|---|
//! | `1f 8b` | gzip; what is inside is looked at in turn |
//! | `PAR1` | Parquet |
//! | `PK 03 04`, `d0 cf 11 e0` | refused: a workbook that is not named as one |
//! | a byte order mark | text in the encoding that it says |
//! | anything else | text in UTF-8, or else in GB18030 |
//!
//! A text that is whole in neither is refused with the line where it breaks: a guessed encoding would put
//! wrong characters into names, and nobody would see it.

use std::io::Read;
use std::path::Path;

use encoding_rs::{Encoding, GB18030, UTF_8};
use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};
use crate::ingest::of_gzip;
use crate::sentence::{Sentence, says};

/// Unpacked bytes of a table at most.
const MOST_BYTES: u64 = 8 << 30;

/// What a file's first bytes say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Parquet,
}

/// The bytes without their gzip dress.
pub(super) fn unpacked(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>> {
    unpacked_within(MOST_BYTES, path, bytes)
}

fn unpacked_within(most: u64, path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let read = MultiGzDecoder::new(bytes.as_slice()).take(most + 1).read_to_end(&mut plain);
    match read {
        Ok(count) if count as u64 > most => {
            let found = says!("more than {most} bytes once it is unpacked", most);
            Err(Error::format(path, found, "a smaller table"))
        }
        Ok(_) => Ok(plain),
        Err(error) => {
            let found = says!("no sound gzip stream: {why}", why = of_gzip(&error));
            Err(Error::format(path, found, "a whole file: fetch or pack it again"))
        }
    }
}

/// What the bytes hold, by how they begin.
pub(super) fn format(path: &Path, bytes: &[u8]) -> Result<Format> {
    let expected = "text with delimiters, or Parquet; or name a workbook .xlsx, .xls or .ods";
    match bytes {
        [b'P', b'A', b'R', b'1', ..] => Ok(Format::Parquet),
        [b'P', b'K', 3, 4, ..] => Err(Error::format(path, "an archive or a workbook within another", expected)),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(Error::format(path, "an old workbook that is not named .xls", expected)),
        _ if bytes.iter().all(u8::is_ascii_whitespace) => {
            Err(Error::format(path, "no rows", "a header and at least one row"))
        }
        _ => Ok(Format::Text),
    }
}

/// The text and the name of its encoding: a mark at its start, else UTF-8, else GB18030, unless one is given.
pub(super) fn decoded(path: &Path, bytes: &[u8], given: Option<&str>) -> Result<(String, &'static str)> {
    if let Some(name) = given {
        let encoding = Encoding::for_label(name.as_bytes()).ok_or_else(|| {
            Error::setting("encoding", Sentence::value(name), "the name of an encoding, for instance utf-8 or gb18030")
        })?;
        return whole(bytes, encoding).ok_or_else(|| undecodable(path, bytes, encoding));
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(length..).unwrap_or_default();
        return whole(rest, encoding).ok_or_else(|| undecodable(path, rest, encoding));
    }
    if bytes.contains(&0) {
        return Err(Error::format(path, "bytes that are no text", "text with delimiters, or Parquet"));
    }
    whole(bytes, UTF_8).or_else(|| whole(bytes, GB18030)).ok_or_else(|| undecodable(path, bytes, UTF_8))
}

/// The text, unless a byte of it does not fit the encoding.
fn whole(bytes: &[u8], encoding: &'static Encoding) -> Option<(String, &'static str)> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some((text.into_owned(), encoding.name()))
}

/// Tells the first line that does not fit.
fn undecodable(path: &Path, bytes: &[u8], encoding: &'static Encoding) -> Error {
    let bad = |line: &[u8]| whole(line, encoding).is_none();
    let line = bytes.split(|b| *b == b'\n').position(bad).unwrap_or_default() + 1;
    let found = match encoding == UTF_8 {
        true => says!("bytes that are not {} nor GB18030", [encoding.name()]),
        false => says!("bytes that are not {}", [encoding.name()]),
    };
    Error::Format {
        path: path.to_path_buf(),
        location: says!("line {line}: ", line),
        found,
        expected: says!("text in one encoding: name it with --encoding"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn finds_the_encoding_or_names_the_line() {
        let path = Path::new("t.csv");
        let (gb, _, _) = GB18030.encode("姓名,收入\n张三,5\n");
        assert_eq!(decoded(path, &gb, None).unwrap(), ("姓名,收入\n张三,5\n".to_owned(), "gb18030"));
        assert_eq!(decoded(path, "\u{feff}a,b\n".as_bytes(), None).unwrap(), ("a,b\n".to_owned(), "UTF-8"));
        let utf_16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("a,收\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decoded(path, &utf_16, None).unwrap(), ("a,收\n".to_owned(), "UTF-16LE"));
        let latin = decoded(path, b"a,b\ncaf\xe9,1\n", None).unwrap_err().to_string();
        assert!(latin.contains("line 2") && latin.contains("--encoding"), "{latin}");
        assert_eq!(decoded(path, b"caf\xe9,1\n", Some("latin1")).unwrap().0, "café,1\n");
        assert!(format(path, b"PK\x03\x04").unwrap_err().to_string().contains(".xlsx"));
    }

    #[test]
    fn a_damaged_or_endless_gzip_file_is_refused_in_words() {
        let path = Path::new("t.csv.gz");
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&b"a,b\n1,2\n".repeat(1_000)).unwrap();
        let packed = packed.finish().unwrap();
        let said = |most, bytes: &[u8]| unpacked_within(most, path, bytes.to_vec()).unwrap_err().to_string();
        assert_eq!(unpacked_within(8_000, path, packed.clone()).unwrap().len(), 8_000);
        assert!(said(7_999, &packed).contains("more than 7999 bytes"));
        assert!(said(MOST_BYTES, &packed[..packed.len() / 2]).contains("it ends early"));
        let mut flipped = packed.clone();
        *flipped.iter_mut().nth_back(5).unwrap() ^= 1;
        assert!(said(MOST_BYTES, &flipped).contains("its checksum does not fit"));
        assert!(said(MOST_BYTES, &[&packed[..], b"more"].concat()).contains("gzip"));
        assert!(said(MOST_BYTES, b"\x1f\x8b\x08garbage").contains("gzip"));
    }
}
