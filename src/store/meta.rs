//! What there is once in a session: its name, its plan, where its job and its annotators stand.

use rusqlite::{OptionalExtension as _, params};

use super::rows::{json, to_json};
use super::{Read, Result, StoreError, Write};
use crate::domain::{AnnotatorId, JobPhase, Place, Plan, SessionId, title};

/// What a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its id.
    pub id: SessionId,
    /// As the person named it.
    pub title: String,
    /// When it was made.
    pub created_at: jiff::Timestamp,
}

impl Read<'_> {
    fn value(&self, key: &str) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    fn needed(&self, key: &str) -> Result<String> {
        self.value(key)?.ok_or_else(|| StoreError::Damaged { said: format!("no {key} in the table meta") })
    }

    /// What the session is.
    pub fn info(&self) -> Result<SessionInfo> {
        let broken = |error: &dyn std::fmt::Display| StoreError::Damaged { said: format!("table meta: {error}") };
        Ok(SessionInfo {
            id: self.needed("id")?.parse().map_err(|error| broken(&error))?,
            // A file that came from elsewhere may hold anything.
            title: title(&self.needed("title")?),
            created_at: self.needed("created_at")?.parse().map_err(|error| broken(&error))?,
        })
    }

    /// What the session is made from.
    pub fn plan(&self) -> Result<Plan> {
        self.value("plan")?.map_or_else(|| Ok(Plan::default()), |plan| parse("plan", &plan))
    }

    /// What the generation job was doing.
    pub fn phase(&self) -> Result<JobPhase> {
        self.value("phase")?.map_or(Ok(JobPhase::Idle), |phase| parse("phase", &phase))
    }

    pub(super) fn is_open(&self) -> Result<bool> {
        Ok(self.value("open")?.as_deref() == Some("1"))
    }

    /// Whether an output file that is kept current was left behind when the session was closed.
    pub fn outputs_behind(&self) -> Result<bool> {
        Ok(self.value("outputs_behind")?.as_deref() == Some("1"))
    }

    /// Where an annotator stopped. A place that cannot be read is none: it is no reason to keep a session shut.
    pub fn place(&self, annotator: AnnotatorId) -> Result<Option<Place>> {
        let mut statement = self.connection.prepare_cached("SELECT place FROM places WHERE annotator = ?1")?;
        match statement.query_row([annotator.to_bytes()], |row| json(row, 0)).optional() {
            Err(error @ rusqlite::Error::FromSqlConversionFailure(..)) => {
                tracing::warn!(%error, "the place where the annotator stopped cannot be read");
                Ok(None)
            }
            place => Ok(place?),
        }
    }
}

impl Write<'_> {
    fn put(&self, key: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2";
        self.connection.prepare_cached(sql)?.execute([key, value])?;
        Ok(())
    }

    pub(super) fn put_info(&self, info: &SessionInfo) -> Result<()> {
        self.put("id", &info.id.to_string())?;
        self.put("title", &info.title)?;
        self.put("created_at", &info.created_at.to_string())
    }

    /// Rename the session.
    pub fn set_title(&self, title: &str) -> Result<()> {
        self.put("title", title)
    }

    /// Replace the plan.
    pub fn set_plan(&self, plan: &Plan) -> Result<()> {
        self.put("plan", &to_json(plan)?)
    }

    /// Note what the generation job is doing.
    pub fn set_phase(&self, phase: JobPhase) -> Result<()> {
        self.put("phase", &to_json(&phase)?)
    }

    pub(super) fn set_open(&self, open: bool) -> Result<()> {
        self.put("open", if open { "1" } else { "0" })
    }

    /// Note whether an output file that is kept current is behind.
    pub fn set_outputs_behind(&self, behind: bool) -> Result<()> {
        self.put("outputs_behind", if behind { "1" } else { "0" })
    }

    /// Note where an annotator is.
    pub fn set_place(&self, annotator: AnnotatorId, place: &Place) -> Result<()> {
        let sql = "INSERT INTO places (annotator, place) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET place = ?2";
        self.connection.prepare_cached(sql)?.execute(params![annotator.to_bytes(), to_json(place)?])?;
        Ok(())
    }
}

fn parse<T: serde::de::DeserializeOwned>(key: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged { said: format!("{key}: {error}") })
}
