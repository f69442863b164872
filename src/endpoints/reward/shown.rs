//! One reply asked about for people's eyes: its score, and the answer as it came.

use super::{Answered, RewardClient, RewardItem, RewardReading, as_request_fault, body};
use crate::domain::{NoScore, RewardFault, RewardFinding, Sent};
use crate::endpoints::fault::ChatError;

/// Characters of an answer that are shown; one with a number for each token is far longer.
const SHOWN: usize = 4000;

impl RewardClient {
    /// What a server is sent for a reply; see [`Self::render`].
    pub fn sent(&self, finding: &RewardFinding, item: RewardItem<'_>) -> Result<Sent, RewardFault> {
        let text = self.render(finding, item)?;
        Ok(if body::wants_text(&finding.request.body) { Sent::Text(text) } else { Sent::Request(text) })
    }

    /// As [`Self::score`] of this reply alone, with the JSON that the server answered; empty where the request failed for
    /// what the reply is.
    pub async fn show(
        &self,
        finding: &RewardFinding,
        item: RewardItem<'_>,
    ) -> Result<(RewardReading, String), ChatError> {
        self.show_unsealed(finding, item).await.map_err(|error| self.client.seal_error(error))
    }

    async fn show_unsealed(
        &self,
        finding: &RewardFinding,
        item: RewardItem<'_>,
    ) -> Result<(RewardReading, String), ChatError> {
        let material = match self.material(&finding.request, &item) {
            Ok(material) => material,
            Err(fault @ RewardFault::NeedsTemplate { .. }) => return Err(ChatError::never(as_request_fault(fault))),
            Err(fault) => {
                let fault = self.client.seal(as_request_fault(fault));
                return Ok((RewardReading::none(NoScore::Failed { fault }), String::new()));
            }
        };
        match self.ask(&finding.request, &finding.model, std::slice::from_ref(&material)).await {
            Ok(Answered { found, body }) => {
                let reading = match found {
                    Ok(found) => found.first().map(|found| self.read(finding, found)),
                    Err(why) => Some(RewardReading::none(self.hide_reason(why))),
                };
                let missing = || RewardReading::none(NoScore::WrongShape { said: String::new() });
                Ok((reading.unwrap_or_else(missing), self.shown(&body.to_string())))
            }
            Err(error) => Ok((self.of_one(error).await?, String::new())),
        }
    }

    fn shown(&self, body: &str) -> String {
        let hidden = self.client.hide(body);
        match hidden.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", &hidden[..end]),
            None => hidden,
        }
    }
}
