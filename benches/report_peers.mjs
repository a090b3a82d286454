// Times the reporters of jscpd on made-up clones, as benches/report_peers.py asks:
// node report_peers.mjs MODULES CLONES html|json OUTPUT
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, clones, format, output] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const Html = require("@jscpd/html-reporter").default;
const { JsonReporter } = require("@jscpd/finder");

const fragment = "The harbour office answers for the cranes on quay 4.\nWhoever finds a defect tells the foreman.\n";
const side = (number) => ({
  sourceId: `Area ${number % 9}/Team ${number % 12}/Travel policy ${number}.md`,
  start: { line: 1 + (number % 40), column: 1, position: 10 },
  end: { line: 9 + (number % 40), column: 1, position: 90 },
  range: [10, 90],
  fragment,
});
const made = Array.from({ length: Number(clones) }, (_, it) => ({
  format: "markdown", foundDate: 0, duplicationA: side(it), duplicationB: side(it + 1),
}));
const total = { lines: 1, tokens: 1, sources: 1, clones: made.length, duplicatedLines: 1, duplicatedTokens: 1,
  percentage: 1, percentageTokens: 1, newDuplicatedLines: 0, newClones: 0 };
const statistic = { total, detectionDate: "", formats: { markdown: { total, sources: {} } } };

console.log = () => {};
const reporter = new (format === "html" ? Html : JsonReporter)({ output, path: [], absolute: true });
const start = process.hrtime.bigint();
reporter.report(made, statistic);
process.stdout.write(JSON.stringify({ seconds: Number(process.hrtime.bigint() - start) / 1e9 }) + "\n");
