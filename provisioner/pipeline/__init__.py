"""The run, from a tenant's file to a call that was heard. In this order, each with what those above it made:

    load      load.document            the files of a tenant as plain data
    validate  structure.validate       laid against the models; a wrong entry is set aside, the rest goes on
    resolve   scopes.of                what rooms may know of each other: names, numbers, sounds, plans
    validate  validate.check_tenant    references, each room's own checks, rules over two nouns
    compile   compile.compile_tenant   bundles, where nothing is wrong
    validate  validate.check_platform  rules over what all tenants claim
    plan      deploy.plan              what would change, in words and machine by machine
    apply     deploy.apply             exactly that
    verify    verify.verify            real calls

`build.build` runs all of them up to `plan`, for every tenant in whichever process is free; `deploy.prepare` begins
with it. Why the run is no tuple of functions stands in docs/architecture.md; tests/pipeline/test_run_order.py holds
this page to what runs.
"""
