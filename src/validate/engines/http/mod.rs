//! Asks an engine over HTTP: requests that read and nothing else, sent again where the network or
//! the engine falters.
//!
//! Redirects are not followed and no proxy is asked, so credentials reach the named host alone. What
//! an engine says in its errors is told without them.

mod access;
mod answer;
mod trouble;

pub(super) use access::KeyHeader;
pub use access::{Access, Credentials, Patience, Secret};
pub(super) use answer::Answer;

use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ureq::http::{HeaderValue, Response};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::{EngineError, Trouble};

/// The longest answer that is read, where no other limit is set.
const MOST_BYTES: u64 = 16 << 20;

/// How often an address is tried at which nothing has answered yet.
const FIRST_TRIES: u32 = 3;

/// What is asked. There is nothing here that could change a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// Reads.
    Get,
    /// Searches, or opens a snapshot.
    Post,
    /// Closes a snapshot.
    Delete,
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// What is asked.
    pub(super) verb: Verb,
    /// The path and query below the engine's address, with a stroke before it.
    pub(super) path: &'a str,
    /// A JSON body; empty for none.
    pub(super) body: &'a str,
    /// How long the answer may be.
    pub(super) most_bytes: u64,
    /// Whether it may be sent again: the answer to a request that moves a cursor would be the next
    /// one.
    pub(super) is_repeatable: bool,
    /// Whether it could be asked for less, so that an engine short of memory is not asked again.
    pub(super) can_shrink: bool,
}

impl<'a> Request<'a> {
    /// A request that reads what lies there.
    pub(super) const fn get(path: &'a str) -> Self {
        Self::new(Verb::Get, path, "")
    }

    /// A request that asks.
    pub(super) const fn post(path: &'a str, body: &'a str) -> Self {
        Self::new(Verb::Post, path, body)
    }

    pub(super) const fn new(verb: Verb, path: &'a str, body: &'a str) -> Self {
        Self { verb, path, body, most_bytes: MOST_BYTES, is_repeatable: true, can_shrink: false }
    }

    /// Whether it is of those that read.
    fn reads_only(&self) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        let ends_in = |ends: &[&str]| ends.iter().any(|end| path.ends_with(end));
        match self.verb {
            Verb::Get => true,
            Verb::Post => {
                ends_in(&["/_search", "/_pit", "/_search/point_in_time", "/_search/scroll"])
            }
            Verb::Delete => ends_in(&["/_pit", "/_search/point_in_time", "/_search/scroll"]),
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// It was lost on the way, so that nobody knows whether the engine has answered.
    Lost(EngineError),
    /// The answer is longer than was allowed.
    TooLong,
    /// There is no use in asking again.
    Final(EngineError),
}

impl Failed {
    /// The error of one that could not be mended.
    pub(super) fn into_error(self, index: &str) -> EngineError {
        match self {
            Self::Lost(error) | Self::Final(error) => error,
            Self::TooLong => {
                EngineError::new(Trouble::Broken, index, "an answer is longer than docrot reads")
            }
        }
    }
}

/// An engine's address, and how it is asked there.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    base: String,
    index: String,
    header: Option<(&'static str, HeaderValue)>,
    secrets: Vec<String>,
    patience: Patience,
    // Until something has answered, a refused connection is a wrong address and no restart.
    has_answered: Cell<bool>,
}

impl Client {
    /// A client for the engine at `base`, such as `https://host:9200`; `index` is for messages.
    pub(super) fn new(
        base: &str,
        index: &str,
        key: KeyHeader,
        access: &Access,
    ) -> Result<Self, EngineError> {
        let header = match &access.credentials {
            None => None,
            Some(credentials) => {
                let (name, value) = credentials.header(key);
                let mut value = HeaderValue::from_str(&value).map_err(|_| {
                    let detail = "they hold a character that cannot be sent";
                    EngineError::new(Trouble::Credentials, index, detail)
                })?;
                value.set_sensitive(true);
                Some((name, value))
            }
        };
        Ok(Self {
            agent: agent(access, index)?,
            base: base.trim_end_matches('/').to_owned(),
            index: index.to_owned(),
            header,
            secrets: access.credentials.as_ref().map(|it| it.spellings(key)).unwrap_or_default(),
            patience: access.patience,
            has_answered: Cell::new(false),
        })
    }

