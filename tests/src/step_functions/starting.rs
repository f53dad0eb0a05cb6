//! Executions by their names, and the scheduler that starts them.

use std::collections::BTreeMap;
use std::mem;

use serde_json::{Value, json};

use super::definition::Machine;
use super::errors::ErrorOutput;
use super::execution::Execution;
use super::running::Run;
use crate::template::{Template, filled_in, with_texts};

/// The state machines of a stack, and their executions.
pub struct StepFunctions {
    /// The stack's template.
    pub template: Template,
    /// The reply to a task that starts an execution is lost, once: the execution is there, and the task fails.
    pub loses_a_reply: bool,
    executions: BTreeMap<(String, String), Execution>,
    fired: u32,
}

impl StepFunctions {
    /// Those of a stack that was deployed with these parameters.
    pub fn deployed(parameters: &[(&str, &str)]) -> Self {
        Self { template: Template::with(parameters), loses_a_reply: false, executions: BTreeMap::new(), fired: 0 }
    }

    /// The definition of the machine with the logical id `id`, its substitutions made.
    pub fn machine(&self, id: &str) -> Machine {
        let names = self.template.property(id, &["DefinitionSubstitutions"]);
        let value = |name: &str| names[name].as_str().unwrap_or_else(|| panic!("{id} has no {name}")).to_owned();
        let definition = with_texts(self.template.property(id, &["Definition"]), &|text| filled_in(text, value));
        Machine::read(&definition).unwrap_or_else(|error| panic!("{id}: {error}"))
    }

    /// The names of the executions of a machine.
    pub fn names(&self, machine: &str) -> Vec<String> {
        self.executions.keys().filter(|(of, _)| of == machine).map(|(_, name)| name.clone()).collect()
    }

    /// An execution by its name.
    pub fn execution(&self, machine: &str, name: &str) -> &Execution {
        &self.executions[&(machine.to_owned(), name.to_owned())]
    }

    /// `StartExecution` of a standard workflow: the same name and input is the same execution while it runs, and any
    /// other use of a name is refused.
    pub fn start(&mut self, machine: &str, name: &str, input: Value) -> Result<(), ErrorOutput> {
        if name.is_empty() || name.len() > 80 || name.contains(|letter| !is_legal(letter)) {
            return Err(ErrorOutput::new("StepFunctions.InvalidNameException", name));
        }
        let key = (machine.to_owned(), name.to_owned());
        match self.executions.get(&key) {
            None => self.executions.insert(key, Execution::of(input)),
            Some(known) if known.end.is_none() && known.input == input => None,
            Some(_) => return Err(ErrorOutput::new("StepFunctions.ExecutionAlreadyExistsException", name)),
        };
        Ok(())
    }

    /// Runs a started execution to its end; `function` answers for the one function that a machine invokes.
    pub async fn run<F>(&mut self, machine: &str, name: &str, mut function: F) -> &Execution
    where
        F: AsyncFnMut(Value) -> Result<Value, ErrorOutput>,
    {
        let key = (machine.to_owned(), name.to_owned());
        let execution = self.executions.get(&key).expect("it was started").clone();
        assert!(execution.end.is_none(), "{name} has ended");
        let definition = self.machine(machine);
        let call = async |resource: &str, parameters: Value| match resource {
            "arn:aws:states:::lambda:invoke" => {
                let [function_name, payload] = fields(parameters, ["FunctionName", "Payload"]);
                let of_stripe = payload["source"] == "stripe";
                let expected = if of_stripe { "StripeReconcile" } else { "Reconcile" };
                assert_eq!(function_name, expected, "no other function is known");
                let answer = function(payload).await?;
                Ok(json!({"ExecutedVersion": "$LATEST", "Payload": answer, "StatusCode": 200}))
            }
            "arn:aws:states:::states:startExecution" => {
                let [arn, name, input] = fields(parameters, ["StateMachineArn", "Name", "Input"]);
                let text = |value: &Value| value.as_str().expect("a text").to_owned();
                self.start(&text(&arn), &text(&name), input)?;
                if mem::take(&mut self.loses_a_reply) {
                    return Err(ErrorOutput::new("StepFunctions.SdkClientException", "the reply was lost"));
                }
                Ok(json!({"ExecutionArn": name, "StartDate": 0}))
            }
            other => panic!("{other} is not known"),
        };
        let ended = Run { name, machine: &definition, execution, call }.ended().await;
        self.executions.insert(key.clone(), ended);
        &self.executions[&key]
    }

    /// The scheduler fires one of `Night`'s schedules for a time, and what it starts runs to its end. A schedule may
    /// fire several times for the same time; each execution that it starts has a name of its own.
    pub async fn fire(&mut self, schedule: &str, time: &str) -> Execution {
        let property = |name| self.template.property("Night", &["Events", schedule, "Properties", name]);
        assert_eq!(property("State"), "ENABLED", "{schedule} does not fire");
        let input = property("Input").as_str().expect("a text").replace("<aws.scheduler.scheduled-time>", time);
        let input = serde_json::from_str(&input).expect("the input is JSON");
        self.fired += 1;
        let name = format!("fired-{}", self.fired);
        self.start("Night", &name, input).expect("a new name");
        self.run("Night", &name, async |_| panic!("it invokes no function")).await.clone()
    }
}

/// The fields of a task's parameters, and no others.
fn fields<const N: usize>(mut parameters: Value, names: [&str; N]) -> [Value; N] {
    assert_eq!(parameters.as_object().map(serde_json::Map::len), Some(N), "{parameters}");
    names.map(|name| parameters.get_mut(name).map_or_else(|| panic!("no {name}"), Value::take))
}

/// Whether a name of an execution may have this letter.
fn is_legal(letter: char) -> bool {
    !letter.is_whitespace() && !letter.is_control() && !"<>{}[]?*\"#%\\^|~`$&,;:/".contains(letter)
}
