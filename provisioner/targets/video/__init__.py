"""LiveKit and the door to it: the server's settings, and what each tenant has of rooms."""
