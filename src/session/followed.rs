//! Output files that are kept current after each confirm.
//!
//! Which lines of a file are this session's is known by their hashes, noted in the session file in the same transaction
//! as the label, before the data file is touched. So a kill between the two leaves the session knowing every line that
//! it may have written, and opening it again sets the file right (reconciles it): every line that equals one of the
//! session's goes, the lines that are due are added. Lines of others are never touched.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::actor::Actor;
use super::clerk::Clerk;
use super::snapshot::Followed;
use crate::domain::{FileFault, Group, GroupId, Label, PairPolicy, ReplyId, pairs};
use crate::formats::{RowHash, ms_swift};
use crate::store::{Change, Store, StoreError, Write};

/// The files that this session keeps current.
#[derive(Default)]
pub(super) struct Followers {
    files: Vec<File>,
}

struct File {
    shown: Followed,
    /// The clerk is setting the file right; edits that come meanwhile are taken up by doing it again.
    reconciling: bool,
    again: bool,
    /// Rows that were handed to the clerk for removal and are not reported yet: they go once.
    leaving: Vec<(GroupId, RowHash)>,
    /// Rows that are in the file and could not be noted as the session's: the next reconciling has to know them.
    unnoted: Vec<RowHash>,
}

impl File {
    fn new(path: PathBuf, rows: u64) -> Self {
        let shown = Followed { path, rows, fault: None };
        Self { shown, reconciling: false, again: false, leaving: Vec::new(), unnoted: Vec::new() }
    }
}

/// What a step means for the followed files: noted with the step, written after it.
#[derive(Default)]
pub(super) struct Pending {
    edits: Vec<FileEdit>,
}

/// A change of one followed file.
#[derive(Clone, Debug)]
pub(super) struct FileEdit {
    pub(super) path: PathBuf,
    pub(super) group: GroupId,
    pub(super) remove: Vec<RowHash>,
    pub(super) add: Vec<String>,
}

/// What became of a followed file.
pub(super) enum Outcome {
    /// An edit is in the file.
    Edited(FileEdit),
    /// The whole file was set right: these are the session's rows in it.
    Reconciled { path: PathBuf, rows: Vec<(GroupId, RowHash)> },
    /// The file could not be written.
    Failed { path: PathBuf, fault: FileFault },
}

impl Pending {
    /// Note the lines that are about to be written.
    pub(super) fn note(&self, write: &Write<'_>) -> Result<(), StoreError> {
        for edit in &self.edits {
            let hashes: Vec<[u8; 16]> = edit.add.iter().map(|line| RowHash::of(line).to_bytes()).collect();
            write.add_own_rows(&edit.path, edit.group, &hashes)?;
        }
        Ok(())
    }
}

impl Followers {
    pub(super) fn shown(&self) -> Arc<Vec<Followed>> {
        Arc::new(self.files.iter().map(|file| file.shown.clone()).collect())
    }

    /// What changed labels mean for each followed file.
    pub(super) fn prepare(&self, store: &Store, changes: &[Change]) -> Result<Pending, StoreError> {
        let mut edits = Vec::new();
        for file in &self.files {
            for change in changes {
                let Change::Label { group, annotator, after, .. } = change else { continue };
                let (add, remove) = store.read(|read| {
                    let Some(prompt) = read.group(*group)? else { return Ok((Vec::new(), Vec::new())) };
                    let mut labels = read.labels_of(*group)?;
                    labels.retain(|label| label.annotator != *annotator);
                    labels.extend(after.clone());
                    let mut add = Vec::new();
                    for label in &labels {
                        add.extend(rows(&prompt, &read.texts(*group, label.round)?, label, PairPolicy::All));
                    }
                    Ok((add, read.own_rows_of(&file.shown.path, *group)?))
                })?;
                let mut remove = remove.into_iter().map(RowHash::from_bytes).collect::<Vec<_>>();
                for (_, hash) in file.leaving.iter().filter(|(leaving, _)| leaving == group) {
                    if let Some(at) = remove.iter().position(|other| other == hash) {
                        remove.swap_remove(at);
                    }
                }
                if !add.is_empty() || !remove.is_empty() {
                    edits.push(FileEdit { path: file.shown.path.clone(), group: *group, remove, add });
                }
            }
        }
        Ok(Pending { edits })
    }

    /// Let the clerk write what was noted. A file with a fault is set right as a whole instead.
    pub(super) fn hand_over(&mut self, pending: Pending, clerk: &Clerk) {
        for edit in pending.edits {
            let Some(file) = self.find(&edit.path) else { continue };
            if file.reconciling || file.shown.fault.is_some() {
                file.reconcile(clerk);
            } else {
                file.leaving.extend(edit.remove.iter().map(|hash| (edit.group, *hash)));
                clerk.edit_followed(edit);
            }
        }
    }

    fn find(&mut self, path: &Path) -> Option<&mut File> {
        self.files.iter_mut().find(|file| file.shown.path == path)
    }
}

impl File {
    fn reconcile(&mut self, clerk: &Clerk) {
        if self.reconciling {
            self.again = true;
        } else {
            self.reconciling = true;
            clerk.reconcile(self.shown.path.clone(), self.unnoted.clone());
        }
    }
}

