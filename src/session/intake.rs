//! Groups that come in: from the plan's prompts, from files. They are written in parts, as a batch that is not shown, and
//! appear all at once when the last part is on disk. A batch that never was shown, because its import was cancelled,
//! failed or was killed, is taken out of the file again, part by part between the commands.

use std::path::PathBuf;
use std::sync::Arc;

use super::actor::Actor;
use super::reading::{Fingerprint, Incoming, fingerprint, size_of};
use super::snapshot::FileWork;
use crate::domain::{
    AnnotatorId, BatchId, Group, GroupId, Label, Mark, Notice, Origin, Problem, Prompt, Reply, ReplyId, RequestFailure,
    RequestFault, Run, Step, Tiers, Verdict,
};
use crate::formats::{ArchiveLine, Format, IncomingGroup, IncomingVerdict, Reading, RefusedRow};
use crate::store::{Change, KeptCall, KeptScorer, StoreError, Write};

/// Groups written, or taken out, in one transaction where nothing else bounds it.
const PART: u32 = 500;

/// An import under way.
#[derive(Default)]
pub(super) struct Intake {
    batch: BatchId,
    source: String,
    /// How far the clerk has read.
    reading: Arc<Reading>,
    /// The size of the file, in bytes.
    size: u64,
    groups: u64,
    replies: u64,
    duplicates: u64,
    /// Lines of an archive that say something of the session: they count once its groups appear.
    head: Vec<ArchiveLine>,
    stand: Stand,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Stand {
    #[default]
    Coming,
    /// Nobody wants it any more; what follows is passed over.
    Cancelled,
    /// A write failed, and the person was told; what follows is passed over.
    Failed,
}

/// A batch that is to leave the file.
pub(super) struct Leaving {
    batch: BatchId,
    /// What is told when it is gone.
    notice: Option<Notice>,
}

impl Actor {
    /// A group for each prompt that has none yet.
    pub(super) fn add_groups(&mut self, prompts: &[Prompt]) -> Result<(), StoreError> {
        let mut intake = Intake::default();
        let mut known = self.store.read(|read| read.fingerprints())?;
        for part in prompts.chunks(PART as usize) {
            let groups = part.iter().map(alone).map(|group| (fingerprint(&group), group));
            let fresh: Vec<_> = groups.filter(|(fingerprint, _)| known.insert(*fingerprint)).collect();
            if fresh.is_empty() {
                continue;
            }
            if let Err(error) = self.write_groups(&mut intake, fresh) {
                self.leave(intake.batch, None);
                return Err(error);
            }
        }
        if intake.groups == 0 {
            return Ok(());
        }
        let step = Step::Added { groups: intake.groups };
        self.bring_in(intake.batch, step)
    }

    /// Read a file behind and add what it holds, after the imports before.
    pub(super) fn import(&mut self, path: PathBuf, format: Option<Format>) {
        self.preview = None;
        self.waiting.push_back((path, format));
        self.import_next();
    }

    fn import_next(&mut self) {
        if self.intake.is_some() || !self.leaving.is_empty() {
            return;
        }
        let Some((path, format)) = self.waiting.pop_front() else { return };
        let source = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let intake = Intake { source, size: size_of(&path), ..Intake::default() };
        let share = Some(0.0);
        self.file_work = Some(FileWork { path: path.clone(), format, reading: true, groups: 0, share, leaving: false });
        self.clerk.import(path, format, Arc::clone(&intake.reading));
        self.intake = Some(intake);
    }

    /// Stop the import under way and forget those that wait.
    pub(super) fn cancel_import(&mut self) {
        self.waiting.clear();
        let Some(intake) = &mut self.intake else { return };
        intake.reading.stop();
        if intake.stand == Stand::Coming {
            intake.stand = Stand::Cancelled;
        }
        if let Some(work) = &mut self.file_work {
            work.leaving = true;
        }
    }

    pub(super) fn take_incoming(&mut self, incoming: Incoming) {
        let Some(mut intake) = self.intake.take() else { return };
        let taken = match incoming {
            Incoming::Groups { groups, duplicates } if intake.stand == Stand::Coming => {
                intake.duplicates += duplicates;
                self.write_groups(&mut intake, groups)
            }
            Incoming::Lines(lines) if intake.stand == Stand::Coming => self.write_lines(&mut intake, lines),
            Incoming::Groups { .. } | Incoming::Lines(_) => Ok(()),
            Incoming::End { refused } => return self.end_import(intake, refused),
            Incoming::Broken { path, fault } => {
                let told = Notice::Problem(Problem::File { path, fault });
                return self.give_up(intake, Some(told));
            }
        };
        if let Err(error) = taken {
            intake.reading.stop();
            intake.stand = Stand::Failed;
            self.report_store_error(error);
        }
        if let Some(work) = &mut self.file_work {
            work.groups = intake.groups + intake.duplicates;
            work.share = (intake.size > 0).then(|| (intake.reading.bytes() as f32 / intake.size as f32).min(1.0));
        }
        self.intake = Some(intake);
    }

