//! A session as the view may meet it, made up: figures of agreement that would take days of labeling.

use std::sync::Arc;

use egui_kittest::Harness;

use super::super::{Cx, ScorePanel};
use crate::domain::{
    Agreement, Annotator, AnnotatorId, Basis, Between, Changes, Draw, Endpoint, GroupId, GroupStatus, Judge,
    JudgeFigure, JudgeTrait, Longer, MarginBin, Margins, Measured, PickedCounts, Plan, Run, Scorer, ScorerAgreement,
    ScorerId, ScorerKind, ScorerState, SelfAgreement, ServerAddress, Spread,
};
use crate::session::{Command, Options, QueueRow, ScoreRow, ScoreTable, Session, Snapshot};
use crate::text::{Language, Text};
use crate::ui::actions::Action;
use crate::ui::finder::Finder;
use crate::ui::theme;

/// The view with what it drew from and what it asked for.
pub(super) struct Scene {
    pub(super) panel: ScorePanel,
    pub(super) snapshot: Snapshot,
    pub(super) asked: Vec<Command>,
    pub(super) acts: Vec<Action>,
    pub(super) language: Language,
    finder: Option<Finder>,
}

impl Scene {
    pub(super) fn new() -> Self {
        let snapshot = snapshot();
        Self {
            panel: ScorePanel::default(),
            snapshot,
            asked: Vec::new(),
            acts: Vec::new(),
            language: Language::English,
            finder: None,
        }
    }

    fn draw(&mut self, ui: &mut egui::Ui) {
        let finder = self.finder.get_or_insert_with(|| Finder::new(ui.ctx()));
        let text = Text::new(self.language);
        let (mut popup, mut wishes) = (None, Vec::new());
        let mut cx = Cx {
            text,
            snapshot: &self.snapshot,
            out: &mut self.asked,
            acts: &mut self.acts,
            popup: &mut popup,
            wishes: &mut wishes,
        };
        self.panel.show(ui, &mut cx, finder);
        let acts = std::mem::take(cx.acts);
        for action in acts {
            self.panel.act(action, &mut cx);
        }
    }

    /// The view in a window of this size.
    pub(super) fn window(self, size: [f32; 2], theme: egui::Theme) -> Harness<'static, Self> {
        let mut installed = false;
        let builder = Harness::builder().with_size(size).with_theme(theme).with_max_steps(20);
        let mut window = builder.build_ui_state(
            move |ui, scene: &mut Self| {
                if !std::mem::replace(&mut installed, true) {
                    theme::install(ui.ctx());
                    return;
                }
                scene.draw(ui);
            },
            self,
        );
        window.run_steps(3);
        // The rows come from a thread of their own.
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while window.state().snapshot.score_table.is_some() && window.state().panel.arranged.is_none() {
            assert!(std::time::Instant::now() < end, "the rows did not come");
            window.run_steps(1);
            std::thread::park_timeout(std::time::Duration::from_millis(2));
        }
        window.run_steps(2);
        window
    }
}

/// A session without groups, as it is after it was made.
fn snapshot() -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = Options {
        annotator: Annotator { id: AnnotatorId::new(), name: "Tester".to_owned() },
        runtime: runtime.handle().clone(),
        waker: Arc::new(|| {}),
        sample: Arc::new(|| Err(std::io::Error::other("no sample here"))),
        keys: Arc::new(|_| Ok(None)),
        resume_jobs: false,
    };
    let session = Session::create(&folder.path().join("made-up.pairloom"), "Made up", &Plan::default(), options);
    let session = session.unwrap();
    let snapshot = (*session.snapshot()).clone();
    session.close();
    snapshot
}

pub(super) fn scorer(name: &str, kind: ScorerKind, done: u64) -> ScorerState {
    let scorer = Scorer {
        id: ScorerId::new(),
        name: name.to_owned(),
        endpoint: Endpoint::at(ServerAddress::Sample),
        kind,
        created_at: jiff::Timestamp::UNIX_EPOCH,
        calibrates: None,
    };
    ScorerState {
        scorer: Arc::new(scorer),
        finding: None,
        run: Run::default(),
        groups: 200,
        scored: done,
        incomplete: 0,
        left: 0,
        in_flight: 0,
        per_second: None,
        gaps: Vec::new(),
        waiting: None,
        stopped: None,
        calibration: None,
    }
}

pub(super) fn measured(value: f64, half: f64, groups: u64, cases: u64) -> Measured {
    let interval = (groups >= 30).then_some((value - half, value + half));
    Measured { value, interval, groups, cases }
}

fn spread(shift: f64) -> Spread {
    let count = |at: f64, middle: f64| ((-(at - middle) * (at - middle) / 5.0).exp() * 42.0).round() as u64;
    let bins = (0..14).map(|bin| -6.5 + f64::from(bin) + 0.5);
    Spread {
        from: -6.5,
        width: 1.0,
        chosen: bins.clone().map(|at| count(at, 1.9 + shift)).collect(),
        left_out: bins.map(|at| count(at, -1.2)).collect(),
        median_chosen: Some(1.9 + shift),
        median_left_out: Some(-1.2),
    }
}

