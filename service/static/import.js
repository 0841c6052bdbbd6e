// Corrections are saved on leaving a cell, and a file can be dropped; both work without this too.
"use strict";

const drop = document.querySelector(".drop");
if (drop) {
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("is-over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    drop.querySelector("input").files = event.dataTransfer.files;
  });
}

let waiting = 0;

// A row is sent as its form would be, and what comes back takes the places of what it changes;
// a row that the filter no longer shows stays until the next page, so that nothing jumps.
function stops(row) {
  return [...row.querySelectorAll("a[href], input:not([type=hidden]), textarea, summary, button:not([tabindex])")];
}

async function save(form, sender) {
  waiting += 1;
  try {
    await send(form, sender);
  } finally {
    waiting -= 1;
  }
}

async function send(form, sender) {
  const row = document.getElementById(form.dataset.row);
  const told = document.getElementById("told");
  const fields = new URLSearchParams(new FormData(form));
  if (sender && sender.name) fields.append(sender.name, sender.value);
  const to = form.getAttribute("action");
  form.classList.add("is-saving");
  told.textContent = told.dataset.saving;
  const answer = await fetch(to, { method: "POST", body: fields });
  if (!answer.ok || new URL(answer.url).pathname !== new URL(to, location).pathname.replace(/\/rows\/\d+$/, "")) {
    form.submit();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["counts", "filters"]) {
    const fresh = page.getElementById(id);
    if (fresh) document.getElementById(id).replaceWith(fresh);
  }
  const line = form.dataset.row.replace("row-", "");
  let fresh = page.getElementById(form.dataset.row);
  if (!fresh) {
    const all = await fetch(`${new URL(answer.url).pathname}?show=all&line=${line}`);
    fresh = new DOMParser().parseFromString(await all.text(), "text/html").getElementById(form.dataset.row);
  }
  if (fresh) {
    const focused = document.activeElement;
    const inside = row.contains(focused);
    const typed = inside && focused !== sender && "value" in focused ? focused.value : null;
    const place = inside ? stops(row).indexOf(focused) : 0;
    row.replaceWith(fresh);
    if (inside) {
      const again = (focused.id && document.getElementById(focused.id)) || stops(fresh)[Math.min(place, stops(fresh).length - 1)];
      if (again) again.focus();
      if (again && again.id && again.id === focused.id && typed !== null) again.value = typed;
    }
  }
  told.textContent = told.dataset.saved.replace("#", line);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-row]");
  if (form && event.target.matches("input, textarea")) save(form, null);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (waiting && !form.dataset.row) {
    // a cell that was just left is saved before the file is loaded
    event.preventDefault();
    event.stopImmediatePropagation();
    const timer = window.setInterval(() => {
      if (waiting) return;
      window.clearInterval(timer);
      const now = document.querySelector(`form[action="${form.getAttribute("action")}"]`);
      if (now) now.requestSubmit();
    }, 50);
    return;
  }
  if (!form.dataset.row || (event.submitter && /^(everywhere|currency)-/.test(event.submitter.value))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  save(form, event.submitter);
}, true);
