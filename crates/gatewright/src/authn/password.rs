//! Hashing passwords with Argon2id (RFC 9106), at a bounded cost.
//!
//! One hash takes 19 MiB and tens of milliseconds of one core, so an open sign-in form is a way to
//! exhaust a server. As many hashes run as there are cores, off the threads that serve requests; so
//! many more may wait; the rest is turned away with 503. Places are held by the work itself, not by
//! the request: a client that hangs up gives its place back only when the hash is done.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::rand;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password_policy::{NewPassword, Password};
use crate::error::Error;

/// OWASP's first recommendation for Argon2id. Memory in KiB.
const MEMORY: u32 = 19_456;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// How many may wait for a core.
const LONGEST_QUEUE: usize = 64;

/// The hash of no password: whoever signs in with an unknown address waits for it all the same, so
/// that time does not tell which addresses have accounts.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$bm9ib2R5IGhhcyB0aGlzIGhhc2gsIG5vIG1hdGNoISE";

/// Hashes and verifies passwords.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    /// Room for those that run and those that wait.
    places: Arc<Semaphore>,
    cores: Arc<Semaphore>,
}

impl Passwords {
    /// As many at once as the machine has cores.
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_limits(cores, LONGEST_QUEUE)
    }

    fn with_limits(cores: usize, queue: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(cores + queue)),
            cores: Arc::new(Semaphore::new(cores)),
        }
    }

    /// A new password's hash, as a PHC string with its own salt.
    ///
    /// # Errors
    /// 503 when too many wait already.
    pub(crate) async fn hash(&self, password: NewPassword) -> Result<String, Error> {
        self.off_thread(move || {
            let mut salt = [0; SALT_BYTES];
            rand::fill(&mut salt).map_err(Error::internal)?;
            let hash: PasswordHash = hasher()?
                .hash_password_with_salt(password.0.as_bytes(), &salt)
                .map_err(Error::internal)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one behind `hash`. Without a hash it is not, after the same time.
    ///
    /// # Errors
    /// 503 when too many wait already, 500 for a stored hash that cannot be read.
    pub(crate) async fn verify(
        &self,
        password: Password,
        hash: Option<&str>,
    ) -> Result<bool, Error> {
        if password.is_too_long() {
            return Ok(false);
        }
        let known = hash.is_some();
        let hash = hash.unwrap_or(NOBODY).to_owned();
        let matches = self
            .off_thread(move || {
                let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
                match hasher()?.verify_password(password.as_bytes(), &hash) {
                    Ok(()) => Ok(true),
                    Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                    Err(error) => Err(Error::internal(error)),
                }
            })
            .await?;
        Ok(matches && known)
    }

    async fn off_thread<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Error> + Send + 'static,
    {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| Error::unavailable())?;
        let core = Arc::clone(&self.cores)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let held: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (place, core);
        tokio::task::spawn_blocking(move || {
            let answer = work();
            drop(held);
            answer
        })
        .await
        .map_err(Error::internal)?
    }
}

fn hasher() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY, ITERATIONS, LANES, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_password(text: &str) -> NewPassword {
        NewPassword::parse(Password::new(text)).unwrap()
    }

    #[tokio::test]
    async fn a_hash_matches_its_password_alone() {
        let passwords = Passwords::new();
        let long = "ä".repeat(72) + "tail";
        let hash = passwords.hash(new_password(&long)).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(
            passwords
                .verify(Password::new(long.clone()), Some(&hash))
                .await
                .unwrap()
        );
        for other in [
            "ä".repeat(72) + "tale",
            format!("{long} "),
            long.to_uppercase(),
            String::new(),
            "x".repeat(5_000),
        ] {
            assert!(
                !passwords
                    .verify(Password::new(other), Some(&hash))
                    .await
                    .unwrap()
            );
        }
        assert_ne!(
            hash,
            passwords.hash(new_password(&long)).await.unwrap(),
            "each hash has its own salt"
        );
    }

    #[tokio::test]
    async fn nobody_signs_in_but_the_work_is_the_same() {
        let params = Params::try_from(&PasswordHash::new(NOBODY).unwrap()).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY, ITERATIONS, LANES)
        );
        assert!(
            !Passwords::new()
                .verify(Password::new("anything at all"), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn an_unreadable_hash_is_a_defect_and_not_a_match() {
        let error = Passwords::new()
            .verify(Password::new("anything"), Some("plain text"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "internal");
    }

    #[tokio::test]
    async fn a_full_queue_turns_away_at_once() {
        let passwords = Passwords::with_limits(1, 0);
        let running = Arc::clone(&passwords.places).acquire_owned().await.unwrap();
        let error = passwords
            .verify(Password::new("anything"), None)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "unavailable");
        drop(running);
        assert!(
            !passwords
                .verify(Password::new("anything"), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_keeps_its_place_until_the_hash_is_done() {
        let passwords = Passwords::with_limits(1, 0);
        let (started, hashing) = std::sync::mpsc::channel();
        let (finish, finished) = std::sync::mpsc::channel::<()>();
        let request = passwords.off_thread(move || {
            started.send(()).map_err(Error::internal)?;
            finished.recv().map_err(Error::internal)
        });
        let hung_up = tokio::time::timeout(std::time::Duration::from_millis(20), request).await;
        assert!(hung_up.is_err());
        hashing.recv().unwrap();
        assert_eq!(passwords.places.available_permits(), 0);
        finish.send(()).unwrap();
        let place = passwords.places.acquire().await.unwrap();
        drop(place);
    }
}
