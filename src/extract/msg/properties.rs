//! Properties of an Outlook message: streams whose names are their tags.
//!
//! Follows [MS-OXMSG]. Those of fixed size, such as times, lie together in one stream.

use crate::extract::ole::{self, Container};

/// Tags of properties.
pub(super) mod tag {
    pub(in super::super) const SUBJECT: u16 = 0x0037;
    pub(in super::super) const SENT: u16 = 0x0039;
    pub(in super::super) const SENT_FOR_NAME: u16 = 0x0042;
    pub(in super::super) const SENDER_NAME: u16 = 0x0C1A;
    pub(in super::super) const SENDER_ADDRESS: u16 = 0x0C1F;
    pub(in super::super) const SENDER_SMTP: u16 = 0x5D01;
    pub(in super::super) const DELIVERED: u16 = 0x0E06;
    pub(in super::super) const BODY: u16 = 0x1000;
    pub(in super::super) const RTF_BODY: u16 = 0x1009;
    pub(in super::super) const HTML_BODY: u16 = 0x1013;
    pub(in super::super) const CREATED: u16 = 0x3007;
    pub(in super::super) const MODIFIED: u16 = 0x3008;
    pub(in super::super) const CLASS: u16 = 0x001A;
    pub(in super::super) const DISPLAY_NAME: u16 = 0x3001;
    pub(in super::super) const DATA: u16 = 0x3701;
    pub(in super::super) const SHORT_NAME: u16 = 0x3704;
    pub(in super::super) const LONG_NAME: u16 = 0x3707;
    pub(in super::super) const MEDIA_TYPE: u16 = 0x370E;
    pub(in super::super) const CONTENT_ID: u16 = 0x3712;
    pub(in super::super) const FLAGS: u16 = 0x3714;
    pub(in super::super) const HIDDEN: u16 = 0x7FFE;
    pub(in super::super) const INTERNET_PAGE: u16 = 0x3FDE;
    pub(in super::super) const MESSAGE_PAGE: u16 = 0x3FFD;
}

const UNICODE: u16 = 0x001F;
const BYTES_IN_PAGE: u16 = 0x001E;
const BINARY: u16 = 0x0102;
const LONG: u16 = 0x0003;
const BOOL: u16 = 0x000B;
const TIME: u16 = 0x0040;

/// The properties of one storage: the message, or an attachment.
pub(super) struct Properties<'c, 'a> {
    container: &'c mut Container<'a>,
    /// Path of the storage, with a slash at its end.
    path: String,
    /// Entries of the properties of fixed size: 16 bytes each.
    fixed: Vec<u8>,
    /// Of strings that are not Unicode.
    page: u16,
}

impl<'c, 'a> Properties<'c, 'a> {
    /// The properties of the storage at `path`, whose own ones begin behind so many bytes.
    pub(super) fn of(container: &'c mut Container<'a>, path: &str, header: usize) -> Self {
        let path = format!("{path}/");
        let mut fixed =
            container.read(&format!("{path}__properties_version1.0")).unwrap_or_default();
        fixed.drain(..header.min(fixed.len()));
        let mut properties = Self { container, path, fixed, page: 1252 };
        let page =
            properties.number(tag::MESSAGE_PAGE).or_else(|| properties.number(tag::INTERNET_PAGE));
        properties.page = page.and_then(|it| u16::try_from(it).ok()).unwrap_or(1252);
        properties
    }

    /// Strings that are not Unicode are in the code page of these properties.
    pub(super) fn with_page_of(mut self, page: u16) -> Self {
        self.page = page;
        self
    }

    /// The code page of strings that are not Unicode.
    pub(super) fn page(&self) -> u16 {
        self.page
    }

    /// A string; blank ones are none.
    pub(super) fn text(&mut self, tag: u16) -> Option<String> {
        let text = match self.stream(tag, UNICODE) {
            Some(bytes) => ole::decode(&bytes, 1200),
            None => ole::decode(&self.stream(tag, BYTES_IN_PAGE)?, self.page),
        };
        Some(text).filter(|it| !it.trim().is_empty())
    }

    /// Bytes.
    pub(super) fn binary(&mut self, tag: u16) -> Option<Vec<u8>> {
        self.stream(tag, BINARY).filter(|it| !it.is_empty())
    }

    /// A moment, as ISO 8601.
    pub(super) fn moment(&self, tag: u16) -> Option<String> {
        ole::moment(self.entry(tag, TIME)?)
    }

    /// A number.
    pub(super) fn number(&self, tag: u16) -> Option<u32> {
        let [a, b, c, d, ..] = self.entry(tag, LONG)?;
        Some(u32::from_le_bytes([a, b, c, d]))
    }

    /// A truth.
    pub(super) fn is(&self, tag: u16) -> bool {
        self.entry(tag, BOOL).is_some_and(|it| it[0] != 0)
    }

    fn name(&self, tag: u16, kind: u16) -> String {
        format!("{}__substg1.0_{tag:04X}{kind:04X}", self.path)
    }

    fn stream(&mut self, tag: u16, kind: u16) -> Option<Vec<u8>> {
        self.container.read(&self.name(tag, kind))
    }

    fn entry(&self, tag: u16, kind: u16) -> Option<[u8; 8]> {
        let wanted = [kind.to_le_bytes(), tag.to_le_bytes()].concat();
        let entry = self.fixed.chunks_exact(16).find(|it| it.starts_with(&wanted))?;
        entry[8..].try_into().ok()
    }
}
