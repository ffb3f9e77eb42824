"""An Asterisk's own configuration as a tenant: its dialplan becomes numbers, users, menus, hours and queues."""
