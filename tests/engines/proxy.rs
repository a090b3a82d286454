//! Engines behind nginx: sign-in, certificates, limits of rate, slow lines.

use std::fs;
use std::process::Command;

use docrot::validate::engines::{Access, Credentials, EngineError, Secret, Trouble};
use tempfile::TempDir;

use crate::real::{Filled, family, library};
use crate::server::{Server, folder, free_port};
use crate::{Read, hasty, read};

/// A server of the family with nginx in front of it.
struct Fronted {
    behind: Filled,
    front: Server,
}

impl Fronted {
    /// `lines` are for the server, `inner` for its one location.
    fn new(place: TempDir, zones: &str, lines: &str, inner: &str) -> Self {
        let behind = family(Server::elasticsearch(), &library(3));
        let port = free_port();
        let listen = if lines.contains("ssl_certificate") { " ssl" } else { "" };
        let lines = format!(
            "listen 127.0.0.1:{port}{listen};\n{lines}\nlocation / {{\n{inner}\n\
             proxy_pass http://127.0.0.1:{};\n}}",
            behind.server.port
        );
        Self { behind, front: Server::nginx(port, place, zones, &lines) }
    }

    fn read(&self, scheme: &str, host: &str, access: Access) -> Result<Read, EngineError> {
        let _ = &self.behind;
        read(&format!("{scheme}://{host}:{}/docs", self.front.port), access)
    }
}

fn with(credentials: Credentials) -> Access {
    Access { credentials: Some(credentials), ..hasty() }
}

fn password(password: &str) -> Credentials {
    Credentials::Password { user: "ada".to_owned(), password: Secret::new(password) }
}

/// What a program prints.
fn printed(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_password_opens_what_is_closed_to_others() {
    let place = folder();
    let hash = printed("openssl", &["passwd", "-apr1", "open sesame"]);
    fs::write(place.path().join("users"), format!("ada:{hash}")).unwrap();
    let users = place.path().join("users").display().to_string();
    let lines = format!("auth_basic engine;\nauth_basic_user_file {users};");
    let fronted = Fronted::new(place, "", &lines, "");
    let all = fronted.read("http", "127.0.0.1", with(password("open sesame"))).unwrap();
    assert_eq!(all.ids().len(), library(3).len());
    for access in [with(password("open barley")), hasty()] {
        let error = fronted.read("http", "127.0.0.1", access).err().unwrap();
        assert_eq!(error.trouble, Trouble::Credentials, "{error}");
        assert!(!format!("{error} {error:?}").contains("barley"));
    }
}

#[test]
fn keys_and_tokens_are_sent_as_engines_want_them() {
    let map = "map $http_authorization $is_known { default 0;\n\
               \"ApiKey aWQ6a2V5\" 1; \"Bearer signed.by.somebody\" 1; }";
    let inner = "if ($is_known = 0) { return 401; }";
    let fronted = Fronted::new(folder(), map, "", inner);
    for (credentials, is_known) in [
        (Credentials::ApiKey(Secret::new("id:key")), true),
        (Credentials::ApiKey(Secret::new("aWQ6a2V5")), true),
        (Credentials::Token(Secret::new("signed.by.somebody")), true),
        (Credentials::ApiKey(Secret::new("id:other")), false),
        (Credentials::Token(Secret::new("signed.by.nobody")), false),
    ] {
        let outcome = fronted.read("http", "127.0.0.1", with(credentials));
        assert_eq!(outcome.is_ok(), is_known);
    }
}

/// An authority of the test's own, and a certificate by it for `localhost`.
fn certificates(place: &TempDir) {
    let path = |name: &str| place.path().join(name).display().to_string();
    let fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let mut authority = vec!["req", "-x509", "-subj", "/CN=Authority of the test", "-days", "2"];
    authority.extend(fresh);
    let (key, pem) = (path("ca.key"), path("ca.pem"));
    authority.extend(["-keyout", &key, "-out", &pem]);
    printed("openssl", &authority);
    let (own_key, request, own) = (path("own.key"), path("own.csr"), path("own.pem"));
    let mut wish = vec!["req", "-subj", "/CN=localhost"];
    wish.extend(fresh);
    wish.extend(["-keyout", &own_key, "-out", &request]);
    printed("openssl", &wish);
    let names = path("names");
    fs::write(&names, "subjectAltName=DNS:localhost").unwrap();
    let sign = ["x509", "-req", "-in", &request, "-CA", &pem, "-CAkey", &key, "-CAcreateserial"];
    printed("openssl", &[&sign[..], &["-out", &own, "-days", "2", "-extfile", &names]].concat());
}

#[test]
fn a_certificate_counts_only_by_an_authority_that_is_trusted() {
    let (place, others) = (folder(), folder());
    certificates(&place);
    certificates(&others);
    let authorities = |place: &TempDir| Some(fs::read(place.path().join("ca.pem")).unwrap());
    let (own, other) = (authorities(&place), authorities(&others));
    let files = place.path().display();
    let lines = format!("ssl_certificate {files}/own.pem;\nssl_certificate_key {files}/own.key;");
    let fronted = Fronted::new(place, "", &lines, "");
    let trusting = |authorities| Access { authorities, ..hasty() };
    let all = fronted.read("https", "localhost", trusting(own.clone())).unwrap();
    assert_eq!(all.ids().len(), library(3).len());
    for (host, authorities) in [("localhost", None), ("localhost", other), ("127.0.0.1", own)] {
        let error = fronted.read("https", host, trusting(authorities)).err().unwrap();
        assert_eq!(error.trouble, Trouble::Certificate, "{error}");
        assert!(error.to_string().contains("--ca"), "{error}");
    }
    let nothing = trusting(Some(b"no certificate".to_vec()));
    let error = fronted.read("https", "localhost", nothing).err().unwrap();
    assert!(error.to_string().contains("holds no certificate"), "{error}");
    // One speaks TLS and the other does not.
    let error = fronted.read("http", "localhost", hasty()).err().unwrap();
    assert!(matches!(error.trouble, Trouble::Broken | Trouble::NotAnIndex), "{error}");
    let port = fronted.behind.server.port;
    let error = read(&format!("https://localhost:{port}/docs"), hasty()).err().unwrap();
    assert_eq!(error.trouble, Trouble::Unreachable, "{error}");
}

#[test]
fn a_limit_of_rate_is_waited_for() {
    let zone = "limit_req_zone $server_name zone=all:1m rate=10r/s;\nlimit_req_status 429;";
    let fronted = Fronted::new(folder(), zone, "", "limit_req zone=all;");
    let mut patient = hasty();
    patient.patience.tries = 12;
    patient.patience.longest_pause = std::time::Duration::from_millis(100);
    let all = fronted.read("http", "127.0.0.1", patient).unwrap();
    assert_eq!(all.ids().len(), library(3).len());
}

#[test]
fn a_slow_line_is_no_silence() {
    let fronted = Fronted::new(folder(), "", "", "limit_rate 800k;");
    let mut access = hasty();
    // The whole takes longer than that, each piece of it does not.
    access.patience.silence = std::time::Duration::from_millis(1500);
    let all = fronted.read("http", "127.0.0.1", access).unwrap();
    assert_eq!(all.ids().len(), library(3).len());
}
