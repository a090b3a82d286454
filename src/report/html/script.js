"use strict";
// Shows the work list from the data of the page: sorted, filtered, searched, some rows at a time.
// Everything becomes text; nothing here is ever read as markup.
(async () => {
  const PAGE_ROWS = 200;
  const PRINTED_ROWS = 2000;
  const MOST_CHOICES = 500;
  const MOST_LETTERS = 260;
  const SEVERITIES = ["note", "warning", "error"];
  const CONFIDENCES = ["possible", "likely", "certain"];
  const byId = (id) => document.getElementById(id);
  const table = byId("rows");
  if (!table) return;
  const body = table.tBodies[0];

  const element = (name, ...children) => {
    const made = document.createElement(name);
    made.append(...children);
    return made;
  };

  const read = async () => {
    const text = byId("data").textContent;
    if (byId("data").type === "application/json") return JSON.parse(text);
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  };

  let data;
  try {
    data = await read();
  } catch {
    byId("count").textContent = "This browser cannot unpack the whole list; the gravest findings are shown.";
    return;
  }
  const { strings, documents, rules } = data;
  const folderOf = (it) => strings[documents[it][0]];
  const nameOf = (it) => documents[it][1];
  const pathOf = (it) => (folderOf(it) ? folderOf(it) + "/" : "") + nameOf(it);

  const evidenceOf = (list) => {
    const said = [];
    for (let at = 0; at < list.length; at += 3) {
      const [what, value, place] = list.slice(at, at + 3);
      const where = strings[place] ? ` (${strings[place]})` : "";
      said.push(`${strings[what]} ${value < 0 ? pathOf(-1 - value) : strings[value]}${where}`);
    }
    return said;
  };
  const cut = (text) => {
    const letters = [...text];
    return letters.length > MOST_LETTERS ? letters.slice(0, MOST_LETTERS).join("").trimEnd() + "\u2026" : text;
  };
  const whyOf = (why, evidence) => {
    if (!why) return cut(evidenceOf(evidence).join("; "));
    return why.length ? strings[why[0]] + pathOf(why[1]) + strings[why[2]] : strings[why];
  };

  const rows = data.rows.map((it, order) => {
    const [severity, rule, file, owner, date, role, place, ask, why, confidence, evidence,
      standing, kind] = it;
    return {
      order, severity, file, evidence, confidence,
      rule: rules[rule] ?? "", owner: strings[owner], date: strings[date],
      confirmed: date ? `${strings[role]} ${strings[date]} (${strings[place]})` : "",
      ask: strings[ask], why: whyOf(why, evidence), standing: strings[standing ?? 0], isNews: kind === 1,
      isOpen: severity > 0 && kind !== 2,
    };
  });

  // Filters.
  const search = byId("search");
  const filters = Object.fromEntries(["severity", "rule", "owner", "folder"].map((id) => [id, byId(id)]));
  const newOnly = byId("new-only");
  const choose = (select, choices) => {
    for (const [value, label] of choices.slice(0, MOST_CHOICES)) {
      const option = element("option", label);
      option.value = value;
      select.append(option);
    }
  };
  const counted = (values) => {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => a.localeCompare(b));
  };
  const open = rows.filter((it) => it.isOpen).length;
  choose(filters.severity, [["open", `to decide (${open})`], ["2", "errors"], ["1", "warnings"], ["0", "notes"]]);
  choose(filters.rule, counted(rows.map((it) => it.rule)).map(([it, n]) => [it, `${it} (${n})`]));
  // Nobody is ranked: people come by name, without figures.
  const owners = counted(rows.map((it) => it.owner));
  choose(filters.owner, owners.map(([it]) => [it || "-", it || "nobody named"]));
  const tops = counted(rows.map((it) => folderOf(it.file).split("/")[0]));
  choose(filters.folder, tops.filter(([it]) => it).map(([it, n]) => [it, `${it} (${n})`]));

  const textOf = (row) => (row.text ??= [pathOf(row.file), row.rule, row.owner, row.why, row.ask]
    .join("\n").toLowerCase());
  const isIn = (folder, wanted) => folder === wanted || folder.startsWith(wanted + "/");
  const passes = (row) => {
    const { severity, rule, owner, folder } = filters;
    return (!severity.value || (severity.value === "open" ? row.isOpen : row.severity === +severity.value))
      && (!rule.value || row.rule === rule.value)
      && (!owner.value || (row.owner || "-") === owner.value)
      && (!newOnly.checked || row.isNews)
      && (!folder.value || isIn(folderOf(row.file), folder.value));
  };

  // Sorting.
  const KEYS = {
    severity: (row) => row.order, path: (row) => pathOf(row.file),
    date: (row) => row.date, owner: (row) => row.owner, ask: (row) => row.ask,
  };
  let sort = { column: "severity", down: false };
  const compare = (a, b) => {
    const [x, y] = [KEYS[sort.column](a), KEYS[sort.column](b)];
    // What is not known comes last, whatever the direction.
    if (x === "" || y === "") return x === y ? a.order - b.order : x === "" ? 1 : -1;
    const order = typeof x === "number" ? x - y : x < y ? -1 : x > y ? 1 : 0;
    return (sort.down ? -order : order) || a.order - b.order;
  };

  // Rows.
  const isPlain = /^[\p{L}\p{N}\/._\-+,@%:]+$/u;
  const command = (row) => {
    const shell = documents[row.file][2];
    if (shell === -1) return null;
    const folder = strings[shell ?? documents[row.file][0]];
    const path = (folder ? folder + "/" : "") + nameOf(row.file);
    const word = isPlain.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
    return `docrot explain ${word} ${data.arguments}`.trim();
  };
  const path = (it) => {
    const folder = folderOf(it);
    return element("bdi", folder ? folder + "/" : "", element("b", nameOf(it)));
  };
  const copy = async (code, button) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: press Ctrl+C";
    }
  };
  const evidence = (row) => {
    const list = element("ul", ...evidenceOf(row.evidence).map((it) => element("li", element("bdi", it))));
    list.append(element("li", `last confirmed: ${row.confirmed || "cannot say"}`));
    list.append(element("li", `how sure: ${CONFIDENCES[row.confidence]}`));
    const parts = [element("summary", "Evidence"), list];
    const words = command(row);
    if (words) {
      const code = element("code", words);
      const button = element("button", "Copy");
      button.type = "button";
      button.addEventListener("click", () => copy(code, button));
      parts.push(element("p", code, " ", button));
    }
    return element("details", ...parts);
  };
  const shown = (row) => {
    const severity = element("b", SEVERITIES[row.severity]);
    severity.className = SEVERITIES[row.severity];
    return element("tr",
      element("td", severity, " ", row.rule, ...(row.standing ? [element("small", row.standing)] : [])),
      element("td", path(row.file), element("p", row.why), evidence(row)),
      element("td", row.date || "cannot say"),
      row.owner ? element("td", element("bdi", row.owner)) : element("td"),
      element("td", row.ask));
  };

  let view = rows;
  let start = 0;
  const number = new Intl.NumberFormat("en");
  const show = (most = PAGE_ROWS) => {
    const end = Math.min(start + most, view.length);
    body.replaceChildren(...view.slice(start, end).map(shown));
    const range = view.length > most ? `, shown are ${number.format(start + 1)} to ${number.format(end)}` : "";
    byId("count").textContent = `${number.format(view.length)} of ${number.format(rows.length)} findings${range}.`;
    byId("pages").hidden = view.length <= PAGE_ROWS;
    byId("before").disabled = start === 0;
    byId("after").disabled = end === view.length;
  };
  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    view = rows.filter((row) => passes(row) && words.every((word) => textOf(row).includes(word)));
    view.sort(compare);
    start = 0;
    show();
  };
  const turn = (by) => {
    start = Math.max(0, start + by);
    show();
    table.scrollIntoView();
  };

  for (const input of [...Object.values(filters), newOnly]) input.addEventListener("change", update);
  let timer;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, 120);
  });
  byId("reset").addEventListener("click", () => {
    search.value = "";
    newOnly.checked = false;
    for (const select of Object.values(filters)) select.value = "";
    update();
  });
  byId("before").addEventListener("click", () => turn(-PAGE_ROWS));
  byId("after").addEventListener("click", () => turn(PAGE_ROWS));
  for (const head of table.tHead.rows[0].cells) {
    const button = element("button", head.textContent);
    button.type = "button";
    head.replaceChildren(button);
    const column = head.dataset.sort;
    const mark = () => {
      if (column === sort.column) head.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    };
    button.addEventListener("click", () => {
      sort = { column, down: sort.column === column && !sort.down };
      for (const other of table.tHead.rows[0].cells) other.dispatchEvent(new Event("mark"));
      update();
    });
    head.addEventListener("mark", mark);
    mark();
  }
  for (const row of document.querySelectorAll("#folders tr[data-folder]")) {
    const { folder } = row.dataset;
    if (!rows.some((it) => isIn(folderOf(it.file), folder))) continue;
    const button = element("button", "Show in list");
    button.type = "button";
    button.setAttribute("aria-label", `Show in list: ${folder}`);
    button.addEventListener("click", () => {
      if (![...filters.folder.options].some((it) => it.value === folder)) choose(filters.folder, [[folder, folder]]);
      filters.folder.value = folder;
      update();
      byId("list").scrollIntoView();
      filters.folder.focus();
    });
    row.cells[0].append(" ", button);
  }

  // Print shows what is filtered, with everything open.
  let opened = [];
  addEventListener("beforeprint", () => {
    if (view.length > PAGE_ROWS) show(PRINTED_ROWS);
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    show();
  });

  byId("new-only-row").hidden = !rows.some((it) => it.standing);
  document.querySelector(".filters").hidden = false;
  if (open) filters.severity.value = "open";
  update();
  document.documentElement.dataset.ready = "";
})();
