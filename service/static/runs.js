// Follows a run that is at work: asks its own page again, and shows the whole of it at the end.
"use strict";

const BEAT = 1500;

async function look() {
  const section = document.querySelector("[data-run-progress]");
  if (!section) return;
  try {
    const answer = await fetch(window.location.pathname, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error("not now");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-run-progress]");
    if (!now) return window.location.replace(window.location.pathname);
    const told = section.querySelector("[data-run-told]");
    const text = now.querySelector("[data-run-told]").textContent;
    if (told.textContent !== text) told.textContent = text;
    section.querySelector("[data-run-share]").value = now.querySelector("[data-run-share]").value;
  } catch {
    // a request that failed is tried again
  }
  window.setTimeout(look, BEAT);
}

window.setTimeout(look, BEAT);
