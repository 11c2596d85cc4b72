"""Writes certificates for tests into a directory: of an authority, of a member it signed, of one whose time is over, and of strangers.

    python certificates.py DIRECTORY
"""

import datetime
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.timezone.utc)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make(subject, issuer, issuer_key, authority, days=2):
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=3))
        .not_valid_after(NOW + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    return builder.sign(issuer_key or key, hashes.SHA256()), key


def write(directory, stem, certificate, key):
    (directory / f"{stem}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (directory / f"{stem}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


directory = Path(sys.argv[1])
ca, ca_key = make("authority", "authority", None, True)
write(directory, "ca", ca, ca_key)
write(directory, "member", *make("member", "authority", ca_key, False))
write(directory, "expired", *make("expired", "authority", ca_key, False, days=-1))
other, other_key = make("other authority", "other authority", None, True)
write(directory, "other-ca", other, other_key)
write(directory, "stranger", *make("stranger", "other authority", other_key, False))
# Made by the same commands elsewhere: the names are the same.
namesake, namesake_key = make("authority", "authority", None, True)
write(directory, "namesake-ca", namesake, namesake_key)
write(directory, "namesake", *make("member", "authority", namesake_key, False))
