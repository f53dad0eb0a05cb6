//! A function that answers by a script, and one execution around it.
#![expect(clippy::unnecessary_wraps, reason = "answers stand in a script beside errors")]

use std::collections::VecDeque;

use serde_json::{Value, json};
use tests::step_functions::{End, ErrorOutput, Execution, StepFunctions};

/// One answer of the function.
pub(crate) type Answer = Result<Value, ErrorOutput>;

/// The name under which the executions here run.
pub(crate) const NAME: &str = "by-hand";

/// What an execution did with the answers of a script.
pub(crate) struct Played {
    /// What the function was given, each time.
    pub(crate) asked: Vec<Value>,
    /// The execution.
    pub(crate) execution: Execution,
}

/// An `apply` of Auth0, started by hand, with these answers; it must use up all of them, and ask for no more.
pub(crate) async fn play(answers: Vec<Answer>) -> Played {
    play_in("apply", answers).await
}

/// The same in another mode.
pub(crate) async fn play_in(mode: &str, answers: Vec<Answer>) -> Played {
    let mut script = VecDeque::from(answers);
    let played = started(mode, async || script.pop_front().expect("the script has an answer")).await;
    assert!(script.is_empty(), "{} answers are left", script.len());
    played
}

/// The same with a function that never comes to an end of its answers.
pub(crate) async fn play_with(answer: impl AsyncFnMut() -> Answer) -> Played {
    started("apply", answer).await
}

async fn started(mode: &str, mut answer: impl AsyncFnMut() -> Answer) -> Played {
    let mut aws = StepFunctions::deployed(&[]);
    let mut asked = Vec::new();
    aws.start("ReconcileLoop", NAME, json!({"source": "auth0", "mode": mode})).expect("it starts");
    let function = async |payload| {
        asked.push(payload);
        answer().await
    };
    let execution = aws.run("ReconcileLoop", NAME, function).await.clone();
    Played { asked, execution }
}

impl Played {
    /// The last state.
    pub(crate) fn last_state(&self) -> &str {
        self.execution.states.last().expect("it began")
    }

    /// The error's name and cause.
    pub(crate) fn failure(&self) -> (&str, &str) {
        match &self.execution.end {
            Some(End::Failed { error, cause, .. }) => (error, cause),
            other => panic!("it did not fail: {other:?}"),
        }
    }
}

/// What the function is given at the start.
pub(crate) fn from_the_start() -> Value {
    json!({"source": "auth0", "mode": "apply", "owner": NAME})
}

/// What it is given once it asked to be resumed.
pub(crate) fn resumed(resume: &str) -> Value {
    json!({"source": "auth0", "mode": "apply", "owner": NAME, "resume": resume})
}

/// An answer with this status.
pub(crate) fn answer(status: &str, in_step: bool) -> Value {
    json!({"runId": "run", "status": status, "inStep": in_step, "listed": 7, "counts": {}, "outcomes": {}, "failures": 0})
}

/// It came to its end.
pub(crate) fn finished(in_step: bool) -> Answer {
    Ok(answer("finished", in_step))
}

/// Its deadline was near.
pub(crate) fn unfinished() -> Answer {
    Ok(answer("unfinished", false))
}

/// An export is being prepared.
pub(crate) fn preparing(resume: &str) -> Answer {
    let mut answer = answer("unfinished", false);
    answer["resume"] = resume.into();
    Ok(answer)
}

/// Somebody else holds the lease.
pub(crate) fn busy() -> Answer {
    let mut answer = answer("busy", false);
    answer["holder"] = "somebody".into();
    Ok(answer)
}

/// The function answered with an error.
pub(crate) fn failed(code: &str) -> Answer {
    Err(ErrorOutput::of_function(code, "what to do"))
}

/// Lambda answered for it.
pub(crate) fn broken(error: &str) -> Answer {
    Err(ErrorOutput::new(error, "not the function's own words"))
}
