"use strict";
const byId = id => document.getElementById(id);
const given = document.body.dataset.token;
if (given) {
  sessionStorage.setItem("token", given);
  document.body.dataset.token = "";
  history.replaceState(null, "", "/");
}
const token = sessionStorage.getItem("token") || "";
byId("form").elements.token.value = token;

const make = (name, text, kind) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
};
const ask = async (path, body, method) => {
  const answer = await fetch(path, {
    method: method || (body === undefined ? "GET" : "POST"),
    body,
    headers: { "X-Vouchmark-Token": token, ...(typeof body === "string" ? { "Content-Type": "application/json" } : {}) },
    redirect: "error",
  });
  const value = await answer.json();
  if (!answer.ok) throw new Error(`${value.detail}; ${value.hint}`);
  return value;
};

// What turns or hides letters is shown as a mark.
const harmless = text => text.replace(/[\p{C}\u2028\u2029]/gu, "\u00b7");

// As long as this line is held, the program runs.
const hold = async () => {
  try {
    const line = await fetch("/alive", { headers: { "X-Vouchmark-Token": token } });
    if (!line.ok) throw new Error("refused");
    const reader = line.body.getReader();
    while (!(await reader.read()).done);
    throw new Error("ended");
  } catch {
    byId("told").textContent = "The program has ended. Start it again: vouchmark app";
    for (const one of document.querySelectorAll("button, input")) one.disabled = true;
  }
};

const show = name => {
  for (const one of ["check", "trust"]) {
    byId(one).hidden = one !== name;
    if (one === name) byId(`to-${one}`).setAttribute("aria-current", "page");
    else byId(`to-${one}`).removeAttribute("aria-current");
  }
  document.title = name === "check" ? "Vouchmark: check" : "Vouchmark: whom I trust";
  if (name === "trust") trust().catch(told);
};
const told = error => { byId("trust-told").textContent = error.message || error; };
for (const name of ["check", "trust"]) {
  byId(`to-${name}`).addEventListener("click", event => { event.preventDefault(); show(name); byId("main").focus(); });
}
for (const one of document.querySelectorAll("[data-go]")) {
  one.addEventListener("click", () => { show(one.dataset.go); byId("update").focus(); });
}

// Check.
const waiting = [];
let busy = 0, done = 0, all = 0;
const status = () => {
  byId("told").textContent = busy || waiting.length ? `Checking: ${done} of ${all}` : all ? `${done} of ${all} checked` : "";
};
const add = (file, path) => { all += 1; waiting.push([file, path || file.webkitRelativePath || file.name]); };
const work = async () => {
  while (waiting.length) {
    const [file, path] = waiting.shift();
    busy += 1;
    status();
    await look(file, path);
    busy -= 1;
    done += 1;
    status();
  }
};
const start = () => { status(); for (let one = busy; one < 2; one += 1) work(); };
const look = async (file, path, original, before) => {
  const form = new FormData();
  form.append("file", file, file.name);
  if (original) form.append("original", original, original.name);
  try {
    place(await ask("/check", form), file, path, before);
  } catch (error) {
    place({ place: -1, tone: "doubt", headline: error.message, rows: [], paste: "" }, file, path, before);
  }
};
const place = (found, file, path, before) => {
  const row = make("li", undefined, `answer ${found.tone === "note" ? "note-tone" : found.tone}`);
  row.dataset.place = found.place;
  row.append(make("h2", harmless(path)), make("p", found.headline, "said"));
  if (found.rows.length) {
    const list = make("dl");
    for (const one of found.rows) list.append(make("dt", one.question), make("dd", one.value));
    row.append(list);
  }
  if (found.paste) {
    const words = make("p", found.paste, "paste");
    const buttons = make("div", undefined, "do");
    buttons.append(report(found), copy(words), compare(file, path, row), remember(found, file));
    row.append(words, buttons);
  }
  if (before) before.replaceWith(row);
  else {
    const rows = [...byId("answers").children];
    const next = rows.find(one => Number(one.dataset.place) > found.place);
    byId("answers").insertBefore(row, next || null);
  }
  if (before) row.querySelector("button").focus();
};
const report = found => {
  const form = make("form");
  form.method = "post";
  form.target = "_blank";
  form.action = "/report";
  for (const [name, value] of [["token", token], ["number", found.number]]) {
    const field = make("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  form.append(make("button", "Whole report"));
  const save = make("button", "Save as page", "plain");
  save.name = "save";
  save.value = "yes";
  form.append(save);
  return form;
};
const copy = words => {
  const button = make("button", "Copy two sentences", "plain");
  button.type = "button";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(words.textContent).catch(() => {
      getSelection().selectAllChildren(words);
      document.execCommand("copy");
    });
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy two sentences"; }, 2000);
  });
  return button;
};
const compare = (file, path, row) => {
  const button = make("button", "Compare with an original", "plain");
  button.type = "button";
  button.addEventListener("click", () => {
    const field = make("input");
    field.type = "file";
    field.id = "original";
    field.className = "skip";
    field.setAttribute("aria-label", "The original");
    field.addEventListener("change", async () => {
      if (!field.files.length) return;
      button.disabled = true;
      button.textContent = "Comparing …";
      await look(file, path, field.files[0], row);
      field.remove();
    });
    byId("original")?.remove();
    row.append(field);
    field.click();
  });
  return button;
};
const remember = (found, file) => {
  const button = make("button", found.known ? "Remembered" : "Remember this", "plain");
  button.type = "button";
  button.disabled = found.known;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const form = new FormData();
      form.append("file", file, file.name);
      await ask("/remember", form);
      button.textContent = "Remembered";
    } catch (error) {
      button.disabled = false;
      byId("told").textContent = error.message;
    }
  });
  return button;
};

