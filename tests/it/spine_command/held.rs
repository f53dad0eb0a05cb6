//! Clerk, whose first page of users leaves only when a test lets it.

use futures_util::future::BoxFuture;
use tests::in_front::{self, Leaving};
use tests::served::Served;
use tokio::sync::watch;

use super::operator::Operator;

/// The stand-in behind a door that is held.
pub(super) struct Held {
    served: Served,
    asked: watch::Receiver<bool>,
    open: watch::Sender<bool>,
}

impl Held {
    pub(super) async fn start(operator: &Operator) -> Self {
        Self::at(operator, "/v1/users").await
    }

    /// The same, of the first answer below another path.
    pub(super) async fn at(operator: &Operator, path: &'static str) -> Self {
        let (arrived, asked) = watch::channel(false);
        let (open, opened) = watch::channel(false);
        let hook = move |Leaving { number, response, .. }: Leaving| -> BoxFuture<'static, _> {
            let (arrived, mut opened) = (arrived.clone(), opened.clone());
            Box::pin(async move {
                arrived.send_replace(true);
                if number == 1 {
                    // A test that is over opens it too.
                    opened.wait_for(|open| *open).await.ok();
                }
                response
            })
        };
        Self { served: in_front::serve(operator.clerk().router(), path, hook).await, asked, open }
    }

    pub(super) fn url(&self) -> String {
        self.served.url()
    }

    /// Ends when somebody waits for the page.
    pub(super) async fn is_asked(&self) {
        self.asked.clone().wait_for(|asked| *asked).await.unwrap();
    }

    pub(super) fn open(&self) {
        self.open.send_replace(true);
    }
}
