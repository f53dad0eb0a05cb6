//! Where DynamoDB and Secrets Manager are, and who asks.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::env::{ConfigError, Env};
use crate::domain::Issuer;
use crate::secret::SecretText;

/// How AWS is reached. Lambda gives an environment its credentials once, so they are read once.
pub struct Aws {
    /// The region.
    pub region: String,
    /// Another DynamoDB than the region's own.
    pub dynamodb_endpoint: Option<String>,
    /// Another Secrets Manager than the region's own.
    pub secrets_manager_endpoint: Option<String>,
    /// Certificates to trust instead of Amazon's own five roots, PEM.
    pub ca_bundle: Option<Vec<u8>>,
    /// The access key's id.
    pub access_key_id: SecretText,
    /// The access key's secret.
    pub secret_access_key: SecretText,
    /// The session's token.
    pub session_token: Option<SecretText>,
}

impl Aws {
    /// Reads AWS's own variables and `DYNAMODB_ENDPOINT`, with which any credentials do.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let dynamodb_endpoint = endpoint(env, "DYNAMODB_ENDPOINT")?;
        let key = |name: &str| match (env.text(name), &dynamodb_endpoint) {
            (Some(value), _) => Ok(SecretText::new(value)),
            (None, Some(_)) => Ok(SecretText::new("local")),
            (None, None) => Err(ConfigError::new(
                name,
                "is missing: profiles are not read, and `aws configure export-credentials --format env` prints it",
            )),
        };
        Ok(Self {
            region: env.text("AWS_REGION").or(env.text("AWS_DEFAULT_REGION")).unwrap_or("us-east-1").to_owned(),
            access_key_id: key("AWS_ACCESS_KEY_ID")?,
            secret_access_key: key("AWS_SECRET_ACCESS_KEY")?,
            session_token: env.text("AWS_SESSION_TOKEN").map(SecretText::new),
            secrets_manager_endpoint: endpoint(env, "AWS_ENDPOINT_URL_SECRETS_MANAGER")?,
            ca_bundle: env.text("AWS_CA_BUNDLE").map(read_bundle).transpose()?,
            dynamodb_endpoint,
        })
    }
}

/// An endpoint may be plain http anywhere: a container reaches its host so.
pub(super) fn endpoint(env: &Env, name: &str) -> Result<Option<String>, ConfigError> {
    let Some(text) = env.text(name) else { return Ok(None) };
    let usable = text.starts_with("http://") && text.parse::<http::Uri>().is_ok_and(|uri| uri.host().is_some());
    if usable || text.parse::<Issuer>().is_ok() {
        Ok(Some(text.to_owned()))
    } else {
        Err(ConfigError::new(name, "must be an http or https URL"))
    }
}

fn read_bundle(path: &str) -> Result<Vec<u8>, ConfigError> {
    let unreadable =
        |error: std::io::Error| ConfigError::new("AWS_CA_BUNDLE", format!("cannot be read ({})", error.kind()));
    let bundle = std::fs::read(path).map_err(unreadable)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bundle).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(bundle),
        _ => Err(ConfigError::new("AWS_CA_BUNDLE", "must be a file of PEM certificates")),
    }
}

/// The names of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// The users.
    pub users: String,
    /// What may belong to one user only.
    pub claims: String,
    /// What happened to whom.
    pub audit: String,
    /// The runs of a reconcile.
    pub sync_runs: String,
}

impl Tables {
    /// The same names, each with `-suffix` behind it: for tests that share an engine.
    pub fn suffixed(suffix: &str) -> Self {
        let [users, claims, audit, sync_runs] =
            ["Users", "Claims", "Audit", "SyncRuns"].map(|name| format!("{name}-{suffix}"));
        Self { users, claims, audit, sync_runs }
    }

    /// `USERS_TABLE`, `CLAIMS_TABLE`, `AUDIT_TABLE` and `SYNC_RUNS_TABLE`, by default named as in the template.
    pub fn from_env(env: &Env) -> Self {
        let name = |variable, default: &str| env.text(variable).unwrap_or(default).to_owned();
        Self {
            users: name("USERS_TABLE", "Users"),
            claims: name("CLAIMS_TABLE", "Claims"),
            audit: name("AUDIT_TABLE", "Audit"),
            sync_runs: name("SYNC_RUNS_TABLE", "SyncRuns"),
        }
    }
}
