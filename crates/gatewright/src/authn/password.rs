//! Hashing passwords with Argon2id (RFC 9106), at a bounded cost.
//!
//! One hash takes 19 MiB or more and tens of milliseconds of one core, so an open sign-in form is a way to
//! exhaust a server. As many hashes run as there are cores, off the threads that serve requests; so
//! many more may wait; the rest is turned away with 503. Places are held by the work itself, not by
//! the request: a client that hangs up gives its place back only when the hash is done.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use aws_lc_rs::rand;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password_policy::{NewPassword, Owner, Password};
use crate::config::HashCost;
use crate::error::{Error, FieldError};

const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// How many may wait for a core.
const LONGEST_QUEUE: usize = 64;

/// Hashes and verifies passwords.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    cost: HashCost,
    hasher: Argon2<'static>,
    /// The hash of no password: whoever signs in with an unknown address waits for it all the same, so
    /// that time does not tell which addresses have accounts.
    nobody: Arc<str>,
    /// Room for those that run and those that wait.
    places: Arc<Semaphore>,
    cores: Arc<Semaphore>,
}

impl Passwords {
    /// As many at once as the machine has cores.
    ///
    /// # Errors
    /// 500 when the library refuses the cost, which settings keep in its bounds.
    pub(crate) fn new(cost: HashCost) -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_limits(cost, cores, LONGEST_QUEUE)
    }

    fn with_limits(cost: HashCost, cores: usize, queue: usize) -> Result<Self, Error> {
        let HashCost { memory, iterations } = cost;
        let nobody = format!(
            "$argon2id$v=19$m={memory},t={iterations},p={LANES}$bm9ib2R5J3Mgc2FsdCEhIQ$bm9ib2R5IGhhcyB0aGlzIGhhc2gsIG5vIG1hdGNoISE"
        );
        Ok(Self {
            cost,
            hasher: hasher(memory, iterations)?,
            nobody: nobody.into(),
            places: Arc::new(Semaphore::new(cores + queue)),
            cores: Arc::new(Semaphore::new(cores)),
        })
    }

    /// Decides whether a password may be chosen. Off the threads that serve requests: to estimate how soon a
    /// contrived one would be guessed can take half a second.
    ///
    /// # Errors
    /// 503 when too many wait already. Inside: what is wrong with the password.
    pub(crate) async fn choose(
        &self,
        password: Password,
        owner: Owner,
    ) -> Result<Result<NewPassword, FieldError>, Error> {
        self.off_thread(move || Ok(NewPassword::parse(password, &owner)))
            .await
    }

    /// A new password's hash, as a PHC string with its own salt.
    ///
    /// # Errors
    /// 503 when too many wait already.
    pub(crate) async fn hash(&self, password: NewPassword) -> Result<String, Error> {
        self.hash_again(password.0).await
    }

    /// Another hash of a password that was right, whatever is asked of new ones by now.
    ///
    /// # Errors
    /// 503 when too many wait already.
    pub(super) async fn hash_again(&self, password: Password) -> Result<String, Error> {
        let hasher = self.hasher.clone();
        self.off_thread(move || {
            let mut salt = [0; SALT_BYTES];
            rand::fill(&mut salt).map_err(Error::internal)?;
            let hash: PasswordHash = hasher
                .hash_password_with_salt(password.as_bytes(), &salt)
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
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let (hasher, cost) = (self.hasher.clone(), self.cost);
        let matches = self
            .off_thread(move || {
                let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
                // By the parameters that stand in the hash.
                let matches = match hasher.verify_password(password.as_bytes(), &hash) {
                    Ok(()) => true,
                    Err(argon2::password_hash::Error::PasswordInvalid) => false,
                    Err(error) => return Err(Error::internal(error)),
                };
                make_up_for(cost, &hash, &password)?;
                Ok(matches)
            })
            .await?;
        Ok(matches && known)
    }

    /// Whether a stored hash takes less work than one that is made now.
    pub(super) fn is_weaker(&self, hash: &str) -> bool {
        PasswordHash::new(hash)
            .ok()
            .and_then(|hash| Params::try_from(&hash).ok().map(|params| (hash, params)))
            .is_none_or(|(hash, params)| {
                hash.algorithm != ARGON2ID_IDENT
                    || params.m_cost() < self.cost.memory
                    || params.t_cost() < self.cost.iterations
            })
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

fn hasher(memory: u32, iterations: u32) -> Result<Argon2<'static>, Error> {
    let params = Params::new(memory, iterations, LANES, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Does the work that a hash from before the cost was raised saves. Else an account that has not been signed in
/// to since would answer sooner than an address that has no account.
fn make_up_for(cost: HashCost, hash: &PasswordHash, password: &Password) -> Result<(), Error> {
    let params = Params::try_from(hash).map_err(Error::internal)?;
    let work = |memory: u32, iterations: u32| u64::from(memory) * u64::from(iterations);
    let wanted = work(cost.memory, cost.iterations);
    let missing = wanted.saturating_sub(work(params.m_cost(), params.t_cost()));
    // No more memory than any other hash takes.
    let iterations = missing.div_ceil(u64::from(cost.memory));
    let Some(memory) = missing
        .checked_div(iterations)
        .filter(|memory| *memory >= 8)
    else {
        return Ok(());
    };
    let (Ok(memory), Ok(iterations)) = (u32::try_from(memory), u32::try_from(iterations)) else {
        return Ok(());
    };
    let mut out = [0; 32];
    hasher(memory, iterations)?
        .hash_password_into(password.as_bytes(), &[0; SALT_BYTES], &mut out)
        .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: HashCost = HashCost::LEAST;

    fn passwords() -> Passwords {
        Passwords::new(COST).unwrap()
    }

    fn new_password(text: &str) -> NewPassword {
        NewPassword::parse(Password::new(text), &Owner::default()).unwrap()
    }

    #[tokio::test]
    async fn a_hash_matches_its_password_alone() {
        let passwords = passwords();
        let start = "nine Äpfel warm the long cellar stairs of autumn, said the old clockmaker";
        let long = format!("{start} tail");
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
            format!("{start} tale"),
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
        for (memory, iterations) in [(19_456, 2), (24_000, 3)] {
            let cost = HashCost { memory, iterations };
            let passwords = Passwords::new(cost).unwrap();
            let nobody = PasswordHash::new(&passwords.nobody).unwrap();
            let params = Params::try_from(&nobody).unwrap();
            assert_eq!(
                (params.m_cost(), params.t_cost(), params.p_cost()),
                (memory, iterations, LANES)
            );
            assert!(!passwords.is_weaker(&passwords.nobody));
        }
        assert!(
            !passwords()
                .verify(Password::new("anything at all"), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_hash_of_less_work_still_matches_and_is_known_to_be_weaker() {
        let hash = passwords()
            .hash(new_password("correct horse battery"))
            .await
            .unwrap();
        assert!(!passwords().is_weaker(&hash));
        for (memory, iterations) in [(19_457, 2), (19_456, 3)] {
            let raised = Passwords::new(HashCost { memory, iterations }).unwrap();
            assert!(raised.is_weaker(&hash), "m={memory} t={iterations}");
            let right = Password::new("correct horse battery");
            assert!(raised.verify(right.clone(), Some(&hash)).await.unwrap());
            let again = raised.hash_again(right.clone()).await.unwrap();
            assert!(!raised.is_weaker(&again));
            assert!(passwords().verify(right, Some(&again)).await.unwrap());
            assert!(
                !passwords().is_weaker(&again),
                "lower settings weaken nothing"
            );
        }
        assert!(passwords().is_weaker("plain text"));
    }

    #[tokio::test]
    async fn an_unreadable_hash_is_a_defect_and_not_a_match() {
        let error = passwords()
            .verify(Password::new("anything"), Some("plain text"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "internal");
    }

    #[tokio::test]
    async fn a_full_queue_turns_away_at_once() {
        let passwords = Passwords::with_limits(COST, 1, 0).unwrap();
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
        let passwords = Passwords::with_limits(COST, 1, 0).unwrap();
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
