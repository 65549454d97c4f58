//! What was attacked and what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write as _;
use std::thread;
use std::time::Duration;

use crate::attacks;
use crate::client::{Request, Response};
use crate::expect::Expected;
use crate::kinds::Kinds;
use crate::leaks;
use crate::surface::Surface;
use crate::target::Target;

/// How many findings of one attack are printed: one hole makes many.
const SHOWN: usize = 10;

/// The longest time that is waited because the application asks for it, in seconds.
const LONGEST_WAIT: u64 = 60;

/// An answer that the application should not have given, or one that it failed to give.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// The attack's id, such as `TI01`.
    pub attack: String,
    /// The route, such as `GET /api/products/{id}`.
    pub route: String,
    /// Who attacked, such as `owner@globex.example`.
    pub principal: String,
    /// The request.
    pub sent: String,
    /// What the answer should have been.
    pub expected: String,
    /// What the answer was.
    pub received: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} as {}", self.attack, self.route, self.principal)?;
        writeln!(f, "    sent      {}", self.sent)?;
        writeln!(f, "    expected  {}", self.expected)?;
        write!(f, "    received  {}", self.received)
    }
}

/// The outcome of a [`Suite`](crate::Suite).
#[derive(Debug, Default)]
pub struct Report {
    app: String,
    requests: u64,
    /// Answers judged, by attack.
    judged: BTreeMap<&'static str, u64>,
    covered: BTreeSet<String>,
    uncovered: BTreeMap<String, String>,
    findings: Vec<Finding>,
    unanswered: u64,
    /// Attacks that this application gives no occasion for, with the reason.
    inapplicable: Vec<String>,
    kinds: Kinds,
    log: String,
}

/// Which attack, on what, by whom: the head of a finding.
#[derive(Debug, Clone)]
pub(crate) struct Attempt<'a> {
    pub(crate) attack: &'static str,
    pub(crate) route: &'a str,
    pub(crate) who: &'a str,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(attack: &'static str, route: &'a str, who: &'a str) -> Self {
        Self { attack, route, who }
    }
}

impl Report {
    pub(crate) fn of(app: &str) -> Self {
        Self {
            app: app.to_owned(),
            ..Self::default()
        }
    }

    /// A report of a suite that could not begin, which is a finding too.
    pub(crate) fn of_failed_setup(what: String) -> Self {
        let mut report = Self::default();
        report.find(
            &Attempt::new("setup", "-", "the suite"),
            "",
            "a running application",
            what,
        );
        report
    }

