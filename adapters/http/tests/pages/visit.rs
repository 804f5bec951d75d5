//! A visitor with a browser that runs no scripts.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, Request, header};
use scraper::{ElementRef, Html, Selector};

use crate::office::{Office, Reply};

/// More redirects than any page of ours needs.
const REDIRECTS: usize = 5;

/// A visitor, with the cookies that they have.
pub(crate) struct Visitor<'o> {
    pub(crate) office: &'o Office,
    cookies: RefCell<BTreeMap<String, String>>,
    /// Headers that this browser sends beside its own.
    headers: Vec<(&'static str, &'static str)>,
}

/// What a visitor sees.
#[derive(Debug)]
pub(crate) struct Screen {
    /// The address, after every redirect.
    pub(crate) path: String,
    pub(crate) reply: Reply,
}

impl<'o> Visitor<'o> {
    pub(crate) fn new(office: &'o Office) -> Self {
        Self { office, cookies: RefCell::default(), headers: Vec::new() }
    }

    /// The same, with a browser that sends these headers.
    pub(crate) fn with(mut self, headers: Vec<(&'static str, &'static str)>) -> Self {
        self.headers = headers;
        self
    }

    /// The value of a cookie; empty if there is none.
    pub(crate) fn cookie(&self, name: &str) -> String {
        self.cookies.borrow().get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// Opens an address.
    pub(crate) async fn open(&self, path: &str) -> Screen {
        let reply = self.ask(Method::GET, path, String::new()).await;
        self.follow(path.to_owned(), reply).await
    }

    /// Sends the form of a page that acts at this address, with what is typed into it.
    #[track_caller]
    pub(crate) fn send<'a>(
        &'a self,
        screen: &'a Screen,
        action: &'a str,
        typed: &'a [(&'a str, &'a str)],
    ) -> impl Future<Output = Screen> + 'a {
        let fields = screen.form(action, typed);
        async move {
            let reply = self.ask(Method::POST, action, fields).await;
            self.follow(action.to_owned(), reply).await
        }
    }

    /// Sends a form that is on no page.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.ask(Method::POST, path, encoded(fields.iter().copied())).await
    }

    async fn follow(&self, mut path: String, mut reply: Reply) -> Screen {
        for _ in 0..REDIRECTS {
            if reply.status != 303 {
                return Screen { path, reply };
            }
            path = reply.header("location").to_owned();
            reply = self.ask(Method::GET, &path, String::new()).await;
        }
        panic!("too many redirects: {path}");
    }

    /// One request, as a browser sends it from a page of ours.
    pub(crate) async fn ask(&self, method: Method, path: &str, fields: String) -> Reply {
        let mut request = Request::builder().method(&method).uri(path);
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request
            .header(header::HOST, "readmit.example")
            .header(header::COOKIE, cookies.join("; "))
            .header(header::ACCEPT, "text/html");
        if method == Method::POST {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if !self.headers.iter().any(|(name, _)| *name == "sec-fetch-site") {
            request = request.header("sec-fetch-site", "same-origin");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        let reply = self.office.send(request.body(Body::from(fields)).unwrap()).await;
        self.take_cookies(&reply);
        reply
    }

    fn take_cookies(&self, reply: &Reply) {
        for value in reply.headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().unwrap_or_default();
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if attributes.to_lowercase().contains("max-age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
    }
}

impl Screen {
    pub(crate) fn html(&self) -> Html {
        Html::parse_document(&self.reply.text())
    }

    /// The page, which must have this status and address.
    #[track_caller]
    pub(crate) fn expect(self, status: u16, path: &str) -> Self {
        assert_eq!((self.reply.status, self.path.as_str()), (status, path), "{}", self.main());
        self
    }

    /// What the page says in its middle.
    pub(crate) fn main(&self) -> String {
        self.all("main").join(" ")
    }

    /// The texts of the elements that are found so.
    pub(crate) fn all(&self, selector: &str) -> Vec<String> {
        let (html, selector) = (self.html(), Selector::parse(selector).unwrap());
        html.select(&selector).map(text).collect()
    }

    /// Whether some element is found so.
    pub(crate) fn has(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// An attribute of the first element that is found so.
    pub(crate) fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let (html, selector) = (self.html(), Selector::parse(selector).unwrap());
        html.select(&selector).next()?.value().attr(name).map(str::to_owned)
    }

    /// An attribute of every element that is found so and has it.
    pub(crate) fn every(&self, selector: &str, name: &str) -> Vec<String> {
        let (html, selector) = (self.html(), Selector::parse(selector).unwrap());
        let all = html.select(&selector).filter_map(|element| element.value().attr(name));
        all.map(str::to_owned).collect()
    }

    /// The links to elsewhere on the page, by what they say.
    pub(crate) fn link(&self, says: &str) -> Option<String> {
        let (html, selector) = (self.html(), Selector::parse("a[href]").unwrap());
        let found = html.select(&selector).find(|link| text(*link) == says)?;
        found.value().attr("href").map(str::to_owned)
    }

    /// The fields of the form that acts at this address, with what is typed.
    #[track_caller]
    fn form(&self, action: &str, typed: &[(&str, &str)]) -> String {
        let (html, form) = (self.html(), Selector::parse("form[method=post]").unwrap());
        let is_it = |form: &ElementRef<'_>| form.value().attr("action") == Some(action);
        let Some(form) = html.select(&form).find(is_it) else {
            panic!("no form for {action} on {}: {}", self.path, self.main())
        };
        let inputs = Selector::parse("input[type=hidden]").unwrap();
        let hidden = form.select(&inputs).filter_map(|input| {
            Some((input.value().attr("name")?, input.value().attr("value").unwrap_or_default()))
        });
        encoded(hidden.chain(typed.iter().copied()))
    }
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn encoded<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(fields);
    text.finish()
}

impl Visitor<'_> {
    /// Signs in with login and password.
    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Screen {
        let screen = self.open("/sign-in").await;
        self.send(&screen, "/sign-in", &[("login", login), ("password", password)]).await
    }
}
