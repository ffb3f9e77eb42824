"""Writes down the messages in mailboxes whose tenants want that, by a program that can be replaced.

It keeps one small file for each message and nothing else, so a text can always be made again; where a message goes its
text goes too. Not for calls, and not for who may read a text: whoever may hear the message.
"""
