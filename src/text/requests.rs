//! Why a request gave no reply: what happened, what is safe, what to do. The server's own words come separately.

use crate::domain::RequestFault;

use super::Text;

impl Text {
    /// Why a request gave no reply.
    pub fn request_fault(self, fault: &RequestFault) -> String {
        match fault {
            RequestFault::BadAddress { url } => self.pick(
                format!("“{url}” is not a server address. It looks like http://127.0.0.1:8000/v1."),
                format!("“{url}”不是服务器地址。应类似 http://127.0.0.1:8000/v1。"),
            ),
            RequestFault::SecretShown { place } => self.pick(
                format!("There is a password or key in {place}; it would be kept in the session file. Write $NAME there, with the secret in that environment variable, or use the endpoint's key setting."),
                format!("{place}里写了密码或密钥，会存进会话文件。请改写 $NAME，把密钥放进这个环境变量，或使用服务器的密钥设置。"),
            ),
            RequestFault::BadSetting { place, .. } => self.pick(
                format!("{place} cannot be used as it is. Change it and start again."),
                format!("{place}不能这样写。请修改后再开始。"),
            ),
            RequestFault::NoKey { place, .. } if place == "keyring" => self.pick(
                "The key could not be had from the system's keyring. Enter it again, or name an environment variable that holds it.".to_owned(),
                "无法从系统钥匙串取得密钥。请重新填写，或改用环境变量。".to_owned(),
            ),
            RequestFault::NoKey { place, .. } => self.pick(
                format!("The environment variable {place} that should hold the key is not set. Set it, then start Pairloom again."),
                format!("应存放密钥的环境变量 {place} 没有设置。设置后重新启动 Pairloom。"),
            ),
            RequestFault::Unreachable { url, .. } => self.pick(
                format!("The server does not answer at {url}. Start it, or change the address; nothing is lost."),
                format!("服务器没有响应：{url}。请启动它或更改地址；没有丢失任何内容。"),
            ),
            RequestFault::TimedOut { seconds } => self.pick(
                format!("The server sent nothing for {seconds} s. It may be overloaded; try again with fewer requests at the same time."),
                format!("服务器 {seconds} 秒没有发来任何内容，可能负荷过高。请减少并发后再试。"),
            ),
            RequestFault::Unauthorized { .. } => self.pick(
                "The server refused the key, or wants one. Enter a valid key for this endpoint and start again.".to_owned(),
                "服务器拒绝了密钥，或需要密钥。为这个服务器填写有效的密钥再开始。".to_owned(),
            ),
            RequestFault::NoSuchModel { model, models, .. } => {
                let list = models.join(", ");
                if models.is_empty() {
                    self.pick(
                        format!("The server has no model “{model}”. Choose another one."),
                        format!("服务器没有模型“{model}”。请换一个。"),
                    )
                } else {
                    self.pick(
                        format!("The server has no model “{model}”. It has: {list}."),
                        format!("服务器没有模型“{model}”。它有：{list}。"),
                    )
                }
            }
            RequestFault::TooLong { .. } => self.pick(
                "The prompt is longer than the model can read. Shorten it, lower the longest reply, or start the server with a longer context.".to_owned(),
                "提示超出模型能读的长度。请缩短提示、调小最大长度，或用更长的上下文启动服务器。".to_owned(),
            ),
            RequestFault::Refused { status, .. } => self.pick(
                format!("The server refused the request (HTTP {status}). Its words tell what to change."),
                format!("服务器拒绝了请求（HTTP {status}）。请按它的说明修改。"),
            ),
            RequestFault::Busy { status, tries, .. } => self.pick(
                format!("The server was too busy or broken (HTTP {status}, {tries} tries). Retry later."),
                format!("服务器太忙或出错（HTTP {status}，试了 {tries} 次）。稍后重试。"),
            ),
            RequestFault::NotAnApi { status, .. } => self.pick(
                format!("A web page came instead of an answer (HTTP {status}): a proxy, or the wrong port. Check the address."),
                format!("收到的是网页而不是回复（HTTP {status}），可能是代理或端口不对。请检查地址。"),
            ),
            RequestFault::Redirected { status, host } => self.pick(
                format!("The server sends to another address, {host} (HTTP {status}). Nothing was sent there. If you trust it, enter that address."),
                format!("服务器要转到另一个地址 {host}（HTTP {status}）。没有向那里发送任何内容。如果信任它，请直接填写那个地址。"),
            ),
            RequestFault::TooLarge { mebibytes } => self.pick(
                format!("The answer was larger than {mebibytes} MiB and was dropped: the server is out of control. Set a longest reply."),
                format!("回答超过 {mebibytes} MiB，已丢弃：服务器失控了。请设置最大长度。"),
            ),
            RequestFault::Garbled { .. } => self.pick(
                "The server's answer cannot be read. It may not be OpenAI-compatible, or a proxy changed it.".to_owned(),
                "无法读懂服务器的回答。它可能不兼容 OpenAI 接口，或被代理改动过。".to_owned(),
            ),
            RequestFault::CutStream => self.pick(
                "The connection ended in the middle of a reply. Half a reply is never kept; retry asks for it again.".to_owned(),
                "连接在回复中途断开。不保留半条回复，重试会重新请求。".to_owned(),
            ),
            RequestFault::BrokeOff { .. } => self.pick(
                "The server broke off in the middle of a reply. Retry asks for it again.".to_owned(),
                "服务器在回复中途报错。重试会重新请求。".to_owned(),
            ),
            RequestFault::EmptyReply { finish_reason } => self.pick(
                format!("The reply was empty ({finish_reason}). Retry asks for it again."),
                format!("回复是空的（{finish_reason}）。重试会重新请求。"),
            ),
            RequestFault::OnlyReasoning => self.pick(
                "The model used up its tokens thinking and said nothing. Raise the longest reply.".to_owned(),
                "模型把长度都用在思考上，没有给出回复。请调大最大长度。".to_owned(),
            ),
        }
    }

    /// The server's or the system's own words.
    pub fn request_detail(self, fault: &RequestFault) -> Option<String> {
        match fault {
            RequestFault::Unreachable { said, .. }
            | RequestFault::BadSetting { said, .. }
            | RequestFault::NoKey { said, .. }
            | RequestFault::Unauthorized { said, .. }
            | RequestFault::NoSuchModel { said, .. }
            | RequestFault::TooLong { said }
            | RequestFault::Refused { said, .. }
            | RequestFault::Busy { said, .. }
            | RequestFault::NotAnApi { said, .. }
            | RequestFault::Garbled { said }
            | RequestFault::BrokeOff { said } => Some(said.clone()).filter(|said| !said.is_empty()),
            _ => None,
        }
    }
}
