//! SKOS concepts in Turtle.

use std::collections::BTreeMap;

use oxrdf::{Term, Triple};
use oxttl::TurtleParser;

use super::TaxonomyError;
use super::taxonomy::Entry;

const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";

#[derive(Default)]
struct Node {
    /// Its name and in which language that is.
    name: Option<(String, String)>,
    synonyms: Vec<String>,
    broader: Option<String>,
}

/// The concepts, by their addresses. Labels in English come first, else the first of an address.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, TaxonomyError> {
    let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
    for triple in TurtleParser::new().for_slice(text.as_bytes()) {
        let Triple { subject, predicate, object } =
            triple.map_err(|error| TaxonomyError::Turtle(error.to_string()))?;
        let Some(property) = predicate.as_str().strip_prefix(SKOS) else { continue };
        let subject = subject.to_string();
        match (property, object) {
            ("prefLabel", Term::Literal(label)) => {
                let language = label.language().unwrap_or_default().to_owned();
                let label = label.value().trim().to_owned();
                let node = nodes.entry(subject).or_default();
                let is_better = match &node.name {
                    None => true,
                    Some((_, known)) => language.starts_with("en") && !known.starts_with("en"),
                };
                if is_better {
                    let other = node.name.replace((label, language));
                    node.synonyms.extend(other.map(|it| it.0));
                } else {
                    node.synonyms.push(label);
                }
            }
            ("altLabel" | "hiddenLabel", Term::Literal(label)) => {
                let label = label.value().trim().to_owned();
                nodes.entry(subject).or_default().synonyms.push(label);
            }
            ("broader" | "broaderTransitive", other @ Term::NamedNode(_))
            | ("broader", other @ Term::BlankNode(_)) => {
                nodes.entry(subject).or_default().broader.get_or_insert(other.to_string());
            }
            ("narrower", other @ (Term::NamedNode(_) | Term::BlankNode(_))) => {
                nodes.entry(other.to_string()).or_default().broader.get_or_insert(subject);
            }
            _ => {}
        }
    }
    let name =
        |address: &String| nodes.get(address).and_then(|it| Some(it.name.as_ref()?.0.clone()));
    let entry = |node: &Node| {
        Some(Entry {
            name: node.name.as_ref()?.0.clone(),
            synonyms: node.synonyms.clone(),
            broader: node.broader.as_ref().and_then(name),
        })
    };
    Ok(nodes.values().filter_map(entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concepts_have_labels_in_several_languages_and_both_directions() {
        let text = r#"
            @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
            @prefix x: <http://example.org/> .
            x:travel a skos:Concept ; skos:prefLabel "Reisen"@de, "Travel"@en ;
                skos:altLabel "Trips"@en ; skos:narrower x:hotels .
            x:hotels skos:prefLabel "Hotels" .
            x:trains skos:prefLabel "Trains" ; skos:broader x:travel .
            x:nameless skos:broader x:travel .
        "#;
        let entries = entries(text).unwrap();
        let told: Vec<_> =
            entries.iter().map(|it| (it.name.as_str(), it.broader.as_deref())).collect();
        let expected = [("Hotels", Some("Travel")), ("Trains", Some("Travel")), ("Travel", None)];
        assert_eq!(told, expected);
        assert_eq!(entries[2].synonyms, ["Reisen", "Trips"]);
    }
}
