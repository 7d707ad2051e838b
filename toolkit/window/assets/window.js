"use strict";
const $ = id => document.getElementById(id);
const LOOK = 300, ALIVE = 20000, SHOWN = 300;   // milliseconds, milliseconds, rows of the table
let actions = [], current = null, values = {}, job = null, shownTable = null, order = null, limit = SHOWN, over = false;

function make(tag, attributes, ...inside) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (value === true) e.setAttribute(name, "");
    else if (value !== false && value != null) e.setAttribute(name, value);
  }
  e.append(...inside);                          // texts become text nodes, never markup
  return e;
}

async function ask(path, body) {
  let answer;
  try {
    answer = await fetch(path, body === undefined ? {} :
      {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
  } catch (e) { ended(); throw new Error("工作台已结束。"); }
  if (answer.status === 403) { ended(); throw new Error("工作台已结束。"); }
  const found = await answer.json();
  if (found.error) throw new Error(found.error);
  return found;
}

function ended() { over = true; $("over").hidden = false; }
function trouble(text, where = "trouble") { $(where).textContent = text || ""; $(where).hidden = !text; }
async function tried(work, where) { try { trouble("", where); return await work(); } catch (e) { trouble(e.message, where); } }

// ------------------------------------------------------------ actions and fields

function drawActions() {
  let group = "";
  for (const a of actions) {
    if (a.group !== group) { group = a.group; $("actions").append(make("h3", {}, group)); }
    $("actions").append(make("button", {type: "button", "data-action": a.name, "aria-keyshortcuts": a.key ? "Alt+" + a.key : null, title: a.tip,
      onclick: () => choose(a.name, true)}, a.caption, make("small", {"aria-hidden": "true"}, a.key)));
  }
}

function choose(name, move) {
  current = actions.find(a => a.name === name) || actions[0];
  values[current.name] = values[current.name] || {};
  for (const b of document.querySelectorAll("nav button")) {
    if (b.dataset.action === current.name) b.setAttribute("aria-current", "page"); else b.removeAttribute("aria-current");
  }
  $("title").textContent = current.caption;
  $("tip").textContent = current.tip;
  $("help").href = current.help;
  document.title = current.caption + " - 党建工作台";
  history.replaceState(null, "", "#" + current.name);
  drawFields();
  trouble("");
  if (!job) { $("outcome").hidden = true; }
  if (move) $("title").focus();
}

function drawFields() {
  const reads = current.fields.some(f => f.name !== "out" && ["paths", "file", "folder"].includes(f.kind));
  const often = make("div", {}), rest = make("div", {class: "grid"}), files = make("div", {class: "grid files"}), flags = make("div", {class: "flags"});
  const out = make("details", {class: "more", id: "where-to"}, make("summary", {}, `结果存放在哪里（不改就放在${reads ? "所选文件旁边" : "“文档”里的“党建工作”"}）`));
  let n = 0;
  for (const f of current.fields) {
    const path = ["paths", "file", "folder"].includes(f.kind), made = path ? pathField(f) : f.kind === "flag" ? flagField(f) : plainField(f);
    if (f.name === "out" || f.name === "force") out.append(made);
    else if (f.kind === "flag") flags.append(made);
    else if (f.required || (n === 0 && f.kind !== "folder" && f.kind !== "flag")) often.append(made);
    else (path ? files : rest).append(made);
    n += 1;
  }
  $("fields").replaceChildren(often, rest, files, flags, ...(out.children.length > 1 ? [out] : []));
}

function held(f) {
  const own = values[current.name];
  if (!(f.name in own)) own[f.name] = ["paths", "file", "folder"].includes(f.kind) ? [] : f.kind === "flag" ? f.default === "1" : f.default;
  return own;
}

function named(f) {
  return [f.caption, " ", make("span", {class: "need"}, f.required ? "（必填）" : ""), make("span", {class: "hint"}, f.hint)];
}

function plainField(f) {
  const own = held(f), id = "f-" + f.name;
  const change = e => { own[f.name] = e.target.value; };
  let input;
  if (f.kind === "choice") {
    input = make("select", {id, onchange: change});
    for (const [value, caption] of [["", "请选择"], ...f.choices]) input.append(make("option", {value}, caption));
    input.value = own[f.name];
  } else {
    input = make("input", {id, type: {date: "date", number: "number"}[f.kind] || "text", autocomplete: "off", oninput: change, required: f.required});
    input.value = own[f.name];
  }
  return make("div", {class: "field line"}, make("label", {for: id, class: "name"}, ...named(f)), input);
}

function flagField(f) {
  const own = held(f), id = "f-" + f.name;
  const box = make("input", {type: "checkbox", id, onchange: e => { own[f.name] = e.target.checked; }});
  box.checked = own[f.name];
  return make("div", {class: "field flag"}, box, make("label", {for: id}, f.caption));
}

function pathField(f) {
  const own = held(f), many = f.kind === "paths";
  const list = make("ul", {class: "chosen", "aria-label": f.caption + "：已选"});
  const draw = () => list.replaceChildren(...own[f.name].map(p => make("li", {}, make("span", {}, p),
    make("button", {type: "button", "aria-label": "去掉 " + p, onclick: () => { own[f.name] = own[f.name].filter(x => x !== p); draw(); }}, "去掉"))));
  const add = paths => { own[f.name] = many ? [...new Set([...own[f.name], ...paths])] : paths.slice(0, 1); draw(); };
  const paste = make("input", {class: "paste", "data-paste": f.name, "aria-label": f.caption + "：粘贴位置", placeholder: f.kind === "folder" ? "或粘贴位置后按回车" : "或粘贴位置后按回车，或把文件拖到这里", autocomplete: "off", spellcheck: "false"});
  const take = () => { const said = paste.value.trim().replace(/^"|"$/g, ""); if (said) { add([said]); paste.value = ""; } return Boolean(said); };
  paste.addEventListener("keydown", e => { if (e.key === "Enter" && take()) e.preventDefault(); });
  paste.addEventListener("change", take);
  const buttons = [];
  if (f.kind !== "folder") buttons.push(make("button", {type: "button", "data-pick": f.name, onclick: () => pick(f, false, many, add)}, "选文件"));
  if (f.kind !== "file" || f.folders) buttons.push(make("button", {type: "button", "data-folder": f.name, onclick: () => pick(f, true, many, add)}, "选文件夹"));
  if (f.kind !== "folder" && state.recent.length) {
    const fit = state.recent.filter(r => r.folder ? many || f.folders : !f.suffixes.length || f.suffixes.some(s => r.name.toLowerCase().endsWith(s)));
    if (fit.length) {
      const last = make("select", {"aria-label": f.caption + "：最近用过", "data-recent": f.name}, make("option", {value: ""}, "最近用过…"),
        ...fit.map(r => make("option", {value: r.path, title: r.path}, r.name || r.path)));
      last.addEventListener("change", () => { if (last.value) add([last.value]); last.value = ""; });
      buttons.push(last);
    }
  }
  const zone = make("div", {class: f.kind === "folder" ? "" : "drop", "data-drop": f.name}, make("div", {class: "row"}, ...buttons, paste), list);
  if (f.kind !== "folder") dropping(zone, add, many, f.folders);
  draw();
  return make("fieldset", {class: "field"}, make("legend", {}, ...named(f)), zone);
}

// ------------------------------------------------------------ dropped files

function dropping(zone, add, many, whole) {       // whole: a folder is taken as one thing
  const stop = e => { e.preventDefault(); e.stopPropagation(); };
  zone.addEventListener("dragover", e => { stop(e); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", e => {
    stop(e);
    zone.classList.remove("over");
    const items = [...e.dataTransfer.items].map(i => i.webkitGetAsEntry && i.webkitGetAsEntry()).filter(Boolean);
    const files = [...e.dataTransfer.files];
    tried(async () => {
      const folder = items.some(i => i.isDirectory), found = folder ? (await Promise.all(items.map(within))).flat() : files;
      await upload(many || (whole && folder) ? found : found.slice(0, 1), add, whole && folder);
    });
  });
}

function within(entry) {                         // all files of a dropped folder
  if (entry.isFile) return new Promise((yes, no) => entry.file(f => yes([f]), no));
  const reader = entry.createReader(), found = [];
  return new Promise((yes, no) => {
    const next = () => reader.readEntries(some => {
      if (!some.length) { yes(Promise.all(found.map(within)).then(x => x.flat())); return; }
      found.push(...some);
      next();
    }, no);
    next();
  });
}

async function upload(files, add, asFolder) {
  const drop = String(Date.now()) + Math.random(), kept = [];
  let folder = "";
  for (const [n, f] of files.entries()) {
    working(`收下文件 ${n + 1}/${files.length}：${f.name}`, n, files.length, false);
    const answer = await fetch("/api/upload", {method: "POST", body: f, headers: {"X-Name": encodeURIComponent(f.name), "X-Drop": drop}});
    if (answer.status === 403) { ended(); return; }
    const found = await answer.json();
    if (found.error) { $("work").hidden = true; throw new Error(found.error); }
    kept.push(found.path);
    folder = found.folder;
  }
  $("work").hidden = true;
  if (kept.length) { add(asFolder ? [folder] : kept); note(`已收下${kept.length}份，副本存在 ${folder}，结果也会放在那里；原来的文件没有动。`); }
}

function note(text) { $("tip").textContent = text; }

// ------------------------------------------------------------ choosing files

let picking = null;

async function pick(f, folder, many, add) {
  picking = {suffixes: folder ? "-" : f.suffixes.join(","), folder, many, add, entries: [], at: 0, path: "", parent: "", turn: 0, chosen: new Set()};
  $("entries").replaceChildren();
  $("picker-title").textContent = (folder ? "选文件夹：" : "选文件：") + f.caption;
  $("all").hidden = folder || !many;
  $("picker-hint").textContent = folder ? "回车进入文件夹，退格回上一级；进到要选的文件夹后点“选这个文件夹”。"
    : many ? "上下键移动，空格选中（可选多份），Ctrl＋A 全选，回车打开文件夹或选定，退格回上一级。" : "上下键移动，回车打开文件夹或选定，退格回上一级。";
  trouble("", "picker-trouble");
  $("picker").showModal();
  await browse(state.where || "") || await browse("");
  $("entries").focus();
}

function browse(path) {
  const own = picking, turn = ++own.turn;
  return tried(async () => {
    const asked = new URLSearchParams({path, suffixes: picking.suffixes});
    const found = await ask("/api/list?" + asked);
    if (own !== picking || turn !== own.turn) return true;   // meanwhile something else was asked for, or written
    Object.assign(picking, {path: found.path, parent: found.parent, at: 0, chosen: new Set(),
      entries: found.parent ? [{name: "上一级", path: found.parent, folder: true, up: true}, ...found.entries] : found.entries});
    state.where = found.path;
    $("where").value = found.path;
    $("tops").replaceChildren(...found.tops.map(t => make("button", {type: "button", onclick: () => browse(t.path)}, t.name)));
    drawEntries();
    if (found.more) trouble(`这个文件夹里还有${found.more}项没有列出，请直接写位置。`, "picker-trouble");
    return true;
  }, "picker-trouble");
}

function drawEntries() {
  $("entries").replaceChildren(...picking.entries.map((e, n) => make("li", {role: "option", id: "e" + n, class: e.folder ? "folder" : "file",
    "aria-selected": "false", onclick: x => click(n, x), ondblclick: () => enter(n)}, e.name)));
  if (!picking.entries.length) $("entries").append(make("li", {class: "quiet"}, "这里没有可选的文件。"));
  mark();
}

function mark() {
  [...$("entries").children].forEach((li, n) => {
    const e = picking.entries[n];
    li.classList.toggle("at", n === picking.at);
    if (e) li.setAttribute("aria-selected", String(picking.chosen.has(e.path)));
  });
  const at = $("entries").children[picking.at];
  if (at) { $("entries").setAttribute("aria-activedescendant", at.id); at.scrollIntoView({block: "nearest"}); }
  $("choose").disabled = !picking.folder && !picking.chosen.size;
  $("choose").textContent = picking.folder ? "选这个文件夹" : picking.chosen.size > 1 ? `选定（${picking.chosen.size}份）` : "选定";
}

function click(n, event) {
  picking.at = n;
  const e = picking.entries[n];
  if (e.folder) { if (e.up || event.detail === 1) { mark(); if (event.detail === 1) browse(e.path); } return; }
  toggle(e);
  mark();
}

function toggle(e) {
  if (e.folder) return;
  if (picking.chosen.has(e.path)) picking.chosen.delete(e.path);
  else { if (!picking.many) picking.chosen.clear(); picking.chosen.add(e.path); }
}

function all() {
  for (const e of picking.entries) if (!e.folder) picking.chosen.add(e.path);
  mark();
  $("entries").focus();
}

function enter(n) {
  const e = picking.entries[n];
  if (!e) return;
  if (e.folder) { browse(e.path); return; }
  picking.chosen.add(e.path);
  chosen();
}

function chosen() {
  const paths = picking.folder ? [picking.path] : [...picking.chosen];
  if (!paths.length) return;
  picking.add(paths);
  $("picker").close();
}

$("entries").addEventListener("keydown", e => {
  const last = picking.entries.length - 1;
  const to = {ArrowDown: picking.at + 1, ArrowUp: picking.at - 1, Home: 0, End: last, PageDown: picking.at + 10, PageUp: picking.at - 10}[e.key];
  if (to !== undefined) { picking.at = Math.max(0, Math.min(last, to)); mark(); }
  else if (e.key === "Enter") { picking.chosen.size && !picking.entries[picking.at].folder ? (picking.chosen.add(picking.entries[picking.at].path), chosen()) : enter(picking.at); }
  else if (e.key === " ") { const at = picking.entries[picking.at]; if (at) toggle(at); mark(); }
  else if (e.key === "a" && (e.ctrlKey || e.metaKey) && picking.many && !picking.folder) all();
  else if (e.key === "Backspace" && picking.parent) browse(picking.parent);
  else if (e.key.length === 1 && !e.ctrlKey && !e.altKey) {
    const n = picking.entries.findIndex((x, i) => i > picking.at && x.name.toLowerCase().startsWith(e.key.toLowerCase()));
    if (n >= 0) { picking.at = n; mark(); }
    return;
  } else return;
  e.preventDefault();
});
$("where").addEventListener("input", () => { picking.turn++; });
$("go").addEventListener("submit", e => { e.preventDefault(); browse($("where").value.trim()); });
$("all").addEventListener("click", all);
$("choose").addEventListener("click", chosen);
$("dismiss").addEventListener("click", () => $("picker").close());

// ------------------------------------------------------------ a job

function working(text, done, total, stoppable) {
  $("doing").textContent = text;
  if (total) { $("bar").max = total; $("bar").value = done; } else $("bar").removeAttribute("value");
  $("cancel").hidden = !stoppable;
  $("work").hidden = false;
}

$("form").addEventListener("submit", e => {
  e.preventDefault();
  if (job) return;
  for (const p of document.querySelectorAll(".paste")) p.dispatchEvent(new Event("change"));
  tried(async () => {
    const started = await ask("/api/run", {action: current.name, values: values[current.name]});
    begun(started.job);
  });
});

function begun(id) {
  job = id;
  $("start").disabled = true;
  $("outcome").hidden = true;
  working(`正在${current.caption}……`, 0, 0, true);
  follow(current);
}

async function follow(action) {
  try {
    for (;;) {
      const j = await ask("/api/job?id=" + job);
      if (j.state !== "running") { finished(action, j); return; }
      working(`正在${action.caption}……` + (j.total ? `${j.done}/${j.total}` : ""), j.done, j.total, true);
      await new Promise(r => setTimeout(r, LOOK));
    }
  } catch (e) { trouble(e.message); } finally { job = null; $("start").disabled = false; $("work").hidden = true; }
}

$("cancel").addEventListener("click", () => { $("doing").textContent = "正在取消……"; tried(() => ask("/api/cancel", {id: job})); });

// Lines of the text that the table says again.
const REMARK = /^\s*\[(错误|提醒) |：$/, IN_TABLE = {check: /^(?!检查)/, lint: REMARK, verify: REMARK, "template-check": REMARK, approve: /^\s/};

function finished(action, j) {
  const errors = j.table ? j.table.rows.filter(r => r.tone === "error").length : 0;
  $("done").textContent = action.caption + {
    done: j.code === 0 ? "：完成。" : `：完成，${errors ? `有${errors}处要改` : "有要处理的地方"}。`,
    failed: "：没有做成。", cancelled: "：已取消，没有写完的结果不会留下。"}[j.state];
  const listed = j.table && j.table.rows.length ? IN_TABLE[action.name] : null;
  $("said").textContent = [...(listed ? j.said.filter(line => !listed.test(line)) : j.said), ...j.notes].join("\n");
  $("said").hidden = !$("said").textContent;
  $("results").replaceChildren(...j.results.map(r => make("li", {},
    !r.opens ? "" : make("button", {type: "button", "data-open": r.path, onclick: () => open(r.path)}, "打开 " + r.name),
    make("button", {type: "button", "data-show": r.path, onclick: () => open(r.path, true)}, r.folder ? "打开文件夹 " + r.name : "打开所在文件夹"),
    ...onward(action, r), make("span", {class: "path"}, r.path))));
  if (j.state === "failed" && $("where-to")) $("where-to").open = true;   // what is there may be in the way
  shownTable = j.table && j.table.rows.length ? j.table : null;
  order = null;
  limit = SHOWN;
  $("filter").value = $("level").value = "";
  $("found").hidden = !shownTable;
  if (shownTable) {
    $("level").hidden = document.querySelector("label[for=level]").hidden = !shownTable.rows.some(r => r.tone);
    drawHead();
    drawRows();
  }
  $("opened").textContent = "";
  $("outcome").hidden = false;
  $("done").focus();
  $("outcome").scrollIntoView({block: "start"});
  ask("/api/state").then(s => { state.recent = s.recent; }).catch(() => {});
}

// What is usually done next with a result: action, its field, the kind of file.
const NEXT = {aggregate: [["dashboard", "source", ".xlsx"], ["fill", "source", ".xlsx"], ["history", "register", ".db"]],
  fill: [["lint", "document", ".docx"]], template: [["template-check", "template", ".docx"], ["fill", "template", ".docx"]],
  "template-new": [["template-check", "template", ".docx"], ["fill", "template", ".docx"]], roster: [["new", "roster", ".xlsx"]],
  adopt: [["adopt", "mapping", "_对照.xlsx"], ["check", "paths", "_工作簿.xlsx"]], "plan-import": [["plan", "source", ".xlsx"]], approve: [["export", "book", ""]], "merge-slip": [["check", "paths", ""]]};

function onward(action, result) {
  return (NEXT[action.name] || []).filter(([, , suffix]) => result.name.endsWith(suffix)).map(([name, field]) => {
    const next = actions.find(a => a.name === name);
    return make("button", {type: "button", "data-next": name, onclick: () => {
      values[name] = {...values[name], [field]: [result.path]};
      choose(name, true);
      $("outcome").hidden = true;
      scrollTo(0, 0);
    }}, "接着：" + next.caption);
  });
}

function open(path, folder, sheet, cell) {
  tried(async () => {
    await ask("/api/open", {path, folder: Boolean(folder), sheet, cell});
    const place = sheet && cell ? `，看 ${sheet}!${cell}` : "";
    $("opened").textContent = `正在打开 ${path}${place}`;
  });
}

// ------------------------------------------------------------ the table

function drawHead() {
  document.querySelector("thead").replaceChildren(make("tr", {}, ...shownTable.columns.map((c, n) => make("th", {scope: "col", "aria-sort": "none"},
    make("button", {type: "button", "data-sort": n, onclick: () => { order = order && order.n === n ? {n, down: !order.down} : {n, down: false}; drawRows(); }}, c)))));
}

function drawRows() {
  const said = $("filter").value.trim().toLowerCase(), level = $("level").value;
  let rows = shownTable.rows.filter(r => (!level || r.tone === level) && (!said || r.cells.some(c => String(c).toLowerCase().includes(said))));
  if (order) {
    const by = new Intl.Collator("zh-CN", {numeric: true}).compare;
    rows = [...rows].sort((a, b) => by(String(a.cells[order.n]), String(b.cells[order.n])) * (order.down ? -1 : 1));
  }
  document.querySelectorAll("thead th").forEach((th, n) => th.setAttribute("aria-sort", !order || order.n !== n ? "none" : order.down ? "descending" : "ascending"));
  $("count").textContent = rows.length === shownTable.rows.length ? `共${rows.length}条` : `${rows.length}条（共${shownTable.rows.length}条）`;
  document.querySelector("tbody").replaceChildren(...rows.slice(0, limit).map(drawRow));
  $("more").hidden = rows.length <= limit;
  $("how").hidden = !shownTable.rows.some(r => r.path);
}

function width(text) { return text.length > 24 ? "long" : text.length > 12 ? "wide" : "short"; }

function drawRow(r) {
  const cells = r.cells.map(c => make("td", {class: width(String(c))}, String(c)));
  if (!r.path) return make("tr", {class: r.tone}, ...cells);
  const go = () => open(r.path, false, r.sheet, r.cell);
  return make("tr", {class: "opens " + r.tone, tabindex: "0", title: `打开 ${r.path}`, "data-cell": r.cell ? r.sheet + "!" + r.cell : "",
    onclick: () => { if (!String(getSelection())) go(); }, onkeydown: e => { if (e.key === "Enter") go(); }}, ...cells);
}

$("filter").addEventListener("input", () => { limit = SHOWN; drawRows(); });
$("level").addEventListener("change", () => { limit = SHOWN; drawRows(); });
$("more").addEventListener("click", () => { limit += SHOWN; drawRows(); });

// ------------------------------------------------------------ the page itself

$("quit").addEventListener("click", () => ask("/api/quit", {}).then(ended, ended));
document.addEventListener("keydown", e => {
  if (e.altKey && !e.ctrlKey && !document.querySelector("dialog[open]")) {       // by e.code: Alt changes the letter on macOS
    const at = document.querySelector(`[aria-keyshortcuts="Alt+${e.code.replace(/^(Digit|Key)/, "")}"]`);
    if (at) { e.preventDefault(); at.click(); }
  }
  if (e.key === "Escape" && job && !document.querySelector("dialog[open]")) $("cancel").click();
});
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, e => e.preventDefault());  // a file beside the frame is not opened
setInterval(() => { if (!over) ask("/api/alive", {}).catch(() => {}); }, ALIVE);

const state = {recent: []};
tried(async () => {
  const found = await ask("/api/state");
  state.recent = found.recent;
  actions = found.actions;
  drawActions();
  choose(found.job ? found.job.action : location.hash.slice(1) || actions[0].name);
  if (found.job) begun(found.job.id);            // the page was loaded anew while work went on
});
