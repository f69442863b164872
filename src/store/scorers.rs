//! Judges and reward models, and where their runs stand.

use rusqlite::{OptionalExtension as _, Row, params};

use super::rows::{json, to_json};
use super::{Read, Result, Write};
use crate::domain::{RewardFinding, Run, Scorer, ScorerId};

/// A scorer as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptScorer {
    /// The scorer.
    pub scorer: Scorer,
    /// What a look at its server showed.
    pub finding: Option<RewardFinding>,
    /// Where its run stands.
    pub run: Run,
    /// Not on the list: taken off it, or part of a calibration run. Its scores stay in the file.
    pub removed: bool,
}

impl Read<'_> {
    /// All scorers in the order in which they were added, removed ones too.
    pub fn scorers(&self) -> Result<Vec<KeptScorer>> {
        let mut statement =
            self.connection.prepare_cached("SELECT scorer, finding, run, removed FROM scorers ORDER BY number")?;
        let rows = statement.query_map([], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One of them.
    pub fn scorer(&self, scorer: ScorerId) -> Result<Option<KeptScorer>> {
        let sql = "SELECT scorer, finding, run, removed FROM scorers WHERE id = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([scorer.to_bytes()], from_row).optional()?)
    }
}

impl Write<'_> {
    /// Add a scorer, or put another state in its place.
    pub fn put_scorer(&self, kept: &KeptScorer) -> Result<()> {
        let sql = "INSERT INTO scorers (id, scorer, finding, run, removed) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (id) DO UPDATE SET scorer = ?2, finding = ?3, run = ?4, removed = ?5";
        self.connection.prepare_cached(sql)?.execute(params![
            kept.scorer.id.to_bytes(),
            to_json(&kept.scorer)?,
            kept.finding.as_ref().map(to_json).transpose()?,
            to_json(&kept.run)?,
            kept.removed,
        ])?;
        Ok(())
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<KeptScorer> {
    let finding = match row.get_ref(1)? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(json(row, 1)?),
    };
    Ok(KeptScorer { scorer: json(row, 0)?, finding, run: json(row, 2)?, removed: row.get(3)? })
}
