//! Jobs of CI servers. The working directory is that of the repository there, and the catalog lies
//! outside of it. What people decided has to lie in the repository, or the next run knows nothing.

use super::File;
use super::plan::Plan;

/// A workflow of GitHub Actions.
pub(super) fn github(plan: &Plan) -> Result<Vec<File>, String> {
    let command = plan.shell("docrot")?;
    if command.contains("${{") {
        return Err("`${{` is an expression in a workflow, and no part of a name".to_owned());
    }
    let command = format!("{command} --index \"$RUNNER_TEMP/docrot\"");
    let text = format!(
        r#"# Save as .github/workflows/docrot.yml. Times are UTC.
# Keep baseline and decisions in the repository: [decisions] in docrot.toml says where.
name: docrot
on:
  schedule:
    - cron: "{cron}"
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: docrot
jobs:
  audit:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Install docrot
        run: cargo install --locked docrot
      - name: Keep what was read
        uses: actions/cache@v4
        with:
          path: ${{{{ runner.temp }}}}/docrot
          key: docrot-${{{{ github.run_id }}}}
          restore-keys: docrot-
      - name: Audit
        run: {command}
"#,
        cron = plan.cron_fields(),
        command = scalar(&command),
    );
    Ok(vec![File { name: "docrot.yml", text }])
}

/// A job of GitLab CI, which knows the time from a schedule that is set up in its pages.
pub(super) fn gitlab(plan: &Plan) -> Result<Vec<File>, String> {
    let command = plan.shell("docrot")?;
    let command = format!("{command} --index \"$CI_PROJECT_DIR.docrot\"");
    let text = format!(
        r#"# Add to .gitlab-ci.yml, and a schedule under Build > Pipeline schedules: {cron} (UTC).
# Keep baseline and decisions in the repository: [decisions] in docrot.toml says where.
docrot:
  image: rust:latest
  resource_group: docrot
  variables:
    GIT_DEPTH: "0"
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
  script:
    - cargo install --locked docrot
    - {command}
"#,
        cron = plan.cron_fields(),
        command = scalar(&command),
    );
    Ok(vec![File { name: ".gitlab-ci.docrot.yml", text }])
}

/// A string of YAML in double quotes, whatever is in it.
fn scalar(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use yaml_rust2::YamlLoader;

    use super::super::plan::sample;
    use super::*;

    const HOSTILE: [&str; 5] = ["audit", "My docs", "it's \"x\": #1", "a\\b", "- {{ x }}"];

    #[test]
    fn workflows_are_yaml_and_the_shell_gets_every_argument() {
        let text = github(&sample(&HOSTILE)).unwrap().remove(0).text;
        let workflow = &YamlLoader::load_from_str(&text).unwrap()[0];
        assert_eq!(workflow["on"]["schedule"][0]["cron"].as_str(), Some("5 6 * * 1"));
        let steps = workflow["jobs"]["audit"]["steps"].as_vec().unwrap();
        let command = steps.last().unwrap()["run"].as_str().unwrap();
        let expected = "docrot audit 'My docs' 'it'\\''s \"x\": #1' 'a\\b' '- {{ x }}' \
                        --index \"$RUNNER_TEMP/docrot\"";
        assert_eq!(command, expected);
        assert!(github(&sample(&["${{ secrets.X }}"])).is_err());
    }

    #[test]
    fn jobs_are_yaml_and_run_where_they_are_scheduled() {
        let text = gitlab(&sample(&HOSTILE)).unwrap().remove(0).text;
        let job = &YamlLoader::load_from_str(&text).unwrap()[0]["docrot"];
        assert_eq!(job["rules"][0]["if"].as_str(), Some("$CI_PIPELINE_SOURCE == \"schedule\""));
        assert!(job["script"][1].as_str().unwrap().starts_with("docrot audit 'My docs' "));
    }
}
