"""What an editor asks about a file while it is written: findings, what may stand here, what this is, where it is said.

Pure over texts and the folder: nothing here knows the protocol by which editors ask (`cli/editor` does). A file may be
broken at any moment, so answers come from what can be read of it: places up to the mistake, names as last understood.
"""
