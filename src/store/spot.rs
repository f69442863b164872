//! Spot-checks: how groups were picked, which scores an annotator has seen, what they had said before, what they say
//! of groups that come again.

use rusqlite::{OptionalExtension as _, Row, params};

use super::batches::SHOWN;
use super::rows::{id, json, time, to_json};
use super::{Read, Result, StoreError, Write, groups};
use crate::domain::{AnnotatorId, Design, Group, GroupId, Label, Picked, Repeat, Reveal};

/// What an annotator says of a group, as agreement needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct BlindLabel {
    /// The group.
    pub group: Group,
    /// The verdict before any score was seen.
    pub blind: Label,
    /// The verdict now; `None` where it was taken back.
    pub now: Option<Label>,
    /// Scores of it were seen.
    pub is_revealed: bool,
}

impl Read<'_> {
    /// What an annotator said before seeing scores, of rounds that are shown, in the order of the groups' numbers.
    pub fn for_each_blind_label<E: From<StoreError>>(
        &self,
        annotator: AnnotatorId,
        mut each: impl FnMut(BlindLabel) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT {}, {}, reveals.blind, reveals.group_id IS NOT NULL
             FROM groups
             LEFT JOIN labels ON labels.group_id = groups.id AND labels.annotator = ?1 AND labels.round = groups.round
             LEFT JOIN reveals ON reveals.group_id = groups.id AND reveals.annotator = ?1 AND reveals.round = groups.round
             WHERE {SHOWN} AND (labels.group_id IS NOT NULL OR reveals.blind IS NOT NULL) ORDER BY groups.number",
            groups::COLUMNS,
            super::labels::COLUMNS
        );
        let mut statement = self.connection.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query([annotator.to_bytes()]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            if let Some(found) = blind_label(row).map_err(StoreError::from)? {
                each(found)?;
            }
        }
        Ok(())
    }

    /// The rounds of groups whose scores an annotator has seen.
    pub fn revealed(&self, annotator: AnnotatorId, mut each: impl FnMut(GroupId, u32)) -> Result<()> {
        let mut statement =
            self.connection.prepare_cached("SELECT group_id, round FROM reveals WHERE annotator = ?1")?;
        let mut rows = statement.query([annotator.to_bytes()])?;
        while let Some(row) = rows.next()? {
            each(id(row, 0, GroupId::from_bytes)?, row.get(1)?);
        }
        Ok(())
    }

    /// All of a group's.
    pub fn reveals_of(&self, group: GroupId) -> Result<Vec<(Reveal, Option<Label>)>> {
        let sql = format!("SELECT {REVEAL} FROM reveals WHERE group_id = ?1 ORDER BY annotator, round");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([group.to_bytes()], reveal)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Everything that was picked for an annotator, in the order of picking.
    pub fn picks(&self, annotator: AnnotatorId) -> Result<Vec<Picked>> {
        let sql = format!("SELECT {PICK} FROM picks WHERE annotator = ?1 ORDER BY batch, group_id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([annotator.to_bytes()], picked)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// All picks of a group.
    pub fn picks_of(&self, group: GroupId) -> Result<Vec<Picked>> {
        let sql = format!("SELECT {PICK} FROM picks WHERE group_id = ?1 ORDER BY annotator, batch");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([group.to_bytes()], picked)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How an annotator's random picks are drawn; `None` before the first.
    pub fn design(&self, annotator: AnnotatorId) -> Result<Option<Design>> {
        let sql = "SELECT design FROM designs WHERE annotator = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([annotator.to_bytes()], |row| json(row, 0)).optional()?)
    }

    /// Every annotator's.
    pub fn designs(&self) -> Result<Vec<(AnnotatorId, Design)>> {
        let mut statement =
            self.connection.prepare_cached("SELECT annotator, design FROM designs ORDER BY annotator")?;
        let rows = statement.query_map([], |row| Ok((id(row, 0, AnnotatorId::from_bytes)?, json(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Groups that came again for an annotator.
    pub fn repeats(&self, annotator: AnnotatorId) -> Result<Vec<Repeat>> {
        let sql = format!("SELECT {REPEAT} FROM repeats WHERE annotator = ?1 ORDER BY group_id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([annotator.to_bytes()], repeat)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether a group came again for an annotator, and what was said of it then.
    pub fn repeat(&self, group: GroupId, annotator: AnnotatorId) -> Result<Option<Repeat>> {
        let sql = format!("SELECT {REPEAT} FROM repeats WHERE group_id = ?1 AND annotator = ?2");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row([group.to_bytes(), annotator.to_bytes()], repeat).optional()?)
    }

    /// Groups with a label of an annotator that came with a file: nobody decided it here.
    pub fn imported_labels(&self, annotator: AnnotatorId, mut each: impl FnMut(GroupId)) -> Result<()> {
        let sql = "SELECT group_id FROM labels WHERE annotator = ?1 AND seconds <= 0";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([annotator.to_bytes()])?;
        while let Some(row) = rows.next()? {
            each(id(row, 0, GroupId::from_bytes)?);
        }
        Ok(())
    }

    /// An annotator's labels of rounds that are shown, the oldest first. Without those that came with a file.
    pub fn labeled_in_order(&self, annotator: AnnotatorId) -> Result<Vec<GroupId>> {
        let sql = format!(
            "SELECT labels.group_id, labels.labeled_at FROM labels JOIN groups ON groups.id = labels.group_id
                AND groups.round = labels.round WHERE labels.annotator = ?1 AND labels.seconds > 0 AND {SHOWN}
                ORDER BY groups.number"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows =
            statement.query_map([annotator.to_bytes()], |row| Ok((time(row, 1)?, id(row, 0, GroupId::from_bytes)?)))?;
        let mut labeled: Vec<(jiff::Timestamp, GroupId)> = rows.collect::<rusqlite::Result<_>>()?;
        labeled.sort_by_key(|(at, _)| *at);
        Ok(labeled.into_iter().map(|(_, group)| group).collect())
    }

    /// All repeats of a group.
    pub fn repeats_of(&self, group: GroupId) -> Result<Vec<Repeat>> {
        let sql = format!("SELECT {REPEAT} FROM repeats WHERE group_id = ?1 ORDER BY annotator");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([group.to_bytes()], repeat)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Note that an annotator sees scores of a round; the first time counts.
    pub fn add_reveal(&self, reveal: &Reveal, blind: Option<&Label>) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO reveals (group_id, annotator, round, at, blind) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.connection.prepare_cached(sql)?.execute(params![
            reveal.group.to_bytes(),
            reveal.annotator.to_bytes(),
            reveal.round,
            reveal.at.to_string(),
            blind.map(to_json).transpose()?,
        ])?;
        Ok(())
    }

    /// Before a label makes room: where its scores were seen, what was said first stays.
    pub(super) fn keep_blind(&self, group: GroupId, annotator: AnnotatorId) -> Result<()> {
        let there = "SELECT 1 FROM reveals WHERE group_id = ?1 AND annotator = ?2 AND blind IS NULL LIMIT 1";
        let of = [group.to_bytes(), annotator.to_bytes()];
        if self.connection.prepare_cached(there)?.query_row(of, |_| Ok(())).optional()?.is_none() {
            return Ok(());
        }
        let Some(label) = self.label(group, annotator)? else { return Ok(()) };
        let sql =
            "UPDATE reveals SET blind = ?4 WHERE group_id = ?1 AND annotator = ?2 AND round = ?3 AND blind IS NULL";
        let of = params![group.to_bytes(), annotator.to_bytes(), label.round, to_json(&label)?];
        self.connection.prepare_cached(sql)?.execute(of)?;
        Ok(())
    }

    /// Note a pick. One of the same kind for the same group and annotator stays as it was drawn, and moves to the
    /// new batch and to the round that is there now.
    pub fn add_pick(&self, pick: &Picked) -> Result<()> {
        let sql = "INSERT INTO picks (group_id, annotator, round, draw, batch, stratum, chance, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET batch = ?5, round = ?3";
        self.connection.prepare_cached(sql)?.execute(params![
            pick.group.to_bytes(),
            pick.annotator.to_bytes(),
            pick.round,
            to_json(&pick.draw)?,
            pick.batch,
            pick.stratum.as_ref().map(to_json).transpose()?,
            pick.chance,
            pick.at.to_string(),
        ])?;
        Ok(())
    }

    /// Keep how an annotator's random picks are drawn.
    pub fn set_design(&self, annotator: AnnotatorId, design: &Design) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO designs (annotator, design) VALUES (?1, ?2)";
        self.connection.prepare_cached(sql)?.execute(params![annotator.to_bytes(), to_json(design)?])?;
        Ok(())
    }

    pub(super) fn remove_repeat(&self, group: GroupId, annotator: AnnotatorId) -> Result<()> {
        let sql = "DELETE FROM repeats WHERE group_id = ?1 AND annotator = ?2";
        self.connection.prepare_cached(sql)?.execute([group.to_bytes(), annotator.to_bytes()])?;
        Ok(())
    }

    /// Let a group come again, or keep what was said of it then.
    pub fn set_repeat(&self, repeat: &Repeat) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO repeats (group_id, annotator, round, label) VALUES (?1, ?2, ?3, ?4)";
        self.connection.prepare_cached(sql)?.execute(params![
            repeat.group.to_bytes(),
            repeat.annotator.to_bytes(),
            repeat.round,
            repeat.label.as_ref().map(to_json).transpose()?,
        ])?;
        Ok(())
    }
}

const REVEAL: &str = "group_id, annotator, round, at, blind";
const PICK: &str = "group_id, annotator, round, draw, batch, stratum, chance, at";
const REPEAT: &str = "group_id, annotator, round, label";

fn is_null(row: &Row<'_>, column: usize) -> rusqlite::Result<bool> {
    Ok(row.get_ref(column)? == rusqlite::types::ValueRef::Null)
}

fn reveal(row: &Row<'_>) -> rusqlite::Result<(Reveal, Option<Label>)> {
    let blind = if is_null(row, 4)? { None } else { Some(json(row, 4)?) };
    let (group, annotator) = (id(row, 0, GroupId::from_bytes)?, id(row, 1, AnnotatorId::from_bytes)?);
    Ok((Reveal { group, annotator, round: row.get(2)?, at: time(row, 3)? }, blind))
}

fn picked(row: &Row<'_>) -> rusqlite::Result<Picked> {
    Ok(Picked {
        group: id(row, 0, GroupId::from_bytes)?,
        annotator: id(row, 1, AnnotatorId::from_bytes)?,
        round: row.get(2)?,
        draw: json(row, 3)?,
        batch: row.get(4)?,
        stratum: if is_null(row, 5)? { None } else { Some(json(row, 5)?) },
        chance: row.get(6)?,
        at: time(row, 7)?,
    })
}

fn repeat(row: &Row<'_>) -> rusqlite::Result<Repeat> {
    Ok(Repeat {
        group: id(row, 0, GroupId::from_bytes)?,
        annotator: id(row, 1, AnnotatorId::from_bytes)?,
        round: row.get(2)?,
        label: if is_null(row, 3)? { None } else { Some(json(row, 3)?) },
    })
}

/// Columns: the group's seven, the label's seven, the blind label, whether its scores were seen.
fn blind_label(row: &Row<'_>) -> rusqlite::Result<Option<BlindLabel>> {
    let now = if is_null(row, 7)? { None } else { Some(super::labels::from_row(row, 7)?) };
    let before: Option<Label> = if is_null(row, 14)? { None } else { Some(json(row, 14)?) };
    let Some(blind) = before.or_else(|| now.clone()) else { return Ok(None) };
    Ok(Some(BlindLabel { group: groups::from_row(row)?, blind, now, is_revealed: row.get(15)? }))
}
