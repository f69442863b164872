//! Figures of agreement: the session computes them beside its thread, and everyone can compute them again.

use std::path::Path;
use std::process::Command as Process;

use pairloom::domain::{
    Basis, Design, Draw, Endpoint, GroupId, JobPhase, Judge, JudgeMethod, Label, PairPolicy, PairSource, Picked, Plan,
    QueueFilter, Repeat, ReplyCount, Reveal, Scorer, ScorerId, ScorerKind, ServerAddress, Stratum, Tiers, Verdict,
};
use pairloom::formats::Format;
use pairloom::ranking::picking::own_number;
use pairloom::sample;
use pairloom::session::{Command, Session};
use pairloom::store::{Reader, Store, StoreError, Write};
use serde_json::Value;
use tempfile::tempdir;

use crate::support::{Random, annotator, generated, label, options, plan, run, server, url, wait};

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

fn judge(method: JudgeMethod) -> ScorerKind {
    ScorerKind::Judge(Judge { method, ..Judge::default() })
}

#[test]
fn figures_come_without_holding_up_labels() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 4);
    let judge = scored(&session, "judge", sample::MODEL, judge(JudgeMethod::Listwise));
    let reward = scored(&session, "reward", sample::REWARD_MODEL, ScorerKind::Reward(Box::default()));
    for place in [0, 1, 2] {
        label(&session, &[place]);
    }
    let number = session.send(Command::Measure);
    // Asked for while it is computed: done once more after it, with what was said meanwhile.
    label(&session, &[3]);
    session.send(Command::Measure);
    let snapshot = wait(&session, |snapshot| {
        let done = snapshot.agreement.as_ref().and_then(|found| found.scorers.first()?.accuracy.map(|all| all.cases));
        snapshot.handled > number && !snapshot.measuring && done == Some(12)
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

    let number = session.send(Command::CountStatistics);
    let snapshot = wait(&session, |snapshot| snapshot.handled >= number && snapshot.statistics.is_some());
    let counted = snapshot.statistics.clone().unwrap();
    assert_eq!((counted.groups, counted.replies, counted.labels.ranked, counted.pairs.count), (4, 16, 4, 12));
    assert_eq!((counted.days[0].labels, counted.days[0].median_seconds), (4, Some(1.0)));
    assert_eq!(counted.days[0].pairs_so_far, 12);
    let over_time = counted.over_time.clone().unwrap();
    assert_eq!((over_time.scorer, over_time.days.last().unwrap().pairs), (judge, 12));
    assert_eq!(Some(over_time.days.last().unwrap().accuracy), found.scorers[0].accuracy.map(|all| all.value));
}

/// Labels by somebody who often likes what is long: three or four of eight, now and then none, once a text of their own.
fn label_all(session: &Session, groups: usize) {
    let mut dice = Random(5);
    for number in 0..groups {
        let open = session.snapshot().current.clone().unwrap();
        let lengths: Vec<usize> = open.replies().map(|reply| reply.text.chars().count()).collect();
        let mut places: Vec<usize> = (0..lengths.len()).collect();
        places.sort_by_key(|place| (lengths[*place] * 1000).wrapping_add(dice.below(400_000)));
        places.reverse();
        places.truncate((lengths.len() / 2).max(1) - usize::from(dice.below(5) == 0));
        let group = open.group.id;
        match number {
            7 => drop(run(session, Command::NoneAcceptable { group, seconds: 2.0 })),
            9 => {
                let text = "A reply of one's own, better than all the others.".to_owned();
                run(session, Command::Take { group, parent: None, text, confirm: Some(3.0) });
            }
            _ => drop(label(session, &places)),
        }
    }
}

/// The seed of the design that is written.
const SEED: u64 = 3;
const STRATA: [Stratum; 2] =
    [Stratum { replies: 2, sureness: 0, script: 1 }, Stratum { replies: 2, sureness: 3, script: 1 }];

/// What picking, looking at scores and labeling again leave in the file.
fn check_some(path: &Path) {
    let reader = Reader::open(path).unwrap();
    let mut labels: Vec<Label> = Vec::new();
    let by = annotator().id;
    let read = |read: &pairloom::store::Read<'_>| {
        read.for_each_blind_label(by, |found| -> Result<(), StoreError> {
            labels.push(found.blind);
            Ok(())
        })
    };
    reader.read(read).unwrap();
    drop(reader);
    let mut store = Store::open(path).unwrap().store;
    store.write(|write| write_checks(write, &labels)).unwrap();
    store.close().unwrap();
}

