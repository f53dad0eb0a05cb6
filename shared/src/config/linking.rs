//! What a wallet signs for.

use super::env::{ConfigError, Env};
use crate::possession::Site;

/// `LINK_DOMAIN` and `LINK_URI`: both, or neither, and then keys cannot be linked by proof.
pub fn link_site(env: &Env) -> Result<Option<Site>, ConfigError> {
    if !env.any_of(&["LINK_DOMAIN", "LINK_URI"]) {
        return Ok(None);
    }
    env.required("LINK_DOMAIN")?;
    env.required("LINK_URI")?;
    let site = env.parsed("LINK_DOMAIN")?.zip(env.parsed("LINK_URI")?);
    Ok(site.map(|(domain, uri)| Site::new(domain, uri)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn culprit(variables: &[(&str, &str)]) -> Option<String> {
        link_site(&Env::of(variables.iter().copied())).err().map(|error| error.variable)
    }

    #[test]
    fn a_half_or_a_malformed_site_is_named_and_none_at_all_is_none() {
        let (domain, uri) = (("LINK_DOMAIN", "example.com"), ("LINK_URI", "https://example.com"));
        assert!(matches!(link_site(&Env::of([domain, uri])), Ok(Some(_))));
        assert!(matches!(link_site(&Env::of::<String, String>([])), Ok(None)));
        assert_eq!(culprit(&[domain]).as_deref(), Some("LINK_URI"));
        assert_eq!(culprit(&[uri]).as_deref(), Some("LINK_DOMAIN"));
        assert_eq!(culprit(&[("LINK_DOMAIN", "https://example.com"), uri]).as_deref(), Some("LINK_DOMAIN"));
        assert_eq!(culprit(&[domain, ("LINK_URI", "example.com")]).as_deref(), Some("LINK_URI"));
    }
}
