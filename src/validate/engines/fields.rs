//! Which field of an index says what, and how that is known.

use std::collections::BTreeMap;
use std::fmt;

use super::error::{EngineError, Trouble};
use super::guess::guess;
use super::presets::Preset;

/// What a field can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The engine's own id.
    Id,
    /// Where the document lies.
    Path,
    /// Its title.
    Title,
    /// Its text.
    Text,
    /// When it was last changed.
    Modified,
    /// The size of its file.
    Size,
    /// A hash of its bytes.
    Hash,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] =
        [Self::Id, Self::Path, Self::Title, Self::Text, Self::Modified, Self::Size, Self::Hash];

    /// The word for people, as in `--path-field`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Path => "path",
            Self::Title => "title",
            Self::Text => "text",
            Self::Modified => "modified",
            Self::Size => "size",
            Self::Hash => "hash",
        }
    }
}

/// How it is known that a field has a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Somebody said so.
    Flag,
    /// The program of this name writes it so.
    Preset(&'static str),
    /// It is called as such fields are.
    Guess,
}

/// A field that has a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, dotted where it is nested.
    pub name: String,
    /// How its role is known.
    pub how: How,
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, how } = self;
        match how {
            How::Flag => write!(formatter, "`{name}`"),
            How::Preset(preset) => write!(formatter, "`{name}` (as {preset} has it)"),
            How::Guess => write!(formatter, "`{name}` (a guess)"),
        }
    }
}

/// What values a field has, as far as the engine tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldType {
    /// It does not tell.
    #[default]
    Unknown,
    /// Running text.
    Text,
    /// Words that are kept as they are.
    Keyword,
    /// Dates.
    Date,
    /// Numbers.
    Number,
    /// Bytes.
    Bytes,
    /// Anything else.
    Other,
}

/// A field that an index has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name, dotted where it is nested.
    pub name: String,
    /// What its values are.
    pub of: FieldType,
    /// Whether its values can be had: stored, in the source, or a column.
    pub is_stored: bool,
}

impl Known {
    /// A field whose values can be had.
    pub fn stored(name: impl Into<String>, of: FieldType) -> Self {
        Self { name: name.into(), of, is_stored: true }
    }
}

/// What people said of fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Fields by name.
    pub named: BTreeMap<Role, String>,
    /// The program that wrote the index.
    pub preset: Option<&'static Preset>,
}

/// Which field has which role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    by_role: BTreeMap<Role, Field>,
}

impl Fields {
    /// Gives every role its field among those that are `known`: as it was wished, as the preset has
    /// it, as it is called. Fails where somebody named a field that is not there, or nothing says
    /// where documents lie; `index` is for the sentence.
    pub fn choose(wishes: &Wishes, known: &[Known], index: &str) -> Result<Self, EngineError> {
        let mut fields = Self::default();
        let find = |name: &str| known.iter().find(|it| it.name == name);
        for role in Role::ALL {
            if let Some(name) = wishes.named.get(&role) {
                if find(name).is_none() {
                    let detail = format!("there is no `{name}`; there are {}", listed(known));
                    return Err(EngineError::new(Trouble::Fields, index, detail));
                }
                fields.set(role, name.clone(), How::Flag);
                continue;
            }
            let preset = wishes.preset.and_then(|preset| {
                let names = preset.names(role);
                names.iter().find(|it| find(it).is_some()).map(|it| (*it, preset.name))
            });
            if let Some((name, preset)) = preset {
                fields.set(role, name.to_owned(), How::Preset(preset));
            } else if let Some(name) = guess(role, known) {
                fields.set(role, name.to_owned(), How::Guess);
            }
        }
        if fields.of(Role::Path).is_none() {
            let detail = format!("it has {}", listed(known));
            return Err(EngineError::new(Trouble::Fields, index, detail));
        }
        Ok(fields)
    }

    /// Gives a role its field.
    pub fn set(&mut self, role: Role, name: String, how: How) {
        self.by_role.insert(role, Field { name, how });
    }

