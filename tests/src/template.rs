//! `template.yaml` as CloudFormation sees it: with parameters, conditions and functions resolved.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use serde_yaml_ng::value::TaggedValue;
use serde_yaml_ng::{Mapping, Value as Yaml};

const TEXT: &str = include_str!("../../template.yaml");

/// The template of one stack. What it uses and this does not know stops the test.
pub struct Template {
    document: Mapping,
    parameters: BTreeMap<String, String>,
}

impl Template {
    /// The template with these parameters; the others have their defaults.
    pub fn with(parameters: &[(&str, &str)]) -> Self {
        let document: Mapping = serde_yaml_ng::from_str(TEXT).expect("template.yaml is YAML");
        let mut all = BTreeMap::new();
        for (name, parameter) in document["Parameters"].as_mapping().expect("parameters") {
            let default = plain(&parameter["Default"]);
            all.insert(text(name).to_owned(), default.as_str().map_or_else(|| default.to_string(), str::to_owned));
        }
        for (name, value) in parameters {
            assert!(all.insert((*name).to_owned(), (*value).to_owned()).is_some(), "no parameter {name}");
        }
        Self { document, parameters: all }
    }

    /// The logical ids of all resources of a type.
    pub fn resources(&self, kind: &str) -> Vec<&str> {
        let all = self.document["Resources"].as_mapping().expect("resources");
        all.iter().filter(|(_, resource)| resource["Type"] == kind).map(|(id, _)| text(id)).collect()
    }

    /// A property of a resource, resolved, by its names from the outside in; `null` if there is none.
    /// A resource is named by its logical id, whether its ARN is meant or its name.
    pub fn property(&self, id: &str, names: &[&str]) -> Json {
        let resource = &self.document["Resources"][id]["Properties"];
        assert!(resource.is_mapping(), "no resource {id}");
        let found = names.iter().try_fold(resource, |value, name| value.get(*name));
        found.map_or(Json::Null, |value| self.resolved(value))
    }

    /// A variable of a function's environment, its own or one that all functions have.
    pub fn variable(&self, function: &str, name: &str) -> Option<String> {
        self.variables(function).remove(name)
    }

    /// A function's environment.
    pub fn variables(&self, function: &str) -> BTreeMap<String, String> {
        let of_all = self.resolved(&self.document["Globals"]["Function"]["Environment"]["Variables"]);
        let own = self.property(function, &["Environment", "Variables"]);
        let pairs = [of_all, own].into_iter().filter_map(|each| each.as_object().cloned()).flatten();
        pairs.map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect()
    }

    /// The value of an output, resolved.
    pub fn output(&self, name: &str) -> Json {
        self.resolved(&self.document["Outputs"][name]["Value"])
    }

    /// What the template's rules say against these parameters.
    pub fn objections(&self) -> Vec<String> {
        let rules = self.document["Rules"].as_mapping().expect("rules").values();
        let asked = rules.filter(|rule| rule.get("RuleCondition").is_none_or(|it| self.holds(it)));
        let assertions = asked.flat_map(|rule| rule["Assertions"].as_sequence().expect("assertions"));
        let broken = assertions.filter(|assertion| !self.holds(&assertion["Assert"]));
        broken.map(|assertion| text(&assertion["AssertDescription"]).to_owned()).collect()
    }

    fn resolved(&self, value: &Yaml) -> Json {
        match value {
            Yaml::Tagged(tagged) => self.function(tagged),
            // An item without a value is none; so is a property, which reads as null.
            Yaml::Sequence(items) => items.iter().map(|it| self.resolved(it)).filter(|it| !it.is_null()).collect(),
            Yaml::Mapping(pairs) => {
                let pair = |(key, value): (&Yaml, &Yaml)| (text(key).to_owned(), self.resolved(value));
                Json::Object(pairs.iter().map(pair).collect())
            }
            scalar => plain(scalar),
        }
    }

    fn function(&self, tagged: &TaggedValue) -> Json {
        let argument = &tagged.value;
        match tagged.tag.to_string().as_str() {
            "!Ref" if text(argument) == "AWS::NoValue" => Json::Null,
            "!Ref" | "!GetAtt" => self.named(text(argument)).into(),
            "!Sub" => self.substituted(argument).into(),
            "!If" => self.resolved(&argument[if self.condition(text(&argument[0])) { 1 } else { 2 }]),
            other => panic!("{other} is not known"),
        }
    }

    fn named(&self, name: &str) -> String {
        match name {
            "AWS::Partition" => "aws".to_owned(),
            "AWS::StackName" => "identity-spine".to_owned(),
            "AWS::Region" => "eu-central-1".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            "AWS::AccountId" => panic!("{name} is not known"),
            _ if name.ends_with(".Arn") => self.named(name.trim_end_matches(".Arn")),
            // Of other attributes the resource has several: they keep their names.
            _ if name.contains('.') => name.to_owned(),
            _ => self.parameters.get(name).cloned().unwrap_or_else(|| {
                assert!(self.document["Resources"].get(name).is_some(), "nothing is named {name}");
                name.to_owned()
            }),
        }
    }

    fn substituted(&self, argument: &Yaml) -> String {
        let Some(parts) = argument.as_sequence() else {
            return filled_in(text(argument), |name| self.named(name));
        };
        let own = self.resolved(&parts[1]);
        filled_in(text(&parts[0]), |name| own[name].as_str().map_or_else(|| self.named(name), str::to_owned))
    }

    /// The condition on which a resource is there, if it has one.
    pub fn condition_of(&self, id: &str) -> Option<String> {
        self.document["Resources"][id].get("Condition").map(|name| text(name).to_owned())
    }

    /// Whether a condition of the template holds.
    pub fn condition(&self, name: &str) -> bool {
        self.holds(&self.document["Conditions"][name])
    }

    fn holds(&self, condition: &Yaml) -> bool {
        let Yaml::Tagged(tagged) = condition else { panic!("no condition: {condition:?}") };
        let argument = &tagged.value;
        match tagged.tag.to_string().as_str() {
            "!Condition" => self.condition(text(argument)),
            "!Equals" => self.resolved(&argument[0]) == self.resolved(&argument[1]),
            "!Not" => !self.holds(&argument[0]),
            "!Or" => argument.as_sequence().expect("a list").iter().any(|each| self.holds(each)),
            "!And" => argument.as_sequence().expect("a list").iter().all(|each| self.holds(each)),
            other => panic!("{other} is not known"),
        }
    }
}

/// `${Name}` replaced, as `!Sub` and `DefinitionSubstitutions` do.
pub(crate) fn filled_in(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut pieces = text.split("${");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').expect("a name ends");
        filled.push_str(&value(name));
        filled.push_str(rest);
    }
    filled
}

fn text(value: &Yaml) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value:?}"))
}

fn plain(value: &Yaml) -> Json {
    match value {
        Yaml::Null => Json::Null,
        Yaml::Bool(flag) => (*flag).into(),
        Yaml::Number(number) => serde_json::to_value(number).expect("a number of JSON"),
        Yaml::String(text) => text.as_str().into(),
        other => panic!("no scalar: {other:?}"),
    }
}

/// All texts in `value` changed by `change`.
pub(crate) fn with_texts(value: Json, change: &impl Fn(&str) -> String) -> Json {
    match value {
        Json::String(text) => change(&text).into(),
        Json::Array(items) => items.into_iter().map(|item| with_texts(item, change)).collect(),
        Json::Object(pairs) => {
            Json::Object(pairs.into_iter().map(|(key, value)| (key, with_texts(value, change))).collect::<Map<_, _>>())
        }
        other => other,
    }
}
