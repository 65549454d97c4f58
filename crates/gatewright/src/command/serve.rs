//! `serve`

use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Failure, migrate};
use crate::Application;
use crate::config::Settings;
use crate::jobs::{self, Queue};
use crate::runtime::Runtime;
use crate::{authn, http, mail, maintenance};

/// Jobs that run at once. One that takes its time must not keep mail waiting.
const JOB_WORKERS: usize = 2;

pub(super) async fn serve(
    application: &Application,
    settings: Settings,
) -> Result<ExitCode, Failure> {
    let routes = application
        .build_routes()
        .map_err(|wrong| wrong.join("\n       "))?;
    let jobs = application
        .build_jobs()
        .map_err(|wrong| wrong.join("\n       "))?;
    let templates = application.build_templates()?;
    let bind = settings.bind;
    let listener = TcpListener::bind(bind).await.map_err(|error| {
        format!(
            "cannot listen on {bind}: {error}; set BIND to another address or stop what holds it"
        )
    })?;
    let mut runtime = Runtime::start(application.model(), settings).await?;
    runtime.jobs = Queue::new(jobs);
    runtime.templates = templates;
    let runtime = Arc::new(runtime);
    migrate::require_current(application, &runtime).await?;
    runtime.access_tokens.start(&runtime.database).await?;

    let (stop, stopped) = watch::channel(());
    let mail = mail::deliver_forever(Arc::clone(&runtime), ended(stopped.clone()));
    let maintenance = maintenance::maintain_forever(Arc::clone(&runtime), ended(stopped.clone()));
    let keys = authn::reload_keys_forever(Arc::clone(&runtime), ended(stopped.clone()));
    let mut workers = vec![
        tokio::spawn(mail),
        tokio::spawn(maintenance),
        tokio::spawn(keys),
    ];
    for _ in 0..JOB_WORKERS {
        let jobs = jobs::work_forever(Arc::clone(&runtime), ended(stopped.clone()));
        workers.push(tokio::spawn(jobs));
    }
    drop(stopped);
    println!("listening on http://{}", listener.local_addr()?);
    tracing::info!(base_url = %runtime.settings.base_url, "serving");
    http::serve(listener, http::wrap(routes.router, &runtime), stop_signal()).await;
    runtime.afterwards.finish().await;
    tracing::info!("stopped");
    drop(stop);
    for worker in workers {
        worker.await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Resolves once the sender is gone.
async fn ended(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(interrupt.await),
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    drop(tokio::signal::ctrl_c().await);
}
