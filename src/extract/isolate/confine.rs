//! What a worker gives up before it reads anything: files, the network, other processes.
//!
//! A reader gets the bytes of its document and hands back what they hold; it needs nothing else. So
//! a hostile document that takes a reader over finds a process that can open nothing, send nothing
//! and start nothing. Three things hold it, each by itself:
//!
//! - limits on the process, on every Unix: no file can be opened or grown;
//! - Landlock on Linux from 5.13 on: no path can be read, written or run, and from 6.7 on no TCP
//!   port can be reached;
//! - a filter on system calls (seccomp) on Linux: whatever calculating needs not is as if the
//!   system had no such call.
//!
//! What the system lacks is left out and told. On Windows there is none of it.

use serde::{Deserialize, Serialize};

/// What holds a worker back, or is to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Nothing can be opened: the process may have no more files than its pipes.
    pub files: bool,
    /// Landlock: paths cannot be used.
    pub paths: bool,
    /// Seccomp: only calls that calculating needs are let through.
    pub calls: bool,
}

impl Confinement {
    /// Everything there is.
    pub const WHOLE: Self = Self { files: true, paths: true, calls: true };

    /// Confines this process and the threads that it starts from here on, as far as the system
    /// can, and tells what holds. There is no way back.
    ///
    /// Call it before other threads are started, and after whatever has to be opened was opened.
    pub fn take_effect(self) -> Self {
        // In this order: Landlock needs a file, and the limit a call that is denied then.
        let paths = self.paths && deny_paths();
        let files = self.files && deny_files();
        let calls = self.calls && deny_calls();
        Self { files, paths, calls }
    }

    /// What is missing of it, in words; none where all of it holds.
    pub fn missing(self) -> Option<String> {
        let layers = [
            (self.files, "limits on open files"),
            (self.paths, "Landlock"),
            (self.calls, "a filter on system calls"),
        ];
        let missing: Vec<_> = layers.iter().filter(|(holds, _)| !holds).map(|it| it.1).collect();
        (!missing.is_empty()).then(|| missing.join(", "))
    }
}

/// No descriptor beyond the three pipes can be made, and no file can be made longer.
#[cfg(unix)]
fn deny_files() -> bool {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let limit = |resource, most| {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
    };
    let no_file_grows = limit(Resource::Fsize, 0);
    limit(Resource::Nofile, 3) && no_file_grows
}

#[cfg(not(unix))]
fn deny_files() -> bool {
    false
}

#[cfg(target_os = "linux")]
fn deny_paths() -> bool {
    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetStatus, Scope,
    };

    // The newest that is asked for; the crate leaves out what the kernel does not know.
    let abi = ABI::V6;
    let confine = || {
        Ruleset::default()
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .scope(Scope::from_all(abi))?
            .create()?
            .restrict_self()
    };
    confine().is_ok_and(|it| it.ruleset != RulesetStatus::NotEnforced)
}

#[cfg(not(target_os = "linux"))]
fn deny_paths() -> bool {
    false
}

#[cfg(target_os = "linux")]
fn deny_calls() -> bool {
    match calls::filter() {
        Some(filter) => seccompiler::apply_filter(&filter).is_ok(),
        None => false,
    }
}

#[cfg(not(target_os = "linux"))]
fn deny_calls() -> bool {
    false
}

#[cfg(target_os = "linux")]
mod calls {
    use std::collections::BTreeMap;

    use seccompiler::{
        BpfProgram, Error, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Is,
        SeccompCondition, SeccompFilter, SeccompRule,
    };

    /// Memory, threads, time, the pipes that are open, and the end.
    const NEEDED: &[i64] = &[
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_close,
        libc::SYS_lseek,
        libc::SYS_fstat,
        libc::SYS_ppoll,
        libc::SYS_brk,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_set_robust_list,
        libc::SYS_rseq,
        libc::SYS_set_tid_address,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_membarrier,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_clock_getres,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_gettimeofday,
        libc::SYS_getrusage,
        libc::SYS_sigaltstack,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll,
    ];

    /// A filter that lets these calls through; whatever else is asked for, the system has no such
    /// call. None where the processor is not known to the filter.
    ///
    /// It does not end the process: libraries try calls and do without.
    pub(super) fn filter() -> Option<BpfProgram> {
        build().inspect_err(|error| log::warn!("there is no filter on calls: {error}")).ok()
    }

    fn build() -> Result<BpfProgram, Error> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            NEEDED.iter().map(|call| (*call, Vec::new())).collect();
        let mut only = |call: i64, argument: u8, is: Is, value: u64| -> Result<(), Error> {
            let condition = SeccompCondition::new(argument, Length::Dword, is, value)?;
            rules.insert(call, vec![SeccompRule::new(vec![condition])?]);
            Ok(())
        };
        let mask = |bits: i32| Is::MaskedEq(u64::from(bits.unsigned_abs()));
        // Memory that can be run as a program is none of a reader's.
        only(libc::SYS_mmap, 2, mask(libc::PROT_EXEC), 0)?;
        only(libc::SYS_mprotect, 2, mask(libc::PROT_EXEC), 0)?;
        // Threads, but no processes. What hides its flags (`clone3`) is not there, so that this is
        // asked for instead.
        let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
        only(libc::SYS_clone, 0, mask(libc::CLONE_THREAD), thread)?;
        // A signal to itself is how an abort ends; to others none is sent.
        only(libc::SYS_tgkill, 0, Is::Eq, u64::from(std::process::id()))?;
        only(libc::SYS_prctl, 0, Is::Eq, u64::from(libc::PR_SET_NAME.unsigned_abs()))?;
        let filter = SeccompFilter::new(
            rules,
            SeccompAction::Errno(libc::ENOSYS.unsigned_abs()),
            SeccompAction::Allow,
            std::env::consts::ARCH.try_into()?,
        )?;
        Ok(filter.try_into()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(Confinement::WHOLE.missing(), None);
        let calls = Confinement { calls: true, ..Confinement::default() };
        assert_eq!(calls.missing().as_deref(), Some("limits on open files, Landlock"));
    }
}
