"""What runs in pods beside the daemons."""
