// Keeps what is typed into a long form when a field is left; without this it is kept when sent.
"use strict";

for (const form of document.querySelectorAll("form[data-draft]")) {
  const said = form.querySelector("[data-said]");
  let last = "";
  const typed = () => {
    const data = new URLSearchParams(new FormData(form));
    data.delete("csrf");
    return data.toString();
  };
  last = typed();
  form.addEventListener("change", async () => {
    const now = typed();
    if (now === last) return;
    last = now;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
      });
      const type = answer.headers.get("content-type") || "";
      if (answer.ok && type.includes("json")) said.textContent = (await answer.json()).said;
    } catch {
      said.textContent = "";
    }
  });
}
