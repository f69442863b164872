//! Groups that come in: from the plan's prompts, from files. They are written in parts, withdrawn at first, and appear
//! all at once when the last part is on disk; so a file that turns out broken, or a kill, leaves nothing half-imported.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::actor::Actor;
use super::snapshot::FileWork;
use crate::domain::{
    AnnotatorId, BatchId, FileFault, Group, GroupId, Guidelines, Label, Mark, Notice, Origin, Plan, Problem, Prompt,
    Reply, ReplyId, RequestFailure, RequestFault, Step, Tiers, Verdict, title,
};
use crate::formats::{ArchiveLine, Format, IncomingGroup, IncomingVerdict, RefusedRow};
use crate::store::{Change, StoreError, Write};

/// Groups written in one transaction.
const PART: usize = 500;

/// What the clerk hands over while it reads a file.
pub(super) enum Incoming {
    /// Some groups of a file that has no ids.
    Groups(Vec<IncomingGroup>),
    /// Some lines of an archive.
    Lines(Vec<ArchiveLine>),
    /// The file was read to its end.
    End { refused: Vec<RefusedRow> },
    /// The file cannot be imported.
    Broken { path: PathBuf, fault: FileFault },
}

/// An import under way.
#[derive(Default)]
pub(super) struct Intake {
    batch: BatchId,
    source: String,
    groups: u64,
    replies: u64,
    duplicates: u64,
    /// Fingerprints of groups that this import already wrote; withdrawn as yet, so the file does not find them.
    seen: HashSet<[u8; 16]>,
    /// Groups of an archive that are already here: their lines are passed over.
    known: HashSet<GroupId>,
    /// What an archive says of the whole session: it counts when all of the archive was read.
    head: Option<(String, Option<Plan>)>,
    guidelines: Vec<Guidelines>,
    /// The first write that failed; what follows is passed over and the batch stays withdrawn. It is told at the end
    /// of the file, when the import can be asked for again.
    failed: Option<StoreError>,
}

impl Actor {
    /// A group for each prompt that has none yet.
    pub(super) fn add_groups(&mut self, prompts: &[Prompt]) -> Result<(), StoreError> {
        let wanted = self.plan.replies.get();
        let mut intake = Intake::default();
        for part in prompts.chunks(PART) {
            let annotator = self.annotator.id;
            self.store.write(|write| {
                for prompt in part {
                    let group = IncomingGroup { line: 0, prompt: prompt.clone(), replies: Vec::new(), verdict: None };
                    intake.add(write, annotator, group, wanted)?;
                }
                write.set_withdrawn(intake.batch, true).map(drop)
            })?;
        }
        if intake.groups == 0 {
            return Ok(());
        }
        let step = Step::Added { groups: intake.groups };
        self.bring_in(intake.batch, step)
    }

    /// Read a file behind and add what it holds.
    pub(super) fn import(&mut self, path: PathBuf, format: Option<Format>) {
        if self.intake.is_some() {
            return;
        }
        let source = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        self.intake = Some(Intake { source, ..Intake::default() });
        self.preview = None;
        self.file_work = Some(FileWork { path: path.clone(), format, reading: true, groups: 0 });
        self.clerk.import(path, format);
    }

    pub(super) fn take_incoming(&mut self, incoming: Incoming) {
        let Some(mut intake) = self.intake.take() else { return };
        let taken = match incoming {
            Incoming::Groups(groups) if intake.failed.is_none() => self.write_groups(&mut intake, groups),
            Incoming::Lines(lines) if intake.failed.is_none() => self.write_lines(&mut intake, lines),
            Incoming::Groups(_) | Incoming::Lines(_) => Ok(()),
            Incoming::End { refused } => {
                self.file_work = None;
                let done = intake.failed.take().map_or_else(|| self.finish_import(intake, refused), Err);
                if let Err(error) = done {
                    self.report_store_error(error);
                }
                return;
            }
            Incoming::Broken { path, fault } => {
                self.file_work = None;
                match intake.failed {
                    Some(error) => self.report_store_error(error),
                    None => self.notify(Notice::Problem(Problem::File { path, fault })),
                }
                return;
            }
        };
        intake.failed = taken.err().or(intake.failed);
        if let Some(work) = &mut self.file_work {
            work.groups = intake.groups + intake.duplicates;
        }
        self.intake = Some(intake);
    }

