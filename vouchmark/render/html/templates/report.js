"use strict";
for (const button of document.querySelectorAll("button[data-copies]")) {
  const words = document.getElementById(button.dataset.copies);
  const name = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(words.textContent.trim());
    } catch {
      getSelection().selectAllChildren(words);
      document.execCommand("copy");
    }
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = name; }, 2000);
  });
}
const unfold = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let one = target.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
  if (target.tagName === "DETAILS") target.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();
const field = document.getElementById("filter");
if (field) {
  const told = document.getElementById("filter-told");
  const rows = [...document.querySelectorAll("tr[data-row]")];
  const texts = rows.map(row => row.textContent.toLowerCase());
  field.closest("form").hidden = false;
  field.closest("form").addEventListener("submit", event => event.preventDefault());
  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      rows.forEach((row, number) => {
        row.hidden = !words.every(word => texts[number].includes(word));
        left += row.hidden ? 0 : 1;
      });
      for (const group of document.querySelectorAll("details.group")) {
        const some = Boolean(group.querySelector("tr[data-row]:not([hidden])"));
        group.hidden = words.length > 0 && !some;
        if (words.length > 0 && some) group.open = true;
      }
      told.textContent = words.length > 0 ? field.closest("form").dataset.told.replace("##", rows.length).replace("#", left) : "";
    }, 120);
  });
}
