"""Numbers that carry their own check: payment cards, bank accounts, social security numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from minions_core.documents import Span

_CARD = re.compile(
    r"(?<![\w.,\-+])(?<!\d[ ])"
    r"(?:\d{4}(?P<four>[ \xa0\-])\d{4}(?P=four)\d{4}(?P=four)\d{4}(?:(?P=four)\d{3})?"
    r"|\d{4}(?P<six>[ \xa0\-])\d{6}(?P=six)\d{4,5}"
    r"|\d{13,19})(?!\w|[\-.,]\d)"
)
_ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|3[47]\d{13}"  # American Express
    r"|3(?:[689]\d|0[0-5])\d{11}"  # Diners Club
    r"|35\d{14}"  # JCB
    r"|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard, from 2017
    r"|[56]\d{15}(?:\d{3})?"  # Mastercard, Maestro, Discover, UnionPay
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

_IBAN_BEGINS = re.compile(r"(?<![^\W_])[A-Z]{2}\d\d", re.IGNORECASE)
_IBAN_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        r"([A-Z]{2})(\d\d)",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
        "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 "
        "IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 "
        "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 "
        "SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30",
    )
}

_SSN = r"(?!000|666|9)\d{3}(?P<mark>[\- ]?)(?!00)\d\d(?P=mark)(?!0000)\d{4}(?!\w|[\-.,]\d)"
_WRITTEN_SSN = re.compile(rf"(?<![\w.,\-])(?=\d{{3}}-){_SSN}")
_ANNOUNCED_SSN = re.compile(
    rf"(?<![^\W_])(?:ssn|social[ ]security)\b[^\d\n]{{0,20}}(?<!\d)(?P<number>{_SSN})",
    re.IGNORECASE,
)


def cards(text: str) -> Iterator[Span]:
    """Where numbers of payment cards stand: an issuer's first digits and length, Luhn's check."""
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _ISSUED.fullmatch(digits) and _passes_luhn(digits):
            yield Span(*match.span())


def _passes_luhn(digits: str) -> bool:
    """The check of ISO/IEC 7812-1, annex B."""
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0


def ibans(text: str) -> Iterator[Span]:
    """Where bank account numbers stand: ISO 13616, the country's length, the check of ISO 7064."""
    for begins in _IBAN_BEGINS.finditer(text):
        length = _IBAN_LENGTHS.get(begins.group()[:2].upper(), 0)
        if length:
            rest = rf"(?:[ \xa0\-]?[A-Z0-9]){{{length - 4}}}(?![^\W_])"
            account = re.compile(rest, re.IGNORECASE).match(text, begins.end())
            if account and _passes_mod_97(begins.group(), account.group()):
                yield Span(begins.start(), account.end())


def _passes_mod_97(begins: str, rest: str) -> bool:
    turned = re.sub(r"[^A-Za-z0-9]", "", rest + begins)
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def social_security_numbers(text: str) -> Iterator[Span]:
    """Where social security numbers of the United States stand, those never given out excepted.

    Written with dashes, or announced as such.
    """
    for match in _WRITTEN_SSN.finditer(text):
        yield Span(*match.span())
    for match in _ANNOUNCED_SSN.finditer(text):
        yield Span(*match.span("number"))
