"""Certificates and keys of a one-machine cluster: an authority of its own, valid for a month, kept with the cluster."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS = 30
_PRIVATE = 0o600


def write(folder: Path, addresses: Sequence[str], names: Sequence[str]) -> None:
    """Fill `folder`: ca.crt; api.crt and .key for the API's addresses; caller.crt and .key, by which the API comes to
    the kubelet; accounts.key and .pub, which sign what pods log in with."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("pbx cluster", key, None, None)
    _save(folder / "ca.crt", authority.public_bytes(serialization.Encoding.PEM))
    alternatives = [
        *(x509.IPAddress(ipaddress.ip_address(each)) for each in addresses),
        *(x509.DNSName(each) for each in names),
    ]
    for name, common, group in (("api", "kube-apiserver", ""), ("caller", "kube-apiserver", "system:masters")):
        own = ec.generate_private_key(ec.SECP256R1())
        issued = _certificate(common, own, (authority, key), None if group else alternatives, group)
        _save(folder / f"{name}.crt", issued.public_bytes(serialization.Encoding.PEM))
        _save_key(folder / f"{name}.key", own)
    accounts = ec.generate_private_key(ec.SECP256R1())
    _save_key(folder / "accounts.key", accounts)
    public = accounts.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _save(folder / "accounts.pub", public)


def _certificate(
    common: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    alternatives: Sequence[x509.GeneralName] | None,
    group: str = "",
) -> x509.Certificate:
    words = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if group:
        words.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
    subject = x509.Name(words)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        # What Python's readers insist on from 3.13 on, in pods too.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_use(signs=issuer is None), critical=True)
    )
    if issuer:
        known = issuer[0].extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known), critical=False
        )
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    if issuer:
        use = ExtendedKeyUsageOID.SERVER_AUTH if alternatives else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256())


def _use(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _save(file: Path, text: bytes) -> None:
    file.touch(_PRIVATE)
    file.write_bytes(text)


def _save_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    plain = serialization.NoEncryption()
    _save(file, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
