// What if: the list follows the form, without a press of the button. Nothing is saved.
"use strict";

(() => {
  const form = document.getElementById("what-if");
  const list = document.getElementById("what-if-list");
  if (!form || !list) return;
  let waiting = 0;
  let asked = 0;

  const show = async () => {
    const number = ++asked;
    list.setAttribute("aria-busy", "true");
    const options = { method: "POST", body: new FormData(form), headers: { "X-Part": "list" } };
    const answer = await fetch(form.action, options).catch(() => null);
    if (number !== asked) return;
    list.removeAttribute("aria-busy");
    if (!answer || (!answer.ok && answer.status !== 422)) return;
    list.innerHTML = await answer.text();
  };

  // Weights are brought to 100, so that a slider says what it comes to.
  const tell = () => {
    const sliders = [...form.querySelectorAll("input[type=range]")];
    const whole = sliders.reduce((sum, one) => sum + Number(one.value), 0);
    for (const one of sliders) {
      const points = whole ? (100 * Number(one.value)) / whole : 0;
      const text = points.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
      form.querySelector(`output[for="${one.id}"]`).textContent = text;
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.type === "range") tell();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(show, 350);
  });
})();