fn write_checks(write: &Write<'_>, labels: &[Label]) -> Result<(), StoreError> {
    let by = annotator().id;
    let is_random = |number: usize| number % 20 != 19;
    let stratum = |number: usize| usize::from(number.is_multiple_of(3));
    // The last three of a stratum were drawn while its fraction was larger.
    let drawn = labels.iter().enumerate().filter(|(number, _)| is_random(*number) && stratum(*number) == 0);
    let mut numbers: Vec<f64> = drawn.map(|(_, label)| own_number(SEED, label.group)).collect();
    numbers.sort_by(f64::total_cmp);
    let fractions = vec![(STRATA[0], numbers[numbers.len() - 3]), (STRATA[1], 1.0)];
    write.set_design(by, &Design { seed: SEED, fractions, ..Design::default() })?;
    let at = jiff::Timestamp::UNIX_EPOCH;
    let pick = |group: GroupId, draw: Draw| Picked {
        group,
        annotator: by,
        round: 0,
        draw,
        batch: u32::from(draw != Draw::Random),
        stratum: None,
        chance: (draw == Draw::Audit).then_some(0.5),
        at,
    };
    for (number, label) in labels.iter().enumerate() {
        let group = label.group;
        if is_random(number) {
            let stratum = Some(STRATA[stratum(number)]);
            write.add_pick(&Picked { stratum, ..pick(group, Draw::Random) })?;
        }
        if number % 2 == 0 {
            write.add_pick(&pick(group, Draw::Audit))?;
        }
        if number % 5 == 0 {
            write.add_pick(&pick(group, Draw::Disagreement))?;
        }
        if number == 39 {
            write.set_label(&Label { seconds: 0.0, ..label.clone() })?;
        }
        let Verdict::Ranked(tiers) = &label.verdict else { continue };
        if number % 3 == 1 {
            write.add_reveal(&Reveal { group, annotator: by, round: 0, at }, None)?;
        }
        if number % 3 == 1 && number != 4 {
            // The last of the best goes down, or everything turns round.
            let mut changed = tiers.as_slice().to_vec();
            changed.reverse();
            if number % 4 == 1 && tiers.best().len() > 1 {
                changed.reverse();
                let down = changed[0].pop().unwrap();
                changed[1].push(down);
            }
            if number == 13 {
                // Nothing turned round; one reply was asked for anew, and is not named any more.
                changed = tiers.as_slice().to_vec();
                changed[1].pop();
            }
            write.set_label(&Label { verdict: Verdict::Ranked(Tiers::new(changed).unwrap()), ..label.clone() })?;
        }
        if number % 2 == 0 {
            // Half of the time another one comes up.
            let mut again = tiers.as_slice().to_vec();
            if number % 4 == 0 && again.len() > 1 {
                let up = again[1].remove(0);
                again[0].push(up);
                let down = again[0].remove(0);
                again[1].push(down);
            }
            let label = Label { verdict: Verdict::Ranked(Tiers::new(again).unwrap()), ..label.clone() };
            let label = (number % 16 != 0).then_some(label);
            write.set_repeat(&Repeat { group, annotator: by, round: 0, label })?;
        }
    }
    Ok(())
}

/// The table leaves out what waits for a second label, and says how a group was picked and where scorers contradict.
fn check_table(session: &Session) {
    let scorers: Vec<ScorerId> = session.snapshot().scorers.iter().map(|state| state.scorer.id).collect();
    let path = session.snapshot().path.to_path_buf();
    let reader = Reader::open(&path).unwrap();
    let repeats = reader.read(|read| read.repeats(annotator().id)).unwrap();
    let waiting: Vec<GroupId> =
        repeats.iter().filter(|repeat| repeat.label.is_none()).map(|repeat| repeat.group).collect();
    let number = session.send(Command::ListScores(scorers[1]));
    let listed = wait(session, |snapshot| snapshot.handled >= number && snapshot.score_table.is_some());
    let table = listed.score_table.clone().unwrap();
    assert!(waiting.len() >= 4 && !table.rows.iter().any(|row| waiting.contains(&row.group)));
    assert_eq!((table.rows.len(), table.hidden), (78 - waiting.len(), 2 + waiting.len() as u64));
    let drawn = |draw| table.rows.iter().filter(|row| row.draw == Some(draw)).count();
    assert!(drawn(Draw::Random) > 50 && drawn(Draw::Audit) + drawn(Draw::Disagreement) < 4);
    let (mut agree, mut differ, mut open, mut unnamed) = (0, 0, 0, 0);
    for row in &table.rows {
        let (reach, margin) = (row.reach.unwrap(), row.margin.unwrap());
        assert!(reach > 0.0 && margin >= 0.0 && row.other_margin.is_some(), "{row:?}");
        // The reward model ties nothing: in contradiction is a group in which a chosen reply comes after a left-out one.
        let best = row.ranked.iter().take(row.chosen.len()).all(|(place, _)| row.chosen.contains(place));
        match row.differs {
            Some(differs) if !best && differs > 0.0 => differ += 1,
            Some(_) if !best => unnamed += 1,
            Some(differs) => agree += usize::from(differs == 0.0),
            None => open += usize::from(row.chosen.is_empty()),
        }
    }
    assert_eq!(open, 2, "one group has no acceptable reply, in one only a person's own is chosen");
    assert!(unnamed <= 1, "one label does not name every reply");
    assert_eq!(agree + differ + open + unnamed, table.rows.len());
    assert!(differ > 20, "{differ} of {} groups", table.rows.len());
}

