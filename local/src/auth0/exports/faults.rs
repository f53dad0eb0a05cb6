//! Faults that an export can show, from its job to the last byte of its file.

use serde::{Deserialize, Serialize};

/// What goes wrong with exports, as `PUT /_control/exports` takes it. `{}` turns every fault off.
///
/// They are looked at when a job is read and when a file is fetched, so they meet jobs that have begun, too.
/// Downloads are counted over all jobs since the faults were set; refused ones count. The `truncateTo` of listings
/// applies to exports besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent switches of a control route")]
pub struct ExportFaults {
    /// How long a job takes, in milliseconds.
    pub takes_ms: Option<u64>,
    /// A job fails when it should have been completed.
    pub fails: bool,
    /// A job stays in `processing`.
    pub hangs: bool,
    /// A job is 404 from its creation on.
    pub vanishes: bool,
    /// The first so many downloads answer 403, as if the link had expired.
    pub expired: Option<u64>,
    /// A proxy's HTML page instead of the file.
    pub html: bool,
    /// The file is not compressed.
    pub plain: bool,
    /// The file ends after so many bytes as they are sent, while the answer looks whole.
    pub cut_after: Option<u64>,
    /// How many downloads are cut. All, when absent.
    pub cut_times: Option<u64>,
    /// With `cutAfter`, the connection breaks there instead.
    pub breaks: bool,
    /// The file is whole for gzip, and ends in the middle of a line.
    pub half_line: bool,
    /// The file has only this many users, the eldest ones, and all else is whole.
    pub truncate_to: Option<usize>,
    /// Every user comes twice.
    pub twice: bool,
}

/// What becomes of one download.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent faults")]
pub(super) struct Download {
    pub(super) html: bool,
    pub(super) plain: bool,
    pub(super) cut_after: Option<u64>,
    pub(super) breaks: bool,
    pub(super) half_line: bool,
    pub(super) truncate_to: Option<usize>,
    pub(super) twice: bool,
}

impl ExportFaults {
    /// The `number`th download from 1 on; nothing if its link counts as expired. Cuts are counted from the first
    /// download that is not.
    pub(super) fn download(&self, number: u64) -> Option<Download> {
        let served = number.checked_sub(self.expired.unwrap_or(0)).filter(|served| *served > 0)?;
        let is_cut = self.cut_times.is_none_or(|times| served <= times);
        Some(Download {
            html: self.html,
            plain: self.plain,
            cut_after: self.cut_after.filter(|_| is_cut),
            breaks: self.breaks,
            half_line: self.half_line,
            truncate_to: self.truncate_to,
            twice: self.twice,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_first_downloads_passes() {
        let faults = ExportFaults {
            expired: Some(1),
            cut_after: Some(9),
            cut_times: Some(2),
            breaks: true,
            ..ExportFaults::default()
        };
        let cuts: Vec<_> = (1..=4).map(|number| faults.download(number).map(|it| it.cut_after)).collect();
        assert_eq!(cuts, [None, Some(Some(9)), Some(Some(9)), Some(None)]);
    }
}
