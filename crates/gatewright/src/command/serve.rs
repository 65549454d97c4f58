//! `serve`

use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Failure, migrate};
use crate::Application;
use crate::config::Settings;
use crate::runtime::Runtime;
use crate::{http, mail, maintenance};

pub(super) async fn serve(
    application: &Application,
    settings: Settings,
) -> Result<ExitCode, Failure> {
    let routes = application
        .build_routes()
        .map_err(|wrong| wrong.join("\n       "))?;
    let bind = settings.bind;
    let listener = TcpListener::bind(bind).await.map_err(|error| {
        format!(
            "cannot listen on {bind}: {error}; set BIND to another address or stop what holds it"
        )
    })?;
    let runtime = Arc::new(Runtime::start(application.model(), settings).await?);
    migrate::require_current(application, &runtime).await?;

    let (stop, stopped) = watch::channel(());
    let mail = mail::deliver_forever(Arc::clone(&runtime), ended(stopped.clone()));
    let maintenance = maintenance::maintain_forever(Arc::clone(&runtime), ended(stopped));
    let (mail, maintenance) = (tokio::spawn(mail), tokio::spawn(maintenance));
    println!("listening on http://{}", listener.local_addr()?);
    tracing::info!(base_url = %runtime.settings.base_url, "serving");
    http::serve(listener, http::wrap(routes.router, &runtime), stop_signal()).await;
    tracing::info!("stopped");
    drop(stop);
    mail.await?;
    maintenance.await?;
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
