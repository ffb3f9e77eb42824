// Starts Converse.js for the tenant whose page this is, and opens the channels that the user may enter.
// What is fetched lies on this server: no list of providers, no directory of strangers' rooms, no map, no player.

const ASSETS = "/chat-page";
const MOST = 50; // channels that are entered by themselves

const tenant = await (await fetch("tenant.json")).json();
const rooms = `conference.${tenant.domain}`;
const language = tenant.language.split("-")[0];
document.documentElement.lang = language;
document.title = tenant.name;

/** Stands where Converse.js would show its makers, with pictures of other servers: what is defined first stays. */
function says(element, ...children) {
  customElements.define(element, class extends HTMLElement {
    connectedCallback() {
      this.replaceChildren(...children.map(make => make()));
    }
  });
}

function made(tag, text, facts = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...facts });
}

says("converse-brand-logo", () => made("h1", tenant.name, { className: "text-center p-3" }));
says("converse-controlbox-navbar");
says("converse-footer", () =>
  made("a", "Converse.js, MPL-2.0", { href: `${ASSETS}/LICENSE.converse.txt`, className: "d-block text-center p-3" }));

converse.plugins.add("pbx-channels", {
  initialize() {
    const { api, state, exports } = this._converse;
    api.listen.on("disconnected", () => {
      // Who is no longer signed in, or mistyped, is shown the way in again: what was kept of her took it along.
      if (!state.chatboxes.get("controlbox")) {
        state.chatboxes.add(new exports.ControlBox({ id: "controlbox" }));
      }
    });
    api.listen.on("connected", async () => {
      const told = await api.disco.items(rooms);
      const found = [...told.querySelectorAll("item")].slice(0, MOST);
      await api.waitUntil("roomsAutoJoined");
      for (const each of found) {
        await api.rooms.open(each.getAttribute("jid"), { hidden: true, name: nameOf(each) });
      }
    });
  },
});

/** The title of a channel; the server says behind it how many are in there, and that it is private. */
function nameOf(item) {
  return (item.getAttribute("name") ?? "").replace(/ \([^()]*\)$/, "");
}

converse.initialize({
  allow_adhoc_commands: false,
  allow_contact_removal: false,
  allow_registration: false,
  allow_user_trust_override: "off", // an office's computer may be anybody's
  allow_url_history_change: false,
  assets_path: ASSETS,
  authentication: "login",
  autocomplete_providers_url: "",
  auto_join_on_invite: true,
  auto_reconnect: true,
  clear_cache_on_logout: true,
  discover_connection_methods: false,
  embed_3rd_party_media_players: false,
  i18n: language,
  locales: ["en", "sv"],
  locked_domain: tenant.domain,
  locked_muc_domain: "hidden",
  loglevel: "warn",
  muc_domain: rooms,
  muc_nickname_from_jid: true,
  muc_search_service: "",
  notification_icon: `${ASSETS}/images/logo/conversejs-filled.svg`,
  render_media: [location.hostname],
  reuse_scram_keys: false,
  show_controlbox_by_default: true,
  singleton: false,
  sounds_path: `${ASSETS}/sounds/`,
  view_mode: "fullscreen",
  visible_toolbar_buttons: { call: false, clear: false, emoji: true, location: false, spoiler: false },
  websocket_url: `wss://${location.host}${ASSETS}/words`,
  whitelisted_plugins: ["pbx-channels"],
  xmpp_providers_url: "",
});
