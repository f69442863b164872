//! What is written beside an export, and how it is loaded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::incoming::Format;
use super::write_whole;
use crate::domain::{FileFault, PairOrder, PairPolicy, SessionId, Threshold};

/// What an export is. Holds no time, so that exporting an unchanged session again gives the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Companion {
    /// The session's id.
    pub session_id: SessionId,
    /// The session's title.
    pub session_title: String,
    /// The format.
    pub format: Format,
    /// Which pairs were made.
    pub policy: PairPolicy,
    /// Labels that were read.
    pub groups: u64,
    /// Rows that were written.
    pub pairs: u64,
    /// Pairs left out because both texts are the same, or one is empty.
    pub left_out: u64,
    /// Whose order made the pairs.
    pub order: PairOrder,
    /// How sure machines had to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// Pairs left out because machines were not as sure.
    pub unsure: u64,
    /// The unit of each scorer whose margins were measured: its pooled standard deviation within groups.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, f64>,
    /// The Pairloom that wrote it.
    pub app_version: String,
}

/// Write `NAME.export.json` beside an export.
pub fn write_companion(export: &Path, companion: &Companion) -> Result<(), FileFault> {
    let stem = export.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let path: PathBuf = export.with_file_name(format!("{stem}.export.json"));
    write_whole(&path, |out| {
        serde_json::to_writer_pretty(&mut *out, companion)?;
        out.write_all(b"\n")
    })
}

/// The lines that load an export; none for an archive, which only Pairloom reads.
pub fn load_line(format: Format, path: &Path) -> Vec<String> {
    let dataset = format!("load_dataset(\"json\", data_files={:?})", path.display().to_string());
    match format {
        Format::MsSwift => vec![dataset, format!("swift rlhf --rlhf_type dpo --dataset {}", path.display())],
        Format::Trl
        | Format::TrlExplicit
        | Format::Cvalues
        | Format::Seed000
        | Format::Seed000Triplets
        | Format::Seed004 => vec![dataset],
        Format::Prompts | Format::Seed001Session | Format::Archive => Vec::new(),
    }
}
