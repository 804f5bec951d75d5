//! What is shown once, kept for a while for the very session it belongs to: whoever loads the page
//! again, clicks twice or loses the connection sees it all the same.
//!
//! It is kept in memory alone, on this node alone: what is gone is made anew.

use std::any::Any;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;
use readmit::{CommandId, Done, Execute};

use crate::app::AppState;
use crate::identify::{Caller, TokenDigest};
use crate::problem::{self, Problem};

/// As long as a customer may take to set up a device.
const KEPT: Duration = Duration::from_mins(15);
/// At most so many things, of some hundred bytes each; beyond it the oldest is gone.
const MOST: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

type Anything = Arc<dyn Any + Send + Sync>;

/// What was shown just now, by session and name.
pub(crate) struct Shown(Mutex<LruCache<(TokenDigest, String), (Instant, Anything)>>);

impl Shown {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }

    pub(crate) fn keep<T: Send + Sync + 'static>(&self, session: TokenDigest, name: &str, what: T) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.put((session, name.to_owned()), (Instant::now(), Arc::new(what)));
    }

    pub(crate) fn find<T: Send + Sync + 'static>(
        &self,
        session: TokenDigest,
        name: &str,
    ) -> Option<Arc<T>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (session, name.to_owned());
        let (since, what) = all.get(&key)?;
        if since.elapsed() < KEPT {
            return Arc::clone(what).downcast().ok();
        }
        all.pop(&key);
        None
    }

    pub(crate) fn forget(&self, session: TokenDigest, name: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.pop(&(session, name.to_owned()));
    }
}

/// Has a command carried out, and keeps what it shows once under this name, even if the visitor does
/// not wait for it. A form that is sent again finds what was kept.
pub(crate) async fn carry_out<C>(
    app: &AppState,
    caller: &Caller,
    session: TokenDigest,
    command: C,
    id: CommandId,
    name: &str,
) -> Result<(), Problem>
where
    C: Execute + Send + 'static,
    C::Outcome: Send + Sync + 'static,
{
    let (app, caller, name) = (AppState::clone(app), caller.clone(), name.to_owned());
    let carried_out = tokio::spawn(async move {
        let executing = caller.tenant().execute(&caller.actor(), command).with_id(id);
        let done: Done<C::Outcome> = executing.await?;
        if !done.already {
            app.shown.keep(session, &name, done);
        }
        Ok(())
    });
    carried_out.await.unwrap_or_else(|failed| Err(problem::internal(&failed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_session_that_it_was_shown_to_sees_it_again() {
        let (mine, other) = (TokenDigest::of("mine"), TokenDigest::of("other"));
        let shown = Shown::new();
        shown.keep(mine, "codes", vec!["one".to_owned()]);
        assert_eq!(shown.find::<Vec<String>>(mine, "codes").unwrap().len(), 1);
        assert!(shown.find::<Vec<String>>(other, "codes").is_none());
        assert!(shown.find::<Vec<String>>(mine, "secret").is_none());
        assert!(shown.find::<u8>(mine, "codes").is_none());
        shown.forget(mine, "codes");
        assert!(shown.find::<Vec<String>>(mine, "codes").is_none());
    }
}
