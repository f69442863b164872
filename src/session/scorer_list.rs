//! The list of scorers: which there are, and what a look at one shows before it is added.

use std::sync::Arc;

use super::actor::Actor;
use super::clerk::Report;
use super::scorers::Bench;
use super::scoring::kept;
use super::snapshot::{Looked, RewardLook};
use crate::domain::{Notice, RewardFault, Run, Scorer, ScorerFault, ScorerId, ScorerKind, ServerAddress};
use crate::endpoints::RewardClient;
use crate::store::{KeptScorer, StoreError};

impl Actor {
    /// Bring the scorers of the file to the list.
    pub(super) fn load_scorers(&mut self) -> Result<(), StoreError> {
        for kept in self.store.read(|read| read.scorers())? {
            if self.scorers.get(kept.scorer.id).is_some() {
                continue;
            }
            let list = match &kept.scorer.calibrates {
                None if kept.removed => continue,
                None => &mut self.scorers.benches,
                // Nobody asks for the calibration of a judge that was taken off the list.
                Some(part) if self.scorers.position(part.of).is_none() => continue,
                Some(_) => &mut self.scorers.parts,
            };
            list.push(Bench::new(kept.scorer, kept.finding, kept.run));
        }
        Ok(())
    }

    pub(super) fn add_scorer(&mut self, scorer: Scorer) -> Result<(), StoreError> {
        let name = scorer.name.trim().to_owned();
        if name.is_empty() || matches!(&scorer.endpoint.address, ServerAddress::Url(url) if url.trim().is_empty()) {
            self.notify(Notice::ScorerIncomplete);
            return Ok(());
        }
        if self.scorers.benches.iter().any(|bench| bench.scorer.name == name) {
            self.notify(Notice::ScorerNameTaken { name });
            return Ok(());
        }
        let finding = self.looks.iter().find_map(|look| look.is_about(&scorer).then(|| look.finding()).flatten());
        let kept = KeptScorer { scorer: Scorer { name, ..scorer }, finding, run: Run::default(), removed: false };
        self.store.write(|write| write.put_scorer(&kept))?;
        self.scorers.benches.push(Bench::new(kept.scorer, kept.finding, kept.run));
        self.saved();
        Ok(())
    }

    /// Take a scorer off the list. Its scores stay in the file.
    pub(super) fn remove_scorer(&mut self, scorer: ScorerId) -> Result<(), StoreError> {
        let Some(at) = self.scorers.position(scorer) else { return Ok(()) };
        let bench = &mut self.scorers.benches[at];
        bench.stop();
        bench.run = Run::default();
        let kept = kept(bench, true);
        self.store.write(|write| write.put_scorer(&kept))?;
        self.scorers.benches.remove(at);
        self.forget_calibration(scorer)?;
        self.saved();
        Ok(())
    }

    /// Look at the server of a scorer that is not on the list yet; the answer comes as a report.
    pub(super) fn look_at_scorer(&mut self, scorer: Scorer) {
        let ScorerKind::Reward(settings) = &scorer.kind else {
            self.ask_server(scorer.endpoint);
            return;
        };
        let client = match self.client(&scorer.endpoint) {
            Ok(client) => client,
            Err(fault) => {
                self.take_look(RewardLook { scorer, looked: Looked::Failed(ScorerFault::Request(fault)) });
                return;
            }
        };
        let client = RewardClient::new(client, scorer.endpoint.model.clone(), (**settings).clone());
        self.take_look(RewardLook { scorer: scorer.clone(), looked: Looked::Looking });
        let reports = self.clerk.reports();
        self.options.runtime.spawn(async move {
            let looked = match client.probe().await {
                Ok(finding) => Looked::Found(finding),
                Err(RewardFault::Request(fault)) => Looked::Failed(ScorerFault::Request(fault)),
                Err(fault) => Looked::Failed(ScorerFault::Reward(fault)),
            };
            // A session that was closed meanwhile takes no answer.
            drop(reports.send(Report::Looked(RewardLook { scorer, looked })).await);
        });
    }

    pub(super) fn take_look(&mut self, look: RewardLook) {
        let looks = Arc::make_mut(&mut self.looks);
        looks.retain(|other| !other.is_about(&look.scorer));
        looks.push(look);
    }
}
