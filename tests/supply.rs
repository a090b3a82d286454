//! What docrot is built from: which Rust it needs, said alike everywhere, and what nothing that it
//! depends on goes beyond.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The oldest Rust, as the manifest has it: clippy's `incompatible_msrv` looks at our own code.
fn oldest() -> &'static str {
    env!("CARGO_PKG_RUST_VERSION")
}

/// A version to be compared, of which zeros at the end may be left out.
fn parts(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|it| it.parse().expect("a version of Rust is numbers"));
    [(); 3].map(|()| parts.next().unwrap_or(0))
}

/// What cargo knows of this package and of all that it may be built from, on any platform.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--all-features", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs the tests");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_oldest_rust_is_the_same_everywhere() {
    let oldest = oldest();
    assert!(text("README.md").contains(&format!("[Rust](https://rustup.rs) {oldest} or newer")));
    assert!(text("docs/packages.md").contains(&format!("Rust {oldest} or newer")));
    let fuzz: toml::Table = text("fuzz/Cargo.toml").parse().unwrap();
    assert_eq!(
        fuzz["package"].get("rust-version"),
        None,
        "the crate of fuzz targets says none of its own"
    );
    // Clippy takes it from the manifest, unless its own configuration says otherwise.
    let clippy: toml::Table = text(".clippy.toml").parse().unwrap();
    assert_eq!(clippy.get("msrv"), None);
    assert_eq!(clippy.get("check-incompatible-msrv-in-tests"), Some(&toml::Value::Boolean(true)));
}

#[test]
fn no_dependency_asks_for_a_newer_rust() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(100 < packages.len());
    let newer = packages.iter().filter(|it| {
        let asks = it["rust_version"].as_str();
        asks.is_some_and(|it| parts(oldest()) < parts(it))
    });
    let newer =
        newer.map(|it| format!("{} {} asks for {}", it["name"], it["version"], it["rust_version"]));
    assert_eq!(newer.collect::<Vec<_>>(), [] as [&str; 0]);
}

#[test]
fn versions_of_rust_are_compared_by_their_numbers() {
    assert!(parts("1.92") < parts("1.100") && parts("1.92") < parts("1.92.1"));
    assert_eq!(parts("1.92"), parts("1.92.0"));
}

#[test]
fn the_list_of_parts_names_every_crate_that_is_built_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("python3").arg(folder.join("packaging/sbom")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let parts: Value = serde_json::from_slice(&output.stdout).unwrap();
    let parts = parts["components"].as_array().unwrap();
    let name = |it: &Value| it["name"].as_str().unwrap().to_owned();
    let names: Vec<_> = parts.iter().map(name).collect();
    let has = |wanted: &str| names.iter().any(|it| it == wanted);
    // One that is used, one that is used by others, one that only tests use, one of another system.
    assert!(has("tantivy") && has("zstd-sys") && !has("proptest") && !has("windows-sys"));
    for part in parts {
        assert!(part["hashes"].is_array() && part["licenses"].is_array(), "{part}");
    }
}
