"""Stands for Ansible, which no image has: the roles' modules import a class of it that only their `main` uses."""
