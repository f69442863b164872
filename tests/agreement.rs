//! Figures of agreement: the session computes them beside its thread, and everyone can compute them again.

use pairloom::domain::{Basis, Endpoint, JobPhase, QueueFilter, Scorer, ScorerId, ScorerKind};
use pairloom::sample;
use pairloom::session::{Command, Session};
use tempfile::tempdir;

use crate::support::{generated, label, run, server, url, wait};

/// A scorer of the sample server that has scored everything.
fn scored(session: &Session, name: &str, model: &str, kind: ScorerKind) -> ScorerId {
    let endpoint = Endpoint { model: model.to_owned(), ..Endpoint::at(url(server(&[]))) };
    let id = ScorerId::new();
    let created_at = jiff::Timestamp::now();
    let scorer = Scorer { id, name: name.to_owned(), endpoint, kind, created_at, calibrates: None };
    run(session, Command::AddScorer(Box::new(scorer)));
    let number = session.send(Command::Score { scorer: id, filter: QueueFilter::All, follows: false });
    wait(session, |snapshot| {
        let state = snapshot.scorers.iter().find(|state| state.scorer.id == id);
        snapshot.handled >= number && state.is_some_and(|state| state.run.phase != JobPhase::Running)
    });
    id
}

#[test]
fn figures_come_without_holding_up_labels() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 4);
    let judge = scored(&session, "judge", sample::MODEL, ScorerKind::Judge(pairloom::domain::Judge::default()));
    let reward = scored(&session, "reward", sample::REWARD_MODEL, ScorerKind::Reward(Box::default()));
    for place in [0, 1, 2] {
        label(&session, &[place]);
    }
    let number = session.send(Command::Measure);
    // Asked for while it is computed: done once more after it, with what was said meanwhile.
    label(&session, &[3]);
    session.send(Command::Measure);
    let snapshot = wait(&session, |snapshot| {
        let labeled = |pairs| pairs == Some(12);
        let done = snapshot.agreement.as_ref().and_then(|found| found.scorers.first()?.accuracy.map(|all| all.cases));
        snapshot.handled > number && !snapshot.measuring && labeled(done)
    });
    let found = snapshot.agreement.clone().unwrap();
    assert_eq!(found.scorers.iter().map(|of| of.scorer).collect::<Vec<_>>(), [judge, reward]);
    for of in &found.scorers {
        let accuracy = of.accuracy.unwrap();
        assert_eq!((accuracy.groups, accuracy.interval, of.coverage, of.basis), (4, None, Some(1.0), Basis::Labeled));
        assert_eq!(of.kappa.unwrap().cases, 24, "all pairs of four replies");
    }
    assert_eq!((found.between[0].judge, found.between[0].reward), (judge, reward));
    assert_eq!(found.itself, None);
}