/// Figures of a scorer from so many groups.
pub(super) fn agreement_of(state: &ScorerState, groups: u64, less: f64) -> ScorerAgreement {
    let bin = |from: f64, to: f64, pairs: u64, agree: u64| MarginBin { from, to, pairs, agree };
    let bins = vec![
        bin(0.0, 0.25, 48, 25),
        bin(0.25, 0.5, 52, 33),
        bin(0.5, 1.0, 61, 45),
        bin(1.0, 2.0, 44, 39),
        bin(2.0, f64::INFINITY, 18, 17),
    ];
    let is_enough = groups >= 30;
    let basis = if is_enough { Basis::Random { effective: groups as f64 * 0.72 } } else { Basis::Labeled };
    ScorerAgreement {
        scorer: state.scorer.id,
        basis,
        accuracy: Some(measured(0.81 - less, 0.065, groups, groups * 4)),
        coverage: Some(0.985),
        top: Some(measured(0.76 - less, 0.095, groups, groups)),
        top_chance: Some(0.44),
        tau: Some(measured(0.47 - less, 0.11, groups, groups)),
        tau_undefined: 2,
        kappa: Some(measured(0.58 - less, 0.1, groups, groups * 4)),
        audit: None,
        unit: Some(1.37),
        margins: Some(Margins {
            bins,
            slope: is_enough.then_some((1.42, 0.21)),
            steps: Vec::new(),
            log_loss: is_enough.then_some(0.53),
        }),
        spread: Some(spread(-less * 4.0)),
        longer: Some(Longer {
            person: measured(0.52, 0.07, groups, groups * 4),
            scorer: measured(0.64 - less, 0.07, groups, groups * 4),
        }),
    }
}

fn title(number: u64) -> &'static str {
    const TITLES: [&str; 8] = [
        "Son, 4: nosebleeds and cough",
        "Ibuprofen with lisinopril?",
        "Rash after amoxicillin, day 8",
        "Stop my antidepressant now",
        "哺乳期能吃哪种止痛药",
        "孩子吞了一枚硬币",
        "Blood pressure 150 over 95 at 34",
        "Vaccine reaction, arm swollen",
    ];
    TITLES[number as usize % TITLES.len()]
}

fn row(number: u64, group: GroupId) -> ScoreRow {
    let differs = number % 5 == 3;
    let (chosen, ranked) = match number % 5 {
        3 => (vec![1], vec![(2, 1.9), (1, 1.1), (0, -0.4), (3, -2.6)]),
        4 => (vec![0, 3], vec![(3, 1.3), (0, 0.8), (1, -0.2), (2, -1.9)]),
        _ => (vec![0], vec![(0, 1.6), (1, 0.3), (2, -0.4), (3, -1.5)]),
    };
    let margin = 0.3 + number as f64 * 0.07 % 2.4;
    ScoreRow {
        group,
        number,
        chosen,
        chosen_unscored: 0,
        ranked,
        margin: Some(margin),
        z: Some(margin * 1.1),
        missing: u32::from(number % 23 == 7),
        inconsistent: u32::from(number % 9 == 3),
        is_suspect: number % 41 == 5,
        draw: match number % 3 {
            0 => Some(Draw::Random),
            1 => Some(Draw::Audit),
            _ => None,
        },
        differs: Some(if differs { 0.6 } else { 0.0 }),
        reach: Some(margin * 2.0),
        other_margin: Some(1.1 - margin),
    }
}

/// A judge, a reward model and a judge that was stopped early, with this many labeled groups.
pub(super) fn labeled(groups: u64) -> Scene {
    let mut scene = Scene::new();
    let judge = scorer("qwen3-32b", ScorerKind::Judge(Judge::default()), 200);
    let reward = scorer("skywork-v2-8b", ScorerKind::Reward(Box::default()), 200);
    let small = scorer("gemma-3-27b", ScorerKind::Judge(Judge::default()), 50);
    let snapshot = &mut scene.snapshot;
    snapshot.queue = (1..=200)
        .map(|number| QueueRow {
            id: GroupId::new(),
            number,
            status: if number <= groups { GroupStatus::Done } else { GroupStatus::Ready },
            flagged: false,
            noted: false,
            picked: (number > 40 && number <= 90) || number <= 3,
            title: title(number).into(),
        })
        .collect();
    snapshot.counts.total = 200;
    snapshot.counts.done = groups;
    snapshot.picked = PickedCounts { groups: 50, labeled: groups.min(12) };
    let rows = snapshot.queue.iter().take(groups as usize).map(|queued| row(queued.number, queued.id)).collect();
    let figure = |what, value: f64, half: f64, cases| JudgeFigure {
        what,
        value,
        interval: Some((value - half, value + half)),
        cases,
    };
    let itself = vec![
        figure(JudgeTrait::FirstPlace { replies: 4 }, 0.31, 0.04, 496),
        figure(JudgeTrait::Flips, 0.11, 0.03, 311),
        figure(JudgeTrait::Primacy, 0.041, 0.02, 311),
        figure(JudgeTrait::LongerWins, 0.58, 0.03, 1190),
    ];
    let table = ScoreTable { scorer: judge.scorer.id, rows, hidden: 200 - groups, itself, gaps: Vec::new() };
    snapshot.score_table = Some(Arc::new(table));
    if groups > 0 {
        let accuracy = measured(0.88, 0.08, 34, 120);
        let scorers = [&judge, &reward, &small].into_iter().zip([0.0, 0.06, 0.21]);
        snapshot.agreement = Some(Arc::new(Agreement {
            scorers: scorers.map(|(state, less)| agreement_of(state, groups, less)).collect(),
            itself: (groups >= 30).then_some(SelfAgreement { accuracy, ceiling: Some(0.936) }),
            between: vec![Between {
                judge: judge.scorer.id,
                reward: reward.scorer.id,
                accuracy: measured(0.78, 0.04, 200, 1130),
            }],
            changes: Changes { revealed: groups, changed: groups / 12, toward: groups / 20 },
        }));
    }
    snapshot.scorers = Arc::new(vec![judge, reward, small]);
    scene
}
