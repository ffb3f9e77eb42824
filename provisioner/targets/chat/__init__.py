"""ejabberd: each tenant's chat as a virtual host of its own, and what that host shall hold."""
