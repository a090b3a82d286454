//! t
/// t
#[derive(Clone, Debug, Default)]
pub struct Policy {}
