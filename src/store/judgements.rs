//! What scorers made of groups: one row for each scorer and each set of replies.

use rusqlite::{OptionalExtension as _, params};

use super::batches::SHOWN;
use super::rows::{id, json, to_json};
use super::{Read, Result, StoreError, Write, groups};
use crate::domain::{Group, GroupId, Judgement, Reply, ReplyId, Revision, ScorerId};

impl Read<'_> {
    /// The replies of a round that scorers look at, by slot: those that were asked for or imported, not those of people.
    pub fn scored_replies(&self, group: GroupId, round: u32, wanted: u32) -> Result<Vec<Reply>> {
        let mut replies = self.shown_replies(group, round)?;
        replies.retain(|reply| reply.slot < wanted);
        Ok(replies)
    }

    /// What a scorer made of the replies that are shown.
    pub fn judgement(&self, group: GroupId, scorer: ScorerId) -> Result<Option<Judgement>> {
        let sql =
            "SELECT judgement FROM judgements JOIN groups ON groups.id = group_id AND groups.round = judgements.round
            WHERE group_id = ?1 AND scorer = ?2 AND stale = 0";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([group.to_bytes(), scorer.to_bytes()], |row| json(row, 0)).optional()?)
    }

    /// How many replies of a group a scorer gave no score; `None` where it has not looked at those that are shown.
    pub fn missing_scores(&self, group: GroupId, scorer: ScorerId) -> Result<Option<u32>> {
        let sql =
            "SELECT missing FROM judgements JOIN groups ON groups.id = group_id AND groups.round = judgements.round
            WHERE group_id = ?1 AND scorer = ?2 AND stale = 0";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([group.to_bytes(), scorer.to_bytes()], |row| row.get(0)).optional()?)
    }

    /// Groups that a scorer has looked at as they are shown, with the number of replies without a score.
    pub fn judged(&self, scorer: ScorerId, mut each: impl FnMut(GroupId, u32)) -> Result<()> {
        // All of it stands in the index.
        let sql = format!(
            "SELECT judgements.group_id, judgements.missing FROM judgements CROSS JOIN groups
             ON groups.id = judgements.group_id AND groups.round = judgements.round
             WHERE judgements.scorer = ?1 AND judgements.stale = 0 AND {SHOWN}"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([scorer.to_bytes()])?;
        while let Some(row) = rows.next()? {
            each(id(row, 0, GroupId::from_bytes)?, row.get(1)?);
        }
        Ok(())
    }

    /// What a scorer made of the replies that are shown, in the order of the groups' numbers.
    pub fn for_each_judgement<E: From<StoreError>>(
        &self,
        scorer: ScorerId,
        mut each: impl FnMut(Group, Judgement) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT {}, judgements.judgement FROM groups CROSS JOIN judgements
             ON judgements.group_id = groups.id AND judgements.scorer = ?1 AND judgements.stale = 0
                 AND judgements.round = groups.round
             WHERE {SHOWN} ORDER BY groups.number",
            groups::COLUMNS
        );
        let mut statement = self.connection.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query([scorer.to_bytes()]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let group = groups::from_row(row).map_err(StoreError::from)?;
            let judgement = json(row, 7).map_err(StoreError::from)?;
            each(group, judgement)?;
        }
        Ok(())
    }

    /// Every judgement of a group.
    pub fn all_judgements(&self, group: GroupId) -> Result<Vec<Judgement>> {
        let sql = "SELECT judgement FROM judgements WHERE group_id = ?1 ORDER BY scorer, revision";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([group.to_bytes()], |row| json(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn shown_revision(&self, group: GroupId, round: u32) -> Result<Revision> {
        let sql = "SELECT replies.id FROM replies JOIN groups ON groups.id = group_id
            WHERE group_id = ?1 AND replies.round = ?2 AND hidden = 0 AND slot < wanted ORDER BY slot";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![group.to_bytes(), round], |row| id(row, 0, ReplyId::from_bytes))?;
        let replies: Vec<ReplyId> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(Revision::of(replies))
    }
}

impl Write<'_> {
    /// Keep a judgement, in place of an earlier one of the same replies.
    pub fn put_judgement(&self, judgement: &Judgement) -> Result<()> {
        let revision = judgement.revision();
        let stale = self.shown_revision(judgement.group, judgement.round)? != revision;
        let sql = "INSERT OR REPLACE INTO judgements (group_id, scorer, round, revision, stale, missing, judgement)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.connection.prepare_cached(sql)?.execute(params![
            judgement.group.to_bytes(),
            judgement.scorer.to_bytes(),
            judgement.round,
            revision.0.cast_signed(),
            stale,
            judgement.missing(),
            to_json(judgement)?,
        ])?;
        Ok(())
    }

    /// Other replies of a round are shown than before: judgements of those that are not are stale, others count again.
    pub fn replies_changed(&self, group: GroupId, round: u32) -> Result<()> {
        let there = "SELECT 1 FROM judgements WHERE group_id = ?1 AND round = ?2 LIMIT 1";
        let of = params![group.to_bytes(), round];
        if self.connection.prepare_cached(there)?.query_row(of, |_| Ok(())).optional()?.is_none() {
            return Ok(());
        }
        let revision = self.shown_revision(group, round)?;
        let sql = "UPDATE judgements SET stale = (revision <> ?3) WHERE group_id = ?1 AND round = ?2";
        let of = params![group.to_bytes(), round, revision.0.cast_signed()];
        self.connection.prepare_cached(sql)?.execute(of)?;
        Ok(())
    }

    /// Forget the judgements of a scorer that lack a score, so that what is missing is asked for again; their groups.
    pub fn reopen_missing(&self, scorer: ScorerId) -> Result<Vec<GroupId>> {
        let sql = "DELETE FROM judgements WHERE scorer = ?1 AND stale = 0 AND missing > 0 RETURNING group_id, revision";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([scorer.to_bytes()], |row| {
            let revision = Revision(row.get::<_, i64>(1)?.cast_unsigned());
            Ok((id(row, 0, GroupId::from_bytes)?, revision))
        })?;
        let reopened: Vec<(GroupId, Revision)> = rows.collect::<rusqlite::Result<_>>()?;
        for (group, revision) in &reopened {
            self.supersede_undecided(*group, scorer, *revision)?;
        }
        Ok(reopened.into_iter().map(|(group, _)| group).collect())
    }
}
