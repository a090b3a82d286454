//! What it means that an engine does not answer, or refuses.

use std::io;

use crate::validate::engines::{EngineError, Trouble};

use super::{Answer, Failed, Patience};

/// What it means that an answer was lost.
pub(super) fn lost(
    error: ureq::Error,
    index: &str,
    has_answered: bool,
    patience: &Patience,
) -> Failed {
    let failed = |trouble, detail: &str| EngineError::new(trouble, index, detail);
    match &error {
        ureq::Error::HostNotFound if !has_answered => {
            Failed::Final(failed(Trouble::Unreachable, "there is no such host"))
        }
        ureq::Error::Io(it) if it.kind() == io::ErrorKind::ConnectionRefused && !has_answered => {
            Failed::Final(failed(Trouble::Unreachable, "nothing listens there"))
        }
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            Failed::Final(failed(Trouble::NotAnIndex, "the address makes no sense"))
        }
        ureq::Error::LargeResponseHeader(..) => {
            Failed::Final(failed(Trouble::Broken, "its headers are too long"))
        }
        ureq::Error::Timeout(_) => {
            let silence = format!("no answer within {} s", patience.silence.as_secs_f32());
            Failed::Lost(failed(Trouble::Unreachable, &silence))
        }
        _ => match tls_words(&error) {
            Some(words) if words.contains("certificate") => {
                Failed::Final(failed(Trouble::Certificate, &words))
            }
            Some(_) => Failed::Final(failed(Trouble::Unreachable, "it does not speak TLS")),
            None if matches!(error, ureq::Error::Protocol(_)) && !has_answered => {
                let detail = "what answers does not speak HTTP; an address with https may do";
                Failed::Final(failed(Trouble::Unreachable, detail))
            }
            None => Failed::Lost(failed(Trouble::Unreachable, "").because(error)),
        },
    }
}

/// What the handshake says, where it is what failed.
fn tls_words(error: &ureq::Error) -> Option<String> {
    match error {
        ureq::Error::Rustls(it) => Some(it.to_string()),
        ureq::Error::Tls(it) => Some((*it).to_owned()),
        // A handshake that fails while it reads is wrapped.
        ureq::Error::Io(it) if it.kind() == io::ErrorKind::InvalidData => {
            Some(it.get_ref()?.source().map_or_else(|| it.to_string(), ToString::to_string))
        }
        _ => None,
    }
}

/// What a server says, with a mark in place of every secret. It comes before anything else is done
/// to the words.
pub(super) fn hidden(text: &str, secrets: &[String]) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
}

/// What an answer means that is not what was asked for.
pub(super) fn refusal(answer: &Answer, index: &str, secrets: &[String]) -> EngineError {
    let words = answer.words(secrets);
    let told = |what: String| if words.is_empty() { what } else { format!("{what}: {words}") };
    let status = answer.status;
    let (trouble, detail) = match status {
        300..=399 => {
            let place = answer.elsewhere.as_deref().unwrap_or("another address");
            let place = hidden(place, secrets);
            let detail = format!("it sends on to {place}; name that address if it is the one");
            (Trouble::Unreachable, detail)
        }
        401 if answer.mentions("is not allowed") => (Trouble::Credentials, words),
        401 | 403 | 407 => (Trouble::Credentials, told(format!("status {status}"))),
        404 => (Trouble::Absent, words),
        429 | 502..=504 => (Trouble::Busy, told(format!("status {status}"))),
        _ => (Trouble::Broken, told(format!("status {status}"))),
    };
    EngineError::new(trouble, index, detail)
}
