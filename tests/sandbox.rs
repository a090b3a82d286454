//! What a reader can do that has been taken over: nothing. Each layer that holds it is tried alone,
//! and all of them as a scan uses them.
//!
//! This program is its own worker: started with `serve` it answers with a reader that tries to break
//! out and hands back what it came by; with `try` it does the same under the layers that are named.
//! It has a test harness of its own because nothing else may be written to a worker's output.
#![cfg_attr(unix, expect(clippy::disallowed_methods, reason = "breaking out is what is tried"))]

#[cfg(not(unix))]
fn main() {
    println!("readers are not confined on this system; see docs/guarantees.md");
}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("serve") => unix::serve(),
        Some("try") => unix::try_under(&arguments[1..]),
        _ => return unix::run(),
    }
    std::process::ExitCode::SUCCESS
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File, Permissions};
    use std::io::{self, Write as _};
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::PathBuf;
    use std::process::{Command, ExitCode, Stdio};

    use docrot::extract::{
        BlockKind, Confinement, Content, ExtractError, Format, Limits, Locator, WorkerOptions,
        Workers,
    };
    use libtest_mimic::{Arguments, Failed, Trial};
    use rustix::process::{Pid, Signal, kill_process};

    /// What attempts aim at: a folder that holds `secret`, `old` and a socket `door`, the port of a
    /// listener, and a process.
    struct Outsider {
        folder: PathBuf,
        port: u16,
        process: Pid,
    }

    /// Something that a reader has no business with.
    type Attempt = fn(&Outsider) -> io::Result<()>;

    const ATTEMPTS: &[(&str, Attempt)] = &[
        ("read a file", |it| fs::read(it.folder.join("secret")).map(drop)),
        ("read its environment", |_| fs::read("/proc/self/environ").map(drop)),
        ("list a folder", |it| fs::read_dir(&it.folder).map(drop)),
        ("ask for a file", |it| fs::metadata(it.folder.join("secret")).map(drop)),
        ("write a file", |it| File::create(it.folder.join("new")).map(drop)),
        ("add to a file", |it| {
            File::options().append(true).open(it.folder.join("secret"))?.write_all(b"more")
        }),
        ("change a mode", |it| {
            fs::set_permissions(it.folder.join("secret"), Permissions::from_mode(0o666))
        }),
        ("make a folder", |it| fs::create_dir(it.folder.join("folder"))),
        ("link a file", |it| fs::hard_link(it.folder.join("secret"), it.folder.join("link"))),
        ("rename a file", |it| fs::rename(it.folder.join("old"), it.folder.join("moved"))),
        ("remove a file", |it| fs::remove_file(it.folder.join("moved"))),
        ("start a program", |_| {
            let mut command = Command::new("/bin/true");
            command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).spawn()?.wait().map(drop)
        }),
        ("connect", |it| TcpStream::connect(("127.0.0.1", it.port)).map(drop)),
        ("listen", |_| TcpListener::bind(("127.0.0.1", 0)).map(drop)),
        ("send", |it| {
            UdpSocket::bind(("127.0.0.1", 0))?.send_to(b"secret", ("127.0.0.1", it.port)).map(drop)
        }),
        ("knock at a socket", |it| UnixStream::connect(it.folder.join("door")).map(drop)),
        ("signal its parent", |it| Ok(kill_process(it.process, Signal::URG)?)),
    ];

    /// The attempts that were no failure, one line each, and `end`. The request is the port, the
    /// process and the folder.
    fn succeeded(request: &[u8]) -> String {
        let request = String::from_utf8_lossy(request);
        let [port, process, folder] = request.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("{request}")
        };
        let process = process.parse().ok().and_then(Pid::from_raw);
        let outsider = Outsider {
            folder: folder.into(),
            port: port.parse().expect("the port is a number"),
            process: process.expect("the process is a number"),
        };
        let succeeded = ATTEMPTS.iter().filter(|it| it.1(&outsider).is_ok());
        succeeded.map(|it| it.0).chain(["end"]).collect::<Vec<_>>().join("\n")
    }

    fn read(bytes: &[u8], _: &Limits) -> Result<Content, ExtractError> {
        let mut content = Content::default();
        content.push(BlockKind::Paragraph, Locator::Line(1), &succeeded(bytes));
        Ok(content)
    }

    static BREAKS_OUT: [Format; 1] = [Format {
        name: "breaks out",
        extensions: &[],
        recognize: |_| false,
        version: 1,
        isolated: true,
        read,
    }];

    pub(super) fn serve() {
        docrot::extract::serve(&BREAKS_OUT, io::stdin(), io::stdout(), 1 << 30).unwrap();
    }

    pub(super) fn try_under(arguments: &[String]) {
        let [layers, request] = arguments else { panic!("try LAYERS REQUEST") };
        let named = |layer: &str| layers.contains(layer);
        let asked =
            Confinement { files: named("files"), paths: named("paths"), calls: named("calls") };
        let holds = asked.take_effect();
        println!("{}", if holds == asked { "holds" } else { "missing" });
        println!("{}", succeeded(request.as_bytes()));
    }

    /// What attempts may aim at.
    struct Outside {
        folder: tempfile::TempDir,
        tcp: TcpListener,
        _door: UnixListener,
    }

    impl Outside {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("secret"), "secret").unwrap();
            fs::write(folder.path().join("old"), "old").unwrap();
            let door = UnixListener::bind(folder.path().join("door")).unwrap();
            Self { folder, tcp: TcpListener::bind(("127.0.0.1", 0)).unwrap(), _door: door }
        }

        fn request(&self) -> String {
            let port = self.tcp.local_addr().unwrap().port();
            format!("{port} {} {}", std::process::id(), self.folder.path().display())
        }

        /// Whether everything is as it was.
        fn is_untouched(&self) -> bool {
            let mut names: Vec<_> = fs::read_dir(self.folder.path())
                .unwrap()
                .map(|it| it.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names == ["door", "old", "secret"]
                && fs::read(self.folder.path().join("secret")).unwrap() == b"secret"
        }
    }

    fn program() -> PathBuf {
        std::env::current_exe().unwrap()
    }

    /// What succeeds under these layers; none where the system lacks one of them.
    fn under(layers: &str) -> (Outside, Option<Vec<String>>) {
        let outside = Outside::new();
        let output =
            Command::new(program()).args(["try", layers, &outside.request()]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let mut lines = said.lines().filter(|it| !it.is_empty()).map(str::to_owned);
        match lines.next().as_deref() {
            Some("holds") => {
                let mut lines: Vec<_> = lines.collect();
                assert_eq!(lines.pop().as_deref(), Some("end"), "{layers}: it did not try all");
                (outside, Some(lines))
            }
            Some("missing") => (outside, None),
            _ => panic!("{layers}: {said}{}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    fn nothing_holds_without_layers() -> Result<(), Failed> {
        let (_, succeeded) = under("none");
        let all = ATTEMPTS.iter().map(|it| it.0);
        let here = all.filter(|it| cfg!(target_os = "linux") || *it != "read its environment");
        check(succeeded.is_some_and(|it| it.iter().eq(here)), &"an attempt proves nothing")
    }

    fn check(holds: bool, what: &impl std::fmt::Debug) -> Result<(), Failed> {
        if holds { Ok(()) } else { Err(format!("{what:?}").into()) }
    }

    /// Runs all attempts under one layer and compares what it leaves possible.
    fn leaves(layer: &str, possible: &[&str]) -> Result<(), Failed> {
        let (_, succeeded) = under(layer);
        let succeeded = succeeded.ok_or("this system lacks it")?;
        check(succeeded == possible, &succeeded)
    }

    fn a_limit_on_files_opens_nothing() -> Result<(), Failed> {
        // What needs no open file is for the other layers.
        leaves(
            "files",
            &[
                "ask for a file",
                "change a mode",
                "make a folder",
                "link a file",
                "rename a file",
                "remove a file",
                "start a program",
                "signal its parent",
            ],
        )
    }

    fn landlock_reaches_no_path() -> Result<(), Failed> {
        let (_, succeeded) = under("paths");
        let succeeded = succeeded.ok_or("this system lacks it")?;
        // Later kernels deny more than the first that has Landlock.
        let later = ["connect", "listen", "signal its parent", "knock at a socket"];
        let never: Vec<_> = succeeded
            .iter()
            .filter(|it| !["ask for a file", "change a mode", "send"].contains(&it.as_str()))
            .filter(|it| !later.contains(&it.as_str()))
            .collect();
        check(never.is_empty(), &never)
    }

    fn a_filter_on_calls_lets_nothing_through() -> Result<(), Failed> {
        let (outside, succeeded) = under("calls");
        let succeeded = succeeded.ok_or("this system lacks it")?;
        check(succeeded.is_empty(), &succeeded)?;
        check(outside.is_untouched(), &"something was changed")
    }

    fn a_worker_can_do_nothing_but_answer() -> Result<(), Failed> {
        let outside = Outside::new();
        let workers = Workers::new(WorkerOptions::new(program(), vec!["serve".into()], 1));
        let content =
            workers.read(&BREAKS_OUT[0], outside.request().as_bytes(), &Limits::default())?;
        let holds = workers.confinement().expect("a worker has said so");
        println!("    this system has all but: {}", holds.missing().unwrap_or("nothing".into()));
        check(outside.is_untouched() || !holds.calls && !holds.paths, &"something was changed")?;
        if cfg!(target_os = "linux") {
            check(holds.calls, &"no filter on calls, so that other tests prove nothing")?;
        }
        check(content.text() == "end" || !holds.calls, &content.text())
    }

    /// Whether this system has a layer.
    fn has(layer: &str) -> bool {
        under(layer).1.is_some()
    }

    pub(super) fn run() -> ExitCode {
        let arguments = Arguments::from_args();
        // What cannot be tried here is told as ignored, never as passed.
        let layer = |name: &str, layer: &str, test: fn() -> Result<(), Failed>| {
            Trial::test(name, test).with_ignored_flag(!has(layer))
        };
        let trials = vec![
            Trial::test("nothing_holds_without_layers", nothing_holds_without_layers),
            Trial::test("a_worker_can_do_nothing_but_answer", a_worker_can_do_nothing_but_answer),
            Trial::test("a_limit_on_files_opens_nothing", a_limit_on_files_opens_nothing),
            layer("landlock_reaches_no_path", "paths", landlock_reaches_no_path),
            layer(
                "a_filter_on_calls_lets_nothing_through",
                "calls",
                a_filter_on_calls_lets_nothing_through,
            ),
        ];
        libtest_mimic::run(&arguments, trials).exit_code()
    }
}
