"""OpenLDAP on the edges: each tenant's contact book as a tree of its own, for telephones that ask by LDAP."""
