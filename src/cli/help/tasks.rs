//! Which commands there are for a task, and an example of each.

/// Something that people want to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    /// What it is.
    pub(super) title: &'static str,
    /// The commands for it, in the order in which they are wanted.
    pub(super) commands: &'static [&'static str],
}

/// Every command belongs to one of these.
pub(super) const TASKS: &[Task] = &[
    Task {
        title: "Find what is redundant, obsolete or trivial",
        commands: &["audit", "scan", "report", "explain", "history"],
    },
    Task {
        title: "Look at documents",
        commands: &["diff", "similar", "pairs", "text", "search", "subjects", "where"],
    },
    Task { title: "Decide", commands: &["decide", "baseline", "judge"] },
    Task { title: "Clean up", commands: &["plan", "apply", "undo", "journal", "purge"] },
    Task { title: "Check a search index", commands: &["validate"] },
    Task { title: "Audit several servers", commands: &["export", "import"] },
    Task {
        title: "Set up",
        commands: &["init", "policy", "rules", "formats", "schedule", "completions", "man", "help"],
    },
];

/// Examples of a command, which is named by the words after `docrot`.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "audit",
        &[
            "docrot audit /srv/share",
            "docrot audit /srv/share --output report.html",
            "docrot audit docs --fail-on warning --format github",
        ],
    ),
    ("scan", &["docrot scan /srv/share", "docrot scan /srv/share --timings"]),
    (
        "report",
        &[
            "docrot report /srv/share --output report.html",
            "docrot report --folder HR --rule expired --rule review-overdue",
            "docrot report --split-by owner --format xlsx --output to-send",
        ],
    ),
    ("explain", &["docrot explain /srv/share/HR/Travel.docx"]),
    ("history", &["docrot history /srv/share"]),
    ("diff", &["docrot diff Travel.docx 'Travel (copy).pdf'"]),
    ("similar", &["docrot similar ~/Downloads/Travel.docx"]),
    ("pairs", &["docrot pairs /srv/share --output pairs.csv"]),
    ("text", &["docrot text Travel.docx", "docrot text --blocks Travel.docx"]),
    (
        "search",
        &["docrot search travel expenses", "docrot search 'travel expenses -draft title:policy'"],
    ),
    ("subjects", &["docrot subjects", "docrot subjects 'travel expenses'"]),
    ("where", &["docrot where 'travel expenses'"]),
    (
        "decide",
        &[
            "docrot decide 31dad728a9873e76 keep --why 'cited in a contract'",
            "docrot decide import report.xlsx --by 'Rosa Ortiz'",
        ],
    ),
    ("decide import", &["docrot decide import report.xlsx --by 'Rosa Ortiz'"]),
    ("decide list", &["docrot decide list"]),
    ("decide forget", &["docrot decide forget 31dad728a9873e76"]),
    ("decide prune", &["docrot decide prune"]),
    ("baseline", &["docrot baseline accept /srv/share"]),
    ("baseline accept", &["docrot baseline accept /srv/share"]),
    ("baseline show", &["docrot baseline show"]),
    ("baseline clear", &["docrot baseline clear"]),
    (
        "judge",
        &[
            "docrot judge 31dad728a9873e76 wrong --why 'a template'",
            "docrot judge --sample 30 > sheet.csv",
            "docrot judge --from sheet.csv",
        ],
    ),
    (
        "plan",
        &[
            "docrot plan /srv/share --output plan.json --sheet plan.csv",
            "docrot plan --edit plan.json --from plan.csv --output signed.json",
        ],
    ),
    ("apply", &["docrot apply plan.json", "docrot apply plan.json --yes"]),
    ("undo", &["docrot undo", "docrot undo --yes"]),
    ("journal", &["docrot journal"]),
    ("purge", &["docrot purge --older-than 90", "docrot purge --older-than 90 --yes"]),
    (
        "validate",
        &[
            "docrot validate /srv/share",
            "docrot validate /srv/share --queries queries.csv",
            "docrot validate /srv/share --from export.ndjson",
        ],
    ),
    ("export", &["docrot export --to /lake/docrot --server files-berlin"]),
    ("import", &["docrot import /lake/result --catalog berlin=/srv/a --catalog bonn=/srv/b"]),
    ("init", &["docrot init", "docrot init --profile suites"]),
    ("policy", &["docrot policy check HR/Leave.docx"]),
    ("policy check", &["docrot policy check HR/Leave.docx", "docrot policy check"]),
    ("rules", &["docrot rules", "docrot rules --policy > docrot.toml"]),
    ("formats", &["docrot formats"]),
    (
        "schedule",
        &[
            "docrot schedule cron /srv/share -- --quiet-if-clean --new-only",
            "docrot schedule systemd /srv/share --every month -- --output report.html",
        ],
    ),
    (
        "completions",
        &["docrot completions bash > ~/.local/share/bash-completion/completions/docrot"],
    ),
    ("man", &["docrot man --to ~/.local/share/man"]),
    ("help", &["docrot help audit", "docrot help exit-codes"]),
];

/// Examples of a command; none of one that is not for people.
pub(in crate::cli) fn examples(command: &str) -> &'static [&'static str] {
    EXAMPLES.iter().find(|(name, _)| *name == command).map_or(&[], |(_, lines)| lines)
}
