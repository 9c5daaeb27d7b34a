//! A small asynchronous lock that works under tokio and in the browser alike.

use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// Lets one task through at a time; the others wait their turn.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    taken: bool,
    waiting: Vec<Waker>,
}

/// Holding it keeps the gate shut; dropping it wakes those who wait.
pub(crate) struct Pass<'a>(&'a Gate);

impl Gate {
    /// Waits until nobody else holds the pass.
    pub(crate) async fn enter(&self) -> Pass<'_> {
        poll_fn(|context| {
            let mut state = self.state();
            if state.taken {
                state.waiting.push(context.waker().clone());
                Poll::Pending
            } else {
                state.taken = true;
                Poll::Ready(())
            }
        })
        .await;
        Pass(self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.0.state();
            state.taken = false;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}
