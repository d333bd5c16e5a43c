// Sorting and filtering of the table of students. Without this the table is all there, in pages.
"use strict";
(() => {
  const table = document.getElementById("students");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const find = document.getElementById("find");
  const state = document.getElementById("state");
  const status = document.getElementById("shown");
  const more = document.querySelector(".more");
  const size = Number(table.dataset.size);
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // What a row says and what it sorts by, read when it is asked for: of thousands most are only counted.
  class Student {
    constructor([page, flags, key, cells], row = null) {
      Object.assign(this, { page, flags, key, cells, row });
    }
    get texts() {
      return [this.key, ...this.cells.map((cell) => (Array.isArray(cell) ? cell[0] : cell))];
    }
    get sorts() {
      return (this.sortable ??= [this.key, ...this.cells.map((cell) => (Array.isArray(cell) ? cell[1] : cell))]);
    }
    // Looked through are the address, the name and the section.
    get text() {
      return (this.searchable ??= this.texts.slice(0, 3).join("\n").toLocaleLowerCase());
    }
    is(state) {
      return this.flags.split(" ").includes(state);
    }
  }
  const read = (row) => {
    const texts = [...row.cells].map((cell) => cell.textContent.trim());
    const cells = texts.slice(1).map((text, at) => [text, row.cells[at + 1].dataset.sort ?? text]);
    return new Student(["", row.dataset.flags, texts[0], cells], row);
  };
  const build = (record) => {
    const row = document.createElement("tr");
    record.texts.forEach((text, at) => {
      const cell = document.createElement(at ? "td" : "th");
      cell.className = heads[at].className;
      if (at) {
        cell.textContent = text;
      } else {
        const link = document.createElement("a");
        const name = document.createElement("bdi");
        cell.scope = "row";
        link.href = "students/" + record.page;
        name.textContent = text;
        link.append(name);
        cell.append(link);
      }
      row.append(cell);
    });
    return row;
  };

  const shards = window.studentRows;
  const records = shards ? shards.flat().map((packed) => new Student(packed)) : [...body.rows].map(read);
  // Rows that are there need not be built again.
  if (shards) [...body.rows].forEach((row, at) => (records[Number(table.dataset.first) + at].row = row));
  let sorted = records.slice();
  let limit = size;

  const show = () => {
    const wanted = find.value.trim().toLocaleLowerCase();
    const found = sorted.filter(
      (record) => (state.value === "" || record.is(state.value)) && (wanted === "" || record.text.includes(wanted)),
    );
    const seen = found.slice(0, limit);
    body.replaceChildren(...seen.map((record) => (record.row ??= build(record))));
    more.hidden = seen.length === found.length;
    const cut = more.hidden ? "" : `, the first ${seen.length} shown`;
    status.textContent = `${found.length} of ${records.length} students${cut}`;
  };

  const sort = (at, downwards) => {
    const numbers = "number" in heads[at].dataset;
    const sign = downwards ? -1 : 1;
    // What is not known comes last, whichever way.
    const compare = (one, other) => {
      const [a, b] = [one.sorts[at], other.sorts[at]];
      if (a === "" || b === "") return (a === "") - (b === "");
      return sign * (numbers ? Number(a) - Number(b) : words.compare(a, b));
    };
    sorted = records.slice().sort((one, other) => compare(one, other) || words.compare(one.key, other.key));
    heads.forEach((head, other) => {
      if (other === at) head.setAttribute("aria-sort", downwards ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    show();
  };

  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    // Numbers are looked at from the top, words from the beginning.
    const first = "number" in head.dataset ? "descending" : "ascending";
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const next = now === null ? first : now === "ascending" ? "descending" : "ascending";
      sort(at, next === "descending");
    });
  });
  const again = () => {
    limit = size;
    show();
  };
  find.addEventListener("input", again);
  state.addEventListener("change", again);
  more.addEventListener("click", () => {
    limit += size;
    show();
  });
  document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
  const follow = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    find.value = given.get("find") ?? "";
    state.value = given.get("state") ?? "";
    if (state.selectedIndex < 0) state.value = "";
    again();
  };
  window.addEventListener("hashchange", follow);
  document.querySelector(".tools").hidden = false;
  const pager = document.querySelector(".pager");
  if (pager && shards) pager.parentElement.hidden = true;
  follow();
})();