    fn write_groups(&mut self, intake: &mut Intake, groups: Vec<IncomingGroup>) -> Result<(), StoreError> {
        let (annotator, wanted) = (self.annotator.id, self.plan.replies.get());
        self.store.write(|write| {
            for group in groups {
                intake.add(write, annotator, group, wanted)?;
            }
            write.set_withdrawn(intake.batch, true).map(drop)
        })
    }

    fn write_lines(&mut self, intake: &mut Intake, lines: Vec<ArchiveLine>) -> Result<(), StoreError> {
        self.store.write(|write| {
            for line in lines {
                intake.add_line(write, line)?;
            }
            write.set_withdrawn(intake.batch, true).map(drop)
        })
    }

    fn finish_import(&mut self, mut intake: Intake, refused: Vec<RefusedRow>) -> Result<(), StoreError> {
        let fresh = self.queue.counts().total == 0;
        if !intake.guidelines.is_empty() {
            self.store.write(|write| {
                for guidelines in &intake.guidelines {
                    if write.guidelines()?.is_none_or(|newest| newest.version < guidelines.version) {
                        write.add_guidelines(guidelines)?;
                    }
                }
                Ok(())
            })?;
            self.guidelines = self.store.read(|read| read.guidelines())?.map(Arc::new);
        }
        if intake.groups > 0 {
            let step = Step::Imported { groups: intake.groups, file: intake.source.clone() };
            self.bring_in(intake.batch, step)?;
        }
        // An archive read into an empty session makes it that session again.
        if let (true, Some((long, plan))) = (fresh, intake.head.take()) {
            self.set_title(title(&long))?;
            if let Some(plan) = plan {
                self.set_plan(plan)?;
            }
        }
        self.notify(Notice::Imported {
            file: intake.source,
            groups: intake.groups,
            replies: intake.replies,
            duplicates: intake.duplicates,
            refused: refused.len() as u64,
        });
        self.refused = Arc::new(refused);
        Ok(())
    }

    /// Let a batch appear: one transaction, one journal entry.
    fn bring_in(&mut self, batch: BatchId, step: Step) -> Result<(), StoreError> {
        let annotator = self.annotator.id;
        let change = Change::Batch { batch, withdrawn_before: true, withdrawn_after: false };
        self.store.write(|write| {
            write.set(&change)?;
            write.push_entry(annotator, &step, None, std::slice::from_ref(&change))
        })?;
        self.after_commit(std::slice::from_ref(&change))?;
        if self.place.group.is_none() {
            let next = self.queue.next_unlabeled(None);
            self.visit(next);
        }
        self.reconcile_followers();
        Ok(())
    }
}

