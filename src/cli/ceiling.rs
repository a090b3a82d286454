//! The ceiling on memory, where a catalog is judged: every record is in memory then, so that what is
//! needed is known before, and a ceiling below is refused.

use docrot::catalog::{Catalogs, Footprint};

use super::exit::UsageError;

/// The program, its threads, and texts that are compared.
const BASE: u64 = 128 << 20;
/// What a record takes in memory, as a multiple of its bytes in the catalog, and beside them.
const OF_BYTES: u64 = 4;
const OF_RECORD: u64 = 4096;

/// Blocks of texts that are kept unpacked under a ceiling: 4 MiB where texts are short.
pub(super) const TEXT_BLOCKS: usize = 256;

/// Refuses a ceiling under which these catalogs cannot be judged.
pub(super) fn check(ceiling: Option<u64>, catalogs: &Catalogs<'_>) -> anyhow::Result<()> {
    let Some(ceiling) = ceiling else { return Ok(()) };
    let least = least(catalogs.footprint()?);
    log::info!("judging takes {} MiB of memory at most", least >> 20);
    if ceiling < least {
        let (given, least) = (ceiling >> 20, (least >> 20) + 1);
        let message = format!(
            "{given} MiB of memory are too few to judge this catalog; the least is {least} MiB. \
             What was read is kept: `docrot report` tells it with another --memory"
        );
        return Err(UsageError(message).into());
    }
    Ok(())
}

/// The most that judging takes. The index is mapped, and what is mapped counts.
const fn least(footprint: Footprint) -> u64 {
    let Footprint { records, record_bytes, index_bytes } = footprint;
    BASE + index_bytes + record_bytes * OF_BYTES + records * OF_RECORD
}