/// A program's answer as JSON.
#[track_caller]
fn answered(process: &mut Process) -> Value {
    let output = process.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Every number of `one` stands in `other`, to nine places.
fn compare(place: &str, one: &Value, other: &Value, figures: &mut usize) {
    match (one, other) {
        (Value::Object(fields), Value::Object(others)) => {
            assert_eq!(fields.len(), others.len(), "{place}: {one} and {other}");
            for (key, value) in fields {
                compare(&format!("{place}.{key}"), value, &others[key], figures);
            }
        }
        (Value::Array(values), Value::Array(others)) => {
            assert_eq!(values.len(), others.len(), "{place}: {one} and {other}");
            for (number, (value, other)) in values.iter().zip(others).enumerate() {
                compare(&format!("{place}[{number}]"), value, other, figures);
            }
        }
        (Value::Number(value), Value::Number(other)) => {
            let (value, other) = (value.as_f64().unwrap(), other.as_f64().unwrap());
            assert!((value - other).abs() <= 1e-9 * value.abs().max(1.0), "{place}: {value} and {other}");
            *figures += 1;
        }
        _ => assert_eq!(one, other, "{place}"),
    }
}

/// Nobody has to believe the Score view: the archive and 600 lines of another language give the same figures.
#[test]
fn every_figure_follows_from_the_archive() {
    if Process::new("python3").arg("--version").output().is_err() {
        eprintln!("python3 is not here; nothing was compared");
        return;
    }
    let folder = tempdir().unwrap();
    let (path, archive) = (folder.path().join("s.pairloom"), folder.path().join("archive.jsonl"));
    let groups = 80;
    let replies = ReplyCount::try_from(8).unwrap();
    let plan = Plan { replies, ..plan(ServerAddress::Sample, groups) };
    let session = Session::create(&path, "Test", &plan, options()).unwrap();
    session.send(Command::Start);
    wait(&session, |snapshot| snapshot.counts.ready == groups as u64 && snapshot.generation.missing() == 0);
    scored(&session, "lists and pairs", sample::MODEL, judge(JudgeMethod::Quality));
    scored(&session, "reward", sample::REWARD_MODEL, ScorerKind::Reward(Box::default()));
    scored(&session, "digits", sample::MODEL, judge(JudgeMethod::Pointwise));
    label_all(&session, groups - 2);
    session.close();
    check_some(&path);

    let session = Session::open(&path, options()).unwrap();
    check_table(&session);
    let source = PairSource::default();
    session.send(Command::Export { path: archive.clone(), format: Format::Archive, policy: PairPolicy::All, source });
    wait(&session, |_| archive.exists());
    session.close();
    let name = annotator().name;
    let told = answered(
        Process::new(env!("CARGO_BIN_EXE_pairloom"))
            .args(["stats", "--json", "--annotator", &name])
            .arg(&path)
            .env("PAIRLOOM_HOME", folder.path()),
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agreement.py");
    let again = answered(Process::new("python3").arg("-B").arg(script).arg(&archive).arg(&name));
    let mut figures = 0;
    for part in ["agreement", "judges"] {
        compare(part, &told[part], &again[part], &mut figures);
    }
    assert!(figures > 500, "{figures} figures");

    // Nothing was compared with nothing.
    let agreement = &told["agreement"];
    for scorer in agreement["scorers"].as_array().unwrap() {
        assert!(scorer["basis"]["random"]["effective"].as_f64().unwrap() > 50.0);
        for figure in ["accuracy", "top", "tau", "kappa", "audit"] {
            assert!(scorer[figure]["interval"].is_array(), "{figure} of {scorer}");
        }
        assert!(scorer["longer"]["person"]["value"].is_number() && scorer["coverage"].is_number());
    }
    let margins = &agreement["scorers"][1]["margins"];
    assert!(margins["slope"].is_array() && margins["log_loss"].is_number(), "{margins}");
    assert!(margins["steps"].as_array().is_some_and(|steps| steps.len() > 1), "{margins}");
    assert!(
        agreement["itself"]["accuracy"]["interval"].is_array() && agreement["between"].as_array().unwrap().len() == 2
    );
    assert!(agreement["changes"]["changed"].as_u64() > agreement["changes"]["toward"].as_u64());
    assert!(agreement["changes"]["toward"].as_u64() > Some(0), "{}", agreement["changes"]);
    assert!(told["judges"]["lists and pairs"].as_array().unwrap().len() >= 5, "{}", told["judges"]);
}