impl Intake {
    /// Write one group that has no ids, unless the same prompt with the same replies is there.
    fn add(
        &mut self,
        write: &Write<'_>,
        annotator: AnnotatorId,
        incoming: IncomingGroup,
        wanted: u32,
    ) -> Result<(), StoreError> {
        let fingerprint = fingerprint(&incoming);
        if !self.seen.insert(fingerprint) || write.has_fingerprint(fingerprint)? {
            self.duplicates += 1;
            return Ok(());
        }
        let count = incoming.replies.iter().filter(|reply| reply.edited_from.is_none()).count() as u32;
        let group = Group {
            id: GroupId::new(),
            number: write.next_number()?,
            prompt: incoming.prompt,
            wanted: if count == 0 { wanted } else { count },
            round: 0,
        };
        write.add_group(&group, fingerprint, self.batch)?;
        self.groups += 1;
        let now = jiff::Timestamp::now();
        let mut ids: Vec<Option<ReplyId>> = Vec::with_capacity(incoming.replies.len());
        let mut places = (0..count, count..);
        for reply in incoming.replies {
            let slot = if reply.edited_from.is_none() { places.0.next() } else { places.1.next() };
            let slot = slot.unwrap_or(count);
            if reply.error || reply.text.trim().is_empty() {
                let fault = if reply.error {
                    RequestFault::BrokeOff { said: reply.text }
                } else {
                    RequestFault::EmptyReply { finish_reason: "imported".to_owned() }
                };
                write.put_failure(&RequestFailure { group: group.id, round: 0, slot, fault, at: now })?;
                ids.push(None);
                continue;
            }
            let origin = match reply.edited_from {
                Some(parent) => Origin::Written { annotator, parent: ids.get(parent).copied().flatten() },
                None => Origin::Imported { source: self.source.clone(), model: reply.model },
            };
            let id = ReplyId::new();
            let (text, created_at) = (reply.text, now);
            write.add_reply(&Reply {
                id,
                group: group.id,
                round: 0,
                slot,
                text,
                reasoning: None,
                origin,
                created_at,
                hidden: false,
            })?;
            self.replies += 1;
            ids.push(Some(id));
        }
        match incoming.verdict {
            Some(IncomingVerdict::Ranked { chosen, rejected }) => {
                let named = |indexes: Vec<usize>| -> Vec<ReplyId> {
                    indexes.into_iter().filter_map(|index| ids.get(index).copied().flatten()).collect()
                };
                let tiers = [named(chosen), named(rejected)].into_iter().filter(|tier| !tier.is_empty()).collect();
                if let Ok(tiers) = Tiers::new(tiers) {
                    write.set_label(&Label {
                        group: group.id,
                        annotator,
                        round: 0,
                        verdict: Verdict::Ranked(tiers),
                        guidelines: None,
                        seconds: 0.0,
                        labeled_at: now,
                    })?;
                }
            }
            Some(IncomingVerdict::Skipped) => {
                let skip_order = write.next_skip_order(annotator)?;
                write.set_mark(group.id, annotator, &Mark { skips: 1, skip_order, ..Mark::default() })?;
            }
            None => {}
        }
        Ok(())
    }

    /// Write one line of an archive as it is, ids kept. A group that is here already keeps what it has.
    fn add_line(&mut self, write: &Write<'_>, line: ArchiveLine) -> Result<(), StoreError> {
        match line {
            ArchiveLine::Session { title, plan, .. } => {
                self.head = Some((title, plan));
                Ok(())
            }
            ArchiveLine::Annotator(annotator) => write.put_annotator(&annotator),
            ArchiveLine::Guidelines(guidelines) => {
                self.guidelines.push(guidelines);
                Ok(())
            }
            ArchiveLine::Group(mut group) => {
                if write.group(group.id)?.is_some() {
                    self.known.insert(group.id);
                    self.duplicates += 1;
                    return Ok(());
                }
                if write.number_taken(group.number)? {
                    group.number = write.next_number()?;
                }
                let alone = IncomingGroup { line: 0, prompt: group.prompt.clone(), replies: Vec::new(), verdict: None };
                self.groups += 1;
                write.add_group(&group, fingerprint(&alone), self.batch)
            }
            ArchiveLine::Reply(reply) if !self.known.contains(&reply.group) => {
                self.replies += u64::from(write.add_reply(&reply)?);
                Ok(())
            }
            ArchiveLine::Failure(failure) if !self.known.contains(&failure.group) => write.put_failure(&failure),
            ArchiveLine::Label(label) if !self.known.contains(&label.group) => write.set_label(&label),
            ArchiveLine::Mark { group, annotator, mark } if !self.known.contains(&group) => {
                write.set_mark(group, annotator, &mark)
            }
            ArchiveLine::Writing { group, annotator, writing } if !self.known.contains(&group) => {
                write.set_writing(group, annotator, &writing)
            }
            ArchiveLine::Draft { group, annotator, draft } if !self.known.contains(&group) => {
                write.set_draft(group, annotator, &draft)
            }
            // Lines of a group that is here already.
            ArchiveLine::Reply(_)
            | ArchiveLine::Failure(_)
            | ArchiveLine::Label(_)
            | ArchiveLine::Mark { .. }
            | ArchiveLine::Writing { .. }
            | ArchiveLine::Draft { .. } => Ok(()),
        }
    }
}

/// The same prompt with the same replies gives the same fingerprint, whichever file it comes from.
fn fingerprint(group: &IncomingGroup) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    let Prompt { system, history, user } = &group.prompt;
    add(system.as_deref().unwrap_or(""));
    add(user);
    for turn in history {
        add(turn.role.as_str());
        add(&turn.text);
    }
    add("replies");
    for reply in &group.replies {
        add(&reply.text);
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}
