//! Against a real server, by hand: `PAIRLOOM_REWARD_URL` is its address, `PAIRLOOM_REWARD_EXPECTED` the path of a JSON
//! file `[{"system", "user", "reply", "logit"}]` with the logits that the model's own library computes.

use pairloom::domain::{ChatTemplate, Prompt, Reward, RewardFinding, RewardRequest, RewardServer};
use pairloom::endpoints::RewardItem;
use serde_json::json;

use crate::rewards::{look, reward_client};
use crate::support::RUNTIME;

#[derive(serde::Deserialize)]
struct Expected {
    system: Option<String>,
    user: String,
    reply: String,
    logit: f64,
}

#[test]
#[ignore = "wants a running reward server, see the head of the file"]
fn scores_are_the_logits_of_the_models_own_library() {
    let url = std::env::var("PAIRLOOM_REWARD_URL").unwrap();
    let file = std::fs::read(std::env::var("PAIRLOOM_REWARD_EXPECTED").unwrap()).unwrap();
    let expected: Vec<Expected> = serde_json::from_slice(&file).unwrap();
    // Squashed by the server, and undone here.
    let squashed = RewardServer::Custom(RewardRequest {
        path: "/pooling".to_owned(),
        body: json!({"model": "{model}", "messages": "{messages}", "task": "classify", "use_activation": true}),
        pointer: "/data/*/data".to_owned(),
        sigmoid: true,
        ..RewardRequest::default()
    });
    let ways = [
        (RewardServer::Find, ChatTemplate::Server),
        (RewardServer::Find, ChatTemplate::ChatMl),
        (squashed, ChatTemplate::Server),
    ];
    for (server, template) in ways {
        let settings = Reward { server, template, ..Reward::default() };
        let finding: RewardFinding = look(&url, settings.clone()).unwrap();
        println!("{finding:#?}");
        let prompts: Vec<Prompt> =
            expected.iter().map(|one| Prompt::new(one.system.clone(), one.user.clone())).collect();
        let items: Vec<RewardItem<'_>> =
            expected.iter().zip(&prompts).map(|(one, prompt)| RewardItem { prompt, reply: &one.reply }).collect();
        let client = reward_client(&url, settings);
        let readings = RUNTIME.block_on(client.score(&finding, &items)).unwrap();
        let mut furthest = 0.0_f64;
        for (one, reading) in expected.iter().zip(&readings) {
            let value = reading.result.as_ref().unwrap().value;
            println!("{value:+.6} {:+.6} {:?}", one.logit, reading.tokens);
            furthest = furthest.max((value - one.logit).abs());
        }
        println!("at {}: {} replies, furthest {furthest:.2e}", finding.request.path, readings.len());
        assert!(furthest < 1e-3, "{furthest}");
        // One that is longer than the model reads has no score, and the others keep theirs.
        let long = "long ".repeat(20_000);
        let items = [items[0], RewardItem { prompt: &prompts[0], reply: &long }, items[1]];
        let readings = RUNTIME.block_on(client.score(&finding, &items)).unwrap();
        println!("{:?}", readings[1].result);
        assert!(readings[0].result.is_ok() && readings[2].result.is_ok());
        assert!(matches!(readings[1].result, Err(pairloom::domain::NoScore::TooLong { .. })));
    }
}
