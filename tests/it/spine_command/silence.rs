//! Nobody's values on the screen or in a log, unless they are asked for.

use local::auth0;
use local::clerk::NewUser;
use tests::canary::Canaries;

use super::operator::Operator;

const SECRETS: [&str; 3] =
    ["sk_test_local", "local-client-secret", "whsec_bG9jYWwtY2xlcmstd2ViaG9vay1zZWNyZXQtMDAwMQ=="];

#[tokio::test]
async fn no_command_writes_a_name_an_address_or_a_secret_unless_values_are_asked_for() {
    let operator = Operator::start().await;
    let person = NewUser::person("canary@mail.example", "canary-given", "canary-family");
    let subject = operator.clerk().create_user(person).unwrap().id;
    operator.clerk().idle().await;
    operator.lose_messages();
    operator.rename(&subject, "canary-renamed");
    operator.clerk().create_user(NewUser::person("canary2@mail.example", "canary-given", "canary-family")).unwrap();
    operator.auth0().create_user(auth0::NewUser::person("canary3@mail.example", "canary-name")).unwrap();
    let people = [
        "canary@mail.example",
        "canary2@mail.example",
        "canary3@mail.example",
        "canary-given",
        "canary-family",
        "canary-renamed",
        "canary-name",
    ];
    let canaries = Canaries::new(people.iter().chain(&SECRETS));

    let show = format!("user show {subject}");
    let resync = format!("user resync {subject}");
    let mut written = Vec::new();
    for command in [
        "doctor",
        "check clerk",
        "check clerk --json",
        "check auth0",
        "sync clerk",
        "sync auth0 --json",
        &show,
        &resync,
        "apply clerk --json --limit 1",
        "sync clerk --yes",
        "apply auth0",
        "runs",
        "runs --json",
        &show,
        "doctor --json",
    ] {
        let told = operator.spine(command).await;
        written.extend(told.out.lines().chain(told.err.lines()).map(str::to_owned));
    }
    assert!(written.len() > 50, "the commands said something");
    canaries.assert_silent(&written);
    let (_, log) = operator.log();
    assert_eq!(log.len(), 3);
    canaries.assert_silent(log.iter().map(ToString::to_string));
}

#[tokio::test]
async fn values_that_are_asked_for_are_shown_and_control_characters_in_them_are_not_obeyed() {
    let operator = Operator::start().await;
    operator.lose_messages();
    let hostile = NewUser::person("ada@mail.example", "Ada\u{1b}[2J", "Lindqvist");
    operator.clerk().create_user(hostile).unwrap();
    let told = operator.spine("sync clerk --yes --show-values").await;
    assert!(told.code == 0 && told.has(&["ada@mail.example", "Lindqvist"]), "{told:?}");
    assert!(!told.out.contains('\u{1b}'), "{told:?}");
    let (_, log) = operator.log();
    assert!(!log[0].to_string().contains("Lindqvist"), "a log has no values, whatever is shown");
}
