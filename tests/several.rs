//! Several endpoints at once: each has its share of every group, and the trouble of one is not the others'.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering;

use pairloom::domain::{Endpoint, JobPhase, Origin, Plan, RequestFault, ServerAddress};
use pairloom::session::{Command, Session};
use tempfile::tempdir;

use crate::support::{counting_server, options, plan, run, server, url, wait};

fn plan_for(addresses: &[ServerAddress], prompts: usize) -> Plan {
    let endpoints = addresses.iter().map(|address| Endpoint::at(address.clone())).collect();
    Plan { endpoints, ..plan(ServerAddress::Sample, prompts) }
}

/// An address that nobody listens at.
fn nobody() -> std::net::SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// How many replies of each group came from each server.
fn origins(session: &Session) -> Vec<BTreeMap<String, usize>> {
    let groups = session.snapshot().queue.iter().map(|row| row.id).collect::<Vec<_>>();
    let of = |group| {
        let open = run(session, Command::Go(group)).current.clone().unwrap();
        let mut counts = BTreeMap::new();
        for reply in open.replies() {
            let Origin::Generated(generated) = &reply.origin else { panic!("{:?}", reply.origin) };
            *counts.entry(generated.server.clone()).or_default() += 1;
        }
        counts
    };
    groups.into_iter().map(of).collect()
}

#[test]
fn each_group_has_replies_of_each_endpoint_by_its_share() {
    let folder = tempdir().unwrap();
    let (first, second) = (url(server(&[])), url(server(&[])));
    let mut plan = plan_for(&[first.clone(), second.clone()], 5);
    plan.endpoints[0].share = 3;
    let session = Session::create(&folder.path().join("s.pairloom"), "Test", &plan, options()).unwrap();
    session.send(Command::Start);
    wait(&session, |snapshot| snapshot.generation.have == 20 && snapshot.generation.phase == JobPhase::Idle);
    let expected = BTreeMap::from([(first.as_str().to_owned(), 3), (second.as_str().to_owned(), 1)]);
    assert_eq!(origins(&session), vec![expected; 5]);
}

#[test]
fn an_endpoint_that_is_away_holds_up_its_own_share_alone() {
    let folder = tempdir().unwrap();
    let gone = nobody();
    let plan = plan_for(&[url(server(&[])), url(gone)], 6);
    let session = Session::create(&folder.path().join("s.pairloom"), "Test", &plan, options()).unwrap();
    session.send(Command::Start);
    let snapshot =
        wait(&session, |snapshot| snapshot.generation.have == 12 && snapshot.generation.servers[1].waiting.is_some());
    assert_eq!(snapshot.generation.phase, JobPhase::Running, "the other half is waited for");
    assert_eq!((snapshot.generation.servers[0].arrived, snapshot.generation.failed), (12, 0));
    assert!(snapshot.generation.servers[0].waiting.is_none());
    crate::support::RUNTIME.spawn(async move {
        let listener = pairloom::sample::listen(gone.port()).await.unwrap();
        pairloom::sample::serve(listener, pairloom::sample::Behaviour::default()).await.unwrap();
    });
    session.send(Command::TryNow);
    let snapshot = wait(&session, |snapshot| snapshot.generation.phase == JobPhase::Idle);
    assert_eq!(snapshot.generation.have, 24);
}

#[test]
fn an_endpoint_that_refuses_the_key_stops_alone_and_goes_on_when_that_is_mended() {
    let folder = tempdir().unwrap();
    let mut plan = plan_for(&[url(server(&[])), url(server(&["401"]))], 4);
    let session = Session::create(&folder.path().join("s.pairloom"), "Test", &plan, options()).unwrap();
    session.send(Command::Start);
    let snapshot = wait(&session, |snapshot| snapshot.generation.phase == JobPhase::Paused);
    let servers = &snapshot.generation.servers;
    assert_eq!((snapshot.generation.have, snapshot.generation.failed), (8, 0));
    assert!(servers[0].stopped.is_none());
    assert!(matches!(servers[1].stopped, Some(RequestFault::Unauthorized { .. })), "{servers:?}");
    // The second one is taken out: the first one does its part.
    plan.endpoints[1].share = 0;
    session.send(Command::SetPlan(Box::new(plan)));
    session.send(Command::Start);
    let snapshot = wait(&session, |snapshot| snapshot.generation.have == 16);
    assert_eq!((snapshot.generation.failed, snapshot.counts.total), (0, 4));
}

/// Open, go on, and close while requests are under way.
fn interrupted(path: &Path, at: u64) {
    let session = Session::open(path, options()).unwrap();
    wait(&session, |snapshot| snapshot.generation.have >= at);
    session.send(Command::Pause);
    wait(&session, |snapshot| snapshot.generation.in_flight == 0);
    session.send(Command::Resume);
    session.send(Command::Pause);
    wait(&session, |snapshot| snapshot.generation.in_flight == 0);
    session.send(Command::Resume);
    session.close();
}

#[test]
fn a_run_that_goes_on_asks_each_endpoint_for_its_own_and_for_nothing_twice() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let ((first, first_asked), (second, second_asked)) =
        (counting_server(&["ignore-n", "delay:5"]), counting_server(&["ignore-n", "delay:9"]));
    let mut plan = plan_for(&[url(first), url(second)], 20);
    plan.endpoints.iter_mut().for_each(|endpoint| endpoint.concurrency = 2);
    let session = Session::create(&path, "Test", &plan, options()).unwrap();
    session.send(Command::Start);
    wait(&session, |snapshot| snapshot.counts.total == 20);
    session.send(Command::Pause);
    wait(&session, |snapshot| snapshot.generation.in_flight == 0);
    session.send(Command::Resume);
    session.close();
    for at in [20, 40, 60] {
        interrupted(&path, at);
    }
    let session = Session::open(&path, options()).unwrap();
    wait(&session, |snapshot| snapshot.generation.phase == JobPhase::Idle && snapshot.generation.have == 80);
    let counts = origins(&session);
    let half = BTreeMap::from([(url(first).as_str().to_owned(), 2), (url(second).as_str().to_owned(), 2)]);
    assert_eq!(counts, vec![half; 20]);
    // What is under way when a session is closed is asked for again; nothing else is.
    for asked in [first_asked, second_asked] {
        let asked = asked.load(Ordering::Relaxed);
        assert!((40..=40 + 4 * 2).contains(&asked), "{asked} requests for 40 replies and 4 interruptions");
    }
}
