// Little helpers. Texts are always set as text: nothing a device or a file says is read as HTML.

type Child = Node | string;

export function get<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

export function make(tag: string, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  element.append(...children);
  return element;
}

export function show(id: string, shown: boolean): void {
  get(id).hidden = !shown;
}

/// Sets a text only when it is another one, so that a screen reader speaks it once.
export function say(id: string, text: string): void {
  const element = get(id);
  if (element.textContent !== text) element.textContent = text;
}

/// Name and value; those without a value are left out.
export function facts(id: string, pairs: [string, Child | undefined][]): void {
  const rows = pairs.filter(([, value]) => value).map(([name, value]) => make("div", make("dt", name), make("dd", value!)));
  get(id).replaceChildren(...rows);
}

export function rows(id: string, cells: Child[][]): void {
  get(id).replaceChildren(...cells.map((row) => make("tr", ...row.map((cell) => make("td", cell)))));
}