    fn write_groups(
        &mut self,
        intake: &mut Intake,
        groups: Vec<(Fingerprint, IncomingGroup)>,
    ) -> Result<(), StoreError> {
        let (annotator, wanted) = (self.annotator.id, self.plan.replies.get());
        self.store.write(|write| {
            write.expect_batch(intake.batch)?;
            let first = write.next_number()?;
            for (number, (fingerprint, group)) in (first..).zip(groups) {
                intake.add(write, annotator, number, fingerprint, group, wanted)?;
            }
            Ok(())
        })
    }

    fn write_lines(&mut self, intake: &mut Intake, lines: Vec<ArchiveLine>) -> Result<(), StoreError> {
        self.store.write(|write| {
            write.expect_batch(intake.batch)?;
            for line in lines {
                intake.add_line(write, line)?;
            }
            Ok(())
        })
    }

    /// What an archive says of its session. `fresh`: there was no group yet, so that it makes this session that one.
    fn take_head(&mut self, head: Vec<ArchiveLine>, fresh: bool) -> Result<(), StoreError> {
        if head.is_empty() {
            return Ok(());
        }
        self.store.write(|write| {
            for line in &head {
                match line {
                    ArchiveLine::Annotator(annotator) => write.put_annotator(annotator)?,
                    ArchiveLine::Guidelines(guidelines)
                        if write.guidelines()?.is_none_or(|newest| newest.version < guidelines.version) =>
                    {
                        write.add_guidelines(guidelines)?;
                    }
                    _ => {}
                }
            }
            Ok(())
        })?;
        self.guidelines = self.store.read(|read| read.guidelines())?.map(Arc::new);
        for line in head {
            if let (true, ArchiveLine::Session { title, plan, .. }) = (fresh, line) {
                self.set_title(crate::domain::title(&title))?;
                if let Some(plan) = plan {
                    self.set_plan(plan)?;
                }
            }
        }
        Ok(())
    }

    fn end_import(&mut self, intake: Intake, refused: Vec<RefusedRow>) {
        if intake.stand != Stand::Coming {
            return self.give_up(intake, None);
        }
        let notice = Notice::Imported {
            file: intake.source.clone(),
            groups: intake.groups,
            replies: intake.replies,
            duplicates: intake.duplicates,
            refused: refused.len() as u64,
        };
        self.refused = Arc::new(refused);
        let fresh = self.queue.counts().total == 0;
        if intake.groups > 0 {
            let step = Step::Imported { groups: intake.groups, file: intake.source.clone() };
            if let Err(error) = self.bring_in(intake.batch, step) {
                self.report_store_error(error);
                return self.leave(intake.batch, None);
            }
        }
        if let Err(error) = self.take_head(intake.head, fresh) {
            self.report_store_error(error);
        }
        if intake.groups == 0 {
            return self.leave(intake.batch, Some(notice));
        }
        self.notify(notice);
        self.file_work = None;
        self.import_next();
    }

    /// Nothing of an import stays. `told` is why, where the person does not know yet.
    fn give_up(&mut self, intake: Intake, told: Option<Notice>) {
        let notice = match intake.stand {
            Stand::Coming => told,
            Stand::Cancelled => Some(Notice::ImportCancelled { file: intake.source }),
            Stand::Failed => None,
        };
        self.leave(intake.batch, notice);
    }

    fn leave(&mut self, batch: BatchId, notice: Option<Notice>) {
        if let Some(work) = &mut self.file_work {
            work.leaving = true;
        }
        self.leaving.push_back(Leaving { batch, notice });
    }

    /// Batches that a killed import left behind.
    pub(super) fn find_leaving(&mut self) -> Result<(), StoreError> {
        let batches = self.store.read(|read| read.arriving())?;
        self.leaving.extend(batches.into_iter().map(|batch| Leaving { batch, notice: None }));
        Ok(())
    }

