//! What of an audit's findings can be mended, and the mending of it.

use std::io::{self, Write};

use serde_json::json;
use shared::clock::{Clock, Timestamp};
use shared::config::Env;
use shared::domain::remedy_of;
use shared::store::{Audit, Author, ClaimRepair, Claims, Finding, StoreError};

use super::name;

/// The findings, those first that something mends.
pub(super) struct Repairs {
    decided: Vec<Finding>,
    undecided: usize,
}

/// What became of them.
pub(super) struct Done {
    /// How many are right now.
    pub(super) mended: usize,
    /// How many are not.
    pub(super) left: usize,
}

impl Repairs {
    pub(super) fn of(audit: &Audit, now: Timestamp) -> Self {
        let decided = |finding: &&Finding| matches!(remedy_of(&finding.standing, now), Some(Ok(_)));
        let decided: Vec<Finding> = audit.findings.iter().filter(decided).cloned().collect();
        Self { undecided: audit.findings.len() - decided.len(), decided }
    }

    /// How many can be mended.
    pub(super) fn count(&self) -> usize {
        self.decided.len()
    }

    /// Nothing is to be mended.
    pub(super) fn declined(&self) -> Done {
        Done { mended: 0, left: self.undecided + self.decided.len() }
    }

    /// Mends one after the other, and tells each. One that fails does not keep the others from it.
    pub(super) async fn carry_out(
        &self,
        claims: &Claims,
        env: &Env,
        json: bool,
        out: &mut impl Write,
    ) -> Result<Done, Box<dyn std::error::Error>> {
        let operator = env.text("USER").or(env.text("USERNAME")).unwrap_or("spine");
        let by = Author::Operator(operator);
        let mut done = Done { mended: 0, left: self.undecided };
        let mut failed = None;
        for finding in &self.decided {
            let ended = claims.repair(finding, by, Clock::system().now()).await;
            let well = matches!(ended, Ok(ClaimRepair::Repaired | ClaimRepair::Right));
            *(if well { &mut done.mended } else { &mut done.left }) += 1;
            tell(finding, &ended, json, out)?;
            failed = ended.err().or(failed);
        }
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(done),
        }
    }
}

fn tell(
    finding: &Finding,
    ended: &Result<ClaimRepair, StoreError>,
    json: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let result = ended.as_ref().map_or("failed", |ended| ended.as_str());
    if json {
        let claim = &finding.claim;
        return writeln!(out, "{}", json!({"event": "repair", "claim": claim, "result": result}));
    }
    writeln!(out, "{result:<9} {}", name(finding))
}
