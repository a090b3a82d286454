//! Where an index is, as people write it.

use std::fmt;
use std::path::PathBuf;

use super::ENGINES;

/// Where an index is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// An export that is piped in.
    StandardInput,
    /// A folder or a file.
    Path(PathBuf),
    /// A server.
    Server {
        /// The kind of engine, a name of [`ENGINES`]; none where it has to be found out.
        product: Option<&'static str>,
        /// Its address with the index, from `http://` or `https://` on; without credentials.
        url: String,
    },
}

/// Why what somebody wrote is no location.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LocationError {
    /// It holds a password. It is not repeated.
    #[error(
        "credentials in an address can be read by everybody on this machine; leave them out, and \
         give them in the environment or in a file"
    )]
    Credentials,
    /// Its scheme is none.
    #[error("{scheme}:// is no address of an index; there are {known}")]
    Scheme {
        /// What stands before `://`.
        scheme: String,
        /// What could.
        known: String,
    },
}

impl Location {
    /// Reads what somebody wrote: `-`, a path, `https://host/INDEX`, `solr+https://host/CORE`.
    pub fn parse(written: &str) -> Result<Self, LocationError> {
        if written == "-" {
            return Ok(Self::StandardInput);
        }
        let Some((scheme, rest)) = written.split_once("://") else {
            return Ok(Self::Path(PathBuf::from(written)));
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(LocationError::Credentials);
        }
        let (product, transport) = match scheme.split_once('+') {
            Some((product, transport)) => (Some(product), transport),
            None => (None, scheme),
        };
        let named = |name: &str| ENGINES.iter().map(|it| it.name).find(|it| *it == name);
        let known = product.and_then(named);
        let is_known = product.is_none() || known.is_some();
        if !is_known || !matches!(transport, "http" | "https") {
            return Err(LocationError::Scheme { scheme: scheme.to_owned(), known: schemes() });
        }
        Ok(Self::Server { product: known, url: format!("{transport}://{rest}") })
    }
}

/// The schemes that there are, for a sentence.
fn schemes() -> String {
    let with = ENGINES.iter().filter(|it| it.is_server).map(|it| format!("{}+https", it.name));
    let plain = ["https".to_owned(), "http".to_owned()];
    plain.into_iter().chain(with).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardInput => formatter.write_str("standard input"),
            Self::Path(path) => path.display().fmt(formatter),
            Self::Server { url, .. } => formatter.write_str(url),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_scheme_is_a_path() {
        assert_eq!(Location::parse("-"), Ok(Location::StandardInput));
        assert_eq!(Location::parse("a/b.csv"), Ok(Location::Path("a/b.csv".into())));
        assert_eq!(Location::parse(r"C:\wiki"), Ok(Location::Path(r"C:\wiki".into())));
    }

    #[test]
    fn an_address_with_a_password_is_refused_and_not_repeated() {
        let error = Location::parse("https://admin:secret@host:9200/docs").unwrap_err();
        assert!(!error.to_string().contains("secret"));
        assert_eq!(
            Location::parse("https://host:9200/a@b"),
            Ok(Location::Server { product: None, url: "https://host:9200/a@b".to_owned() })
        );
    }

    #[test]
    fn other_schemes_are_told_with_those_that_there_are() {
        let error = Location::parse("ftp://host/x").unwrap_err().to_string();
        assert!(error.starts_with("ftp:// is no address of an index; there are https, http"));
    }
}
