//! What is going to be done, a line a step. Secrets are named, and never shown.

use std::io::{self, Write};

use serde_json::json;

use super::plan::{Found, Move, Plan, is_named_ours, sends_there};
use super::wanted::{EVENTS, NAME, RUNTIME, Wanted, WantedStream, WantedTo};
use crate::look::shown;
use crate::place::Place;

/// One line of it.
struct Line {
    step: &'static str,
    does: &'static str,
    what: String,
}

/// Shows the plan.
pub(super) fn plan(place: Place, plan: &Plan, wanted: &Wanted, found: &Found) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for Line { step, does, what } in lines(plan, wanted, found) {
        let line = if place.json {
            json!({"step": step, "does": does, "what": what}).to_string()
        } else {
            format!("{step:<12}  {does:<8}  {}", shown(&what))
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn lines(plan: &Plan, wanted: &Wanted, found: &Found) -> Vec<Line> {
    let names: Vec<&str> = wanted.secrets.iter().map(|(name, _)| *name).collect();
    let door = wanted.secrets.iter().find(|(name, _)| *name == "SPINE_HTTP_URL");
    let tells = door.map(|(_, door)| format!("; it tells {} of logins", door.expose())).unwrap_or_default();
    let new = || format!("{NAME}, on {RUNTIME}, with the secrets {}", names.join(", "));
    let mut action = line("action", &plan.action, new, &format!("{NAME} is as it should be"));
    action.what.push_str(&tells);
    let mut lines = vec![action];
    let (does, what) = if plan.deploy { ("create", "a version of it") } else { ("nothing", "it is deployed") };
    lines.push(Line { step: "deploy", does, what: what.to_owned() });
    lines.push(match (plan.bind, found.flow.len()) {
        (false, _) => Line { step: "flow", does: "nothing", what: "it runs after logins".to_owned() },
        (true, 0) => Line { step: "flow", does: "update", what: "it is the first to run after logins".to_owned() },
        (true, others) => {
            let what = format!("it is put behind the {others} that run after logins, which stay as they are");
            Line { step: "flow", does: "update", what }
        }
    });
    if let (Some(step), Some(stream)) = (&plan.stream, &wanted.stream) {
        let place = match &stream.to {
            WantedTo::Webhook { url, .. } => format!("to {url}, with the bearer AUTH0_EVENTS_SECRET"),
            WantedTo::EventBridge { account, region } => format!("to EventBridge of {account} in {region}"),
        };
        let new = || format!("{} {place}", EVENTS.join(", "));
        lines.push(line("event stream", step, new, &format!("{place}, as it should be")));
        lines.extend(others(found, stream));
    }
    lines
}

fn line(step: &'static str, it: &Move, new: impl FnOnce() -> String, well: &str) -> Line {
    match it {
        Move::Nothing => Line { step, does: "nothing", what: well.to_owned() },
        Move::Create => Line { step, does: "create", what: new() },
        Move::Update(differs) => Line { step, does: "update", what: differs.join(", ") },
    }
}

/// Streams of our name besides the one, which send each event a second time; and those of others to the same place.
fn others<'a>(found: &'a Found, wanted: &'a WantedStream) -> impl Iterator<Item = Line> + 'a {
    let ours = found.stream(wanted).map(|stream| stream.id.as_str());
    let besides = found.streams.iter().filter(move |stream| Some(stream.id.as_str()) != ours && stream.enabled);
    besides.filter_map(|stream| {
        let name = &stream.name;
        let what = if is_named_ours(stream) {
            format!("{name} sends too, and is left alone: delete it when the other one delivers")
        } else if sends_there(stream, &wanted.to) {
            format!("{name} sends to the same place, is not named as ours are, and is left alone")
        } else {
            return None;
        };
        Some(Line { step: "event stream", does: "nothing", what })
    })
}
