//! What answers at an address that names no product.

use super::elastic::{self, Product};
use super::http::{Client, KeyHeader, Request};
use super::{Engine, EngineError, Location, Opening, Trouble, solr, typesense};

/// The address of an engine, and its index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The engine's, without a stroke at its end.
    pub(super) base: String,
    /// The name of the index.
    pub(super) index: String,
}

impl Address {
    /// The address that a location is, with the index as its last part.
    pub(super) fn of(location: &Location) -> Result<Self, EngineError> {
        let absent = |detail| EngineError::new(Trouble::Absent, location.to_string(), detail);
        let Location::Server { url, .. } = location else {
            return Err(absent("it is no address"));
        };
        let bare = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let (scheme, rest) = bare.split_once("://").unwrap_or_default();
        match rest.rsplit_once('/') {
            Some((host, index)) if !host.is_empty() && !index.is_empty() => {
                Ok(Self { base: format!("{scheme}://{host}"), index: index.to_owned() })
            }
            _ => Err(absent("the address names no index; its last part has to")),
        }
    }
}

/// Opens what answers there.
pub(super) fn probe(
    location: &Location,
    url: &str,
    opening: Opening,
) -> Result<Box<dyn Engine>, EngineError> {
    if url.contains("/solr/") {
        return solr::open(location, opening);
    }
    if url.contains("/_elastic/") {
        return elastic::open(location, Product::Quickwit, opening);
    }
    if url.contains("/collections/") {
        return typesense::open(location, opening);
    }
    let Address { base, .. } = Address::of(location)?;
    let index = location.to_string();
    let client = Client::new(&base, &index, KeyHeader::Authorization, &opening.access)?;
    let answer = client.send(&Request::get("/")).map_err(|it| it.into_error(&index))?;
    if answer.is_busy() || matches!(answer.status, 300..=399) {
        return Err(client.refusal(&answer));
    }
    // Of those that refuse to say who they are, the family is the likeliest.
    let is_family = answer.mentions("\"lucene_version\"") || matches!(answer.status, 401 | 403);
    if is_family {
        return elastic::open(location, Product::Elasticsearch, opening);
    }
    let detail = "what answers there does not say what it is; name it, as in typesense+https://";
    Err(EngineError::new(Trouble::NotAnIndex, index, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Result<(String, String), String> {
        let location = Location::Server { product: None, url: url.to_owned() };
        let address = Address::of(&location).map_err(|it| it.to_string())?;
        Ok((address.base, address.index))
    }

    #[test]
    fn the_last_part_of_an_address_is_the_index() {
        let of = |base: &str, index: &str| Ok((base.to_owned(), index.to_owned()));
        assert_eq!(address("https://h:9200/docs"), of("https://h:9200", "docs"));
        assert_eq!(address("https://h/solr/wiki/?q=1"), of("https://h/solr", "wiki"));
        for none in ["https://h:9200", "https://h:9200/"] {
            assert!(address(none).unwrap_err().contains("names no index"), "{none}");
        }
    }
}
