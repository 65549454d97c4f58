//! TLS to PostgreSQL, always with a verified certificate.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::config::wrong;
use crate::store::StoreError;

/// What makes TLS connections. It trusts the certificates in `root_file` (PEM) where there is one,
/// and the system's otherwise.
pub(super) fn connector(
    encrypted: bool,
    root_file: Option<&str>,
) -> Result<MakeRustlsConnect, StoreError> {
    // Without encryption it is never asked, and reading the system's certificates takes a while.
    let roots = match (encrypted, root_file) {
        (false, _) => RootCertStore::empty(),
        (true, Some(path)) => roots_of_file(path)?,
        (true, None) => roots_of_system()?,
    };
    // Named rather than taken from the process, where another crate may have installed its own.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn roots_of_file(path: &str) -> Result<RootCertStore, StoreError> {
    let unusable = |cause: String| wrong(&format!("`sslrootcert={path}`: {cause}"));
    let mut roots = RootCertStore::empty();
    for certificate in
        CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?
    {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("there is no certificate in this file".to_owned()));
    }
    Ok(roots)
}

fn roots_of_system() -> Result<RootCertStore, StoreError> {
    let mut roots = RootCertStore::empty();
    // A system's store may hold some that rustls does not take.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(wrong(
            "the system has no root certificates; name a file of them with `sslrootcert=PATH`",
        ));
    }
    Ok(roots)
}
