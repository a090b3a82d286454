//! How an engine is reached: who asks, whose certificates are trusted, how patiently.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::validate::engines::paging::encoded;

/// How an engine is reached over the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Who asks, where the engine wants to know.
    pub credentials: Option<Credentials>,
    /// The certificates, as PEM, of the authorities that are trusted; those of browsers if none.
    pub authorities: Option<Vec<u8>>,
    /// How long is waited, and how often is tried again.
    pub patience: Patience,
    /// A field whose values are unique, by which an engine is paged that offers nothing better.
    pub unique_field: Option<String>,
}

/// A word that nobody may see. It is shown as `…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a word from sight.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A key that the engine gave out. Elasticsearch's may be `id:key` or that in Base64.
    ApiKey(Secret),
    /// A token of a service that signs people in.
    Token(Secret),
}

/// In which header a product wants an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::validate::engines) enum KeyHeader {
    /// `Authorization: ApiKey …`
    Authorization,
    /// `X-TYPESENSE-API-KEY: …`
    Typesense,
}

impl Credentials {
    /// The header that tells who asks: its name and value.
    pub(super) fn header(&self, key: KeyHeader) -> (&'static str, String) {
        const AUTHORIZATION: &str = "authorization";
        match self {
            Self::Password { user, password } => {
                let pair = STANDARD.encode(format!("{user}:{}", password.reveal()));
                (AUTHORIZATION, format!("Basic {pair}"))
            }
            Self::Token(token) => (AUTHORIZATION, format!("Bearer {}", token.reveal())),
            Self::ApiKey(it) if key == KeyHeader::Typesense => {
                ("x-typesense-api-key", it.reveal().to_owned())
            }
            Self::ApiKey(it) if it.reveal().contains(':') => {
                (AUTHORIZATION, format!("ApiKey {}", STANDARD.encode(it.reveal())))
            }
            Self::ApiKey(it) => (AUTHORIZATION, format!("ApiKey {}", it.reveal())),
        }
    }

    /// Every spelling in which the secret could be repeated by somebody.
    pub(super) fn spellings(&self, key: KeyHeader) -> Vec<String> {
        let (_, header) = self.header(key);
        let sent = header.rsplit(' ').next().unwrap_or_default().to_owned();
        let secret = match self {
            Self::Password { password: it, .. } | Self::ApiKey(it) | Self::Token(it) => it,
        };
        let plain = [sent, secret.reveal().to_owned()];
        // In an address, a form and a quotation it is spelled otherwise.
        let in_address = |it: &String| encoded(it);
        let in_form = |it: &String| encoded(it).replace("%20", "+");
        let quoted = |it: &String| it.escape_debug().to_string();
        let spellings =
            plain.iter().flat_map(|it| [it.clone(), in_address(it), in_form(it), quoted(it)]);
        spellings.filter(|it| !it.is_empty()).collect()
    }
}

/// How long is waited, and how often is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often one request is sent at most.
    pub tries: u32,
    /// The pause before the second try; each one after it is twice as long.
    pub first_pause: Duration,
    /// The longest pause. An engine that says how long to wait may ask for ten times as much.
    pub longest_pause: Duration,
    /// How long the engine may be silent.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 8,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            silence: Duration::from_secs(60),
        }
    }
}

impl Patience {
    /// The pause after so many tries.
    pub(in crate::validate::engines) fn pause(&self, tries: u32) -> Duration {
        let doubled = self.first_pause.saturating_mul(1 << tries.saturating_sub(1).min(20));
        doubled.min(self.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_credentials_has_its_header() {
        let secret = |it: &str| Secret::new(it);
        let password = Credentials::Password { user: "ada".to_owned(), password: secret("pw") };
        let (es, ts) = (KeyHeader::Authorization, KeyHeader::Typesense);
        let header = |it: &Credentials, key| {
            let (name, value) = it.header(key);
            format!("{name}: {value}")
        };
        assert_eq!(header(&password, es), "authorization: Basic YWRhOnB3");
        let key = Credentials::ApiKey(secret("id:key"));
        assert_eq!(header(&key, es), "authorization: ApiKey aWQ6a2V5");
        assert_eq!(header(&key, ts), "x-typesense-api-key: id:key");
        let key = Credentials::ApiKey(secret("aWQ6a2V5"));
        assert_eq!(header(&key, es), "authorization: ApiKey aWQ6a2V5");
        let token = Credentials::Token(secret("t"));
        assert_eq!(header(&token, es), "authorization: Bearer t");
    }

    #[test]
    fn a_secret_is_known_however_it_is_spelled() {
        let key = Credentials::Token(Secret::new("a \"b\""));
        let spellings = key.spellings(KeyHeader::Authorization);
        for spelled in ["a \"b\"", "a%20%22b%22", "a+%22b%22", "a \\\"b\\\""] {
            assert!(spellings.iter().any(|it| it == spelled), "{spelled}: {spellings:?}");
        }
    }

    #[test]
    fn a_secret_is_never_shown() {
        let access = Access {
            credentials: Some(Credentials::ApiKey(Secret::new("hush"))),
            ..Access::default()
        };
        assert!(!format!("{access:?}").contains("hush"));
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let patience = Patience::default();
        let pauses: Vec<u128> = (1..=8).map(|it| patience.pause(it).as_millis()).collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    }
}
