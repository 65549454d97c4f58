//! A request's unit of work: its statements and audit entries commit together or not at all.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;
use uuid::Uuid;

use super::{FailedAt, Mode, Row, Scope, StoreError, Transaction, Value};
use crate::audit::Actor;
use crate::runtime::Runtime;

/// On whose behalf a unit works, and where. All of it comes from the gate, none from a body.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) tenant_id: Uuid,
    pub(crate) actor: Actor,
    pub(crate) request_id: Option<Uuid>,
    pub(crate) address: Option<IpAddr>,
}

/// One transaction in one tenant, opened by its first statement.
#[derive(Debug)]
pub(crate) struct Unit {
    runtime: Arc<Runtime>,
    caller: Caller,
    mode: Mode,
    state: Mutex<State>,
    /// Whether it writes a job, of which the worker is told once that is there.
    queues: AtomicBool,
}

#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every unit opens; a box would only cost"
)]
enum State {
    /// No statement has run, so nothing is held while the body is still on its way.
    Idle,
    /// A transaction was asked for. It stays so when none could be had, or when whoever asked gave
    /// up meanwhile: then work is lost, and nothing of the unit may be committed.
    Opening,
    Open(Transaction),
    /// The request was answered. A grant that outlived it finds this.
    Closed,
}

impl Unit {
    pub(crate) fn new(runtime: Arc<Runtime>, caller: Caller, mode: Mode) -> Self {
        Self {
            runtime,
            caller,
            mode,
            state: Mutex::new(State::Idle),
            queues: AtomicBool::new(false),
        }
    }

    pub(crate) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// Notes that a job was written.
    pub(crate) fn queues(&self) {
        self.queues.store(true, Ordering::Relaxed);
    }

    /// Runs one statement in the caller's tenant.
    pub(crate) async fn run(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut state = self.state.lock().await;
        self.open(&mut state).await?.run(sql, args).await
    }

    /// Runs one statement in the caller's tenant once for each list of arguments, in this order,
    /// and collects the rows of each.
    pub(crate) async fn run_each(
        &self,
        sql: &str,
        each: &[Vec<Value>],
    ) -> Result<Vec<Vec<Row>>, FailedAt> {
        if each.is_empty() {
            return Ok(Vec::new());
        }
        let mut state = self.state.lock().await;
        let transaction = self.open(&mut state).await;
        let transaction = transaction.map_err(|error| FailedAt::new(0, error))?;
        transaction.run_each(sql, each).await
    }

    /// The transaction, which the first statement opens.
    async fn open<'a>(&self, state: &'a mut State) -> Result<&'a mut Transaction, StoreError> {
        if let State::Idle = *state {
            *state = State::Opening;
            let scope = Scope::Tenant(self.caller.tenant_id);
            *state = State::Open(self.runtime.database.begin(scope, self.mode).await?);
        }
        match state {
            State::Open(transaction) => Ok(transaction),
            State::Opening => Err(StoreError::Poisoned),
            State::Idle | State::Closed => Err(StoreError::Closed),
        }
    }

    /// Closes the unit and makes its changes durable. Fails if any of its statements failed.
    pub(crate) async fn commit(&self) -> Result<(), StoreError> {
        match self.close().await {
            State::Open(transaction) => transaction.commit().await?,
            State::Opening => return Err(StoreError::Poisoned),
            State::Idle | State::Closed => return Ok(()),
        }
        if self.queues.load(Ordering::Relaxed) {
            self.runtime.jobs.nudge();
        }
        Ok(())
    }

    /// Closes the unit and forgets its changes, if it is still open. A statement that a smuggled
    /// grant has under way ends first; nothing can follow it.
    pub(crate) fn abandon(unit: &Arc<Self>) {
        if let Ok(mut state) = unit.state.try_lock() {
            *state = State::Closed;
            return;
        }
        let unit = Arc::clone(unit);
        tokio::spawn(async move { drop(unit.close().await) });
    }

    async fn close(&self) -> State {
        std::mem::replace(&mut *self.state.lock().await, State::Closed)
    }
}

/// Closes the unit of a request or a job that ends early: refused, panicked, too slow or hung up.
pub(crate) struct CloseOnDrop(pub(crate) Arc<Unit>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        Unit::abandon(&self.0);
    }
}
