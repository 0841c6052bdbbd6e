// Lists answer to each choice at once, without losing one's place; without scripts the button does.
"use strict";

(() => {
  const form = document.querySelector("form[data-live]");
  if (!form) return;
  form.classList.add("is-live");
  const PARTS = ["facets", "found"];
  let latest = 0;

  const address = () => {
    const first = form.querySelector("#sort option").value;
    const given = [...new FormData(form)].filter(([name, value]) => value && !(name === "sort" && value === first));
    const query = new URLSearchParams(given).toString();
    return form.getAttribute("action") + (query ? "?" + query : "");
  };

  const folds = () => new Map([...form.querySelectorAll("details[data-facet]")].map((one) => [one.dataset.facet, one.open]));

  const show = (page, open, focused) => {
    for (const id of PARTS) document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    for (const one of form.querySelectorAll("details[data-facet]")) one.open = open.get(one.dataset.facet) ?? one.open;
    document.getElementById("said-found").textContent = document.getElementById("found-title").textContent;
    if (focused) {
      const box = [...form.querySelectorAll("#facets input")].find((one) => one.name === focused.name && one.value === focused.value);
      const fold = box && box.closest("details.more");
      if (fold) fold.open = true;
      if (box) box.focus({ preventScroll: true });
    }
  };

  const load = async (url, focused) => {
    const turn = ++latest, found = document.getElementById("found"), open = folds();
    found.classList.add("is-busy");
    try {
      const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return void window.location.assign(url);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn === latest) show(page, open, focused);
    } catch {
      window.location.assign(url);
    } finally {
      found.classList.remove("is-busy");
    }
  };

  form.addEventListener("change", (event) => {
    if (event.target.type === "search") return;
    const url = address();
    window.history.pushState(null, "", url);
    load(url, event.target.type === "checkbox" ? { name: event.target.name, value: event.target.value } : null);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const url = address();
    window.history.pushState(null, "", url);
    load(url, null);
  });
  window.addEventListener("popstate", () => window.location.reload());

  const facets = [...form.querySelectorAll("details[data-facet]")];
  if (window.matchMedia("(min-width: 60rem)").matches) facets.slice(1, 4).forEach((one) => { one.open = true; });
  else if (window.matchMedia("(max-width: 40rem)").matches) facets[0].open = false;
})();
