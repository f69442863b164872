//! Which wish is carried out where, and what is done with reports.

use std::sync::Arc;

use super::Command;
use super::actor::Actor;
use super::clerk::Report;
use super::snapshot::{Nearby, Preview};
use crate::domain::{Notice, StoreFault, title};

impl Actor {
    /// Do what a view asks for. What fails is told, and changed nothing.
    pub(super) fn carry_out(&mut self, command: Command) {
        let done = match command {
            Command::Check { group, reply, checked } => self.check(group, reply, checked),
            Command::Confirm { group, seconds } => self.confirm(group, seconds),
            Command::NoneAcceptable { group, seconds } => self.none_acceptable(group, seconds),
            Command::Skip { group } => self.skip(group),
            Command::SetFlag { group, flagged } => self.set_flag(group, flagged),
            Command::SetNote { group, note } => self.set_note(group, note),
            Command::SetLater { group, later } => self.set_later(group, later),
            Command::Regenerate { group } => self.regenerate(group),
            Command::RegenerateOne { group, reply } => self.regenerate_one(group, reply),
            Command::SetWriting { group, parent, text } => self.set_writing(group, parent, text),
            Command::Take { group, parent, text, confirm } => self.take(group, parent, text, confirm),
            Command::Unfold { group } => {
                self.unfolded = Some(group);
                self.bodies.remove(&group);
                Ok(())
            }
            Command::SetGuidelines(text) => self.set_guidelines(text),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Next => self.go_next(),
            Command::Previous => self.go_previous(),
            Command::Go(group) => self.go(group),
            Command::GoToNumber(number) => self.go_to_number(number),
            Command::GoToUnlabeled => self.go_to_unlabeled(),
            Command::SetFilter(filter) => {
                self.place.filter = filter;
                self.load_picked()
            }
            Command::SetView(view) => {
                self.place.view = view;
                self.save_place()
            }
            Command::SetPlace { group, focus, scroll } => self.set_place(group, focus, scroll),
            Command::SetTitle(long) => self.set_title(title(&long)),
            Command::SetPlan(plan) => self.set_plan(*plan),
            Command::Start => {
                let prompts = self.plan.prompts.prompts();
                self.start(&prompts)
            }
            Command::StartWith(prompts) => self.start(&prompts),
            Command::Resume => {
                self.resume_generation();
                Ok(())
            }
            Command::Pause => self.pause_generation(),
            Command::Cancel => self.cancel_generation(),
            Command::RetryFailed => self.retry_failed(),
            Command::TryNow => {
                self.generation.try_now();
                Ok(())
            }
            Command::Test(endpoint) => {
                self.ask_server(*endpoint);
                Ok(())
            }
            Command::AddScorer(scorer) => self.add_scorer(*scorer),
            Command::RemoveScorer(scorer) => self.remove_scorer(scorer),
            Command::Score { scorer, filter, follows } => self.score(scorer, filter, follows),
            Command::PauseScorer(scorer) => self.pause_run(scorer),
            Command::CancelScorer(scorer) => self.cancel_run(scorer),
            Command::RetryScorer(scorer) => self.retry_scores(scorer),
            Command::TryScorer(scorer) => {
                self.try_scorer_now(scorer);
                Ok(())
            }
            Command::TestScorer(scorer) => {
                self.look_at_scorer(*scorer);
                Ok(())
            }
            Command::ListScores(scorer) => {
                self.list_scores(scorer);
                Ok(())
            }
            Command::Pick { scorer, draw, count } => self.pick(scorer, draw, count),
            Command::SetPause(pause) => {
                self.place.pause = pause;
                self.save_place()
            }
            Command::Reveal { groups } => self.reveal(&groups),
            Command::Measure => self.measure(),
            Command::CountStatistics => self.count_statistics(),
            Command::Calibrate(scorer) => self.calibrate(scorer),
            Command::PauseCalibration(scorer) => self.pause_calibration(scorer),
            Command::LabelCalibration(scorer) => self.label_calibration(scorer),
            Command::CancelCalibration(scorer) => self.cancel_calibration(scorer),
            Command::TryOut(trial) => {
                self.try_out(*trial);
                Ok(())
            }
            Command::CancelTrial => {
                self.trials.cancel();
                Ok(())
            }
            Command::FindServers => {
                self.find_servers();
                Ok(())
            }
            Command::Import { path, format } => {
                self.import(path, format);
                Ok(())
            }
            Command::CancelImport => {
                self.cancel_import();
                Ok(())
            }
            Command::PreviewImport { path, format } => {
                self.preview = Some(Arc::new(Preview::Reading(path.clone())));
                self.clerk.preview(path, format);
                Ok(())
            }
            Command::ClosePreview => {
                self.preview = None;
                Ok(())
            }
            Command::Export { path, format, policy, source } => {
                self.export(path, format, (policy, source));
                Ok(())
            }
            Command::Summarise { format, policy, source } => {
                self.clerk.summarise(format, (policy, source), self.annotator.id);
                Ok(())
            }
            Command::Follow { path } => self.follow(path),
            Command::Unfollow { path } => self.unfollow(&path),
            Command::SaveCopy { path } => {
                self.clerk.copy(path);
                Ok(())
            }
        };
        if let Err(error) = done {
            self.report_store_error(error);
        }
        self.figure();
    }

    /// Take in what the clerk, or a server that was asked beside the job, reports.
    pub(super) fn take_report(&mut self, report: Report) {
        match report {
            Report::Integrity(integrity) => self.integrity = integrity,
            Report::Preview(preview) => self.preview = Some(Arc::new(preview)),
            Report::Summary(summary, told) => match self.reveal(&told) {
                Ok(()) => self.summary = Some(Arc::new(summary)),
                // What nobody can note is not shown.
                Err(error) => self.report_store_error(error),
            },
            Report::Exported(notice) => {
                self.file_work = None;
                self.notify(notice);
            }
            Report::Copied(path) => self.notify(Notice::CopySaved { path }),
            Report::Scores(table) => self.take_scores(table),
            Report::Picked(found) => self.take_picked(found),
            Report::Figured(found) => self.take_figured(found),
            Report::Looked(look) => self.take_look(look),
            Report::Probed(finding) => self.take_finding(finding),
            Report::Nearby(found) => self.nearby = Some(Arc::new(Nearby::Found(found))),
            Report::Incoming(incoming) => self.take_incoming(incoming),
            Report::Followed(outcome) => self.take_followed(outcome),
            Report::Measured(found) => self.take_measured(found),
            Report::Counted(found) => self.take_counted(found),
            // No step of a person failed, and no file work came to its end.
            Report::NotBackedUp(error) => {
                let (path, fault) = (self.path.to_path_buf(), StoreFault::from(error));
                self.notify(Notice::NotBackedUp { path, fault });
            }
            Report::Failed(problem) => {
                self.file_work = None;
                self.notify(Notice::Problem(problem));
            }
        }
    }
}
