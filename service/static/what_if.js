// What if: sliders beside the numbers, and the list refreshed as they move. Without it, a button does.
"use strict";

(() => {
  const form = document.querySelector("form[data-turn]");
  if (!form) return;

  const labelled = (input) => document.querySelector(`label[for="${input.id}"]`)?.textContent ?? "";

  // A slider has no way to say "unknown": the number beside it does, by being empty.
  for (const input of form.querySelectorAll("input[data-most]")) {
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = "0";
    slider.max = input.dataset.most;
    slider.step = input.dataset.step;
    slider.value = input.value || "0";
    slider.setAttribute("aria-label", `${form.dataset.points}: ${labelled(input)}`);
    slider.addEventListener("input", () => { input.value = slider.value; later(); });
    input.addEventListener("input", () => { slider.value = input.value || "0"; later(); });
    input.parentElement.classList.add("has-slider");
    if (input.parentElement.classList.contains("sum")) input.parentElement.append(slider);
    else input.before(slider);
  }

  let timer = 0;
  let asking = null;
  const later = () => { window.clearTimeout(timer); timer = window.setTimeout(refresh, 250); };
  form.addEventListener("change", later);
  form.addEventListener("submit", (event) => { event.preventDefault(); refresh(); });

  async function refresh() {
    window.clearTimeout(timer);
    asking?.abort();
    asking = new AbortController();
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    const result = document.getElementById("result");
    result.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (answer.redirected || !answer.ok) { window.location.assign(address); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      result.replaceChildren(...page.getElementById("result").childNodes);
      document.querySelector(".langs")?.replaceWith(page.querySelector(".langs"));
      window.history.replaceState(null, "", address);
      result.setAttribute("aria-busy", "false");
    } catch (error) {
      if (error.name !== "AbortError") window.location.assign(address);
    }
  }
})();
