// A telephone in a page: JsSIP over a WebSocket, driven from outside by `phone`. What it hears is kept as 8 kHz samples.
import JsSIP from "jssip";

const RATE = 8000;
const MEDIA = { mediaConstraints: { audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } } };

let agent, session, heard;

// One change of state after another; `until` waits for the next one.
let state = "idle", waiting = [];
function become(next) {
  state = next;
  for (const tell of waiting.splice(0)) tell();
}

function listen(stream) {
  // Without an element that plays it, Chromium hands a remote stream to nobody.
  const element = new Audio();
  element.srcObject = stream;
  element.play();
  const context = new AudioContext({ sampleRate: RATE });
  const tap = context.createScriptProcessor(1024, 1, 1);
  const kept = heard;
  tap.onaudioprocess = (event) => kept.push(Int16Array.from(event.inputBuffer.getChannelData(0), (each) => each * 32767));
  context.createMediaStreamSource(stream).connect(tap);
  tap.connect(context.destination);
}

function follow(fresh) {
  session = fresh;
  heard = [];
  const connected = (connection) => connection.addEventListener("track", (event) => listen(event.streams[0]));
  if (session.connection) connected(session.connection);
  session.on("peerconnection", (event) => connected(event.peerconnection));
  // Its own ringing, which it tells of too, is known by then.
  session.on("progress", ({ originator }) => originator === "remote" && become("ringing"));
  session.on("confirmed", () => become("up"));
  const why = (event) => [event.cause, event.message?.getHeader?.("Reason")].filter(Boolean).join(": ");
  for (const end of ["ended", "failed"]) session.on(end, (event) => become(`ended ${why(event)}`));
}

globalThis.phone = {
  register(url, address, user, password) {
    return new Promise((resolve) => {
      const socket = new JsSIP.WebSocketInterface(url);
      agent = new JsSIP.UA({ sockets: [socket], uri: address, authorization_user: user, password, register_expires: 300 });
      agent.on("registered", () => resolve("registered"));
      agent.on("registrationFailed", (event) => resolve(`failed ${event.cause}`));
      agent.on("newRTCSession", ({ originator, session: fresh }) => {
        follow(fresh);
        become(originator === "remote" ? "called" : "calling");
      });
      agent.start();
    });
  },
  call: (number) => void agent.call(number, MEDIA),
  answer: () => void session.answer(MEDIA),
  hangUp: () => void session.terminate(),
  caller: () => [session.remote_identity.uri.user, session.remote_identity.display_name || ""],
  async until(...wanted) {
    while (!wanted.includes(state.split(" ")[0])) await new Promise((resolve) => waiting.push(resolve));
    return state;
  },
  state: () => state,
  // Base64 of 16-bit samples.
  heard: () => btoa(heard.map((part) => String.fromCharCode(...new Uint8Array(part.buffer))).join("")),
  // How the media really travels, as the browser itself counts it.
  async statistics() {
    const found = {};
    for (const each of (await session.connection.getStats()).values()) {
      if (each.type === "transport") found.transport = { dtls: each.dtlsState, cipher: each.srtpCipher };
      if (each.type === "inbound-rtp") found.received = each.packetsReceived;
      if (each.type === "outbound-rtp") found.sent = each.packetsSent;
    }
    return found;
  },
};
