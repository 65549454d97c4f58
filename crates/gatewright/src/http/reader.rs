//! Who reads the answer of a route that has pages: a person gets a page where a program gets a problem, and goes
//! to sign in where a program is told that it has to.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, header};

use super::submitted::is_form;
use super::{Context, html, problem};
use crate::error::Error;

/// Somebody in front of a browser.
#[derive(Debug)]
pub(super) struct Reader {
    context: Context,
    /// The page that they asked for; none for a form, which nobody can go back to.
    page: Option<String>,
}

impl Reader {
    /// Whoever asks for a page, as browsers do by `Accept`, or sends a form.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let context = request.extensions().get::<Context>().cloned()?;
        let page = request.uri().path_and_query();
        match *request.method() {
            Method::GET | Method::HEAD if takes_html(request.headers()) => Some(Self {
                context,
                page: page.map(ToString::to_string),
            }),
            _ if is_form(request.headers()) => Some(Self {
                context,
                page: None,
            }),
            _ => None,
        }
    }

    /// The answer as a page, where it is an error that made none itself.
    pub(super) fn answer(self, response: Response) -> Response {
        let Some(error) = problem::of(&response) else {
            return response;
        };
        let mut page = self.page_of(&error);
        // Cookies that were renewed or forgotten on the way.
        append_cookies(response.headers(), page.headers_mut());
        page
    }

    fn page_of(self, error: &Arc<Error>) -> Response {
        if error.status() != StatusCode::UNAUTHORIZED {
            return html::error_page(&self.context, error);
        }
        problem::log(error, self.context.request_id);
        html::see_other(&sign_in_address(self.page.as_deref()))
    }
}

/// Programs take anything, or JSON; who reads pages says so.
fn takes_html(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).iter();
    let mut types = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|range| range.split(';').next());
    types.any(|range| range.trim().eq_ignore_ascii_case("text/html"))
}

/// The sign-in that leads back to a page.
fn sign_in_address(page: Option<&str>) -> String {
    let mut address = "/auth/login".to_owned();
    if let Some(page) = page {
        let encoded: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
        address.push_str("?next=");
        address.push_str(&encoded);
    }
    address
}

fn append_cookies(from: &HeaderMap, to: &mut HeaderMap) {
    for line in from.get_all(header::SET_COOKIE) {
        to.append(header::SET_COOKIE, line.clone());
    }
}
