"""Checks that need two nouns, one a file; here they are listed in the order that their findings are shown.

A tenant rule sees one whole tenant and its scope. A platform rule sees the provider's file and what each tenant claims
of the things that all share, and yields each finding beside the slug of the tenant whose file is at fault (empty: the
provider's file). It does not see whole tenants: those may be understood in several processes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from provisioner.core.feature import Claims, Scope
from provisioner.core.findings import Finding, Rule
from provisioner.provider import Provider
from provisioner.tenant import Tenant

from . import (
    attendant_number,
    code_claimed_twice,
    code_out_of_form,
    dear_destination,
    domain_claimed_twice,
    emergency_call_back,
    extension_claimed_twice,
    extension_is_emergency_number,
    forward_loop,
    hours_uncovered,
    ivr_loop,
    mac_claimed_twice,
    member_without_device,
    notice_without_outlet,
    number_claimed_twice,
    number_outside_blocks,
    number_rests,
    object_unreachable,
    prompt_never_heard,
    provider_blocks,
    provider_catalogue,
    provider_nodes,
    provider_storage,
    provider_tariffs,
    provider_trunks,
    tenant_moved_from,
    transcription_without_recogniser,
)


@dataclass(frozen=True, slots=True)
class TenantRule:
    """A check over one tenant."""

    rule: Rule
    check: Callable[[Tenant, Scope], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class PlatformRule:
    """A check over the whole platform: the provider's model and every tenant's claims by slug."""

    rule: Rule
    check: Callable[[Provider | None, Mapping[str, Claims]], Iterable[tuple[str, Finding]]]


TENANT_RULES: tuple[TenantRule, ...] = (
    TenantRule(ivr_loop.RULE, ivr_loop.check),
    TenantRule(forward_loop.RULE, forward_loop.check),
    TenantRule(object_unreachable.RULE, object_unreachable.check),
    TenantRule(prompt_never_heard.RULE, prompt_never_heard.check),
    TenantRule(member_without_device.RULE, member_without_device.check),
    TenantRule(notice_without_outlet.RULE, notice_without_outlet.check),
    TenantRule(transcription_without_recogniser.RULE, transcription_without_recogniser.check),
    TenantRule(extension_claimed_twice.RULE, extension_claimed_twice.check),
    TenantRule(extension_is_emergency_number.RULE, extension_is_emergency_number.check),
    TenantRule(emergency_call_back.RULE, emergency_call_back.check),
    TenantRule(dear_destination.PREMIUM, dear_destination.check_premium),
    TenantRule(dear_destination.ABROAD, dear_destination.check_abroad),
    TenantRule(hours_uncovered.RULE, hours_uncovered.check),
    TenantRule(code_claimed_twice.RULE, code_claimed_twice.check),
    TenantRule(code_out_of_form.SHADOW, code_out_of_form.check_shadow),
    TenantRule(code_out_of_form.FORM, code_out_of_form.check_form),
)
PLATFORM_RULES: tuple[PlatformRule, ...] = (
    PlatformRule(number_claimed_twice.RULE, number_claimed_twice.check),
    PlatformRule(number_outside_blocks.RULE, number_outside_blocks.check),
    PlatformRule(number_rests.RULE, number_rests.check),
    PlatformRule(domain_claimed_twice.RULE, domain_claimed_twice.check),
    PlatformRule(mac_claimed_twice.RULE, mac_claimed_twice.check),
    PlatformRule(tenant_moved_from.RULE, tenant_moved_from.check),
    PlatformRule(attendant_number.OUTSIDE, attendant_number.check_outside),
    PlatformRule(attendant_number.TWICE, attendant_number.check_twice),
    PlatformRule(provider_blocks.EMPTY, provider_blocks.check_empty),
    PlatformRule(provider_blocks.OVERLAP, provider_blocks.check_overlap),
    PlatformRule(provider_trunks.NO_EMERGENCY, provider_trunks.check_emergency),
    PlatformRule(provider_trunks.NO_WAY_OUT, provider_trunks.check_ordinary),
    PlatformRule(provider_trunks.UNKNOWN, provider_trunks.check_addresses),
    PlatformRule(provider_nodes.ROLE_MISSING, provider_nodes.check_roles),
    PlatformRule(provider_nodes.ADDRESS_TWICE, provider_nodes.check_addresses),
    PlatformRule(provider_nodes.NOT_PUBLIC, provider_nodes.check_public),
    PlatformRule(provider_nodes.NO_HOME, provider_nodes.check_homes),
    PlatformRule(provider_nodes.NO_CHAT_NODE, provider_nodes.check_chat),
    PlatformRule(provider_storage.OUTSIDE, provider_storage.check_place),
    PlatformRule(provider_storage.SOLD, provider_storage.check_sold),
    PlatformRule(provider_nodes.NO_VIDEO_NODE, provider_nodes.check_video),
    PlatformRule(provider_nodes.NOT_IN_PODS, provider_nodes.check_not_in_pods),
    PlatformRule(provider_catalogue.RULE, provider_catalogue.check),
    PlatformRule(provider_tariffs.NOBODY, provider_tariffs.check_nobody),
    PlatformRule(provider_tariffs.ALIKE, provider_tariffs.check_alike),
    PlatformRule(provider_tariffs.UNPRICED, provider_tariffs.check_unpriced),
    PlatformRule(provider_tariffs.UNUSED, provider_tariffs.check_unused),
)
