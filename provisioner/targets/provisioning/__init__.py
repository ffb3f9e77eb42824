"""Provisioning: the files by which telephones and apps set themselves up, one writer for each maker.

`models` says which telephones there are, `objects` what a room may say of one, `bundle` makes the tenant's files.
"""
