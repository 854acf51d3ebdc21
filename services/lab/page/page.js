// Which pictures are shown: by verdict, class and kind; a row of a table chooses its own.
const all = [...document.querySelectorAll(".case")];
const chips = [...document.querySelectorAll(".chip")];
const rows = [...document.querySelectorAll("tr[data-kind]")];
const kind = document.getElementById("kind");
const isOn = (chip) => chip.getAttribute("aria-pressed") === "true";

function show() {
  const on = { verdict: new Set(), class: new Set() };
  for (const chip of chips) if (isOn(chip)) on[chip.dataset.filter].add(chip.dataset.value);
  let shown = 0;
  for (const one of all) {
    const { verdict, kind: name } = one.dataset;
    one.hidden = !(on.verdict.has(verdict) && on.class.has(one.dataset.class) && (!kind.value || kind.value === name));
    shown += !one.hidden;
  }
  document.getElementById("count").value = `${shown} of ${all.length} pictures`;
}

function press(group, values) {
  for (const chip of chips) {
    if (chip.dataset.filter === group) chip.setAttribute("aria-pressed", String(!values || values.includes(chip.dataset.value)));
  }
}

function choose(row) {
  for (const other of rows) other.classList.toggle("chosen", other === row);
  kind.value = row?.dataset.kind ?? "";
  press("verdict");
  press("class", row && [row.dataset.class]);
  show();
}

for (const chip of chips) {
  chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(!isOn(chip)));
    show();
  });
}
for (const row of rows) row.addEventListener("click", () => choose(row));
kind.addEventListener("change", show);
document.getElementById("all").addEventListener("click", () => choose(null));
show();
