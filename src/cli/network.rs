//! How the server of another index is reached. Credentials come from a file or the environment, and
//! from nowhere that other people could see.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use docrot::report::escape;
use docrot::validate::engines::{Access, Credentials, Location, Patience, Secret};
use serde::Deserialize;

use super::config::env;
use super::exit::UsageError;

/// How a server is reached.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "A server that has an index")]
pub(super) struct Network {
    /// A file with the credentials: user and password, api_key, or token, as `api_key = "…"`
    /// [default: DOCROT_USER and DOCROT_PASSWORD, DOCROT_API_KEY or DOCROT_TOKEN]
    #[arg(long, value_name = "FILE", requires = "from")]
    credentials: Option<PathBuf>,

    /// A file with the authorities, as PEM, whose certificates are trusted [default: those that
    /// browsers trust]
    #[arg(long, value_name = "FILE", requires = "from")]
    ca: Option<PathBuf>,

    /// How long the server may be silent
    #[arg(long, value_name = "SECONDS", requires = "from", default_value_t = 60)]
    silence: u64,

    /// A field with unique values to page by, where the server offers nothing better
    #[arg(long, value_name = "FIELD", requires = "from")]
    unique_field: Option<String>,
}

impl Network {
    /// How the server at `location` is reached.
    #[expect(clippy::disallowed_methods, reason = "the command line may read the environment")]
    pub(super) fn access(&self, location: &Location) -> anyhow::Result<Access> {
        let Location::Server { url, .. } = location else { return Ok(Access::default()) };
        let credentials = match &self.credentials {
            Some(path) => Some(from_file(path)?),
            None => from_environment(&|name| std::env::var(name).ok())?,
        };
        if credentials.is_some() && is_overheard(url) {
            tell!("docrot: credentials go to {url} where everybody on the way can read them");
        }
        let authorities = self.ca.as_ref().map(|path| {
            fs::read(path).with_context(|| format!("cannot read {}", escape::path(path)))
        });
        let silence = Duration::from_secs(self.silence.max(1));
        Ok(Access {
            credentials,
            authorities: authorities.transpose()?,
            patience: Patience { silence, ..Patience::default() },
            unique_field: self.unique_field.clone(),
        })
    }
}

/// Credentials as they stand in a file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    user: Option<String>,
    password: Option<String>,
    api_key: Option<String>,
    token: Option<String>,
}

impl Written {
    /// The credentials, if they are of one kind; none if there are none.
    fn credentials(self) -> Result<Option<Credentials>, ()> {
        match self {
            Self { user: None, password: None, api_key: None, token: None } => Ok(None),
            Self { user: Some(user), password: Some(password), api_key: None, token: None } => {
                Ok(Some(Credentials::Password { user, password: Secret::new(password) }))
            }
            Self { user: None, password: None, api_key: Some(key), token: None } => {
                Ok(Some(Credentials::ApiKey(Secret::new(key))))
            }
            Self { user: None, password: None, api_key: None, token: Some(token) } => {
                Ok(Some(Credentials::Token(Secret::new(token))))
            }
            _ => Err(()),
        }
    }
}

fn from_file(path: &Path) -> anyhow::Result<Credentials> {
    let name = escape::path(path);
    let file = File::open(path).with_context(|| format!("cannot read {name}"))?;
    if is_open_to_others(&file) {
        tell!("docrot: others on this machine can read {name}; `chmod 600` keeps it yours");
    }
    let text = std::io::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    // What the parser would say shows the line with the secret.
    let written: Result<Written, _> = toml::from_str(&text).map_err(|_| ());
    match written.and_then(Written::credentials) {
        Ok(Some(credentials)) => Ok(credentials),
        _ => {
            let message = format!(
                "{name} holds no credentials; write either user = \"…\" and password = \"…\", or \
                 api_key = \"…\", or token = \"…\", one a line"
            );
            Err(UsageError(message).into())
        }
    }
}

fn from_environment(get: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Option<Credentials>> {
    let get = |name| get(name).filter(|it| !it.is_empty());
    let written = Written {
        user: get(env::USER),
        password: get(env::PASSWORD),
        api_key: get(env::API_KEY),
        token: get(env::TOKEN),
    };
    written.credentials().map_err(|()| {
        let message = format!(
            "set either {} and {}, or {}, or {}",
            env::USER,
            env::PASSWORD,
            env::API_KEY,
            env::TOKEN
        );
        UsageError(message).into()
    })
}

#[cfg(unix)]
fn is_open_to_others(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    file.metadata().is_ok_and(|it| it.is_file() && it.mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &File) -> bool {
    false
}

/// Whether what goes to an address can be read on its way.
fn is_overheard(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    // The colons of an address of IPv6 stand in brackets.
    let end = host.find(']').map_or(0, |it| it + 1);
    let port = host[end..].rfind(':');
    let host = port.map_or(host, |it| &host[..end + it]);
    let is_here = host == "localhost" || host == "[::1]" || host.starts_with("127.");
    !is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Result<Option<Credentials>, String> {
        let get = |name: &str| {
            pairs.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned())
        };
        from_environment(&get).map_err(|error| error.to_string())
    }

    #[test]
    fn credentials_come_from_the_environment() {
        let password = Secret::new("p");
        let ada = Credentials::Password { user: "ada".to_owned(), password };
        assert_eq!(environment(&[("DOCROT_USER", "ada"), ("DOCROT_PASSWORD", "p")]), Ok(Some(ada)));
        let key = Credentials::ApiKey(Secret::new("k"));
        assert_eq!(environment(&[("DOCROT_API_KEY", "k"), ("DOCROT_TOKEN", "")]), Ok(Some(key)));
        assert_eq!(environment(&[]), Ok(None));
        let half = environment(&[("DOCROT_USER", "ada"), ("DOCROT_TOKEN", "hush")]).unwrap_err();
        assert!(half.contains("DOCROT_PASSWORD") && !half.contains("hush"), "{half}");
    }

    #[test]
    fn a_file_of_credentials_is_never_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        fs::write(&path, "token = \"t\"\n").unwrap();
        assert_eq!(from_file(&path).unwrap(), Credentials::Token(Secret::new("t")));
        for text in ["pass = \"hush\"", "hush", "api_key = hush", "user = \"hush\""] {
            fs::write(&path, text).unwrap();
            let error = format!("{:?}", from_file(&path).unwrap_err());
            assert!(error.contains("holds no credentials") && !error.contains("hush"), "{error}");
        }
    }

    #[test]
    fn what_stays_on_this_machine_is_not_overheard() {
        let here = ["http://[::1]/x", "http://[::1]:9200/x", "http://[::1]"];
        for url in ["https://host/x", "http://localhost:9200/x", "http://127.0.0.1/x"]
            .into_iter()
            .chain(here)
        {
            assert!(!is_overheard(url), "{url}");
        }
        for url in [
            "http://host:9200/x",
            "http://10.0.0.1/x",
            "http://localhost.example/x",
            "http://[::2]/x",
        ] {
            assert!(is_overheard(url), "{url}");
        }
    }
}
