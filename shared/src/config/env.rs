//! The variables, and what can be wrong with one.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use crate::secret::SecretText;

/// A snapshot of the environment. An empty variable counts as unset, for templates declare what they leave open.
pub struct Env(BTreeMap<String, String>);

/// A variable that is missing or malformed. It names the variable, never its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct ConfigError {
    /// The variable.
    pub variable: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl ConfigError {
    /// An error about `variable`.
    pub fn new(variable: &str, problem: impl Display) -> Self {
        Self { variable: variable.to_owned(), problem: problem.to_string() }
    }
}

/// Where a secret lies.
pub enum SecretSpot {
    /// In the environment: the texts that count now.
    Here(Vec<SecretText>),
    /// In Secrets Manager, under this ARN.
    Managed {
        /// The secret's ARN or name.
        arn: String,
        /// How long the previous stage counts after the current one was made.
        overlap: Duration,
    },
}

impl Env {
    /// The environment of this process.
    #[expect(clippy::disallowed_methods, reason = "the only reader of the environment")]
    pub fn process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    /// These variables and no others.
    pub fn of<N: Into<String>, V: Into<String>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// These variables where they are set, and `defaults` elsewhere.
    pub fn or(mut self, defaults: Self) -> Self {
        for (name, value) in defaults.0 {
            if self.text(&name).is_none() {
                self.0.insert(name, value);
            }
        }
        self
    }

    /// The same, with one variable set.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same, without these variables.
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// A variable, if it is set and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// A variable that must be set.
    pub fn required(&self, name: &str) -> Result<&str, ConfigError> {
        self.text(name).ok_or_else(|| ConfigError::new(name, "is missing"))
    }

    /// A variable of a type, if it is set.
    pub fn parsed<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, ConfigError> {
        self.text(name)
            .map(|text| text.trim().parse().map_err(|error: T::Err| ConfigError::new(name, error)))
            .transpose()
    }

    /// Several values in one variable, parted by spaces.
    pub fn several<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Vec<T>, ConfigError> {
        let texts = self.text(name).unwrap_or("").split_whitespace();
        texts.map(|text| text.parse().map_err(|error: T::Err| ConfigError::new(name, error))).collect()
    }

    /// Whole seconds, if the variable is set.
    pub fn seconds(&self, name: &str) -> Result<Option<Duration>, ConfigError> {
        let number = self.text(name).map(|text| text.trim().parse::<u32>());
        match number {
            None => Ok(None),
            Some(Ok(seconds)) => Ok(Some(Duration::from_secs(u64::from(seconds)))),
            Some(Err(_)) => Err(ConfigError::new(name, "must be a whole number of seconds")),
        }
    }

    /// Which of these variables are set: all missing means that their part is off.
    pub fn any_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.text(name).is_some())
    }

    /// Where the secret `name` lies: `name` itself wins, else `name_ARN` points to Secrets Manager.
    pub fn secret(&self, name: &str) -> Result<SecretSpot, ConfigError> {
        self.spot(name, |text| text.split_whitespace().map(SecretText::new).collect())
    }

    /// The same of a secret whose spaces part nothing, such as JSON. See `Secret::open_whole`.
    pub fn whole_secret(&self, name: &str) -> Result<SecretSpot, ConfigError> {
        self.spot(name, |text| vec![SecretText::new(text)])
    }

    fn spot(&self, name: &str, texts: impl Fn(&str) -> Vec<SecretText>) -> Result<SecretSpot, ConfigError> {
        let overlap = self.overlap()?;
        if let Some(text) = self.text(name) {
            return Ok(SecretSpot::Here(texts(text)));
        }
        match self.text(&format!("{name}_ARN")) {
            Some(arn) => Ok(SecretSpot::Managed { arn: arn.trim().to_owned(), overlap }),
            None => Err(ConfigError::new(name, format!("is missing (or {name}_ARN, its place in Secrets Manager)"))),
        }
    }

    fn overlap(&self) -> Result<Duration, ConfigError> {
        Ok(self.seconds("SECRET_OVERLAP")?.unwrap_or(Duration::from_secs(86_400)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::domain::Issuer;

    #[test]
    fn an_error_names_the_variable_and_never_its_value() {
        let env = Env::of([("AUTH0_ISSUER_BASE_URL", "ftp://canary-value")]);
        let error = env.parsed::<Issuer>("AUTH0_ISSUER_BASE_URL").unwrap_err().to_string();
        assert!(error.starts_with("AUTH0_ISSUER_BASE_URL: ") && !error.contains("canary"), "{error}");
        assert_eq!(env.required("USERS_TABLE").unwrap_err().to_string(), "USERS_TABLE: is missing");
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let env = Env::of([("A", ""), ("B", "  ")]);
        assert!(!env.any_of(&["A", "B"]));
        assert!(env.seconds("A").unwrap().is_none());
    }

    #[test]
    fn a_plain_secret_wins_over_its_place_in_secrets_manager() {
        let env = Env::of([("S", "one two"), ("S_ARN", "arn"), ("T_ARN", "arn")]);
        assert!(matches!(env.secret("S").unwrap(), SecretSpot::Here(texts) if texts.len() == 2));
        assert!(matches!(env.secret("T").unwrap(), SecretSpot::Managed { arn, .. } if arn == "arn"));
        assert!(env.secret("U").is_err());
    }
}
