// The way in: what a link says, who somebody is, the wait in the lobby, the room, and what its leaders do.

import { button, complain, element, show, tell, write } from "./page";
import { ask, type Joined, type Lobby, type Look, Refused } from "./service";
import { Stage } from "./stage";
import { say, speak } from "./words";

const OWN = "pbx.link";
const LOBBY_SECONDS = 2;

let link = "";
let look: Look | null = null;
let stage: Stage | null = null;
let known = new Set<string>();

/** The same browser comes back as the same participant. */
function device(): string {
  let id = sessionStorage.getItem("pbx.device");
  if (!id) {
    id = [...crypto.getRandomValues(new Uint8Array(12))].map((each) => each.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem("pbx.device", id);
  }
  return id;
}

function guarded(act: () => Promise<void>): () => Promise<void> {
  return async () => {
    complain("");
    try {
      await act();
    } catch (error) {
      tell("");
      complain(error instanceof Refused ? error.message : say("refused"));
    }
  };
}

const arrive = guarded(async () => {
  const said = decodeURIComponent(location.hash.slice(1));
  show("start", false);
  show("door", false);
  if (!said) return complain(say("noLink"));
  // A signed link has dots; the name of a room, which colleagues give each other, has none.
  if (said.includes(".")) link = said;
  else {
    const own = localStorage.getItem(OWN);
    if (!own) return complain(say("ownLink"));
    link = (await ask<{ link: string }>("into", { link: own, room: said })).link;
  }
  look = await ask<Look>("look", { link });
  document.documentElement.lang = speak(localStorage.getItem("pbx.language") ?? look.language);
  write(look.title, look.tenant);
  if (!look.guest && !look.room) localStorage.setItem(OWN, link);
  show("start", !look.room);
  show("door", Boolean(look.room));
  const name = element<HTMLInputElement>("name");
  name.value = look.name;
  name.readOnly = Boolean(look.name);
});

const open = guarded(async () => {
  const made = await ask<{ link: string }>("open", { link });
  location.hash = made.link;
});

const join = guarded(async () => {
  const name = element<HTMLInputElement>("name").value.trim();
  tell(say("joining"));
  let told = await ask<Joined>("join", { link, name, device: device() });
  show("door", false);
  try {
    while (told.waiting) {
      tell(say("wait"));
      await new Promise((later) => setTimeout(later, LOBBY_SECONDS * 1000));
      told = await ask<Joined>("join", { link, name, device: device(), ticket: told.waiting });
    }
    await enter(told);
  } catch (error) {
    show("door", true);
    throw error;
  }
});

async function enter(told: Joined): Promise<void> {
  const leads = look!.leads;
  const act = (what: string, who: string) => guarded(() => lead({ act: what, who }))();
  stage = new Stage(
    leads ? { mute: (who) => act("mute", who), remove: (who) => act("remove", who) } : null,
    over,
  );
  const on = (id: string) => element<HTMLInputElement>(id).checked;
  show("room", true);
  await stage.enter(told.address!, told.token!, on("with-microphone"), on("with-camera"));
  for (const each of ["lock", "end"]) show(each, leads);
  element("title").focus();
  await invitations();
  if (leads) watch();
}

function over(why: string): void {
  stage?.close();
  stage = null;
  known = new Set();
  for (const each of ["lobby", "invite"]) show(each, false);
  tell(why);
  show("door", true);
  element("join").focus();
}

async function invitations(): Promise<void> {
  const made = await ask<{ room: string; guests: string }>("invite", { link });
  const page = `${location.origin}${location.pathname}`;
  element<HTMLInputElement>("colleagues").value = made.room && `${page}#${made.room}`;
  element<HTMLInputElement>("guests").value = made.guests && `${page}#${made.guests}`;
  show("for-colleagues", Boolean(made.room));
  show("for-guests", Boolean(made.guests));
  show("invite", Boolean(made.room || made.guests));
}

/** Tells a leader who waits, as long as she is in. */
async function watch(): Promise<void> {
  const mine = stage;
  while (stage === mine && mine) {
    await lead({ act: "look" }).catch(() => undefined);
    await new Promise((later) => setTimeout(later, LOBBY_SECONDS * 1000));
  }
}

async function lead(words: Record<string, string>): Promise<void> {
  const { waiting } = await ask<Lobby>("lead", { link, ...words });
  for (const each of waiting) if (!known.has(each.ticket)) tell(`${each.name} ${say("waits")}`);
  show("lobby", waiting.length > 0);
  const now = new Set(waiting.map((each) => each.ticket));
  const same = now.size === known.size && [...now].every((each) => known.has(each));
  known = now;
  if (same) return; // whoever has the keyboard on a button keeps it
  element("waiting").replaceChildren(
    ...waiting.map(({ ticket, name }) => {
      const place = document.createElement("li");
      const words = document.createElement("span");
      words.textContent = name;
      place.append(
        words,
        button("admit", name, guarded(() => lead({ act: "admit", who: ticket }))),
        button("deny", name, guarded(() => lead({ act: "deny", who: ticket }))),
      );
      return place;
    }),
  );
}

function start(): void {
  document.documentElement.lang = speak(localStorage.getItem("pbx.language") ?? navigator.language);
  write("", "");
  element("language").addEventListener("click", () => {
    const next = document.documentElement.lang === "sv" ? "en" : "sv";
    document.documentElement.lang = speak(next);
    localStorage.setItem("pbx.language", next);
    write(look?.title ?? "", look?.tenant ?? "");
    element("people").replaceChildren();
    stage?.draw();
  });
  element("open").addEventListener("click", open);
  element("door").addEventListener("submit", (event) => {
    event.preventDefault();
    void join();
  });
  for (const each of ["microphone", "camera", "screen"] as const) {
    element(each).addEventListener("click", () => void stage?.toggle(each));
  }
  element("lock").addEventListener("click", () => {
    // The button shows it when the room is so.
    void guarded(() => lead({ act: stage?.locked ? "unlock" : "lock" }))();
  });
  element("end").addEventListener("click", guarded(() => lead({ act: "end" })));
  element("leave").addEventListener("click", () => void stage?.room.disconnect());
  for (const each of document.querySelectorAll<HTMLElement>("[data-copies]")) {
    each.addEventListener("click", () => {
      const field = element<HTMLInputElement>(each.dataset.copies!);
      field.select();
      void navigator.clipboard.writeText(field.value).then(() => tell(say("copied")));
    });
  }
  addEventListener("hashchange", () => void arrive());
  void arrive();
}

start();