    /// The index, for messages.
    pub(super) fn index(&self) -> &str {
        &self.index
    }

    /// How patient it is.
    pub(super) const fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Sends a request, again and again while there is hope. An answer may be a refusal.
    pub(super) fn send(&self, request: &Request<'_>) -> Result<Answer, Failed> {
        let mut tries = 0;
        loop {
            tries += 1;
            let outcome = self.send_once(request);
            let told = match &outcome {
                Ok(answer) if answer.is_busy() => {
                    if request.can_shrink && answer.lacks_memory() {
                        return outcome;
                    }
                    answer.wait
                }
                Err(Failed::Lost(_)) => None,
                _ => return outcome,
            };
            // Where nothing has ever answered, the address is likelier to be wrong.
            let most = if self.has_answered.get() { u32::MAX } else { FIRST_TRIES };
            if !request.is_repeatable || self.patience.tries.min(most) <= tries {
                return outcome;
            }
            self.pause(tries, told);
        }
    }

    /// Waits as long as after so many tries, or as the engine said.
    pub(super) fn pause(&self, tries: u32, told: Option<Duration>) {
        let most = self.patience.longest_pause.saturating_mul(10);
        let pause = told.map_or_else(|| self.patience.pause(tries), |it| it.min(most));
        match self.long_pause(pause) {
            Some(words) => log::warn!("{words}"),
            None => log::debug!("{}: asking again in {} ms", self.index, pause.as_millis()),
        }
        thread::sleep(pause);
    }

    /// What is said of a pause that somebody could take for a hang.
    fn long_pause(&self, pause: Duration) -> Option<String> {
        const LONG: Duration = Duration::from_secs(10);
        let (index, seconds) = (&self.index, pause.as_secs());
        let words = || format!("{index} is busy or silent; it is asked again in {seconds} seconds");
        (LONG <= pause).then(words)
    }

    /// Sends a request and expects what was asked for.
    pub(super) fn fetch(&self, request: &Request<'_>) -> Result<Answer, EngineError> {
        let answer = self.send(request).map_err(|it| it.into_error(&self.index))?;
        if answer.is_success() { Ok(answer) } else { Err(self.refusal(&answer)) }
    }

    /// Opens an answer that is read piece by piece and may be of any length.
    pub(super) fn stream(&self, path: &str) -> Result<impl BufRead + use<>, Failed> {
        let request = Request::get(path);
        let response = self.call(&request)?;
        if response.status().is_success() {
            return Ok(BufReader::with_capacity(1 << 18, response.into_body().into_reader()));
        }
        let answer = self.whole(response, MOST_BYTES)?;
        let error = self.refusal(&answer);
        Err(if answer.is_busy() { Failed::Lost(error) } else { Failed::Final(error) })
    }

    fn send_once(&self, request: &Request<'_>) -> Result<Answer, Failed> {
        let response = self.call(request)?;
        self.whole(response, request.most_bytes)
    }

    fn call(&self, request: &Request<'_>) -> Result<Response<Body>, Failed> {
        if !request.reads_only() {
            let detail = format!("docrot does not send {:?} to {}", request.verb, request.path);
            return Err(Failed::Final(EngineError::new(Trouble::Broken, &self.index, detail)));
        }
        let address = format!("{}{}", self.base, request.path);
        let sent = match request.verb {
            Verb::Get => self.named(self.agent.get(&address)).call(),
            Verb::Post => self.with_body(self.named(self.agent.post(&address)), request.body),
            Verb::Delete => {
                let request_with_body = self.named(self.agent.delete(&address)).force_send_body();
                self.with_body(request_with_body, request.body)
            }
        };
        let response = sent.map_err(|error| self.lost(error))?;
        self.has_answered.set(true);
        Ok(response)
    }

    fn named<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.header {
            Some((name, value)) => request.header(*name, value.clone()),
            None => request,
        }
    }

    fn with_body(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithBody>,
        body: &str,
    ) -> Result<Response<Body>, ureq::Error> {
        if body.is_empty() {
            return request.send_empty();
        }
        request.header("content-type", "application/json").send(body)
    }

