//! `application/x-www-form-urlencoded`, in queries and in bodies: `name=value` and `name[key]=value`.

use super::refused::Refused;

/// The parameters of a request, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn read(text: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(text);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The last value of a parameter, which is the one that counts.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A whole number.
    pub(super) fn whole(&self, name: &'static str) -> Result<Option<i64>, Refused> {
        self.text(name).map(|text| text.parse().map_err(|_| Refused::NotWhole(name.to_owned()))).transpose()
    }

    /// The values of `name[key]`, by their keys.
    pub(super) fn keyed<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(known, value)| Some((key_of(known, name)?, value.as_str())))
    }

    /// Refuses what is neither one of these parameters nor a key of one of those.
    pub(super) fn only(&self, names: &[&str], keyed: &[&str]) -> Result<(), Refused> {
        let known = |name: &str| names.contains(&name) || keyed.iter().any(|of| key_of(name, of).is_some());
        match self.0.iter().find(|(name, _)| !known(name)) {
            Some((name, _)) => Err(Refused::Unknown(name.clone())),
            None => Ok(()),
        }
    }

    /// The same parameters in one order, to tell two requests apart.
    pub(super) fn in_order(&self) -> Vec<(String, String)> {
        let mut pairs = self.0.clone();
        pairs.sort();
        pairs
    }
}

fn key_of<'a>(parameter: &'a str, name: &str) -> Option<&'a str> {
    parameter.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keys_and_values_are_told_apart() {
        let form = Form::read(b"email=a%40b.example&metadata[user_id]=usr_1&metadata%5Bx%5D=&email=c%40d.example");
        assert_eq!(form.text("email"), Some("c@d.example"));
        assert_eq!(form.keyed("metadata").collect::<Vec<_>>(), [("user_id", "usr_1"), ("x", "")]);
        assert_eq!(form.only(&["email"], &["metadata"]), Ok(()));
        assert_eq!(form.only(&[], &["metadata"]), Err(Refused::Unknown("email".to_owned())));
        assert_eq!(Form::read(b"limit=ten").whole("limit"), Err(Refused::NotWhole("limit".to_owned())));
    }
}
