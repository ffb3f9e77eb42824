"""The pages of `pbx report`: one self-contained HTML file for each tenant and one for the provider.

They need no script and nothing from elsewhere, follow the reader's light or dark scheme, and print. Whatever comes from
a file, from Git or from the record is escaped by jinja2; only what is drawn here goes in as markup. Equal reports give
equal bytes.
"""

from __future__ import annotations

from functools import cache

import jinja2

from provisioner.pipeline.reporting import ProviderReport, TenantReport

from .provider import ProviderView
from .tenant import TenantView
from .words import LANGUAGES, Language

FALLBACK = "en"


def language_of(tag: str) -> Language:
    """The language of pages for readers of a BCP 47 tag."""
    return LANGUAGES.get(tag[:2], LANGUAGES[FALLBACK])


def tenant_page(report: TenantReport, language: Language, environment: str, home: str = "") -> str:
    """`home` is the address of the provider's page, where there is one beside it."""
    return _render("tenant.html.j2", TenantView(report, language), language, environment, home)


def provider_page(report: ProviderReport, language: Language, environment: str, *, linked: bool = False) -> str:
    """`linked`: the tenants' pages lie beside it, each as `tenants/SLUG.html`."""
    return _render("provider.html.j2", ProviderView(report, language, linked), language, environment, "")


def _render(name: str, view: TenantView | ProviderView, language: Language, environment: str, home: str) -> str:
    template = _environment().get_template(name)
    return template.render(view=view, language=language, _=language.say, environment=environment, home=home)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("provisioner.cli.pages", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