impl Actor {
    /// Take up the files that were followed when the session was closed. After a crash, or where one could not be
    /// written, they are set right.
    pub(super) fn open_followers(&mut self, recovered: bool) -> Result<(), StoreError> {
        let files = self.store.read(|read| {
            let mut files = Vec::new();
            for path in read.followed()? {
                let rows = read.own_rows(&path)?.len() as u64;
                files.push(File::new(path, rows));
            }
            Ok(files)
        })?;
        self.followers.files = files;
        if recovered || self.store.read(|read| read.outputs_behind())? {
            self.reconcile_followers();
        }
        Ok(())
    }

    /// Note, before the session is closed, whether all files are as they should be.
    pub(super) fn close_followers(&mut self) -> Result<(), StoreError> {
        let behind = self.followers.files.iter().any(|file| file.shown.fault.is_some() || file.reconciling);
        if behind == self.store.read(|read| read.outputs_behind())? {
            return Ok(());
        }
        self.store.write(|write| write.set_outputs_behind(behind))
    }

    /// Set every followed file right as a whole.
    pub(super) fn reconcile_followers(&mut self) {
        for file in &mut self.followers.files {
            file.reconcile(&self.clerk);
        }
    }

    pub(super) fn follow(&mut self, path: PathBuf) -> Result<(), StoreError> {
        if self.followers.find(&path).is_some() {
            return Ok(());
        }
        self.store.write(|write| write.follow(&path))?;
        let mut file = File::new(path, 0);
        file.reconcile(&self.clerk);
        self.followers.files.push(file);
        Ok(())
    }

    pub(super) fn unfollow(&mut self, path: &Path) -> Result<(), StoreError> {
        self.store.write(|write| write.unfollow(path))?;
        self.followers.files.retain(|file| file.shown.path != path);
        Ok(())
    }

    pub(super) fn take_followed(&mut self, outcome: Outcome) {
        let (path, done) = match outcome {
            Outcome::Edited(edit) => (edit.path.clone(), self.forget_removed(&edit).map_err(fault_of)),
            Outcome::Reconciled { path, rows } => {
                let noted = self.note_reconciled(&path, &rows).map_err(fault_of);
                (path, noted)
            }
            Outcome::Failed { path, fault } => (path, Err(fault)),
        };
        // No step of a person failed: it is the file that is told about.
        if let (Err(fault), Some(file)) = (done, self.followers.find(&path)) {
            (file.reconciling, file.again) = (false, false);
            // The next change sets the whole file right.
            file.leaving.clear();
            file.shown.fault = Some(fault);
        }
    }

    fn forget_removed(&mut self, edit: &FileEdit) -> Result<(), StoreError> {
        if !edit.remove.is_empty() {
            let hashes: Vec<[u8; 16]> = edit.remove.iter().map(|hash| hash.to_bytes()).collect();
            self.store.write(|write| write.remove_own_rows(&edit.path, edit.group, &hashes))?;
        }
        let (gone, come) = (edit.remove.len() as u64, edit.add.len() as u64);
        if let Some(file) = self.followers.find(&edit.path) {
            for hash in &edit.remove {
                if let Some(at) = file.leaving.iter().position(|leaving| *leaving == (edit.group, *hash)) {
                    file.leaving.swap_remove(at);
                }
            }
            file.shown.rows = (file.shown.rows + come).saturating_sub(gone);
        }
        Ok(())
    }

    fn note_reconciled(&mut self, path: &Path, rows: &[(GroupId, RowHash)]) -> Result<(), StoreError> {
        let Some(file) = self.followers.find(path) else { return Ok(()) };
        file.reconciling = false;
        file.unnoted.extend(rows.iter().map(|(_, hash)| *hash));
        if std::mem::take(&mut file.again) {
            file.reconcile(&self.clerk);
            return Ok(());
        }
        let mut by_group: HashMap<GroupId, Vec<[u8; 16]>> = HashMap::new();
        for (group, hash) in rows {
            by_group.entry(*group).or_default().push(hash.to_bytes());
        }
        self.store.write(|write| {
            write.clear_own_rows(path)?;
            for (group, hashes) in &by_group {
                write.add_own_rows(path, *group, hashes)?;
            }
            Ok(())
        })?;
        if let Some(file) = self.followers.find(path) {
            file.shown.rows = rows.len() as u64;
            file.shown.fault = None;
            file.unnoted.clear();
        }
        Ok(())
    }
}

fn fault_of(error: StoreError) -> FileFault {
    match error {
        StoreError::DiskFull => FileFault::DiskFull,
        other => FileFault::Other { said: other.to_string() },
    }
}

/// The lines of one labeled group.
pub(super) fn rows(group: &Group, texts: &[(ReplyId, String)], label: &Label, policy: PairPolicy) -> Vec<String> {
    let text_of = |id: ReplyId| texts.iter().find(|(of, _)| *of == id).map(|(_, text)| text.as_str());
    pairs(&label.verdict, policy, text_of)
        .into_iter()
        .filter_map(|pair| Some(ms_swift::row(&group.prompt, text_of(pair.chosen)?, text_of(pair.rejected)?)))
        .collect()
}
