"""Answers that say there is none, told from answers that merely sound like it."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import normalize

from minions_core.jobs.abstention_languages import ABSTENTIONS_ELSEWHERE

_MAX_ABSTENTION_CHARS = 300
_GIVEN = "(?: (?:provided|given|above))?"
_EXCERPT = "(?:text|excerpt|passage|chunk|context|snippet)s?"
_TEXT = rf"(?:{_EXCERPT}|(?:document|transcript|page|content)s?){_GIVEN}"
_PAPER = rf"(?:{_TEXT}|(?:section|report|filing|article|table|source){_GIVEN})"
_SOURCE = rf"(?:{_PAPER}|(?:conversation|meeting|contract|agreement){_GIVEN})"
_THE = r"(?:the |this |that |given |provided |above )*"
_HERE = rf"(?: (?:anywhere )?(?:in|by|from|within) {_THE}{_SOURCE}| here)"
_TOLD = (
    "(?:found|mentioned|stated|specified|provided|given|disclosed|discussed|reported|indicated"
    "|described|available|present|included|contained|addressed|listed|known|applicable)"
)
_TELL = (
    "(?:say|mention|state|specify|provide(?! for)|contain|include|give|discuss|disclose|tell"
    "|address|answer|indicate|describe|report|list)"
)
_DOES_NOT = "(?:does not|doesn't|do not|don't|did not)"
_CANNOT = "(?:cannot|can't|can not|could not|couldn't)"
_HAS = "(?:has|have|gives?|provides?|contains?|includes?|makes?)"
_HOW = "(?:explicitly |directly |clearly |specifically )?"
_IT = "(?:the |this )?(?:answer|information|it|this|that)"
_THERE_IS = "(?:there is|there's|i found|i have)"
_SUCH = "(?:relevant |specific |such |explicit )*"
_IS_TOLD = f"(?: (?:is |was )?{_TOLD})?"
_ABOUT = "(?: (?:about|on|of|regarding|for|concerning|related) .*)?"
_FIND = "(?:find|determine|answer|locate|identify)"
_FOUND_OUT = "(?:found|determined|answered|located|identified)"
_WHAT_IS_SOUGHT = (
    rf"(?: (?:it|this|that)| .*\b(?:information|answer|question|mention)\b.*|(?: .*)?{_HERE})"
)
_ABSTENTIONS = (
    r"none|null|nothing|unknown|unclear|unspecified|undefined|nan|n/?a|abstain(?:ed)?",
    r"no (?:answer|results?|match(?:es)?|idea)|not (?:clear|sure)",
    rf"(?:nothing|none) (?:was |is |were |are )?{_TOLD}{_HERE}?",
    rf"(?:{_IT} )?(?:(?:is|was|are) )?(?:not {_HOW}{_TOLD}|unknown|unclear){_HERE}?",
    rf"(?:{_IT} )?(?:(?:is|was|are) )?not (?:in|part of|covered (?:in|by)) {_THE}{_TEXT}",
    rf".+ (?:is|was|are|were) not {_HOW}{_TOLD} (?:in|by) {_THE}{_TEXT}",
    rf"(?:{_THERE_IS} )?no {_SUCH}(?:information|mention|answer){_IS_TOLD}{_HERE}?{_ABOUT}",
    rf"(?:{_THERE_IS} )?no {_SUCH}(?:data|details?|reference|evidence){_IS_TOLD}{_HERE}?",
    (
        rf"(?:{_THERE_IS} )?no {_SUCH}(?:data|details?|references?|evidence)"
        rf" (?:of|for|to|on|that) .+ (?:in|by|from|within) {_THE}{_EXCERPT}{_GIVEN}"
    ),
    rf"no .+ (?:is|are|was|were) {_HOW}(?:mentioned|stated|specified){_HERE}?",
    rf"{_THE}{_TEXT} {_DOES_NOT} {_HOW}{_TELL}\b.*",
    rf"{_THE}{_PAPER} {_DOES_NOT} {_HOW}(?:say|mention|state|specify|tell|disclose)\b.*",
    rf"(?:it )?(?:does not|doesn't) {_HOW}(?:say|mention|state|specify)\b.*",
    rf"{_THE}{_PAPER} (?:says?|states?|mentions?|tells?|discloses?) nothing{_ABOUT}",
    rf"{_THE}{_PAPER} {_HAS} no {_SUCH}(?:information|mention|answer|reference){_ABOUT}",
    r"i (?:do not|don't) know(?: the answer)?",
    rf"i (?:{_CANNOT}|am unable to|was unable to) {_FIND}\b.*",
    rf"i'm unable to {_FIND}\b.*",
    rf"(?:{_CANNOT}|unable to) {_FIND}{_WHAT_IS_SOUGHT}?",
    rf"(?:{_IT} )?{_CANNOT} be {_FOUND_OUT}{_HERE}?",
    rf"(?:{_THERE_IS} )?(?:not enough|insufficient) (?:information|context|details?)\b.*",
)
_LEAD_IN = re.compile(
    rf"(?:(?:i'm |i am |i )?(?:very )?(?:sorry|afraid|apologi[sz]e)\b|unfortunately\b"
    rf"|(?:based on|according to|in) {_THE}{_PAPER}\b|(?:so|therefore|thus|hence)\b"
    r"|(?:(?:the|my) )?(?:final )?answer(?: is\b|\Z)|[, ]|\b(?:but|that)\b)+"
)
_ASIDE = re.compile(
    rf"(?:it|{_THE}{_PAPER}) (?:only |mainly |just )?(?:(?:is|are) (?:only )?about|discuss(?:es)?"
    r"|describes?|covers?|concerns?|focus(?:es)? on|deals? with|talks? about)\b\D*"
)
_POINTER = re.compile(r"[(\[](?:please )?see [^()\[\]]*")
_PHRASE_END = re.compile(r"[.;:()\[\]!?,\u3001\u3002]|\s--?\s")
_CONTRAST = re.compile(r"\b(?:but|however|although|though|instead|except|only|other than)\b")
_PLAIN = str.maketrans({"\u2019": "'", "\u2013": "-", "\u2014": "-"})
_ACCENTS = re.compile("[\u0300-\u036f]+")
_TRIMMINGS = " \"'`*_-.()[]{}<>\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u3002"


@cache
def _abstention() -> re.Pattern[str]:
    # Compiled when first needed: `import minions_core` stays quick.
    return re.compile("|".join((*_ABSTENTIONS, ABSTENTIONS_ELSEWHERE)))


def is_abstention(answer: str | None) -> bool:
    """Whether an answer, as a whole, says that there is none.

    `None`, "n/a", "Not mentioned in the text.", "None (the excerpt does not say)", "Sorry, but the
    text does not tell." are abstentions; "None of the directors resigned.", "not found guilty",
    "No", "Nil" and "0" are answers.
    """
    if answer is None:
        return True
    if len(answer) > _MAX_ABSTENTION_CHARS:
        return False
    words = " ".join(_folded(answer).split()).strip(_TRIMMINGS)
    if words in {"", "n.a", "k.a"}:
        return True
    parts: list[str] = _PHRASE_END.split(_POINTER.sub("", words))
    told = [phrase for phrase in map(_bare, parts) if phrase and not _ASIDE.fullmatch(phrase)]
    return (
        bool(told)
        and not any(map(_CONTRAST.search, told))
        and all(map(_abstention().fullmatch, told))
    )


def _folded(answer: str) -> str:
    """In lower case, without accents, full-width forms and the finer punctuation."""
    plain = answer.translate(_PLAIN).lower()
    return (
        plain if plain.isascii() else normalize("NFKC", _ACCENTS.sub("", normalize("NFKD", plain)))
    )


def _bare(phrase: str) -> str:
    """A phrase without what is said out of politeness, or to begin with."""
    trimmed = phrase.strip(_TRIMMINGS)
    lead_in = _LEAD_IN.match(trimmed)
    return trimmed[lead_in.end() :].strip(_TRIMMINGS) if lead_in else trimmed
