//! What the change feed is told of its event bus.

use super::aws::endpoint;
use super::env::{ConfigError, Env};

/// The bus that events go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventBus {
    /// Its name or ARN.
    pub name: String,
    /// Another EventBridge than the region's own.
    pub endpoint: Option<String>,
}

impl EventBus {
    /// `EVENT_BUS_NAME` and `EVENT_BUS_ENDPOINT`; `None`, and no events, where no bus is named.
    pub fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        let Some(name) = env.text("EVENT_BUS_NAME").map(str::trim) else { return Ok(None) };
        Ok(Some(Self { name: name.to_owned(), endpoint: endpoint(env, "EVENT_BUS_ENDPOINT")? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_name_there_is_no_bus_and_an_endpoint_must_be_a_url() {
        let of = |variables: &[(&str, &str)]| {
            let bus = EventBus::from_env(&Env::of(variables.iter().copied()));
            bus.map(|bus| bus.map(|bus| (bus.name, bus.endpoint))).map_err(|error| error.variable)
        };
        let (name, url) = (("EVENT_BUS_NAME", "users"), "http://127.0.0.1:3001");
        assert_eq!(of(&[("EVENT_BUS_ENDPOINT", "http://127.0.0.1:3001")]), Ok(None));
        assert_eq!(of(&[name]), Ok(Some(("users".to_owned(), None))));
        assert_eq!(of(&[name, ("EVENT_BUS_ENDPOINT", url)]), Ok(Some(("users".to_owned(), Some(url.to_owned())))));
        assert_eq!(of(&[name, ("EVENT_BUS_ENDPOINT", "bus")]), Err("EVENT_BUS_ENDPOINT".to_owned()));
    }
}
