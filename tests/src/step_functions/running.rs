//! The interpreter: from state to state, until one ends the execution.

use serde_json::{Value, json};

use super::definition::{Fail, Machine, State, Task};
use super::errors::ErrorOutput;
use super::execution::{End, Execution, Pause};
use super::path::{Sight, put, read};
use super::payload::fill;

/// More states than any execution here should enter; Step Functions ends one after 25,000 events.
const ENDLESS: usize = 2_000;

/// Where a state leads.
enum Step {
    To(String, Value),
    Over(End),
}

/// One execution while it runs. `call` does what tasks ask for: a resource's name and its parameters.
pub(super) struct Run<'a, Call> {
    pub(super) name: &'a str,
    pub(super) machine: &'a Machine,
    pub(super) execution: Execution,
    pub(super) call: Call,
}

impl<Call> Run<'_, Call>
where
    Call: AsyncFnMut(&str, Value) -> Result<Value, ErrorOutput>,
{
    /// Runs it to its end.
    pub(super) async fn ended(mut self) -> Execution {
        let (mut state, mut data) = (self.machine.start_at.clone(), self.execution.input.clone());
        loop {
            self.execution.states.push(state.clone());
            assert!(self.execution.states.len() < ENDLESS, "it does not end");
            let step = self.step(&state, data).await;
            let over = match step {
                _ if self.is_too_late() => End::TimedOut,
                Ok(Step::To(next, with)) => {
                    (state, data) = (next, with);
                    continue;
                }
                Ok(Step::Over(end)) => end,
                Err(ErrorOutput { error, cause }) => End::Failed { state, error, cause },
            };
            self.execution.end = Some(over);
            return self.execution;
        }
    }

    /// Only pauses take time here.
    fn is_too_late(&self) -> bool {
        self.machine.timeout_seconds.is_some_and(|most| self.execution.paused() >= f64::from(most))
    }

    async fn step(&mut self, name: &str, data: Value) -> Result<Step, ErrorOutput> {
        let machine = self.machine;
        let sight = Sight { data: &data, execution: self.name };
        Ok(match &machine.states[name] {
            State::Pass(pass) => {
                let input = read(pass.input_path.as_deref().unwrap_or("$"), sight)?;
                let seen = Sight { data: &input, ..sight };
                let result = pass.parameters.as_ref().map_or(Ok(input.clone()), |template| fill(template, seen))?;
                Step::To(pass.next.clone(), put(pass.result_path.as_deref().unwrap_or("$"), result, data)?)
            }
            State::Choice(choice) => {
                for rule in &choice.choices {
                    if rule.holds(sight)? {
                        return Ok(Step::To(rule.next().expect("it leads somewhere").to_owned(), data));
                    }
                }
                Step::To(choice.default.clone(), data)
            }
            State::Wait(wait) => {
                self.execution.pauses.push(Pause::Wait(wait.seconds));
                Step::To(wait.next.clone(), data)
            }
            State::Succeed(succeed) => {
                let output = read(succeed.output_path.as_deref().unwrap_or("$"), sight)?;
                Step::Over(End::Succeeded { state: name.to_owned(), output })
            }
            State::Fail(fail) => Step::Over(failed(name, fail, sight)?),
            State::Task(task) => self.task(task, data).await?,
        })
    }

    /// Attempts a task as often as its retriers say, then asks its catchers.
    async fn task(&mut self, task: &Task, data: Value) -> Result<Step, ErrorOutput> {
        let mut repeats = vec![0; task.retry.len()];
        let error = loop {
            let error = match self.attempt(task, &data).await {
                Ok(result) => return Ok(Step::To(task.next.clone(), put(&task.result_path, result, data)?)),
                Err(error) => error,
            };
            let Some(position) = task.retry.iter().position(|retrier| retrier.takes(&error)) else { break error };
            let Some(delay) = task.retry[position].delay(repeats[position]) else { break error };
            repeats[position] += 1;
            self.execution.pauses.push(Pause::Retry(delay));
        };
        match task.catch.iter().find(|catcher| catcher.takes(&error)) {
            Some(catcher) => Ok(Step::To(catcher.next.clone(), put(&catcher.result_path, error.output(), data)?)),
            None => Err(error),
        }
    }

    async fn attempt(&mut self, task: &Task, data: &Value) -> Result<Value, ErrorOutput> {
        let sight = Sight { data, execution: self.name };
        let result = (self.call)(&task.resource, fill(&task.parameters, sight)?).await?;
        match &task.result_selector {
            Some(template) => fill(template, Sight { data: &result, ..sight }),
            None => Ok(result),
        }
    }
}

fn failed(state: &str, fail: &Fail, sight: Sight<'_>) -> Result<End, ErrorOutput> {
    let (error, cause) = match fail {
        Fail { error: Some(error), cause: Some(cause), error_path: None, cause_path: None } => {
            (json!(error), json!(cause))
        }
        Fail { error: None, cause: None, error_path: Some(error), cause_path: Some(cause) } => {
            (read(error, sight)?, read(cause, sight)?)
        }
        _ => panic!("{state} has texts and paths, or neither"),
    };
    let text = |value: Value| value.as_str().expect("a text").to_owned();
    Ok(End::Failed { state: state.to_owned(), error: text(error), cause: text(cause) })
}