byId("form").addEventListener("submit", event => {
  event.preventDefault();
  for (const one of byId("files").files) add(one);
  for (const one of byId("folder").files) add(one);
  if (all) start();
});
byId("files").addEventListener("change", () => { for (const one of byId("files").files) add(one); start(); byId("files").value = ""; });
byId("folder").addEventListener("change", () => { for (const one of byId("folder").files) add(one); start(); byId("folder").value = ""; });
const entries = reader => new Promise((found, failed) => reader.readEntries(found, failed));
const walk = async (entry, path) => {
  if (entry.isFile) {
    add(await new Promise((found, failed) => entry.file(found, failed)), path + entry.name);
    start();
    return;
  }
  const reader = entry.createReader();
  for (let some = await entries(reader); some.length; some = await entries(reader)) {
    for (const one of some) await walk(one, `${path}${entry.name}/`);
  }
};
addEventListener("dragover", event => { event.preventDefault(); byId("drop").classList.add("over"); });
addEventListener("dragleave", () => byId("drop").classList.remove("over"));
addEventListener("drop", event => {
  event.preventDefault();
  byId("drop").classList.remove("over");
  show("check");
  const items = [...event.dataTransfer.items].map(one => one.webkitGetAsEntry && one.webkitGetAsEntry()).filter(Boolean);
  if (items.length) for (const one of items) walk(one, "").catch(error => { byId("told").textContent = String(error); });
  else { for (const one of event.dataTransfer.files) add(one); start(); }
});
addEventListener("paste", event => {
  const files = [...(event.clipboardData ? event.clipboardData.files : [])];
  if (!files.length) return;
  event.preventDefault();
  show("check");
  for (const one of files) add(one);
  start();
});

// Whom I trust.
const rows = (id, found, empty, write) => {
  const list = byId(id);
  list.replaceChildren(...found.map(one => { const row = make("li"); write(row, one); return row; }));
  if (!found.length) list.append(make("li", empty, "soft"));
};
const button = (text, work) => {
  const made = make("button", text, "plain");
  made.type = "button";
  made.addEventListener("click", () => work().catch(told));
  return made;
};
const what = (...texts) => {
  const made = make("div", undefined, "what");
  made.append(make("div", texts[0]), ...texts.slice(1).filter(Boolean).map(one => make("div", one, "soft")));
  return made;
};
const change = async (path, value) => { byId("trust-told").textContent = (await ask(path, JSON.stringify(value))).told; await trust(); };
const trust = async () => {
  const found = await ask("/trust");
  byId("first").hidden = found.lists.length > 0;
  rows("lists", found.lists, "No list yet: every signer is called unknown.", (row, one) => {
    row.append(what(one.name, one.words, one.age), button(`Drop ${one.name}`, () => change("/trust/drop", { name: one.name })));
  });
  byId("hosts").replaceChildren(...found.hosts.map(one => make("li", one)));
  rows("issuers", found.issuers, "None: no vouch counts.", (row, one) => {
    row.append(what(one.petname || `calls itself “${one.name}”`, one.id, one.words), button("Drop", () => change("/trust/issuer/drop", { id: one.id })));
  });
  rows("distrusted", found.distrusted, "Nobody.", (row, one) => {
    row.append(what(one.words, one.reason), button("Distrust no longer", () => change("/trust/distrust/drop", { number: one.number, words: one.words })));
  });
};
byId("update").addEventListener("click", () => { byId("ask").hidden = false; byId("ask").focus(); });
byId("no").addEventListener("click", () => { byId("ask").hidden = true; byId("update").focus(); });
byId("yes").addEventListener("click", async () => {
  byId("ask").hidden = true;
  byId("trust-told").textContent = "Asking …";
  await change("/trust/update", { hosts: [...byId("hosts").children].map(one => one.textContent) }).catch(told);
  byId("update").focus();
});
byId("issuer-form").addEventListener("submit", async event => {
  event.preventDefault();
  const text = await byId("issuer-file").files[0].text();
  await change("/trust/issuer", { text, petname: byId("petname").value }).then(() => event.target.reset()).catch(told);
});
byId("distrust-form").addEventListener("submit", async event => {
  event.preventDefault();
  const value = { sha256: byId("sha256").value.toLowerCase(), reason: byId("reason").value };
  await change("/trust/distrust", value).then(() => event.target.reset()).catch(told);
});

document.querySelector("nav").hidden = false;
byId("how").hidden = byId("folder-line").hidden = false;
byId("files").multiple = true;
byId("files").required = false;
document.querySelector(".send").hidden = true;
hold();
trust().catch(error => { byId("told").textContent = error.message; });