    /// Takes the fields away whose values cannot be had back, and says in whole sentences without a
    /// full stop what that keeps from being checked. Fails where it is the field of paths; `index`
    /// is for the sentence.
    pub(super) fn keep_stored(
        &mut self,
        known: &[Known],
        index: &str,
    ) -> Result<Vec<String>, EngineError> {
        let mut missing = Vec::new();
        let is_stored = |name: &str| known.iter().any(|it| it.name == name && it.is_stored);
        if self.of(Role::Text).is_none() {
            missing.push("text is not stored, so that texts are not compared".to_owned());
        }
        for role in Role::ALL {
            let Some(field) = self.of(role).filter(|it| !is_stored(&it.name)) else { continue };
            let what = format!("the field `{}` is not stored", field.name);
            match role {
                Role::Path => return Err(EngineError::new(Trouble::Fields, index, what)),
                Role::Text => missing.push(format!("{what}, so that texts are not compared")),
                _ => missing.push(what),
            }
            self.by_role.remove(&role);
        }
        Ok(missing)
    }

    /// The field that has a role.
    pub fn of(&self, role: Role) -> Option<&Field> {
        self.by_role.get(&role)
    }

    /// Every role that has a field.
    pub fn iter(&self) -> impl Iterator<Item = (Role, &Field)> {
        self.by_role.iter().map(|(role, field)| (*role, field))
    }
}

/// The fields that there are, for a sentence.
fn listed(known: &[Known]) -> String {
    const MOST: usize = 20;
    let mut names: Vec<String> =
        known.iter().take(MOST).map(|it| format!("`{}`", it.name)).collect();
    if MOST < known.len() {
        names.push(format!("{} more", known.len() - MOST));
    }
    if names.is_empty() { "no fields".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(names: &[&str]) -> Vec<Known> {
        names.iter().map(|name| Known::stored(*name, FieldType::Unknown)).collect()
    }

    #[test]
    fn what_people_say_goes_before_what_is_guessed() {
        let wishes = Wishes { named: [(Role::Path, "ref".to_owned())].into(), preset: None };
        let fields = Fields::choose(&wishes, &known(&["url", "ref", "content"]), "x").unwrap();
        assert_eq!(fields.of(Role::Path).unwrap().to_string(), "`ref`");
        assert_eq!(fields.of(Role::Text).unwrap().to_string(), "`content` (a guess)");
    }

    #[test]
    fn fields_whose_values_cannot_be_had_are_taken_away_and_told() {
        let mut known = known(&["url", "title", "content", "size"]);
        known[1].is_stored = false;
        known[2].is_stored = false;
        let named = [(Role::Title, "title".to_owned()), (Role::Text, "content".to_owned())];
        let wishes = Wishes { named: named.into(), preset: None };
        let mut fields = Fields::choose(&wishes, &known, "x").unwrap();
        assert_eq!(
            fields.keep_stored(&known, "x").unwrap(),
            [
                "the field `title` is not stored",
                "the field `content` is not stored, so that texts are not compared"
            ]
        );
        let roles: Vec<Role> = fields.iter().map(|(role, _)| role).collect();
        assert_eq!(roles, [Role::Path, Role::Size]);
        known[0].is_stored = false;
        let error = fields.keep_stored(&known, "x").unwrap_err();
        assert_eq!(error.detail, "the field `url` is not stored");
    }

    #[test]
    fn a_field_that_is_not_there_is_named_with_those_that_are() {
        let wishes = Wishes { named: [(Role::Text, "txt".to_owned())].into(), preset: None };
        let error = Fields::choose(&wishes, &known(&["url"]), "x").unwrap_err();
        assert_eq!(error.detail, "there is no `txt`; there are `url`");
        let error = Fields::choose(&Wishes::default(), &known(&["foo"]), "x").unwrap_err();
        assert_eq!((error.trouble, error.detail.as_str()), (Trouble::Fields, "it has `foo`"));
    }
}
