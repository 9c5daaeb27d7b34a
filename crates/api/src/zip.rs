//! A ZIP archive (PKWARE's APPNOTE) of a few files in memory: names in UTF-8, each file deflated where that makes it
//! smaller. A format of two pages, for which no library is worth its weight.

use flate2::{Compress, Compression, Crc, FlushCompress};
use time::PrimitiveDateTime;

/// Needed to read it: deflate.
const VERSION: u16 = 20;
/// The name is UTF-8.
const UTF8: u16 = 1 << 11;

/// An archive in the making.
pub struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    files: u16,
    stamp: [u16; 2],
}

impl Archive {
    /// An empty one whose files are of a local time, 1980 or later.
    pub fn new(at: PrimitiveDateTime) -> Archive {
        let (date, time) = (at.date(), at.time());
        let years = u16::try_from(date.year() - 1980).unwrap_or_default();
        let day = years << 9 | u16::from(u8::from(date.month())) << 5 | u16::from(date.day());
        let time = u16::from(time.hour()) << 11 | u16::from(time.minute()) << 5 | u16::from(time.second() / 2);
        Archive { bytes: Vec::new(), directory: Vec::new(), files: 0, stamp: [time, day] }
    }

    /// Puts a file in.
    ///
    /// # Panics
    /// With more than 65,535 files or 4 GiB: whoever has so much needs another format.
    pub fn put(&mut self, name: &str, content: &[u8]) {
        let mut crc = Crc::new();
        crc.update(content);
        let packed = deflated(content).filter(|packed| packed.len() < content.len());
        let (method, data) = packed.as_deref().map_or((0_u16, content), |packed| (8, packed));
        let size = |length: usize| u32::try_from(length).expect("less than 4 GiB").to_le_bytes();
        let mut about = Vec::new();
        for word in [VERSION, UTF8, method, self.stamp[0], self.stamp[1]] {
            about.extend(word.to_le_bytes());
        }
        about.extend(crc.sum().to_le_bytes());
        about.extend(size(data.len()));
        about.extend(size(content.len()));
        about.extend(u16::try_from(name.len()).expect("a short name").to_le_bytes());
        about.extend(0_u16.to_le_bytes());

        let place = size(self.bytes.len());
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&about);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(data);

        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&about);
        // No comment, the first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(place);
        self.directory.extend(name.as_bytes());
        self.files = self.files.checked_add(1).expect("not so many files");
    }

    /// The whole of it.
    pub fn finish(mut self) -> Vec<u8> {
        let size = |length: usize| u32::try_from(length).expect("less than 4 GiB").to_le_bytes();
        let (place, length) = (size(self.bytes.len()), size(self.directory.len()));
        self.bytes.append(&mut self.directory);
        self.bytes.extend(b"PK\x05\x06");
        self.bytes.extend([0; 4]);
        self.bytes.extend(self.files.to_le_bytes());
        self.bytes.extend(self.files.to_le_bytes());
        self.bytes.extend(length);
        self.bytes.extend(place);
        self.bytes.extend([0; 2]);
        self.bytes
    }
}

fn deflated(content: &[u8]) -> Option<Vec<u8>> {
    let mut packed = Vec::with_capacity(content.len() + content.len() / 1000 + 64);
    Compress::new(Compression::new(6), false).compress_vec(content, &mut packed, FlushCompress::Finish).ok()?;
    Some(packed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;
    use time::macros::datetime;

    #[test]
    fn what_is_put_in_is_taken_out_by_others() {
        let long = "сума 1.61;".repeat(5000);
        let mut archive = Archive::new(datetime!(2026-11-23 14:05:30));
        archive.put("data.json", long.as_bytes());
        archive.put("виписка.pdf", b"%PDF");
        archive.put("empty", b"");
        let bytes = archive.finish();
        assert!(bytes.len() < 2000, "{}", bytes.len());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("archive.zip");
        std::fs::write(&file, &bytes).unwrap();
        let read = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
            print([(i.filename, i.file_size, i.compress_type, i.date_time) for i in z.infolist()])\n\
            sys.stdout.flush()\nassert z.read('data.json').decode() == 'сума 1.61;' * 5000";
        let told = Command::new("python3").args(["-c", read]).arg(&file).output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let at = "(2026, 11, 23, 14, 5, 30)";
        let size = long.len();
        let expected = format!("[('data.json', {size}, 8, {at}), ('виписка.pdf', 4, 0, {at}), ('empty', 0, 0, {at})]");
        assert_eq!(String::from_utf8_lossy(&told.stdout).trim(), expected);
    }
}
