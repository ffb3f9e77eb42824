// The page's elements, and what it tells those who see or hear it.

import { type Word, say } from "./words";

export function element<Kind extends HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** What screen readers say without being asked. */
export function tell(words: string): void {
  element("status").textContent = words;
}

export function complain(words: string): void {
  element("problem").textContent = words;
}

export function show(id: string, there: boolean): void {
  element(id).hidden = !there;
}

export function button(word: Word, whose: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = say(word);
  made.setAttribute("aria-label", `${say(word)}: ${whose}`);
  made.addEventListener("click", act);
  return made;
}

export function press(id: string, pressed: boolean): void {
  element(id).setAttribute("aria-pressed", String(pressed));
}

/** Puts the language's words everywhere; `word` of the switches is their name and stays as they are pressed. */
export function write(title: string, tenant: string): void {
  for (const each of document.querySelectorAll<HTMLElement>("[data-word]")) {
    each.textContent = say(each.dataset.word as Word);
  }
  for (const each of ["microphone", "camera", "screen", "lock"] as const) element(each).textContent = say(each);
  element("controls").setAttribute("aria-label", say("controls"));
  const language = element("language");
  language.textContent = say("language");
  language.setAttribute("aria-label", say("languageLabel"));
  element("title").textContent = title || say("meeting");
  element("tenant").textContent = tenant;
  document.title = [title || say("meeting"), tenant].filter(Boolean).join(" – ");
}