    fn whole(&self, response: Response<Body>, most_bytes: u64) -> Result<Answer, Failed> {
        Answer::read(response, most_bytes, |error| self.lost(error.into()))
    }

    fn lost(&self, error: ureq::Error) -> Failed {
        trouble::lost(error, &self.index, self.has_answered.get(), &self.patience)
    }

    /// What an answer means that is not what was asked for.
    pub(super) fn refusal(&self, answer: &Answer) -> EngineError {
        trouble::refusal(answer, &self.index, &self.secrets)
    }

    /// What it means that an answer cannot be understood.
    pub(super) fn nonsense(&self, error: serde_json::Error) -> EngineError {
        EngineError::new(Trouble::Broken, &self.index, "an answer is not what it should be")
            .because(trouble::hidden(&error.to_string(), &self.secrets))
    }
}

fn agent(access: &Access, index: &str) -> Result<Agent, EngineError> {
    let Patience { silence, .. } = access.patience;
    let roots = match &access.authorities {
        None => RootCerts::WebPki,
        Some(pem) => {
            let mut certificates = Vec::new();
            for item in parse_pem(pem) {
                match item {
                    Ok(PemItem::Certificate(it)) => certificates.push(it),
                    Ok(_) => {}
                    Err(error) => {
                        let detail = "the file of authorities is damaged";
                        let failed = EngineError::new(Trouble::Certificate, index, detail);
                        return Err(failed.because(error));
                    }
                }
            }
            if certificates.is_empty() {
                let detail = "the file of authorities holds no certificate in PEM form";
                return Err(EngineError::new(Trouble::Certificate, index, detail));
            }
            RootCerts::Specific(Arc::new(certificates))
        }
    };
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent(concat!("docrot/", env!("CARGO_PKG_VERSION")))
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .input_buffer_size(256 << 10)
        .timeout_connect(Some(silence.min(Duration::from_secs(20))))
        .timeout_per_read(Some(silence))
        .timeout_per_write(Some(silence))
        .timeout_recv_response(Some(silence.saturating_mul(2)));
    Ok(config.build().new_agent())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_that_read_are_sent() {
        let reads = |verb, path| Request::new(verb, path, "").reads_only();
        assert!(reads(Verb::Get, "/docs/_mapping"));
        assert!(reads(Verb::Post, "/docs/_search?scroll=5m"));
        assert!(reads(Verb::Post, "/docs/_search/point_in_time?keep_alive=5m"));
        assert!(reads(Verb::Delete, "/_pit"));
        for path in ["/docs/_doc/1", "/_bulk", "/docs/_delete_by_query", "/docs", "/docs/_refresh"]
        {
            assert!(!reads(Verb::Post, path), "{path}");
            assert!(!reads(Verb::Delete, path), "{path}");
        }
        assert!(!reads(Verb::Delete, "/docs/_search"));
    }

    #[test]
    fn a_pause_that_looks_like_a_hang_is_told() {
        let access = Access::default();
        let client = Client::new("http://h", "x", KeyHeader::Authorization, &access).unwrap();
        let told = |seconds| client.long_pause(Duration::from_secs(seconds));
        assert_eq!(told(9), None);
        let words = "x is busy or silent; it is asked again in 30 seconds";
        assert_eq!(told(30).as_deref(), Some(words));
    }

    #[test]
    fn what_would_change_something_is_not_sent() {
        let access = Access::default();
        let client =
            Client::new("http://127.0.0.1:9", "x", KeyHeader::Authorization, &access).unwrap();
        let sent = client.send(&Request::new(Verb::Delete, "/docs", ""));
        assert!(matches!(sent, Err(Failed::Final(error)) if error.trouble == Trouble::Broken));
    }

    #[test]
    fn credentials_that_cannot_be_sent_are_refused_without_being_shown() {
        let access = Access {
            credentials: Some(Credentials::Token(Secret::new("line\nbreak"))),
            ..Access::default()
        };
        let error = Client::new("http://h", "x", KeyHeader::Authorization, &access).unwrap_err();
        assert_eq!(error.trouble, Trouble::Credentials);
        assert!(!format!("{error} {error:?}").contains("break"));
    }
}
