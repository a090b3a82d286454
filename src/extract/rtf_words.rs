//! What the control words of Rich Text mean that stand for a character or begin a group.

/// Where the text of a group goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// The main text.
    Body,
    /// A header, footer, note or comment.
    Aside,
    /// The table of fonts.
    Fonts,
    /// The style sheet.
    Styles,
    /// The information group: the name of the entry within it.
    Info(&'static str),
    /// Nothing.
    Skip,
}

/// What the text of a group is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The document's text, as around it.
    Text,
    /// A part beside the main text, by name.
    Aside(&'static str),
    /// The table of fonts.
    Fonts,
    /// The style sheet.
    Styles,
    /// The document's properties.
    Info,
    /// Nothing that people read.
    Skip,
}

/// What a group is for that this word begins; none if the word begins no group known here.
pub(super) fn destination(word: &str) -> Option<Purpose> {
    Some(match word {
        "fonttbl" => Purpose::Fonts,
        "stylesheet" => Purpose::Styles,
        "info" | "userprops" => Purpose::Info,
        "header" | "headerl" | "headerr" | "headerf" => Purpose::Aside("header"),
        "footer" | "footerl" | "footerr" | "footerf" => Purpose::Aside("footer"),
        "footnote" => Purpose::Aside("footnotes"),
        "annotation" => Purpose::Aside("comments"),
        "shpinst" | "shppict" | "nesttableprops" => Purpose::Text,
        "colortbl" | "pict" | "objdata" | "objclass" | "objname" | "fldinst" | "sp" | "xe"
        | "nonshppict" | "nonesttables" | "bkmkstart" | "bkmkend" | "listtext" | "pntext"
        | "filetbl" | "revtbl" | "atnid" | "atnauthor" | "upr" | "listtable"
        | "listoverridetable" | "themedata" | "datastore" | "do" | "ftnsep" | "ftnsepc"
        | "aftnsep" | "aftnsepc" => Purpose::Skip,
        _ => return None,
    })
}

/// The character that a word stands for.
pub(super) fn character(word: &str) -> Option<char> {
    Some(match word {
        "tab" => '\t',
        "line" | "lbr" => '\n',
        "emdash" => '—',
        "endash" => '–',
        "bullet" => '•',
        "lquote" => '‘',
        "rquote" => '’',
        "ldblquote" => '“',
        "rdblquote" => '”',
        "emspace" | "enspace" | "qmspace" => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        assert_eq!(character("emdash"), Some('—'));
        assert_eq!(character("par"), None);
        assert_eq!(destination("headerf"), Some(Purpose::Aside("header")));
        assert_eq!(destination("par"), None);
    }
}
