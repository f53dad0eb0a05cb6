//! An operator at a machine: the system around tables of one's own, a folder to work in, and the command.

use std::path::PathBuf;
use std::process::Stdio;

use local::auth0::Auth0StandIn;
use local::clerk::{ClerkStandIn, NewUser, UserPatch};
use local::delivery::Faults;
use local::stand_in::change::Change;
use local::system::System;
use serde_json::Value;
use shared::clock::Clock;
use tests::binaries::binary;
use tests::program::Program;
use tests::spine::Spine;
use tokio::process::Command;

/// The system, and where the command is run.
pub(super) struct Operator {
    pub(super) spine: Spine,
    pub(super) system: System,
    pub(super) folder: tempfile::TempDir,
    changed: Vec<(String, String)>,
}

/// What a command wrote, and how it ended.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Told {
    /// Each line of stdout, as JSON.
    pub(super) fn json(&self) -> Vec<Value> {
        let lines = self.out.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().unwrap_or_else(|error| unreachable!("{error} in {self:?}"))
    }

    /// The last line of stdout, as JSON.
    pub(super) fn last(&self) -> Value {
        self.json().pop().unwrap_or_default()
    }

    /// Whether one of the lines has all of these words.
    pub(super) fn has(&self, words: &[&str]) -> bool {
        let mut lines = self.out.lines().chain(self.err.lines());
        lines.any(|line| words.iter().all(|word| line.contains(word)))
    }
}

impl Operator {
    pub(super) async fn start() -> Self {
        let spine = Spine::fresh().await;
        let system = spine.system([]).await;
        Self::over(spine, system)
    }

    /// An operator of this system over these tables.
    pub(super) fn over(spine: Spine, system: System) -> Self {
        Self { spine, system, folder: tempfile::tempdir().unwrap(), changed: Vec::new() }
    }

    /// The same, with another value for a variable; an empty one is as good as none.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.changed.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What an operator's environment says.
    pub(super) fn variables(&self) -> Vec<(String, String)> {
        let env = self.spine.env();
        let names = ["DYNAMODB_ENDPOINT", "USERS_TABLE", "CLAIMS_TABLE", "AUDIT_TABLE", "SYNC_RUNS_TABLE"];
        let mut variables: Vec<(String, String)> =
            names.iter().map(|name| ((*name).to_owned(), env.text(name).unwrap().to_owned())).collect();
        variables.push(("AUTH0_ISSUER_BASE_URL".to_owned(), self.system.auth0.as_ref().unwrap().1.clone()));
        variables.push(("CLERK_API_URL".to_owned(), self.system.clerk.as_ref().unwrap().1.clone()));
        variables.push(("AWS_ENDPOINT_URL_LAMBDA".to_owned(), self.system.lambda.clone()));
        variables.push(("STRIPE_API_URL".to_owned(), self.system.stripe.as_ref().unwrap().1.clone()));
        for name in ["AUTH0_EVENTS_QUEUE_URL", "AUTH0_EVENTS_DEAD_LETTER_QUEUE_URL"] {
            variables.push((name.to_owned(), self.system.env.text(name).unwrap().to_owned()));
        }
        variables.push(("USER".to_owned(), "ada".to_owned()));
        variables.extend(self.changed.clone());
        variables
    }

    /// Runs `spine … --local` to its end. Nobody sits at a terminal.
    pub(super) async fn spine(&self, arguments: &str) -> Told {
        self.spine_with(&arguments.split_whitespace().collect::<Vec<_>>()).await
    }

    /// The same, for arguments with spaces in them.
    pub(super) async fn spine_with(&self, arguments: &[&str]) -> Told {
        self.run(&[arguments, &["--local"]].concat()).await
    }

    /// The same with the environment's own variables alone.
    pub(super) async fn spine_without_local(&self, arguments: &str) -> Told {
        self.run(&arguments.split_whitespace().collect::<Vec<_>>()).await
    }

    async fn run(&self, arguments: &[&str]) -> Told {
        let mut command = Command::new(binary("spine"));
        command.args(arguments).env_clear().envs(self.variables()).current_dir(&self.folder);
        let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap_or(-1);
        Told { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts it, for signals. Its log goes to the operator's folder.
    pub(super) fn begin(&self, arguments: &str) -> Program {
        let logs = self.folder.path().join("logs");
        let mut arguments: Vec<&str> = arguments.split_whitespace().chain(["--local"]).collect();
        if !arguments.contains(&"check") {
            arguments.extend(["--log-dir", logs.to_str().unwrap()]);
        }
        let variables = self.variables();
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Program::start(binary("spine"), &arguments, &variables)
    }

    pub(super) fn clerk(&self) -> &ClerkStandIn {
        &self.system.clerk.as_ref().unwrap().0
    }

    pub(super) fn auth0(&self) -> &Auth0StandIn {
        &self.system.auth0.as_ref().unwrap().0
    }

    /// From here on no message of either provider arrives.
    pub(super) fn lose_messages(&self) {
        let lost = Faults { lose: 1.0, seed: 7, ..Faults::default() };
        self.clerk().outbox().set_faults(lost);
        let lost = Faults { lose: 1.0, seed: 7, ..Faults::default() };
        self.auth0().outbox().set_faults(lost);
    }

    /// Somebody signs up at Clerk.
    pub(super) fn join(&self, name: &str) -> String {
        self.clerk().create_user(NewUser::person(&format!("{name}@example.com"), name, "Lindqvist")).unwrap().id
    }

    /// Somebody changes a name at Clerk, later than whatever happened before.
    pub(super) fn rename(&self, id: &str, name: &str) {
        let (clock, before) = (Clock::system(), Clock::system().now());
        while clock.now() <= before {
            std::hint::spin_loop();
        }
        let first_name = Change::from(name);
        self.clerk().update_user(id, UserPatch { first_name, ..UserPatch::default() }).unwrap();
    }

    /// The names of log files, and all their lines.
    pub(super) fn log(&self) -> (Vec<String>, Vec<Value>) {
        let Ok(folder) = std::fs::read_dir(self.folder.path().join("logs")) else { return (Vec::new(), Vec::new()) };
        let files: Vec<PathBuf> = folder.map(|file| file.unwrap().path()).collect();
        let names = files.iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned());
        let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
        let lines: Vec<String> = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
        (names.collect(), lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// How many rows there are, tombstones too.
    pub(super) async fn rows(&self) -> usize {
        self.spine.items(&self.spine.tables.users).await.len()
    }
}
