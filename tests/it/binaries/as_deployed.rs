//! Every function starts with what the template tells it, whatever is switched on, and what is off is off.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::config::{Auth0Source, ClerkDoor, ClerkSource, Env, LoginDoor, StripeSource};
use shared::domain::Issuer;
use tests::api_gateway::{GatewayAnswer, GatewayRequest};
use tests::binaries::binary;
use tests::runtime_api::Lambda;
use tests::spine::Spine;
use tests::template::Template;

const AUTH0: (&str, &str) = ("Auth0IssuerBaseUrl", "https://tenant.eu.auth0.com/");
const CLIENT: (&str, &str) = ("Auth0ClientId", "client");
const CLERK: (&str, &str) = ("UseClerk", "yes");
const PARTIES: (&str, &str) = ("ClerkAuthorizedParties", "https://app.example.com");
const LINK_DOMAIN: (&str, &str) = ("LinkDomain", "app.example.com");
const LINK_URI: (&str, &str) = ("LinkUri", "https://app.example.com");

/// What a function needs to know of this machine: no secret is there, and none is needed for a start.
async fn started(spine: &Spine, template: &Template, id: &str) -> Lambda {
    let folder = template.property(id, &["CodeUri"]);
    let mut variables = template.variables(id);
    let nowhere = "http://127.0.0.1:9";
    for (name, value) in [
        ("DYNAMODB_ENDPOINT", spine.endpoint.as_str()),
        ("USERS_TABLE", &spine.tables.users),
        ("CLAIMS_TABLE", &spine.tables.claims),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", nowhere),
    ] {
        variables.insert(name.to_owned(), value.to_owned());
    }
    // A queue is named by its URL.
    if let Some(url) = variables.get_mut("AUTH0_EVENTS_QUEUE_URL").filter(|url| !url.is_empty()) {
        *url = format!("{nowhere}/0/{url}");
    }
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Lambda::start(binary(folder.as_str().unwrap().trim_start_matches("functions/")), &variables).await
}

/// Every function of such a stack, started.
async fn stack(spine: &Spine, parameters: &[(&str, &str)]) -> BTreeMap<String, Lambda> {
    let template = Template::with(parameters);
    assert_eq!(template.objections(), Vec::<String>::new(), "{parameters:?}");
    let mut all = BTreeMap::new();
    for id in template.resources("AWS::Serverless::Function") {
        if template.condition_of(id).is_none_or(|condition| template.condition(&condition)) {
            let lambda = started(spine, &template, id).await;
            let ready = lambda.wait_ready().await;
            assert!(ready.is_ok(), "{id} with {parameters:?}: {}", ready.unwrap_err());
            all.insert(id.to_owned(), lambda);
        }
    }
    all
}

#[tokio::test]
async fn every_function_starts_whatever_is_switched_on() {
    let spine = Spine::fresh().await;
    let whole = [
        AUTH0,
        CLIENT,
        ("Auth0AdditionalIssuers", "https://login.example.com/"),
        ("Auth0Domain", "tenant.eu.auth0.com"),
        ("Auth0Tenant", "tenant"),
        ("Auth0Audience", "https://api.example.com"),
        ("Auth0EventStream", "yes"),
        CLERK,
        ("ClerkInstanceId", "ins_1"),
        ("ClerkApiUrl", "https://api.clerk.com"),
        ("ClerkJwtIssuerDomain", "verb-noun-00.clerk.accounts.dev"),
        PARTIES,
        ("UseStripe", "yes"),
        LINK_DOMAIN,
        LINK_URI,
    ];
    assert_eq!(stack(&spine, &whole).await.len(), 10);
    for parameters in [&[][..], &[AUTH0], &[AUTH0, CLIENT], &[CLERK], &[PARTIES], &[("UseStripe", "yes")]] {
        stack(&spine, parameters).await;
    }
}

#[tokio::test]
async fn the_doors_of_what_is_off_say_so_and_are_not_there_and_nothing_fails() {
    let spine = Spine::fresh().await;
    let knocks = [
        ("Auth0Upsert", "/auth0/upsert-user"),
        ("Auth0EventsDoor", "/auth0/events"),
        ("ClerkWebhook", "/clerk/webhook"),
    ];
    let (none, auth0, clerk) = (&[][..], &[AUTH0][..], &[CLERK][..]);
    for (parameters, on) in [(none, [false; 3]), (auth0, [true, true, false]), (clerk, [false, false, true])] {
        let all = stack(&spine, parameters).await;
        for ((id, path), on) in knocks.iter().zip(on) {
            let lambda = &all[*id];
            let request: Value = GatewayRequest::new("POST", path).json(&json!({})).build();
            let answer = GatewayAnswer::read(&lambda.invoke(request).await.unwrap());
            assert_eq!(answer.status == 404, !on, "{id} of {parameters:?}: {}", answer.text());
            lambda.kill().await;
            let says = lambda.logs().iter().any(|line| line.contains("off: none of its variables is set"));
            assert_eq!(says, !on, "{id} of {parameters:?}: {:?}", lambda.logs());
        }
    }
}

#[test]
fn an_operators_environment_has_each_provider_that_is_on_and_nothing_of_the_others() {
    for (parameters, on) in [
        (&[][..], [false; 5]),
        (&[AUTH0], [false, false, false, true, false]),
        (&[AUTH0, CLIENT], [true, false, false, true, false]),
        (&[CLERK, ("ClerkInstanceId", "ins_1")], [false, true, false, false, true]),
        (&[("UseStripe", "yes"), ("ClerkInstanceId", "ins_1")], [false, false, true, false, false]),
    ] {
        let told = Template::with(parameters).output("SpineEnvironment");
        let pairs = told.as_str().unwrap().strip_prefix("export ").unwrap().split_whitespace();
        let env = Env::of(pairs.map(|pair| pair.split_once('=').unwrap()));
        let found = [
            Auth0Source::from_env(&env).unwrap().is_some(),
            ClerkSource::from_env(&env).unwrap().is_some(),
            StripeSource::from_env(&env).unwrap().is_some(),
            LoginDoor::from_env(&env).unwrap().is_some(),
            ClerkDoor::from_env(&env).unwrap().is_some(),
        ];
        assert_eq!(found, on, "{parameters:?}");
        assert!(env.text("SPINE_HTTP_URL").unwrap().parse::<Issuer>().is_ok());
    }
}

#[test]
fn what_is_half_configured_is_not_deployed() {
    for (parameters, objection) in [
        (&[CLIENT][..], "Auth0ClientId needs Auth0IssuerBaseUrl"),
        (&[("Auth0AdditionalIssuers", "https://a.example/")], "Auth0AdditionalIssuers needs Auth0IssuerBaseUrl"),
        (&[("Auth0Audience", "a")], "Auth0Audience needs Auth0IssuerBaseUrl"),
        (&[("Auth0EventStream", "yes")], "Auth0EventStream needs Auth0IssuerBaseUrl"),
        (&[CLERK, PARTIES], "ClerkAuthorizedParties needs ClerkJwtIssuerDomain"),
        (&[LINK_DOMAIN], "LinkDomain needs LinkUri"),
        (&[LINK_URI], "LinkUri needs LinkDomain"),
        (&[("DomainName", "users.example.com")], "DomainName needs CertificateArn"),
    ] {
        assert_eq!(Template::with(parameters).objections(), [objection]);
    }
}
