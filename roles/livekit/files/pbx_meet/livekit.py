"""LiveKit's API of rooms (Twirp, JSON by HTTP), as far as it is needed."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any

import jwt


class Unreachable(Exception):
    """The server does not answer, or not as expected."""


class Missing(Exception):
    """It knows no such room or participant."""


class LiveKit:
    """Rooms of one server on this machine. `key` and `secret` are of its `keys`."""

    def __init__(self, port: int, key: str, secret: str) -> None:
        self.port, self.key, self.secret = port, key, secret

    def create(self, room: str, most: int, metadata: dict[str, Any]) -> None:
        """Makes the room; one that is there stays, with what it was told since."""
        self._ask("CreateRoom", {"roomCreate": True}, name=room, max_participants=most, metadata=json.dumps(metadata))

    def rooms(self, *names: str) -> list[dict[str, Any]]:
        """Those of these names that are there; all where none is named."""
        return list(self._ask("ListRooms", {"roomList": True}, names=list(names)).get("rooms", []))

    def participants(self, room: str) -> list[dict[str, Any]]:
        return list(self._in(room, "ListParticipants").get("participants", []))

    def tell(self, room: str, metadata: dict[str, Any]) -> None:
        self._in(room, "UpdateRoomMetadata", metadata=json.dumps(metadata))

    def mute(self, room: str, identity: str, track: str) -> None:
        self._in(room, "MutePublishedTrack", identity=identity, track_sid=track, muted=True)

    def remove(self, room: str, identity: str) -> None:
        self._in(room, "RemoveParticipant", identity=identity)

    def end(self, room: str) -> None:
        self._ask("DeleteRoom", {"roomCreate": True}, room=room)

    def _in(self, room: str, command: str, **words: Any) -> dict[str, Any]:
        return self._ask(command, {"roomAdmin": True, "room": room}, room=room, **words)

    def _ask(self, command: str, grant: dict[str, Any], **words: Any) -> dict[str, Any]:
        now = int(time.time())
        token = jwt.encode({"iss": self.key, "nbf": now - 10, "exp": now + 60, "video": grant}, self.secret)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", f"/twirp/livekit.RoomService/{command}", json.dumps(words), headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{command}: {error}") from error
        finally:
            connection.close()
        if answer.status == http.client.NOT_FOUND:
            raise Missing(command)
        if answer.status != http.client.OK:
            raise Unreachable(f"{command}: {text.decode(errors='replace')[:300]}")
        return dict(json.loads(text))
