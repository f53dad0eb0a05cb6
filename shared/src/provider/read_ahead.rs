//! Pages as a stream that is one page ahead of its reader.

use futures_util::stream::{Stream, try_unfold};
use tokio::task::JoinHandle;

use super::error::{Call, ProviderError};

/// A place in a listing.
pub(super) trait Place: Send + Sized + 'static {
    /// What stands at a place.
    type Page: Send;
    /// What an error of it names.
    fn call(&self) -> Call;
    /// The page at this place, and the place after it, if there is one.
    fn turn_over(self) -> impl Future<Output = Turned<Self>> + Send;
}

/// A page and the place after it.
pub(super) type Turned<P> = Result<(<P as Place>::Page, Option<P>), ProviderError>;

/// The request of a page. Whoever stops reading ends it.
struct OnItsWay<P: Place> {
    task: JoinHandle<Turned<P>>,
    call: Call,
}

impl<P: Place> OnItsWay<P> {
    fn begin(place: P) -> Self {
        let call = place.call();
        Self { task: tokio::spawn(place.turn_over()), call }
    }

    async fn arrive(mut self) -> Turned<P> {
        let what = "reading broke off";
        (&mut self.task).await.unwrap_or(Err(ProviderError::Unreadable { call: self.call, what }))
    }
}

impl<P: Place> Drop for OnItsWay<P> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// All pages from this place on. The first request goes out with the first poll, each further one with the page before.
pub(super) fn read_ahead<P: Place>(first: P) -> impl Stream<Item = Result<P::Page, ProviderError>> + Send + use<P> {
    enum Next<P: Place> {
        Begin(P),
        Await(OnItsWay<P>),
    }
    try_unfold(Some(Next::Begin(first)), async |next| {
        let on_its_way = match next {
            None => return Ok(None),
            Some(Next::Begin(place)) => OnItsWay::begin(place),
            Some(Next::Await(on_its_way)) => on_its_way,
        };
        let (page, place) = on_its_way.arrive().await?;
        Ok(Some((page, place.map(|place| Next::Await(OnItsWay::begin(place))))))
    })
}