    /// Take the next part of what leaves out of the file.
    pub(super) fn let_leave(&mut self) {
        let Some(batch) = self.leaving.front().map(|leaving| leaving.batch) else { return };
        let annotator = self.annotator.id;
        match self.store.write(|write| write.drop_arriving(batch, annotator, PART)) {
            Ok(false) => return,
            Ok(true) => {}
            // Nobody sees it, and the next opening tries again.
            Err(error) => self.report_store_error(error),
        }
        if let Some(notice) = self.leaving.pop_front().and_then(|leaving| leaving.notice) {
            self.notify(notice);
        }
        if self.leaving.is_empty() {
            self.file_work = self.file_work.take().filter(|work| !work.leaving);
            self.import_next();
        }
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
    /// Write one group that has no ids.
    fn add(
        &mut self,
        write: &Write<'_>,
        annotator: AnnotatorId,
        number: u64,
        fingerprint: Fingerprint,
        incoming: IncomingGroup,
        wanted: u32,
    ) -> Result<(), StoreError> {
        let count = incoming.replies.iter().filter(|reply| reply.edited_from.is_none()).count() as u32;
        let group = Group {
            id: GroupId::new(),
            number,
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
                None => Origin::Imported { source: self.source.clone(), model: reply.model, kind: reply.kind },
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
            ArchiveLine::Session { .. } | ArchiveLine::Guidelines(_) => {
                self.head.push(line);
                Ok(())
            }
            ArchiveLine::Annotator(ref annotator) => {
                write.know_annotator(annotator)?;
                self.head.push(line);
                Ok(())
            }
            ArchiveLine::Group(mut group) => {
                if write.batch_of(group.id)?.is_some() {
                    self.duplicates += 1;
                    return Ok(());
                }
                if write.number_taken(group.number)? {
                    group.number = write.next_number()?;
                }
                self.groups += 1;
                write.add_group(&group, fingerprint(&alone(&group.prompt)), self.batch)
            }
            ArchiveLine::Reply(reply) if self.brings(write, reply.group)? => {
                self.replies += u64::from(write.add_reply(&reply)?);
                Ok(())
            }
            ArchiveLine::Failure(failure) if self.brings(write, failure.group)? => write.put_failure(&failure),
            ArchiveLine::Label(label) if self.brings(write, label.group)? => write.set_label(&label),
            ArchiveLine::Mark { group, annotator, mark } if self.brings(write, group)? => {
                write.set_mark(group, annotator, &mark)
            }
            ArchiveLine::Writing { group, annotator, writing } if self.brings(write, group)? => {
                write.set_writing(group, annotator, &writing)
            }
            ArchiveLine::Draft { group, annotator, draft } if self.brings(write, group)? => {
                write.set_draft(group, annotator, &draft)
            }
            // The session's own state of a scorer stands before the archive's.
            ArchiveLine::Scorer { scorer, finding, removed } => match write.scorer(scorer.id)? {
                Some(_) => Ok(()),
                None => write.put_scorer(&KeptScorer { scorer, finding, run: Run::default(), removed }),
            },
            ArchiveLine::Call { group, scorer, round, revision, superseded, call } if self.brings(write, group)? => {
                write.add_call(group, &KeptCall { scorer, round, revision, superseded, call })
            }
            ArchiveLine::Judgement(judgement) if self.brings(write, judgement.group)? => {
                write.put_judgement(&judgement)
            }
            ArchiveLine::Pick(pick) if self.brings(write, pick.group)? => write.add_pick(&pick),
            ArchiveLine::Reveal { reveal, blind } if self.brings(write, reveal.group)? => {
                write.add_reveal(&reveal, blind.as_ref())
            }
            ArchiveLine::Repeat(repeat) if self.brings(write, repeat.group)? => write.set_repeat(&repeat),
            // The session's own design stands before the archive's: its picks follow from it.
            ArchiveLine::Design { annotator, design } => match write.design(annotator)? {
                Some(_) => Ok(()),
                None => write.set_design(annotator, &design),
            },
            // Lines of a group that is here already.
            ArchiveLine::Reply(_)
            | ArchiveLine::Failure(_)
            | ArchiveLine::Label(_)
            | ArchiveLine::Mark { .. }
            | ArchiveLine::Writing { .. }
            | ArchiveLine::Draft { .. }
            | ArchiveLine::Call { .. }
            | ArchiveLine::Judgement(_)
            | ArchiveLine::Pick(_)
            | ArchiveLine::Reveal { .. }
            | ArchiveLine::Repeat(_) => Ok(()),
        }
    }

    /// Whether a group came with this import, and not before it.
    fn brings(&self, write: &Write<'_>, group: GroupId) -> Result<bool, StoreError> {
        Ok(write.batch_of(group)? == Some(self.batch))
    }
}

/// A prompt that has no replies yet.
fn alone(prompt: &Prompt) -> IncomingGroup {
    IncomingGroup { line: 0, prompt: prompt.clone(), replies: Vec::new(), verdict: None }
}
