// What makes pages pleasanter where scripts run; every page works without it.
"use strict";

// A form marked data-auto sends itself when one of its choices changes.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form) form.requestSubmit();
});

// A button marked data-ask asks before it does what cannot be taken back.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask]");
  if (button && !window.confirm(button.dataset.ask)) event.preventDefault();
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  window.setTimeout(() => delete form.dataset.sent, 5000);
});

// A button marked data-print prints the page.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// On a narrow screen the menu scrolls sideways: begin where the present page stands.
const present = document.querySelector(".menu [aria-current]");
if (present) {
  const menu = present.closest(".menu");
  menu.scrollLeft += present.getBoundingClientRect().left - menu.getBoundingClientRect().left - 16;
}
