//! Readers in worker processes: what comes back, and what their deaths are called.

use std::path::{Path, PathBuf};

use docrot::extract::{ExtractError, FORMATS, Format, Limits, WorkerOptions, Workers, read_here};

fn format(name: &str) -> &'static Format {
    FORMATS.iter().find(|format| format.name == name).unwrap()
}

fn docrot(count: usize) -> Workers {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_docrot"));
    Workers::new(WorkerOptions::new(program, vec!["__read".into()], count))
}

/// A worker that runs this line instead of reading.
#[cfg(unix)]
fn fake(script: &str) -> Workers {
    let args = vec!["-c".into(), script.into()];
    let options = WorkerOptions::new("/bin/sh".into(), args, 1);
    Workers::new(WorkerOptions { wall_seconds: 1, ..options })
}

#[cfg(unix)]
fn read_with(script: &str) -> Result<(), ExtractError> {
    fake(script).read(format("text"), b"some words", &Limits::default()).map(drop)
}

#[test]
fn a_worker_reads_what_this_process_reads() {
    let workers = docrot(1);
    for bytes in [&b"one\n\ntwo"[..], b"", b"three"] {
        assert_eq!(
            workers.read(format("text"), bytes, &Limits::default()),
            read_here(format("text"), bytes, &Limits::default())
        );
    }
}

#[test]
fn a_confined_worker_reads_every_fixture_as_this_process_does() {
    let workers = docrot(1);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let mut read = 0;
    for format in FORMATS.iter().filter(|it| it.isolated) {
        let folder = std::fs::read_dir(fixtures.join(format.name));
        for entry in folder.into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "expected") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let limits = Limits::default();
            let (there, here) =
                (workers.read(format, &bytes, &limits), read_here(format, &bytes, &limits));
            assert_eq!(there, here, "{}", path.display());
            read += 1;
        }
    }
    assert!(20 < read, "there are more fixtures than {read}");
}

#[test]
fn threads_share_fewer_workers() {
    let workers = docrot(2);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let workers = &workers;
            scope.spawn(move || {
                let text = format!("text of thread {thread}");
                let content =
                    workers.read(format("text"), text.as_bytes(), &Limits::default()).unwrap();
                assert_eq!(content.text(), text);
            });
        }
    });
}

#[test]
fn attachments_come_with_their_bytes() {
    let mail = "From: a@b.org\nDate: Mon, 6 May 2024 10:00:00 +0000\nSubject: s\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=b\n\n--b\n\nBody\n\
        --b\nContent-Disposition: attachment; filename=\"../a.bin\"\n\
        Content-Transfer-Encoding: base64\n\nAAECAw==\n--b--\n";
    let content = docrot(1).read(format("email"), mail.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(content, read_here(format("email"), mail.as_bytes(), &Limits::default()).unwrap());
    let child = &content.children[0];
    assert_eq!((child.name.as_str(), &child.bytes[..]), (".._a.bin", &[0, 1, 2, 3][..]));
}

#[test]
fn a_large_document_passes() {
    let text = "All work and no play.\n".repeat(200_000);
    let content = docrot(1).read(format("text"), text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(content, read_here(format("text"), text.as_bytes(), &Limits::default()).unwrap());
}

#[test]
fn a_program_that_is_missing_is_said() {
    let workers = Workers::new(WorkerOptions::new("/no/such/program".into(), Vec::new(), 1));
    let error = workers.read(format("text"), b"", &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("cannot start /no/such/program"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_worker_that_hangs_is_ended() {
    assert_eq!(read_with("exec sleep 600"), Err(ExtractError::TimedOut(1)));
    // Also one that hides behind another process.
    assert_eq!(read_with("sleep 600; true"), Err(ExtractError::TimedOut(1)));
}

#[cfg(unix)]
#[test]
fn a_worker_that_dies_is_told_by_its_death() {
    let crashed = |how: &str| Err(ExtractError::Crashed(how.into()));
    assert_eq!(read_with("exit 3"), crashed("exit status: 3"));
    assert_eq!(read_with("kill -SEGV $$"), crashed("signal 11"));
    assert_eq!(
        read_with("echo memory allocation of 7 bytes failed >&2; kill -ABRT $$"),
        Err(ExtractError::OutOfMemory(1024))
    );
    assert_eq!(
        read_with("echo thread main has overflowed its stack >&2; kill -ABRT $$"),
        crashed("stack overflow")
    );
}

#[cfg(unix)]
#[test]
fn a_worker_that_talks_nonsense_is_replaced() {
    let workers = fake("echo nonsense and more of it; exec sleep 600");
    let garbled = Err(ExtractError::Crashed("garbled answer".into()));
    assert_eq!(workers.read(format("text"), b"", &Limits::default()).map(drop), garbled);
    assert_eq!(workers.read(format("text"), b"", &Limits::default()).map(drop), garbled);
}

#[cfg(unix)]
#[test]
fn a_worker_that_never_takes_the_document_is_ended() {
    let bytes = vec![b'x'; 4 << 20];
    let read = fake("exec sleep 600").read(format("text"), &bytes, &Limits::default());
    assert_eq!(read, Err(ExtractError::TimedOut(1)));
}
