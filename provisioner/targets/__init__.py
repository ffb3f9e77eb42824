"""The products that the platform is made of: their objects, their naming and one writer for each file format.

A target knows nothing of tenants' features; rooms lower their objects to the objects here.
"""