    /// Every answer that was wrong, in the order of the attacks.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The number of requests sent, those that only prepare an attack included.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// The ids of the attacks that judged at least one answer.
    pub fn attacks(&self) -> impl Iterator<Item = &'static str> {
        self.judged.keys().copied()
    }

    /// The routes that answered an allowed principal and every attack.
    pub fn covered(&self) -> impl Iterator<Item = &str> {
        self.covered.iter().map(String::as_str)
    }

    /// The routes about which nothing is known, each with the reason.
    pub fn uncovered(&self) -> impl Iterator<Item = (&str, &str)> {
        self.uncovered
            .iter()
            .map(|(route, why)| (route.as_str(), why.as_str()))
    }

    /// Whether every route was covered and nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.uncovered.is_empty() && !self.covered.is_empty()
    }

    /// Prints the summary.
    ///
    /// # Panics
    ///
    /// When the report is not clean, with the whole report.
    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "an assertion of a test: the harness expects a panic"
    )]
    pub fn assert_clean(&self) {
        if !self.is_clean() {
            panic!("\n{self}");
        }
        println!("{self}");
        // The harness hides what a passing test prints by the macros; this line is for everybody.
        // Where standard error is closed, there is nobody to read it.
        let _ = writeln!(std::io::stderr(), "{}", self.headline());
    }

    /// `Storefront: 42 routes, 1,312 requests, 21 attacks, 0 findings`
    fn headline(&self) -> String {
        format!(
            "{}: {} routes, {} requests, {} attacks, {} findings",
            if self.app.is_empty() {
                "gatewright-attack"
            } else {
                &self.app
            },
            self.covered.len() + self.uncovered.len(),
            grouped(self.requests),
            self.judged.len(),
            self.findings.len(),
        )
    }

    /// Sends a request and judges the answer.
    pub(crate) fn probe(
        &mut self,
        attempt: &Attempt<'_>,
        target: &Target,
        request: &Request,
        expected: &Expected<'_>,
    ) -> Option<Response> {
        let response = self.send(attempt, target, request)?;
        self.judge(
            attempt,
            request,
            &response,
            expected.check(&response),
            expected,
        );
        Some(response)
    }

    /// Sends a request that must succeed, once more when the application says how long to wait.
    pub(crate) fn probe_again(
        &mut self,
        attempt: &Attempt<'_>,
        target: &Target,
        request: &Request,
    ) -> Option<Response> {
        let response = self.send(attempt, target, request)?;
        let wait = response.header("retry-after").map(str::parse::<u64>);
        let response = match (response.status, wait) {
            (429, Some(Ok(seconds @ 0..=LONGEST_WAIT))) => {
                thread::sleep(Duration::from_secs(seconds));
                self.send(attempt, target, request)?
            }
            _ => response,
        };
        let expected = Expected::Success;
        let verdict = expected.check(&response);
        self.judge(attempt, request, &response, verdict, expected);
        Some(response)
    }

    /// Sends a request; having no answer is a finding.
    pub(crate) fn send(
        &mut self,
        attempt: &Attempt<'_>,
        target: &Target,
        request: &Request,
    ) -> Option<Response> {
        match target.client.send(request) {
            Ok(response) => {
                if response.status >= 400 {
                    let own = Attempt::new("EN03", attempt.route, attempt.who);
                    let verdict = leaks::tidy(request, &response);
                    let expected = "a problem of its own status that tells nothing of the inside";
                    self.judge(&own, request, &response, verdict, expected);
                }
                Some(response)
            }
            Err(error) => {
                self.unanswered += 1;
                self.find(attempt, request, "an answer", error);
                None
            }
        }
    }

    /// Records one judgement of an answer.
    pub(crate) fn judge(
        &mut self,
        attempt: &Attempt<'_>,
        request: &Request,
        response: &Response,
        verdict: Result<(), String>,
        expected: impl fmt::Display,
    ) {
        *self.judged.entry(attempt.attack).or_default() += 1;
        self.kinds.judged(attempt.attack, attempt.route);
        if let Err(why) = verdict {
            self.find(
                attempt,
                request,
                expected,
                format_args!("{response} ({why})"),
            );
        }
    }

    /// Records something that is so or is not.
    pub(crate) fn check(
        &mut self,
        attempt: &Attempt<'_>,
        holds: bool,
        sent: impl fmt::Display,
        expected: &str,
        received: impl fmt::Display,
    ) {
        *self.judged.entry(attempt.attack).or_default() += 1;
        self.kinds.judged(attempt.attack, attempt.route);
        if !holds {
            self.find(attempt, sent, expected, received);
        }
    }

    pub(crate) fn find(
        &mut self,
        attempt: &Attempt<'_>,
        sent: impl fmt::Display,
        expected: impl fmt::Display,
        received: impl fmt::Display,
    ) {
        self.findings.push(Finding {
            attack: attempt.attack.to_owned(),
            route: attempt.route.to_owned(),
            principal: attempt.who.to_owned(),
            sent: sent.to_string(),
            expected: expected.to_string(),
            received: received.to_string(),
        });
    }

    /// How many requests had no answer so far.
    pub(crate) fn unanswered(&self) -> u64 {
        self.unanswered
    }

    /// Records that the application gives an attack no occasion.
    pub(crate) fn skip(&mut self, attack: &str, why: &str) {
        self.inapplicable.push(format!("{attack}: {why}"));
    }

    /// Takes note of the kinds of routes that there are.
    pub(crate) fn meet(&mut self, surface: &Surface) {
        self.kinds = Kinds::of(surface);
    }

    /// A kind of route that an attack was meant for and that it did not reach is a finding.
    pub(crate) fn find_neglected(&mut self) {
        for (kind, attack) in self.kinds.neglected() {
            let attempt = Attempt::new(attack, kind, "the suite");
            self.find(
                &attempt,
                "",
                "an answer to judge",
                "no route of this kind was attacked",
            );
        }
    }

    pub(crate) fn cover(&mut self, route: String) {
        self.covered.insert(route);
    }

    pub(crate) fn leave_uncovered(&mut self, route: String, why: impl fmt::Display) {
        self.covered.remove(&route);
        self.uncovered.insert(route, why.to_string());
    }

    pub(crate) fn finish(&mut self, requests: u64, log: String) {
        self.requests = requests;
        if !self.is_clean() {
            self.log = log;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.headline())?;
        writeln!(f, "  {:<6}{:>8}{:>10}  attack", "id", "answers", "findings")?;
        for (id, answers) in &self.judged {
            let findings = self
                .findings
                .iter()
                .filter(|finding| finding.attack == *id)
                .count();
            writeln!(
                f,
                "  {id:<6}{:>8}{findings:>10}  {}",
                grouped(*answers),
                attacks::title(id)
            )?;
        }
        write!(f, "{}", self.kinds)?;
        for line in &self.inapplicable {
            writeln!(f, "not attacked: {line}")?;
        }
        for (route, why) in &self.uncovered {
            writeln!(f, "uncovered: {route}: {why}")?;
        }
        let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &self.findings {
            let so_far = shown.entry(&finding.attack).or_default();
            *so_far += 1;
            if *so_far <= SHOWN {
                writeln!(f, "\n{finding}")?;
            }
        }
        for (id, all) in shown.into_iter().filter(|(_, all)| *all > SHOWN) {
            writeln!(f, "\n… and {} more of {id}", all - SHOWN)?;
        }
        if !self.log.is_empty() {
            writeln!(f, "\nthe end of the application's log:\n{}", self.log)?;
        }
        Ok(())
    }
}

/// 1312 as `1,312`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_attacked_is_not_clean() {
        assert!(!Report::default().is_clean());
        let mut report = Report::of("Storefront");
        report.cover("GET /api/products".to_owned());
        assert!(report.is_clean());
        report.leave_uncovered("GET /api/products".to_owned(), "no answer");
        assert!(!report.is_clean());
        assert_eq!(report.covered().count(), 0);
    }

    #[test]
    fn a_finding_says_what_who_and_where() {
        let mut report = Report::of("Storefront");
        report.check(
            &Attempt::new("TI01", "GET /api/products/{id}", "owner@globex.example"),
            false,
            "GET /api/products/7",
            "404",
            "200 {}",
        );
        report.finish(1_234_567, "log line".to_owned());
        let text = report.to_string();
        assert!(
            text.starts_with("Storefront: 0 routes, 1,234,567 requests, 1 attacks, 1 findings\n"),
            "{text}"
        );
        assert!(text.contains("TI01 GET /api/products/{id} as owner@globex.example\n    sent      GET /api/products/7\n    expected  404\n    received  200 {}"));
        assert!(text.contains("log line"));
    }

    #[test]
    #[should_panic(expected = "a running application")]
    fn a_setup_that_failed_fails_the_test() {
        Report::of_failed_setup("no such file".to_owned()).assert_clean();
    }
}
