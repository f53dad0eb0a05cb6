//! Files that are whole, and files that are not.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::domain::Identity;
use crate::provider::users::Summary;

fn line(number: usize) -> String {
    format!(
        "{{\"user_id\":\"auth0|{number}\",\"created_at\":\"2025-02-02T17:56:01Z\",\"updated_at\":\"2025-02-02T17:56:01Z\"}}\n"
    )
}

fn lines(count: usize) -> Vec<u8> {
    (0..count).map(line).collect::<String>().into_bytes()
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// A file that comes in chunks of this size.
fn read_in(chunk: usize, bytes: &[u8]) -> Result<Vec<Page>, Fault> {
    let (mut file, mut pages) = (File::new(Timestamp::ZERO), Vec::new());
    for mut bytes in bytes.chunks(chunk) {
        while !bytes.is_empty() {
            bytes = &bytes[file.take(bytes)?..];
            pages.extend(file.full());
        }
    }
    pages.extend(file.end(true)?);
    Ok(pages)
}

fn read(bytes: &[u8]) -> Result<Vec<Page>, Fault> {
    read_in(4096, bytes)
}

fn named(pages: &[Page]) -> usize {
    pages.iter().map(|page| page.users.len()).sum()
}

#[test]
fn a_whole_file_names_everybody_packed_or_not() {
    for count in [1, 499, 500, 501, 1700] {
        for file in [lines(count), packed(&lines(count))] {
            let pages = read(&file).unwrap();
            assert_eq!((named(&pages), pages.len()), (count, count / 500 + 1));
            let (last, before) = pages.split_last().unwrap();
            assert_eq!(last.summary, Some(Summary::of_whole_file(count as u64)));
            assert!(before.iter().all(|page| page.summary.is_none() && page.users.len() == 500));
        }
    }
}

#[test]
fn users_are_the_same_in_chunks_of_any_size() {
    for file in [lines(40), packed(&lines(40))] {
        let pages = read(&file).unwrap();
        assert_eq!(pages[0].users[39].identity.subject(), "auth0|39");
        for chunk in [1, 2, 3, 7, 64, 100_000] {
            assert_eq!(read_in(chunk, &file).as_ref(), Ok(&pages), "{chunk}");
        }
    }
}

#[test]
fn all_members_of_a_packed_file_are_read() {
    let text = lines(30);
    let (one, two) = text.split_at(777);
    let file = [packed(one), packed(two), packed(b"")].concat();
    for chunk in [1, 5, 100_000] {
        assert_eq!(named(&read_in(chunk, &file).unwrap()), 30);
    }
}

#[test]
fn a_packed_file_that_is_cut_anywhere_is_not_whole() {
    for file in [packed(&lines(30)), packed(b""), [packed(&lines(3)), packed(&lines(3))].concat()] {
        let whole_before = packed(&lines(3)).len();
        for end in (0..file.len()).filter(|end| *end != whole_before || file.len() != 2 * whole_before) {
            assert!(read(&file[..end]).is_err(), "{end} of {}", file.len());
        }
        assert!(read(&file).is_ok());
    }
}

#[test]
fn a_packed_file_with_a_wrong_trailer_or_anything_behind_it_is_not_whole() {
    let file = packed(&lines(30));
    for at in 1..=8 {
        let mut wrong = file.clone();
        let at = wrong.len() - at;
        wrong[at] ^= 1;
        assert!(read(&wrong).is_err(), "{at}");
    }
    for behind in [&b"\0"[..], b"\n", b"<html>", b"\x1f", b"\x1f\x8b", &[0; 512]] {
        assert!(read(&[&file, behind].concat()).is_err(), "{behind:?}");
    }
}

#[test]
fn a_damaged_file_is_noticed_wherever_it_is_damaged() {
    let file = packed(&lines(30));
    let (whole, mut harmless) = (read(&file).unwrap(), 0);
    for at in 0..file.len() {
        let mut wrong = file.clone();
        wrong[at] ^= 0x40;
        if let Ok(pages) = read(&wrong) {
            assert_eq!(pages, whole, "{at}");
            harmless += 1;
        }
    }
    // The header's time, speed and system are nobody's concern, nor are the bits that fill the last byte.
    assert!(harmless <= 7, "{harmless}");
}

#[test]
fn a_last_line_without_its_newline_is_cut_off() {
    let mut text = lines(5);
    text.pop();
    assert_eq!(read(&text), Err(CUT_OFF));
    assert_eq!(read(&packed(&text)), Err(CUT_OFF));
}

#[test]
fn nobody_at_all_is_believed_of_a_packed_file_only() {
    let pages = read(&packed(b"")).unwrap();
    assert_eq!((pages.len(), pages[0].summary), (1, Some(Summary::of_whole_file(0))));
    assert_eq!(read(b""), Err(UNPROVEN));
    assert_eq!(read(b"\n"), Err(UNPROVEN));
}

#[test]
fn a_plain_file_whose_end_nothing_tells_is_not_whole() {
    let end = |bytes: &[u8]| {
        let (mut file, mut bytes) = (File::new(Timestamp::ZERO), bytes);
        while !bytes.is_empty() {
            bytes = &bytes[file.take(bytes).unwrap()..];
        }
        file.end(false).is_ok()
    };
    assert!(!end(&lines(3)) && end(&packed(&lines(3))));
}

#[test]
fn what_is_no_export_is_told_as_such() {
    assert!(read(b"<html>canary</html>\n").unwrap_err().0.contains("web page"));
    for text in ["Request has expired\n", "[\n", "{\"user_id\": \"a\n", "{}{}\n", "{\"a\": \"\u{1}\"}\n", "{},\n"] {
        for file in [text.as_bytes().to_vec(), packed(text.as_bytes())] {
            assert!(read(&[line(1).into_bytes(), file.clone()].concat()).is_err(), "{text}");
            assert!(read(&file).unwrap_err().0.contains("no JSON"), "{text}");
        }
    }
    assert!(read(b"{\"user_id\": \"\xff\"}\n").is_err());
}

#[test]
fn an_odd_user_is_counted_and_spoils_nobody_else() {
    let odd =
        "5\nnull\n[\"x\"]\n{\"name\": \"no id\"}\n{\"user_id\": \"a|b\", \"created_at\": 5}\n{\"x\": 1e999}\r\n\n";
    let pages = read(&packed(format!("{odd}{}", line(1)).as_bytes())).unwrap();
    assert_eq!((named(&pages), pages[0].odd, pages[0].summary), (1, 6, Some(Summary::of_whole_file(7))));
    let named: Vec<&str> = pages[0].odd_named.iter().map(Identity::subject).collect();
    assert_eq!(named, ["a|b"], "who has an id is named, and no orphan");
}

#[test]
fn a_line_longer_than_any_user_ends_the_reading() {
    let text = format!("{{\"name\": \"{}\"}}\n", "x".repeat(5 * 1024 * 1024));
    for file in [text.as_bytes().to_vec(), packed(text.as_bytes())] {
        assert!(read(&file).unwrap_err().0.contains("longer than 4 MiB"));
    }
}

#[test]
fn a_step_gives_little_however_much_is_packed_into_it() {
    let file = packed(&b"{\"user_id\":\"a\"}\n".repeat(1_000_000));
    let (mut reading, mut bytes, mut steps) = (File::new(Timestamp::ZERO), &file[..], 0);
    while !bytes.is_empty() {
        bytes = &bytes[reading.take(bytes).unwrap()..];
        let odd: u32 = reading.full().iter().map(|page| page.odd).sum();
        assert!(odd <= 3000, "{odd} users of one step");
        steps += 1;
    }
    assert!(steps > 400);
}

#[test]
fn a_page_of_long_lines_has_fewer_users() {
    let long = format!("{{\"x\": \"{}\", {}", "x".repeat(300 * 1024), &line(1)[1..]);
    let pages = read(long.repeat(9).as_bytes()).unwrap();
    assert_eq!(pages.iter().map(|page| page.users.len()).collect::<Vec<_>>(), [4, 4, 1]);
}
