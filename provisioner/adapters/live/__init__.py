"""Looking into the running platform: the daemons' own views, asked over SSH."""
