//! What an engine answers.

use std::io::{self, Read as _};
use std::time::Duration;

use chrono::DateTime;
use serde::de::Deserialize;
use serde_json::Value;
use ureq::Body;
use ureq::http::{HeaderMap, Response};

use super::Failed;
use super::trouble::hidden;

/// An answer, read to its end.
#[derive(Debug)]
pub(in crate::validate::engines) struct Answer {
    /// The status of HTTP.
    pub(in crate::validate::engines) status: u16,
    /// What is answered.
    pub(in crate::validate::engines) body: Vec<u8>,
    /// How long to wait before asking again, where the engine says so.
    pub(super) wait: Option<Duration>,
    /// Where it sends on to.
    pub(super) elsewhere: Option<String>,
}

impl Answer {
    /// Reads an answer of at most so many bytes.
    pub(super) fn read(
        response: Response<Body>,
        most_bytes: u64,
        lost: impl Fn(io::Error) -> Failed,
    ) -> Result<Self, Failed> {
        let (parts, mut body) = response.into_parts();
        let header = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok());
        let announced = body.content_length().unwrap_or(0);
        if most_bytes < announced {
            return Err(Failed::TooLong);
        }
        let mut bytes = Vec::with_capacity(announced as usize);
        body.as_reader().take(most_bytes + 1).read_to_end(&mut bytes).map_err(lost)?;
        if most_bytes < bytes.len() as u64 {
            return Err(Failed::TooLong);
        }
        Ok(Self {
            status: parts.status.as_u16(),
            body: bytes,
            wait: wait(&parts.headers),
            elsewhere: header("location").map(str::to_owned),
        })
    }

    /// Whether it is what was asked for.
    pub(in crate::validate::engines) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Whether asking again later may help.
    pub(in crate::validate::engines) const fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 502 | 503 | 504)
    }

    /// Whether the engine has no memory for an answer of that size.
    pub(in crate::validate::engines) fn lacks_memory(&self) -> bool {
        !self.is_success() && self.mentions("circuit_breaking_exception")
    }

    /// Whether a word stands in it.
    pub(in crate::validate::engines) fn mentions(&self, word: &str) -> bool {
        memchr::memmem::find(&self.body, word.as_bytes()).is_some()
    }

    /// The answer as JSON.
    pub(in crate::validate::engines) fn json<'a, T: Deserialize<'a>>(
        &'a self,
    ) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// The engine's own words for what is wrong, without secrets; empty where there are none.
    pub(super) fn words(&self, secrets: &[String]) -> String {
        const MOST_CHARS: usize = 200;
        let json: Option<Value> = self.json().ok();
        // Before it is cut: nobody would know a part of a secret.
        let words = hidden(json.as_ref().and_then(reason).unwrap_or_default(), secrets);
        let printable = |it: char| if it.is_control() { ' ' } else { it };
        let mut words: String = words.trim().chars().map(printable).take(MOST_CHARS + 1).collect();
        if MOST_CHARS < words.chars().count() {
            words.pop();
            words.push('…');
        }
        words
    }
}

/// Where engines say what is wrong.
fn reason(json: &Value) -> Option<&str> {
    const PLACES: &[&str] = &[
        "/error/root_cause/0/reason",
        "/error/reason",
        "/error/msg",
        "/error/message",
        "/error",
        "/message",
        "/Message",
        "/msg",
    ];
    PLACES.iter().find_map(|place| json.pointer(place)?.as_str())
}

/// How long `Retry-After` says to wait: seconds, or a moment as the answer's own `Date` counts.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let told = header("retry-after")?.trim();
    if let Ok(seconds) = told.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = |it: &str| DateTime::parse_from_rfc2822(it.trim()).ok();
    (moment(told)? - moment(header("date")?)?).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec(), wait: None, elsewhere: None }
    }

    #[test]
    fn engines_say_what_is_wrong_in_several_places() {
        for (body, expected) in [
            (r#"{"error":{"root_cause":[{"reason":"no such index [a]"}]}}"#, "no such index [a]"),
            (r#"{"error":{"msg":"undefined field"},"responseHeader":{}}"#, "undefined field"),
            (
                r#"{"Message":"Your request: '/_pit' is not allowed."}"#,
                "Your request: '/_pit' is not allowed.",
            ),
            (r#"{"message":"Not\u001b[31m Found"}"#, "Not [31m Found"),
            ("<html>Bad Gateway</html>", ""),
        ] {
            assert_eq!(answer(500, body).words(&[]), expected);
        }
        assert_eq!(
            answer(500, &format!(r#"{{"error":"{}"}}"#, "x".repeat(900))).words(&[]).len(),
            203
        );
    }

    #[test]
    fn an_engine_says_how_long_to_wait() {
        let headers = |pairs: &[(&'static str, &str)]| {
            pairs
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect()
        };
        assert_eq!(wait(&headers(&[("retry-after", "7")])), Some(Duration::from_secs(7)));
        let moment = [
            ("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"),
            ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ];
        assert_eq!(wait(&headers(&moment)), Some(Duration::from_secs(30)));
        assert_eq!(wait(&headers(&moment[..1])), None);
        assert_eq!(wait(&headers(&[("retry-after", "soon")])), None);
    }
}
