// The room itself: who is in it, and what they show, by LiveKit's client.

import { DisconnectReason, type Participant, Room, RoomEvent, Track } from "livekit-client";

import { button, complain, element, press, show, tell } from "./page";
import { say, type Word } from "./words";

export interface Leading {
  mute(identity: string): void;
  remove(identity: string): void;
}

const ENDS: Partial<Record<DisconnectReason, Word>> = {
  [DisconnectReason.CLIENT_INITIATED]: "left",
  [DisconnectReason.PARTICIPANT_REMOVED]: "removed",
  [DisconnectReason.ROOM_DELETED]: "ended",
  [DisconnectReason.DUPLICATE_IDENTITY]: "elsewhere",
};

export class Stage {
  readonly room = new Room({ adaptiveStream: true, dynacast: true });

  /** `leading` is there for leaders alone; `over` is called when it is over, with why. */
  constructor(private readonly leading: Leading | null, over: (why: string) => void) {
    const { room } = this;
    const draw = () => this.draw();
    room
      .on(RoomEvent.ParticipantConnected, (who) => {
        tell(`${named(who)} ${say("came")}`);
        draw();
      })
      .on(RoomEvent.ParticipantDisconnected, (who) => {
        tell(`${named(who)} ${say("went")}`);
        draw();
      })
      .on(RoomEvent.TrackSubscribed, draw)
      .on(RoomEvent.TrackUnsubscribed, (track) => {
        track.detach().forEach((each) => each.remove());
        draw();
      })
      .on(RoomEvent.TrackMuted, draw)
      .on(RoomEvent.TrackUnmuted, draw)
      .on(RoomEvent.LocalTrackPublished, draw)
      .on(RoomEvent.LocalTrackUnpublished, draw)
      .on(RoomEvent.RoomMetadataChanged, draw)
      .on(RoomEvent.ActiveSpeakersChanged, () => this.mark())
      .on(RoomEvent.Disconnected, (why) => over(say(ENDS[why ?? DisconnectReason.UNKNOWN_REASON] ?? "lost")));
  }

  async enter(address: string, token: string, microphone: boolean, camera: boolean): Promise<void> {
    await this.room.connect(address, token);
    tell(say("inside"));
    if (microphone) await this.toggle("microphone");
    if (camera) await this.toggle("camera");
    this.draw();
  }

  /** Turns microphone, camera or screen on or off. */
  async toggle(what: "microphone" | "camera" | "screen"): Promise<void> {
    const me = this.room.localParticipant;
    complain("");
    try {
      if (what === "microphone") await me.setMicrophoneEnabled(!me.isMicrophoneEnabled);
      else if (what === "camera") await me.setCameraEnabled(!me.isCameraEnabled);
      else await me.setScreenShareEnabled(!me.isScreenShareEnabled, { audio: true });
    } catch {
      complain(say(({ microphone: "noMicrophone", camera: "noCamera", screen: "noScreen" } as const)[what]));
    }
    this.draw();
  }

  get locked(): boolean {
    return JSON.parse(this.room.metadata || "{}").locked === true;
  }

  draw(): void {
    const me = this.room.localParticipant;
    press("microphone", me.isMicrophoneEnabled);
    press("camera", me.isCameraEnabled);
    press("screen", me.isScreenShareEnabled);
    press("lock", this.locked);
    const people = [me, ...this.room.remoteParticipants.values()];
    const wanted = people.flatMap((who) => [
      ...(who.isScreenShareEnabled ? [`${who.identity}/screen`] : []),
      who.identity,
    ]);
    const list = element("people");
    for (const each of [...list.children] as HTMLElement[]) if (!wanted.includes(each.dataset.id!)) each.remove();
    for (const who of people) {
      this.tile(who, Track.Source.ScreenShare, who.isScreenShareEnabled);
      this.tile(who, Track.Source.Camera, true);
    }
    this.mark();
  }

  /** Somebody's place in the list, or her screen's, which comes before all. */
  private tile(who: Participant, source: Track.Source, there: boolean): void {
    if (!there) return;
    const screen = source === Track.Source.ScreenShare;
    const id = screen ? `${who.identity}/screen` : who.identity;
    const list = element("people");
    let place = [...list.children].find((each) => (each as HTMLElement).dataset.id === id) as HTMLElement | undefined;
    if (!place) {
      place = document.createElement("li");
      place.dataset.id = id;
      place.classList.toggle("shares", screen);
      place.append(document.createElement("div"), document.createElement("p"), document.createElement("div"));
      place.lastElementChild!.className = "acts";
      if (screen) list.prepend(place);
      else list.append(place);
      if (!screen && this.leading && who !== this.room.localParticipant) this.acts(place, who);
    }
    const words = [named(who), ...this.facts(who, screen)].join(", ");
    place.querySelector("p")!.textContent = words;
    this.media(place.firstElementChild!, who, source, words);
    if (!screen) this.media(place.firstElementChild!, who, Track.Source.Microphone, words);
    else this.media(place.firstElementChild!, who, Track.Source.ScreenShareAudio, words);
  }

  private facts(who: Participant, screen: boolean): string[] {
    if (screen) return [say("sharesScreen")];
    return [
      ...(who === this.room.localParticipant ? [say("you")] : []),
      ...(who.attributes.kind === "leader" ? [say("leads")] : []),
      ...(who.isMicrophoneEnabled ? [] : [say("silent")]),
    ];
  }

  private acts(place: HTMLElement, who: Participant): void {
    place.lastElementChild!.append(
      button("mute", named(who), () => this.leading!.mute(who.identity)),
      button("remove", named(who), () => this.leading!.remove(who.identity)),
    );
  }

  private media(place: Element, who: Participant, source: Track.Source, words: string): void {
    const own = who === this.room.localParticipant;
    const publication = who.getTrackPublication(source);
    const track = publication?.isMuted ? undefined : publication?.track;
    const shown = place.querySelector<HTMLMediaElement>(`[data-source="${source}"]`);
    if (!track || (own && track.kind === Track.Kind.Audio)) {
      shown?.remove();
      return;
    }
    if (shown && track.attachedElements.includes(shown)) {
      shown.setAttribute("aria-label", words);
      return;
    }
    shown?.remove();
    const fresh = track.attach();
    fresh.dataset.source = source;
    fresh.muted = own;
    fresh.setAttribute("aria-label", words);
    place.append(fresh);
  }

  private mark(): void {
    const speaks = this.room.activeSpeakers.map((each) => each.identity);
    for (const each of [...element("people").children] as HTMLElement[]) {
      each.classList.toggle("speaks", speaks.includes(each.dataset.id!));
    }
  }

  close(): void {
    show("room", false);
    element("people").replaceChildren();
  }
}

function named(who: Participant): string {
  return who.name || who.identity;
}
