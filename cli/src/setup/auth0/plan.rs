//! What there is, compared with what should be: a rule without a network.

use shared::provider::{Action, Auth0, Binding, Build, Destination, EventStream};

use super::wanted::{EVENTS, NAME, RUNTIME, Wanted, WantedStream, WantedTo};

/// What the tenant has.
pub(super) struct Found {
    pub(super) action: Option<Action>,
    pub(super) flow: Vec<Binding>,
    pub(super) streams: Vec<EventStream>,
}

/// What is to be done about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Nothing,
    Create,
    /// What of it is not as it should be.
    Update(Vec<String>),
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) action: Move,
    pub(super) deploy: bool,
    pub(super) bind: bool,
    /// `None` where streams are left alone.
    pub(super) stream: Option<Move>,
}

impl Found {
    /// Asks for it; the streams only if they matter.
    pub(super) async fn read(auth0: &Auth0, streams: bool) -> Result<Self, Box<dyn std::error::Error>> {
        let actions = auth0.post_login_actions(NAME).await?;
        let flow = auth0.post_login_flow().await?;
        let action = ours(actions, &flow)?;
        let streams = if streams { auth0.event_streams().await? } else { Vec::new() };
        Ok(Self { action, flow, streams })
    }

    /// The stream that is ours. One to our own door is, whatever its name; else one of our name and of the same kind.
    /// An account of AWS may have streams of others too, so there the name has to be ours.
    pub(super) fn stream(&self, wanted: &WantedStream) -> Option<&EventStream> {
        let there = |stream: &&EventStream| sends_there(stream, &wanted.to);
        let named = |stream: &&EventStream| is_named_ours(stream);
        match &wanted.to {
            WantedTo::Webhook { .. } => {
                let webhook = |stream: &&EventStream| matches!(stream.to, Destination::Webhook { .. });
                let ours = self.streams.iter().filter(webhook);
                ours.clone().find(there).or_else(|| ours.clone().find(named))
            }
            WantedTo::EventBridge { .. } => {
                self.streams.iter().filter(there).find(|stream| stream.name == wanted.name || stream.name == NAME)
            }
        }
    }
}

/// A URL without what may be secret in it.
fn harmless(url: &str) -> &str {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let url = url.get(..end).unwrap_or_default();
    if url.contains('@') { "another one" } else { url }
}

/// Whether the stream is named as ours are.
pub(super) fn is_named_ours(stream: &EventStream) -> bool {
    stream.name == NAME || stream.name.starts_with(&format!("{NAME} "))
}

/// Whether the stream sends where ours shall.
pub(super) fn sends_there(stream: &EventStream, wanted: &WantedTo) -> bool {
    match (&stream.to, wanted) {
        (Destination::Webhook { url: to, .. }, WantedTo::Webhook { url, .. }) => to == url,
        (Destination::EventBridge { account: to, region: at, .. }, WantedTo::EventBridge { account, region }) => {
            to == account && at == region
        }
        _ => false,
    }
}

/// The Action that is ours: the only one of its name, or the only one of them that runs.
fn ours(mut actions: Vec<Action>, flow: &[Binding]) -> Result<Option<Action>, String> {
    if actions.len() > 1 {
        let ids: Vec<String> = actions.iter().map(|action| action.id.clone()).collect();
        actions.retain(|action| flow.iter().any(|binding| binding.action == action.id));
        if actions.len() != 1 {
            return Err(format!("several Actions are named {NAME}: delete all but one of {}", ids.join(", ")));
        }
    }
    Ok(actions.pop())
}

impl Plan {
    /// Whether all is as it should be.
    pub(super) fn is_nothing(&self) -> bool {
        let still = |it: &Move| *it == Move::Nothing;
        still(&self.action) && !self.deploy && !self.bind && self.stream.as_ref().is_none_or(still)
    }
}

/// Compares. `rewrite` writes the secrets whether or not they seem to be the same.
pub(super) fn plan(found: &Found, wanted: &Wanted, rewrite: bool) -> Plan {
    let action = found.action.as_ref().map_or(Move::Create, |action| action_move(action, wanted, rewrite));
    let id = found.action.as_ref().map(|action| action.id.as_str());
    Plan {
        deploy: action != Move::Nothing || found.action.as_ref().is_some_and(|action| !action.deployed),
        bind: !found.flow.iter().any(|binding| Some(binding.action.as_str()) == id),
        stream: wanted.stream.as_ref().map(|stream| stream_move(found.stream(stream), stream, rewrite)),
        action,
    }
}

fn action_move(action: &Action, wanted: &Wanted, rewrite: bool) -> Move {
    let mut differs = Vec::new();
    let (code, marked) = parts(&action.code);
    let (wanted_code, wanted_mark) = parts(&wanted.code);
    if code != wanted_code {
        differs.push("the code".to_owned());
    }
    if action.has_packages {
        differs.push("npm packages are removed".to_owned());
    }
    if action.build == Build::Failed {
        differs.push("it could not be built".to_owned());
    }
    if action.runtime != RUNTIME {
        differs.push("the runtime".to_owned());
    }
    let has = |name: &str| action.secrets.iter().any(|secret| secret == name);
    for (name, _) in wanted.secrets.iter().filter(|(name, _)| !has(name)) {
        differs.push(format!("{name} is added"));
    }
    for gone in action.secrets.iter().filter(|secret| !wanted.secrets.iter().any(|(name, _)| name == secret)) {
        differs.push(format!("{gone} is removed"));
    }
    if marked != wanted_mark || rewrite {
        differs.push("the secrets' values".to_owned());
    }
    if differs.is_empty() { Move::Nothing } else { Move::Update(differs) }
}

/// The code, and its last line, which tells of the secrets.
fn parts(code: &str) -> (&str, &str) {
    let code = code.trim_end();
    let (code, mark) =
        code.rsplit_once('\n').filter(|(_, last)| last.starts_with("// Set up by")).unwrap_or((code, ""));
    (code.trim_end(), mark)
}

fn stream_move(found: Option<&EventStream>, wanted: &WantedStream, rewrite: bool) -> Move {
    let Some(found) = found else { return Move::Create };
    let mut differs = Vec::new();
    if found.events != EVENTS {
        differs.push("the events".to_owned());
    }
    if !found.enabled {
        differs.push("it is disabled".to_owned());
    }
    if let (WantedTo::Webhook { url, .. }, Destination::Webhook { url: to, bearer }) = (&wanted.to, &found.to) {
        if to != url {
            differs.push(format!("the URL, {} until now and {url} from now on", harmless(to)));
        }
        if !bearer || found.name != wanted.name || rewrite {
            differs.push("the bearer".to_owned());
        }
    }
    if differs.is_empty() { Move::Nothing } else { Move::Update(differs) }
}

#[cfg(test)]
mod tests;
