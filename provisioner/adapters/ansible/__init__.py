"""Ansible behind the port `Playbooks`: one playbook run, its events as progress, its failure in plain words."""
